//! What is shipped: the boxes and what is in them.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{CountryCode, Dimensions, Money, Problem, Text, Weight};

/// One box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Gross weight.
    pub weight: Weight,
    /// Outer sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<Dimensions>,
    /// The carrier's own packaging, by its code; absent for the shipper's box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier_packaging: Option<Text>,
    /// Declared value to insure this box for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub insured_value: Option<Money>,
    /// The shipper's own reference of this box.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Text>,
}

/// One line of goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is, in plain words.
    pub description: Text,
    /// How many, at least one.
    pub quantity: u32,
    /// Price of one, without tax and transport.
    pub unit_value: Money,
    /// Harmonised System code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hs_code: Option<HsCode>,
    /// Country it was made in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<CountryCode>,
    /// Net weight of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_weight: Option<Weight>,
    /// The merchant's own product id (SKU, offer id).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Text>,
    /// The manufacturer's own product id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manufacturer_id: Option<Text>,
    /// Standardised product number, or the statement that none exists.
    #[serde(default)]
    pub product_code: ProductCode,
    /// Code in the catalogue of Mexico's tax authority, which its consignment
    /// note (Carta Porte) names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sat_product: Option<SatProductCode>,
    /// What needs care about it.
    #[serde(default)]
    pub flags: ItemFlags,
    /// Index of the parcel it is in; absent when not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<u16>,
}

impl Item {
    /// Value of the whole line.
    ///
    /// # Errors
    /// When the product does not fit.
    pub fn line_value(&self) -> Result<Money, super::MoneyError> {
        self.unit_value.times(self.quantity)
    }

    /// Net weight of the whole line in kilograms.
    pub fn line_weight_kg(&self) -> Option<Decimal> {
        self.net_weight
            .map(|one| one.in_unit(super::WeightUnit::Kg).saturating_mul(Decimal::from(self.quantity)))
    }
}

/// The statement about a standardised product number that the EU asks for from
/// 2026-11-01 (S-PID, or document Y081 where none exists).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductCode {
    /// The caller said nothing.
    #[default]
    Unstated,
    /// The number.
    Gtin(Gtin),
    /// The caller states that none exists.
    NoneExists,
}

/// What needs care about an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemFlags {
    /// Alcohol, tobacco or energy products under excise.
    pub excise: bool,
    /// Needs a licence or certificate to be imported.
    pub restricted: bool,
    /// Dangerous goods, lithium batteries included.
    pub dangerous: bool,
    /// Food or drink.
    pub food: bool,
    /// Preferential origin is claimed and can be proved.
    pub preferential_origin: bool,
}

/// A code of the catalogue `c_ClaveProdServCP` of Mexico's tax authority: eight
/// digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SatProductCode(String);

impl SatProductCode {
    /// Parses the digits.
    ///
    /// # Errors
    /// A [`Problem`] when they are not eight.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let digits = raw.trim();
        if digits.len() != 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::new("is no product code of the SAT: eight digits"));
        }
        Ok(Self(digits.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SatProductCode {
    type Error = Problem;
    fn try_from(raw: String) -> Result<Self, Problem> {
        Self::parse(&raw)
    }
}

impl From<SatProductCode> for String {
    fn from(code: SatProductCode) -> Self {
        code.0
    }
}

/// A GTIN-8, -12, -13 or -14 with a right check digit.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Gtin(String);

impl Gtin {
    /// Parses the digits.
    ///
    /// # Errors
    /// A [`Problem`] when length or check digit are wrong (GS1 general
    /// specifications, section 7.9).
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let digits = raw.trim();
        if !matches!(digits.len(), 8 | 12 | 13 | 14) || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Problem::new("is no GTIN of 8, 12, 13 or 14 digits"));
        }
        if !crate::check_digit::gs1(digits) {
            return Err(Problem::new("is no GTIN: its check digit is wrong"));
        }
        Ok(Self(digits.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Gtin {
    type Error = Problem;
    fn try_from(raw: String) -> Result<Self, Problem> {
        Self::parse(&raw)
    }
}

impl From<Gtin> for String {
    fn from(gtin: Gtin) -> Self {
        gtin.0
    }
}

/// A Harmonised System code of 6 to 10 digits, without points.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HsCode(String);

impl HsCode {
    /// Parses `6109.10`, `610910` or `6109100010`.
    ///
    /// # Errors
    /// A [`Problem`] when it has not 6 to 10 digits or its chapter does not exist.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let digits: String = raw.trim().chars().filter(|c| !matches!(c, '.' | ' ')).collect();
        let is_code = (6..=10).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let chapter = digits.get(..2).and_then(|c| c.parse::<u8>().ok()).unwrap_or(0);
        if !is_code || !(1..=99).contains(&chapter) || chapter == 77 {
            return Err(Problem::new("is no Harmonised System code of 6 to 10 digits, such as 610910"));
        }
        Ok(Self(digits))
    }

    /// All digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first six, which are the same all over the world.
    pub fn hs6(&self) -> &str {
        self.0.get(..6).unwrap_or(&self.0)
    }
}

impl fmt::Debug for HsCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for HsCode {
    type Error = Problem;
    fn try_from(raw: String) -> Result<Self, Problem> {
        Self::parse(&raw)
    }
}

impl From<HsCode> for String {
    fn from(code: HsCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_check_digit_is_seen() {
        assert!(Gtin::parse("4006381333931").is_ok());
        assert!(Gtin::parse("4006381333932").is_err());
    }

    #[test]
    fn hs_codes_lose_their_points() {
        assert_eq!(HsCode::parse("6109.10.0010").unwrap().hs6(), "610910");
        for bad in ["6109", "00109900", "77000000", "abcdef", ""] {
            assert!(HsCode::parse(bad).is_err(), "{bad}");
        }
    }
}
