//! The dated rules, as data.
//!
//! One row is one version of one rule: when it starts and ends, which day is
//! compared, where it comes from and how sure it is. Adding or ending a rule
//! is an edit of a row in `eu.rs`, `europe.rs`, `asia_pacific.rs`,
//! `americas.rs` or `elsewhere.rs`; the lanes look rules up by topic and never compare dates.

mod americas;
mod asia_pacific;
mod elsewhere;
mod eu;
mod europe;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::query::Dates;

/// One version of one rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What it is about; versions of one rule share it (`eu.low_value_duty`).
    pub topic: &'static str,
    /// What it says, in plain words.
    pub words: &'static str,
    /// First day, in the zone of the importing customs authority.
    pub from: Date,
    /// First day on which it no longer holds.
    pub until: Option<Date>,
    /// Which day is compared.
    pub trigger: Trigger,
    /// What it sets.
    pub value: RuleValue,
    /// Where it is written.
    pub source: &'static str,
    /// When the source was last read.
    pub verified_on: Date,
    /// How sure it is.
    pub confidence: Confidence,
}

/// Which day a rule compares with its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// The payment was accepted.
    Sale,
    /// The import declaration is accepted.
    Import,
    /// The label is bought.
    Label,
}

/// How sure a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Confidence {
    /// Guessed from practice or not confirmed for its date: the decision warns.
    Low,
    /// Generally accepted.
    Medium,
    /// Written in the source.
    High,
}

/// What a rule sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleValue {
    /// That it holds.
    Holds,
    /// A limit: amount, currency, and whether the amount itself is inside.
    Limit(Decimal, &'static str, bool),
    /// An amount for each declaration line, in a currency.
    PerLine(Decimal, &'static str),
    /// A rate in percent and a second, reduced one.
    Percent(Decimal, Decimal),
    /// A number of months.
    Months(i64),
    /// Duty is relieved.
    Relief,
    /// Ordinary tariff.
    Tariff,
    /// Countries that it is about.
    Countries(&'static [&'static str]),
    /// Starts of the Harmonised System codes that it is about.
    Headings(&'static [&'static str]),
    /// Greatest gross weight in grams of a parcel with several goods, and of
    /// one with a single piece.
    Grams(u64, u64),
}

impl Rule {
    /// Whether it holds on the days of a shipment.
    pub fn holds(&self, dates: &Dates) -> bool {
        let day = self.day(dates);
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    fn day(&self, dates: &Dates) -> Date {
        match self.trigger {
            Trigger::Sale => dates.sale,
            Trigger::Import => dates.import,
            Trigger::Label => dates.label,
        }
    }

    /// Whether `value`, in the limit's currency, is inside of its limit.
    pub(super) fn admits(&self, value: Decimal) -> bool {
        match self.value {
            RuleValue::Limit(limit, _, true) => value <= limit,
            RuleValue::Limit(limit, _, false) => value < limit,
            _ => true,
        }
    }

    /// The limit's amount; zero for rules that set none.
    pub(super) fn limit(&self) -> Decimal {
        match self.value {
            RuleValue::Limit(limit, ..) => limit,
            _ => Decimal::ZERO,
        }
    }

    /// Whether it is about a country.
    pub(super) fn names(&self, country: &str) -> bool {
        matches!(self.value, RuleValue::Countries(all) if all.contains(&country))
    }

    /// The starts of the codes that it is about; none for other rules.
    pub(super) fn headings(&self) -> &'static [&'static str] {
        match self.value {
            RuleValue::Headings(all) => all,
            _ => &[],
        }
    }

    /// Whether `value` is within one percent of the limit.
    pub(super) fn is_near(&self, value: Decimal) -> bool {
        let limit = self.limit();
        let distance = (value - limit).abs();
        !limit.is_zero() && distance.saturating_mul(Decimal::ONE_HUNDRED) <= limit
    }
}

/// Every rule, for tables and tests.
pub fn all_rules() -> impl Iterator<Item = &'static Rule> {
    [eu::RULES, europe::RULES, asia_pacific::RULES, americas::RULES, elsewhere::RULES].into_iter().flatten()
}

/// The version of a rule that holds.
pub(super) fn in_force(topic: &str, dates: &Dates) -> Option<&'static Rule> {
    all_rules().find(|rule| rule.topic == topic && rule.holds(dates))
}

/// Whether a rule that looks at the import changes between label and import.
pub(super) fn straddles(topic: &str, dates: &Dates) -> bool {
    let at_label = Dates { import: dates.label, ..*dates };
    let (then, now) = (in_force(topic, dates), in_force(topic, &at_label));
    then.map(|rule| rule.value) != now.map(|rule| rule.value)
}

/// A whole number of currency units, for the tables.
const fn units(amount: u32) -> Decimal {
    Decimal::from_parts(amount, 0, 0, false, 0)
}

/// A number of tenths, for the tables.
const fn tenths(amount: u32) -> Decimal {
    Decimal::from_parts(amount, 0, 0, false, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_a_rule_never_overlap() {
        for left in all_rules() {
            for right in all_rules().filter(|right| right.topic == left.topic && right.from > left.from) {
                assert!(left.until.is_some_and(|until| until <= right.from), "{} {}", left.topic, left.from);
                assert_eq!(left.trigger, right.trigger, "{}", left.topic);
            }
            assert!(left.until.is_none_or(|until| left.from < until), "{}", left.topic);
            assert!(!left.words.is_empty() && !left.source.is_empty(), "{}", left.topic);
        }
    }
}
