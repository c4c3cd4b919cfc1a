//! What subscribers are told of a parcel.
//!
//! It must hold nothing personal: a number, a state, two times. Start with [`changed`].

use jiff::Timestamp;
use parcelgate_kit::model::TrackStatus;
use serde_json::json;

use super::Knowledge;
use super::zone::order_of;
use crate::store::NewEvent;

/// The kind of the events that tell of a parcel's way.
pub const CHANGED: &str = "tracking.changed";

/// The name of a status, as it is serialised.
pub(super) fn name_of(status: TrackStatus) -> String {
    let name = serde_json::to_value(status).ok();
    name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_else(|| "UNKNOWN".to_owned())
}

/// The event that tells what is known now.
pub(super) fn changed(carrier: &str, number: &str, shipment: Option<&str>, known: &Knowledge) -> NewEvent {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let body = json!({
        "carrier": carrier,
        "number": number,
        "shipment": shipment,
        "status": known.status.map(name_of),
        "first_scan_at": time(known.first_physical_scan().map(order_of)),
        "delivered_at": time(known.delivered().map(order_of)),
    });
    NewEvent { kind: CHANGED.to_owned(), body: body.to_string().into_bytes() }
}
