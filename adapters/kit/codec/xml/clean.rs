//! What stands between a stranger's XML and everything that reads it.
//!
//! [`decoded`] makes text of bytes, [`cleaned`] checks well-formedness and all
//! limits in one pass and writes the document again without prefixes,
//! declarations, comments and nil elements. Nothing reads XML around it.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::{DEEPEST, LARGEST};
use crate::codec::{At, Format, ReadError, shown_name, without_bom};

/// Most attributes of one element, declarations of namespaces counted.
const MOST_ATTRIBUTES: usize = 256;

/// Most declarations of namespaces in force at one place.
const MOST_NAMESPACES: usize = 256;

/// The text of `body`: UTF-8, or ISO-8859-1 where its declaration says so.
pub(in crate::codec) fn decoded(body: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let refused = |detail: String| ReadError::new(Format::Xml, detail);
    if body.len() > LARGEST {
        return Err(refused(format!("larger than {LARGEST} bytes")));
    }
    let body = without_bom(body).trim_ascii_start();
    let declared = declared_encoding(body).unwrap_or("UTF-8");
    match declared.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" | "US-ASCII" | "ASCII" => std::str::from_utf8(body)
            .map(Cow::Borrowed)
            .map_err(|error| refused(format!("byte {} begins no UTF-8", error.valid_up_to()))),
        "ISO-8859-1" | "ISO8859-1" | "ISO_8859-1" | "LATIN1" => {
            Ok(Cow::Owned(body.iter().copied().map(char::from).collect()))
        }
        _ => Err(refused(format!("the encoding `{}` is not read", shown_name(declared)))),
    }
}

/// The encoding that the XML declaration names.
fn declared_encoding(body: &[u8]) -> Option<&str> {
    let rest = body.strip_prefix(b"<?xml")?;
    let end = rest.windows(2).take(256).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(rest.get(..end)?).ok()?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split_once(quote).map(|(name, _)| name)
}

/// The local name of the root element of a cleaned text.
pub(super) fn root_of(clean: &str) -> Option<&str> {
    clean.strip_prefix('<')?.split([' ', '>', '/']).next()
}

/// `text` checked and written again without prefixes.
pub(in crate::codec) fn cleaned(text: &str) -> Result<String, ReadError> {
    let mut reader = Reader::from_str(text);
    let mut cleaner = Cleaner { out: String::with_capacity(text.len()), ..Cleaner::default() };
    loop {
        let from = reader.buffer_position();
        let event = match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => cleaner.take(event),
            Err(error) => Err(words(&error)),
        };
        event.map_err(|detail| located(text, from, detail))?;
    }
    if cleaner.open.is_empty() && cleaner.has_root {
        Ok(cleaner.out)
    } else {
        let detail = if cleaner.has_root { "ends inside an element" } else { "there is no root element" };
        Err(located(text, reader.buffer_position(), detail.to_owned()))
    }
}

fn located(text: &str, position: u64, detail: String) -> ReadError {
    let position = usize::try_from(position).unwrap_or(usize::MAX).min(text.len());
    let before = text.get(..position).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |index| index + 1);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    ReadError::new(Format::Xml, detail).at(At::Line { line, column })
}

/// The words of an error, without what the document holds.
fn words(error: &Error) -> String {
    match error {
        Error::Syntax(error) => error.to_string(),
        Error::IllFormed(IllFormedError::MismatchedEndTag { expected, .. }) => {
            format!("expected the end of `{}`", shown_name(expected))
        }
        Error::IllFormed(IllFormedError::UnmatchedEndTag(_)) => "an end without a start".to_owned(),
        Error::IllFormed(IllFormedError::UnclosedReference) => "`&` without `;`".to_owned(),
        _ => "not well-formed".to_owned(),
    }
}

/// An element that is open.
struct Open {
    /// Name to close it by.
    name: String,
    /// Namespaces declared on it.
    declares: usize,
}

#[derive(Default)]
struct Cleaner {
    out: String,
    open: Vec<Open>,
    has_root: bool,
    /// Namespaces declared on all open elements.
    declared: usize,
    /// How many open elements there were when a nil element began.
    nil_from: Option<usize>,
}

type Step = Result<(), String>;

impl Cleaner {
    fn take(&mut self, event: Event<'_>) -> Step {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::Empty(tag) => {
                self.start(&tag)?;
                self.end()
            }
            Event::End(_) => self.end(),
            Event::Text(text) if self.open.is_empty() && !text.trim_ascii().is_empty() => {
                Err("text outside of the root element".to_owned())
            }
            Event::Text(text) => self.push(&text),
            Event::CData(_) | Event::GeneralRef(_) if self.open.is_empty() => {
                Err("text outside of the root element".to_owned())
            }
            Event::CData(text) => {
                self.push("<![CDATA[")?;
                self.push(&text)?;
                self.push("]]>")
            }
            Event::GeneralRef(reference) => self.reference(&reference),
            Event::DocType(_) => Err("a document type definition is not read".to_owned()),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Step {
        if self.open.is_empty() && self.has_root {
            return Err("a second root element".to_owned());
        }
        if self.open.len() == DEEPEST {
            return Err(format!("nested deeper than {DEEPEST} levels"));
        }
        self.has_root = true;
        let name = local(tag.name().into_inner())?.to_owned();
        let (attributes, declares, is_nil) = attributes(tag)?;
        self.declared += declares;
        if self.declared > MOST_NAMESPACES {
            return Err(format!("more than {MOST_NAMESPACES} namespaces are declared at one place"));
        }
        if is_nil && !self.open.is_empty() && self.nil_from.is_none() {
            self.nil_from = Some(self.open.len());
        }
        self.push("<")?;
        self.push(&name)?;
        self.push(&attributes)?;
        self.push(">")?;
        self.open.push(Open { name, declares });
        Ok(())
    }

    fn end(&mut self) -> Step {
        let Open { name, declares } = self.open.pop().ok_or("an end without a start")?;
        self.declared -= declares;
        self.push("</")?;
        self.push(&name)?;
        self.push(">")?;
        if self.nil_from == Some(self.open.len()) {
            self.nil_from = None;
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Step {
        let is_known = match reference.resolve_char_ref() {
            Ok(Some(_)) => true,
            Ok(None) => matches!(&**reference, "amp" | "lt" | "gt" | "quot" | "apos"),
            Err(_) => false,
        };
        if !is_known {
            return Err("an unknown entity or character".to_owned());
        }
        self.push("&")?;
        self.push(reference)?;
        self.push(";")
    }

    /// Writes, unless inside a nil element.
    fn push(&mut self, text: &str) -> Step {
        if self.nil_from.is_none() && (!self.open.is_empty() || text.trim_ascii() != "") {
            self.out.push_str(text);
        }
        Ok(())
    }
}

/// The attributes of `tag` without prefixes, how many namespaces it declares,
/// and whether it is nil. Of two that differ in prefix only, the first stays.
fn attributes(tag: &BytesStart<'_>) -> Result<(String, usize, bool), String> {
    let mut out = String::new();
    let mut names: Vec<&str> = Vec::new();
    let mut seen = 0_usize;
    let mut declares = 0_usize;
    let mut is_nil = false;
    let raw = tag.attributes();
    for attribute in raw {
        let attribute = attribute.map_err(|_| "a malformed or repeated attribute")?;
        seen += 1;
        if seen > MOST_ATTRIBUTES {
            return Err(format!("more than {MOST_ATTRIBUTES} attributes of one element"));
        }
        let value = &*attribute.value;
        unescape(value).map_err(|_| "an unknown entity or character in an attribute")?;
        if value.contains('<') {
            return Err("`<` in an attribute".to_owned());
        }
        if attribute.key.as_namespace_binding().is_some() {
            declares += 1;
            continue;
        }
        let name = local(attribute.key.into_inner())?;
        let has_prefix = attribute.key.prefix().is_some();
        if has_prefix && name == "nil" {
            is_nil |= matches!(value.trim(), "true" | "1");
            continue;
        }
        if names.contains(&name) {
            continue;
        }
        names.push(name);
        let quote = if value.contains('"') { '\'' } else { '"' };
        out.push_str(&format!(" {name}={quote}{value}{quote}"));
    }
    Ok((out, declares, is_nil))
}

/// The name behind the prefix, when both are names.
fn local(name: &str) -> Result<&str, String> {
    let (prefix, local) = name.split_once(':').unwrap_or(("x", name));
    if is_name(prefix) && is_name(local) { Ok(local) } else { Err("a malformed name".to_owned()) }
}

/// Whether `name` is a name without a colon (Namespaces in XML 1.0, NCName;
/// characters beyond ASCII are taken as they come).
pub(super) fn is_name(name: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
    name.chars().next().is_some_and(starts)
        && name.chars().all(|c| starts(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}
