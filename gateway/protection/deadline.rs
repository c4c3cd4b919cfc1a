//! When the time to hand over ends. Start at [`last_instant`].

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::policy::Marketplace;

/// By when an order had to be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ShipBy {
    /// By this instant, as the marketplace tells it.
    At(Timestamp),
    /// By the end of this day where the marketplace is.
    On(Date),
}

/// How the time to hand over ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Deadline {
    /// With the day of the ship-by time, where the marketplace is. Midnight itself ends the day before it.
    EndOfDay,
    /// With the instant that was told.
    Instant,
}

/// The last instant that is in time; none when the marketplace's zone cannot tell it.
pub(super) fn last_instant(ship_by: ShipBy, market: &Marketplace, ends: Deadline) -> Option<Timestamp> {
    let zone = TimeZone::get(market.zone).ok()?;
    let day = match (ship_by, ends) {
        (ShipBy::At(at), Deadline::Instant) => return Some(at),
        (ShipBy::At(at), Deadline::EndOfDay) => {
            let local = at.to_zoned_datetime(zone);
            // Midnight is how the end of the day before it is written.
            if local.start_of_day().ok()?.timestamp() == at {
                return Some(at);
            }
            local.date()
        }
        (ShipBy::On(day), _) => day,
    };
    let next = day.tomorrow().ok()?.in_tz(market.zone).ok()?.timestamp();
    next.checked_sub(SignedDuration::from_nanos(1)).ok()
}
