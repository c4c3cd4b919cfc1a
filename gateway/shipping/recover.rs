//! Work that was left behind: by a gateway that died, or until a carrier has
//! settled.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parcelgate_kit::exchange::Guard;
use parcelgate_kit::fault::{Fault, FaultKind, Phase};
use parcelgate_kit::operation::{FindQuery, Purchased};
use tokio::sync::watch;

use super::error::ShippingError;
use super::gateway::Gateway;
use super::shipment::PurchaseBody;
use crate::carriers::Call;
use crate::store::{Due, Hold, PurchaseRow, PurchaseState as State};

/// How often a carrier is looked through before a purchase counts as refused.
const LOOKUPS: u32 = 3;
/// Rounds between two counts of what is in doubt; counting reads whole tables.
const COUNT_EVERY: u64 = 20;
/// Purchases taken up at once.
const BATCH: u32 = 32;

impl Gateway {
    /// Takes up what is due, again and again, until `stop` says so.
    pub async fn keep_recovering(self: Arc<Self>, every: Duration, mut stop: watch::Receiver<bool>) {
        for round in 0_u64.. {
            if round % COUNT_EVERY == 0 {
                self.count_in_doubt().await;
            }
            if let Err(error) = self.recover_once().await {
                tracing::error!(%error, "recovery failed and will be tried again");
            }
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                _ = stop.changed() => return,
            }
        }
    }

    /// Counts what is in doubt, for the operator's gauge.
    async fn count_in_doubt(&self) {
        let Ok(stats) = self.store.stats().await else { return };
        let in_doubt =
            stats.states.iter().find(|(state, _)| *state == State::InDoubt).map_or(0, |(_, count)| *count);
        self.metrics.set_in_doubt(u32::try_from(in_doubt).unwrap_or(u32::MAX));
    }

    /// Takes up everything that is due now; how many purchases that were.
    ///
    /// # Errors
    /// When the store fails. A purchase that fails is logged and stays due.
    pub async fn recover_once(&self) -> Result<usize, ShippingError> {
        let due = Due { lease_at: self.clocks.lease.now(), work_at: self.now() };
        let rows = self.store.claim_due(self.lease(), due, BATCH).await?;
        let count = rows.len();
        for row in rows {
            let Some(hold) = row.hold() else { continue };
            let shipment = row.id.clone();
            if let Err(error) = self.take_up(hold, row).await {
                tracing::error!(shipment, %error, "a purchase could not be taken up");
            }
        }
        Ok(count)
    }

    async fn take_up(&self, hold: Hold, row: PurchaseRow) -> Result<(), ShippingError> {
        match row.state {
            // Nothing was sent, or the journal knows what was.
            State::Intent | State::Sending => {
                self.run_purchase(hold, row).await?;
            }
            State::InDoubt => self.settle(&hold, row).await?,
            State::VoidRequested => {
                self.run_void(&hold, &row).await?;
            }
            State::Purchased | State::Refused | State::Voided => {}
        }
        Ok(())
    }

    /// Settles a purchase in doubt by the means that its carrier gives.
    async fn settle(&self, hold: &Hold, row: PurchaseRow) -> Result<(), ShippingError> {
        let mut body = self.body_of(&row)?;
        body.lookups += 1;
        let guard = self.carriers.get(&row.carrier).map(|host| host.descriptor().purchase_guard);
        let found = match guard {
            Some(Guard::FindByReference { .. }) => self.look_up(&row, &body).await,
            Some(Guard::Key { .. } | Guard::RefusesDuplicates) => {
                // The driver repeats the journalled bytes, and only within the
                // key's lifetime.
                let started = body.started_at.unwrap_or(row.created_at);
                self.repeat(hold, &row, &body, started).await.map(Some)
            }
            Some(Guard::None) | None => return Ok(self.store.release_lease(hold, None).await?),
        };
        match found {
            Ok(Some(purchased)) => {
                self.purchased(hold, &row, body, purchased).await?;
            }
            Ok(None) if body.lookups >= LOOKUPS => {
                let words =
                    format!("the carrier was looked through {LOOKUPS} times and has no such purchase");
                let fault = Fault::new(FaultKind::NotFound, words).said("NOT_FOUND_AT_CARRIER", "");
                self.refused(hold, &row, body, fault.at(Phase::Answered)).await?;
            }
            Ok(None) => {
                let words = "the carrier does not have it yet, which proves nothing";
                let fault = Fault::new(FaultKind::NotFound, words).at(Phase::InDoubt);
                self.in_doubt(hold, &row, body, fault).await?;
            }
            Err(fault)
                if fault.phase != Phase::InDoubt && repeats(guard) && fault.kind == FaultKind::Refused =>
            {
                self.refused(hold, &row, body, fault).await?;
            }
            Err(fault) => {
                self.in_doubt(hold, &row, body, fault.at(Phase::InDoubt)).await?;
            }
        }
        Ok(())
    }

    async fn look_up(&self, row: &PurchaseRow, body: &PurchaseBody) -> Result<Option<Purchased>, Fault> {
        let (host, account) = self.host_and_account(row).await?;
        let query = FindQuery::new(body.order.clone(), body.started_at.unwrap_or(row.created_at));
        host.find(&account, Call::within(self.settings.purchase_budget), &query).await
    }

    async fn repeat(
        &self,
        hold: &Hold,
        row: &PurchaseRow,
        body: &PurchaseBody,
        started: Timestamp,
    ) -> Result<Purchased, Fault> {
        let (host, account) = self.host_and_account(row).await?;
        let journal = super::journal::StoreJournal { gateway: self, hold, operation: "purchase", started };
        host.purchase(&account, Call::within(self.settings.purchase_budget), &journal, &body.order).await
    }

    async fn host_and_account(
        &self,
        row: &PurchaseRow,
    ) -> Result<(&Arc<crate::carriers::CarrierHost>, crate::carriers::LinkedAccount), Fault> {
        let lost = |words: String| Fault::new(FaultKind::Internal, words).at(Phase::InDoubt);
        let host = self
            .carriers
            .get(&row.carrier)
            .ok_or_else(|| lost("the carrier is not compiled in".to_owned()))?;
        let account =
            self.account(&row.tenant, &row.account).await.map_err(|error| lost(error.to_string()))?;
        Ok((host, account))
    }
}

fn repeats(guard: Option<Guard>) -> bool {
    matches!(guard, Some(Guard::Key { .. } | Guard::RefusesDuplicates))
}
