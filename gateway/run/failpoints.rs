//! Named places at which a test can have this process killed, as kill -9 would.
//!
//! Without the feature `failpoints`, which no release has, nothing here reads
//! the environment and every place is passed. Start with [`checkpoint`].

use std::sync::Arc;

use anyhow::Result;

use crate::carriers::Checkpoint;

/// The variable that names the place and the passing, as in
/// `exchange.answered:2`: the second time that the work comes there.
#[cfg(feature = "failpoints")]
const KILL_AT: &str = "PARCELGATE_KILL_AT";

/// What the gateway tells of the places that it passes.
///
/// # Errors
/// When the variable is set and is no `place:passing`; only with the feature.
#[cfg(not(feature = "failpoints"))]
#[allow(clippy::unnecessary_wraps, reason = "with the feature there is something to refuse")]
pub(super) fn checkpoint() -> Result<Arc<dyn Checkpoint>> {
    Ok(Arc::new(crate::carriers::NoCheckpoint))
}

/// What the gateway tells of the places that it passes.
///
/// # Errors
/// When the variable is set and is no `place:passing`.
#[cfg(feature = "failpoints")]
pub(super) fn checkpoint() -> Result<Arc<dyn Checkpoint>> {
    match std::env::var(KILL_AT) {
        Ok(text) => Ok(Arc::new(killing::KillAt::parse(&text)?)),
        Err(_) => Ok(Arc::new(crate::carriers::NoCheckpoint)),
    }
}

#[cfg(feature = "failpoints")]
mod killing {
    use std::sync::atomic::{AtomicU32, Ordering};

    use anyhow::{Context, Result};
    use futures::future::BoxFuture;
    use rustix::process::{Signal, getpid, kill_process};

    use crate::carriers::Checkpoint;

    /// Kills the process at one passing of one place.
    pub(super) struct KillAt {
        place: String,
        passing: u32,
        passed: AtomicU32,
    }

    impl KillAt {
        /// Reads `place:passing`, the passing from 1.
        pub(super) fn parse(text: &str) -> Result<Self> {
            let wanted = || format!("PARCELGATE_KILL_AT is `{text}`; it takes `exchange.answered:1`");
            let (place, passing) = text.split_once(':').with_context(wanted)?;
            let passing = passing.parse().ok().filter(|passing| *passing > 0).with_context(wanted)?;
            Ok(Self { place: place.to_owned(), passing, passed: AtomicU32::new(0) })
        }

        /// Whether the work is where the process is to end.
        fn is_due(&self, place: &str) -> bool {
            place == self.place && self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.passing
        }
    }

    impl Checkpoint for KillAt {
        fn reach<'a>(&'a self, place: &'static str) -> BoxFuture<'a, ()> {
            Box::pin(async move {
                if self.is_due(place) {
                    // Not an exit and not a panic: nothing is dropped or flushed.
                    let _ = kill_process(getpid(), Signal::KILL);
                    std::future::pending::<()>().await;
                }
            })
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn it_is_due_once_at_its_passing() {
            let kill = KillAt::parse("a.b:2").unwrap();
            let due: Vec<_> =
                ["a.b", "a.c", "a.b", "a.b"].into_iter().map(|place| kill.is_due(place)).collect();
            assert_eq!(due, [false, false, true, false]);
        }

        #[test]
        fn what_is_no_place_and_passing_is_refused() {
            for bad in ["", "a.b", "a.b:", "a.b:0", "a.b:x"] {
                assert!(KillAt::parse(bad).is_err(), "{bad}");
            }
        }
    }
}
