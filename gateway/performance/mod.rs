//! How sellers do by their marketplaces' rules: facts come in, every order is judged, and the figures are kept.
//!
//! Judging is `policy`'s and storing is `store`'s; this room puts them together. What is asked about today is answered
//! from sums that change with each fact, what is asked about the past from the facts that were known then; both go
//! through the same counting, so they cannot differ. It never reads a clock: the instant is handed in. Start at
//! [`Performance`].

mod ahead;
mod counting;
mod defects;
mod history;
mod recorder;
mod report;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::policy::Marketplace;
use crate::store::{MeasuredPlace, Store, StoreError};
use crate::tenancy::TenantId;

pub use ahead::Ahead;
pub use counting::sums_of;
pub use defects::Defect;
pub use recorder::{OWN, Outcome, ToldFact, newest};
pub use report::{Figures, Report};

/// Why a question about performance has no answer.
#[derive(Debug, thiserror::Error)]
pub enum PerformanceError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something in the store was not written by this program.
    #[error("a stored {what} cannot be read: {why}")]
    Unreadable {
        /// What it is.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// An order is written to from too many places at once.
    #[error("the facts of order `{order}` are being changed by others: tell them again")]
    Contended {
        /// The order.
        order: String,
    },
}

/// The performance of tenants, over one store.
#[derive(Clone)]
pub struct Performance {
    store: Arc<dyn Store>,
}

impl Performance {
    /// Over this store.
    pub fn new(store: Arc<dyn Store>) -> Performance {
        Performance { store }
    }
}

/// The place of a tenant's orders on a marketplace.
fn place(tenant: &TenantId, market: &Marketplace) -> MeasuredPlace {
    MeasuredPlace { tenant: tenant.as_str().to_owned(), marketplace: market.key.to_owned() }
}
