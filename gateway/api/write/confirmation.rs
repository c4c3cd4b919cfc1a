//! Confirmations to marketplaces.

use super::value;
use crate::api::proto::v1;
use crate::shipping::{Confirmation, ConfirmationRow, ConfirmationState};

/// A confirmation with its evidence.
pub(in crate::api) fn confirmation(found: &Confirmation) -> v1::ShipmentConfirmation {
    let exchange = |one: &crate::shipping::Evidence| v1::ConfirmationExchange {
        kind: one.row.kind.clone(),
        outcome: one.row.outcome.clone(),
        sent_at: Some(value::instant(one.row.sent_at)),
        answered_at: Some(value::instant(one.row.answered_at)),
        request: one.request.clone(),
        request_sha256: hex::encode(one.row.request_sha256),
        response: one.response.clone(),
    };
    v1::ShipmentConfirmation {
        exchanges: found.evidence.iter().map(exchange).collect(),
        ..standing(&found.row)
    }
}

/// A confirmation as it stands.
pub(in crate::api) fn standing(row: &ConfirmationRow) -> v1::ShipmentConfirmation {
    let (fault_code, fault_message) = row.fault.clone().unwrap_or_default();
    v1::ShipmentConfirmation {
        id: row.id.clone(),
        marketplace: row.marketplace.clone(),
        order_id: row.order.clone(),
        shipment_id: row.shipment.clone(),
        parcel: row.parcel,
        package_number: row.package,
        carrier: row.carrier.clone(),
        tracking_number: row.number.clone(),
        replaces: row.replaces.clone().unwrap_or_default(),
        state: state(row.state).into(),
        attempts: row.attempts,
        fault_code,
        fault_message,
        created_at: Some(value::instant(row.created_at)),
        first_scan_at: row.scanned_at.map(value::instant),
        sent_at: row.sent_at.map(value::instant),
        confirmed_at: row.confirmed_at.map(value::instant),
        voided_at: row.voided_at.map(value::instant),
        next_attempt_at: row.next_attempt_at.map(value::instant),
        content_sha256: hex::encode(row.content_sha256),
        exchanges: Vec::new(),
    }
}

/// A state.
pub(in crate::api) fn state(state: ConfirmationState) -> v1::ConfirmationState {
    match state {
        ConfirmationState::Pending => v1::ConfirmationState::Pending,
        ConfirmationState::Sent => v1::ConfirmationState::Sent,
        ConfirmationState::Confirmed => v1::ConfirmationState::Confirmed,
        ConfirmationState::Refused => v1::ConfirmationState::Refused,
        ConfirmationState::Withdrawn => v1::ConfirmationState::Withdrawn,
        ConfirmationState::Superseded => v1::ConfirmationState::Superseded,
    }
}
