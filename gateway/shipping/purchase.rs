//! Buying a label: once for a key, whatever happens on the way.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::model::{LabelSpec, Money};
use parcelgate_kit::operation::{PurchaseOrder, Reference};
use uuid::Uuid;

use super::choosing::{Chosen, Selection};
use super::error::{Cause, ShippingError};
use super::gateway::Gateway;
use super::quote::Offer;
use super::running::Before;
use super::shares::Share;
use super::shipment::{PurchaseBody, ShipmentView};
use crate::marketplace::OrderReference;
use crate::regional::Decision;
use crate::store::{Begun, Lease, NewPurchase, PurchaseRow, PurchaseState};
use crate::tenancy::TenantId;

/// An order for a label, right by construction.
#[derive(Clone, Debug)]
pub struct PurchaseRequest {
    /// What is to be bought.
    pub selection: Selection,
    /// Makes a repeated call the same purchase: 1 to 128 printable characters.
    pub idempotency_key: String,
    /// The most it may cost.
    pub max_total: Option<Money>,
    /// The label wanted.
    pub label: LabelSpec,
    /// SHA-256 of the request without its key.
    pub fingerprint: [u8; 32],
    /// The parts of the request as name and shown value or hash, to say what
    /// differs when the key is used again.
    pub parts: Vec<(String, String)>,
}

/// What was chosen: the order as the carrier gets it, the offer it comes from,
/// the regional decision it was made under.
#[derive(Clone, Debug)]
pub struct Ordered {
    /// The order.
    pub order: PurchaseOrder,
    /// The offer.
    pub offer: Offer,
    /// The decision.
    pub decision: Decision,
    /// The order, as its marketplace knows it; absent without one.
    pub order_reference: Option<OrderReference>,
}

impl Gateway {
    /// Buys, or tells what became of an earlier call with the same key. The
    /// purchase goes on when the caller goes away.
    ///
    /// # Errors
    /// [`ShippingError`]; nothing was bought unless it says that the purchase
    /// goes on.
    pub async fn purchase(
        self: &Arc<Self>,
        tenant: &TenantId,
        request: PurchaseRequest,
        budget: Duration,
    ) -> Result<ShipmentView, ShippingError> {
        // Rating again for a key that has its answer would be in vain. An offer
        // costs one look, and beginning finds the key by itself.
        let names_an_offer = matches!(request.selection, Selection::Offer { .. });
        if !names_an_offer && let Some(answer) = self.answer_before(tenant, &request).await {
            return answer;
        }
        let prepared = self.prepare(tenant, &request, budget).await;
        let (share, chosen) = match prepared {
            Ok(prepared) => prepared,
            // What cannot be bought any more may have been bought before.
            Err(refusal) => return self.answer_before(tenant, &request).await.unwrap_or(Err(refusal)),
        };
        let id = Uuid::now_v7();
        let Chosen { shipment, offer, decision, order_reference } = chosen;
        let mut order = PurchaseOrder::new(shipment, &offer.offer.service, reference_of(id)?, request.label);
        order.carrier_ref.clone_from(&offer.offer.carrier_ref);
        let ordered = Ordered { order, offer, decision, order_reference };
        self.buy_within(share, tenant, id, ordered, request, budget).await
    }

    /// The answer of an earlier call with the key, if there was one.
    async fn answer_before(
        &self,
        tenant: &TenantId,
        request: &PurchaseRequest,
    ) -> Option<Result<ShipmentView, ShippingError>> {
        match self.store.purchase_by_key(tenant.as_str(), &request.idempotency_key).await {
            Ok(found) => found.map(|row| self.answer_again(&row, request)),
            Err(error) => Some(Err(error.into())),
        }
    }

    /// Buys what was chosen and checked, under the request's key.
    ///
    /// # Errors
    /// As [`Gateway::purchase`].
    pub async fn buy(
        self: &Arc<Self>,
        tenant: &TenantId,
        id: Uuid,
        ordered: Ordered,
        request: PurchaseRequest,
        budget: Duration,
    ) -> Result<ShipmentView, ShippingError> {
        let share = self.share_of(tenant)?;
        self.buy_within(share, tenant, id, ordered, request, budget).await
    }

    /// Room for one more of the tenant's purchases and voids.
    pub(super) fn share_of(&self, tenant: &TenantId) -> Result<Share, ShippingError> {
        let full = ShippingError::Overloaded { retry_after: Duration::from_secs(1) };
        self.under_way.one_more(tenant.as_str()).ok_or(full)
    }

    async fn buy_within(
        self: &Arc<Self>,
        share: Share,
        tenant: &TenantId,
        id: Uuid,
        ordered: Ordered,
        request: PurchaseRequest,
        budget: Duration,
    ) -> Result<ShipmentView, ShippingError> {
        let (hold, row, body) = match self.begin(tenant, id, ordered, &request).await? {
            Started::New(hold, row, body) => (hold, row, body),
            Started::Before(row) => return self.answer_again(&row, &request),
        };
        let (gateway, held) = (Arc::clone(self), self.holding(hold));
        // It goes on, and takes its share, when the caller goes away.
        let running = self.work.spawn(async move {
            let ended = gateway.run_purchase(&held, &row, *body, Before::Nothing).await;
            drop(share);
            ended
        });
        match tokio::time::timeout(budget, running).await {
            Ok(Ok(answer)) => refused_is_an_error(answer?),
            Ok(Err(_)) => {
                Err(ShippingError::Internal("the purchase was interrupted and will be resumed".to_owned()))
            }
            Err(_) => Err(ShippingError::Deadline),
        }
    }

    /// The answer for a key that was used before.
    fn answer_again(
        &self,
        row: &PurchaseRow,
        request: &PurchaseRequest,
    ) -> Result<ShipmentView, ShippingError> {
        let body = self.body_of(row)?;
        if row.fingerprint != request.fingerprint {
            return Err(key_reused(&body, request));
        }
        if let Some(sealed) = &row.answer {
            let answer: ShipmentView = self.open(&[&row.tenant, "answer", &row.id], sealed)?;
            return refused_is_an_error(answer);
        }
        match row.state {
            PurchaseState::Intent | PurchaseState::Sending => {
                Err(ShippingError::Running { retry_after: Duration::from_secs(2) })
            }
            _ => refused_is_an_error(body.view(row, row.state, row.updated_at)),
        }
    }

    /// Writes the intent: from here on the purchase cannot be lost.
    async fn begin(
        &self,
        tenant: &TenantId,
        id: Uuid,
        ordered: Ordered,
        request: &PurchaseRequest,
    ) -> Result<Started, ShippingError> {
        let shipment = format!("sh_{}", id.simple());
        let Ordered { order, offer, decision, order_reference } = ordered;
        let reference = order.reference.as_str().to_owned();
        let now = self.now();
        let body = PurchaseBody {
            asked: request.parts.clone(),
            order,
            offer: offer.clone(),
            decision,
            max_total: request.max_total,
            started_at: Some(now),
            lookups: 0,
            bought: None,
            fault: None,
            voided_at: None,
            doubted_at: None,
            absences: 0,
            watched: 0,
            undone: None,
            given_back: false,
            void_attempts: 0,
            void_open: false,
            order_reference,
            remarks: Vec::new(),
            resolution: None,
        };
        let new = NewPurchase {
            tenant: tenant.as_str().to_owned(),
            id: shipment.clone(),
            idempotency_key: request.idempotency_key.clone(),
            fingerprint: request.fingerprint,
            carrier: offer.carrier,
            account: offer.account,
            service: offer.offer.service,
            reference,
            body: self.seal(&[tenant.as_str(), "purchase", &shipment], &body)?,
            created_at: now,
            lease: self.lease(),
        };
        let row = PurchaseRow::begun(&new);
        let begun = self.store.begin_purchase(new).await?;
        self.checkpoint.reach("purchase.begun").await;
        match begun {
            Begun::Existing(row) => Ok(Started::Before(row)),
            Begun::Started(hold) => Ok(Started::New(hold, Box::new(row), Box::new(body))),
        }
    }

    /// A lease of the usual length, from now on.
    pub(super) fn lease(&self) -> Lease {
        let length = SignedDuration::try_from(self.settings.lease).unwrap_or_default();
        let until = self.clocks.lease.now().checked_add(length).unwrap_or(Timestamp::MAX);
        Lease { owner: self.worker.clone(), until }
    }
}

enum Started {
    New(crate::store::Hold, Box<PurchaseRow>, Box<PurchaseBody>),
    Before(Box<PurchaseRow>),
}

/// `PG` and 26 characters of base 32, made from the purchase's id: short enough
/// for every carrier's reference field, and never the same twice.
fn reference_of(id: Uuid) -> Result<Reference, ShippingError> {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut rest = id.as_u128();
    let mut text = Vec::new();
    for _ in 0..26 {
        let place = usize::try_from(rest % 32).unwrap_or_default();
        text.extend(LETTERS.get(place));
        rest /= 32;
    }
    text.extend(b"GP");
    text.reverse();
    let text = String::from_utf8(text).map_err(|error| ShippingError::Internal(error.to_string()))?;
    Reference::parse(&text).map_err(|problem| ShippingError::Internal(problem.to_string()))
}

fn key_reused(body: &PurchaseBody, request: &PurchaseRequest) -> ShippingError {
    let differs: Vec<_> = request
        .parts
        .iter()
        .filter(|part| !body.asked.contains(part))
        .map(|(name, _)| name.as_str())
        .chain(
            body.asked
                .iter()
                .filter(|(name, _)| !request.parts.iter().any(|(n, _)| n == name))
                .map(|(n, _)| n.as_str()),
        )
        .collect();
    ShippingError::Precondition {
        cause: Cause::KeyReused,
        words: format!(
            "the idempotency key was used for another purchase, which differs in {}: use a new key",
            differs.join(", ")
        ),
        details: vec![("differs", differs.join(","))],
    }
}

/// A refused purchase is told as the refusal; everything else is an answer.
fn refused_is_an_error(view: ShipmentView) -> Result<ShipmentView, ShippingError> {
    match (&view.fault, view.purchase_state()) {
        (Some(fault), Some(PurchaseState::Refused)) if view.given_back => Err(ShippingError::Precondition {
            cause: Cause::PriceChanged,
            words: fault.message.clone(),
            details: vec![("shipment_id", view.id.clone())],
        }),
        (Some(fault), Some(PurchaseState::Refused)) => Err(ShippingError::Carrier {
            carrier: view.offer.carrier.clone(),
            fault: Box::new(fault.clone()),
            shipment: Some(view.id.clone()),
        }),
        _ => Ok(view),
    }
}
