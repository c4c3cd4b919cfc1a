//! On which days parcels are taken, moved and delivered.
//!
//! Holidays are rules and published dates, laid out once into a table of days
//! for each country; a carrier's own days are added by whoever asks. Pure: no
//! clock. Start with [`Region::of`] and [`is_working_day`].

mod europe;
mod region;
mod rule;
mod world;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

pub use region::Region;
pub use rule::easter_sunday;
use rule::{Holiday, Moved};

/// The years that are laid out.
const YEARS: std::ops::RangeInclusive<i16> = 2025..=2029;

/// Countries and their holidays.
const COUNTRIES: &[(&str, &[Holiday])] = &[
    ("US", world::UNITED_STATES),
    ("PR", world::UNITED_STATES),
    ("CA", world::CANADA),
    ("MX", world::MEXICO),
    ("JP", world::JAPAN),
    ("IN", world::INDIA),
    ("GB", europe::BRITAIN),
    ("DE", europe::GERMANY),
    ("FR", europe::FRANCE),
    ("MC", europe::FRANCE),
    ("IT", europe::ITALY),
    ("ES", europe::SPAIN),
    ("NL", europe::NETHERLANDS),
];

/// One day on which a country, or a part of it, does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayOff {
    /// Name of the holiday in English.
    pub name: &'static str,
    /// Parts of the country that keep it; empty for all of it.
    parts: &'static str,
}

impl DayOff {
    /// Whether the whole country keeps it.
    pub fn is_national(&self) -> bool {
        self.parts.is_empty()
    }

    fn is_kept_in(&self, part: &str) -> bool {
        self.parts.is_empty() || self.parts.split(' ').any(|kept| kept == part)
    }
}

type Days = BTreeMap<Date, Vec<DayOff>>;

static LAID_OUT: LazyLock<BTreeMap<&'static str, Days>> = LazyLock::new(|| {
    COUNTRIES.iter().map(|(country, holidays)| (*country, lay_out(country, holidays))).collect()
});

/// Whether holidays of a country are known here; where they are not, only
/// Sundays are off, and an answer that counts days should say so.
pub fn is_known(country: &str) -> bool {
    LAID_OUT.contains_key(country)
}

/// The holiday that is kept in a region on a day, if there is one.
pub fn holiday(region: &Region, day: Date) -> Option<DayOff> {
    let kept = LAID_OUT.get(region.country())?.get(&day)?;
    kept.iter().find(|off| off.is_kept_in(region.part())).copied()
}

/// The national holiday of a day, which shifts the deadlines of marketplaces;
/// regional ones do not.
pub fn national_holiday(country: &str, day: Date) -> Option<DayOff> {
    LAID_OUT.get(country)?.get(&day)?.iter().find(|off| off.is_national()).copied()
}

/// Days of the weekend on which somebody works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Weekend {
    /// Saturdays.
    pub saturday: bool,
    /// Sundays.
    pub sunday: bool,
}

/// Whether a day is one of work in a region: no holiday, and no weekend unless
/// `weekend` says so.
pub fn is_working_day(region: &Region, day: Date, weekend: Weekend) -> bool {
    let week = match day.weekday() {
        Weekday::Saturday => weekend.saturday,
        Weekday::Sunday => weekend.sunday,
        _ => true,
    };
    week && holiday(region, day).is_none()
}

/// The day itself when it is one of work, else the next that is.
pub fn next_working_day(region: &Region, day: Date, weekend: Weekend) -> Date {
    let mut day = day;
    // No country rests for a fortnight; the bound keeps a wrong table from hanging a call.
    for _ in 0..14 {
        if is_working_day(region, day, weekend) {
            return day;
        }
        day = day.tomorrow().unwrap_or(day);
    }
    day
}

/// The day that is so many days of work after another.
pub fn add_working_days(region: &Region, from: Date, days: u16, weekend: Weekend) -> Date {
    let mut day = from;
    for _ in 0..days {
        day = next_working_day(region, day.tomorrow().unwrap_or(day), weekend);
    }
    day
}

/// The days of the years on which a country's holidays are kept.
fn lay_out(country: &str, holidays: &[Holiday]) -> Days {
    let mut days = Days::new();
    for year in YEARS {
        let dated = holidays.iter().filter_map(|holiday| Some((holiday.day(year)?, holiday)));
        let mut dated: Vec<_> = dated.collect();
        dated.sort_by_key(|(day, _)| *day);
        for (day, holiday) in &dated {
            if !(holiday.moved == Moved::ToSaturday && day.weekday() == Weekday::Sunday) {
                put(&mut days, *day, holiday);
            }
        }
        for (day, holiday) in &dated {
            if let Some(moved) = moved(&days, *day, holiday) {
                put(&mut days, moved, holiday);
            }
        }
    }
    if country == "JP" {
        days_between(&mut days);
    }
    days
}

fn put(days: &mut Days, day: Date, holiday: &Holiday) {
    days.entry(day).or_default().push(DayOff { name: holiday.name, parts: holiday.parts });
}

/// The other day on which a holiday is kept that falls on a weekend.
fn moved(days: &Days, day: Date, holiday: &Holiday) -> Option<Date> {
    let weekday = day.weekday();
    let saturday = weekday == Weekday::Saturday;
    let sunday = weekday == Weekday::Sunday;
    let by = |span: i32| day.checked_add(span.days()).ok();
    match holiday.moved {
        Moved::Nearest if saturday => by(-1),
        Moved::Nearest if sunday => by(1),
        Moved::ToSaturday if sunday => by(-1),
        Moved::NextWorkday if saturday || sunday => free_after(days, day, holiday, true),
        Moved::FromSunday if sunday => free_after(days, day, holiday, false),
        _ => None,
    }
}

/// The first day after a holiday that no other holiday of the same place takes.
fn free_after(days: &Days, day: Date, holiday: &Holiday, weekdays: bool) -> Option<Date> {
    let taken = |day: &Date| {
        days.get(day).is_some_and(|kept| {
            kept.iter().any(|off| off.is_national() || off.parts == holiday.parts || holiday.parts.is_empty())
        })
    };
    let resting = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let mut next = day.checked_add(1.day()).ok()?;
    while taken(&next) || (weekdays && resting(&next)) {
        next = next.checked_add(1.day()).ok()?;
    }
    Some(next)
}

/// A day between two holidays is one, by article 3 of Japan's act.
fn days_between(days: &mut Days) {
    let lone: Vec<Date> = days
        .keys()
        .filter_map(|day| {
            let (next, after) = (day.checked_add(1.day()).ok()?, day.checked_add(2.days()).ok()?);
            (days.contains_key(&after) && !days.contains_key(&next)).then_some(next)
        })
        .collect();
    for day in lone {
        days.entry(day).or_default().push(DayOff { name: "Citizens' holiday", parts: "" });
    }
}

#[cfg(test)]
mod tests;
