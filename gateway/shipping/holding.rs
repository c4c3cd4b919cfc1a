//! A hold on a purchase while work on it runs: renewed in time, and given up
//! when another gateway has taken over.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::error::ShippingError;
use super::gateway::Gateway;
use crate::store::{Hold, StoreError};

/// The purchases that this process has in its hands, each with how often.
#[derive(Clone, Debug, Default)]
pub(super) struct InHand(Arc<Mutex<HashMap<String, usize>>>);

impl InHand {
    /// Their ids.
    pub(super) fn ids(&self) -> Vec<String> {
        self.counts().keys().cloned().collect()
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A hold, with the end of its lease as it was last written.
pub(super) struct Holding {
    pub(super) hold: Hold,
    /// In microseconds of the store's clock.
    until: AtomicI64,
    among: InHand,
}

impl Drop for Holding {
    fn drop(&mut self) {
        let mut counts = self.among.counts();
        if let Some(count) = counts.get_mut(&self.hold.purchase) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.hold.purchase);
            }
        }
    }
}

impl Holding {
    /// A hold whose lease ends at `until`.
    fn new(hold: Hold, until: Timestamp, among: InHand) -> Self {
        *among.counts().entry(hold.purchase.clone()).or_default() += 1;
        Self { hold, until: AtomicI64::new(until.as_microsecond()), among }
    }

    fn lasts_beyond(&self, instant: Timestamp) -> bool {
        self.until.load(Ordering::SeqCst) > instant.as_microsecond()
    }
}

impl Gateway {
    /// A hold that this gateway was just given.
    pub(super) fn holding(&self, hold: Hold) -> Holding {
        // A lease that was given a moment ago ends no earlier than one given
        // now, less that moment; the next renewal corrects it.
        Holding::new(hold, self.lease().until, self.in_hand.clone())
    }

    /// Runs `work` and keeps the hold meanwhile. When another gateway has taken
    /// over, the work is dropped where it stands, as if this one had died.
    pub(super) async fn while_held<T>(
        &self,
        held: &Holding,
        work: impl Future<Output = Result<T, ShippingError>>,
    ) -> Result<T, ShippingError> {
        tokio::select! {
            biased;
            done = work => done,
            lost = self.keep_renewing(held) => Err(lost.into()),
        }
    }

    /// Renews until the hold is lost.
    async fn keep_renewing(&self, held: &Holding) -> StoreError {
        let every = (self.settings.lease / 3).max(Duration::from_millis(50));
        loop {
            tokio::time::sleep(every).await;
            match self.renew(held).await {
                Ok(()) => {}
                Err(lost @ (StoreError::Fenced { .. } | StoreError::Closed)) => return lost,
                // The store may come back before the lease is over.
                Err(error) => tracing::warn!(%error, "a lease could not be renewed and will be tried again"),
            }
        }
    }

    async fn renew(&self, held: &Holding) -> Result<(), StoreError> {
        let until = self.lease().until;
        self.store.renew_lease(&held.hold, until).await?;
        held.until.store(until.as_microsecond(), Ordering::SeqCst);
        Ok(())
    }

    /// Makes sure that the hold is still this gateway's, just before something
    /// is sent. A process that slept through its lease asks the store.
    pub(super) async fn confirm(&self, held: &Holding) -> Result<(), StoreError> {
        let margin = jiff::SignedDuration::try_from(self.settings.lease / 4).unwrap_or_default();
        let soon = self.clocks.lease.now().checked_add(margin).unwrap_or(Timestamp::MAX);
        if held.lasts_beyond(soon) { Ok(()) } else { self.renew(held).await }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_hand_is_known_until_its_last_holding_is_dropped() {
        let in_hand = InHand::default();
        let hold = Hold { purchase: "sh_1".to_owned(), owner: "me".to_owned(), fence: 1 };
        let first = Holding::new(hold.clone(), Timestamp::UNIX_EPOCH, in_hand.clone());
        let second = Holding::new(hold, Timestamp::UNIX_EPOCH, in_hand.clone());
        drop(first);
        assert_eq!(in_hand.ids(), ["sh_1"]);
        drop(second);
        assert!(in_hand.ids().is_empty());
    }
}
