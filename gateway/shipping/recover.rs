//! Work that was left behind: by a gateway that died, or until a carrier has
//! settled.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;

use super::error::ShippingError;
use super::gateway::Gateway;
use super::holding::Holding;
use super::running::Before;
use crate::store::{Due, Hold, PurchaseRow, PurchaseState as State};

/// Purchases claimed at once.
const BATCH: u32 = 32;
/// Purchases of one carrier that are taken up at once: a carrier that hangs
/// holds up its own alone.
pub(super) const OF_ONE_CARRIER: usize = 16;
/// When a purchase is looked at again whose carrier has too many under way.
const PUT_OFF: SignedDuration = SignedDuration::from_secs(1);

impl Gateway {
    /// Takes up what is due, again and again, until `stop` says so. It never
    /// waits for what it has taken up.
    pub async fn keep_recovering(self: Arc<Self>, every: Duration, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = self.start_recovery().await {
                tracing::error!(%error, "recovery failed and will be tried again");
            }
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                _ = stop.changed() => {}
            }
        }
    }

    async fn start_recovery(self: &Arc<Self>) -> Result<(), ShippingError> {
        for (hold, row) in self.claim().await? {
            let Some(share) = self.taken_up.one_more(&row.carrier) else {
                let next = self.now().checked_add(PUT_OFF).ok();
                self.store.release_lease(&hold, next).await?;
                continue;
            };
            let gateway = Arc::clone(self);
            self.work.spawn(async move {
                gateway.take_up(hold, row).await;
                drop(share);
            });
        }
        Ok(())
    }

    /// Takes up everything that is due now, to its end; how many purchases
    /// that were.
    ///
    /// # Errors
    /// When the store fails. A purchase that fails is logged and stays due.
    pub async fn recover_once(&self) -> Result<usize, ShippingError> {
        let claimed = self.claim().await?;
        let count = claimed.len();
        futures::future::join_all(claimed.into_iter().map(|(hold, row)| self.take_up(hold, row))).await;
        Ok(count)
    }

    async fn claim(&self) -> Result<Vec<(Hold, PurchaseRow)>, ShippingError> {
        let except = self.in_hand.ids();
        let due = Due { lease_at: self.clocks.lease.now(), work_at: self.now(), except };
        let rows = self.store.claim_due(self.lease(), due, BATCH).await?;
        Ok(rows.into_iter().filter_map(|row| row.hold().map(|hold| (hold, row))).collect())
    }

    async fn take_up(&self, hold: Hold, row: PurchaseRow) {
        let shipment = row.id.clone();
        let held = self.holding(hold);
        if let Err(error) = self.go_on(held, row).await {
            tracing::error!(shipment, %error, "a purchase could not be taken up");
        }
    }

    async fn go_on(&self, held: Holding, row: PurchaseRow) -> Result<(), ShippingError> {
        match row.state {
            // Nothing was sent, or the journal knows what was.
            State::Intent | State::Sending => {
                let body = self.body_of(&row)?;
                self.run_purchase(&held, &row, body, Before::Unknown).await.map(drop)
            }
            State::InDoubt => self.settle(&held, row).await,
            State::VoidRequested => match self.run_void(&held, &row).await {
                // The refusal is written down; nobody waits for it here.
                Ok(_) | Err(ShippingError::Carrier { .. }) => Ok(()),
                Err(error) => Err(error),
            },
            State::Refused => self.watch(&held, row).await,
            State::Purchased | State::Voided => Ok(()),
        }
    }
}
