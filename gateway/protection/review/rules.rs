//! The rules of review protection, as dated data.
//!
//! One row is one version of one rule. The decision looks rows up and compares no date itself; a set with other rows gives
//! other decisions, which is how a change is tried out. Start at [`ReviewRules::published`].

use serde::{Deserialize, Serialize};

use super::super::deadline::Deadline;
use super::super::rule::{Rule, RuleSet};
use super::facts::RemovalReason;
use crate::policy::rules::Confidence::{High, Low, Medium};

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

/// One version of one rule about ratings. Its days are those of the rating, where the marketplace is.
pub type ReviewRule = Rule<Sets>;
/// A set of rules about ratings.
pub type ReviewRules = RuleSet<Sets>;

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
        Self::of(rows)
    }
}

/// Where ratings are protected.
fn where_offered() -> Vec<ReviewRule> {
    vec![
        ReviewRule::new("RVW-01", COVERED, "ratings are protected here", Sets::Offered, FOUNDING, Medium),
        ReviewRule::new(
            "RVW-09",
            NOT_COVERED,
            "ratings are not protected here",
            Sets::NotOffered,
            FOUNDING,
            Medium,
        ),
    ]
}

/// What a strike asks for, and what it is.
fn conditions() -> Vec<ReviewRule> {
    vec![
        ReviewRule::new(
            "RVW-02",
            EVERYWHERE,
            "the whole comment is about an order that was late or did not arrive",
            Sets::WholeComment,
            FEEDBACK,
            High,
        ),
        ReviewRule::new(
            "RVW-03A",
            EVERYWHERE,
            "the label was bought through the service",
            Sets::BoughtThroughService,
            FEEDBACK,
            High,
        ),
        ReviewRule::new(
            "RVW-03B",
            EVERYWHERE,
            "the carrier scanned the parcel by the end of the ship-by day",
            Sets::ShippedOnTime(Deadline::EndOfDay),
            FEEDBACK,
            High,
        ),
        ReviewRule::new(
            "RVW-03C",
            EVERYWHERE,
            "without a scan, a confirmation in time leaves it uncertain",
            Sets::ConfirmationIsUncertain,
            "concluded",
            Low,
        ),
        ReviewRule::new(
            "RVW-03D",
            EVERYWHERE,
            "tracking was provided",
            Sets::TrackingProvided,
            FEEDBACK,
            High,
        ),
        ReviewRule::new(
            "RVW-04",
            COVERED,
            "the rating is struck through and a note says that the seller did not cause it",
            Sets::StruckThrough,
            FEEDBACK,
            High,
        ),
        ReviewRule::new(
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
        ReviewRule::new(
            "RVW-06A",
            EVERYWHERE,
            "obscene comments",
            Sets::Removes(RemovalReason::Obscenity),
            FEEDBACK,
            High,
        ),
        ReviewRule::new(
            "RVW-06B",
            EVERYWHERE,
            "personal data in comments",
            Sets::Removes(RemovalReason::PersonalData),
            FEEDBACK,
            High,
        ),
        ReviewRule::new(
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
        ReviewRule::new(
            "RVW-07",
            COVERED,
            "the marketplace answers for what it sends",
            Sets::MarketplaceFulfils,
            FEEDBACK,
            High,
        ),
        ReviewRule::new(
            "RVW-08",
            COVERED,
            "a service as fast as the assigned one, with tracking and in time",
            Sets::AssignedService(2),
            SETTINGS,
            High,
        ),
    ]
}
