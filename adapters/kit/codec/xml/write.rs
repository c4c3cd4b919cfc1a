//! Writing XML in the order that a carrier's schema wants.
//!
//! Requests are written by hand, element by element, because sequences in
//! schemas are ordered and empty elements are not the same as missing ones.

use std::fmt::Display;

use bytes::Bytes;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::clean::is_name;
use crate::codec::{Format, WriteError, shown_name};

/// A document under construction.
///
/// Methods do not fail one by one: the first problem is kept and
/// [`XmlWriter::finish`] tells it, so that the code of a request reads as the
/// request does.
///
/// ```
/// use parcelgate_kit::codec::xml::XmlWriter;
///
/// let mut xml = XmlWriter::fragment();
/// xml.element("parcel", &[("id", "7")], |xml| {
///     xml.text("weight", 2);
///     xml.optional("reference", None::<&str>);
/// });
/// assert_eq!(xml.finish().unwrap(), r#"<parcel id="7"><weight>2</weight></parcel>"#);
/// ```
pub struct XmlWriter {
    out: Writer<Vec<u8>>,
    open: Vec<String>,
    roots: usize,
    problem: Option<WriteError>,
}

impl Default for XmlWriter {
    fn default() -> Self {
        Self::new()
    }
}

impl XmlWriter {
    /// A document with the declaration of XML 1.0 in UTF-8.
    pub fn new() -> Self {
        let mut xml = Self::fragment();
        xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    /// A document without declaration, as some carriers take it in a query.
    pub fn fragment() -> Self {
        Self { out: Writer::new(Vec::new()), open: Vec::new(), roots: 0, problem: None }
    }

    /// An element with `attributes`, and in it what `children` writes.
    pub fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        children: impl FnOnce(&mut Self),
    ) -> &mut Self {
        let start = self.start(name, attributes);
        self.event(Event::Start(start));
        self.open.push(name.to_owned());
        children(self);
        self.open.pop();
        self.event(Event::End(BytesEnd::new(name)));
        self
    }

    /// An element that holds nothing.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        let start = self.start(name, attributes);
        self.event(Event::Empty(start));
        self
    }

    /// An element that holds text.
    pub fn text(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.text_with(name, &[], value)
    }

    /// An element that holds text and has attributes.
    pub fn text_with(&mut self, name: &str, attributes: &[(&str, &str)], value: impl Display) -> &mut Self {
        let value = value.to_string();
        self.element(name, attributes, |xml| {
            xml.check_characters(&value);
            xml.event(Event::Text(BytesText::new(&value)));
        })
    }

    /// An element that holds text, or no element at all.
    pub fn optional(&mut self, name: &str, value: Option<impl Display>) -> &mut Self {
        if let Some(value) = value {
            self.text(name, value);
        }
        self
    }

    /// The document.
    ///
    /// # Errors
    /// When a name is none, a text holds a character that XML 1.0 forbids, or
    /// there is not exactly one root element.
    pub fn finish(mut self) -> Result<Bytes, WriteError> {
        if self.roots != 1 {
            self.refuse(format!("{} root elements, there must be one", self.roots));
        }
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(Bytes::from(self.out.into_inner())),
        }
    }

    fn start<'a>(&mut self, name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
        if self.open.is_empty() {
            self.roots += 1;
        }
        self.check_name(name);
        let mut start = BytesStart::new(name);
        for (index, (key, value)) in attributes.iter().enumerate() {
            self.check_name(key);
            self.check_characters(value);
            if attributes.iter().take(index).any(|(other, _)| other == key) {
                self.refuse(format!("the attribute `{}` stands twice", shown_name(key)));
            }
            start.push_attribute((*key, *value));
        }
        start
    }

    fn check_name(&mut self, name: &str) {
        let (prefix, local) = name.split_once(':').unwrap_or(("x", name));
        if !is_name(prefix) || !is_name(local) {
            self.refuse(format!("`{}` is no name of XML", shown_name(name)));
        }
    }

    fn check_characters(&mut self, text: &str) {
        let Some(bad) = text.chars().find(|c| !is_allowed(*c)) else { return };
        let place = self.open.join("/");
        self.refuse(format!("the character U+{:04X} in `{place}` is forbidden in XML", u32::from(bad)));
    }

    fn event(&mut self, event: Event<'_>) {
        if self.out.write_event(event).is_err() {
            self.refuse("it cannot be written".to_owned());
        }
    }

    fn refuse(&mut self, detail: String) {
        self.problem.get_or_insert_with(|| WriteError::new(Format::Xml, detail));
    }
}

/// Whether XML 1.0 allows `c` (production 2, `Char`).
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(build: impl FnOnce(&mut XmlWriter)) -> Result<String, WriteError> {
        let mut xml = XmlWriter::fragment();
        build(&mut xml);
        xml.finish().map(|body| String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn order_and_escapes_are_as_written() {
        let body = written(|xml| {
            xml.element("a:b", &[("xmlns:a", "urn:a\"<")], |xml| {
                xml.text("z", "1 < 2 & 3")
                    .empty("y", &[("k", "v")])
                    .optional("x", Some("é"))
                    .optional("w", None::<u8>)
                    .text("v", "");
            });
        });
        assert_eq!(
            body.unwrap(),
            "<a:b xmlns:a=\"urn:a&quot;&lt;\"><z>1 &lt; 2 &amp; 3</z><y k=\"v\"/><x>é</x><v></v></a:b>"
        );
        let mut xml = XmlWriter::new();
        xml.empty("a", &[]);
        assert_eq!(xml.finish().unwrap(), "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a/>");
    }

    #[test]
    fn what_xml_cannot_hold_is_refused_with_its_place() {
        let error = written(|xml| {
            xml.element("a", &[], |xml| {
                xml.text("b", "Erika\u{0}");
            });
        })
        .unwrap_err();
        assert_eq!(error.detail, "the character U+0000 in `a/b` is forbidden in XML");
        for name in ["", "1a", "a b", "a:b:c", "a>", ":a"] {
            assert!(
                written(|xml| {
                    xml.text(name, "");
                })
                .is_err(),
                "{name}"
            );
        }
        assert!(
            written(|xml| {
                xml.empty("a", &[("k", "\u{FFFE}")]);
            })
            .is_err()
        );
        assert!(
            written(|xml| {
                xml.empty("a", &[("k", "1"), ("k", "2")]);
            })
            .is_err()
        );
        assert!(written(|_| {}).is_err());
        assert!(
            written(|xml| {
                xml.text("a", 1).text("b", 2);
            })
            .is_err()
        );
    }
}
