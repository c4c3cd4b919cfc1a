//! Tracking numbers: whose one may be, whether it can be one of a carrier, and
//! which carriers a marketplace follows.
//!
//! Pure functions over tables of data (`data/`) and over the formats that the
//! compiled-in adapters declare. It does no I/O, reads no clock and never says
//! that a number exists: only its carrier knows. An ambiguous number stays
//! ambiguous. Start with [`Catalog`], then [`Approved`].

mod approved;
mod catalog;
mod check;
mod formats;
mod identify;
mod posts;
#[cfg(test)]
mod tests;
mod validate;

pub use approved::{Approved, ApprovedCarrier, ApprovedQuery, Requirement};
pub use catalog::{Catalog, Courier, TableError};
pub use check::{Check, Rule, Verdict};
pub use formats::{Confidence, Indicator, Origin};
pub use identify::{Candidate, Part};
pub use validate::{Claim, Code, Finding, Listing, Severity, Validation, validate};
