//! Review protection: whether a rating is struck through since it is only about a delivery that was not the seller's fault.
//!
//! Pure and deterministic: no clock, no store, no network, and no text of a buyer in an answer. It never guesses: what is
//! not understood is [`Label::Unsure`] and goes to a human. Start at [`evaluate_review`]; comments are sorted by
//! [`classify`], the rules are rows in `rules.rs`.

mod classify;
mod decide;
mod facts;
mod language;
mod lexicon;
mod outcome;
mod pattern;
mod rules;
mod shipping;
mod statement;
#[cfg(test)]
mod tests;
mod text;

pub use classify::{ClauseFinding, ClauseVerdict, Hit, Label, Reading, Span, Topic, classify};
pub use decide::{ReadComment, evaluate_read, evaluate_review, read_comment};
pub use facts::{Fulfilment, RemovalReason, ReviewFacts, ReviewPackage};
pub use language::{KnownBy, Language};
pub use lexicon::lexicon_version;
pub use outcome::{KeepReason, Outcome, Question, ReviewDecision, Ruling, RulingOn};
pub use rules::{ReviewRule, ReviewRules, Sets};
pub use statement::{Statement, StatementId};

pub use super::deadline::{Deadline, ShipBy};
pub use super::told::{Holds, Told, TraceLine};
