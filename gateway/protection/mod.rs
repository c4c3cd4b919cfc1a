//! Protection of sellers: whether a complaint about a delivery counts against them, with the proof.
//!
//! Pure decisions over typed facts; nothing here guesses a fact that nobody told. Before a label is bought, start at
//! [`Benefits::of`]; for a rating, at [`review`].

mod benefits;
pub mod review;

pub use benefits::{Arrival, Benefit, Benefits, Facts as BenefitFacts, Withheld};
