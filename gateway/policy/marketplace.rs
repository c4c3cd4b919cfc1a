//! Marketplaces that have rules: their names, country, currency and the zone in which their days are counted.
//!
//! It holds no rule. Start at [`Marketplace::find`].

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// A marketplace that has rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marketplace {
    /// The name that rules and stored facts use, such as `amazon.de`.
    pub key: &'static str,
    /// The id that the marketplace itself uses; empty when it has none.
    pub id: &'static str,
    /// The country that it sells in, two letters of ISO 3166-1.
    pub country: &'static str,
    /// ISO 4217 code of its prices.
    pub currency: &'static str,
    /// IANA zone in which its days begin and end.
    pub zone: &'static str,
}

const fn market(
    key: &'static str,
    id: &'static str,
    country: &'static str,
    currency: &'static str,
    zone: &'static str,
) -> Marketplace {
    Marketplace { key, id, country, currency, zone }
}

/// Days are counted in the zone that the marketplace's help names for promises; for Canada no source names one, and its
/// capital's is taken.
const ALL: &[Marketplace] = &[
    market("amazon.com", "ATVPDKIKX0DER", "US", "USD", "America/Los_Angeles"),
    market("amazon.ca", "A2EUQ1WTGCTBG2", "CA", "CAD", "America/Toronto"),
    market("amazon.com.mx", "A1AM78C64UM0Y8", "MX", "MXN", "America/Mexico_City"),
    market("amazon.co.uk", "A1F83G8C2ARO7P", "GB", "GBP", "Europe/London"),
    market("amazon.de", "A1PA6795UKMFR9", "DE", "EUR", "Europe/Berlin"),
    market("amazon.fr", "A13V1IB3VIYZZH", "FR", "EUR", "Europe/Paris"),
    market("amazon.it", "APJ6JRA9NG5V4", "IT", "EUR", "Europe/Rome"),
    market("amazon.es", "A1RKKUPIHCS9HS", "ES", "EUR", "Europe/Madrid"),
    market("amazon.nl", "A1805IZSGTT6HS", "NL", "EUR", "Europe/Amsterdam"),
    market("amazon.in", "A21TJRUUN4KGV", "IN", "INR", "Asia/Kolkata"),
    market("amazon.co.jp", "A1VC38T7YXB528", "JP", "JPY", "Asia/Tokyo"),
    market("ebay.com", "EBAY_US", "US", "USD", "America/Los_Angeles"),
    market("walmart.com", "WALMART_US", "US", "USD", "America/New_York"),
    market("walmart.ca", "WALMART_CA", "CA", "CAD", "America/Toronto"),
    market("bol.com", "", "NL", "EUR", "Europe/Amsterdam"),
];

impl Marketplace {
    /// Every marketplace, for tables and tests.
    pub fn all() -> &'static [Marketplace] {
        ALL
    }

    /// The marketplace of this name or id, in any letter case; none when no rule is known for it.
    pub fn find(name: &str) -> Option<&'static Marketplace> {
        let name = name.trim();
        let is = |known: &str| !known.is_empty() && known.eq_ignore_ascii_case(name);
        ALL.iter().find(|market| is(market.key) || is(market.id))
    }

    /// As [`Marketplace::find`]; a family's name alone, such as `amazon`, names its marketplace in the country.
    pub fn find_in(name: &str, country: Option<&str>) -> Option<&'static Marketplace> {
        let of_family = |market: &&Marketplace| {
            let (family, _) = market.key.split_once('.').unwrap_or((market.key, ""));
            family.eq_ignore_ascii_case(name.trim()) && Some(market.country) == country
        };
        Self::find(name).or_else(|| ALL.iter().find(of_family))
    }

    /// The day that an instant falls on there.
    pub fn day(&self, at: Timestamp) -> Date {
        ZonedDateTime::new(at, TimeZone::get(self.zone).unwrap_or(TimeZone::UTC)).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_zones_are_known_and_unique() {
        for market in ALL {
            TimeZone::get(market.zone).unwrap();
            assert_eq!(Marketplace::find(&market.key.to_uppercase()), Some(market));
            assert!(market.id.is_empty() || Marketplace::find(market.id) == Some(market));
        }
        assert_eq!(Marketplace::find(""), None);
        assert_eq!(Marketplace::find("shop.example"), None);
    }

    #[test]
    fn days_end_where_the_marketplace_is() {
        let at: Timestamp = "2026-03-10T06:59:59Z".parse().unwrap();
        let day = |name: &str| Marketplace::find(name).unwrap().day(at).to_string();
        assert_eq!(day("amazon.com"), "2026-03-09");
        assert_eq!(day("amazon.co.jp"), "2026-03-10");
    }
}
