//! Wire formats, pure: JSON, forms, multipart, XML, SOAP and CSV.
//!
//! Errors name fields and places and never repeat content: bodies hold
//! personal data. Start with the format that the carrier speaks.

pub mod csv;
pub mod form;
pub mod json;
pub mod multipart;
pub mod soap;
pub mod xml;

/// A message could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {format} message: {detail}")]
pub struct ReadError {
    /// What it was read as.
    pub format: &'static str,
    /// Where and why, without the content.
    pub detail: String,
}

impl ReadError {
    /// A failure to read `format`.
    pub fn new(format: &'static str, detail: impl Into<String>) -> Self {
        Self { format, detail: detail.into() }
    }
}

/// A message could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no {format} message can be made: {detail}")]
pub struct WriteError {
    /// What it was written as.
    pub format: &'static str,
    /// Why, without the content.
    pub detail: String,
}

impl WriteError {
    /// A failure to write `format`.
    pub fn new(format: &'static str, detail: impl Into<String>) -> Self {
        Self { format, detail: detail.into() }
    }
}
