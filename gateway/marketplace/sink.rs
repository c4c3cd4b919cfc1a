//! What a connector to a marketplace must do.
//!
//! A connector tells and asks; it never decides when, keeps nothing but its token and its pace, and puts no secret into
//! what it hands back. Start at [`MarketplaceSink`].

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::Content;

/// What a marketplace offers beside taking a confirmation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// Whether a confirmation can be taken back.
    pub withdraw: bool,
    /// After what time it can first be looked up whether a confirmation was kept; none where it cannot, and the answer
    /// to the confirmation is all there is.
    pub read_back: Option<Duration>,
}

/// One confirmation, as it is told. Telling it again must be harmless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// Its id: the key that makes telling it again the same as once.
    pub id: String,
    /// The parcel's number within the order, from 1. The same number told anew edits what was told under it.
    pub package: u32,
    /// Whether it takes the place of what was told under this number before.
    pub edits: bool,
    /// What is told.
    pub content: Content,
    /// When the carrier got the parcel, as far as it is known.
    pub shipped_at: Timestamp,
}

/// What came of one exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is taken; whether it is kept shows later.
    Taken,
    /// The marketplace has it.
    Kept,
    /// The marketplace does not have it, or no longer.
    Absent,
    /// It says no, and will say so again.
    Refused {
        /// Why, for a machine: the marketplace's own code where it has one.
        code: String,
        /// Why, in words free of personal data.
        words: String,
    },
    /// It was not done, or nobody knows whether it was: to be tried again.
    Later {
        /// Why, for a machine.
        code: String,
        /// Why, in words free of personal data.
        words: String,
        /// How long the marketplace wants to be left alone.
        after: Option<Duration>,
    },
}

impl Outcome {
    /// Refused, with these words.
    pub fn refused(code: impl Into<String>, words: impl Into<String>) -> Self {
        Self::Refused { code: code.into(), words: words.into() }
    }

    /// To be tried again, at the usual pace.
    pub fn later(code: impl Into<String>, words: impl Into<String>) -> Self {
        Self::Later { code: code.into(), words: words.into(), after: None }
    }

    /// In a word, as evidence is kept under.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Taken => "TAKEN",
            Self::Kept => "KEPT",
            Self::Absent => "ABSENT",
            Self::Refused { .. } => "REFUSED",
            Self::Later { .. } => "FAILED",
        }
    }
}

/// One exchange: what was sent and answered, without any secret, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// What was sent; empty when it did not come to that.
    pub request: String,
    /// What was answered; empty when nothing was.
    pub response: String,
    /// What it means.
    pub outcome: Outcome,
}

impl Exchange {
    /// It did not come to an exchange.
    pub fn none(outcome: Outcome) -> Self {
        Self { request: String::new(), response: String::new(), outcome }
    }
}

/// A marketplace that confirmations go to.
#[async_trait]
pub trait MarketplaceSink: Send + Sync + 'static {
    /// What it offers.
    fn offers(&self) -> Offers;

    /// Tells that a parcel is on its way, or edits what was told. Answers `Taken`, `Kept`, `Refused` or `Later`.
    async fn confirm(&self, telling: &Telling) -> Exchange;

    /// Takes back what was told. Answers `Absent`, `Refused` or `Later`. Only where it is offered.
    async fn withdraw(&self, telling: &Telling) -> Exchange;

    /// Looks whether it was kept. Answers `Kept`, `Absent` or `Later`. Only where it is offered.
    async fn read_back(&self, telling: &Telling) -> Exchange;

    /// Whether it can be reached and lets this gateway in: words that say what is wrong, where something is.
    async fn check(&self) -> Result<(), String>;
}
