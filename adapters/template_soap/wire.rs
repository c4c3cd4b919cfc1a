//! The carrier's messages: elements written in the order of its schema, and the fields read back.
//!
//! Must never be seen by `sim`: it reads requests by path, so that one mistake cannot cancel itself out.
//! The order matters: a schema says `xs:sequence`, and services refuse another one.

use jiff::civil::Date; // only with rate|track
use parcelgate_kit::codec::xml::Writer; // only with rate|purchase
use parcelgate_kit::model::{Confirmation, LengthUnit, Shipment, WeightUnit}; // only with rate|purchase
use serde::Deserialize;

/// The namespace of the operations.
pub(crate) const NAMESPACE: &str = "http://template-soap.example/shipping/v1";

// begin rate|purchase
pub(crate) struct Address {
    pub(crate) name: String,
    pub(crate) company: Option<String>,
    pub(crate) street: Vec<String>,
    pub(crate) city: String,
    pub(crate) postcode: Option<String>,
    pub(crate) country: &'static str,
    pub(crate) phone: Option<String>,
    pub(crate) email: Option<String>,
}

impl Address {
    fn write(&self, element: &str, to: &mut Writer) {
        to.open(element, &[]).text("name", &self.name).maybe("company", self.company.as_deref());
        for line in &self.street {
            to.text("street", line);
        }
        to.text("city", &self.city)
            .maybe("postcode", self.postcode.as_deref())
            .text("country", self.country)
            .maybe("phone", self.phone.as_deref())
            .maybe("email", self.email.as_deref())
            .close(element);
    }
}

/// What every call says of a shipment.
pub(crate) fn write_shipment(from: &Address, consignee: &Address, shipment: &Shipment, to: &mut Writer) {
    from.write("shipFrom", to);
    consignee.write("shipTo", to);
    for parcel in &shipment.parcels {
        // Rounded up: a carrier bills the next step anyway, and a weight too low is a surcharge.
        let kg = parcel.weight.ceil_in(WeightUnit::Kg, 2).to_string();
        let reference = parcel.reference.as_ref().map(ToString::to_string);
        to.open("parcel", &[]).text("weightKg", &kg);
        if let Some(size) = &parcel.dimensions {
            for (element, side) in
                [("lengthCm", size.length), ("widthCm", size.width), ("heightCm", size.height)]
            {
                to.text(element, &side.ceil_in(LengthUnit::Cm, 0).to_string());
            }
        }
        to.maybe("reference", reference.as_deref()).close("parcel");
    }
    // An adult's signature is no feature of these services, so it never comes here.
    let signature = shipment.requirements.confirmation != Confirmation::None;
    to.text("signature", if signature { "true" } else { "false" });
    // The day at the place of hand-over, not in UTC: `ship_at` knows its zone.
    to.text("handOverOn", &shipment.ship_at.date().to_string());
}

#[derive(Deserialize)]
pub(crate) struct Price {
    pub(crate) currency: String,
    pub(crate) total: String,
    // An element that repeats is a list under its own name.
    #[serde(default, rename = "line")]
    pub(crate) lines: Vec<PriceLine>,
}

#[derive(Deserialize)]
pub(crate) struct PriceLine {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) amount: String,
}
// end rate|purchase

// begin rate
#[derive(Deserialize)]
pub(crate) struct RateReply {
    #[serde(default, rename = "rate")]
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
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShipReply {
    pub(crate) shipment_id: String,
    #[serde(rename = "parcel")]
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

// begin void
#[derive(Deserialize)]
pub(crate) struct CancelReply {
    pub(crate) state: String,
}
// end void

// begin track
#[derive(Deserialize)]
pub(crate) struct TrackReply {
    #[serde(default, rename = "parcel")]
    pub(crate) parcels: Vec<TrackedParcel>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrackedParcel {
    pub(crate) number: String,
    pub(crate) found: bool,
    #[serde(default, rename = "event")]
    pub(crate) events: Vec<Scan>,
    pub(crate) expected_on: Option<Date>,
}

#[derive(Deserialize)]
pub(crate) struct Scan {
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) text: String,
    pub(crate) at: jiff::Timestamp,
    pub(crate) city: Option<String>,
    pub(crate) country: Option<String>,
}
// end track
