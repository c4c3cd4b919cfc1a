//! The days on which the European Central Bank publishes reference rates: those
//! on which TARGET is open, about 16:00 in Frankfurt.
//!
//! Source: the bank's framework for reference rates, and its long-term calendar
//! of TARGET closing days (in force since 2002).

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::calendar::easter_sunday;

/// Whether rates are published on this day.
pub(super) fn is_publication_day(day: Date) -> bool {
    let closed = matches!((day.month(), day.day()), (1 | 5, 1) | (12, 25 | 26));
    let easter = easter_sunday(day.year());
    let around_easter = [easter.checked_sub(2.days()).ok(), easter.checked_add(1.day()).ok()];
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !closed && !weekend && !around_easter.contains(&Some(day))
}

/// The last day of publication before this day.
pub(super) fn publication_before(day: Date) -> Option<Date> {
    let mut before = day.yesterday().ok()?;
    while !is_publication_day(before) {
        before = before.yesterday().ok()?;
    }
    Some(before)
}

/// The day of publication that a day without one waits for; the day itself where it is one.
pub(super) fn publication_from(day: Date) -> Option<Date> {
    let mut from = day;
    while !is_publication_day(from) {
        from = from.tomorrow().ok()?;
    }
    Some(from)
}

/// Which day it is in Frankfurt.
pub(super) fn day_in_frankfurt(now: Timestamp) -> Date {
    TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC).to_datetime(now).date()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn rates_rest_on_weekends_and_closing_days() {
        for closed in [
            date(2026, 1, 1),
            date(2026, 4, 3),
            date(2026, 4, 6),
            date(2026, 5, 1),
            date(2026, 12, 25),
            date(2026, 11, 28),
            date(2026, 11, 29),
        ] {
            assert!(!is_publication_day(closed), "{closed}");
        }
        assert!(is_publication_day(date(2026, 11, 1).tomorrow().unwrap()));
        assert_eq!(publication_before(date(2026, 4, 7)), Some(date(2026, 4, 2)));
        assert_eq!(publication_before(date(2027, 1, 2)), Some(date(2026, 12, 31)));
    }

    #[test]
    fn a_day_without_publication_waits_for_the_next() {
        for (sale, published) in [
            (date(2026, 11, 25), date(2026, 11, 25)),
            (date(2026, 11, 28), date(2026, 11, 30)),
            (date(2026, 4, 2), date(2026, 4, 2)),
            (date(2026, 4, 3), date(2026, 4, 7)),
            (date(2026, 4, 6), date(2026, 4, 7)),
            (date(2026, 5, 1), date(2026, 5, 4)),
            (date(2026, 12, 24), date(2026, 12, 24)),
            (date(2026, 12, 25), date(2026, 12, 28)),
            (date(2027, 1, 1), date(2027, 1, 4)),
            (date(2027, 12, 31), date(2027, 12, 31)),
        ] {
            assert_eq!(publication_from(sale), Some(published), "{sale}");
        }
    }

    #[test]
    fn the_day_changes_at_midnight_in_frankfurt() {
        let day = |text: &str| day_in_frankfurt(text.parse().unwrap());
        assert_eq!(day("2026-07-01T21:59:59Z"), date(2026, 7, 1));
        assert_eq!(day("2026-07-01T22:00:00Z"), date(2026, 7, 2));
        assert_eq!(day("2026-12-01T22:59:59Z"), date(2026, 12, 1));
        assert_eq!(day("2026-12-01T23:00:00Z"), date(2026, 12, 2));
    }
}
