//! What an adapter sees.

pub mod check_digit;
#[cfg(feature = "sim")]
pub mod label;
pub mod model;
pub mod sniff;
