//! A metric's figures: over each of its windows, in all and by category, with rules and reasons.
//!
//! Start at [`Performance::metric`].

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::counting::{Folded, fold, sums_of};
use super::{Performance, PerformanceError, place};
use crate::policy::{Counts, Marketplace, Metric, Span, Status, Tally, rule_set_version, spans, tally};
use crate::store::{Asked, Sum};
use crate::tenancy::TenantId;

/// A metric at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The metric.
    pub metric: Metric,
    /// The marketplace.
    pub market: &'static Marketplace,
    /// The instant.
    pub as_of: Timestamp,
    /// The day of the report there.
    pub today: Date,
    /// Names the rules that it was computed with.
    pub rule_set: &'static str,
    /// One for each window, the most telling first; none where the marketplace does not measure it.
    pub figures: Vec<Figures>,
    /// The worst status of any window and category.
    pub status: Status,
}

/// A metric over one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// The window.
    pub span: Span,
    /// Everything together.
    pub whole: Tally,
    /// Each category by itself; the empty name has what was told without one.
    pub categories: BTreeMap<String, Tally>,
    /// By rule id: what is not counted. What several rules take out is in each of them.
    pub exempt: BTreeMap<String, u64>,
    /// By rule id: what would be wrong without it.
    pub excused: BTreeMap<String, u64>,
    /// By the first reason of each: what is wrong.
    pub wrong: BTreeMap<String, u64>,
    /// Day by day.
    pub days: BTreeMap<Date, Counts>,
}

impl Performance {
    /// A metric as it stands, or as it stood at a past instant by what was known then.
    ///
    /// # Errors
    /// [`PerformanceError`].
    pub async fn metric(
        &self,
        tenant: &TenantId,
        market: &'static Marketplace,
        metric: Metric,
        as_of: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Report, PerformanceError> {
        let at = as_of.unwrap_or(now);
        let today = market.day(at);
        let windows = spans(metric, market, today);
        let first = windows.iter().map(|span| span.first).min();
        let last = windows.iter().map(|span| span.last).max();
        let sums = match first.zip(last) {
            None => Vec::new(),
            Some((first, last)) => {
                let asked =
                    Asked { place: place(tenant, market), metric: metric.name().to_owned(), first, last };
                if at < now {
                    sums_of(&self.known_at(tenant, market, metric, &asked, at).await?)
                } else {
                    self.store.sums(&asked).await?
                }
            }
        };
        Ok(report(metric, market, at, &windows, &sums))
    }
}

/// The report that sums make.
pub(super) fn report(
    metric: Metric,
    market: &'static Marketplace,
    as_of: Timestamp,
    windows: &[Span],
    sums: &[Sum],
) -> Report {
    let today = market.day(as_of);
    let figures: Vec<_> = windows.iter().map(|span| figures(metric, market, today, *span, sums)).collect();
    let statuses = figures.iter().flat_map(|figures| {
        figures.categories.values().map(|tally| tally.status).chain([figures.whole.status])
    });
    let status = statuses.max().unwrap_or(Status::None);
    Report { metric, market, as_of, today, rule_set: rule_set_version(), figures, status }
}

fn figures(metric: Metric, market: &Marketplace, today: Date, span: Span, sums: &[Sum]) -> Figures {
    let inside: Vec<&Sum> = sums.iter().filter(|sum| (span.first..=span.last).contains(&sum.day)).collect();
    let Folded { counts, exempt, excused, wrong } = fold(inside.iter().copied(), today);
    let names: BTreeSet<&str> = inside.iter().map(|sum| sum.category.as_str()).collect();
    let of = |name: &str| {
        let counts = fold(inside.iter().copied().filter(|sum| sum.category == name), today).counts;
        (name.to_owned(), tally(metric, market, today, counts))
    };
    let categories = names.into_iter().map(of).collect();
    let days = by_day(inside.iter().copied(), today);
    let whole = tally(metric, market, today, counts);
    Figures { span, whole, categories, exempt, excused, wrong, days }
}

/// What counts on each day.
pub(super) fn by_day<'a>(sums: impl IntoIterator<Item = &'a Sum>, today: Date) -> BTreeMap<Date, Counts> {
    let mut days: BTreeMap<Date, Vec<&Sum>> = BTreeMap::new();
    for sum in sums {
        days.entry(sum.day).or_default().push(sum);
    }
    days.into_iter().map(|(day, sums)| (day, fold(sums, today).counts)).collect()
}
