//! Requests to track, and to page through shipments.

use jiff::Timestamp;
use parcelgate_kit::model::TrackingNumber;

use super::Reading;
use crate::api::proto::v1;
use crate::shipping::{PageCursor, PurchaseState, ShippingError, TrackTarget};

/// What is to be tracked.
pub(in crate::api) fn track_target(raw: v1::TrackRequest) -> Result<TrackTarget, ShippingError> {
    use v1::track_request::Target as Raw;
    match raw.target {
        None => Err(ShippingError::invalid("target", "is required: `shipment_id` or `number`")),
        Some(Raw::ShipmentId(id)) => Ok(TrackTarget::Shipment(super::required_id("shipment_id", &id, 64)?)),
        Some(Raw::Number(number)) => {
            let carrier = super::required_id("number.carrier", &number.carrier, 64)?;
            let number = tracking_number("number.tracking_number", &number.tracking_number)?;
            Ok(TrackTarget::Number { carrier, number })
        }
    }
}

/// What is to be watched, and from where.
pub(in crate::api) fn watch_target(
    raw: v1::WatchTrackingRequest,
) -> Result<(Option<TrackTarget>, Option<String>), ShippingError> {
    use v1::track_request::Target as Asked;
    use v1::watch_tracking_request::Target as Raw;
    let target = raw.target.map(|target| match target {
        Raw::ShipmentId(id) => Asked::ShipmentId(id),
        Raw::Number(number) => Asked::Number(number),
    });
    let target = target.map(|target| track_target(v1::TrackRequest { target: Some(target) })).transpose()?;
    Ok((target, Some(raw.cursor).filter(|cursor| !cursor.is_empty())))
}

/// A tracking number.
pub(in crate::api) fn tracking_number(field: &str, raw: &str) -> Result<TrackingNumber, ShippingError> {
    let mut reading = Reading::default();
    let number = reading.take(field, TrackingNumber::parse(raw));
    reading.finish(number)
}

/// The one state to list, if one is named.
pub(in crate::api) fn shipment_state(raw: i32) -> Result<Option<PurchaseState>, ShippingError> {
    match v1::ShipmentState::try_from(raw) {
        Ok(v1::ShipmentState::Unspecified) => Ok(None),
        Ok(state) => {
            let name = state.as_str_name().trim_start_matches("SHIPMENT_STATE_");
            Ok(PurchaseState::from_name(name))
        }
        Err(_) => Err(ShippingError::invalid("state", format!("is {raw}, which is no shipment state"))),
    }
}

/// Where a page begins.
pub(in crate::api) fn page_token(raw: &str) -> Result<Option<PageCursor>, ShippingError> {
    if raw.is_empty() {
        return Ok(None);
    }
    let read = || {
        let text = String::from_utf8(hex::decode(raw).ok()?).ok()?;
        let (micros, id) = text.split_once('/')?;
        let created_at = Timestamp::from_microsecond(micros.parse().ok()?).ok()?;
        Some(PageCursor { created_at, id: id.to_owned() })
    };
    let bad = || ShippingError::invalid("page_token", "is none that a listing gave");
    read().map(Some).ok_or_else(bad)
}

/// The token of a page's end.
pub(in crate::api) fn write_page_token(cursor: &PageCursor) -> String {
    hex::encode(format!("{}/{}", cursor.created_at.as_microsecond(), cursor.id))
}
