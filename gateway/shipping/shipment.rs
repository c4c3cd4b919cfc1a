//! A shipment as it is kept and shown.

use jiff::Timestamp;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{Charge, Document, DocumentKind, LabelFormat, Money, Notice, TrackingNumber};
use parcelgate_kit::operation::{PurchaseOrder, Purchased, Refund};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ShippingError;
use super::gateway::Gateway;
use super::price;
use super::quote::Offer;
use crate::marketplace::OrderReference;
use crate::regional::Decision;
use crate::store::{NewDocument, PurchaseRow, PurchaseState};

/// What the store keeps of a purchase, sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PurchaseBody {
    /// The parts of the caller's request, to say what differs when a key is
    /// used again.
    pub(super) asked: Vec<(String, String)>,
    pub(super) order: PurchaseOrder,
    pub(super) offer: Offer,
    pub(super) decision: Decision,
    pub(super) max_total: Option<Money>,
    /// When the plan was first started.
    pub(super) started_at: Option<Timestamp>,
    /// How often the carrier was looked through for it.
    pub(super) lookups: u32,
    pub(super) bought: Option<Bought>,
    /// Why it was refused, or why the last void was.
    pub(super) fault: Option<Fault>,
    pub(super) voided_at: Option<Timestamp>,
    /// Since when it is not known whether there is a label; kept when it is.
    #[serde(default)]
    pub(super) doubted_at: Option<Timestamp>,
    /// How often the carrier was looked through and did not have it.
    #[serde(default)]
    pub(super) absences: u32,
    /// How often the carrier was looked through after it counted as refused.
    #[serde(default)]
    pub(super) watched: u32,
    /// The numbers of labels that were made although it is refused.
    #[serde(default)]
    pub(super) undone: Option<Vec<TrackingNumber>>,
    /// Whether it is refused because its label cost more than was allowed.
    #[serde(default)]
    pub(super) given_back: bool,
    /// How often its void was asked for without an answer.
    #[serde(default)]
    pub(super) void_attempts: u32,
    /// Whether one of them may have been carried out all the same.
    #[serde(default)]
    pub(super) void_open: bool,
    /// The order, as its marketplace knows it.
    #[serde(default)]
    pub(super) order_reference: Option<OrderReference>,
    /// What the gateway remarks of the purchase.
    #[serde(default)]
    pub(super) remarks: Vec<Notice>,
    /// Who settled it by hand, on what evidence.
    #[serde(default)]
    pub(super) resolution: Option<Resolution>,
}

/// A person's word on a purchase in doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// Who says it.
    pub by: String,
    /// What it rests on, such as a reference in the carrier's portal.
    pub evidence: String,
    /// When it was said.
    pub at: Timestamp,
}

/// What was bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bought {
    /// The carrier's own id.
    pub carrier_shipment_id: String,
    /// One number a parcel.
    pub tracking: Vec<TrackingNumber>,
    /// Labels and papers.
    pub documents: Vec<DocumentRef>,
    /// What it cost; adds up to the total.
    pub charges: Vec<Charge>,
    /// What it cost in all.
    pub total: Money,
    /// When the answer was there.
    pub at: Timestamp,
    /// What the carrier or the gateway remarked.
    pub notices: Vec<Notice>,
    /// What becomes of the money, once it was voided.
    pub refund: Option<Refund>,
}

/// A stored document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRef {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: DocumentKind,
    /// What its bytes are.
    pub format: LabelFormat,
    /// Index of its parcel; absent when it covers all.
    pub parcel: Option<u16>,
    /// SHA-256 of its bytes.
    #[serde(default, with = "hex::serde")]
    pub sha256: [u8; 32],
    /// How many bytes it has.
    #[serde(default)]
    pub size: u64,
}

/// A shipment as its owner sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShipmentView {
    /// Its id.
    pub id: String,
    /// Where it stands, by the store's name of the state.
    pub state: String,
    /// The offer that was bought.
    pub offer: Offer,
    /// Parcels ordered.
    pub parcels: usize,
    /// The reference that the carrier knows it by.
    pub reference: String,
    /// The regional decision that it was bought with.
    pub decision: Decision,
    /// What was bought, once it is.
    pub bought: Option<Bought>,
    /// Why it was refused, or why the last void was.
    pub fault: Option<Fault>,
    /// When the order came.
    pub created_at: Timestamp,
    /// When the state last changed.
    pub updated_at: Timestamp,
    /// Since when it is, or was, in doubt.
    #[serde(default)]
    pub doubted_at: Option<Timestamp>,
    /// Who settled it by hand.
    #[serde(default)]
    pub resolution: Option<Resolution>,
    /// Whether it is refused because its label cost more than was allowed, and
    /// was cancelled.
    #[serde(default)]
    pub given_back: bool,
}

impl ShipmentView {
    /// Where it stands.
    pub fn purchase_state(&self) -> Option<PurchaseState> {
        PurchaseState::from_name(&self.state)
    }
}

impl PurchaseBody {
    pub(super) fn view(&self, row: &PurchaseRow, state: PurchaseState, at: Timestamp) -> ShipmentView {
        ShipmentView {
            id: row.id.clone(),
            state: state.name().to_owned(),
            offer: self.offer.clone(),
            parcels: self.order.shipment.parcels.len(),
            reference: self.order.reference.as_str().to_owned(),
            decision: self.decision.clone(),
            bought: self.bought.clone(),
            fault: self.fault.clone(),
            created_at: row.created_at,
            updated_at: at,
            doubted_at: self.doubted_at,
            resolution: self.resolution.clone(),
            given_back: self.given_back,
        }
    }

    /// Takes over what the carrier answered; the documents come back in the
    /// form that the store takes, with words for an operator when the charge
    /// makes no sense.
    pub(super) fn take(
        &mut self,
        shipment: &str,
        purchased: Purchased,
        at: Timestamp,
    ) -> (Vec<NewDocument>, Option<String>) {
        let mut documents = Vec::new();
        let mut refs = Vec::new();
        for (index, document) in purchased.documents.into_iter().enumerate() {
            let id = format!("{}_{}", shipment.replacen("sh_", "doc_", 1), index + 1);
            refs.push(DocumentRef {
                id: id.clone(),
                kind: document.kind,
                format: document.format,
                parcel: document.parcel,
                sha256: Sha256::digest(&document.bytes).into(),
                size: u64::try_from(document.bytes.len()).unwrap_or(u64::MAX),
            });
            documents.push(stored(id, document));
        }
        let mut notices = purchased.notices;
        notices.append(&mut self.remarks);
        // A carrier that does not say what it charged charges what it quoted.
        let (total, charges) = match purchased.total {
            Some(total) => (total, purchased.charges),
            None => (self.offer.offer.total, self.offer.offer.breakdown.clone()),
        };
        let unclear = price::unclear(self.offer.offer.total, total, &charges);
        notices
            .extend(unclear.as_ref().map(|words| Notice::new(super::alarm::CHARGE_UNCLEAR, words.clone())));
        self.fault = None;
        self.bought = Some(Bought {
            carrier_shipment_id: purchased.carrier_shipment_id,
            tracking: purchased.tracking,
            documents: refs,
            charges,
            total,
            at,
            notices,
            refund: None,
        });
        (documents, unclear)
    }
}

fn stored(id: String, document: Document) -> NewDocument {
    let kind = match document.kind {
        DocumentKind::CustomsForm => "CUSTOMS_FORM",
        DocumentKind::Invoice => "INVOICE",
        DocumentKind::Receipt => "RECEIPT",
        _ => "LABEL",
    };
    NewDocument {
        id,
        kind: kind.to_owned(),
        format: document.format.extension().to_uppercase(),
        parcel: document.parcel.map(|index| u32::from(index) + 1),
        bytes: document.bytes.to_vec(),
    }
}

impl Gateway {
    pub(super) fn body_of(&self, row: &PurchaseRow) -> Result<PurchaseBody, ShippingError> {
        self.open(&[&row.tenant, "purchase", &row.id], &row.body)
    }

    pub(super) fn sealed_body(
        &self,
        row: &PurchaseRow,
        body: &PurchaseBody,
    ) -> Result<Vec<u8>, ShippingError> {
        self.seal(&[&row.tenant, "purchase", &row.id], body)
    }

    /// The shipment as it stands.
    pub(super) fn view_of(&self, row: &PurchaseRow) -> Result<ShipmentView, ShippingError> {
        Ok(self.body_of(row)?.view(row, row.state, row.updated_at))
    }
}
