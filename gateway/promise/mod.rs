//! Which services can carry a shipment as it was asked for, and in what order
//! they are shown. Pure: no I/O, no clock. Start with [`screen`].

pub mod calendar;
mod calibration;
mod estimate;
mod rank;
mod reason;
mod schedule;
mod screen;
mod zone;

pub use calibration::{Bin, Calibration};
pub use estimate::{Estimate, Evidence, Method, OnTime, SURE, Transits, UNLIKELY};
pub use rank::{Rankable, rank};
pub use reason::{Reason, ReasonCode};
pub use schedule::{CarrierDays, Journey, Promise, SellerDays};
pub use screen::{Wishes, screen_carrier, screen_offer, screen_service};
pub use zone::zone_of;
