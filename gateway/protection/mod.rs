//! Protection of sellers: whether a complaint about a delivery counts against them, with the proof.
//!
//! Pure decisions over typed facts; nothing here guesses a fact that nobody told. Start at [`review`].

pub mod review;
