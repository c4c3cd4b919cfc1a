//! What a plan did, so that it can be told again after a crash.

use futures::future::BoxFuture;
use jiff::Timestamp;
use parcelgate_kit::wire::{Reply, Wire};
use uuid::Uuid;

/// Names a plan, and when it was first started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanId {
    /// The same for every run of it.
    pub id: Uuid,
    /// When it was first started.
    pub started: Timestamp,
}

/// One step as it was journalled.
#[derive(Clone, Debug)]
pub struct Past {
    /// Name of the exchange.
    pub name: String,
    /// What was to be sent, without its authorisation.
    pub wire: Wire,
    /// When that was written, just before it was sent.
    pub intended_at: Timestamp,
    /// What came back, if it was written.
    pub reply: Option<Reply>,
    /// Whether no later step was begun.
    pub is_newest: bool,
}

/// The journal could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the journal failed: {0}")]
pub struct JournalFailure(pub String);

/// Keeps the steps of one plan.
pub trait Journal: Send + Sync {
    /// The plan.
    fn plan(&self) -> PlanId;
    /// What is known of step `number`, from 0.
    fn recall(&self, number: u32) -> BoxFuture<'_, Result<Option<Past>, JournalFailure>>;
    /// Writes, durably, that a step is about to be sent.
    fn intend<'a>(
        &'a self,
        number: u32,
        name: &'a str,
        wire: &'a Wire,
    ) -> BoxFuture<'a, Result<(), JournalFailure>>;
    /// Writes, durably, what came back; in the place of an earlier reply when
    /// the step was allowed to be sent again.
    fn answer<'a>(
        &'a self,
        number: u32,
        reply: &'a Reply,
        replaces: bool,
    ) -> BoxFuture<'a, Result<(), JournalFailure>>;
    /// Fails when the plan is no longer this process's to run. Asked just
    /// before each sending.
    fn confirm(&self) -> BoxFuture<'_, Result<(), JournalFailure>>;
}

/// No journal: for plans that only read.
#[derive(Clone, Copy, Debug)]
pub struct Unjournalled(pub PlanId);

impl Journal for Unjournalled {
    fn plan(&self) -> PlanId {
        self.0
    }

    fn recall(&self, _: u32) -> BoxFuture<'_, Result<Option<Past>, JournalFailure>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn intend<'a>(&'a self, _: u32, _: &'a str, _: &'a Wire) -> BoxFuture<'a, Result<(), JournalFailure>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn answer<'a>(&'a self, _: u32, _: &'a Reply, _: bool) -> BoxFuture<'a, Result<(), JournalFailure>> {
        Box::pin(std::future::ready(Ok(())))
    }

    fn confirm(&self) -> BoxFuture<'_, Result<(), JournalFailure>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
