//! The tables against what governments published for 2026 and 2027.

use jiff::civil::{Date, date};
use parcelgate_kit::model::CountryCode;
use proptest::prelude::*;

use super::*;

fn region(country: &str, part: &str) -> Region {
    Region::at(CountryCode::parse(country).unwrap(), part, "")
}

/// `0101 0119 ...` of a year.
fn listed(year: i16, days: &str) -> Vec<Date> {
    days.split_whitespace()
        .map(|day| {
            let (month, day) = day.split_at(2);
            date(year, month.parse().unwrap(), day.parse().unwrap())
        })
        .collect()
}

/// Days of the year on which a region rests that are no Sundays.
fn kept(region: &Region, year: i16) -> Vec<Date> {
    let first = date(year, 1, 1);
    let all = first.series(1.day()).take_while(|day| day.year() == year);
    all.filter(|day| day.weekday() != Weekday::Sunday && holiday(region, *day).is_some()).collect()
}

#[test]
fn holidays_are_those_that_were_published() {
    #[rustfmt::skip]
    let lists = [
        ("US", "", 2026, "0101 0119 0216 0525 0619 0703 0704 0907 1012 1111 1126 1225"),
        ("US", "", 2027, "0101 0118 0215 0531 0618 0619 0705 0906 1011 1111 1125 1224 1225 1231"),
        ("CA", "", 2026, "0101 0403 0518 0701 0907 0930 1012 1111 1225 1226 1228"),
        ("CA", "ON", 2026, "0101 0216 0403 0518 0701 0803 0907 0930 1012 1111 1225 1226 1228"),
        ("CA", "QC", 2027, "0101 0326 0524 0624 0701 0906 0930 1011 1111 1225 1227 1228"),
        ("MX", "", 2026, "0101 0202 0316 0501 0916 1116 1225"),
        ("MX", "", 2027, "0101 0201 0315 0501 0916 1115 1225"),
        ("GB", "ENG", 2026, "0101 0403 0406 0504 0525 0831 1225 1226 1228"),
        ("GB", "ENG", 2027, "0101 0326 0329 0503 0531 0830 1225 1227 1228"),
        ("GB", "SCT", 2026, "0101 0102 0403 0504 0525 0803 1130 1225 1226 1228"),
        ("GB", "SCT", 2027, "0101 0102 0104 0326 0503 0531 0802 1130 1225 1227 1228"),
        ("GB", "NIR", 2026, "0101 0317 0403 0406 0504 0525 0713 0831 1225 1226 1228"),
        ("DE", "", 2026, "0101 0403 0406 0501 0514 0525 1003 1225 1226"),
        ("DE", "", 2027, "0101 0326 0329 0501 0506 0517 1225"),
        ("DE", "BY", 2026, "0101 0106 0403 0406 0501 0514 0525 0604 0815 1003 1225 1226"),
        ("DE", "SN", 2026, "0101 0403 0406 0501 0514 0525 1003 1031 1118 1225 1226"),
        ("DE", "BE", 2027, "0101 0308 0326 0329 0501 0506 0517 1225"),
        ("FR", "", 2026, "0101 0406 0501 0508 0514 0525 0714 0815 1111 1225"),
        ("FR", "", 2027, "0101 0329 0501 0506 0508 0517 0714 1101 1111 1225"),
        ("IT", "", 2026, "0101 0106 0406 0425 0501 0602 0815 1208 1225 1226"),
        ("IT", "", 2027, "0101 0106 0329 0501 0602 1004 1101 1208 1225"),
        ("ES", "", 2026, "0101 0106 0403 0501 0815 1012 1208 1225"),
        ("ES", "CT", 2026, "0101 0106 0403 0406 0501 0624 0815 0911 1012 1208 1225 1226"),
        ("ES", "MD", 2027, "0101 0106 0325 0326 0501 1012 1101 1206 1208 1225"),
        ("NL", "", 2026, "0101 0406 0427 0514 0525 1225 1226"),
        ("NL", "", 2027, "0101 0329 0427 0506 0517 1225"),
        ("JP", "", 2026, "0101 0112 0211 0223 0320 0429 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123"),
        ("JP", "", 2027, "0101 0111 0211 0223 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123"),
        ("IN", "", 2026, "0126 0304 0321 0403 0501 0527 0815 1002 1020 1124 1225"),
    ];
    for (country, part, year, days) in lists {
        assert_eq!(kept(&region(country, part), year), listed(year, days), "{country} {part} {year}");
    }
}

#[test]
fn a_postcode_tells_the_part_where_it_can() {
    let part = |country: &str, postcode: &str| {
        Region::at(CountryCode::parse(country).unwrap(), "", postcode).part().to_owned()
    };
    for (country, postcode, expected) in [
        ("GB", "G11AA", "SCT"),
        ("GB", "GL11AA", "ENG"),
        ("GB", "BT15GS", "NIR"),
        ("GB", "CF101AA", "WLS"),
        ("ES", "08001", "CT"),
        ("ES", "28013", "MD"),
        ("FR", "67000", "67"),
        ("DE", "10115", ""),
    ] {
        assert_eq!(part(country, postcode), expected, "{country} {postcode}");
    }
}

#[test]
fn working_days_are_counted_over_a_long_weekend() {
    let berlin = region("DE", "BE");
    // Thursday before Good Friday: Friday to Monday are off.
    let thursday = date(2026, 4, 2);
    assert_eq!(add_working_days(&berlin, thursday, 1, Weekend::default()), date(2026, 4, 7));
    let with_saturday = Weekend { saturday: true, sunday: false };
    assert_eq!(add_working_days(&berlin, thursday, 1, with_saturday), date(2026, 4, 4));
    assert_eq!(next_working_day(&berlin, date(2026, 4, 3), Weekend::default()), date(2026, 4, 7));
}

#[test]
fn a_country_without_a_table_rests_on_weekends_only() {
    let zurich = region("CH", "ZH");
    assert!(!is_known("CH") && is_working_day(&zurich, date(2026, 12, 25), Weekend::default()));
    assert!(!is_working_day(&zurich, date(2026, 12, 26), Weekend::default()));
}

proptest! {
    #[test]
    fn a_counted_day_is_one_of_work_and_later(
        country in prop::sample::select(COUNTRIES.iter().map(|(code, _)| *code).collect::<Vec<_>>()),
        start in 0_i32..700,
        days in 1_u16..15,
        saturday: bool,
    ) {
        let from = date(2026, 1, 1).checked_add(start.days()).unwrap();
        let (region, weekend) = (region(country, ""), Weekend { saturday, sunday: false });
        let day = add_working_days(&region, from, days, weekend);
        prop_assert!(day > from && is_working_day(&region, day, weekend));
        let one_less = add_working_days(&region, from, days - 1, weekend);
        let between = one_less.series(1.day()).skip(1).take_while(|other| *other < day);
        prop_assert!(between.into_iter().all(|other| !is_working_day(&region, other, weekend)));
    }
}
