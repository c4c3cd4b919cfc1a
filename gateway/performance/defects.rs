//! What counts as wrong, one by one, with everything that is wrong with it.
//!
//! Start at [`Performance::defects`].

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Performance, PerformanceError, place};
use crate::policy::{Code, Failure, Marketplace, Metric, Verdict, spans};
use crate::store::{Asked, Counted, CountedCursor};
use crate::tenancy::TenantId;

/// A package, or an order, that counts as wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// The order.
    pub order: String,
    /// The package; empty when it is the order.
    pub package: String,
    /// The category in which it counts.
    pub category: String,
    /// The day on which it counts.
    pub day: Date,
    /// How much it counts.
    pub weight: u32,
    /// Everything for which it counts as wrong, the first first.
    pub failures: Vec<Failure>,
    /// What is worth a warning besides.
    pub warnings: Vec<Code>,
}

impl Performance {
    /// What counts as wrong now in the days of the metric's windows, by day, order and package, from behind the
    /// cursor, and where the next page begins if there is one.
    ///
    /// # Errors
    /// [`PerformanceError`].
    #[allow(clippy::too_many_arguments, reason = "each narrows the same question down")]
    pub async fn defects(
        &self,
        tenant: &TenantId,
        market: &'static Marketplace,
        metric: Metric,
        category: Option<&str>,
        after: Option<CountedCursor>,
        limit: u32,
        now: Timestamp,
    ) -> Result<(Vec<Defect>, Option<CountedCursor>), PerformanceError> {
        let today = market.day(now);
        let windows = spans(metric, market, today);
        let first = windows.iter().map(|span| span.first).min();
        let Some((first, last)) = first.zip(windows.iter().map(|span| span.last).max()) else {
            return Ok((Vec::new(), None));
        };
        let asked = Asked { place: place(tenant, market), metric: metric.name().to_owned(), first, last };
        let found = self.store.wrong_ones(&asked, today, category, after.as_ref(), limit).await?;
        let full = found.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let next = found.last().filter(|_| full).map(|(order, last)| CountedCursor {
            day: last.day,
            order: order.clone(),
            package: last.package.clone(),
        });
        let defects = found.into_iter().map(|(order, counted)| defect(order, counted, today));
        Ok((defects.collect::<Result<_, _>>()?, next))
    }
}

fn defect(order: String, counted: Counted, today: Date) -> Result<Defect, PerformanceError> {
    let verdict: Verdict = serde_json::from_slice(&counted.body)
        .map_err(|error| PerformanceError::Unreadable { what: "verdict", why: error.to_string() })?;
    Ok(Defect {
        order,
        failures: verdict.failures(today),
        package: counted.package,
        category: counted.category,
        day: counted.day,
        weight: counted.weight,
        warnings: verdict.warnings,
    })
}
