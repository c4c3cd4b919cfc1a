//! What is signed. Start at [`Statement`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The format of a statement; another one is another name.
pub const FORMAT: &str = "parcelgate.decision/1";

/// A decision, as it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`FORMAT`].
    #[serde(rename = "type")]
    pub format: String,
    /// The decision's id.
    pub id: String,
    /// What was decided on.
    pub kind: Kind,
    /// The tenant.
    pub tenant: String,
    /// The marketplace's key.
    pub marketplace: String,
    /// The order's id there.
    pub order: String,
    /// The claim's or the rating's id.
    pub subject: String,
    /// The decision's place among those of its order, from 1 without gaps.
    pub sequence: u32,
    /// SHA-256 of the signed document before it, in hexadecimal; absent for an order's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The id of the decision on the same subject that it takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<String>,
    /// Why it was decided.
    pub trigger: Trigger,
    /// The rule set that decided.
    pub rule_set: String,
    /// The instant of the decision.
    pub evaluated_at: Timestamp,
    /// SHA-256 of the facts that were decided on, as canonical JSON.
    pub facts_sha256: String,
    /// What those facts were made from.
    pub evidence: Vec<Evidence>,
    /// What was decided, with its trace.
    pub outcome: Value,
}

/// What was decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A claim.
    Claim,
    /// A rating.
    Review,
}

impl Kind {
    /// Its name in stores and documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Claim => "CLAIM",
            Kind::Review => "REVIEW",
        }
    }
}

/// Why something was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Trigger {
    /// Somebody asked.
    Asked,
    /// A fact came late or changed.
    Fact,
    /// The rules changed.
    Rules,
}

/// Something that a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Its id within the order.
    pub id: String,
    /// Its version, in decimal: a number of JSON is not long enough.
    pub version: String,
    /// What kind of fact it is.
    pub kind: String,
    /// SHA-256 of its stored bytes, in hexadecimal.
    pub sha256: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it became known here.
    pub recorded_at: Timestamp,
}
