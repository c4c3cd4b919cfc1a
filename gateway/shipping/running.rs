//! Carrying a purchase out, from its intent to its end. It runs for a fresh
//! purchase and for one that another gateway left behind: the journal makes
//! the difference.

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::exchange::Guard;
use parcelgate_kit::fault::{Fault, FaultKind, Phase};
use parcelgate_kit::operation::Purchased;
use serde_json::json;

use super::error::ShippingError;
use super::gateway::Gateway;
use super::journal::StoreJournal;
use super::shipment::{PurchaseBody, ShipmentView};
use crate::carriers::Call;
use crate::store::{
    Alarms, Change, Finished, Hold, NewDocument, NewEvent, PurchaseRow, PurchaseState as State,
};
use crate::telemetry::PurchaseState as Counted;

impl Gateway {
    /// Runs the plan under its journal and writes how it ended.
    pub(super) async fn run_purchase(
        &self,
        hold: Hold,
        row: PurchaseRow,
    ) -> Result<ShipmentView, ShippingError> {
        let mut body = self.body_of(&row)?;
        let started = *body.started_at.get_or_insert_with(|| self.now());
        if row.state == State::Intent {
            self.change(&hold, &row, &body, State::Intent, State::Sending).await?;
        }
        self.checkpoint.reach("purchase.sending").await;
        let planned = self.plan_purchase(&hold, &row, &body, started).await;
        self.checkpoint.reach("purchase.planned").await;
        let view = match planned {
            Ok(purchased) => self.purchased(&hold, &row, body, purchased).await?,
            Err(fault) if fault.phase == Phase::InDoubt => self.in_doubt(&hold, &row, body, fault).await?,
            Err(fault) => self.refused(&hold, &row, body, fault).await?,
        };
        self.checkpoint.reach("purchase.finished").await;
        Ok(view)
    }

    async fn plan_purchase(
        &self,
        hold: &Hold,
        row: &PurchaseRow,
        body: &PurchaseBody,
        started: Timestamp,
    ) -> Result<Purchased, Fault> {
        let host = self.carriers.get(&row.carrier).ok_or_else(|| {
            Fault::new(FaultKind::Internal, "the carrier is no longer compiled in").at(Phase::InDoubt)
        })?;
        let account = self.account(&row.tenant, &row.account).await.map_err(|error| {
            // Without its account nothing can be asked; what an earlier run
            // did is then as open as before.
            let phase = if row.state == State::Intent { Phase::NotSent } else { Phase::InDoubt };
            Fault::new(FaultKind::Account, error.to_string()).at(phase)
        })?;
        let journal = StoreJournal { gateway: self, hold, operation: "purchase", started };
        let call = Call::within(self.settings.purchase_budget);
        host.purchase(&account, call, &journal, &body.order).await
    }

    async fn change(
        &self,
        hold: &Hold,
        row: &PurchaseRow,
        body: &PurchaseBody,
        from: State,
        to: State,
    ) -> Result<(), ShippingError> {
        let change = Change {
            from: vec![from],
            to,
            body: Some(self.sealed_body(row, body)?),
            next_action_at: None,
            event: None,
            alarms: Alarms::default(),
            at: self.now(),
        };
        Ok(self.store.set_state(hold, change).await?)
    }

    /// Bought: numbers, charges, labels, decision and event in one transaction.
    pub(super) async fn purchased(
        &self,
        hold: &Hold,
        row: &PurchaseRow,
        mut body: PurchaseBody,
        purchased: Purchased,
    ) -> Result<ShipmentView, ShippingError> {
        let tracking =
            purchased.tracking.iter().map(|n| (row.carrier.clone(), n.as_str().to_owned())).collect();
        let documents = body.take(&row.id, purchased, self.now());
        self.finish(hold, row, &body, State::Purchased, tracking, documents).await
    }

    /// Refused, and known to be.
    pub(super) async fn refused(
        &self,
        hold: &Hold,
        row: &PurchaseRow,
        mut body: PurchaseBody,
        fault: Fault,
    ) -> Result<ShipmentView, ShippingError> {
        body.fault = Some(fault);
        self.finish(hold, row, &body, State::Refused, Vec::new(), Vec::new()).await
    }

    async fn finish(
        &self,
        hold: &Hold,
        row: &PurchaseRow,
        body: &PurchaseBody,
        state: State,
        tracking: Vec<(String, String)>,
        documents: Vec<NewDocument>,
    ) -> Result<ShipmentView, ShippingError> {
        let at = self.now();
        let view = body.view(row, state, at);
        let finished = Finished {
            state,
            body: Some(self.sealed_body(row, body)?),
            answer: Some(self.seal(&[&row.tenant, "answer", &row.id], &view)?),
            tracking,
            documents,
            watch_at: None,
            event: Some(event(row, state)),
            alarms: Alarms::default(),
            at,
        };
        self.store.finish_purchase(hold, finished).await?;
        self.count(&row.carrier, state);
        Ok(view)
    }

    /// Not known: written down with when somebody looks into it.
    pub(super) async fn in_doubt(
        &self,
        hold: &Hold,
        row: &PurchaseRow,
        mut body: PurchaseBody,
        fault: Fault,
    ) -> Result<ShipmentView, ShippingError> {
        tracing::warn!(shipment = row.id, carrier = row.carrier, kind = ?fault.kind, "a purchase is in doubt");
        let from = if row.state == State::InDoubt { State::InDoubt } else { State::Sending };
        let next = self.next_look(row, &body);
        body.fault = Some(fault);
        let at = self.now();
        let change = Change {
            from: vec![from],
            to: State::InDoubt,
            body: Some(self.sealed_body(row, &body)?),
            next_action_at: next,
            event: Some(event(row, State::InDoubt)),
            alarms: Alarms::default(),
            at,
        };
        self.store.set_state(hold, change).await?;
        self.store.release_lease(hold, next).await?;
        self.count(&row.carrier, State::InDoubt);
        Ok(body.view(row, State::InDoubt, at))
    }

    pub(super) fn count(&self, carrier: &str, state: State) {
        let Some(host) = self.carriers.get(carrier) else { return };
        let state = match state {
            State::Intent => Counted::Intent,
            State::Sending => Counted::Sending,
            State::InDoubt => Counted::InDoubt,
            State::Purchased => Counted::Purchased,
            State::Refused => Counted::Refused,
            State::VoidRequested => Counted::VoidRequested,
            State::Voided => Counted::Voided,
        };
        self.metrics.purchase(host.descriptor().id, state);
    }

    /// When to look into a purchase in doubt; never where the carrier gives no
    /// means, then an operator must.
    fn next_look(&self, row: &PurchaseRow, body: &PurchaseBody) -> Option<Timestamp> {
        let guard = self.carriers.get(&row.carrier)?.descriptor().purchase_guard;
        let seconds = match guard {
            // The carrier settles in so many seconds; look again after twice
            // and four times as long.
            Guard::FindByReference { settle } => settle.max(1).saturating_mul(1 << body.lookups.min(6)),
            Guard::Key { .. } | Guard::RefusesDuplicates => 5_u64.saturating_mul(1 << body.lookups.min(6)),
            Guard::None => return None,
        };
        let wait = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
        Some(self.now().checked_add(wait).unwrap_or(Timestamp::MAX))
    }
}

pub(super) fn event(row: &PurchaseRow, state: State) -> NewEvent {
    let body = json!({ "shipment": row.id, "carrier": row.carrier, "state": state.name() });
    NewEvent {
        kind: format!("shipment.{}", state.name().to_lowercase()),
        body: body.to_string().into_bytes(),
    }
}
