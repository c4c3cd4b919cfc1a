//! Looks at the papers that carriers send, and makes PDFs of them.
//!
//! Pure functions over bytes: no store, no clock, no network, so that no paper
//! leaves the machine. They take as long as the paper is large: call them off
//! the async threads. A paper that a carrier made is never changed here, only
//! looked at ([`check`]), wrapped ([`png_as_pdf`]) or put behind others
//! ([`join`]). Start with [`check`].

mod active;
mod check;
mod flaw;
mod join;
mod picture;
#[cfg(test)]
mod tests;
mod zpl;

pub use check::{Barcodes, Paper, Verdict, check};
pub use flaw::{Finding, Flaw};
pub use join::join;
pub use picture::png_as_pdf;

/// Why a PDF could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MakeError {
    /// The bytes cannot be read as what they are called.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// Something would be lost or look different, so it is not done.
    #[error("it has {0}, which would be lost")]
    WouldLose(&'static str),
}
