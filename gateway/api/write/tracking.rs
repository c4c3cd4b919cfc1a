//! Where parcels are.

use parcelgate_kit::model::{EventSource, TrackEvent, TrackStatus};

use super::{offer, value};
use crate::api::proto::v1;
use crate::shipping::{Followed, Heard, WatchMessage, instant_of};

/// The answer to a tracking question: the first parcel, and the others.
pub(in crate::api) fn track_response(shipment: &str, followed: &[Followed]) -> v1::TrackResponse {
    let mut parcels = followed.iter().map(|parcel| parcel_tracking(shipment, parcel));
    let first = parcels.next().unwrap_or_default();
    v1::TrackResponse {
        tracking: first.tracking,
        outcome: first.outcome,
        fault: first.fault,
        other_parcels: parcels.collect(),
    }
}

/// A parcel that changed, or a sign of life.
pub(in crate::api) fn watch_response(message: &WatchMessage) -> v1::WatchTrackingResponse {
    let parcel =
        |followed: &Followed| parcel_tracking(followed.shipment.as_deref().unwrap_or_default(), followed);
    v1::WatchTrackingResponse {
        cursor: message.cursor.clone(),
        parcel: message.parcel.as_deref().map(parcel),
    }
}

/// The status of this name, as the store has it.
pub(super) fn status_named(name: &str) -> v1::TrackStatus {
    v1::TrackStatus::from_str_name(&format!("TRACK_STATUS_{name}")).unwrap_or_default()
}

fn parcel_tracking(shipment: &str, followed: &Followed) -> v1::ParcelTracking {
    let known = &followed.knowledge;
    // A carrier that failed does not make what is stored less true.
    let outcome = if !known.events.is_empty() || known.status.is_some() {
        v1::TrackOutcome::Found
    } else if followed.failure.is_some() {
        v1::TrackOutcome::CarrierFailed
    } else if known.unknown_number {
        v1::TrackOutcome::UnknownNumber
    } else {
        v1::TrackOutcome::NoDataYet
    };
    let shipment = followed.shipment.as_deref().unwrap_or(shipment);
    let told = known.events.iter().rev().map(|heard| &heard.event);
    let last = told.clone().find(|event| event.status.is_some());
    let tracking = v1::Tracking {
        carrier: followed.carrier.clone(),
        tracking_number: followed.number.as_str().to_owned(),
        shipment_id: shipment.to_owned(),
        status: known.status.map_or(v1::TrackStatus::Unspecified, status).into(),
        carrier_status_code: last.map(|event| event.carrier_code.clone()).unwrap_or_default(),
        carrier_status_words: last.map(|event| event.carrier_words.clone()).unwrap_or_default(),
        first_physical_scan: known.first_physical_scan().map(occurred),
        delivered_at: known.delivered().map(occurred),
        estimated_delivery: known.expected.map(offer::delivery_window),
        events: known.events.iter().map(tracking_event).collect(),
        as_of: known.as_of.map(value::instant),
        next_poll_at: followed.fresh_until.map(value::instant),
    };
    v1::ParcelTracking {
        tracking_number: followed.number.as_str().to_owned(),
        tracking: Some(tracking),
        outcome: outcome.into(),
        fault: followed.failure.as_ref().map(value::fault),
    }
}

/// When an event happened: the clock on the wall is told as such, with the
/// instant and the zone where its country has one zone only.
fn occurred(event: &TrackEvent) -> v1::LocalTime {
    let mut told = value::local(event.occurred);
    if let Some((at, Some(zone))) = instant_of(event) {
        told.instant = Some(value::instant(at));
        zone.clone_into(&mut told.time_zone);
    }
    told
}

fn tracking_event(heard: &Heard) -> v1::TrackingEvent {
    let event = &heard.event;
    let source = match heard.source {
        EventSource::Push => v1::EventSource::Push,
        EventSource::Poll => v1::EventSource::Poll,
        EventSource::File => v1::EventSource::File,
        EventSource::Manual => v1::EventSource::Manual,
    };
    let place = &event.place;
    v1::TrackingEvent {
        status: event.status.map_or(v1::TrackStatus::Unspecified, status).into(),
        carrier_code: event.carrier_code.clone(),
        carrier_words: event.carrier_words.clone(),
        occurred: Some(occurred(event)),
        received_at: Some(value::instant(heard.at)),
        source: source.into(),
        is_physical_scan: heard.is_scan(),
        location: Some(v1::Location {
            city: place.city.clone().unwrap_or_default(),
            subdivision: place.subdivision.clone().unwrap_or_default(),
            postcode: place.postcode.clone().unwrap_or_default(),
            country: place.country.map(|country| country.as_str().to_owned()).unwrap_or_default(),
        }),
    }
}

fn status(status: TrackStatus) -> v1::TrackStatus {
    match status {
        TrackStatus::PreTransit => v1::TrackStatus::PreTransit,
        TrackStatus::Accepted => v1::TrackStatus::Accepted,
        TrackStatus::InTransit => v1::TrackStatus::InTransit,
        TrackStatus::Customs => v1::TrackStatus::Customs,
        TrackStatus::OutForDelivery => v1::TrackStatus::OutForDelivery,
        TrackStatus::Attempted => v1::TrackStatus::Attempted,
        TrackStatus::AvailableForPickup => v1::TrackStatus::AvailableForPickup,
        TrackStatus::Delivered => v1::TrackStatus::Delivered,
        TrackStatus::Refused => v1::TrackStatus::Refused,
        TrackStatus::Returning => v1::TrackStatus::Returning,
        TrackStatus::Returned => v1::TrackStatus::Returned,
        TrackStatus::Exception => v1::TrackStatus::Exception,
        TrackStatus::Lost => v1::TrackStatus::Lost,
        TrackStatus::Damaged => v1::TrackStatus::Damaged,
        TrackStatus::Cancelled => v1::TrackStatus::Cancelled,
        TrackStatus::Unknown => v1::TrackStatus::Unknown,
    }
}
