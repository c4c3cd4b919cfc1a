//! Shipments and the events of their parcels.

use comfy_table::Table;

use super::{bare, money, table, time, words};
use crate::api::proto::v1;

/// Events of a parcel, oldest first.
pub(in crate::cli) fn events(tracking: &v1::Tracking) -> Table {
    let mut table = table(&["When", "Status", "Where", "Carrier says", "Scan"]);
    for event in &tracking.events {
        let place = event.location.clone().unwrap_or_default();
        let place: Vec<_> = [place.city, place.country].into_iter().filter(|part| !part.is_empty()).collect();
        table.add_row([
            time(event.occurred.as_ref()),
            bare(event.status().as_str_name(), "TRACK_STATUS_").replace("UNSPECIFIED", ""),
            place.join(", "),
            format!("{} ({})", event.carrier_words.trim(), event.carrier_code.trim()),
            if event.is_physical_scan { "yes".to_owned() } else { String::new() },
        ]);
    }
    table
}

/// A shipment in a few lines.
pub(in crate::cli) fn shipment(shipment: &v1::Shipment) -> Vec<String> {
    let service = shipment.service.clone().unwrap_or_default();
    let mut lines = vec![
        format!("Shipment {}  {}", shipment.id, bare(shipment.state().as_str_name(), "SHIPMENT_STATE_")),
        format!("  {} {} ({}), account {}", shipment.carrier, service.name, service.code, shipment.account),
        format!("  {}, reference {}", money(shipment.total.as_ref()), shipment.reference),
    ];
    for (index, parcel) in shipment.parcels.iter().enumerate() {
        lines.push(format!("  parcel {}: {}", index + 1, parcel.tracking_number));
    }
    for document in &shipment.documents {
        let kind = words(document.kind().as_str_name(), "DOCUMENT_KIND_");
        lines.push(format!("  {kind}: {} ({})", document.id, document.media_type));
    }
    let refund = words(shipment.refund_state().as_str_name(), "REFUND_STATE_");
    if !refund.is_empty() {
        lines.push(format!("  refund: {refund}"));
    }
    if let Some(fault) = &shipment.refusal {
        let what = match shipment.state() {
            v1::ShipmentState::InDoubt => "in doubt",
            v1::ShipmentState::VoidRequested => "not voided yet",
            _ => "refused",
        };
        lines.push(format!("  {what}: {}", fault.message));
    }
    if let Some(word) = &shipment.resolution {
        lines.push(format!("  settled by {}: {}", word.by, word.evidence));
    }
    lines.extend(shipment.notices.iter().map(|notice| format!("  note {}: {}", notice.code, notice.message)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_shipment_says_why() {
        let refusal = v1::Fault { message: "the postcode does not exist".into(), ..Default::default() };
        let refused = v1::Shipment {
            id: "sh_1".into(),
            state: v1::ShipmentState::Refused.into(),
            refusal: Some(refusal),
            ..Default::default()
        };
        let lines = shipment(&refused);
        assert_eq!(lines.first().map(String::as_str), Some("Shipment sh_1  REFUSED"));
        assert!(lines.iter().any(|line| line.contains("the postcode does not exist")), "{lines:?}");
    }
}
