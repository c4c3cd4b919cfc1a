//! The rules of review protection, as dated data.
//!
//! One row is one version of one rule. The decision looks rows up and compares no date itself; a set with other rows gives
//! other decisions, which is how a change is tried out. Start at [`ReviewRules::published`].

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::deadline::Deadline;
use super::facts::RemovalReason;
use crate::policy::Marketplace;
use crate::policy::rules::Confidence::{self, High, Low, Medium};

/// What a rule sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sets {
    /// Ratings are protected there.
    Offered,
    /// Ratings are not protected there.
    NotOffered,
    /// The whole comment is about lateness or non-arrival.
    WholeComment,
    /// Every package's label was bought through the service and not cancelled.
    BoughtThroughService,
    /// Every package was scanned in time; how the time ends.
    ShippedOnTime(Deadline),
    /// A confirmation in time where no scan is known is not enough, and not nothing: a human decides.
    ConfirmationIsUncertain,
    /// The marketplace was told a tracking number for every package.
    TrackingProvided,
    /// The rating is struck through, not deleted, and a note says whose fault it was not.
    StruckThrough,
    /// It is asked for at most so many days after the day of the rating.
    WithinDays(u16),
    /// A rating is taken away as a whole for this reason.
    Removes(RemovalReason),
    /// What the marketplace sends itself it answers for: no shipping facts of the seller are asked for.
    MarketplaceFulfils,
    /// Where the marketplace's settings assigned the service, a label from elsewhere will do when the service was as fast;
    /// for ratings of at most so many stars whose comment is about lateness.
    AssignedService(u8),
}

/// One version of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRule {
    /// Its id; versions of one rule share it.
    pub id: String,
    /// Keys of the marketplaces; all when empty.
    #[serde(default)]
    pub markets: Vec<String>,
    /// What it says, in plain words.
    pub words: String,
    /// First day; none when no start is known. Days are those of the rating, where the marketplace is.
    #[serde(default)]
    pub from: Option<Date>,
    /// First day on which it no longer holds.
    #[serde(default)]
    pub until: Option<Date>,
    /// What it sets.
    pub sets: Sets,
    /// Where it is written.
    pub source: String,
    /// When the source was last read.
    pub seen_on: Date,
    /// How sure it is: `H`, `M` or `L`.
    #[serde(with = "super::super::confidence")]
    pub confidence: Confidence,
}

impl ReviewRule {
    /// Whether it holds on a marketplace on a day.
    pub fn holds(&self, market: &Marketplace, day: Date) -> bool {
        (self.markets.is_empty() || self.markets.iter().any(|key| key == market.key))
            && self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day < until)
    }
}

/// A set of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRules {
    /// The rows, in the order in which they are looked at.
    pub rows: Vec<ReviewRule>,
}

/// Marketplaces whose ratings are protected.
const COVERED: &[&str] = &[
    "amazon.com",
    "amazon.ca",
    "amazon.co.uk",
    "amazon.de",
    "amazon.fr",
    "amazon.it",
    "amazon.es",
    "amazon.com.mx",
];
/// Marketplaces that are named as those without it.
const NOT_COVERED: &[&str] = &["amazon.co.jp", "amazon.nl", "amazon.in"];

const FOUNDING: &str = "founding facts";
const FEEDBACK: &str = "marketplace help, feedback removal";
const SETTINGS: &str = "marketplace help, shipping settings automation";
const PRACTICE: &str = "sellers' operating procedures";

/// Every marketplace.
const EVERYWHERE: &[&str] = &[];

impl ReviewRules {
    /// The rules as they are known.
    pub fn published() -> ReviewRules {
        let mut rows = where_offered();
        rows.extend(conditions());
        rows.extend(removals());
        rows.extend(variants());
        ReviewRules { rows }
    }

    /// The rows that hold on a marketplace on a day, in their order.
    pub fn find<'a>(&'a self, market: &'a Marketplace, day: Date) -> impl Iterator<Item = &'a ReviewRule> {
        self.rows.iter().filter(move |rule| rule.holds(market, day))
    }

    /// Names the rows: the day on which the newest was read, and a hash that changes whenever a row does.
    pub fn version(&self) -> String {
        let mut hash = Sha256::new();
        let mut newest = Date::MIN;
        for rule in &self.rows {
            hash.update(format!("{rule:?}"));
            newest = newest.max(rule.seen_on);
        }
        let digest = hex::encode(hash.finalize());
        format!("{newest}.{}", digest.get(..8).unwrap_or_default())
    }
}

/// Where ratings are protected.
fn where_offered() -> Vec<ReviewRule> {
    vec![
        row("RVW-01", COVERED, "ratings are protected here", Sets::Offered, FOUNDING, Medium),
        row("RVW-09", NOT_COVERED, "ratings are not protected here", Sets::NotOffered, FOUNDING, Medium),
    ]
}

/// What a strike asks for, and what it is.
fn conditions() -> Vec<ReviewRule> {
    vec![
        row(
            "RVW-02",
            EVERYWHERE,
            "the whole comment is about an order that was late or did not arrive",
            Sets::WholeComment,
            FEEDBACK,
            High,
        ),
        row(
            "RVW-03A",
            EVERYWHERE,
            "the label was bought through the service",
            Sets::BoughtThroughService,
            FEEDBACK,
            High,
        ),
        row(
            "RVW-03B",
            EVERYWHERE,
            "the carrier scanned the parcel by the end of the ship-by day",
            Sets::ShippedOnTime(Deadline::EndOfDay),
            FEEDBACK,
            High,
        ),
        row(
            "RVW-03C",
            EVERYWHERE,
            "without a scan, a confirmation in time leaves it uncertain",
            Sets::ConfirmationIsUncertain,
            "concluded",
            Low,
        ),
        row("RVW-03D", EVERYWHERE, "tracking was provided", Sets::TrackingProvided, FEEDBACK, High),
        row(
            "RVW-04",
            COVERED,
            "the rating is struck through and a note says that the seller did not cause it",
            Sets::StruckThrough,
            FEEDBACK,
            High,
        ),
        row(
            "RVW-05",
            EVERYWHERE,
            "asked for within 90 days of the rating",
            Sets::WithinDays(90),
            PRACTICE,
            Medium,
        ),
    ]
}

/// Why ratings are taken away as a whole.
fn removals() -> Vec<ReviewRule> {
    vec![
        row(
            "RVW-06A",
            EVERYWHERE,
            "obscene comments",
            Sets::Removes(RemovalReason::Obscenity),
            FEEDBACK,
            High,
        ),
        row(
            "RVW-06B",
            EVERYWHERE,
            "personal data in comments",
            Sets::Removes(RemovalReason::PersonalData),
            FEEDBACK,
            High,
        ),
        row(
            "RVW-06C",
            EVERYWHERE,
            "comments that review the goods alone",
            Sets::Removes(RemovalReason::ProductReview),
            FEEDBACK,
            High,
        ),
    ]
}

/// Where less is asked for.
fn variants() -> Vec<ReviewRule> {
    vec![
        row(
            "RVW-07",
            COVERED,
            "the marketplace answers for what it sends",
            Sets::MarketplaceFulfils,
            FEEDBACK,
            High,
        ),
        row(
            "RVW-08",
            COVERED,
            "a service as fast as the assigned one, with tracking and in time",
            Sets::AssignedService(2),
            SETTINGS,
            High,
        ),
    ]
}

fn row(
    id: &str,
    markets: &[&str],
    words: &str,
    sets: Sets,
    source: &str,
    confidence: Confidence,
) -> ReviewRule {
    ReviewRule {
        id: id.to_owned(),
        markets: markets.iter().map(|key| (*key).to_owned()).collect(),
        words: words.to_owned(),
        from: None,
        until: None,
        sets,
        source: source.to_owned(),
        seen_on: date(2026, 10, 10),
        confidence,
    }
}
