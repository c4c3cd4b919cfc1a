//! Carrying a purchase out, from its intent to its end. It runs for a fresh
//! purchase and for one that another gateway left behind: the journal makes
//! the difference.

use std::sync::Arc;

use jiff::Timestamp;
use parcelgate_kit::fault::{Fault, FaultKind, Phase};
use parcelgate_kit::operation::Purchased;
use serde_json::json;

use super::alarm;
use super::error::ShippingError;
use super::gateway::Gateway;
use super::holding::Holding;
use super::journal::StoreJournal;
use super::price::Priced;
use super::shipment::{PurchaseBody, ShipmentView};
use crate::carriers::{Call, CarrierHost, LinkedAccount};
use crate::store::{Alarms, Finished, Following, NewDocument, NewEvent, PurchaseRow, PurchaseState as State};
use crate::telemetry::PurchaseState as Counted;

/// What earlier runs of a plan may have done.
#[derive(Clone, Copy, Debug)]
pub(super) enum Before {
    /// Nothing: this is the first one.
    Nothing,
    /// What the journal says.
    Unknown,
}

/// How a purchase ends, with what belongs to it.
pub(super) struct End {
    pub(super) state: State,
    pub(super) tracking: Vec<(String, String)>,
    pub(super) documents: Vec<NewDocument>,
    pub(super) watch_at: Option<Timestamp>,
    pub(super) alarms: Alarms,
}

impl End {
    /// Refused, with nothing more to do.
    pub(super) fn refused() -> Self {
        Self {
            state: State::Refused,
            tracking: Vec::new(),
            documents: Vec::new(),
            watch_at: None,
            alarms: Alarms::default(),
        }
    }
}

impl Gateway {
    /// Runs the plan under its journal and writes how it ended.
    pub(super) async fn run_purchase(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        body: PurchaseBody,
        before: Before,
    ) -> Result<ShipmentView, ShippingError> {
        self.while_held(held, Box::pin(self.plan_and_end(held, row, body, before))).await
    }

    async fn plan_and_end(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        body: PurchaseBody,
        before: Before,
    ) -> Result<ShipmentView, ShippingError> {
        let started = body.started_at.unwrap_or(row.created_at);
        let journal = match before {
            Before::Nothing => StoreJournal::fresh(self, held, "purchase", started),
            Before::Unknown => StoreJournal::resumed(self, held, "purchase", started),
        };
        self.checkpoint.reach("purchase.sending").await;
        let call = Call::within(self.settings.purchase_budget);
        let planned = match self.host_and_account(row).await {
            Ok((host, account)) => host.purchase(&account, call, &journal, &body.order).await,
            Err(fault) => Err(fault),
        };
        self.checkpoint.reach("purchase.planned").await;
        let view = match planned {
            Ok(purchased) => self.purchased(held, row, body, purchased).await?,
            Err(fault) if fault.kind == FaultKind::Unkept => return Err(self.left_to_recovery(row, &fault)),
            Err(fault) if fault.phase == Phase::InDoubt => self.in_doubt(held, row, body, fault).await?,
            Err(fault) => self.refused(held, row, body, fault).await?,
        };
        self.checkpoint.reach("purchase.finished").await;
        Ok(view)
    }

    /// The carrier and the account of a purchase. Without them nothing can be
    /// asked; what was done is then as open as before.
    pub(super) async fn host_and_account(
        &self,
        row: &PurchaseRow,
    ) -> Result<(&Arc<CarrierHost>, LinkedAccount), Fault> {
        let phase = if row.state == State::Intent { Phase::NotSent } else { Phase::InDoubt };
        let host = self.carriers.get(&row.carrier).ok_or_else(|| {
            let words = format!("the carrier `{}` is no longer compiled in", row.carrier);
            Fault::new(FaultKind::Internal, words).at(phase)
        })?;
        let account = self.account(&row.tenant, &row.account).await;
        let account = account.map_err(|error| unusable(&error).at(phase))?;
        Ok((host, account))
    }

    /// The store failed under a run. What was sent, if anything, is in the
    /// journal: recovery goes on from there when the lease is over.
    pub(super) fn left_to_recovery(&self, row: &PurchaseRow, fault: &Fault) -> ShippingError {
        tracing::warn!(
            shipment = row.id,
            why = fault.message,
            "a run was cut short and will be taken up again"
        );
        ShippingError::CutShort { retry_after: self.settings.lease, why: fault.message.clone() }
    }

    /// Bought: numbers, charges, labels, decision and event in one transaction.
    /// What costs more than the caller allows is given back where it can be.
    pub(super) async fn purchased(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        mut body: PurchaseBody,
        purchased: Purchased,
    ) -> Result<ShipmentView, ShippingError> {
        let alarms = match self.hold_against_max(held, row, &body, &purchased).await? {
            Priced::Fine => Alarms::default(),
            Priced::GivenBack(fault) => {
                body.undone = Some(purchased.tracking);
                body.given_back = true;
                return self.refused(held, row, body, fault).await;
            }
            Priced::Kept(alarms, notice) => {
                body.remarks.push(notice);
                alarms
            }
        };
        let tracking =
            purchased.tracking.iter().map(|n| (row.carrier.clone(), n.as_str().to_owned())).collect();
        let (documents, unclear) = body.take(&row.id, purchased, self.now());
        let alarms = match unclear {
            Some(words) => alarm::and(alarms, alarm::raise(alarm::CHARGE_UNCLEAR, words)),
            None => alarms,
        };
        let end = End { state: State::Purchased, tracking, documents, watch_at: None, alarms };
        self.end(held, row, &body, end).await
    }

    /// Refused, and known to be.
    pub(super) async fn refused(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        mut body: PurchaseBody,
        fault: Fault,
    ) -> Result<ShipmentView, ShippingError> {
        body.fault = Some(fault);
        self.end(held, row, &body, End::refused()).await
    }

    /// Writes the end of the purchase with the answer that its key will be
    /// given again. Whatever doubt there was is over.
    pub(super) async fn end(
        &self,
        held: &Holding,
        row: &PurchaseRow,
        body: &PurchaseBody,
        mut end: End,
    ) -> Result<ShipmentView, ShippingError> {
        let at = self.now();
        let view = body.view(row, end.state, at);
        end.alarms.settle.push(alarm::IN_DOUBT);
        let confirmations = match end.state {
            State::Purchased => self.confirmations_of(row, body, at)?,
            _ => Vec::new(),
        };
        let bought = end.state == State::Purchased;
        let following =
            if bought { Following::From(self.tracker.first_poll_at()) } else { Following::Unchanged };
        let finished = Finished {
            state: end.state,
            body: Some(self.sealed_body(row, body)?),
            answer: Some(self.seal(&[&row.tenant, "answer", &row.id], &view)?),
            tracking: end.tracking,
            following,
            documents: end.documents,
            confirmations,
            watch_at: end.watch_at,
            event: Some(event(row, end.state)),
            alarms: end.alarms,
            at,
        };
        self.alarmed(row, &finished.alarms);
        self.store.finish_purchase(&held.hold, finished).await?;
        self.count(&row.carrier, end.state);
        Ok(view)
    }

    /// Says alarms to the log and counts them, too: the store has them anyway.
    pub(super) fn alarmed(&self, row: &PurchaseRow, alarms: &Alarms) {
        for alarm in &alarms.raise {
            tracing::error!(
                code = alarm.code,
                shipment = row.id,
                carrier = row.carrier,
                "an operator is needed"
            );
            self.metrics.alarm(alarm.code);
        }
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
}

/// Why an account cannot be used: it is gone or unreadable, or the store did
/// not tell.
pub(super) fn unusable(error: &ShippingError) -> Fault {
    let kind = match error {
        ShippingError::Store(_) => FaultKind::Unkept,
        _ => FaultKind::Account,
    };
    Fault::new(kind, error.to_string())
}

pub(super) fn event(row: &PurchaseRow, state: State) -> NewEvent {
    let body = json!({ "shipment": row.id, "carrier": row.carrier, "state": state.name() });
    NewEvent {
        kind: format!("shipment.{}", state.name().to_lowercase()),
        body: body.to_string().into_bytes(),
    }
}
