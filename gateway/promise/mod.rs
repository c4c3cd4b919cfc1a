//! Which services can carry a shipment as it was asked for, and in what order
//! they are shown. Pure: no I/O, no clock. Start with [`screen`].

mod address;
mod calibration;
mod demands;
mod estimate;
mod mend;
mod rank;
mod reason;
mod replay;
mod schedule;
mod screen;
mod wishes;
mod zone;

pub use calibration::{Bin, Calibration};
pub use estimate::{Estimate, Evidence, Method, OnTime, SURE, Transits, UNLIKELY};
pub use mend::{Mend, mend};
pub use rank::{Rankable, Ranking, rank};
pub use reason::{Reason, ReasonCode};
pub use replay::{Delivery, Replay};
pub use schedule::{CarrierDays, Journey, Promise, SellerDays};
pub use screen::{screen_carrier, screen_offer, screen_service};
pub use wishes::{Approved, Wishes};
pub use zone::{only_zone_of, zone_of};
