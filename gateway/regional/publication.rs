//! The days on which the European Central Bank publishes reference rates: those
//! on which TARGET is open, about 16:00 in Frankfurt.
//!
//! Source: the bank's framework for reference rates, and its long-term calendar
//! of TARGET closing days (in force since 2002).

use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

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

/// Easter Sunday of the Gregorian calendar (the rule of Meeus, Jones and Butcher).
fn easter_sunday(year: i16) -> Date {
    let year = i32::from(year);
    let (century, in_century, golden) = (year / 100, year % 100, year % 19);
    let leaps = century - century / 4 - (century - (century + 8) / 25 + 1) / 3;
    let moon = (19 * golden + leaps + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (in_century / 4) - moon - in_century % 4) % 7;
    let late = (golden + 11 * moon + 22 * weekday) / 451;
    let days = moon + weekday - 7 * late + 114;
    let part = |value: i32| i8::try_from(value).unwrap_or(1);
    let year = i16::try_from(year).unwrap_or_default();
    Date::new(year, part(days / 31), part(days % 31 + 1)).unwrap_or(date(1, 1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_calendars_have_it() {
        for (year, month, day) in
            [(2021, 4, 4), (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)]
        {
            assert_eq!(easter_sunday(year), date(year, month, day));
        }
    }

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
