//! A tenant's contract with a carrier, with its secrets.

use std::collections::BTreeMap;
use std::fmt;

use parcelgate_kit::account::Account;
use secrecy::SecretString;

use crate::seal::Sealer;
use crate::store::AccountRow;

/// A carrier account that is ready for use.
#[derive(Clone)]
pub struct LinkedAccount {
    /// Whose it is.
    pub tenant: String,
    /// Its id, unique within the tenant.
    pub id: String,
    /// The carrier's id.
    pub carrier: String,
    /// What the adapter sees.
    pub account: Account,
    secrets: BTreeMap<String, SecretString>,
}

impl LinkedAccount {
    /// An account of these settings and secrets.
    pub fn new(
        tenant: impl Into<String>,
        id: impl Into<String>,
        carrier: impl Into<String>,
        settings: BTreeMap<String, String>,
        secrets: BTreeMap<String, SecretString>,
    ) -> Self {
        let account = Account::new(settings, secrets.keys().cloned());
        Self { tenant: tenant.into(), id: id.into(), carrier: carrier.into(), account, secrets }
    }

    /// The account of a row of the store, its secrets opened.
    ///
    /// # Errors
    /// When no key opens them, or what was stored is none; the words hold no secret.
    pub fn open(row: AccountRow, sealer: &Sealer) -> Result<Self, String> {
        let settings = serde_json::from_slice(&row.settings).map_err(|error| error.to_string())?;
        let plain = sealer.open(&[&row.tenant, "account", &row.id], &row.sealed_secrets);
        let plain = plain.map_err(|error| error.to_string())?;
        // Its words could repeat what it could not read.
        let secrets: BTreeMap<String, String> = serde_json::from_slice(&plain)
            .map_err(|_| format!("the stored secrets of account `{}` cannot be read", row.id))?;
        let secrets = secrets.into_iter().map(|(name, secret)| (name, SecretString::from(secret))).collect();
        Ok(Self::new(row.tenant, row.id, row.carrier, settings, secrets))
    }

    /// The secret of this name.
    pub fn secret(&self, name: &str) -> Option<SecretString> {
        self.secrets.get(name).cloned()
    }

    /// What limits and tokens are kept by.
    pub(super) fn key(&self) -> (String, String) {
        (self.tenant.clone(), self.id.clone())
    }
}

impl fmt::Debug for LinkedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account `{}` of `{}` with {}", self.id, self.tenant, self.carrier)
    }
}
