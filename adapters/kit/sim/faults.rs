//! Switches that make a simulated carrier misbehave.

use serde::{Deserialize, Serialize};

/// One way to misbehave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SimFault {
    /// Answers so many milliseconds late.
    Delay(u64),
    /// Takes the request, does nothing, never answers.
    HangBefore,
    /// Carries it out and never answers.
    HangAfter,
    /// Answers this status without doing anything.
    ErrorBefore(u16),
    /// Carries it out and answers this status.
    ErrorAfter(u16),
    /// Answers 429, with seconds to wait where given.
    Throttle(Option<u32>),
    /// Carries it out and answers bytes that are no message.
    Malformed,
    /// Carries it out and answers the first half.
    Truncated,
    /// Closes the connection without doing anything.
    ResetBefore,
    /// Carries it out and closes the connection.
    ResetAfter,
    /// Carries it out and puts this document, in base64, in the place of each
    /// PDF that stands in the answer in base64.
    SwapPdf(String),
    /// Answers this, without doing anything.
    Say {
        /// The status.
        status: u16,
        /// What the body is, such as `application/json`.
        content_type: String,
        /// The body.
        body: String,
    },
    /// Forgets every token before it looks at the request.
    ExpireTokens,
}

/// A fault for requests that match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRule {
    /// Part of `METHOD /path` or of the body; empty matches every request.
    #[serde(default)]
    pub when: String,
    /// What happens.
    pub fault: SimFault,
    /// How often it still happens.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

impl FaultRule {
    /// `fault` for the next request that matches `when`.
    pub fn once(when: impl Into<String>, fault: SimFault) -> Self {
        Self { when: when.into(), fault, times: 1 }
    }

    /// `fault` for every request that matches `when`.
    pub fn always(when: impl Into<String>, fault: SimFault) -> Self {
        Self { when: when.into(), fault, times: u32::MAX }
    }
}
