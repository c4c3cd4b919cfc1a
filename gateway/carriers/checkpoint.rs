//! Named places where a test may stop the program as a crash would.

use futures::future::BoxFuture;

/// Is told of each place that the work passes.
pub trait Checkpoint: Send + Sync + 'static {
    /// The work is at `place`, such as `journal.intent.after`. A test that
    /// wants a crash there never returns, and drops the work.
    fn reach<'a>(&'a self, place: &'static str) -> BoxFuture<'a, ()>;
}

/// Lets everything pass.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCheckpoint;

impl Checkpoint for NoCheckpoint {
    fn reach<'a>(&'a self, _: &'static str) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
}
