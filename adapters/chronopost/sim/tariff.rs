//! Which products there are, what they cost and how long they take.

/// Members of the Union without France.
#[rustfmt::skip]
const UNION: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// One product on a lane.
pub(super) struct Product {
    /// As rating writes it.
    pub(super) code: &'static str,
    /// As it is printed.
    pub(super) name: &'static str,
    /// Cents for a parcel, and for each kilogram begun; none when the contract
    /// has no price.
    pub(super) price: Option<(u64, u64)>,
    /// Days on the way.
    pub(super) days: u16,
}

const fn product(code: &'static str, name: &'static str, price: Option<(u64, u64)>, days: u16) -> Product {
    Product { code, name, price, days }
}

const FRANCE: &[Product] = &[
    product("0", "CHRONO RETRAIT BUREAU", Some((600, 30)), 1),
    product("1", "CHRONO 13", Some((1_390, 95)), 1),
    product("2", "CHRONO 10", Some((2_150, 110)), 1),
    product("16", "CHRONO 18", Some((1_120, 80)), 1),
    product("86", "CHRONO RELAIS 13", None, 1),
    product("5X", "2SHOP DIRECT", None, 3),
];
const EUROPE: &[Product] = &[
    product("17", "CHRONO EXPRESS", Some((3_480, 260)), 2),
    product("44", "CHRONO CLASSIC", Some((1_540, 105)), 4),
    product("49", "RELAIS EUROPE", None, 5),
];
const WORLD: &[Product] = &[product("17", "CHRONO EXPRESS", Some((4_920, 510)), 4)];

/// Whether both ends are in the Union.
pub(super) fn is_taxed(to: &str) -> bool {
    to == "FR" || UNION.contains(&to)
}

/// Products between two countries as Chronopost writes them; parcels start in
/// France only.
pub(super) fn products(from: &str, to: &str) -> &'static [Product] {
    match (from, to) {
        ("FR", "FR") => FRANCE,
        ("FR", to) if UNION.contains(&to) => EUROPE,
        ("FR", to) if to.len() == 2 && !matches!(to, "MC" | "MF" | "YT") => WORLD,
        _ => &[],
    }
}

/// Kilograms in text as whole grams.
pub(super) fn grams(kilograms: &str) -> Option<u64> {
    let (whole, part) = kilograms.split_once('.').unwrap_or((kilograms, ""));
    if part.len() > 3 {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let part: u64 = format!("{part:0<3}").parse().ok()?;
    Some(whole.saturating_mul(1000) + part)
}

impl Product {
    /// The code as shipping writes it.
    pub(super) fn shipping_code(&self) -> String {
        format!("{:0>2}", self.code)
    }

    /// Net and tax in cents.
    pub(super) fn cents(&self, grams: u64, is_taxed: bool) -> (u64, u64) {
        let Some((parcel, kilogram)) = self.price else { return (0, 0) };
        let net = parcel + kilogram * grams.div_ceil(1000);
        (net, if is_taxed { (net * 20 + 50) / 100 } else { 0 })
    }
}
