//! The carrier's messages: only the fields that are used.
//!
//! Must never be seen by `sim`: it reads requests by path, so that one mistake cannot cancel itself out.
//! Read amounts and codes as text; leave out what nobody needs, so that a new field breaks nothing.

use jiff::Timestamp; // only with track
use jiff::civil::Date; // only with rate|purchase|track
use parcelgate_kit::codec::json; // only with rate|purchase
use parcelgate_kit::model::{Confirmation, LengthUnit, Shipment, WeightUnit}; // only with rate|purchase
use rust_decimal::Decimal; // only with rate|purchase
use serde::Deserialize;
use serde::Serialize; // only with rate|purchase

// begin rate|purchase
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Address {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) company: Option<String>,
    pub(crate) street: Vec<String>,
    pub(crate) city: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postcode: Option<String>,
    pub(crate) country: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parcel {
    weight_kg: Decimal,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_cm: Option<[Decimal; 3]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

/// The parcels, rounded up: a carrier bills the next step anyway, and a weight too low is a surcharge.
pub(crate) fn parcels(shipment: &Shipment) -> Vec<Parcel> {
    let parcels = shipment.parcels.iter();
    parcels
        .map(|parcel| Parcel {
            weight_kg: parcel.weight.ceil_in(WeightUnit::Kg, 2),
            size_cm: parcel.dimensions.map(|size| {
                [size.length, size.width, size.height].map(|side| side.ceil_in(LengthUnit::Cm, 0))
            }),
            reference: parcel.reference.as_ref().map(ToString::to_string),
        })
        .collect()
}

/// Whether a signature is asked for. An adult's is no feature of these services, so it never comes here.
pub(crate) fn signature(shipment: &Shipment) -> bool {
    shipment.requirements.confirmation != Confirmation::None
}

#[derive(Deserialize)]
pub(crate) struct Price {
    pub(crate) currency: String,
    #[serde(deserialize_with = "json::text_or_number")]
    pub(crate) total: String,
    #[serde(default)]
    pub(crate) lines: Vec<PriceLine>,
}

#[derive(Deserialize)]
pub(crate) struct PriceLine {
    pub(crate) code: String,
    pub(crate) name: String,
    #[serde(deserialize_with = "json::text_or_number")]
    pub(crate) amount: String,
}
// end rate|purchase

// begin rate
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RateRequest<'a> {
    pub(crate) contract: &'a str,
    pub(crate) services: &'a [String],
    pub(crate) ship_from: Address,
    pub(crate) ship_to: Address,
    pub(crate) parcels: Vec<Parcel>,
    pub(crate) signature: bool,
    pub(crate) hand_over_on: Date,
}

#[derive(Deserialize)]
pub(crate) struct RateReply {
    pub(crate) rates: Vec<Offer>,
    #[serde(default)]
    pub(crate) refused: Vec<RefusedService>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Offer {
    pub(crate) service: String,
    pub(crate) price: Price,
    pub(crate) transit_days: Option<u16>,
    pub(crate) deliver_by: Option<Date>,
}

#[derive(Deserialize)]
pub(crate) struct RefusedService {
    pub(crate) service: String,
    pub(crate) code: String,
    pub(crate) message: String,
}
// end rate

// begin purchase
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShipRequest<'a> {
    pub(crate) contract: &'a str,
    pub(crate) reference: &'a str,
    pub(crate) service: &'a str,
    pub(crate) ship_from: Address,
    pub(crate) ship_to: Address,
    pub(crate) parcels: Vec<Parcel>,
    pub(crate) signature: bool,
    pub(crate) hand_over_on: Date,
    pub(crate) label_format: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customs: Option<Customs>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customs {
    pub(crate) content: &'static str,
    pub(crate) incoterm: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoice_number: Option<String>,
    pub(crate) invoice_date: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ioss: Option<String>,
    pub(crate) goods: Vec<Goods>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Goods {
    pub(crate) description: String,
    pub(crate) quantity: u32,
    pub(crate) unit_value: String,
    pub(crate) currency: &'static str,
    pub(crate) net_weight_kg: Decimal,
    pub(crate) hs_code: String,
    pub(crate) origin: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShipReply {
    pub(crate) shipment_id: String,
    pub(crate) parcels: Vec<ShippedParcel>,
    pub(crate) price: Price,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShippedParcel {
    pub(crate) tracking_number: String,
    pub(crate) label: String,
}
// end purchase

// begin track
#[derive(Deserialize)]
pub(crate) struct TrackReply {
    pub(crate) parcels: Vec<TrackedParcel>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrackedParcel {
    pub(crate) number: String,
    pub(crate) found: bool,
    #[serde(default)]
    pub(crate) events: Vec<Scan>,
    pub(crate) expected_on: Option<Date>,
}

#[derive(Deserialize)]
pub(crate) struct Scan {
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) text: String,
    pub(crate) at: Timestamp,
    pub(crate) city: Option<String>,
    pub(crate) country: Option<String>,
}
// end track

#[derive(Deserialize)]
pub(crate) struct ErrorReply {
    pub(crate) error: ErrorBody,
}

#[derive(Deserialize)]
pub(crate) struct ErrorBody {
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) message: String,
}
