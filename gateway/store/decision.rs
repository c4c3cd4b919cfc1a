//! What a store keeps of decisions on claims and ratings: its trait and its rows.
//!
//! A decision is never changed or removed; the next one of its order is added behind it. Start at [`DecisionStore`].

use async_trait::async_trait;
use jiff::Timestamp;

use super::{MeasuredPlace, NewEvent, Result};

/// Decisions, in a chain for each order. Each method is one transaction.
#[async_trait]
pub trait DecisionStore: Send + Sync + 'static {
    /// Adds a decision with the key that signed it and its event.
    /// [`StoreError::Conflict`](super::StoreError::Conflict) when its place in the order's chain is taken, or the order's
    /// facts are no longer at the version that it was decided on (0 where there are none): then nothing was stored.
    async fn append_decision(
        &self,
        decision: DecisionRow,
        facts_version: u64,
        key: KeyRow,
        event: NewEvent,
    ) -> Result<()>;

    /// A decision of the tenant.
    async fn decision(&self, tenant: &str, id: &str) -> Result<Option<DecisionRow>>;

    /// The decisions of an order, from its first on.
    async fn decisions_of(&self, place: &MeasuredPlace, order: &str) -> Result<Vec<DecisionRow>>;

    /// Every key that ever signed a decision, by the moment of its first one.
    async fn signing_keys(&self) -> Result<Vec<KeyRow>>;

    /// The oldest orders of any tenant that have decisions and were told something since. The store notes it in the
    /// transaction that records the facts.
    async fn to_reconsider(&self, limit: u32) -> Result<Vec<Reconsider>>;

    /// Forgets those that were reconsidered.
    async fn forget_reconsidered(&self, ids: Vec<u64>) -> Result<()>;
}

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRow {
    /// Whose order it is about, and where it was placed.
    pub place: MeasuredPlace,
    /// The order.
    pub order: String,
    /// Its place in the order's chain, from 1 without gaps.
    pub sequence: u32,
    /// Its id, unique within the tenant.
    pub id: String,
    /// What was decided on: `CLAIM` or `REVIEW`.
    pub kind: String,
    /// The claim's or the rating's id.
    pub subject: String,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// The signed document.
    pub document: String,
    /// What it was decided from, opaque to the store.
    pub input: Vec<u8>,
}

/// A key that signed decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Its name.
    pub kid: String,
    /// Its public half, 32 bytes.
    pub public: Vec<u8>,
    /// When it signed its first decision.
    pub first_used_at: Timestamp,
}

/// An order that was told something since it was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconsider {
    /// Names this note.
    pub id: u64,
    /// Whose order it is, and where it was placed.
    pub place: MeasuredPlace,
    /// The order.
    pub order: String,
}
