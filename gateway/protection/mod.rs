//! Protection of sellers: whether a complaint about a delivery counts against them, with the proof.
//!
//! Pure decisions over typed facts; nothing here guesses a fact that nobody told. Before a label is bought, start at
//! [`Benefits::of`]; for a claim, at [`claim`]; for a rating, at [`review`].

mod benefits;
pub mod claim;
mod confidence;
mod deadline;
pub mod review;
mod rule;
mod rule_file;
mod told;

pub use benefits::{Arrival, Benefit, Benefits, Facts as BenefitFacts, Offered, Withheld};
pub use deadline::{Deadline, ShipBy};
pub use rule::{Rule, RuleSet};
pub use rule_file::{RuleFileError, RuleSets};
pub use told::{Holds, Origins, Told, TraceLine};
