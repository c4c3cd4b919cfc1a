//! Adding up: counts against a target, and what that makes of the seller.
//!
//! Start at [`tally`].

use jiff::ToSpan;
use jiff::civil::Date;

use super::marketplace::Marketplace;
use super::rules::{Metric, Rule, Sets, find};

/// How many there are of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Counted.
    pub counted: u64,
    /// Of them, right.
    pub right: u64,
    /// Not counted.
    pub exempt: u64,
}

/// The days that are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub first: Date,
    /// The last, itself counted.
    pub last: Date,
    /// The rule that says so.
    pub rule: &'static str,
}

/// What a rate makes of the seller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing: there is nothing to count, too little, or no target.
    None,
    /// The target is met.
    Good,
    /// The target is barely met.
    Warn,
    /// The target is missed.
    Bad,
}

/// Counts against a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Right ones where the metric counts those, else wrong ones.
    pub numerator: u64,
    /// Counted ones.
    pub denominator: u64,
    /// Ones that are not counted.
    pub exempt: u64,
    /// The target, and the rule that sets it; none when there is none.
    pub target: Option<(Target, &'static str)>,
    /// What the rate makes of the seller.
    pub status: Status,
}

/// A target, in hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// This or more.
    AtLeast(u32),
    /// This or less.
    AtMost(u32),
    /// Less than this.
    Below(u32),
}

impl Target {
    /// The rate that it names, in hundredths of a percent.
    pub fn rate(self) -> u32 {
        match self {
            Target::AtLeast(rate) | Target::AtMost(rate) | Target::Below(rate) => rate,
        }
    }

    /// Whether so many of so many meet it. Nothing is rounded.
    pub fn is_met(self, numerator: u64, denominator: u64) -> bool {
        let (of, limit) = (parts(numerator), u128::from(self.rate()) * u128::from(denominator));
        match self {
            Target::AtLeast(_) => of >= limit,
            Target::AtMost(_) => of <= limit,
            Target::Below(_) => of < limit,
        }
    }

    /// Whether it would still be met if it were stricter by so many hundredths of a percent. A rate at the edge of that
    /// is a warning for targets that ask for little, and none for targets that ask for much.
    fn is_met_by(self, margin: u32, numerator: u64, denominator: u64) -> bool {
        let (of, whole) = (parts(numerator), u128::from(denominator));
        match self {
            Target::AtLeast(rate) => of >= u128::from(rate.saturating_add(margin).min(10_000)) * whole,
            Target::AtMost(rate) | Target::Below(rate) => {
                of < u128::from(rate.saturating_sub(margin)) * whole
            }
        }
    }
}

fn parts(numerator: u64) -> u128 {
    u128::from(numerator) * 10_000
}

/// The days that a metric counts in a report of this day; several where the marketplace asks for several.
pub fn spans(metric: Metric, market: &Marketplace, today: Date) -> Vec<Span> {
    let windows = find(metric, market, today).filter_map(|rule| match rule.sets {
        Sets::Window { days, lag } => Some((rule, days, lag)),
        _ => None,
    });
    let span = |(rule, days, lag): (&Rule, i32, i32)| {
        let last = today.checked_sub(lag.days()).ok()?;
        let first = last.checked_sub(days.saturating_sub(1).days()).ok()?;
        Some(Span { first, last, rule: rule.id })
    };
    windows.filter_map(span).collect()
}

/// Counts against the target of the day of the report.
pub fn tally(metric: Metric, market: &Marketplace, today: Date, counts: Counts) -> Tally {
    let numerator =
        if metric.counts_right() { counts.right } else { counts.counted.saturating_sub(counts.right) };
    let (mut target, mut margin, mut least) = (None, 0, 0);
    for rule in find(metric, market, today) {
        match rule.sets {
            Sets::AtLeast(rate) => target = Some((Target::AtLeast(rate), rule.id)),
            Sets::AtMost(rate) => target = Some((Target::AtMost(rate), rule.id)),
            Sets::Below(rate) => target = Some((Target::Below(rate), rule.id)),
            Sets::Margin(rate) => margin = rate,
            Sets::MinVolume(units) => least = units,
            _ => {}
        }
    }
    let status = match target {
        Some((target, _)) if counts.counted > 0 && counts.counted >= least => {
            if !target.is_met(numerator, counts.counted) {
                Status::Bad
            } else if target.is_met_by(margin, numerator, counts.counted) {
                Status::Good
            } else {
                Status::Warn
            }
        }
        _ => Status::None,
    };
    Tally { numerator, denominator: counts.counted, exempt: counts.exempt, target, status }
}
