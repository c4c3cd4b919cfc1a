//! The marketplaces' rules, as data.
//!
//! One row is one version of one rule: for which metric and marketplaces, from when until when, what it sets, where it
//! is written and how sure it is. A threshold is changed by editing a row; the judges look rows up and never compare
//! dates. Days are those of the package: the promised day for packages, the metric's own day for orders, the day of
//! the report for targets and windows. Start at [`Rule`] and [`find`]; rows are in the files beside this one.

mod delivery;
mod exemptions;
mod orders;
mod scans;
mod tracking;

use std::sync::LazyLock;

use jiff::civil::Date;
use parcelgate_kit::model::Money;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::code::Code;
use super::marketplace::Marketplace;

/// What sellers are measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Metric {
    /// Packages with valid tracking, of those confirmed.
    ValidTracking,
    /// Orders confirmed late, of those confirmed.
    LateShipment,
    /// Units whose delivery was tried in time, of those with a delivery scan.
    OnTimeDelivery,
    /// Orders cancelled by the seller or for the seller's silence, of all.
    Cancellation,
    /// Orders with a defect, of all.
    OrderDefect,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Metric; 5] = [
        Metric::ValidTracking,
        Metric::LateShipment,
        Metric::OnTimeDelivery,
        Metric::Cancellation,
        Metric::OrderDefect,
    ];

    /// The stable name that stores keep.
    pub fn name(self) -> &'static str {
        match self {
            Metric::ValidTracking => "VALID_TRACKING",
            Metric::LateShipment => "LATE_SHIPMENT",
            Metric::OnTimeDelivery => "ON_TIME_DELIVERY",
            Metric::Cancellation => "CANCELLATION",
            Metric::OrderDefect => "ORDER_DEFECT",
        }
    }

    /// Whether its numerator counts what is right; else it counts what is wrong.
    pub fn counts_right(self) -> bool {
        matches!(self, Metric::ValidTracking | Metric::OnTimeDelivery)
    }
}

/// One version of one rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its id; versions of one rule share it.
    pub id: &'static str,
    /// The metric it is about.
    pub metric: Metric,
    /// Keys of the marketplaces; all when empty.
    pub markets: &'static [&'static str],
    /// What it says, in plain words.
    pub words: &'static str,
    /// First day; none when no start is known.
    pub from: Option<Date>,
    /// First day on which it no longer holds.
    pub until: Option<Date>,
    /// What it sets.
    pub sets: Sets,
    /// Where it is written.
    pub source: &'static str,
    /// When the source was last read.
    pub seen_on: Date,
    /// How sure it is.
    pub confidence: Confidence,
}

/// How sure a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// From one secondary source, or concluded.
    Low,
    /// From several secondary sources that agree, or an official excerpt without a date.
    Medium,
    /// From the marketplace's own page or schema.
    High,
}

/// What a rule sets. Rates are hundredths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sets {
    /// The rate must be this or more.
    AtLeast(u32),
    /// The rate must be this or less.
    AtMost(u32),
    /// The rate must be less than this.
    Below(u32),
    /// A rate that is good, and not better than its target by more than this, is a warning.
    Margin(u32),
    /// The days that are counted: how many, and how many days before the report the last of them is.
    Window {
        /// How many.
        days: i32,
        /// How many days before the day of the report the last of them is.
        lag: i32,
    },
    /// A package that fails this test counts against the seller.
    Test(Code),
    /// As `Test`, with a number of hours.
    Hours(Code, i32),
    /// As `Test`, with a number of days.
    Days(Code, i32),
    /// It is worth a warning, from this number of hours on.
    Warns(Code, i32),
    /// Scans that a package needs.
    Scans {
        /// Where it starts.
        from: Origin,
        /// What it is worth.
        worth: Worth,
        /// What it needs.
        need: Need,
    },
    /// Packages that are not counted.
    Exempt(Exemption),
    /// Late units that are not counted as late.
    Protects(Protection),
    /// Fewer units than this have no status.
    MinVolume(u64),
    /// What makes an order defective, or does not.
    Defect(DefectRule),
    /// It holds, and is said for the reader.
    Holds,
}

/// Where a package starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The marketplace's own country.
    Home,
    /// One of these countries.
    In(&'static [&'static str]),
    /// None of these countries, nor the marketplace's own.
    NotIn(&'static [&'static str]),
    /// Anywhere.
    Anywhere,
}

/// What a package is worth. A worth that is not known, or in another currency, is taken as above every limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Anything.
    Any,
    /// Less than this many units of the currency.
    Below(u32, &'static str),
    /// This many units of the currency, or more.
    From(u32, &'static str),
    /// This many units of the currency, or less.
    UpTo(u32, &'static str),
}

/// What scans a package needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It is not counted.
    Exempt,
    /// One of the carrier's.
    One,
    /// One, of a carrier that the marketplace follows.
    OneIntegrated,
    /// Two, one of them of a delivery or an attempt.
    Two,
    /// As `Two`, of a carrier that the marketplace follows.
    TwoIntegrated,
}

/// Packages that are not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exemption {
    /// Goods that are not shipped or are collected in a shop.
    NotShipped,
    /// Freight with a listed carrier.
    ListedFreight,
    /// Domestic packages of this worth with exactly one of these services.
    Services(Worth, &'static [&'static str]),
    /// As `Services`, whose postage was bought through the service.
    BoughtServices(&'static [&'static str]),
    /// Packages of this worth with a service of the marketplace's list of untracked ones.
    ListedUntracked(Worth),
    /// Domestic packages of this worth.
    Domestic(Worth),
    /// Letters of this worth between two of these countries.
    LetterBetween(Worth, &'static [&'static str]),
    /// Every package of this worth.
    Worth(Worth),
}

/// What a late unit needs so that it is not counted as late. All of them: a label of the service that was marked as
/// protected, the first scan by the ship-by time, the marketplace's transit times, and what is named here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// The marketplace's handling times, on standard shipping.
    AutomatedHandling,
    /// The seller's premium programme; the mark is not needed.
    Premium,
    /// The marketplace's handling times, or at most this many days of handling.
    AutomatedHandlingOrDays(u8),
}

/// What makes an order defective, or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefectRule {
    /// A rating of at most this many stars does.
    Stars(u8),
    /// A claim that was not denied or taken back does.
    Claim,
    /// A chargeback does.
    Chargeback,
    /// A rating that was struck does not.
    StruckReview,
    /// A claim that the marketplace bears does not.
    BorneByMarketplace,
    /// A claim for a parcel that came back does not.
    CameBack,
    /// A claim for a parcel that the carrier lost with tracking does not.
    LostByCarrier,
    /// A buyer who wanted the cancellation makes none of it.
    BuyerCancelled,
}

impl Rule {
    /// Whether it holds on a marketplace on a day.
    pub fn holds(&self, market: &Marketplace, day: Date) -> bool {
        (self.markets.is_empty() || self.markets.contains(&market.key))
            && self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day < until)
    }
}

impl Worth {
    /// Whether a package's worth is inside.
    pub fn admits(self, value: Option<Money>) -> bool {
        let within = |currency: &str| {
            value.filter(|value| value.currency().as_str() == currency).map(|value| value.amount())
        };
        match self {
            Worth::Any => true,
            Worth::Below(limit, currency) => {
                within(currency).is_some_and(|amount| amount < Decimal::from(limit))
            }
            Worth::UpTo(limit, currency) => {
                within(currency).is_some_and(|amount| amount <= Decimal::from(limit))
            }
            Worth::From(limit, currency) => {
                within(currency).is_none_or(|amount| amount >= Decimal::from(limit))
            }
        }
    }
}

impl Origin {
    /// Whether a package from this country to this marketplace's is meant.
    pub fn admits(self, origin: &str, market: &Marketplace) -> bool {
        match self {
            Origin::Anywhere => true,
            Origin::Home => origin == market.country,
            Origin::In(countries) => countries.contains(&origin),
            Origin::NotIn(countries) => origin != market.country && !countries.contains(&origin),
        }
    }
}

/// Every row, for tables and tests.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [tracking::RULES, scans::RULES, exemptions::RULES, delivery::RULES, orders::RULES].into_iter().flatten()
}

/// The rows of a metric that hold on a marketplace on a day, in their order.
pub fn find(metric: Metric, market: &Marketplace, day: Date) -> impl Iterator<Item = &'static Rule> {
    all().filter(move |rule| rule.metric == metric && rule.holds(market, day))
}

/// Names the rules that a figure was computed with: it changes whenever a row does.
pub fn rule_set_version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(|| {
        let mut hash = Sha256::new();
        let mut newest = Date::MIN;
        for rule in all() {
            hash.update(format!("{rule:?}"));
            newest = newest.max(rule.seen_on);
        }
        let digest = hex::encode(hash.finalize());
        format!("{newest}.{}", digest.get(..8).unwrap_or_default())
    });
    &VERSION
}

/// The Union's marketplaces that have had rules from the start.
const EU5: &[&str] = &["amazon.de", "amazon.fr", "amazon.it", "amazon.es"];
/// They, and the United Kingdom's.
const EU_AND_UK: &[&str] = &["amazon.de", "amazon.fr", "amazon.it", "amazon.es", "amazon.nl", "amazon.co.uk"];
/// Every marketplace of the family.
const AMAZON: &[&str] = &[
    "amazon.com",
    "amazon.ca",
    "amazon.com.mx",
    "amazon.co.uk",
    "amazon.de",
    "amazon.fr",
    "amazon.it",
    "amazon.es",
    "amazon.nl",
    "amazon.in",
    "amazon.co.jp",
];

/// A row, with what most rows have.
const fn rule(
    id: &'static str,
    metric: Metric,
    markets: &'static [&'static str],
    words: &'static str,
    sets: Sets,
    source: &'static str,
    confidence: Confidence,
) -> Rule {
    let seen_on = jiff::civil::date(2026, 10, 10);
    Rule { id, metric, markets, words, from: None, until: None, sets, source, seen_on, confidence }
}

/// The row, from a day on.
const fn from(day: Date, rule: Rule) -> Rule {
    Rule { from: Some(day), ..rule }
}

/// The row, until the day on which it no longer holds.
const fn until(day: Date, rule: Rule) -> Rule {
    Rule { until: Some(day), ..rule }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_a_rule_that_set_the_same_thing_never_overlap() {
        for left in all() {
            assert!(left.until.is_none_or(|until| left.from.is_none_or(|from| from < until)), "{}", left.id);
            assert!(!left.words.is_empty() && !left.source.is_empty(), "{}", left.id);
            for key in left.markets {
                assert!(Marketplace::find(key).is_some_and(|market| market.key == *key), "{} {key}", left.id);
            }
            for right in all().filter(|right| right.id == left.id && right.from > left.from) {
                assert!(left.until.is_some_and(|until| Some(until) <= right.from), "{}", left.id);
            }
        }
    }

    #[test]
    fn every_marketplace_has_one_target_and_a_window_for_valid_tracking() {
        let day = jiff::civil::date(2026, 10, 10);
        for market in Marketplace::all().iter().filter(|market| market.key != "bol.com") {
            let of = |wanted: fn(&Sets) -> bool| {
                find(Metric::ValidTracking, market, day).filter(|rule| wanted(&rule.sets)).count()
            };
            assert_eq!(of(|sets| matches!(sets, Sets::AtLeast(_))), 1, "{}", market.key);
            assert_eq!(of(|sets| matches!(sets, Sets::Window { .. })), 1, "{}", market.key);
        }
    }

    #[test]
    fn the_version_names_the_data() {
        assert!(rule_set_version().starts_with("2026-"), "{}", rule_set_version());
        assert_eq!(rule_set_version().len(), "2026-10-10.12345678".len());
    }
}
