//! One way in which a request differs from the published schema.

use std::fmt;

/// A difference, independent of the schema language that found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    /// Where in the request: names and array indices with `/` between, or
    /// `query/<name>`, `header/<name>`, `path`, `body`.
    pub(super) path: String,
    /// The schema's rule: `maxLength`, `required`, `enum`, `element` ...
    pub(super) keyword: String,
    /// What the validator says.
    pub(super) words: String,
}

impl Problem {
    /// A problem at a place.
    pub(super) fn new(path: &str, keyword: &str, words: impl Into<String>) -> Self {
        Self { path: path.trim_matches('/').to_owned(), keyword: keyword.to_owned(), words: words.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({}): {}", self.path, self.keyword, self.words)
    }
}

/// Whether a value stands for a secret that golden files leave out, so that its
/// length and pattern say nothing about the real one.
pub(super) fn stands_for_secret(value: &str) -> bool {
    value.contains("{secret:") || value.contains("{token:")
}
