//! A comment cut into clauses and words, each with its place in the original text.
//!
//! Words are folded: lower case, no accents, one word for every number. Nothing is thrown away that could carry meaning:
//! what is no word only separates. Start at [`clauses`].

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::language::Language;

/// A part of a text: bytes from `start` to just before `end`, both on the bounds of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The smallest span around both.
    pub(super) fn around(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Folded; [`NUMBER`] for whatever begins with a digit.
    pub(super) word: String,
    /// Where it stands.
    pub(super) span: Span,
}

/// What stands for every number, date and time of day.
pub(super) const NUMBER: &str = "#";

/// What joins a clause to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Joint {
    /// A comma, a bracket, a dash, a small picture.
    Comma,
    /// A word such as "and".
    And,
    /// The end of a sentence, or nothing at all.
    Sentence,
    /// A word such as "but".
    Contrast,
}

/// Words that are understood together.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    /// Its words; at least one.
    pub(super) tokens: Vec<Token>,
    /// What joins it to the one before.
    pub(super) joint: Joint,
}

impl Clause {
    /// Where it stands, from its first to its last word.
    pub(super) fn span(&self) -> Span {
        let mut spans = self.tokens.iter().map(|token| token.span);
        let first = spans.next().unwrap_or(Span { start: 0, end: 0 });
        spans.fold(first, Span::around)
    }
}

/// Cuts a comment. `joins` says of a folded word whether it joins clauses; such words are in no clause.
pub(super) fn clauses(
    comment: &str,
    language: Language,
    joins: impl Fn(&str) -> Option<Joint>,
) -> Vec<Clause> {
    let mut found: Vec<Clause> = Vec::new();
    let mut tokens: Vec<Token> = Vec::new();
    let mut joint = Joint::Sentence;
    for piece in pieces(comment) {
        let next = match piece {
            Piece::Break(next) => next,
            Piece::Word(range) => {
                let mut next = None;
                for token in words(comment, range, language) {
                    match joins(&token.word) {
                        Some(how) => next = next.max(Some(how)),
                        None => tokens.push(token),
                    }
                }
                let Some(next) = next else { continue };
                next
            }
        };
        if tokens.is_empty() {
            joint = joint.max(next);
        } else {
            found.push(Clause { tokens: std::mem::take(&mut tokens), joint });
            joint = next;
        }
    }
    if !tokens.is_empty() {
        found.push(Clause { tokens, joint });
    }
    found
}

enum Piece {
    Word(Range<usize>),
    Break(Joint),
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´')
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

/// Words and what separates them. An apostrophe within a word, and a dot, comma, colon or slash within a number, belong
/// to it.
fn pieces(comment: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut word: Option<Range<usize>> = None;
    let mut before = ' ';
    let mut rest = comment.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let after = rest.peek().map_or(' ', |(_, next)| *next);
        let inside = is_of_word(before) && is_of_word(after);
        let in_number = before.is_ascii_digit() && after.is_ascii_digit();
        let is_joined =
            (is_apostrophe(c) && inside) || (in_number && matches!(c, '.' | ',' | ':' | '/' | '-'));
        if is_of_word(c) || (word.is_some() && is_joined) {
            let end = at + c.len_utf8();
            word = Some(word.map_or(at..end, |known| known.start..end));
        } else {
            found.extend(word.take().map(Piece::Word));
            found.extend(separates(before, c, after).map(Piece::Break));
        }
        before = c;
    }
    found.extend(word.map(Piece::Word));
    found
}

/// Whether something that is no part of a word ends a clause.
fn separates(before: char, c: char, after: char) -> Option<Joint> {
    match c {
        '.' | '!' | '?' | '…' | ';' | ':' | '\n' | '\r' | '¡' | '¿' => Some(Joint::Sentence),
        // A hyphen within a word joins; with a space beside it, it is a dash.
        '-' if is_of_word(before) && is_of_word(after) => None,
        ',' | '(' | ')' | '[' | ']' | '/' | '|' | '+' | '*' | '-' | '–' | '—' | '&' => Some(Joint::Comma),
        c if c.is_whitespace() || c.is_ascii() => None,
        '"' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' => None,
        c if is_apostrophe(c) || matches!(c, '€' | '£' | '°' | '\u{200d}' | '\u{fe0f}') => None,
        _ => Some(Joint::Comma),
    }
}

/// The folded words of a piece: French and Italian split at an apostrophe, the others do without it.
fn words(comment: &str, range: Range<usize>, language: Language) -> Vec<Token> {
    let Some(piece) = comment.get(range.clone()) else { return Vec::new() };
    let splits = matches!(language, Language::French | Language::Italian);
    let (mut found, mut word, mut start) = (Vec::new(), String::new(), range.start);
    for (at, c) in piece.char_indices() {
        if !is_apostrophe(c) {
            fold(c, language, &mut word);
        } else if splits {
            let end = range.start + at;
            found.extend(token(std::mem::take(&mut word), start, end));
            start = end + c.len_utf8();
        }
    }
    found.extend(token(word, start, range.end));
    found
}

fn token(word: String, start: usize, end: usize) -> Option<Token> {
    if word.is_empty() {
        return None;
    }
    let is_number = word.starts_with(|c: char| c.is_numeric());
    let word = if is_number { NUMBER.to_owned() } else { word };
    Some(Token { word, span: Span { start, end } })
}

/// A character without case and marks. In German a vowel's two dots are an `e` behind it, as people without the key write.
fn fold(c: char, language: Language, word: &mut String) {
    for lower in c.to_lowercase() {
        match lower {
            'ß' => word.push_str("ss"),
            'œ' => word.push_str("oe"),
            'æ' => word.push_str("ae"),
            _ => {
                for part in std::iter::once(lower).nfkd() {
                    match part {
                        '\u{308}' if language == Language::German => word.push('e'),
                        part if is_combining_mark(part) => {}
                        part => word.push(part),
                    }
                }
            }
        }
    }
}
