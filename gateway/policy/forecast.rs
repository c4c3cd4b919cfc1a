//! Looking ahead: what it takes to meet a target again, and when it will be missed if all goes on as it does.
//!
//! Start at [`forecast`].

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::marketplace::Marketplace;
use super::rules::Metric;
use super::tally::{Counts, Span, Target, spans, tally};

/// How many days are looked ahead.
const HORIZON: i32 = 60;

/// What a metric will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// Right ones in a row, without a wrong one, that it takes to meet the target; 0 when it is met. None when there is
    /// no target, or no number of them is enough.
    pub to_recover: Option<u64>,
    /// The first day on which a report would miss the target at the present pace; today when it is missed. None when it
    /// is not within 60 days.
    pub breach_on: Option<Date>,
    /// The pace that was assumed.
    pub pace: Pace,
}

/// What comes in on a day, on average over the days that are counted now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// Counted ones in the days that are counted now.
    pub counted: u64,
    /// Of them, wrong ones.
    pub wrong: u64,
    /// How many days those are.
    pub days: u64,
}

/// Looks ahead, from what counts on each day: those that are counted now and those that will be.
///
/// A day that has passed the end of the window, but has nothing yet, gets the present pace. None where the
/// marketplace has no window for the metric.
pub fn forecast(
    metric: Metric,
    market: &Marketplace,
    today: Date,
    by_day: &BTreeMap<Date, Counts>,
) -> Option<Forecast> {
    let span = spans(metric, market, today).into_iter().next()?;
    let now = within(by_day, span);
    let target = tally(metric, market, today, now).target.map(|(target, _)| target);
    let wrong = now.counted.saturating_sub(now.right);
    let days = u64::try_from((span.last - span.first).get_days()).unwrap_or(0).saturating_add(1);
    let pace = Pace { counted: now.counted, wrong, days };
    let Some(target) = target else {
        return Some(Forecast { to_recover: None, breach_on: None, pace });
    };
    let to_recover = to_recover(metric, target, now);
    let breach_on = breach(metric, market, today, target, by_day, pace);
    Some(Forecast { to_recover, breach_on, pace })
}

/// How many right ones it takes.
fn to_recover(metric: Metric, target: Target, now: Counts) -> Option<u64> {
    let met =
        |more: u64| is_met(metric, target, now.counted.saturating_add(more), now.right.saturating_add(more));
    if now.counted == 0 || met(0) {
        return Some(0);
    }
    // Doubling, then halving: what is wrong stays, so more right ones never make it worse.
    let mut enough = 1_u64;
    while !met(enough) {
        enough = enough.checked_mul(2).filter(|more| *more < 1 << 48)?;
    }
    let (mut low, mut high) = (enough / 2, enough);
    while low + 1 < high {
        let middle = low.midpoint(high);
        if met(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

fn is_met(metric: Metric, target: Target, counted: u64, right: u64) -> bool {
    let numerator = if metric.counts_right() { right } else { counted.saturating_sub(right) };
    target.is_met(numerator, counted)
}

fn breach(
    metric: Metric,
    market: &Marketplace,
    today: Date,
    target: Target,
    by_day: &BTreeMap<Date, Counts>,
    pace: Pace,
) -> Option<Date> {
    let mut future = by_day.clone();
    let newest = by_day.keys().next_back().copied();
    for ahead in 0..=HORIZON {
        let day = today.checked_add(ahead.days()).ok()?;
        let span = spans(metric, market, day).into_iter().next()?;
        if newest.is_none_or(|newest| span.last > newest) {
            future.insert(span.last, expected(pace, ahead));
        }
        let counts = within(&future, span);
        if counts.counted > 0 && !is_met(metric, target, counts.counted, counts.right) {
            return Some(day);
        }
    }
    None
}

/// What the pace brings on one day. Wholes are spread so that over the days they add up to the pace.
fn expected(pace: Pace, ahead: i32) -> Counts {
    let at = u64::try_from(ahead).unwrap_or(0);
    let share = |all: u64| {
        let upto = |days: u64| all.saturating_mul(days).checked_div(pace.days).unwrap_or(0);
        upto(at.saturating_add(1)).saturating_sub(upto(at))
    };
    let counted = share(pace.counted);
    Counts { counted, right: counted.saturating_sub(share(pace.wrong)), exempt: 0 }
}

fn within(by_day: &BTreeMap<Date, Counts>, span: Span) -> Counts {
    by_day.range(span.first..=span.last).fold(Counts::default(), |sum, (_, day)| Counts {
        counted: sum.counted.saturating_add(day.counted),
        right: sum.right.saturating_add(day.right),
        exempt: sum.exempt.saturating_add(day.exempt),
    })
}
