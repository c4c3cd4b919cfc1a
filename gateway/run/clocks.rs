//! The clocks that a gateway lives by, set by its store.
//!
//! It decides nothing. Start at [`of_store`].

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::carriers::{Clock, SteadyClock, SystemClock};
use crate::config::{self, Place};
use crate::store::Store;

/// How often the clock of a store that gateways share is read again.
const EVERY: Duration = Duration::from_secs(10);

/// The clock of the machine, as far as the gateway trusts it, and the clock of the leases.
///
/// Gateways that share a database go by its clock in everything, so that theirs may differ by minutes. One that has its
/// file to itself goes by the machine's, but holds leases by a clock that no jump of the machine's moves.
pub(super) async fn of_store(
    settings: &config::Store,
    store: &Arc<dyn Store>,
    stopped: &watch::Receiver<bool>,
    tasks: &mut JoinSet<Result<()>>,
) -> Result<(Arc<dyn Clock>, Arc<dyn Clock>)> {
    let steady = Arc::new(SteadyClock::new(store.now().await?));
    let lease: Arc<dyn Clock> = Arc::<SteadyClock>::clone(&steady);
    match settings.place {
        Place::Sqlite(_) => Ok((Arc::new(SystemClock), lease)),
        Place::Postgres(_) => {
            tasks.spawn(keep(steady, Arc::clone(store), stopped.clone()));
            Ok((Arc::clone(&lease), lease))
        }
    }
}

/// Sets the clock again and again. While the store cannot be asked it runs on by itself.
async fn keep(
    clock: Arc<SteadyClock>,
    store: Arc<dyn Store>,
    mut stopped: watch::Receiver<bool>,
) -> Result<()> {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return Ok(()),
        }
        if let Ok(now) = store.now().await {
            clock.set(now);
        }
    }
}
