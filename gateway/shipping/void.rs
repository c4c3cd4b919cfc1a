//! Cancelling a label.

use parcelgate_kit::fault::{Fault, FaultKind, Phase};
use parcelgate_kit::model::Notice;
use parcelgate_kit::operation::{VoidOrder, Voided};

use super::error::{Cause, ShippingError};
use super::gateway::Gateway;
use super::journal::StoreJournal;
use super::running::event;
use super::shipment::ShipmentView;
use crate::carriers::Call;
use crate::store::{Alarms, Change, Claimed, Finished, Hold, PurchaseRow, PurchaseState as State};
use crate::tenancy::TenantId;

impl Gateway {
    /// Cancels a bought shipment. One that is cancelled already is told so.
    ///
    /// # Errors
    /// [`ShippingError`]: the carrier's refusal keeps the label as it was.
    pub async fn void(&self, tenant: &TenantId, id: &str) -> Result<ShipmentView, ShippingError> {
        let now = self.now();
        let claimed =
            self.store.claim_purchase(tenant.as_str(), id, self.lease(), self.clocks.lease.now()).await?;
        let (hold, row) = match claimed {
            None => return Err(ShippingError::NotFound { what: "shipment", id: id.to_owned() }),
            Some(Claimed::Terminal(row)) if row.state == State::Voided => return self.view_of(&row),
            Some(Claimed::Terminal(row)) => return Err(wrong_state(&row)),
            Some(Claimed::Held(_)) => {
                return Err(ShippingError::Running { retry_after: std::time::Duration::from_secs(2) });
            }
            Some(Claimed::Taken(hold, row)) => (hold, row),
        };
        if row.state != State::Purchased {
            self.store.release_lease(&hold, row.next_action_at).await?;
            return Err(wrong_state(&row));
        }
        if let Err(refused) = self.may_void(&row) {
            self.store.release_lease(&hold, None).await?;
            return Err(refused);
        }
        let change = Change {
            from: vec![State::Purchased],
            to: State::VoidRequested,
            body: None,
            next_action_at: None,
            event: None,
            alarms: Alarms::default(),
            at: now,
        };
        self.store.set_state(&hold, change).await?;
        let row = PurchaseRow { state: State::VoidRequested, updated_at: now, ..*row };
        self.run_void(&hold, &row).await
    }

    fn may_void(&self, row: &PurchaseRow) -> Result<(), ShippingError> {
        let host = self.carriers.get(&row.carrier);
        if host.is_some_and(|host| host.descriptor().capabilities.void) {
            return Ok(());
        }
        let words = format!("`{}` has no way to cancel a label: write to the carrier", row.carrier);
        Err(ShippingError::precondition(Cause::NotOffered, words))
    }

    /// Sends the cancellation and writes how it ended.
    pub(super) async fn run_void(
        &self,
        hold: &Hold,
        row: &PurchaseRow,
    ) -> Result<ShipmentView, ShippingError> {
        let mut body = self.body_of(row)?;
        let answered = self.plan_void(hold, row, &body).await;
        let (state, refused) = match answered {
            Ok(voided) => {
                body.voided_at = Some(self.now());
                if let Some(bought) = &mut body.bought {
                    bought.refund = Some(voided.refund);
                    bought.notices.extend(voided.notices);
                }
                body.fault = None;
                (State::Voided, None)
            }
            Err(fault) if fault.phase == Phase::InDoubt => {
                // Cancelling twice is the same as once: it stays requested and
                // is sent again.
                let next = self.now().checked_add(jiff::SignedDuration::from_secs(30)).ok();
                self.store.release_lease(hold, next).await?;
                return Ok(body.view(row, State::VoidRequested, self.now()));
            }
            Err(fault) => {
                if let Some(bought) = &mut body.bought {
                    bought.notices.push(Notice::new("VOID_REFUSED", fault.to_string()));
                }
                (State::Purchased, Some(fault))
            }
        };
        let at = self.now();
        let finished = Finished {
            state,
            body: Some(self.sealed_body(row, &body)?),
            answer: None,
            tracking: Vec::new(),
            documents: Vec::new(),
            watch_at: None,
            event: Some(event(row, state)),
            alarms: Alarms::default(),
            at,
        };
        self.store.finish_purchase(hold, finished).await?;
        self.count(&row.carrier, state);
        match refused {
            None => Ok(body.view(row, state, at)),
            Some(fault) => Err(ShippingError::Carrier {
                carrier: row.carrier.clone(),
                fault: Box::new(fault),
                shipment: Some(row.id.clone()),
            }),
        }
    }

    async fn plan_void(
        &self,
        hold: &Hold,
        row: &PurchaseRow,
        body: &super::shipment::PurchaseBody,
    ) -> Result<Voided, Fault> {
        let nothing = || Fault::new(FaultKind::Internal, "there is nothing to cancel").at(Phase::NotSent);
        let bought = body.bought.as_ref().ok_or_else(nothing)?;
        let host = self.carriers.get(&row.carrier).ok_or_else(nothing)?;
        let account = self
            .account(&row.tenant, &row.account)
            .await
            .map_err(|error| Fault::new(FaultKind::Account, error.to_string()).at(Phase::NotSent))?;
        let order = VoidOrder::new(bought.carrier_shipment_id.clone(), bought.tracking.clone());
        // A refused void may be asked for again: each request has a journal.
        let operation = format!("void-{}", hold.fence);
        let journal = StoreJournal { gateway: self, hold, operation: &operation, started: row.updated_at };
        host.void(&account, Call::within(self.settings.purchase_budget), &journal, &order).await
    }
}

fn wrong_state(row: &PurchaseRow) -> ShippingError {
    let words = match row.state {
        State::Refused => "it was refused: nothing was bought".to_owned(),
        State::InDoubt => "it is in doubt: it is settled first, ask again later".to_owned(),
        state => format!("it is in the state {state}: only a bought shipment can be voided"),
    };
    ShippingError::precondition(Cause::WrongState, format!("shipment `{}` cannot be voided: {words}", row.id))
}
