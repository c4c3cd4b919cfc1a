//! Holidays of Germany, France, Italy, Spain, the Netherlands and Great Britain.
//!
//! Sources: the holiday acts of the states and the governments' published
//! lists for 2026 and 2027. Local days of single towns are left out.

use jiff::civil::Weekday::{Monday, Wednesday};

use super::rule::{Holiday, Moved, When};

const fn day(name: &'static str, when: When) -> Holiday {
    Holiday { name, parts: "", when, moved: Moved::Stays, since: 0 }
}

const fn part(name: &'static str, parts: &'static str, when: When) -> Holiday {
    Holiday { name, parts, when, moved: Moved::Stays, since: 0 }
}

/// A bank holiday of the United Kingdom, which a weekend moves to the next weekday.
const fn bank(name: &'static str, parts: &'static str, when: When) -> Holiday {
    Holiday { name, parts, when, moved: Moved::NextWorkday, since: 0 }
}

pub(super) const GERMANY: &[Holiday] = &[
    day("New Year", When::On(1, 1)),
    day("Good Friday", When::Easter(-2)),
    day("Easter Monday", When::Easter(1)),
    day("Labour Day", When::On(5, 1)),
    day("Ascension", When::Easter(39)),
    day("Whit Monday", When::Easter(50)),
    day("German Unity", When::On(10, 3)),
    day("Christmas", When::On(12, 25)),
    day("Second day of Christmas", When::On(12, 26)),
    part("Epiphany", "BW BY ST", When::On(1, 6)),
    part("Women's Day", "BE MV", When::On(3, 8)),
    part("Corpus Christi", "BW BY HE NW RP SL", When::Easter(60)),
    part("Assumption", "BY SL", When::On(8, 15)),
    part("Children's Day", "TH", When::On(9, 20)),
    part("Reformation", "BB HB HH MV NI SN ST SH TH", When::On(10, 31)),
    part("All Saints", "BW BY NW RP SL", When::On(11, 1)),
    part("Repentance", "SN", When::Before(Wednesday, 11, 23)),
];

pub(super) const FRANCE: &[Holiday] = &[
    day("New Year", When::On(1, 1)),
    day("Easter Monday", When::Easter(1)),
    day("Labour Day", When::On(5, 1)),
    day("Victory of 1945", When::On(5, 8)),
    day("Ascension", When::Easter(39)),
    day("Whit Monday", When::Easter(50)),
    day("National Day", When::On(7, 14)),
    day("Assumption", When::On(8, 15)),
    day("All Saints", When::On(11, 1)),
    day("Armistice of 1918", When::On(11, 11)),
    day("Christmas", When::On(12, 25)),
    // Alsace and Moselle, by department.
    part("Good Friday", "57 67 68", When::Easter(-2)),
    part("Second day of Christmas", "57 67 68", When::On(12, 26)),
];

pub(super) const ITALY: &[Holiday] = &[
    day("New Year", When::On(1, 1)),
    day("Epiphany", When::On(1, 6)),
    day("Easter Monday", When::Easter(1)),
    day("Liberation", When::On(4, 25)),
    day("Labour Day", When::On(5, 1)),
    day("Republic Day", When::On(6, 2)),
    day("Assumption", When::On(8, 15)),
    // Law 151 of 8 October 2025.
    Holiday { name: "Saint Francis", parts: "", when: When::On(10, 4), moved: Moved::Stays, since: 2026 },
    day("All Saints", When::On(11, 1)),
    day("Immaculate Conception", When::On(12, 8)),
    day("Christmas", When::On(12, 25)),
    day("Saint Stephen", When::On(12, 26)),
];

/// Communities as ISO 3166-2 names them, without the country.
pub(super) const SPAIN: &[Holiday] = &[
    day("New Year", When::On(1, 1)),
    day("Epiphany", When::On(1, 6)),
    day("Good Friday", When::Easter(-2)),
    day("Labour Day", When::On(5, 1)),
    day("Assumption", When::On(8, 15)),
    day("National Day", When::On(10, 12)),
    day("All Saints", When::On(11, 1)),
    day("Constitution", When::On(12, 6)),
    day("Immaculate Conception", When::On(12, 8)),
    day("Christmas", When::On(12, 25)),
    part("Maundy Thursday", "AN AR AS CB CE CL CM CN EX GA IB MC MD ML NC PV RI", When::Easter(-3)),
    part("Easter Monday", "CT IB NC PV RI VC", When::Easter(1)),
    part("Day of the community", "AN", When::On(2, 28)),
    part("Day of the community", "IB", When::On(3, 1)),
    part("Day of the community", "AR CL", When::On(4, 23)),
    part("Day of the community", "MD", When::On(5, 2)),
    part("Day of the community", "CN", When::On(5, 30)),
    part("Day of the community", "CM", When::On(5, 31)),
    part("Day of the community", "MC RI", When::On(6, 9)),
    part("Saint John", "CT VC", When::On(6, 24)),
    part("Saint James", "GA PV", When::On(7, 25)),
    part("Day of the community", "AS EX", When::On(9, 8)),
    part("Day of the community", "CT", When::On(9, 11)),
    part("Day of the community", "CB", When::On(9, 15)),
    part("Day of the community", "VC", When::On(10, 9)),
    part("Saint Stephen", "CT", When::On(12, 26)),
];

pub(super) const NETHERLANDS: &[Holiday] = &[
    day("New Year", When::On(1, 1)),
    day("Easter Monday", When::Easter(1)),
    Holiday { name: "King's Day", parts: "", when: When::On(4, 27), moved: Moved::ToSaturday, since: 2014 },
    day("Ascension", When::Easter(39)),
    day("Whit Monday", When::Easter(50)),
    day("Christmas", When::On(12, 25)),
    day("Second day of Christmas", When::On(12, 26)),
];

/// Parts: `ENG`, `WLS`, `SCT`, `NIR`.
pub(super) const BRITAIN: &[Holiday] = &[
    bank("New Year", "", When::On(1, 1)),
    bank("Second of January", "SCT", When::On(1, 2)),
    bank("Saint Patrick", "NIR", When::On(3, 17)),
    day("Good Friday", When::Easter(-2)),
    part("Easter Monday", "ENG WLS NIR", When::Easter(1)),
    day("Early May", When::Nth(1, Monday, 5)),
    day("Spring", When::Last(Monday, 5)),
    bank("Battle of the Boyne", "NIR", When::On(7, 12)),
    part("Summer", "SCT", When::Nth(1, Monday, 8)),
    part("Summer", "ENG WLS NIR", When::Last(Monday, 8)),
    bank("Saint Andrew", "SCT", When::On(11, 30)),
    bank("Christmas", "", When::On(12, 25)),
    bank("Boxing Day", "", When::On(12, 26)),
];
