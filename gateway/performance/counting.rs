//! Verdicts as what the store counts, and sums as counts of one day.
//!
//! Start at [`counted`] for the way in and [`fold`] for the way out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::PerformanceError;
use crate::policy::{Code, Counts, Order, Standing, Verdict};
use crate::store::{Counted, Sum};

/// Between the ids of several rules.
const AND: &str = "+";

/// What an order's verdicts count.
///
/// # Errors
/// [`PerformanceError::Unreadable`] for a verdict that cannot be written.
pub(super) fn counted(order: &Order, verdicts: &[Verdict]) -> Result<Vec<Counted>, PerformanceError> {
    verdicts.iter().map(|verdict| one(order, verdict)).collect()
}

fn one(order: &Order, verdict: &Verdict) -> Result<Counted, PerformanceError> {
    let (tag, right_until, exempt, right) = match &verdict.standing {
        Standing::Exempt(rules) => (rules.join(AND), Date::MAX, true, false),
        Standing::Right { until: Some((last, failure)), .. } => {
            (failure.code.as_str().to_owned(), *last, false, true)
        }
        Standing::Right { excused, until: None } => (excused.join(AND), Date::MAX, false, true),
        Standing::Wrong(failures) => {
            let first = failures.first().map(|failure| failure.code.as_str());
            (first.unwrap_or_default().to_owned(), Date::MAX, false, false)
        }
    };
    let body = serde_json::to_vec(verdict)
        .map_err(|error| PerformanceError::Unreadable { what: "verdict", why: error.to_string() })?;
    Ok(Counted {
        metric: verdict.metric.name().to_owned(),
        package: verdict.package.clone(),
        category: verdict.category.clone(),
        day: verdict.day,
        tag,
        right_until,
        weight: verdict.weight,
        exempt,
        right,
        at_risk_from: at_risk_from(order, verdict),
        body,
    })
}

/// A package that only lacks its scan is no risk before it had to be handed over; anything else is at once.
fn at_risk_from(order: &Order, verdict: &Verdict) -> Timestamp {
    let unscanned = match &verdict.standing {
        Standing::Wrong(failures) => failures.iter().all(|failure| failure.code == Code::NoScan),
        _ => false,
    };
    let ship_by = order.placed.as_ref().and_then(|placed| placed.ship_by);
    ship_by.filter(|_| unscanned).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The sums of what was counted, as a store keeps them.
pub fn sums_of<'a>(counted: impl IntoIterator<Item = &'a Counted>) -> Vec<Sum> {
    // By category, day, tag and last right day: counted, right and exempt.
    let mut sums = BTreeMap::<_, (u64, u64, u64)>::new();
    for one in counted {
        let key = (one.category.as_str(), one.day, one.tag.as_str(), one.right_until);
        let (counted, right, exempt) = sums.entry(key).or_default();
        let weight = u64::from(one.weight);
        *counted = counted.saturating_add(if one.exempt { 0 } else { weight });
        *right = right.saturating_add(if one.right { weight } else { 0 });
        *exempt = exempt.saturating_add(if one.exempt { weight } else { 0 });
    }
    let sum = |((category, day, tag, right_until), (counted, right, exempt))| Sum {
        category: str::to_owned(category),
        day,
        tag: str::to_owned(tag),
        right_until,
        counted,
        right,
        exempt,
    };
    sums.into_iter().map(sum).collect()
}

/// What sums come to on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Folded {
    /// All together.
    pub(super) counts: Counts,
    /// By rule: what is not counted.
    pub(super) exempt: BTreeMap<String, u64>,
    /// By rule: what is not counted as wrong.
    pub(super) excused: BTreeMap<String, u64>,
    /// By reason: what is wrong.
    pub(super) wrong: BTreeMap<String, u64>,
}

/// Adds sums up as they stand on `today`.
pub(super) fn fold<'a>(sums: impl IntoIterator<Item = &'a Sum>, today: Date) -> Folded {
    let mut folded = Folded::default();
    for sum in sums {
        let right = if today <= sum.right_until { sum.right } else { 0 };
        let wrong = sum.counted.saturating_sub(right);
        folded.counts = add(folded.counts, Counts { counted: sum.counted, right, exempt: sum.exempt });
        if wrong > 0 {
            more(&mut folded.wrong, &sum.tag, wrong);
        }
        for rule in sum.tag.split(AND).filter(|rule| !rule.is_empty()) {
            if sum.exempt > 0 {
                more(&mut folded.exempt, rule, sum.exempt);
            }
            // A tag of what can still become wrong names the reason, not an excuse.
            if right > 0 && sum.right_until == Date::MAX {
                more(&mut folded.excused, rule, right);
            }
        }
    }
    folded
}

/// Both together.
pub(super) fn add(left: Counts, right: Counts) -> Counts {
    Counts {
        counted: left.counted.saturating_add(right.counted),
        right: left.right.saturating_add(right.right),
        exempt: left.exempt.saturating_add(right.exempt),
    }
}

fn more(counts: &mut BTreeMap<String, u64>, key: &str, by: u64) {
    match counts.get_mut(key) {
        Some(count) => *count = count.saturating_add(by),
        None => {
            counts.insert(key.to_owned(), by);
        }
    }
}
