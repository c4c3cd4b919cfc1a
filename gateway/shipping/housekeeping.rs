//! What is done now and then: counting what operators watch, and letting go of
//! what is past its time.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::gateway::Gateway;
use crate::store::{MAX_ROWS, PageCursor, Result};

/// Between two counts.
const COUNT_EVERY: Duration = Duration::from_secs(60);
/// Counts between two rounds of letting go.
const LET_GO_EVERY: u64 = 10;
/// Rows that one transaction lets go of.
const AT_ONCE: u32 = 200;
/// How long an expired quote can still be told apart from one that never was.
const QUOTES_KEPT: Duration = Duration::from_secs(86_400);

impl Gateway {
    /// Keeps house until `stop` says so.
    pub async fn keep_house(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        for round in 0_u64.. {
            if let Err(error) = self.count_for_operators().await {
                tracing::warn!(%error, "what is in doubt could not be counted");
            }
            if round % LET_GO_EVERY == 0
                && let Err(error) = self.let_go().await
            {
                tracing::warn!(%error, "what is past its time could not be removed and will be tried again");
            }
            tokio::select! {
                () = tokio::time::sleep(COUNT_EVERY) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    async fn count_for_operators(&self) -> Result<()> {
        let (mut number, mut oldest, mut after) = (0_usize, None, None);
        loop {
            let rows = self.store.in_doubt(after, MAX_ROWS).await?;
            number = number.saturating_add(rows.len());
            oldest = oldest.or(rows.first().map(|row| row.created_at));
            let Some(last) = rows.last() else { break };
            after = Some(PageCursor { created_at: last.created_at, id: last.id.clone() });
        }
        self.metrics.set_in_doubt(u32::try_from(number).unwrap_or(u32::MAX));
        let age = oldest.map(|since| self.now().duration_since(since)).unwrap_or_default();
        self.metrics.set_oldest_doubt(age.unsigned_abs());
        let open = self.store.alarms(0, MAX_ROWS).await?;
        self.metrics.set_open_alarms(u32::try_from(open.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    /// Removes what is past its time: expired quotes, keys whose answer is
    /// old, the journal of purchases on which nothing is left to do.
    ///
    /// # Errors
    /// When the store fails; what is left goes the next time.
    pub async fn let_go(&self) -> Result<()> {
        let now = self.now();
        while self.store.purge_quotes(before(now, QUOTES_KEPT), AT_ONCE).await? > 0 {}
        while self.store.expire_keys(before(now, self.settings.key_lifetime), AT_ONCE).await? > 0 {}
        while self.store.purge_journal(before(now, self.settings.journal_retention), AT_ONCE).await? > 0 {}
        Ok(())
    }
}

fn before(now: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    now.checked_sub(by).unwrap_or(Timestamp::MIN)
}
