//! What an adapter sees.

pub mod check_digit;
pub mod codec;
pub mod model;
pub mod ratecard;
pub mod status;
