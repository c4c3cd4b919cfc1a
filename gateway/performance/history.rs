//! What was known at a past instant: every order put together from the facts told by then, and judged.
//!
//! It reads every order of the place, so it takes time that grows with them. Start at [`Performance::known_at`].

use jiff::Timestamp;

use super::counting::counted;
use super::recorder::assemble;
use super::{Performance, PerformanceError, place};
use crate::policy::{Marketplace, Metric, judge};
use crate::store::{Asked, Counted, MAX_ROWS};
use crate::tenancy::TenantId;

impl Performance {
    /// What counted in a metric on the days asked for, by what was told until an instant.
    ///
    /// # Errors
    /// [`PerformanceError`].
    pub async fn known_at(
        &self,
        tenant: &TenantId,
        market: &'static Marketplace,
        metric: Metric,
        asked: &Asked,
        at: Timestamp,
    ) -> Result<Vec<Counted>, PerformanceError> {
        let place = place(tenant, market);
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.store.facts_of_all(&place, &after, MAX_ROWS).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after.clone_from(&last.order);
            for order in &page {
                let told = order.facts.iter().filter(|fact| fact.recorded_at <= at);
                let whole = assemble(market, told)?;
                let mut verdicts = judge(&whole);
                verdicts.retain(|verdict| {
                    verdict.metric == metric && (asked.first..=asked.last).contains(&verdict.day)
                });
                all.extend(counted(&whole, &verdicts)?);
            }
        }
    }
}
