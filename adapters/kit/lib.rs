//! What an adapter sees.

pub mod check_digit;
pub mod model;
