//! Looking decisions up, and handing them out with their evidence and the keys.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::deciding::{Decided, decided};
use super::{Casebook, CasebookError, place};
use crate::policy::Marketplace;
use crate::proof::{Bundle, BundleFact, KeySet, PublicKey};
use crate::tenancy::TenantId;

impl Casebook {
    /// A decision of the tenant.
    ///
    /// # Errors
    /// [`CasebookError::UnknownDecision`], or when the store fails.
    pub async fn decision(&self, tenant: &TenantId, id: &str) -> Result<Decided, CasebookError> {
        let found = self.store.decision(tenant.as_str(), id).await?;
        decided(&found.ok_or_else(|| CasebookError::UnknownDecision(id.to_owned()))?)
    }

    /// Every key that signed a decision, and the one that signs now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keys(&self) -> Result<KeySet, CasebookError> {
        let rows = self.store.signing_keys().await?;
        let mut keys: Vec<_> = rows.iter().filter_map(|row| PublicKey::of(&row.public)).collect();
        if let Some(key) = &self.key
            && !keys.contains(key.public())
        {
            keys.push(key.public().clone());
        }
        Ok(KeySet { keys })
    }

    /// An order's decisions with the facts that they rest on, or with the hashes of those alone.
    ///
    /// # Errors
    /// [`CasebookError::NoSubject`] when nothing was decided on it, or when the store fails.
    pub async fn bundle(
        &self,
        tenant: &TenantId,
        market: &'static Marketplace,
        order: &str,
        hashes_only: bool,
    ) -> Result<Bundle, CasebookError> {
        let place = place(tenant, market);
        let rows = self.store.decisions_of(&place, order).await?;
        if rows.is_empty() {
            return Err(CasebookError::NoSubject(format!("nothing was decided on order `{order}`")));
        }
        let facts = if hashes_only { Vec::new() } else { self.store.facts_of(&place, order).await?.facts };
        let facts = facts.iter().map(|row| BundleFact {
            id: row.id.clone(),
            version: row.version.to_string(),
            body: STANDARD.encode(&row.body),
        });
        Ok(Bundle {
            format: Bundle::FORMAT.to_owned(),
            decisions: rows.into_iter().map(|row| row.document).collect(),
            facts: facts.collect(),
            keys: self.keys().await?,
        })
    }
}
