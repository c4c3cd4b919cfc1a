//! What a carrier offers for a shipment, and why it does not.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::{Money, MoneyError};

/// One service at one price, as the carrier answered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierOffer {
    /// Code of the service, one of the descriptor's.
    pub service: String,
    /// What it costs in all.
    pub total: Money,
    /// What the total is made of; adds up to it.
    pub breakdown: Vec<Charge>,
    /// Where the price comes from.
    pub price_source: PriceSource,
    /// The published price, where the total is a negotiated one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_total: Option<Money>,
    /// When it is to arrive, where the carrier says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryWindow>,
    /// What the adapter wants back when this offer is bought (a rate id, a
    /// zone). Opaque to everyone else.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub carrier_ref: String,
    /// What the carrier remarked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

impl CarrierOffer {
    /// An offer whose total is the sum of `breakdown`.
    ///
    /// # Errors
    /// [`MoneyError`] when the charges differ in currency, there are none, or
    /// the sum does not fit.
    pub fn of_charges(
        service: &str,
        breakdown: Vec<Charge>,
        price_source: PriceSource,
    ) -> Result<Self, MoneyError> {
        let total = Money::sum(breakdown.iter().map(|charge| charge.amount))?.ok_or(MoneyError::Overflow)?;
        Ok(Self {
            service: service.to_owned(),
            total,
            breakdown,
            price_source,
            list_total: None,
            delivery: None,
            carrier_ref: String::new(),
            notices: Vec::new(),
        })
    }
}

/// One part of a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// What it is for.
    pub kind: ChargeKind,
    /// The carrier's own code of it, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Words for a person.
    pub name: String,
    /// How much; a discount is negative.
    pub amount: Money,
}

impl Charge {
    /// A charge without a carrier's code.
    pub fn new(kind: ChargeKind, name: impl Into<String>, amount: Money) -> Self {
        Self { kind, code: None, name: name.into(), amount }
    }
}

/// What a charge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ChargeKind {
    /// Carriage itself.
    Base,
    /// Fuel.
    Fuel,
    /// An accessorial: residential, remote area, signature, Saturday ...
    Accessorial,
    /// Insurance or declared value.
    Insurance,
    /// Tax on the carriage.
    Tax,
    /// Duties and import taxes.
    Duty,
    /// A discount, negative.
    Discount,
    /// What the carrier did not itemise.
    Other,
}

/// Where a price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PriceSource {
    /// The account's own price, from the carrier.
    Negotiated,
    /// The published price, from the carrier.
    List,
    /// The account's contract rates, kept here.
    RateCard,
    /// A guess; nobody is bound by it.
    Estimate,
}

/// When a parcel is to arrive, in the local time of the destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryWindow {
    /// Not before.
    pub earliest: DateTime,
    /// Not after.
    pub latest: DateTime,
    /// Who says so.
    pub source: WindowSource,
    /// Whether the carrier pays when it is late.
    pub guaranteed: bool,
    /// Business days in transit, where the carrier counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_days: Option<u16>,
}

/// Who says when a parcel will arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WindowSource {
    /// The carrier, for this shipment.
    Carrier,
    /// A table of transit days.
    Table,
    /// Own history.
    History,
}

/// Something the carrier or the adapter remarked that stops nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Code, the carrier's own or an adapter's.
    pub code: String,
    /// Words for a person, free of personal data.
    pub words: String,
}

impl Notice {
    /// A notice of `code`.
    pub fn new(code: impl Into<String>, words: impl Into<String>) -> Self {
        Self { code: code.into(), words: words.into() }
    }
}

/// Why a service was not offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Code of the service; absent when the carrier refused all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Machine-readable reason, or the carrier's code when it is its own.
    pub code: String,
    /// What was seen, such as `31.6 kg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// What is allowed, such as `31.5 kg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// Words for a person; the carrier's own where it gave some.
    pub words: String,
}
