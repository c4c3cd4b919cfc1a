//! A gateway's death at a named place.

use std::sync::atomic::{AtomicU32, Ordering};

use futures::future::BoxFuture;
use parcelgate::carriers::Checkpoint;
use parcelgate_kit::conformance::behaviour::Crash;
use tokio::sync::Notify;

/// Lets the work pass until its place, and never again: whoever waits for it
/// drops it there, as a crash would.
pub(super) struct CrashAt {
    crash: Crash,
    passed: AtomicU32,
    reached: Notify,
}

impl CrashAt {
    pub(super) fn new(crash: Crash) -> Self {
        Self { crash, passed: AtomicU32::new(0), reached: Notify::new() }
    }

    /// Done when the work is at its place.
    pub(super) async fn reached(&self) {
        self.reached.notified().await;
    }
}

impl Checkpoint for CrashAt {
    fn reach<'a>(&'a self, place: &'static str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            if place != self.crash.place {
                return;
            }
            if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.crash.passing {
                self.reached.notify_one();
                std::future::pending::<()>().await;
            }
        })
    }
}
