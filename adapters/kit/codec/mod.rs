//! How typed values become the bytes of a wire, and bytes typed values.
//!
//! One file a format. Nothing here knows a carrier, does I/O or makes up a
//! value; nothing here panics on what a stranger sent, and no error repeats
//! what a body held, for bodies hold personal data: errors name places,
//! elements, fields and kinds only. Start with the file of your format.

pub mod csv;
pub mod form;
pub mod json;
pub mod multipart;
pub mod soap;
pub mod xml;

use std::fmt;

/// A format that bodies are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// JSON.
    Json,
    /// `multipart/form-data`.
    Multipart,
    /// SOAP 1.1 or 1.2.
    Soap,
    /// XML 1.0.
    Xml,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Csv => "CSV",
            Self::Form => "form",
            Self::Json => "JSON",
            Self::Multipart => "multipart",
            Self::Soap => "SOAP",
            Self::Xml => "XML",
        })
    }
}

/// Where in a body something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// In the body as a whole.
    Body,
    /// At a place in its text.
    Line {
        /// Line, from 1.
        line: usize,
        /// Column in that line, from 1; 0 before its first character.
        column: usize,
    },
    /// At a field, as a dotted path such as `shipments[0].weight`.
    Path(String),
    /// In a table.
    Row {
        /// Row of the file, from 1, the header counted.
        row: u64,
        /// Name of the column, or its number from 1 where there is no header.
        column: Option<String>,
    },
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => Ok(()),
            Self::Line { line, column } => write!(f, " at line {line} column {column}"),
            Self::Path(path) => write!(f, " at `{path}`"),
            Self::Row { row, column: None } => write!(f, " in row {row}"),
            Self::Row { row, column: Some(column) } => write!(f, " in row {row}, column `{column}`"),
        }
    }
}

/// Why a body could not be read. Holds no content of the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {format} body cannot be read{at}: {detail}")]
pub struct ReadError {
    /// What it was read as.
    pub format: Format,
    /// Where it is wrong.
    pub at: At,
    /// What is wrong, free of content.
    pub detail: String,
}

impl ReadError {
    /// An error about the body as a whole. `detail` must hold no content.
    pub fn new(format: Format, detail: impl Into<String>) -> Self {
        Self { format, at: At::Body, detail: detail.into() }
    }

    /// The same error at a place.
    pub fn at(mut self, at: At) -> Self {
        self.at = at;
        self
    }
}

/// Why a body could not be written. Holds no content of the body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {format} body cannot be written: {detail}")]
pub struct WriteError {
    /// What it was to be written as.
    pub format: Format,
    /// What is wrong, free of content.
    pub detail: String,
}

impl WriteError {
    /// An error of `format`. `detail` must hold no content.
    pub fn new(format: Format, detail: impl Into<String>) -> Self {
        Self { format, detail: detail.into() }
    }
}

/// Most characters of a name that an error repeats.
const NAME_SHOWN: usize = 80;

/// A name from a body, cut short and printable.
fn shown_name(name: &str) -> String {
    name.chars().take(NAME_SHOWN).map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// The message of a serde error without the values it quotes.
///
/// Serde's own messages have few shapes; of these, names of fields, kinds and
/// what was expected are kept. A message of any other shape may hold anything
/// and is replaced.
fn without_values(message: &str) -> String {
    let expected = || message.rsplit_once(", expected ").map(|(_, expected)| expected);
    for (start, kind_of) in [("invalid type: ", true), ("invalid value: ", true), ("unknown variant ", false)]
    {
        let Some(rest) = message.strip_prefix(start) else { continue };
        let kind: String = rest.chars().take_while(|c| c.is_ascii_alphabetic() || *c == ' ').collect();
        let kind = if kind_of && !kind.trim().is_empty() { kind.trim() } else { "value" };
        let start = start.trim_end_matches([':', ' ']);
        return match expected() {
            Some(expected) if kind_of => format!("{start}: {kind}, expected {expected}"),
            Some(expected) => format!("{start}, expected {expected}"),
            None => start.to_owned(),
        };
    }
    for start in ["missing field `", "duplicate field `", "unknown field `"] {
        if let Some((name, _)) = message.strip_prefix(start).and_then(|rest| rest.split_once('`')) {
            return format!("{start}{}`", shown_name(name));
        }
    }
    let counts = message.strip_prefix("invalid length ").and_then(|rest| rest.split_once(','));
    match (counts, expected()) {
        (Some((count, _)), Some(expected)) if count.bytes().all(|b| b.is_ascii_digit()) => {
            format!("invalid length {count}, expected {expected}")
        }
        _ => "a value is not as it should be".to_owned(),
    }
}

/// `path` as a place, or `otherwise` when it says nothing.
fn at_path(path: &serde_path_to_error::Path, otherwise: At) -> At {
    let shown = path.to_string();
    if shown.is_empty() || shown == "." { otherwise } else { At::Path(shown_name(&shown)) }
}

/// Takes a UTF-8 byte order mark off.
fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_out_of_messages_and_names_kept() {
        for (message, kept) in [
            (
                "invalid type: string \"Erika, expected b\", expected u32",
                "invalid type: string, expected u32",
            ),
            ("invalid type: integer `5`, expected a string", "invalid type: integer, expected a string"),
            ("invalid value: \"x\", expected one", "invalid value: value, expected one"),
            ("unknown variant `Erika`, expected `A` or `B`", "unknown variant, expected `A` or `B`"),
            ("missing field `city`", "missing field `city`"),
            ("unknown field `town`, expected `city`", "unknown field `town`"),
            ("invalid length 3, expected 2", "invalid length 3, expected 2"),
            ("`Erika` is no country", "a value is not as it should be"),
            ("invalid type: Erika", "invalid type"),
        ] {
            assert_eq!(without_values(message), kept);
        }
    }

    #[test]
    fn errors_say_where() {
        let error = ReadError::new(Format::Json, "missing field `city`").at(At::Path("to".to_owned()));
        assert_eq!(error.to_string(), "the JSON body cannot be read at `to`: missing field `city`");
    }
}
