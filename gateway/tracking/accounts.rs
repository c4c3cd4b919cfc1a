//! The account that a carrier is asked with.
//!
//! It never keeps a secret longer than its caller. Start with [`Accounts::of`].

use std::sync::Arc;

use super::tracker::TrackingError;
use crate::carriers::LinkedAccount;
use crate::seal::Sealer;
use crate::store::{AccountRow, Store};

/// Linked accounts, opened.
#[derive(Clone)]
pub(super) struct Accounts {
    pub(super) store: Arc<dyn Store>,
    pub(super) sealer: Sealer,
}

impl Accounts {
    /// The account of this id when it is still there and the carrier's, else any of the tenant's with the carrier.
    ///
    /// # Errors
    /// When the store fails, or an account cannot be opened.
    pub(super) async fn of(
        &self,
        tenant: &str,
        carrier: &str,
        named: Option<&str>,
    ) -> Result<Option<LinkedAccount>, TrackingError> {
        if let Some(id) = named
            && let Some(row) = self.store.account(tenant, id).await?
            && row.carrier == carrier
        {
            return Ok(Some(self.opened(row)?));
        }
        let rows = self.store.accounts(tenant).await?;
        rows.into_iter().find(|row| row.carrier == carrier).map(|row| self.opened(row)).transpose()
    }

    /// The accounts of this id that any tenant has with the carrier.
    ///
    /// # Errors
    /// As [`Accounts::of`].
    pub(super) async fn named(&self, carrier: &str, id: &str) -> Result<Vec<LinkedAccount>, TrackingError> {
        let rows = self.store.accounts_named(carrier, id).await?;
        rows.into_iter().map(|row| self.opened(row)).collect()
    }

    fn opened(&self, row: AccountRow) -> Result<LinkedAccount, TrackingError> {
        LinkedAccount::open(row, &self.sealer).map_err(TrackingError::Internal)
    }
}
