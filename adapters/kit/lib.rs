//! What an adapter of a carrier sees, and all that it sees.
//!
//! An adapter is a pure translator: [`exchange::Exchange`]s build requests and
//! read replies, plans on [`carrier::Carrier`] put them in order over
//! [`plan::Cx`], and a [`descriptor::Descriptor`] says the rest as data. Nothing
//! here opens a socket, reads a clock or draws a random number.
//! Start with [`carrier`].

pub mod account;
pub mod carrier;
pub mod check_digit;
pub mod codec;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod descriptor;
pub mod exchange;
pub mod fault;
mod fill;
#[cfg(feature = "sim")]
pub mod label;
pub mod model;
pub mod operation;
pub mod plan;
pub mod ratecard;
#[cfg(feature = "sim")]
pub mod sim;
pub mod sniff;
pub mod status;
pub mod wire;
