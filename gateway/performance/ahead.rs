//! Looking ahead: what is at risk before it counts, and when a target will be missed.
//!
//! Start at [`Performance::ahead`].

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::report::by_day;
use super::{Performance, PerformanceError, place};
use crate::policy::{Counts, Forecast, Marketplace, Metric, forecast, spans};
use crate::store::Asked;
use crate::tenancy::TenantId;

/// What is promised further ahead than this is not looked at, in days.
const FARTHEST: i32 = 90;

/// A metric's near future.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// What does not count yet and would count as wrong if nothing more happens: it had to be handed over and was not
    /// scanned, or something else is wrong with it.
    pub at_risk: u64,
    /// The same by the day on which it will count.
    pub at_risk_by_day: BTreeMap<Date, u64>,
    /// What is foretold; none where the marketplace does not measure it.
    pub forecast: Option<Forecast>,
}

impl Performance {
    /// Looks ahead from now.
    ///
    /// # Errors
    /// [`PerformanceError`].
    pub async fn ahead(
        &self,
        tenant: &TenantId,
        market: &'static Marketplace,
        metric: Metric,
        now: Timestamp,
    ) -> Result<Ahead, PerformanceError> {
        let today = market.day(now);
        let Some(span) = spans(metric, market, today).into_iter().next() else {
            return Ok(Ahead { at_risk: 0, at_risk_by_day: BTreeMap::new(), forecast: None });
        };
        let farthest = today.checked_add(FARTHEST.days()).unwrap_or(Date::MAX);
        let of = |first, last| Asked {
            place: place(tenant, market),
            metric: metric.name().to_owned(),
            first,
            last,
        };
        let sums = self.store.sums(&of(span.first, farthest)).await?;
        let next = span.last.checked_add(1.day()).unwrap_or(Date::MAX);
        let at_risk = self.store.at_risk(&of(next, farthest), now).await?;
        let at_risk_by_day: BTreeMap<Date, u64> = at_risk.into_iter().collect();
        let mut days = by_day(&sums, today);
        for (day, counts) in days.range_mut(next..) {
            // What was not due yet is expected to go well.
            let wrong = at_risk_by_day.get(day).copied().unwrap_or(0);
            *counts = Counts { right: counts.counted.saturating_sub(wrong), ..*counts };
        }
        Ok(Ahead {
            at_risk: at_risk_by_day.values().fold(0, |sum, more| sum.saturating_add(*more)),
            at_risk_by_day,
            forecast: forecast(metric, market, today, &days),
        })
    }
}
