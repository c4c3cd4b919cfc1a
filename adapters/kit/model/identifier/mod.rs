//! Tax and customs identifiers, and which of them a parcel carries.

mod kind;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use kind::IdKind;

use super::{CountryCode, Problem};

/// Whose identifier it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IdRole {
    /// The one who sold the goods.
    Seller,
    /// The marketplace, where the law makes it the supplier.
    Marketplace,
    /// The one who dispatches, when not the seller.
    Shipper,
    /// The one who receives.
    Consignee,
}

/// The value of an identifier. `Debug` and `Display` show its last two
/// characters: the number alone is enough for fraud.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Identifier(String);

impl Identifier {
    /// Any identifier of 3 to 40 letters, digits and the signs `-./ `.
    ///
    /// # Errors
    /// A [`Problem`]; the value is not repeated.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let trimmed = raw.trim().to_ascii_uppercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | ' ');
        if !(3..=40).contains(&trimmed.len()) || !trimmed.chars().all(plain) {
            return Err(Problem::new("is no identifier: 3 to 40 letters and digits"));
        }
        Ok(Self(trimmed))
    }

    /// The value, for a carrier's request.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The value with all but the last two characters hidden.
    pub fn masked(&self) -> String {
        let hidden = self.0.chars().count().saturating_sub(2);
        let shown: String = self.0.chars().skip(hidden).collect();
        format!("{}{shown}", "*".repeat(hidden))
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// An IOSS number: `IM`, the numeric code of the member state of
/// identification, six digits and a check digit.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IossNumber(Identifier);

/// Numeric ISO codes of the member states, and 900 for Northern Ireland.
#[rustfmt::skip]
const MEMBER_STATES: &[&str] = &[
    "040", "056", "100", "191", "196", "203", "208", "233", "246", "250", "276", "300", "348", "372", "380",
    "428", "440", "442", "470", "528", "616", "620", "642", "703", "705", "724", "752", "900",
];

impl IossNumber {
    /// Parses the twelve characters, blanks and hyphens put aside.
    ///
    /// # Errors
    /// A [`Problem`] that tells an intermediary's number (`IN…`) and a
    /// One-Stop-Shop number (`EU…`) from a mistyped one.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let bare: String =
            raw.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).map(|c| c.to_ascii_uppercase()).collect();
        if bare.starts_with("IN") {
            return Err(Problem::new(
                "starts with IN: that is an intermediary's own number, send the IM number",
            ));
        }
        if bare.starts_with("EU") {
            return Err(Problem::new("starts with EU: that is a One-Stop-Shop number, not an import one"));
        }
        let digits = bare.strip_prefix("IM").unwrap_or_default();
        if digits.len() != 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::new("is no IOSS number: IM and ten digits"));
        }
        if !MEMBER_STATES.contains(&digits.get(..3).unwrap_or_default()) {
            return Err(Problem::new("is no IOSS number: its first three digits name no member state"));
        }
        Ok(Self(Identifier(bare)))
    }

    /// Whether the check digit fits the rule derived from numbers in use.
    ///
    /// The rule is not published (weights 9 to 1 over nine digits, modulo 11),
    /// so `Some(false)` warns and never refuses; `None` when it cannot judge.
    pub fn check_digit_fits(&self) -> Option<bool> {
        let digits: Vec<u32> = self.0.0.chars().filter_map(|c| c.to_digit(10)).collect();
        let (check, payload) = digits.split_last()?;
        let sum: u32 = payload.iter().zip((1..=9).rev()).map(|(digit, weight)| digit * weight).sum();
        let remainder = sum % 11;
        (remainder != 10).then_some(remainder == *check)
    }

    /// The number as an identifier.
    pub fn identifier(&self) -> &Identifier {
        &self.0
    }
}

impl fmt::Debug for IossNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// An EORI number: a country and one to fifteen characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Eori(Identifier);

impl Eori {
    /// Parses the number; Greece writes `GR` here, Northern Ireland `XI`.
    ///
    /// # Errors
    /// A [`Problem`] when the shape is wrong.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let bare: String =
            raw.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).map(|c| c.to_ascii_uppercase()).collect();
        let country = bare.get(..2).unwrap_or_default();
        let known = country == "XI" || CountryCode::parse(country).is_ok();
        if !known || !(3..=17).contains(&bare.len()) || !bare.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(Problem::new("is no EORI number: a country code and 1 to 15 characters"));
        }
        Ok(Self(Identifier(bare)))
    }

    /// The number as an identifier.
    pub fn identifier(&self) -> &Identifier {
        &self.0
    }
}

impl fmt::Debug for Eori {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// One identifier that the regional decision attached to a shipment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedId {
    /// What it is.
    pub kind: IdKind,
    /// Its value.
    pub value: Identifier,
    /// Whose it is.
    pub holder: IdRole,
    /// Country that issued it, where that is not in the number itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<CountryCode>,
}

/// The identifiers that a shipment must carry, chosen by rules; an adapter
/// places each exactly where its carrier wants it and adds none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionalIds(pub Vec<AttachedId>);

impl RegionalIds {
    /// The identifier of one kind, if attached.
    pub fn get(&self, kind: IdKind) -> Option<&AttachedId> {
        self.0.iter().find(|id| id.kind == kind)
    }

    /// The identifier of one kind held by one party, if attached.
    pub fn of(&self, kind: IdKind, holder: IdRole) -> Option<&AttachedId> {
        self.0.iter().find(|id| id.kind == kind && id.holder == holder)
    }

    /// Whether nothing is attached.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_unofficial_check_digit_warns_and_never_refuses() {
        for (number, fits) in [
            ("IM3729999902", Some(true)),
            ("IM2761234567", Some(true)),
            ("IM9009999941", Some(true)),
            ("IM3729999903", Some(false)),
            ("IM2760000000", Some(false)),
        ] {
            assert_eq!(IossNumber::parse(number).unwrap().check_digit_fits(), fits, "{number}");
        }
    }

    #[test]
    fn other_numbers_are_no_ioss_numbers() {
        for bad in ["IM1234567890", "IM276123456", "IN2761234567", "EU372999990", "IMDEU1234567", ""] {
            assert!(IossNumber::parse(bad).is_err(), "{bad}");
        }
        assert!(IossNumber::parse("im 276 123 4567").is_ok());
    }

    #[test]
    fn a_value_never_shows_itself() {
        let id = AttachedId {
            kind: IdKind::Ioss,
            value: Identifier::parse("IM3729999902").unwrap(),
            holder: IdRole::Marketplace,
            issuer: None,
        };
        assert!(!format!("{id:?}").contains("37299999"), "{id:?}");
        assert_eq!(id.value.masked(), "**********02");
    }

    proptest! {
        #[test]
        fn parsing_never_panics(raw in "\\PC*") {
            let _ = IossNumber::parse(&raw);
            let _ = Eori::parse(&raw);
            let _ = Identifier::parse(&raw).map(|id| id.masked());
        }
    }
}
