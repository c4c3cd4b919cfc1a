//! Exchange rates of a running gateway: read from where they are published, kept
//! in the store, and handed to decisions as one table.
//!
//! It makes no rate up: a source that fails leaves the table as it was. How a
//! rate is chosen is `regional`'s matter. Start with [`ExchangeRates`], then
//! [`Keeper`].

mod keeper;
mod source;
#[cfg(test)]
mod tests;

pub use keeper::{KeepError, Keeper};
pub use source::{FileSource, LONGEST_FILE, RateSource, SourceError, UrlSource};

use std::sync::{Arc, PoisonError, RwLock};

use crate::regional::RateTable;

/// The table that decisions are made with now.
#[derive(Debug, Default)]
pub struct ExchangeRates {
    table: RwLock<Arc<RateTable>>,
}

impl ExchangeRates {
    /// A table that stays until it is replaced.
    pub fn new(table: RateTable) -> Self {
        Self { table: RwLock::new(Arc::new(table)) }
    }

    /// The table of this moment; a decision holds on to one.
    pub fn current(&self) -> Arc<RateTable> {
        Arc::clone(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another table in its place.
    pub fn replace(&self, table: RateTable) {
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    }
}
