//! Claim protection: who bears a buyer's claim that a parcel did not arrive, and whether it counts against the seller.
//!
//! Three answers that do not follow from each other: who refunds the buyer, whether the seller is debited, whether the
//! claim counts as a defect. Where the sources are uncertain, or a fact is missing, the answer is too. Pure and
//! deterministic: no clock, no store, and no text, name or address of anyone. Start at [`evaluate_claim`]; the rules are
//! rows in `rules.rs`.

mod clock;
mod decide;
mod facts;
mod outcome;
mod rules;
mod weigh;

pub use decide::evaluate_claim;
pub use facts::{ClaimCause, ClaimFacts, ClaimPackage, Contact, EndState};
pub use outcome::{Answer, ClaimDecision, ClaimReason, ClockLine, Outcomes, Payer, Reasoned};
pub use rules::{ClaimRule, ClaimRules, Sets};
