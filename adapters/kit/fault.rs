//! What went wrong between a gateway and a carrier.
//!
//! A [`Fault`] says what kind of thing happened, how far the request had come
//! and whether to try again. It never holds a request or a reply: those carry
//! personal data. Start with [`FaultKind`] and [`Phase`].

use serde::{Deserialize, Serialize};

use crate::codec::{ReadError, WriteError};
use crate::model::{MoneyError, Problem};

/// One failure, in words for a person and codes for a machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Fault {
    /// What kind of failure it is.
    pub kind: FaultKind,
    /// How far the request had come. The driver sets it; an adapter need not.
    pub phase: Phase,
    /// Whether trying again can help.
    pub retry: Retry,
    /// The carrier's own code, when it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier_code: Option<String>,
    /// The carrier's own words, when it gave some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier_words: Option<String>,
    /// The field at fault, as a path in the caller's request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Words for a person, free of personal data.
    pub message: String,
}

/// What kind of failure a [`Fault`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum FaultKind {
    /// The shipment cannot be said in this carrier's protocol; nothing was sent.
    Unfit,
    /// The account lacks a setting or a secret, or the carrier rejects them.
    Account,
    /// The carrier understood and said no.
    Refused,
    /// The carrier does not know what was asked for.
    NotFound,
    /// Too many requests.
    Throttled,
    /// The carrier says that it is out of order.
    Unavailable,
    /// No connection could be made.
    Unreachable,
    /// No answer came in time.
    TimedOut,
    /// The answer could not be read.
    Unreadable,
    /// The carrier, or this adapter, has no such operation.
    Unsupported,
    /// The plan and its journal do not agree; the code changed in between.
    Diverged,
    /// The gateway could not read or write what it keeps of the work: nothing
    /// follows from it, and the work is taken up again.
    Unkept,
    /// A mistake of this program.
    Internal,
}

/// How far a request had come when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// No byte of it reached the carrier: that is proven.
    NotSent,
    /// It may have been carried out.
    InDoubt,
    /// The carrier answered, and the answer was read.
    Answered,
}

/// Whether trying again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same request will fail again.
    Never,
    /// Later; after so many seconds where the carrier said so.
    Later(Option<u32>),
}

impl Fault {
    /// A failure of `kind`, told in `message`. Kinds that pass by themselves
    /// are marked as worth another try.
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        let passes = matches!(
            kind,
            FaultKind::Throttled | FaultKind::Unavailable | FaultKind::Unreachable | FaultKind::TimedOut
        );
        Self {
            kind,
            phase: Phase::NotSent,
            retry: if passes { Retry::Later(None) } else { Retry::Never },
            carrier_code: None,
            carrier_words: None,
            field: None,
            message: message.into(),
        }
    }

    /// The carrier said no, with `code` and `words` of its own.
    pub fn refused(code: impl Into<String>, words: impl Into<String>) -> Self {
        let (code, words) = (code.into(), words.into());
        Self::new(FaultKind::Refused, format!("the carrier refused: {words} ({code})")).said(code, words)
    }

    /// The value of `field` cannot be said in this carrier's protocol.
    pub fn unfit(field: impl Into<String>, problem: impl Into<String>) -> Self {
        let (field, problem) = (field.into(), problem.into());
        let mut fault = Self::new(FaultKind::Unfit, format!("`{field}` {problem}"));
        fault.field = Some(field);
        fault
    }

    /// The account's setting or secret `name` is missing or wrong.
    pub fn account(name: &str, problem: &str) -> Self {
        let mut fault = Self::new(FaultKind::Account, format!("account setting `{name}` {problem}"));
        fault.field = Some(name.to_owned());
        fault
    }

    /// The reply could not be read; `what` says where it broke off.
    pub fn unreadable(what: impl Into<String>) -> Self {
        Self::new(FaultKind::Unreadable, format!("the carrier's answer could not be read: {}", what.into()))
    }

    /// This carrier has no such operation.
    pub fn unsupported(operation: &str) -> Self {
        Self::new(FaultKind::Unsupported, format!("this carrier does not offer `{operation}`"))
    }

    /// Keeps the carrier's own code and words.
    #[must_use]
    pub fn said(mut self, code: impl Into<String>, words: impl Into<String>) -> Self {
        self.carrier_code = Some(code.into()).filter(|code| !code.is_empty());
        self.carrier_words = Some(words.into()).filter(|words| !words.is_empty());
        self
    }

    /// The same failure as another kind.
    #[must_use]
    pub fn of_kind(mut self, kind: FaultKind) -> Self {
        self.kind = kind;
        self
    }

    /// The same failure at `phase`.
    #[must_use]
    pub fn at(mut self, phase: Phase) -> Self {
        self.phase = phase;
        self
    }

    /// The same failure, worth another try after `seconds` where they are known.
    #[must_use]
    pub fn later(mut self, seconds: Option<u32>) -> Self {
        self.retry = Retry::Later(seconds);
        self
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        Self::unreadable(error.to_string())
    }
}

impl From<WriteError> for Fault {
    fn from(error: WriteError) -> Self {
        Self::new(FaultKind::Unfit, format!("the request cannot be written: {error}"))
    }
}

impl From<MoneyError> for Fault {
    fn from(error: MoneyError) -> Self {
        Self::unreadable(error.to_string())
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        Self::unreadable(problem.to_string())
    }
}
