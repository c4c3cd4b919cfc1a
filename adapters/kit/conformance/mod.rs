//! What every adapter must hold to.
//!
//! Four parts: [`statics`] looks at the descriptor and the folder, [`golden`]
//! runs each operation over recorded messages, [`numbers`] looks where
//! identifiers go, and [`behaviour`] runs
//! them over the simulator with faults and crashes, through the gateway's own
//! driver. A carrier that is compiled in takes part in all three.

mod bench;
mod case;
mod checks_of_doubt;
mod checks_of_purchase;
mod checks_of_rate;
mod checks_of_track;
mod leaves;
mod orders;
mod text;

pub mod behaviour;
pub mod golden;
pub mod numbers;
pub mod statics;

pub use bench::Bench;
pub use case::{Case, Operation};
pub use orders::Orders;

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where: a file, a field of the descriptor, a case.
    pub at: String,
    /// What is wrong and what would be right.
    pub what: String,
}

impl Finding {
    /// A finding at a place.
    pub fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Self { at: at.into(), what: what.into() }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

/// All findings as one text, for a test's failure.
///
/// # Errors
/// The findings, one a line, when there are any.
pub fn verdict(findings: &[Finding]) -> Result<(), String> {
    if findings.is_empty() {
        return Ok(());
    }
    Err(findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}
