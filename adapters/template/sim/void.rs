//! `DELETE /v1/shipments/{id}`.
//!
//! Must refuse what was handed over, and answer a second cancellation like the first. Start with [`cancel`].
// file only with void

use parcelgate_kit::sim::World;
use serde_json::json;

use super::{Answer, Refused};

pub(super) fn cancel(world: &mut World, id: &str) -> Answer {
    let Some(shipment) = world.shipments.get(id) else {
        return Err(Refused::new(404, "NO_SUCH_SHIPMENT", "there is no such shipment"));
    };
    if !shipment.voided && shipment.tracking.iter().any(|number| world.is_handed_over(number)) {
        return Err(Refused::new(409, "HANDED_OVER", "a parcel was handed over already"));
    }
    world.void(id);
    Ok((200, json!({ "shipmentId": id, "state": "CANCELLED" })))
}
