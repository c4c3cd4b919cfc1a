//! What the simulated UPS sells, and for how much: by zone and weight, the same
//! for the same shipment always.

use jiff::civil::{Date, Weekday};
use rust_decimal::{Decimal, RoundingStrategy};

use super::check::is_eu;

/// One service on one lane.
#[derive(Clone, Copy)]
pub(super) struct Product {
    pub(super) code: &'static str,
    /// Cents of a package, before weight.
    base: i64,
    /// Cents of a pound or kilogram.
    per_unit: i64,
    /// Business days.
    pub(super) days: u16,
    /// Latest arrival, `HHMMSS`.
    pub(super) by: &'static str,
    pub(super) guaranteed: bool,
}

const fn product(code: &'static str, base: i64, per_unit: i64, days: u16, by: &'static str) -> Product {
    Product { code, base, per_unit, days, by, guaranteed: true }
}

const fn ground(code: &'static str, base: i64, per_unit: i64, days: u16) -> Product {
    Product { code, base, per_unit, days, by: "233000", guaranteed: false }
}

const WITHIN_US: &[Product] = &[
    product("14", 7_900, 240, 1, "080000"),
    product("01", 5_200, 210, 1, "103000"),
    product("13", 4_650, 190, 1, "150000"),
    product("59", 3_300, 150, 2, "103000"),
    product("02", 2_750, 130, 2, "233000"),
    product("12", 2_050, 95, 3, "233000"),
    ground("03", 1_090, 38, 3),
];
const WITHIN_CANADA: &[Product] = &[
    product("14", 6_100, 260, 1, "083000"),
    product("01", 3_900, 230, 1, "103000"),
    product("13", 3_400, 210, 1, "233000"),
    product("02", 2_500, 150, 2, "233000"),
    ground("11", 1_250, 60, 3),
];
const EUROPE_GROUND: Product = ground("11", 1_180, 70, 3);
const NORTH_AMERICA_GROUND: Product = ground("11", 1_950, 85, 4);
const GERMAN_NOON: Product = product("74", 2_900, 120, 1, "120000");
const ABROAD: &[Product] = &[
    product("54", 9_800, 620, 2, "090000"),
    product("07", 7_200, 540, 2, "103000"),
    product("65", 6_600, 500, 3, "233000"),
    product("08", 5_400, 410, 5, "233000"),
];
const FROM_CANADA_3_DAY: Product = product("12", 2_900, 140, 3, "233000");

fn is_europe(country: &str) -> bool {
    is_eu(country) || matches!(country, "GB" | "CH" | "NO" | "LI" | "MC" | "RS" | "TR")
}

/// Services of a lane, the fastest first.
pub(super) fn products(from: &str, to: &str) -> Vec<Product> {
    let us = |country| matches!(country, "US" | "PR");
    match (from, to) {
        _ if us(from) && us(to) => WITHIN_US.to_vec(),
        ("CA", "CA") => WITHIN_CANADA.to_vec(),
        _ => {
            let mut all = ABROAD.to_vec();
            if from == to {
                all.retain(|product| product.code != "08");
            }
            let near = matches!((from, to), ("US" | "PR", "CA" | "MX") | ("CA", "US" | "PR" | "MX"));
            all.extend((from == "CA" && us(to)).then_some(FROM_CANADA_3_DAY));
            all.extend(
                (near || from == "MX" && matches!(to, "MX" | "US" | "CA")).then_some(NORTH_AMERICA_GROUND),
            );
            all.extend((is_europe(from) && is_europe(to)).then_some(EUROPE_GROUND));
            all.extend((from == "DE" && to == "DE").then_some(GERMAN_NOON));
            all
        }
    }
}

/// The zone, which the price and the reply show.
pub(super) fn zone(from: (&str, &str), to: (&str, &str)) -> u8 {
    let first = |postcode: &str| postcode.bytes().next().unwrap_or(b'0');
    if from.0 == to.0 {
        2 + first(from.1).abs_diff(first(to.1)) % 7
    } else if is_europe(from.0) && is_europe(to.0) {
        44
    } else if matches!((from.0, to.0), ("US" | "PR" | "CA" | "MX", "US" | "PR" | "CA" | "MX")) {
        53
    } else {
        88
    }
}

/// Currency of the origin's tariff.
pub(super) fn currency(from: &str) -> &'static str {
    match from {
        "CA" => "CAD",
        "GB" => "GBP",
        "MX" => "MXN",
        "PL" => "PLN",
        _ if is_eu(from) => "EUR",
        _ => "USD",
    }
}

/// A price: cents, published or the account's own.
pub(super) struct Priced {
    pub(super) base: i64,
    pub(super) fuel: i64,
    pub(super) residential: i64,
    /// Of the packages: signature and declared value.
    pub(super) signature: i64,
    pub(super) declared: i64,
    pub(super) tax: i64,
}

/// What is charged for beside weight and zone.
#[derive(Clone, Copy)]
pub(super) struct Extras {
    pub(super) residential: bool,
    pub(super) signatures: i64,
    /// Units of currency declared.
    pub(super) declared: i64,
    /// Per cent of tax.
    pub(super) tax: i64,
}

impl Priced {
    /// The price of packages of these weights; `share` is per cent of the
    /// published one.
    pub(super) fn of(product: Product, zone: u8, weights: &[Decimal], extras: Extras, share: i64) -> Self {
        let zone = i64::from(zone % 10);
        let carried: i64 = weights
            .iter()
            .map(|weight| {
                let whole = weight.round_dp_with_strategy(0, RoundingStrategy::ToPositiveInfinity);
                let units = i64::try_from(whole.mantissa()).unwrap_or(1).max(1);
                product.base * (100 + 7 * zone) / 100 + product.per_unit * units
            })
            .sum();
        let base = carried * share / 100;
        let fuel = base * 17 / 100;
        let residential = if extras.residential { 595 } else { 0 };
        let signature = 660 * extras.signatures;
        let declared = if extras.declared > 100 { (extras.declared - 1) / 100 * 135 } else { 0 };
        let untaxed = base + fuel + residential + signature + declared;
        Self { base, fuel, residential, signature, declared, tax: untaxed * extras.tax / 100 }
    }

    pub(super) fn untaxed(&self) -> i64 {
        self.base + self.fuel + self.residential + self.signature + self.declared
    }
}

/// Cents as UPS writes amounts.
pub(super) fn money(cents: i64) -> String {
    Decimal::new(cents, 2).to_string()
}

/// The day after `days` business days.
pub(super) fn business_days_after(start: Date, days: u16) -> Date {
    let mut day = start;
    let mut left = days;
    while left > 0 {
        let Ok(next) = day.tomorrow() else { return day };
        day = next;
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    day
}
