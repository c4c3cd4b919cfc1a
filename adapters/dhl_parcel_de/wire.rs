//! Messages of the shipping and tracking services, only the fields used.
//!
//! Names and bounds are those of the carrier's published shipping specification, version 2. Must never hold
//! a rule: what goes where is decided in `purchase`, `address` and `customs`. Start with [`Orders`].

use jiff::civil::Date;
use parcelgate_kit::codec::json;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// `POST /orders`.
#[derive(Serialize)]
pub(crate) struct Orders<'a> {
    pub(crate) profile: &'a str,
    pub(crate) shipments: Vec<Order<'a>>,
}

/// One parcel.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Order<'a> {
    pub(crate) product: &'a str,
    pub(crate) billing_number: &'a str,
    pub(crate) ref_no: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost_center: Option<&'a str>,
    pub(crate) creation_software: &'static str,
    pub(crate) ship_date: Date,
    pub(crate) shipper: Address,
    pub(crate) consignee: Consignee,
    pub(crate) details: Details,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) services: Option<Services<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customs: Option<Customs>,
}

/// Where it is delivered: no discriminator, the keys decide.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Consignee {
    Address(Address),
    Locker(Locker),
}

/// An address; the shipper's has no more than names, street, place and e-mail.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Address {
    pub(crate) name1: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name3: Option<String>,
    pub(crate) address_street: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) address_house: Option<String>,
    #[serde(rename = "additionalAddressInformation1", skip_serializing_if = "Option::is_none")]
    pub(crate) additional1: Option<String>,
    #[serde(rename = "additionalAddressInformation2", skip_serializing_if = "Option::is_none")]
    pub(crate) additional2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postal_code: Option<String>,
    pub(crate) city: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    pub(crate) country: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
}

/// A Packstation.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Locker {
    pub(crate) name: String,
    #[serde(rename = "lockerID")]
    pub(crate) locker_id: u16,
    pub(crate) post_number: String,
    pub(crate) city: String,
    pub(crate) postal_code: String,
    pub(crate) country: &'static str,
}

#[derive(Serialize)]
pub(crate) struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dim: Option<Dim>,
    pub(crate) weight: Grams,
}

/// Millimetres.
#[derive(Serialize)]
pub(crate) struct Dim {
    pub(crate) uom: &'static str,
    pub(crate) height: u32,
    pub(crate) length: u32,
    pub(crate) width: u32,
}

#[derive(Serialize)]
pub(crate) struct Grams {
    uom: &'static str,
    value: u32,
}

impl Grams {
    pub(crate) fn of(value: u32) -> Self {
        Self { uom: "g", value }
    }
}

/// What is asked for beside carriage.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Services<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) visual_check_of_age: Option<&'static str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) signed_for_by_recipient: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) endorsement: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) additional_insurance: Option<Amount>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) postal_delivery_duty_paid: bool,
}

impl Services<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.visual_check_of_age.is_none()
            && !self.signed_for_by_recipient
            && self.endorsement.is_none()
            && self.additional_insurance.is_none()
            && !self.postal_delivery_duty_paid
    }
}

/// Money; the number is written digit by digit.
#[derive(Serialize)]
pub(crate) struct Amount {
    pub(crate) currency: &'static str,
    pub(crate) value: Box<RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customs {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoice_no: Option<String>,
    pub(crate) export_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) export_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipping_conditions: Option<&'static str>,
    pub(crate) postal_charges: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipper_customs_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) consignee_customs_ref: Option<String>,
    pub(crate) items: Vec<Goods>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Goods {
    pub(crate) item_description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) country_of_origin: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hs_code: Option<String>,
    pub(crate) packaged_quantity: u32,
    pub(crate) item_value: Amount,
    pub(crate) item_weight: Grams,
}

/// The answer to creating and to cancelling, and every error.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct OrdersReply {
    pub(crate) status: Option<Status>,
    pub(crate) items: Vec<OrderItem>,
    pub(crate) title: String,
    pub(crate) detail: String,
    pub(crate) error: String,
    pub(crate) error_description: String,
}

/// An object in answers, a bare number in errors of the gateway before the service.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Status {
    Line(RequestStatus),
    Number(#[serde(deserialize_with = "json::text_or_number")] String),
}

/// How a request or one of its parcels ended; older parts of the service say `statusCode` alone.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct RequestStatus {
    pub(crate) title: String,
    #[serde(deserialize_with = "json::opt_text_or_number")]
    status: Option<String>,
    #[serde(deserialize_with = "json::opt_text_or_number")]
    status_code: Option<String>,
    pub(crate) detail: String,
}

impl RequestStatus {
    pub(crate) fn code(&self) -> &str {
        self.status.as_deref().or(self.status_code.as_deref()).unwrap_or_default()
    }
}

/// One parcel of an answer, or one problem of the request's form.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct OrderItem {
    #[serde(deserialize_with = "json::text_or_number")]
    pub(crate) shipment_no: String,
    pub(crate) sstatus: Option<RequestStatus>,
    pub(crate) label: Option<Paper>,
    pub(crate) customs_doc: Option<Paper>,
    pub(crate) validation_messages: Vec<ValidationMessage>,
    pub(crate) property_path: String,
    pub(crate) message: String,
}

/// A document: PDF as base64, ZPL as it is.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Paper {
    pub(crate) b64: Option<String>,
    pub(crate) zpl2: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ValidationMessage {
    pub(crate) property: String,
    pub(crate) validation_message: String,
    pub(crate) validation_state: String,
}

/// The one element of tracking answers, told apart by `name`: a list of pieces holds pieces, a piece holds a
/// list of events, that holds events.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Data {
    #[serde(rename = "@name")]
    pub(crate) name: String,
    #[serde(rename = "@code")]
    pub(crate) code: String,
    #[serde(rename = "@error")]
    pub(crate) error: String,
    #[serde(rename = "@error-status")]
    pub(crate) error_status: String,
    #[serde(rename = "@piece-code")]
    pub(crate) piece_code: String,
    #[serde(rename = "@searched-piece-code")]
    pub(crate) searched_piece_code: String,
    #[serde(rename = "@upu")]
    pub(crate) upu: String,
    #[serde(rename = "@ruecksendung")]
    pub(crate) ruecksendung: String,
    #[serde(rename = "@event-timestamp")]
    pub(crate) event_timestamp: String,
    #[serde(rename = "@event-status")]
    pub(crate) event_status: String,
    #[serde(rename = "@event-short-status")]
    pub(crate) event_short_status: String,
    #[serde(rename = "@event-location")]
    pub(crate) event_location: String,
    #[serde(rename = "@event-country")]
    pub(crate) event_country: String,
    #[serde(rename = "@standard-event-code")]
    pub(crate) standard_event_code: String,
    #[serde(rename = "@ice")]
    pub(crate) ice: String,
    #[serde(rename = "@ric")]
    pub(crate) ric: String,
    #[serde(rename = "data")]
    pub(crate) parts: Vec<Data>,
}
