//! The id of a new carrier, and the names that follow from it.
//!
//! Must never accept an id that cargo, Rust or the registry would refuse later. Start with [`Id`].

use anyhow::{Result, ensure};

/// Keywords of Rust, strict and reserved, of every edition.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];
/// Ids whose package or folder is taken by something that is no carrier.
const TAKEN: &[&str] = &["adapters", "kit", "template", "template_soap"];

/// A carrier's id in snake case, such as `acme_post`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Id(String);

impl Id {
    /// Parses an id of 2 to 30 characters.
    ///
    /// # Errors
    /// When it is not snake case, a keyword or taken.
    pub(super) fn parse(raw: &str) -> Result<Self> {
        let words_are_plain = raw.split('_').all(|word| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        ensure!(
            (2..=30).contains(&raw.len())
                && words_are_plain
                && raw.starts_with(|c: char| c.is_ascii_lowercase()),
            "`{raw}` is no id: 2 to 30 lower case letters, digits and single `_`, a letter first (`acme_post`)"
        );
        ensure!(!KEYWORDS.contains(&raw), "`{raw}` is a keyword of Rust; add a word (`{raw}_post`)");
        ensure!(!TAKEN.contains(&raw), "`{raw}` is taken by the project; choose another id");
        Ok(Self(raw.to_owned()))
    }

    /// The id, which is the folder's name.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// `parcelgate-acme-post`
    pub(super) fn package(&self) -> String {
        format!("parcelgate-{}", self.0.replace('_', "-"))
    }

    /// `parcelgate_acme_post`
    pub(super) fn library(&self) -> String {
        format!("parcelgate_{}", self.0)
    }

    /// `AcmePost`
    pub(super) fn type_name(&self) -> String {
        self.words().concat()
    }

    /// `Acme Post`
    pub(super) fn title(&self) -> String {
        self.words().join(" ")
    }

    /// `acme-post.example`
    pub(super) fn host(&self) -> String {
        format!("{}.example", self.0.replace('_', "-"))
    }

    fn words(&self) -> Vec<String> {
        let capital = |word: &str| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
        };
        self.0.split('_').map(capital).collect()
    }
}
