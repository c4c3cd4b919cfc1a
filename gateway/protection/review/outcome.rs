//! What is decided of a rating, and the trace that shows why. It holds spans of the comment and not its text.
//!
//! Start at [`ReviewDecision`].

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::told::TraceLine;
use super::classify::{Label, Reading};
use super::facts::RemovalReason;
use super::statement::Statement;

/// What is decided of a rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewDecision {
    /// What comes of it.
    pub outcome: Outcome,
    /// The label that was decided on: a human's where one ruled, else that of the reading.
    pub label: Label,
    /// How the comment was understood, with the words that show it.
    pub reading: Reading,
    /// SHA-256 of the comment's bytes, in hexadecimal.
    pub comment_sha256: String,
    /// Every rule that was looked at, in order.
    pub trace: Vec<TraceLine>,
    /// The rule set; see [`super::ReviewRules::version`].
    pub rule_set: String,
    /// The lexicons that the comment was read with; see [`super::lexicon_version`].
    pub lexicon: String,
    /// The instant of the decision.
    pub decided_at: Timestamp,
}

/// What comes of a rating.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// It is struck through and this note stands at it.
    Strike {
        /// The note.
        statement: Statement,
    },
    /// It stays.
    Keep {
        /// Why; at least one.
        reasons: Vec<KeepReason>,
    },
    /// It may be taken away as a whole.
    Remove {
        /// Why; at least one.
        reasons: Vec<RemovalReason>,
    },
    /// Nothing speaks against a strike, but something has to be settled or found out.
    NeedsHuman {
        /// What; at least one.
        questions: Vec<Question>,
    },
}

/// Why a rating stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum KeepReason {
    /// No rule protects ratings on this marketplace.
    NotOffered,
    /// It is older than the days in which a strike may be asked for.
    TooOld,
    /// The comment is about something else too.
    CommentMixed,
    /// The comment is about the goods.
    CommentAboutGoods,
    /// The comment is about something else.
    CommentAboutOther,
    /// A label was not bought through the service.
    NotBoughtThroughService,
    /// The label was cancelled.
    LabelVoided,
    /// A package was scanned after its time.
    ShippedLate,
    /// Nothing shows that a package was handed over.
    NotHandedOver,
    /// The marketplace was told no tracking number.
    NoTracking,
}

/// What a human has to settle or find out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "question", content = "about", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Question {
    /// What the comment is about.
    Comment,
    /// Whether this package was handed over in time: only its confirmation says so.
    ShippedOnTime(String),
    /// A rule asks for this fact, which nobody told.
    MissingFact(String),
    /// Whether a rule about lateness covers an order that did not arrive.
    NonArrivalUnderLateRule,
}

/// What a human ruled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// What was ruled.
    pub on: RulingOn,
    /// Who ruled.
    pub by: String,
    /// When; a ruling after the instant of the decision is not known yet.
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

/// What a human can rule. A ruling settles what is uncertain and never overturns a fact: a late scan stays one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", content = "is", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RulingOn {
    /// What the comment is about.
    Comment(Label),
    /// Whether packages that are confirmed and not scanned were handed over in time.
    ShippedOnTime(bool),
    /// Whether the rule about lateness covers an order that did not arrive.
    NonArrivalUnderLateRule(bool),
}
