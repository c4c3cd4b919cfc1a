//! What a carrier is asked, and what it answers.
//!
//! Arguments and results are non-exhaustive with constructors, so that a new
//! field breaks no adapter.

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;
use crate::model::{
    CarrierOffer, Charge, CountryCode, DeliveryWindow, Document, LabelSpec, Money, Notice, Postcode, Problem,
    Refusal, Shipment, TrackEvent, TrackStatus, TrackingNumber,
};

/// Asks for prices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RateQuery {
    /// What is to be shipped.
    pub shipment: Shipment,
    /// Service codes to price: those that passed the checks of the descriptor.
    pub services: Vec<String>,
}

impl RateQuery {
    /// Asks for prices of these services.
    pub fn new(shipment: Shipment, services: Vec<String>) -> Self {
        Self { shipment, services }
    }
}

/// Prices, and why there are none. Both may be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Rates {
    /// What can be bought.
    pub offers: Vec<CarrierOffer>,
    /// What the carrier refused.
    pub refusals: Vec<Refusal>,
    /// What it remarked.
    pub notices: Vec<Notice>,
}

impl Rates {
    /// Offers and nothing else.
    pub fn of(offers: Vec<CarrierOffer>) -> Self {
        Self { offers, ..Self::default() }
    }
}

/// The shipper's reference that a purchase is found again by: 8 to 30 capital
/// letters and digits, unique, made from the purchase's id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

impl Reference {
    /// Parses a reference.
    ///
    /// # Errors
    /// A [`Problem`] when it is not 8 to 30 capital letters and digits.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let plain = raw.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if plain && (8..=30).contains(&raw.len()) {
            Ok(Self(raw.to_owned()))
        } else {
            Err(Problem::new("is no reference: 8 to 30 capital letters and digits"))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reference {
    type Error = Problem;
    fn try_from(raw: String) -> Result<Self, Problem> {
        Self::parse(&raw)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.0
    }
}

/// Orders a label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PurchaseOrder {
    /// What is shipped.
    pub shipment: Shipment,
    /// Service code.
    pub service: String,
    /// The reference that it is found by again; every adapter sends it.
    pub reference: Reference,
    /// The label wanted; a format the descriptor lists.
    pub label: LabelSpec,
    /// [`CarrierOffer::carrier_ref`] of the offer, if it had one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub carrier_ref: String,
}

impl PurchaseOrder {
    /// Orders `service` for `shipment`.
    pub fn new(
        shipment: Shipment,
        service: impl Into<String>,
        reference: Reference,
        label: LabelSpec,
    ) -> Self {
        Self { shipment, service: service.into(), reference, label, carrier_ref: String::new() }
    }
}

/// A bought shipment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Purchased {
    /// The carrier's own id of the shipment, which voiding asks for.
    pub carrier_shipment_id: String,
    /// One tracking number a parcel, in the order of the parcels.
    pub tracking: Vec<TrackingNumber>,
    /// Labels and papers.
    pub documents: Vec<Document>,
    /// What it cost, where the carrier says; adds up to [`Purchased::total`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<Charge>,
    /// What it cost in all, where the carrier says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// What the carrier remarked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

impl Purchased {
    /// A bought shipment whose cost the carrier did not tell.
    pub fn new(
        carrier_shipment_id: impl Into<String>,
        tracking: Vec<TrackingNumber>,
        documents: Vec<Document>,
    ) -> Self {
        Self {
            carrier_shipment_id: carrier_shipment_id.into(),
            tracking,
            documents,
            charges: Vec::new(),
            total: None,
            notices: Vec::new(),
        }
    }
}

/// Asks whether a purchase arrived at the carrier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FindQuery {
    /// The order as it was sent.
    pub order: PurchaseOrder,
    /// When it was sent.
    pub sent_at: Timestamp,
}

impl FindQuery {
    /// Asks for `order`, sent at `sent_at`.
    pub fn new(order: PurchaseOrder, sent_at: Timestamp) -> Self {
        Self { order, sent_at }
    }
}

/// Orders a label's cancellation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VoidOrder {
    /// [`Purchased::carrier_shipment_id`].
    pub carrier_shipment_id: String,
    /// All tracking numbers of the shipment.
    pub tracking: Vec<TrackingNumber>,
}

impl VoidOrder {
    /// Cancels the whole shipment.
    pub fn new(carrier_shipment_id: impl Into<String>, tracking: Vec<TrackingNumber>) -> Self {
        Self { carrier_shipment_id: carrier_shipment_id.into(), tracking }
    }
}

/// What becomes of the money of a voided label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Refund {
    /// Nothing was charged yet.
    None,
    /// It will be given back.
    Pending,
    /// It was given back.
    Applied,
}

/// A cancelled label. An already cancelled one counts as cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Voided {
    /// What becomes of the money.
    pub refund: Refund,
    /// What the carrier remarked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
}

impl Voided {
    /// A cancelled label without remarks.
    pub fn new(refund: Refund) -> Self {
        Self { refund, notices: Vec::new() }
    }
}

/// Asks where parcels are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TrackQuery {
    /// At most [`crate::descriptor::Descriptor::track_batch`] numbers.
    pub numbers: Vec<TrackingNumber>,
    /// Where they go, when known: some carriers ask for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<(CountryCode, Option<Postcode>)>,
}

impl TrackQuery {
    /// Asks for `numbers`.
    pub fn new(numbers: Vec<TrackingNumber>) -> Self {
        Self { numbers, destination: None }
    }
}

/// What a carrier says of one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Tracked {
    /// The number asked for.
    pub number: TrackingNumber,
    /// The answer.
    pub outcome: TrackOutcome,
}

impl Tracked {
    /// The answer for `number`.
    pub fn new(number: TrackingNumber, outcome: TrackOutcome) -> Self {
        Self { number, outcome }
    }
}

/// Three different answers, never mixed up: "nothing yet", "no such number",
/// "the carrier failed".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackOutcome {
    /// The carrier knows the parcel.
    Found(TrackReport),
    /// The carrier knows, or may know, the number, and has no event.
    NoDataYet,
    /// The carrier says that there is no such number.
    UnknownNumber,
    /// The carrier failed for this number.
    Failed(Fault),
}

/// What a carrier knows of a parcel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TrackReport {
    /// Events, oldest first.
    pub events: Vec<TrackEvent>,
    /// State that the carrier names apart from the events, if it does.
    pub status: Option<TrackStatus>,
    /// When it is to arrive.
    pub expected: Option<DeliveryWindow>,
    /// The day it is to arrive, where the carrier names no more.
    pub expected_day: Option<Date>,
    /// Other numbers of the parcel, such as a partner's.
    pub aliases: Vec<TrackingNumber>,
    /// Events whose code is not in the adapter's table.
    pub unknown_codes: Vec<String>,
}

impl TrackReport {
    /// A report of these events, put in order of time.
    pub fn of(mut events: Vec<TrackEvent>) -> Self {
        events.sort_by_key(|event| event.occurred.sort_key());
        Self { events, ..Self::default() }
    }
}

/// Something that a carrier pushed, without the header that proves it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Pushed {
    /// Headers, names in lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    #[serde(with = "crate::wire::as_base64")]
    pub body: Bytes,
}

impl Pushed {
    /// A push of `body` under `headers`.
    pub fn new(headers: Vec<(String, String)>, body: impl Into<Bytes>) -> Self {
        Self { headers, body: body.into() }
    }
}

impl std::fmt::Debug for Pushed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a push [{} bytes]", self.body.len())
    }
}
