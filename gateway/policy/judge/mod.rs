//! Judging an order: one verdict for each metric that it, or a package of it, counts in.
//!
//! A verdict depends on facts alone, never on the hour: what time alone can change is the last day on which it counts
//! as right. So verdicts can be kept and added up. Start at [`judge`].

mod delivery;
mod exempt;
mod orders;
mod tracking;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::code::Code;
use super::order::Order;
use super::rules::Metric;

/// How something counts in a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The metric.
    pub metric: Metric,
    /// The package; empty when it is the whole order.
    pub package: String,
    /// The product category, in which it counts; empty when none was told.
    pub category: String,
    /// The day on which it counts.
    pub day: Date,
    /// How much it counts: 1, or its units.
    pub weight: u32,
    /// Right, wrong or not counted.
    pub standing: Standing,
    /// What is worth a warning and does not count.
    pub warnings: Vec<Code>,
}

/// Right, wrong or not counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Not counted, by these rules.
    Exempt(Vec<String>),
    /// It counts as right, where `excused` names rules that make it so.
    Right {
        /// Rules by which it is not counted as wrong.
        excused: Vec<String>,
        /// From the day after this one on it counts as wrong, for this reason.
        until: Option<(Date, Failure)>,
    },
    /// It counts as wrong; the first reason is the one it is listed under.
    Wrong(Vec<Failure>),
}

/// A reason for which something counts as wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The reason.
    pub code: Code,
    /// The rule that says so.
    pub rule: String,
}

impl Verdict {
    /// Whether it counts as right on a day; none when it is not counted.
    pub fn is_right(&self, today: Date) -> Option<bool> {
        match &self.standing {
            Standing::Exempt(_) => None,
            Standing::Right { until, .. } => Some(until.as_ref().is_none_or(|(last, _)| today <= *last)),
            Standing::Wrong(_) => Some(false),
        }
    }

    /// Everything for which it counts as wrong on a day, the first first.
    pub fn failures(&self, today: Date) -> Vec<Failure> {
        match &self.standing {
            Standing::Wrong(failures) => failures.clone(),
            Standing::Right { until: Some((last, failure)), .. } if today > *last => vec![failure.clone()],
            _ => Vec::new(),
        }
    }
}

/// Everything that an order counts in, by the rules of the days on which it counts.
pub fn judge(order: &Order) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (id, shipped) in &order.packages {
        if shipped.package.as_ref().is_some_and(|package| package.voided) {
            continue;
        }
        verdicts.extend(tracking::judge(order, id, shipped));
        verdicts.extend(delivery::judge(order, id, shipped));
    }
    verdicts.extend(orders::late_shipment(order));
    verdicts.extend(orders::cancellation(order));
    verdicts.extend(orders::defects(order));
    verdicts
}

/// The verdict on something that was looked at for everything that could be wrong.
fn standing(failures: Vec<Failure>) -> Standing {
    if failures.is_empty() {
        Standing::Right { excused: Vec::new(), until: None }
    } else {
        Standing::Wrong(failures)
    }
}

/// Whether a metric is measured on a marketplace at all: it has a target there, or had or will have one.
fn is_measured(metric: Metric, order: &Order) -> bool {
    use super::rules::{Sets, all};
    all().any(|rule| {
        rule.metric == metric
            && matches!(rule.sets, Sets::AtLeast(_) | Sets::AtMost(_) | Sets::Below(_))
            && (rule.markets.is_empty() || rule.markets.contains(&order.market.key))
    })
}
