//! Which services can carry a shipment as it was asked for, and in what order
//! they are shown. Pure: no I/O, no clock. Start with [`screen`].

pub mod calendar;
mod rank;
mod reason;
mod screen;
mod zone;

pub use rank::{Rankable, rank};
pub use reason::{Reason, ReasonCode};
pub use screen::{Wishes, screen_carrier, screen_offer, screen_service};
pub use zone::zone_of;
