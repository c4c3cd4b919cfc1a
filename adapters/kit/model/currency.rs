//! Currencies of ISO 4217.

use std::fmt;

use jiff::civil::{Date, date};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Problem;

/// A currency in use, by its ISO 4217 letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(&'static str);

/// ISO 4217 list one, currencies of daily use with their decimals. Source: the
/// list published by the standard's maintenance agency, state of 2026 (BGN and
/// HRK retired for EUR, ANG for XCG, ZWL for ZWG).
#[rustfmt::skip]
const TABLE: &[(&str, u32)] = &[
    ("AED", 2), ("AFN", 2), ("ALL", 2), ("AMD", 2), ("AOA", 2), ("ARS", 2), ("AUD", 2), ("AWG", 2),
    ("AZN", 2), ("BAM", 2), ("BBD", 2), ("BDT", 2), ("BHD", 3), ("BIF", 0), ("BMD", 2), ("BND", 2),
    ("BOB", 2), ("BRL", 2), ("BSD", 2), ("BTN", 2), ("BWP", 2), ("BYN", 2), ("BZD", 2), ("CAD", 2),
    ("CDF", 2), ("CHF", 2), ("CLF", 4), ("CLP", 0), ("CNY", 2), ("COP", 2), ("CRC", 2), ("CUP", 2),
    ("CVE", 2), ("CZK", 2), ("DJF", 0), ("DKK", 2), ("DOP", 2), ("DZD", 2), ("EGP", 2), ("ERN", 2),
    ("ETB", 2), ("EUR", 2), ("FJD", 2), ("FKP", 2), ("GBP", 2), ("GEL", 2), ("GHS", 2), ("GIP", 2),
    ("GMD", 2), ("GNF", 0), ("GTQ", 2), ("GYD", 2), ("HKD", 2), ("HNL", 2), ("HTG", 2), ("HUF", 2),
    ("IDR", 2), ("ILS", 2), ("INR", 2), ("IQD", 3), ("IRR", 2), ("ISK", 0), ("JMD", 2), ("JOD", 3),
    ("JPY", 0), ("KES", 2), ("KGS", 2), ("KHR", 2), ("KMF", 0), ("KPW", 2), ("KRW", 0), ("KWD", 3),
    ("KYD", 2), ("KZT", 2), ("LAK", 2), ("LBP", 2), ("LKR", 2), ("LRD", 2), ("LSL", 2), ("LYD", 3),
    ("MAD", 2), ("MDL", 2), ("MGA", 2), ("MKD", 2), ("MMK", 2), ("MNT", 2), ("MOP", 2), ("MRU", 2),
    ("MUR", 2), ("MVR", 2), ("MWK", 2), ("MXN", 2), ("MYR", 2), ("MZN", 2), ("NAD", 2), ("NGN", 2),
    ("NIO", 2), ("NOK", 2), ("NPR", 2), ("NZD", 2), ("OMR", 3), ("PAB", 2), ("PEN", 2), ("PGK", 2),
    ("PHP", 2), ("PKR", 2), ("PLN", 2), ("PYG", 0), ("QAR", 2), ("RON", 2), ("RSD", 2), ("RUB", 2),
    ("RWF", 0), ("SAR", 2), ("SBD", 2), ("SCR", 2), ("SDG", 2), ("SEK", 2), ("SGD", 2), ("SHP", 2),
    ("SLE", 2), ("SOS", 2), ("SRD", 2), ("SSP", 2), ("STN", 2), ("SVC", 2), ("SYP", 2), ("SZL", 2),
    ("THB", 2), ("TJS", 2), ("TMT", 2), ("TND", 3), ("TOP", 2), ("TRY", 2), ("TTD", 2), ("TWD", 2),
    ("TZS", 2), ("UAH", 2), ("UGX", 0), ("USD", 2), ("UYU", 2), ("UYW", 4), ("UZS", 2), ("VED", 2),
    ("VES", 2), ("VND", 0), ("VUV", 0), ("WST", 2), ("XAF", 0), ("XCD", 2), ("XCG", 2), ("XOF", 0),
    ("XPF", 0), ("YER", 2), ("ZAR", 2), ("ZMW", 2), ("ZWG", 2),
];

/// Currencies that ended: the first day on which they were money no more, and
/// what came instead. Each had two decimals. Source: the amendments of ISO 4217
/// and the acts that introduced the successors.
const RETIRED: &[(&str, Date, &str)] = &[
    ("ANG", date(2025, 7, 1), "XCG"),
    ("BGN", date(2026, 1, 1), "EUR"),
    ("HRK", date(2023, 1, 1), "EUR"),
    ("SLL", date(2024, 1, 1), "SLE"),
    ("VEF", date(2018, 8, 20), "VES"),
    ("ZWL", date(2024, 9, 1), "ZWG"),
];

impl Currency {
    /// The euro.
    pub const EUR: Self = Self("EUR");
    /// The pound sterling.
    pub const GBP: Self = Self("GBP");
    /// The US dollar.
    pub const USD: Self = Self("USD");

    /// Parses three letters, in capitals. `RMB`, `CNH` and `NTD`, which trade
    /// uses and the standard does not have, are read as `CNY` and `TWD`; `GBX`,
    /// which counts pence, is refused.
    ///
    /// # Errors
    /// A [`Problem`] when they name no currency in use.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let standard = match raw {
            "RMB" | "CNH" => "CNY",
            "NTD" => "TWD",
            other => other,
        };
        row(standard).map(|(code, _)| Self(code)).ok_or_else(|| Problem::new(refusal(raw)))
    }

    /// As [`Currency::parse`], for an amount of an earlier day: a currency that
    /// has ended is one as long as it was money.
    ///
    /// # Errors
    /// A [`Problem`] when they name no currency that was in use on `day`.
    pub fn parse_on(raw: &str, day: Date) -> Result<Self, Problem> {
        match retired(raw) {
            Some((code, until, _)) if day < *until => Ok(Self(code)),
            _ => Self::parse(raw),
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &'static str {
        self.0
    }

    /// How many decimals the currency has (0 for JPY, 2 for EUR, 3 for KWD).
    pub fn minor_units(&self) -> u32 {
        row(self.0).map_or(2, |(_, decimals)| *decimals)
    }
}

/// The table is sorted: every amount of every answer looks up its currency.
fn row(code: &str) -> Option<&'static (&'static str, u32)> {
    TABLE.get(TABLE.binary_search_by(|(known, _)| (*known).cmp(code)).ok()?)
}

fn retired(code: &str) -> Option<&'static (&'static str, Date, &'static str)> {
    RETIRED.iter().find(|(known, ..)| *known == code)
}

/// Why these letters are no currency, and what to write instead.
fn refusal(raw: &str) -> String {
    match (raw, retired(raw)) {
        ("GBX", _) => "`GBX` counts pence and is no ISO 4217 currency: give pounds, as `GBP`".to_owned(),
        (_, Some((code, until, next))) => {
            format!("`{code}` is no currency since {until}: give the amount in `{next}`")
        }
        _ => format!("`{}` is no ISO 4217 currency in use, such as EUR", shown(raw)),
    }
}

/// At most twelve printable characters of a refused value.
pub(super) fn shown(raw: &str) -> String {
    raw.chars().take(12).map(|c| if c.is_control() { '?' } else { c }).collect()
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(deserializer)?;
        // What was stored outlives its currency.
        Self::parse_on(&raw, Date::MIN).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_currency_of_the_table_is_found() {
        assert!(TABLE.is_sorted_by(|(left, _), (right, _)| left < right));
        for (code, decimals) in TABLE {
            assert_eq!(Currency::parse(code).unwrap().minor_units(), *decimals, "{code}");
        }
    }

    #[test]
    fn decimals_follow_the_standard() {
        for (code, decimals) in [("JPY", 0), ("EUR", 2), ("KWD", 3), ("CLF", 4), ("ISK", 0)] {
            assert_eq!(Currency::parse(code).unwrap().minor_units(), decimals, "{code}");
        }
    }

    #[test]
    fn retired_and_made_up_codes_are_refused() {
        for code in ["BGN", "HRK", "ANG", "ZWL", "SLL", "VEF", "GBX", "eur", "", "EURO"] {
            assert!(Currency::parse(code).is_err(), "{code}");
        }
        let ended = Currency::parse("BGN").unwrap_err().to_string();
        assert!(ended.contains("2026-01-01") && ended.contains("`EUR`"), "{ended}");
        assert!(Currency::parse("GBX").unwrap_err().to_string().contains("GBP"));
    }

    #[test]
    fn names_of_trade_are_read_as_the_standards() {
        for (name, code) in [("RMB", "CNY"), ("CNH", "CNY"), ("NTD", "TWD")] {
            assert_eq!(Currency::parse(name).unwrap().as_str(), code);
        }
    }

    #[test]
    fn a_currency_ends_on_its_day() {
        for (code, until, next) in RETIRED {
            let last = until.yesterday().unwrap();
            let then = Currency::parse_on(code, last).unwrap();
            assert_eq!((then.as_str(), then.minor_units()), (*code, 2));
            assert!(Currency::parse_on(code, *until).is_err(), "{code}");
            assert!(Currency::parse(next).is_ok(), "{next}");
            let kept = serde_json::to_string(&then).unwrap();
            assert_eq!(serde_json::from_str::<Currency>(&kept).unwrap(), then, "what was stored reads back");
        }
        assert_eq!(Currency::parse_on("USD", Date::MIN).unwrap(), Currency::USD);
    }
}
