//! Accounts with carriers: their secrets are sealed and never told again.

use std::collections::BTreeMap;

use parcelgate_kit::model::{Invalid, Problem};
use secrecy::{ExposeSecret, SecretString};

use super::ShippingError;
use super::gateway::Gateway;
use crate::carriers::LinkedAccount;
use crate::store::AccountRow;
use crate::tenancy::TenantId;

/// An account that is to be linked.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its id, unique within the tenant.
    pub id: String,
    /// The carrier.
    pub carrier: String,
    /// What is not secret.
    pub settings: BTreeMap<String, String>,
    /// What is.
    pub secrets: BTreeMap<String, SecretString>,
}

impl Gateway {
    /// Links an account, or renews one of the same id.
    ///
    /// # Errors
    /// Every setting that is missing, unknown or ill-formed.
    pub async fn link_account(&self, tenant: &TenantId, new: NewAccount) -> Result<(), ShippingError> {
        let Some(host) = self.carriers.get(&new.carrier) else {
            let known: Vec<_> = self.carriers.iter().map(|host| host.descriptor().id).collect();
            let words =
                format!("`{}` is no carrier of this gateway; it has {}", new.carrier, known.join(", "));
            return Err(ShippingError::invalid("carrier", words));
        };
        let linked = LinkedAccount::new(
            tenant.as_str(),
            &new.id,
            &new.carrier,
            new.settings.clone(),
            new.secrets.clone(),
        );
        linked.account.check(host.descriptor().account).map_err(|bad| {
            let named =
                |bad: Invalid| Invalid::new(format!("accounts.{}.{}", new.id, bad.field), bad.problem);
            ShippingError::Invalid(bad.into_iter().map(named).collect())
        })?;
        let secrets: BTreeMap<_, _> = new
            .secrets
            .iter()
            .map(|(name, secret)| (name.clone(), secret.expose_secret().to_owned()))
            .collect();
        let row = AccountRow {
            tenant: tenant.as_str().to_owned(),
            id: new.id.clone(),
            carrier: new.carrier,
            name: new.id.clone(),
            settings: serde_json::to_vec(&new.settings)
                .map_err(|e| ShippingError::Internal(e.to_string()))?,
            sealed_secrets: self.seal(&[tenant.as_str(), "account", &new.id], &secrets)?,
            updated_at: self.now(),
        };
        Ok(self.store.put_account(row).await?)
    }

    /// The tenant's accounts: those named, or all.
    pub(super) async fn accounts_for(
        &self,
        tenant: &TenantId,
        named: &[String],
    ) -> Result<Vec<LinkedAccount>, ShippingError> {
        let rows = self.store.accounts(tenant.as_str()).await?;
        let mut bad = Vec::new();
        for (index, name) in named.iter().enumerate() {
            if !rows.iter().any(|row| row.id == *name) {
                let problem = Problem::new(format!("there is no account `{name}`"));
                bad.push(Invalid::new(format!("accounts[{index}]"), problem));
            }
        }
        if !bad.is_empty() {
            return Err(ShippingError::Invalid(bad));
        }
        rows.into_iter()
            .filter(|row| named.is_empty() || named.contains(&row.id))
            .map(|row| self.opened(row))
            .collect()
    }

    /// One account of the tenant.
    pub(super) async fn account(&self, tenant: &str, id: &str) -> Result<LinkedAccount, ShippingError> {
        match self.store.account(tenant, id).await? {
            Some(row) => self.opened(row),
            None => Err(ShippingError::NotFound { what: "account", id: id.to_owned() }),
        }
    }

    fn opened(&self, row: AccountRow) -> Result<LinkedAccount, ShippingError> {
        LinkedAccount::open(row, &self.sealer).map_err(ShippingError::Internal)
    }
}
