//! Shipments and documents.

use parcelgate_kit::model::{DocumentKind, LabelFormat};
use parcelgate_kit::operation::Refund;

use super::{decision, offer, value};
use crate::api::proto::v1;
use crate::shipping::{Bought, DocumentRef, PurchaseState, ShipmentView, StoredDocument};

/// A shipment.
pub(in crate::api) fn shipment(view: &ShipmentView) -> v1::Shipment {
    let state = view.purchase_state();
    let bought = view.bought.as_ref();
    let in_doubt = state == Some(PurchaseState::InDoubt);
    v1::Shipment {
        id: view.id.clone(),
        state: v1::ShipmentState::from_str_name(&format!("SHIPMENT_STATE_{}", view.state))
            .unwrap_or_default()
            .into(),
        refund_state: refund(bought.and_then(|bought| bought.refund)).into(),
        refusal: view.fault.as_ref().map(value::fault),
        in_doubt_since: in_doubt.then(|| value::instant(view.doubted_at.unwrap_or(view.updated_at))),
        carrier: view.offer.carrier.clone(),
        account: view.offer.account.clone(),
        service: Some(offer::service(&view.offer.offer.service, &view.offer.service_name, None)),
        carrier_shipment_id: bought.map(|bought| bought.carrier_shipment_id.clone()).unwrap_or_default(),
        reference: view.reference.clone(),
        parcels: parcels(view),
        documents: bought
            .iter()
            .flat_map(|bought| &bought.documents)
            .map(|d| reference(&view.id, d))
            .collect(),
        charges: bought.iter().flat_map(|bought| &bought.charges).map(offer::charge).collect(),
        total: bought.map(|bought| value::money(bought.total)),
        regional_decision: Some(decision(&view.decision)),
        notices: bought.iter().flat_map(|bought| &bought.notices).map(value::notice).collect(),
        resolution: view.resolution.as_ref().map(|resolution| v1::Resolution {
            by: resolution.by.clone(),
            evidence: resolution.evidence.clone(),
            resolved_at: Some(value::instant(resolution.at)),
        }),
        created_at: Some(value::instant(view.created_at)),
        updated_at: Some(value::instant(view.updated_at)),
        bought_at: bought.map(|bought| value::instant(bought.at)),
    }
}

fn parcels(view: &ShipmentView) -> Vec<v1::ShipmentParcel> {
    (0..view.parcels)
        .map(|index| {
            let number =
                |bought: &Bought| bought.tracking.get(index).map(|number| number.as_str().to_owned());
            let of_parcel =
                |document: &&DocumentRef| document.parcel.is_none_or(|of| usize::from(of) == index);
            let documents = view.bought.iter().flat_map(|bought| &bought.documents).filter(of_parcel);
            v1::ShipmentParcel {
                tracking_number: view.bought.as_ref().and_then(number).unwrap_or_default(),
                document_ids: documents.map(|document| document.id.clone()).collect(),
            }
        })
        .collect()
}

fn refund(refund: Option<Refund>) -> v1::RefundState {
    match refund {
        None => v1::RefundState::Unspecified,
        Some(Refund::None) => v1::RefundState::None,
        Some(Refund::Pending) => v1::RefundState::Pending,
        Some(Refund::Applied) => v1::RefundState::Applied,
    }
}

fn reference(shipment: &str, document: &DocumentRef) -> v1::Document {
    v1::Document {
        id: document.id.clone(),
        shipment_id: shipment.to_owned(),
        kind: kind(document.kind).into(),
        format: format(document.format).into(),
        parcel_index: document.parcel.map(u32::from),
        media_type: document.format.media_type().to_owned(),
        file_name: format!("{}.{}", document.id, document.format.extension()),
        ..v1::Document::default()
    }
}

/// A stored document, with what is known of its bytes.
pub(in crate::api) fn document(stored: &StoredDocument) -> v1::Document {
    let (row, of) = (&stored.row, stored.format());
    let kind = v1::DocumentKind::from_str_name(&format!("DOCUMENT_KIND_{}", row.kind)).unwrap_or_default();
    v1::Document {
        id: row.id.clone(),
        shipment_id: row.shipment.clone(),
        kind: kind.into(),
        format: format(of).into(),
        parcel_index: row.parcel.map(|number| number.saturating_sub(1)),
        media_type: of.media_type().to_owned(),
        sha256: hex::encode(row.sha256),
        size_bytes: row.size,
        file_name: format!("{}.{}", row.id, of.extension()),
    }
}

fn kind(kind: DocumentKind) -> v1::DocumentKind {
    match kind {
        DocumentKind::CustomsForm => v1::DocumentKind::CustomsForm,
        DocumentKind::Invoice => v1::DocumentKind::Invoice,
        DocumentKind::Receipt => v1::DocumentKind::Receipt,
        _ => v1::DocumentKind::Label,
    }
}

pub(super) fn format(format: LabelFormat) -> v1::DocumentFormat {
    match format {
        LabelFormat::Png => v1::DocumentFormat::Png,
        LabelFormat::Gif => v1::DocumentFormat::Gif,
        LabelFormat::Zpl => v1::DocumentFormat::Zpl,
        _ => v1::DocumentFormat::Pdf,
    }
}
