//! When an event happened, as an instant.
//!
//! A clock on the wall becomes an instant only where the event's country has one zone; it must never guess between
//! several. Start with [`instant_of`].

use jiff::Timestamp;
use parcelgate_kit::model::{LocalTime, TrackEvent};

use crate::promise::only_zone_of;

/// The instant of an event, and the zone that told it where the carrier did not; none when nobody knows.
pub fn instant_of(event: &TrackEvent) -> Option<(Timestamp, Option<&'static str>)> {
    match event.occurred {
        LocalTime::Instant(at) => Some((at, None)),
        LocalTime::Local(clock) => {
            let name = only_zone_of(event.place.country?)?;
            let zone = jiff::tz::TimeZone::get(name).ok()?;
            zone.to_timestamp(clock).ok().map(|at| (at, Some(name)))
        }
    }
}

/// What an event is ordered by: its instant, else its clock as if in UTC, which can be wrong by half a day and is all
/// that is known.
pub(super) fn order_of(event: &TrackEvent) -> Timestamp {
    instant_of(event).map_or_else(|| event.occurred.sort_key(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use parcelgate_kit::model::{CountryCode, Place};

    use super::*;

    fn event(occurred: LocalTime, country: Option<&str>) -> TrackEvent {
        TrackEvent {
            status: None,
            carrier_code: String::new(),
            carrier_words: String::new(),
            occurred,
            place: Place { country: country.map(|c| CountryCode::parse(c).unwrap()), ..Place::default() },
            is_physical_scan: false,
            id: None,
        }
    }

    #[test]
    fn a_wall_clock_is_resolved_where_its_country_has_one_zone() {
        let local = LocalTime::Local("2026-08-31T14:05:00".parse().unwrap());
        let vienna: Timestamp = "2026-08-31T12:05:00Z".parse().unwrap();
        assert_eq!(instant_of(&event(local, Some("AT"))), Some((vienna, Some("Europe/Vienna"))));
        for several in [Some("US"), Some("ES"), Some("AU"), Some("BR"), None] {
            assert_eq!(instant_of(&event(local, several)), None, "{several:?}");
        }
        assert_eq!(order_of(&event(local, None)), "2026-08-31T14:05:00Z".parse().unwrap());
        let told = LocalTime::Instant(vienna);
        assert_eq!(instant_of(&event(told, Some("US"))), Some((vienna, None)));
    }
}
