//! What is wrong with a value that was to be parsed.

use std::fmt;

/// Why one value was refused, in words for the person who sent it.
///
/// It never repeats personal data: the value itself is quoted only where the
/// field is public by nature (a currency code, a country code, a weight).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    message: String,
}

impl Problem {
    /// A problem stated in words that say what is wrong and what would be right.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// A [`Problem`] and the field it belongs to, as a dotted path such as
/// `ship_to.postcode` or `parcels[2].weight`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// Path of the field as the caller wrote it.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

impl Invalid {
    /// Names the field that `problem` was found in.
    pub fn new(field: impl Into<String>, problem: Problem) -> Self {
        Self { field: field.into(), problem }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.field, self.problem)
    }
}

impl std::error::Error for Invalid {}
