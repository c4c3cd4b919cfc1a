//! What is decided of a claim, and the trace that shows why. Start at [`ClaimDecision`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::told::{Holds, TraceLine};

/// What is decided of a claim. The answers say what follows where the claim is granted; of one that was denied or taken
/// back they say that nothing does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimDecision {
    /// The three answers.
    pub outcome: Outcomes,
    /// Whether every condition of the protection holds; nothing while that is not known.
    pub is_protected: Option<bool>,
    /// What decided, with the rules that say so; empty where every condition of the protection holds.
    pub reasons: Vec<Reasoned>,
    /// Facts that a rule asks for and nobody told.
    pub missing: Vec<String>,
    /// The claim's time limits.
    pub clock: Vec<ClockLine>,
    /// Every rule that was looked at, in order.
    pub trace: Vec<TraceLine>,
    /// The rule set; see [`super::ClaimRules::version`].
    pub rule_set: String,
    /// The instant of the decision.
    pub decided_at: Timestamp,
}

/// Three answers that do not follow from each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcomes {
    /// Whose money the buyer's refund is.
    pub buyer_refunded_by: Answer<Payer>,
    /// Whether the seller is debited.
    pub seller_debited: Answer<bool>,
    /// Whether the claim makes the order defective.
    pub counts_as_defect: Answer<bool>,
}

/// An answer, or that the sources give none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Answer<T> {
    /// The rules say so.
    Certain {
        /// What they say.
        value: T,
    },
    /// The rules contradict each other or rest on a weak source, or a fact is missing.
    Uncertain {
        /// What is more likely, where one is.
        likely: Option<T>,
        /// The rules that leave it open.
        rules: Vec<String>,
    },
}

impl<T: Copy> Answer<T> {
    /// The value, where it is certain.
    pub fn certain(&self) -> Option<T> {
        match self {
            Answer::Certain { value } => Some(*value),
            Answer::Uncertain { .. } => None,
        }
    }
}

/// Who refunds the buyer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Payer {
    /// The marketplace.
    Marketplace,
    /// The seller.
    Seller,
    /// Nobody: there is no refund.
    Nobody,
}

/// What decided, and by which rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reasoned {
    /// What decided.
    pub reason: ClaimReason,
    /// The rules.
    pub rules: Vec<String>,
}

/// What decides a claim beside the protection itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClaimReason {
    /// The claim was denied or taken back.
    NotGranted,
    /// No rule about claims is known for this marketplace.
    NotOffered,
    /// That claims are protected here is only implied.
    OfferedByImplication,
    /// It is not a claim that the parcel did not arrive.
    NotADeliveryClaim,
    /// A label was not bought through the service.
    NotBoughtThroughService,
    /// Every label was cancelled.
    LabelVoided,
    /// A label was sold as one that may well be late.
    LateRiskLabel,
    /// No carrier has scanned a package.
    NoScan,
    /// A package was scanned after its time.
    ShippedLate,
    /// The seller has refunded the buyer.
    SellerRefunded,
    /// A message about the delivery was not answered in time.
    MessageUnanswered,
    /// The order has no tracking number, or not the one that was bought.
    NumberDiffers,
    /// The parcel came back, could not be delivered or was refused.
    CameBack,
    /// The carrier lost the parcel, and its tracking shows that.
    LostWithTracking,
    /// The carrier confirms the delivery with a signature.
    SignedFor,
    /// The order's programme settles its claims in a way of its own.
    OwnProcess,
}

impl ClaimReason {
    /// Its name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotGranted => "NOT_GRANTED",
            Self::NotOffered => "NOT_OFFERED",
            Self::OfferedByImplication => "OFFERED_BY_IMPLICATION",
            Self::NotADeliveryClaim => "NOT_A_DELIVERY_CLAIM",
            Self::NotBoughtThroughService => "NOT_BOUGHT_THROUGH_SERVICE",
            Self::LabelVoided => "LABEL_VOIDED",
            Self::LateRiskLabel => "LATE_RISK_LABEL",
            Self::NoScan => "NO_SCAN",
            Self::ShippedLate => "SHIPPED_LATE",
            Self::SellerRefunded => "SELLER_REFUNDED",
            Self::MessageUnanswered => "MESSAGE_UNANSWERED",
            Self::NumberDiffers => "NUMBER_DIFFERS",
            Self::CameBack => "CAME_BACK",
            Self::LostWithTracking => "LOST_WITH_TRACKING",
            Self::SignedFor => "SIGNED_FOR",
            Self::OwnProcess => "OWN_PROCESS",
        }
    }
}

/// A time limit of the claim, and whether it was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockLine {
    /// The rule.
    pub rule: String,
    /// What begins or ends.
    pub what: String,
    /// When.
    pub at: Timestamp,
    /// Whether what was to happen happened on the right side of it; unknown while it is to come.
    pub kept: Holds,
}
