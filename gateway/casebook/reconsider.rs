//! Facts that come late: every order that was decided on and was told something since is decided on anew.
//!
//! A decision that comes out otherwise supersedes the one before it, which stays as it was. Start at
//! [`Casebook::reconsider`].

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::deciding::input_of;
use super::input::Known;
use super::{Casebook, CasebookError};
use crate::policy::Marketplace;
use crate::proof::Trigger;
use crate::store::{DecisionRow, MeasuredPlace};
use crate::tenancy::TenantId;

/// Orders that are reconsidered in one go.
const AT_ONCE: u32 = 200;

impl Casebook {
    /// Decides anew on up to 200 orders that were told something, and says how many. Call it until that is zero: then
    /// every decision that stands is by all that is known.
    ///
    /// # Errors
    /// When the store fails; what is left is reconsidered the next time.
    pub async fn reconsider(&self, now: Timestamp) -> Result<usize, CasebookError> {
        if self.key.is_none() {
            return Ok(0);
        }
        let due = self.store.to_reconsider(AT_ONCE).await?;
        let orders: BTreeMap<_, ()> = due.iter().map(|one| ((&one.place, one.order.as_str()), ())).collect();
        for (place, order) in orders.into_keys() {
            match self.anew(place, order, now).await {
                Ok(()) => {}
                Err(error @ (CasebookError::Unreadable { .. } | CasebookError::Facts(_))) => {
                    tracing::error!(%error, "an order cannot be decided on anew");
                }
                Err(error) => return Err(error),
            }
        }
        self.store.forget_reconsidered(due.iter().map(|one| one.id).collect()).await?;
        Ok(due.len())
    }

    async fn anew(&self, place: &MeasuredPlace, order: &str, now: Timestamp) -> Result<(), CasebookError> {
        let Some(market) = Marketplace::find(&place.marketplace) else { return Ok(()) };
        let tenant = TenantId::parse(&place.tenant)
            .map_err(|error| CasebookError::Unreadable { what: "tenant", why: error.to_string() })?;
        let mut standing: BTreeMap<(String, String), DecisionRow> = BTreeMap::new();
        for row in self.store.decisions_of(place, order).await? {
            standing.insert((row.kind.clone(), row.subject.clone()), row);
        }
        for ((_, subject), row) in standing {
            let old = input_of(&row)?;
            let ask = |known: &Known| {
                let gone = || CasebookError::NoSubject(format!("`{subject}` is no longer told"));
                let input = old.anew(known, &subject, now).ok_or_else(gone)?;
                Ok((subject.clone(), input))
            };
            match self.add(&tenant, market, order, &ask, Trigger::Fact, now).await {
                Ok(_) | Err(CasebookError::NoSubject(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
