//! Holidays of the United States, Canada, Mexico, Japan and India.
//!
//! Sources: 5 USC 6103; Canada Labour Code section 166 and the provinces'
//! acts; Ley Federal del Trabajo article 74; Japan's Act on National Holidays;
//! the lists of gazetted holidays of India's central government.

use jiff::civil::Weekday::{Monday, Thursday};
use jiff::civil::{Date, date};

use super::rule::{Holiday, Moved, When};

const fn federal(name: &'static str, when: When) -> Holiday {
    Holiday { name, parts: "", when, moved: Moved::Nearest, since: 0 }
}

const fn day(name: &'static str, when: When) -> Holiday {
    Holiday { name, parts: "", when, moved: Moved::Stays, since: 0 }
}

const fn canadian(name: &'static str, parts: &'static str, when: When) -> Holiday {
    Holiday { name, parts, when, moved: Moved::NextWorkday, since: 0 }
}

const fn japanese(name: &'static str, when: When) -> Holiday {
    Holiday { name, parts: "", when, moved: Moved::FromSunday, since: 0 }
}

pub(super) const UNITED_STATES: &[Holiday] = &[
    federal("New Year", When::On(1, 1)),
    day("Martin Luther King", When::Nth(3, Monday, 1)),
    day("Washington's Birthday", When::Nth(3, Monday, 2)),
    day("Memorial Day", When::Last(Monday, 5)),
    federal("Juneteenth", When::On(6, 19)),
    federal("Independence Day", When::On(7, 4)),
    day("Labor Day", When::Nth(1, Monday, 9)),
    day("Columbus Day", When::Nth(2, Monday, 10)),
    federal("Veterans Day", When::On(11, 11)),
    day("Thanksgiving", When::Nth(4, Thursday, 11)),
    federal("Christmas", When::On(12, 25)),
];

pub(super) const CANADA: &[Holiday] = &[
    canadian("New Year", "", When::On(1, 1)),
    canadian("Family Day", "AB BC MB NB NS ON PE SK", When::Nth(3, Monday, 2)),
    canadian("Good Friday", "", When::Easter(-2)),
    canadian("Victoria Day", "", When::Before(Monday, 5, 25)),
    canadian("Saint John the Baptist", "QC", When::On(6, 24)),
    canadian("Canada Day", "", When::On(7, 1)),
    canadian("Civic holiday", "AB BC MB NB NT NU ON SK", When::Nth(1, Monday, 8)),
    canadian("Labour Day", "", When::Nth(1, Monday, 9)),
    canadian("Truth and Reconciliation", "", When::On(9, 30)),
    canadian("Thanksgiving", "", When::Nth(2, Monday, 10)),
    canadian("Remembrance", "", When::On(11, 11)),
    canadian("Christmas", "", When::On(12, 25)),
    canadian("Boxing Day", "", When::On(12, 26)),
];

pub(super) const MEXICO: &[Holiday] = &[
    day("New Year", When::On(1, 1)),
    day("Constitution", When::Nth(1, Monday, 2)),
    day("Benito Juárez", When::Nth(3, Monday, 3)),
    day("Labour Day", When::On(5, 1)),
    day("Independence", When::On(9, 16)),
    day("Revolution", When::Nth(3, Monday, 11)),
    day("Christmas", When::On(12, 25)),
];

pub(super) const JAPAN: &[Holiday] = &[
    japanese("New Year", When::On(1, 1)),
    japanese("Coming of Age", When::Nth(2, Monday, 1)),
    japanese("Foundation", When::On(2, 11)),
    japanese("Emperor's Birthday", When::On(2, 23)),
    japanese("Spring equinox", When::Spring),
    japanese("Shōwa", When::On(4, 29)),
    japanese("Constitution", When::On(5, 3)),
    japanese("Greenery", When::On(5, 4)),
    japanese("Children", When::On(5, 5)),
    japanese("Marine Day", When::Nth(3, Monday, 7)),
    japanese("Mountain Day", When::On(8, 11)),
    japanese("Respect for the Aged", When::Nth(3, Monday, 9)),
    japanese("Autumn equinox", When::Autumn),
    japanese("Sports", When::Nth(2, Monday, 10)),
    japanese("Culture", When::On(11, 3)),
    japanese("Labour Thanksgiving", When::On(11, 23)),
];

const HOLI: &[Date] = &[date(2026, 3, 4), date(2027, 3, 22)];
const FITR: &[Date] = &[date(2026, 3, 21), date(2027, 3, 10)];
const ADHA: &[Date] = &[date(2026, 5, 27), date(2027, 5, 17)];
const BUDDHA: &[Date] = &[date(2026, 5, 1), date(2027, 5, 20)];
const DUSSEHRA: &[Date] = &[date(2026, 10, 20), date(2027, 10, 9)];
const DIWALI: &[Date] = &[date(2026, 11, 8), date(2027, 10, 29)];
const NANAK: &[Date] = &[date(2026, 11, 24), date(2027, 11, 14)];

/// The three national days, and those of the centre's list that the whole
/// country keeps. Days by the moon are as they were announced; those of 2027
/// may move by a day.
pub(super) const INDIA: &[Holiday] = &[
    day("Republic Day", When::On(1, 26)),
    day("Holi", When::Published(HOLI)),
    day("Eid al-Fitr", When::Published(FITR)),
    day("Good Friday", When::Easter(-2)),
    day("Buddha Purnima", When::Published(BUDDHA)),
    day("Eid al-Adha", When::Published(ADHA)),
    day("Independence Day", When::On(8, 15)),
    day("Gandhi Jayanti", When::On(10, 2)),
    day("Dussehra", When::Published(DUSSEHRA)),
    day("Diwali", When::Published(DIWALI)),
    day("Guru Nanak", When::Published(NANAK)),
    day("Christmas", When::On(12, 25)),
];
