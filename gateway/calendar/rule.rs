//! The days that a holiday falls on, by rule.
//!
//! Pure arithmetic on dates. Start with [`Holiday::days`].

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// One holiday of a country or of some of its parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holiday {
    /// Its name in English.
    pub(super) name: &'static str,
    /// Parts of the country that keep it, by subdivision code, with blanks
    /// between; empty for all of it.
    pub(super) parts: &'static str,
    /// The day that it falls on.
    pub(super) when: When,
    /// What happens when that is a day of the weekend.
    pub(super) moved: Moved,
    /// First year that it is kept; zero for always.
    pub(super) since: i16,
}

/// The day that a holiday falls on in a year.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// Month and day.
    On(i8, i8),
    /// Days after Easter Sunday of the western churches, before it when negative.
    Easter(i32),
    /// The first, second, ... such weekday of a month.
    Nth(i8, Weekday, i8),
    /// The last such weekday of a month.
    Last(Weekday, i8),
    /// The last such weekday before a day of a month.
    Before(Weekday, i8, i8),
    /// The equinox of spring in Japan.
    Spring,
    /// The equinox of autumn in Japan.
    Autumn,
    /// Published dates; years that are not among them have none.
    Published(&'static [Date]),
}

/// What happens when a holiday falls on a day of the weekend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moved {
    /// Nothing.
    Stays,
    /// Saturday's is kept on Friday, Sunday's on Monday, beside the day itself.
    Nearest,
    /// It is kept on the next day of work, after those that moved before it.
    NextWorkday,
    /// Sunday's is kept on the next day that is no holiday, beside the day itself.
    FromSunday,
    /// Sunday's is kept on the Saturday before, in place of the day itself.
    ToSaturday,
}

impl Holiday {
    /// The day in a year, before it is moved.
    pub(super) fn day(&self, year: i16) -> Option<Date> {
        if year < self.since {
            return None;
        }
        match self.when {
            When::On(month, day) => Date::new(year, month, day).ok(),
            When::Easter(days) => easter_sunday(year).checked_add(days.days()).ok(),
            When::Nth(count, weekday, month) => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(count, weekday).ok()
            }
            When::Last(weekday, month) => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(-1, weekday).ok()
            }
            When::Before(weekday, month, day) => {
                Date::new(year, month, day).ok()?.nth_weekday(-1, weekday).ok()
            }
            When::Spring => equinox(year, 3, 208_431),
            When::Autumn => equinox(year, 9, 232_488),
            When::Published(days) => days.iter().find(|day| day.year() == year).copied(),
        }
    }
}

/// Easter Sunday of the Gregorian calendar, by the method that Meeus, Jones and
/// Butcher describe.
pub fn easter_sunday(year: i16) -> Date {
    let y = i32::from(year);
    let (golden, century, of_century) = (y % 19, y / 100, y % 100);
    let (leap_centuries, rest) = (century / 4, century % 4);
    let lunar = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - leap_centuries - lunar + 15) % 30;
    let weekday = (32 + 2 * rest + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let number = epact + weekday - 7 * late + 114;
    let (month, day) = (number / 31, number % 31 + 1);
    let month = i8::try_from(month).unwrap_or(4);
    let day = i8::try_from(day).unwrap_or(1);
    Date::new(year, month, day).unwrap_or(date(year, 4, 1))
}

/// The day of an equinox in Japan, from 1980 to 2099: `base` is in ten
/// thousandths of a day. Source: the approximation that the Hydrographic
/// Department of Japan published.
fn equinox(year: i16, month: i8, base: i64) -> Option<Date> {
    let years = i64::from(year) - 1980;
    if !(0..120).contains(&years) {
        return None;
    }
    let day = (base * 100 + 242_194 * years) / 1_000_000 - years / 4;
    Date::new(year, month, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_falls_where_the_churches_say() {
        for day in [
            date(2024, 3, 31),
            date(2025, 4, 20),
            date(2026, 4, 5),
            date(2027, 3, 28),
            date(2028, 4, 16),
            date(2038, 4, 25),
            date(2285, 3, 22),
        ] {
            assert_eq!(easter_sunday(day.year()), day);
        }
    }

    #[test]
    fn equinoxes_fall_where_the_observatory_says() {
        for (spring, autumn) in [
            (date(2024, 3, 20), date(2024, 9, 22)),
            (date(2026, 3, 20), date(2026, 9, 23)),
            (date(2027, 3, 21), date(2027, 9, 23)),
        ] {
            let year = spring.year();
            assert_eq!(equinox(year, 3, 208_431), Some(spring));
            assert_eq!(equinox(year, 9, 232_488), Some(autumn));
        }
    }
}
