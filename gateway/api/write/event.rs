//! Events.

use super::value;
use crate::api::proto::v1;
use crate::shipping::{Message, Payload};

/// An event or a sign of life.
pub(in crate::api) fn subscribe_response(message: Message) -> v1::SubscribeResponse {
    let event = message.event.map(|event| v1::Event {
        id: event.id,
        kind: event.kind,
        shipment_id: event.shipment.unwrap_or_default(),
        occurred_at: Some(value::instant(event.at)),
        payload: match event.payload {
            Payload::Shipment { carrier, state } => {
                let state = super::shipment::state(state.name()).into();
                Some(v1::event::Payload::Shipment(v1::ShipmentChanged { carrier, state }))
            }
            Payload::Confirmation(changed) => {
                Some(v1::event::Payload::Confirmation(v1::ConfirmationChanged {
                    confirmation_id: changed.id,
                    marketplace: changed.marketplace,
                    order_id: changed.order,
                    package_number: changed.package,
                    state: super::confirmation::state(changed.state).into(),
                }))
            }
            Payload::Tracking { carrier, number, status } => {
                let status = status.as_deref().map(super::tracking::status_named).unwrap_or_default();
                Some(v1::event::Payload::Tracking(v1::TrackingChanged {
                    carrier,
                    tracking_number: number,
                    status: status.into(),
                }))
            }
            Payload::Decision(made) => Some(v1::event::Payload::Decision(v1::DecisionMade {
                decision_id: made.id,
                kind: made.kind,
                marketplace: made.marketplace,
                order_id: made.order,
                subject_id: made.subject,
                supersedes: made.supersedes.unwrap_or_default(),
            })),
            Payload::None => None,
        },
    });
    v1::SubscribeResponse { cursor: message.cursor, event }
}
