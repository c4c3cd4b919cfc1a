//! Text from people: bounded, printable, and redacted where it is personal.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Problem;

/// A non-empty line of printable text.
///
/// Control characters, bidirectional overrides and private-use characters are
/// refused: the first break labels and logs, the second hide text, the third
/// are how [`crate::account::SecretSlot`] marks a secret in a request.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text(String);

/// Longest text that any field takes, in characters.
const LONGEST: usize = 4096;

impl Text {
    /// Parses `raw`, trimmed, of at most `max` characters.
    ///
    /// # Errors
    /// A [`Problem`] when it is empty, too long or holds a character that is
    /// not printable.
    pub fn parse(raw: &str, max: usize) -> Result<Self, Problem> {
        let trimmed = raw.trim();
        if trimmed.is_empty() {
            return Err(Problem::new("must not be empty"));
        }
        let length = trimmed.chars().count();
        if length > max {
            return Err(Problem::new(format!("is {length} characters long, at most {max} are allowed")));
        }
        if let Some(bad) = trimmed.chars().find(|c| !is_printable(*c)) {
            return Err(Problem::new(format!(
                "holds the character U+{:04X}, which cannot be printed",
                u32::from(bad)
            )));
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_printable(c: char) -> bool {
    let hidden = matches!(u32::from(c),
        0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x2069 | 0xFEFF | 0xFFF9..=0xFFFB);
    let private = matches!(u32::from(c), 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF);
    !c.is_control() && !hidden && !private
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl TryFrom<String> for Text {
    type Error = Problem;
    fn try_from(raw: String) -> Result<Self, Problem> {
        Self::parse(&raw, LONGEST)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

/// Text about a person: a name, a street, an e-mail address.
///
/// It has no `Display` and its `Debug` shows only the length, so it cannot
/// reach a log by accident; [`Personal::expose`] is the one way out and stands
/// where a carrier's request is built or a caller is answered.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(Text);

impl Personal {
    /// Parses like [`Text::parse`].
    ///
    /// # Errors
    /// As [`Text::parse`].
    pub fn parse(raw: &str, max: usize) -> Result<Self, Problem> {
        Text::parse(raw, max).map(Self)
    }

    /// The text itself, for a wire request or an answer to its owner.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[personal, {} characters]", self.0.as_str().chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_and_private_characters_are_refused() {
        for bad in ["a\u{0}b", "a\u{202E}b", "a\u{E000}b", "a\nb", "  ", ""] {
            assert!(Text::parse(bad, 35).is_err(), "{bad:?}");
        }
        assert_eq!(Text::parse(" Höfe 3 ", 35).unwrap().as_str(), "Höfe 3");
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(Text::parse("ééééé", 5).is_ok());
        assert!(Text::parse("éééééé", 5).is_err());
    }

    #[test]
    fn personal_text_does_not_show_itself() {
        let name = Personal::parse("Erika Mustermann", 35).unwrap();
        assert!(!format!("{name:?}").contains("Erika"));
    }
}
