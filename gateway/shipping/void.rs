//! Cancelling a label.

use std::sync::Arc;
use std::time::Duration;

use parcelgate_kit::fault::{Fault, FaultKind, Phase, Retry};
use parcelgate_kit::model::Notice;
use parcelgate_kit::operation::{Refund, VoidOrder, Voided};

use super::alarm;
use super::error::{Cause, ShippingError};
use super::gateway::Gateway;
use super::holding::Holding;
use super::journal::StoreJournal;
use super::running::{event, unusable};
use super::shipment::{PurchaseBody, ShipmentView};
use crate::carriers::{Call, Veil};
use crate::store::{Alarms, Change, Claimed, Finished, Following, PurchaseRow, PurchaseState as State};
use crate::tenancy::TenantId;

/// How often a cancellation is asked for whose answer is lost or put off.
const ATTEMPTS: u32 = 8;
/// The pause before it is asked for once more, which then doubles: a part of
/// the carrier's settling time within these bounds.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl Gateway {
    /// Cancels a bought shipment. One that is cancelled already is told so, and
    /// one that is in doubt is settled first.
    ///
    /// # Errors
    /// [`ShippingError`]: the carrier's refusal keeps the label as it was.
    pub async fn void(self: &Arc<Self>, tenant: &TenantId, id: &str) -> Result<ShipmentView, ShippingError> {
        let (gateway, tenant, id) = (Arc::clone(self), tenant.clone(), id.to_owned());
        // It goes on when the caller goes away.
        let share = self.share_of(&tenant)?;
        let running = self.work.spawn(async move {
            let ended = gateway.claim_and_void(&tenant, &id).await;
            drop(share);
            ended
        });
        running
            .await
            .map_err(|_| ShippingError::Internal("the void was interrupted and will be resumed".into()))?
    }

    async fn claim_and_void(&self, tenant: &TenantId, id: &str) -> Result<ShipmentView, ShippingError> {
        let (mut held, mut row) = match self.claim_for_void(tenant, id).await? {
            Claim::Ended(view) => return Ok(*view),
            Claim::Held(held, row) => (held, row),
        };
        if row.state == State::InDoubt {
            self.settle(&held, *row).await?;
            (held, row) = match self.claim_for_void(tenant, id).await? {
                Claim::Ended(view) => return Ok(*view),
                Claim::Held(held, row) => (held, row),
            };
        }
        if row.state != State::Purchased {
            self.store.release_lease(&held.hold, row.next_action_at).await?;
            return Err(wrong_state(&row));
        }
        if !self.can_void(&row.carrier) {
            self.store.release_lease(&held.hold, None).await?;
            let words = format!("`{}` has no way to cancel a label: write to the carrier", row.carrier);
            return Err(ShippingError::precondition(Cause::NotOffered, words));
        }
        let now = self.now();
        let change = Change {
            from: vec![State::Purchased],
            to: State::VoidRequested,
            body: None,
            next_action_at: None,
            event: Some(event(&row, State::VoidRequested)),
            alarms: Alarms::default(),
            at: now,
        };
        self.store.set_state(&held.hold, change).await?;
        self.checkpoint.reach("void.requested").await;
        let row = PurchaseRow { state: State::VoidRequested, updated_at: now, ..*row };
        self.run_void(&held, &row).await
    }

    async fn claim_for_void(&self, tenant: &TenantId, id: &str) -> Result<Claim, ShippingError> {
        let now = self.clocks.lease.now();
        let claimed = self.store.claim_purchase(tenant.as_str(), id, self.lease(), now).await?;
        match claimed {
            None => Err(ShippingError::NotFound { what: "shipment", id: id.to_owned() }),
            Some(Claimed::Terminal(row)) if row.state == State::Voided => {
                Ok(Claim::Ended(Box::new(self.view_of(&row)?)))
            }
            Some(Claimed::Terminal(row)) => Err(wrong_state(&row)),
            Some(Claimed::Held(_)) => Err(ShippingError::Running { retry_after: Duration::from_secs(2) }),
            Some(Claimed::Taken(hold, row)) => Ok(Claim::Held(self.holding(hold), row)),
        }
    }

    /// Sends the cancellation and writes how it ended.
    pub(super) async fn run_void(
        &self,
        held: &Holding,
        row: &PurchaseRow,
    ) -> Result<ShipmentView, ShippingError> {
        self.while_held(held, Box::pin(self.void_once(held, row))).await
    }

    async fn void_once(&self, held: &Holding, row: &PurchaseRow) -> Result<ShipmentView, ShippingError> {
        let mut body = self.body_of(row)?;
        let Some(bought) = &body.bought else {
            return Err(ShippingError::Internal("a bought shipment has no label".to_owned()));
        };
        let order = VoidOrder::new(bought.carrier_shipment_id.clone(), bought.tracking.clone());
        // What was refused or put off may be asked for again: each request has a journal.
        let operation = format!("void-{}", row.updated_at.as_microsecond());
        body.void_open |= self.was_sent(row, &operation).await?;
        let answered = self.plan_void(held, row, &operation, &order).await;
        self.checkpoint.reach("void.planned").await;
        let last = body.void_attempts + 1 >= ATTEMPTS;
        match answered.or_else(|fault| gone(&body, fault, last)) {
            Err(fault) if fault.kind == FaultKind::Unkept => Err(self.left_to_recovery(row, &fault)),
            Ok(voided) => {
                body.voided_at = Some(self.now());
                if let Some(bought) = &mut body.bought {
                    bought.refund = Some(voided.refund);
                    bought.notices.extend(voided.notices);
                }
                body.fault = None;
                self.end_void(held, row, &body, State::Voided, Alarms::default()).await
            }
            Err(fault) if is_open(&fault) && !last => {
                body.void_open |= may_have_worked(&fault);
                self.ask_again(held, row, body).await
            }
            Err(fault) => {
                self.not_voided(held, row, &mut body, &fault).await?;
                Err(ShippingError::Carrier {
                    carrier: row.carrier.clone(),
                    fault: Box::new(fault),
                    shipment: Some(row.id.clone()),
                })
            }
        }
    }

    /// Whether an earlier run of this cancellation may have reached the carrier
    /// without being answered.
    async fn was_sent(&self, row: &PurchaseRow, operation: &str) -> Result<bool, ShippingError> {
        let steps = self.store.journal(&row.id, operation).await?;
        Ok(steps.iter().any(|step| step.reply.is_none()))
    }

    /// Cancelling twice is the same as once: it stays requested and is sent
    /// again, after a time that doubles.
    async fn ask_again(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        mut body: PurchaseBody,
    ) -> Result<ShipmentView, ShippingError> {
        let settle = self.carriers.get(&row.carrier).map_or(LONGEST_PAUSE, |host| host.settle());
        let pause = (settle / 120).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        let pause = jiff::SignedDuration::try_from(pause * (1 << body.void_attempts.min(10)));
        body.void_attempts += 1;
        let next = self.now().checked_add(pause.unwrap_or(jiff::SignedDuration::MAX)).ok();
        let at = self.now();
        let change = Change {
            from: vec![State::VoidRequested],
            to: State::VoidRequested,
            body: Some(self.sealed_body(row, &body)?),
            next_action_at: next,
            event: None,
            alarms: Alarms::default(),
            at,
        };
        self.store.set_state(&held.hold, change).await?;
        self.store.release_lease(&held.hold, next).await?;
        Ok(body.view(row, State::VoidRequested, at))
    }

    /// The carrier keeps the label, or does not answer.
    async fn not_voided(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        body: &mut PurchaseBody,
        fault: &Fault,
    ) -> Result<(), ShippingError> {
        body.void_attempts = 0;
        if let Some(bought) = &mut body.bought {
            bought.notices.retain(|notice| notice.code != "VOID_REFUSED");
            bought.notices.push(Notice::new("VOID_REFUSED", fault.to_string()));
        }
        body.fault = Some(fault.clone());
        let alarms = if is_open(fault) {
            let words = format!("whether the label is cancelled is not known: {}", fault.message);
            alarm::raise(alarm::VOID_FAILED, words)
        } else {
            Alarms::default()
        };
        self.end_void(held, row, body, State::Purchased, alarms).await?;
        Ok(())
    }

    async fn end_void(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        body: &PurchaseBody,
        state: State,
        alarms: Alarms,
    ) -> Result<ShipmentView, ShippingError> {
        let at = self.now();
        self.alarmed(row, &alarms);
        let numbers = body.bought.iter().flat_map(|bought| &bought.tracking);
        let tracking = numbers.map(|number| (row.carrier.clone(), number.as_str().to_owned())).collect();
        // A voided label travels no more; one whose void was refused still does.
        let following = if state == State::Voided { Following::Stopped } else { Following::Unchanged };
        let finished = Finished {
            state,
            body: Some(self.sealed_body(row, body)?),
            answer: None,
            tracking,
            following,
            documents: Vec::new(),
            confirmations: Vec::new(),
            watch_at: None,
            event: Some(event(row, state)),
            alarms,
            at,
        };
        self.store.finish_purchase(&held.hold, finished).await?;
        self.checkpoint.reach("void.finished").await;
        self.count(&row.carrier, state);
        Ok(body.view(row, state, at))
    }

    /// Runs a cancellation under its journal.
    pub(super) async fn plan_void(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        operation: &str,
        order: &VoidOrder,
    ) -> Result<Voided, Fault> {
        let nothing = || {
            let words = format!("the carrier `{}` is no longer compiled in", row.carrier);
            Fault::new(FaultKind::Internal, words).at(Phase::NotSent)
        };
        let host = self.carriers.get(&row.carrier).ok_or_else(nothing)?;
        let account = self
            .account(&row.tenant, &row.account)
            .await
            .map_err(|error| unusable(&error).at(Phase::NotSent))?;
        let journal = StoreJournal::resumed(self, held, operation, row.updated_at);
        let call = Call::within(self.settings.purchase_budget);
        // The carrier may repeat a number of the shipment that it refuses to cancel.
        let ids = self.body_of(row).map(|body| body.order.shipment.regional_ids).unwrap_or_default();
        let veil = Veil::over(&ids);
        let voided = host.void(&account, call, &journal, order).await;
        voided.map(|voided| veil.voided(voided)).map_err(|fault| veil.fault(fault))
    }
}

/// What taking a shipment in hand to void it found.
enum Claim {
    /// It is voided already.
    Ended(Box<ShipmentView>),
    /// It is this call's.
    Held(Holding, Box<PurchaseRow>),
}

/// Whether the request may have been carried out: it went out, and no word of
/// the carrier's on it was read.
fn may_have_worked(fault: &Fault) -> bool {
    use FaultKind::{TimedOut, Unavailable, Unreachable, Unreadable};
    fault.phase != Phase::NotSent && matches!(fault.kind, TimedOut | Unavailable | Unreachable | Unreadable)
}

/// A carrier that no longer knows a shipment after a cancellation whose answer
/// was lost has cancelled it. Where it may not know a shipment yet, that counts
/// only at the last time of asking.
fn gone(body: &PurchaseBody, fault: Fault, last: bool) -> Result<Voided, Fault> {
    if !body.void_open || fault.kind != FaultKind::NotFound || (fault.retry != Retry::Never && !last) {
        return Err(fault);
    }
    let words = "the carrier no longer knows the shipment, after a cancellation whose answer was lost";
    let mut voided = Voided::new(Refund::Pending);
    voided.notices.push(Notice::new("VOID_UNCONFIRMED", words));
    Ok(voided)
}

/// Whether asking again can tell more.
fn is_open(fault: &Fault) -> bool {
    fault.phase == Phase::InDoubt || fault.retry != Retry::Never
}

fn wrong_state(row: &PurchaseRow) -> ShippingError {
    let words = match row.state {
        State::Refused => "it was refused: nothing was bought".to_owned(),
        State::InDoubt => "it is in doubt and could not be settled yet, ask again later".to_owned(),
        state => format!("it is in the state {state}: only a bought shipment can be voided"),
    };
    ShippingError::precondition(Cause::WrongState, format!("shipment `{}` cannot be voided: {words}", row.id))
}
