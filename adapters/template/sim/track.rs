//! `GET /v1/parcels?numbers=...`.
//!
//! Must tell a number that was never issued from one without events. Start with [`parcels`].
// file only with track

use parcelgate_kit::sim::{MilestoneKind, World};
use serde_json::{Value, json};

use super::{Answer, Refused};

pub(super) fn parcels(world: &World, query: &str) -> Answer {
    let numbers = query.strip_prefix("numbers=").unwrap_or_default();
    let numbers: Vec<&str> = numbers.split(',').filter(|number| !number.is_empty()).collect();
    if numbers.is_empty() || numbers.len() > 10 {
        return Err(Refused::new(422, "INVALID", "numbers takes 1 to 10"));
    }
    let parcels: Vec<Value> = numbers.into_iter().map(|number| parcel(world, number)).collect();
    Ok((200, json!({ "parcels": parcels })))
}

fn parcel(world: &World, number: &str) -> Value {
    let (Some(parcel), Some(milestones)) = (world.parcels.get(number), world.milestones(number)) else {
        return json!({ "number": number, "found": false });
    };
    let scan = |kind: MilestoneKind, at: jiff::Timestamp| {
        let (code, text) = code(kind);
        let (city, country) = if kind.at_origin() { &parcel.from } else { &parcel.to };
        json!({ "code": code, "text": text, "at": at.to_string(), "city": city, "country": country })
    };
    // A cancelled label goes nowhere.
    let happened = milestones.iter().take(if parcel.voided { 1 } else { usize::MAX });
    let mut events: Vec<Value> = happened.map(|milestone| scan(milestone.kind, milestone.at)).collect();
    if parcel.voided {
        events.push(json!({ "code": "CAN", "text": "label cancelled", "at": parcel.created.to_string() }));
    }
    json!({ "number": number, "found": true, "events": events })
}

/// The carrier's code and words, from its documentation.
fn code(kind: MilestoneKind) -> (&'static str, &'static str) {
    match kind {
        MilestoneKind::Announced => ("ANN", "The shipment was announced"),
        MilestoneKind::HandedOver => ("RCV", "We received the parcel"),
        MilestoneKind::Departed => ("DEP", "The parcel left our depot"),
        MilestoneKind::Customs => ("CUS", "The parcel is with customs"),
        MilestoneKind::Arrived => ("ARR", "The parcel arrived at our depot"),
        MilestoneKind::OutForDelivery => ("OUT", "The parcel is on the van"),
        MilestoneKind::Attempted => ("ATT", "Nobody was there"),
        MilestoneKind::Refused => ("REF", "The parcel was refused"),
        MilestoneKind::Returning => ("RTS", "The parcel is on its way back"),
        MilestoneKind::Returned => ("RTD", "The parcel is back with its sender"),
        MilestoneKind::Delivered => ("DLV", "The parcel was delivered"),
    }
}
