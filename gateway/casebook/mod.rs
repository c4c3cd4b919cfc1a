//! Decisions on claims and ratings: made from what is known of an order, signed, kept in a chain, and made anew when facts
//! come late.
//!
//! Deciding is `protection`'s, signing `proof`'s and storing `store`'s; this room puts them together. It never reads a
//! clock: the instant is handed in. Start at [`Casebook`].

mod deciding;
mod input;
mod looking;
mod reconsider;
mod what_if;

use std::sync::Arc;

use crate::performance::PerformanceError;
use crate::policy::Marketplace;
use crate::proof::{ProofError, SigningKey};
use crate::protection::{RuleFileError, RuleSets};
use crate::store::{MeasuredPlace, Store, StoreError};
use crate::tenancy::TenantId;

pub use deciding::{AskedReview, Decided, Outcome};
pub use what_if::{Flip, Replay, Totals};

/// Why there is no decision.
#[derive(Debug, thiserror::Error)]
pub enum CasebookError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the store has of the order cannot be put together.
    #[error(transparent)]
    Facts(#[from] PerformanceError),
    /// Something in the store was not written by this program.
    #[error("a stored {what} cannot be read: {why}")]
    Unreadable {
        /// What it is.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing was told of the order.
    #[error("nothing is known of order `{0}`: tell its facts with ReportOrderFacts")]
    UnknownOrder(String),
    /// The order has no such claim or rating, or several of which none was named.
    #[error("{0}")]
    NoSubject(String),
    /// There is no such decision.
    #[error("there is no decision `{0}`")]
    UnknownDecision(String),
    /// The gateway has no key.
    #[error("decisions are signed, and this gateway has no key: set `protection.signing_key`")]
    Unsigned,
    /// The order is decided on from too many places at once.
    #[error("order `{0}` is being decided on by others: ask again")]
    Contended(String),
    /// Something could not be signed.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A rule file is none.
    #[error("the rules: {0}")]
    Rules(#[from] RuleFileError),
}

/// The decisions of tenants, over one store.
#[derive(Clone)]
pub struct Casebook {
    store: Arc<dyn Store>,
    key: Option<Arc<SigningKey>>,
    rules: Arc<RuleSets>,
}

impl Casebook {
    /// Over this store; without a key nothing can be decided, only looked at.
    pub fn new(store: Arc<dyn Store>, key: Option<Arc<SigningKey>>) -> Casebook {
        Casebook { store, key, rules: Arc::new(RuleSets::published()) }
    }

    /// The same with other rules: what a later release decides by.
    #[must_use]
    pub fn with_rules(self, rules: RuleSets) -> Casebook {
        Casebook { rules: Arc::new(rules), ..self }
    }
}

/// The place of a tenant's orders on a marketplace.
fn place(tenant: &TenantId, market: &Marketplace) -> MeasuredPlace {
    MeasuredPlace { tenant: tenant.as_str().to_owned(), marketplace: market.key.to_owned() }
}
