//! The machine-readable codes of a decision and their severity.
//!
//! A code never holds an identifier's value. Start with [`Code`].

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a decision means for buying a label; the worst code wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Severity {
    /// Buy.
    Ok,
    /// Buy, and tell the caller.
    Warn,
    /// Do not buy; rating still answers, with the codes.
    Block,
}

/// One code, such as `I_EUR3:2` or `W_IOSS_DROPPED:OVER_150`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Code {
    name: &'static str,
    detail: String,
}

/// Every code and what it tells the caller.
#[rustfmt::skip]
const TABLE: &[(&str, &str)] = &[
    ("I_NO_CUSTOMS", "no customs formality"),
    ("I_EUR150_RELIEF", "the EU's duty relief up to EUR 150 applies"),
    ("I_EUR3", "EUR 3 of duty for each of so many declaration lines"),
    ("I_TARIFF", "ordinary tariff duty is to be expected"),
    ("I_VAT_PREPAID", "VAT or GST was collected with the sale"),
    ("I_VAT_AT_IMPORT", "VAT or GST is due at import"),
    ("I_EUR_ON_INVOICE", "state the value in EUR, fixed at payment, on the invoice"),
    ("I_FEE_UNION", "the Union handling fee may be asked"),
    ("I_FEE_NATIONAL", "a national fee on low-value parcels may be asked"),
    ("W_THRESHOLD_NEAR", "the value is within one percent of a threshold"),
    ("W_DATE_STRADDLE", "a rule changes between the label and the import"),
    ("W_IOSS_MISSING", "an IOSS number could be used, none usable is on file"),
    ("W_IOSS_DROPPED", "an IOSS number on file is not sent"),
    ("W_IOSS_GRACE", "the IOSS registration has ended, its two months for imports run"),
    ("W_IOSS_CHECKDIGIT", "the IOSS number fails the unofficial check digit"),
    ("W_ID_DROPPED", "an identifier on file is not sent"),
    ("W_TERRITORY_REMAP", "the country code was changed to the one of the territory"),
    ("W_TERRITORY_GUESS", "the territory is not certain without a postcode"),
    ("W_SPLIT", "several parcels look like one consignment"),
    ("W_DESC_VAGUE", "a description does not say what the goods are"),
    ("W_PID_MISSING", "a product identifier of the EU is missing"),
    ("W_GIFT_SUSPECT", "a sale is declared as a gift"),
    ("W_GIFT_OVER", "the gift is above the relief for gifts"),
    ("W_TERMS", "the terms of delivery do not fit the scheme"),
    ("W_UNVERIFIED", "a rule that was applied is not confirmed for this date"),
    ("W_RECIPIENT_PAYS", "the recipient will be asked to pay"),
    ("E_FIELD", "a required data element is missing"),
    ("E_ID_FORMAT", "an identifier has the wrong form"),
    ("E_ID_CHECK", "an identifier has a wrong check digit"),
    ("E_ID_PARTY", "the identifier belongs to a party that must not be used"),
    ("E_ID_EXPIRED", "the identifier is no longer valid"),
    ("E_CONTENT", "the kind of contents contradicts the data of the goods"),
    ("E_FX", "no exchange rate for a threshold: `exchange_rates` in the configuration brings them"),
    ("E_DDP_REQUIRED", "only prepaid duty is accepted"),
    ("E_EEI", "an export filing number is required"),
    ("E_NOT_CARRIED", "not accepted on this service"),
];

/// Every code, without a detail.
pub fn all_codes() -> impl Iterator<Item = Code> {
    TABLE.iter().map(|(name, _)| Code { name, detail: String::new() })
}

impl Code {
    /// A code by its name; names outside of the table are a mistake in this room.
    pub(super) fn new(name: &'static str, detail: impl Into<String>) -> Self {
        debug_assert!(TABLE.iter().any(|(known, _)| *known == name), "{name}");
        Self { name, detail: detail.into() }
    }

    /// Finds a code by what [`Code`]'s `Display` prints.
    pub fn from_text(text: &str) -> Option<Self> {
        let (name, detail) = text.split_once(':').unwrap_or((text, ""));
        let (name, _) = TABLE.iter().find(|(known, _)| *known == name)?;
        Some(Self { name, detail: detail.to_owned() })
    }

    /// The code without its detail (`W_IOSS_DROPPED`).
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What follows the colon; empty where nothing does.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What the code means, in plain words.
    pub fn words(&self) -> &'static str {
        TABLE.iter().find(|(known, _)| *known == self.name).map_or("", |(_, words)| words)
    }

    /// How much the code weighs.
    pub fn severity(&self) -> Severity {
        match self.name.as_bytes().first() {
            Some(b'E') => Severity::Block,
            Some(b'W') => Severity::Warn,
            _ => Severity::Ok,
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ":{}", self.detail) }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(deserializer)?;
        Self::from_text(&raw).ok_or_else(|| serde::de::Error::custom(format!("`{raw}` is no code")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_as_it_prints() {
        for text in ["I_EUR3:2", "W_IOSS_DROPPED:OVER_150", "W_ID_DROPPED:VOEC:B2B", "E_FX"] {
            assert_eq!(Code::from_text(text).unwrap().to_string(), text);
        }
        assert!(Code::from_text("W_MADE_UP").is_none());
    }

    #[test]
    fn severity_follows_the_first_letter() {
        assert_eq!(Code::from_text("E_FX").unwrap().severity(), Severity::Block);
        assert!(Severity::Ok < Severity::Warn && Severity::Warn < Severity::Block);
    }
}
