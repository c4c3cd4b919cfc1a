//! Shipments and documents.

use parcelgate_kit::model::{DocumentKind, LabelFormat};
use parcelgate_kit::operation::Refund;

use super::{decision, offer, value};
use crate::api::proto::v1;
use crate::shipping::{Bought, DocumentRef, Flaw, HandedOut, PurchaseState, ShipmentView};

/// A shipment.
pub(in crate::api) fn shipment(view: &ShipmentView) -> v1::Shipment {
    let state = view.purchase_state();
    let bought = view.bought.as_ref();
    let in_doubt = state == Some(PurchaseState::InDoubt);
    v1::Shipment {
        id: view.id.clone(),
        state: self::state(&view.state).into(),
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

/// The state of the store's name for it.
pub(super) fn state(name: &str) -> v1::ShipmentState {
    v1::ShipmentState::from_str_name(&format!("SHIPMENT_STATE_{name}")).unwrap_or_default()
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
        // Shipments that were bought before this was kept have neither.
        sha256: if document.size > 0 { hex::encode(document.sha256) } else { String::new() },
        size_bytes: document.size,
        ..v1::Document::default()
    }
}

/// A document as it is handed out, with what is known of its bytes.
pub(in crate::api) fn document(out: &HandedOut) -> v1::Document {
    let stem = match &out.id {
        Some(id) => id.clone(),
        None => {
            let kind = kind(out.kind).as_str_name().trim_start_matches("DOCUMENT_KIND_").to_lowercase();
            format!("{}_{kind}s", out.shipment)
        }
    };
    v1::Document {
        id: out.id.clone().unwrap_or_default(),
        shipment_id: out.shipment.clone(),
        kind: kind(out.kind).into(),
        format: format(out.format).into(),
        parcel_index: out.parcel,
        media_type: out.format.media_type().to_owned(),
        sha256: hex::encode(out.sha256),
        size_bytes: u64::try_from(out.bytes.len()).unwrap_or(u64::MAX),
        file_name: format!("{stem}.{}", out.format.extension()),
        flaws: out.flaws.iter().flatten().map(|seen| flaw(*seen).into()).collect(),
        checked: out.flaws.is_some(),
    }
}

fn flaw(flaw: Flaw) -> v1::DocumentFlaw {
    match flaw {
        Flaw::NotItsFormat => v1::DocumentFlaw::NotItsFormat,
        Flaw::OtherParcel => v1::DocumentFlaw::OtherParcel,
        Flaw::ActiveContent => v1::DocumentFlaw::ActiveContent,
        Flaw::Damaged => v1::DocumentFlaw::Damaged,
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
