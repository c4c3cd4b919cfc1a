//! The rules about claims, as data.
//!
//! One row is one version of one rule: where and when it holds, what it sets, where it is written and how sure it is.
//! Days are those on which the claim was opened, where the marketplace is. A set with other rows gives other decisions,
//! which is how a change is tried out. Start at [`ClaimRules::published`].

use jiff::civil::date;
use serde::{Deserialize, Serialize};

use super::super::deadline::Deadline;
use super::super::rule::{Rule, RuleSet};
use crate::policy::rules::Confidence::{High, Low, Medium};

/// What a rule sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Sets {
    /// Claims are protected there.
    Offered,
    /// Only a claim that the parcel did not arrive is protected.
    NotReceivedOnly,
    /// Every label was bought through the service for this order and not cancelled.
    BoughtThroughService,
    /// No label was sold as one that may well be late.
    SoldAsProtected,
    /// Every package was scanned in time.
    ShippedOnTime {
        /// How the time ends.
        ends: Deadline,
        /// Days that the time to hand over is longer than the order says; negative when it is shorter.
        more_days: i16,
    },
    /// The seller has not refunded the buyer.
    NotRefundedBySeller,
    /// The seller answers messages about the delivery within so many hours.
    AnswersWithinHours(u16),
    /// The seller is debited for a parcel that came back, and it is no defect.
    CameBackIsNoDefect,
    /// The order carries the number that was bought.
    NumberAsBought,
    /// Claims of the seller's premium programme are settled in another way.
    OwnProcess,
    /// Without a label of the service, a signature that the carrier confirms proves the delivery.
    SignatureProves,
    /// A granted claim is a defect.
    IsDefect,
    /// A claim that the marketplace bears is none.
    BorneIsNoDefect,
    /// A claim for a parcel that the carrier lost with tracking may be none.
    LostMayBeNoDefect,
    /// The buyer waits so many hours after asking the seller, unless the parcel came back.
    BuyerWaitsHours(u16),
    /// A claim opens so many days after the last promised day.
    OpensAfterDays(u16),
    /// A claim is filed within so many days after the last promised day.
    FiledWithinDays(u16),
    /// The seller answers the claim within so many hours.
    RespondsWithinHours(u16),
    /// The seller answers the claim within so many days of the calendar.
    RespondsWithinDays(u16),
    /// It holds, and is said for the reader.
    Holds,
}

/// One version of one rule about claims. Its days are those on which a claim was opened, where the marketplace is.
pub type ClaimRule = Rule<Sets>;
/// A set of rules about claims.
pub type ClaimRules = RuleSet<Sets>;

/// Where the help pages say it, or sellers were told so.
const TOLD: &[&str] = &["amazon.com", "amazon.ca"];
/// Where the founding facts say it.
const FOUNDED: &[&str] =
    &["amazon.co.uk", "amazon.de", "amazon.fr", "amazon.it", "amazon.es", "amazon.co.jp"];
/// Where the founding facts only imply it.
const IMPLIED: &[&str] = &["amazon.com.mx", "amazon.in", "amazon.nl"];
/// Where the label's class is asked for by what was read only of elsewhere.
const ABROAD: &[&str] = &[
    "amazon.co.uk",
    "amazon.de",
    "amazon.fr",
    "amazon.it",
    "amazon.es",
    "amazon.co.jp",
    "amazon.com.mx",
    "amazon.in",
    "amazon.nl",
];
/// All of them.
const COVERED: &[&str] = &[
    "amazon.com",
    "amazon.ca",
    "amazon.co.uk",
    "amazon.de",
    "amazon.fr",
    "amazon.it",
    "amazon.es",
    "amazon.co.jp",
    "amazon.com.mx",
    "amazon.in",
    "amazon.nl",
];
const UK: &[&str] = &["amazon.co.uk"];
const NOT_UK: &[&str] = &[
    "amazon.com",
    "amazon.ca",
    "amazon.de",
    "amazon.fr",
    "amazon.it",
    "amazon.es",
    "amazon.com.mx",
    "amazon.in",
    "amazon.nl",
];
const JP: &[&str] = &["amazon.co.jp"];
const CA: &[&str] = &["amazon.ca"];
/// Every marketplace.
const EVERYWHERE: &[&str] = &[];

const FOUNDING: &str = "founding facts";
const HELP: &str = "marketplace help, claims protection";
const GUARANTEE: &str = "marketplace help, guarantee claims";
const METRICS: &str = "marketplace help, order defect rate";

impl ClaimRules {
    /// The rules as they are known.
    pub fn published() -> ClaimRules {
        let mut rows = where_offered();
        rows.extend(conditions());
        rows.extend(defects());
        rows.extend(limits());
        Self::of(rows)
    }
}

#[rustfmt::skip]
fn where_offered() -> Vec<ClaimRule> {
    let since = |rule| ClaimRule { from: Some(date(2021, 6, 1)), ..rule };
    vec![
        since(ClaimRule::new("CLP-00A", TOLD, "claims are protected here", Sets::Offered, HELP, High)),
        since(ClaimRule::new("CLP-00B", FOUNDED, "claims are protected here", Sets::Offered, FOUNDING, Medium)),
        since(ClaimRule::new("CLP-00C", IMPLIED, "claims are implied to be protected here", Sets::Offered, FOUNDING, Low)),
    ]
}

#[rustfmt::skip]
fn conditions() -> Vec<ClaimRule> {
    vec![
        ClaimRule::new("CLP-01", COVERED, "the claim is that the parcel did not arrive", Sets::NotReceivedOnly, HELP, High),
        ClaimRule::new("CLP-02", COVERED, "every label was bought through the service for this order and not cancelled", Sets::BoughtThroughService, HELP, High),
        ClaimRule::new("CLP-03", TOLD, "no label was sold as one that may well be late", Sets::SoldAsProtected, HELP, High),
        ClaimRule::new("CLP-03E", ABROAD, "no label was sold as one that may well be late; read only of elsewhere", Sets::SoldAsProtected, HELP, Low),
        ClaimRule::new("CLP-04", COVERED, "the carrier's first scan is by the end of the ship-by day, whenever it was confirmed", Sets::ShippedOnTime { ends: Deadline::EndOfDay, more_days: 0 }, HELP, High),
        ClaimRule::new("CLP-05", COVERED, "the seller has not refunded the buyer", Sets::NotRefundedBySeller, HELP, High),
        ClaimRule::new("CLP-06", COVERED, "messages about the delivery are answered within 48 hours", Sets::AnswersWithinHours(48), HELP, High),
        ClaimRule::new("CLP-08", COVERED, "the order carries the tracking number that was bought, and it was scanned", Sets::NumberAsBought, HELP, Medium),
        ClaimRule::new("CLP-09", COVERED, "orders of the seller's own premium programme are settled through a process of their own", Sets::OwnProcess, HELP, Medium),
        ClaimRule::new("CLP-10", EVERYWHERE, "without a label of the service, a signature that the carrier confirms proves the delivery; with one none is asked for", Sets::SignatureProves, "seller announcements of 2019 and 2021", Medium),
        ClaimRule::new("CLP-11", COVERED, "labels that may well be late are shown only to those who ask for them", Sets::Holds, "label service's policy", Medium),
    ]
}

#[rustfmt::skip]
fn defects() -> Vec<ClaimRule> {
    vec![
        ClaimRule::new("CLP-07", COVERED, "for a parcel that came back, could not be delivered or was refused the seller is debited, and it is no defect", Sets::CameBackIsNoDefect, HELP, High),
        ClaimRule::new("ODR-03", EVERYWHERE, "a claim that was not denied is a defect", Sets::IsDefect, METRICS, High),
        ClaimRule::new("ODR-05", COVERED, "a claim that the marketplace bears is no defect", Sets::BorneIsNoDefect, HELP, High),
        ClaimRule::new("ODR-07", COVERED, "a claim for a parcel that the carrier lost with tracking may be no defect", Sets::LostMayBeNoDefect, "seller announcement of June 2021", Medium),
    ]
}

#[rustfmt::skip]
fn limits() -> Vec<ClaimRule> {
    vec![
        ClaimRule::new("ATZ-01", COVERED, "the buyer asks the seller first and waits 48 hours, unless the parcel came back", Sets::BuyerWaitsHours(48), GUARANTEE, High),
        ClaimRule::new("ATZ-02", COVERED, "it opens 3 days after the last promised day", Sets::OpensAfterDays(3), GUARANTEE, Medium),
        ClaimRule::new("ATZ-03", COVERED, "it is filed within 90 days after the last promised day", Sets::FiledWithinDays(90), GUARANTEE, High),
        ClaimRule::new("ATZ-04", NOT_UK, "the seller answers within 48 hours, or it is granted", Sets::RespondsWithinHours(48), GUARANTEE, Medium),
        ClaimRule::new("ATZ-04U", UK, "the seller answers within 3 days, or it is granted", Sets::RespondsWithinDays(3), GUARANTEE, Medium),
        ClaimRule::new("ATZ-05", COVERED, "the seller may appeal for 30 days after it is granted", Sets::Holds, GUARANTEE, High),
        ClaimRule::new("ATZ-06", CA, "for goods that come within 30 days after a refund the buyer is asked to pay or to send them back", Sets::Holds, "sellers' forum, 2024", Low),
        ClaimRule::new("ATZ-07", JP, "the seller answers within 48 hours, or it is granted", Sets::RespondsWithinHours(48), GUARANTEE, High),
    ]
}
