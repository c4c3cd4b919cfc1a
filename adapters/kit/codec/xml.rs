//! XML: an order-preserving writer and a tolerant reader.
//!
//! Documents come from strangers: no DTD, no entities but the five, at most
//! 16 MiB and 64 levels deep.

use std::borrow::Cow;

use quick_xml::escape::escape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesEnd, BytesStart, Event};
use quick_xml::name::QName;
use quick_xml::{Reader, Writer as EventWriter};
use serde::de::DeserializeOwned;

use super::{ReadError, WriteError};

const LONGEST: usize = 16 * 1024 * 1024;
const DEEPEST: usize = 64;

/// Writes elements in the order of the calls, as `xs:sequence` wants them.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
    open: Vec<String>,
    wrong: Option<String>,
}

impl Writer {
    /// An empty document, with its declaration.
    pub fn new() -> Self {
        Self { text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_owned(), ..Self::default() }
    }

    /// An element without a declaration before it, for XML inside something
    /// else.
    pub fn fragment() -> Self {
        Self::default()
    }

    /// Opens an element.
    pub fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start(name, attributes);
        self.text.push('>');
        self.open.push(name.to_owned());
        self
    }

    /// An element without content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start(name, attributes);
        self.text.push_str("/>");
        self
    }

    /// An element that holds text.
    pub fn text(&mut self, name: &str, value: &str) -> &mut Self {
        self.check(name, value);
        self.text.push_str(&format!("<{name}>{}</{name}>", escape(value)));
        self
    }

    /// An element that holds text, left out when there is none.
    pub fn maybe(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        if let Some(value) = value {
            self.text(name, value);
        }
        self
    }

    /// Closes the element that was opened last, which must be `name`.
    pub fn close(&mut self, name: &str) -> &mut Self {
        if self.open.pop().as_deref() != Some(name) {
            self.wrong.get_or_insert_with(|| format!("`{name}` is closed and was not opened last"));
        }
        self.text.push_str(&format!("</{name}>"));
        self
    }

    /// The document.
    ///
    /// # Errors
    /// When an element was left open or a text holds a character that XML
    /// does not allow.
    pub fn finish(self) -> Result<String, WriteError> {
        match (self.wrong, self.open.last()) {
            (Some(wrong), _) => Err(WriteError::new("XML", wrong)),
            (None, Some(open)) => Err(WriteError::new("XML", format!("`{open}` was not closed"))),
            (None, None) => Ok(self.text),
        }
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.text.push('<');
        self.text.push_str(name);
        for (key, value) in attributes {
            self.check(key, value);
            self.text.push_str(&format!(" {key}=\"{}\"", escape(*value)));
        }
    }

    fn check(&mut self, name: &str, value: &str) {
        if value
            .chars()
            .any(|c| c < ' ' && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{FFFE}' | '\u{FFFF}'))
        {
            self.wrong.get_or_insert_with(|| format!("`{name}` holds a character that XML does not allow"));
        }
    }
}

/// Reads a document by serde, whatever prefixes its elements have: attributes
/// are `@name`, text beside attributes is `$text`.
///
/// # Errors
/// Malformed, too long, too deep, or not of the form of `T`.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReadError> {
    let plain = without_prefixes(&decoded(body)?)?;
    quick_xml::de::from_str(&plain).map_err(|error| ReadError::new("XML", shown(&error)))
}

/// The kind of a serde error; its text may quote content.
fn shown(error: &quick_xml::DeError) -> String {
    match error {
        quick_xml::DeError::UnexpectedEof => "it ends too early".to_owned(),
        quick_xml::DeError::InvalidXml(_) => "its syntax is wrong".to_owned(),
        quick_xml::DeError::Custom(words) if words.starts_with("missing field") => words.clone(),
        _ => "a value is not what was expected".to_owned(),
    }
}

/// The document as a tree, for simulators.
///
/// # Errors
/// Malformed, too long or with a DTD.
pub fn parse(text: &str) -> Result<roxmltree::Document<'_>, ReadError> {
    if text.len() > LONGEST {
        return Err(ReadError::new("XML", "it is longer than 16 MiB"));
    }
    let options = roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: 200_000, ..Default::default() };
    roxmltree::Document::parse_with_options(text, options)
        .map_err(|error| ReadError::new("XML", format!("its syntax is wrong at {}", error.pos())))
}

/// UTF-8 or ISO-8859-1, as declared.
fn decoded(body: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    if body.len() > LONGEST {
        return Err(ReadError::new("XML", "it is longer than 16 MiB"));
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let head = String::from_utf8_lossy(body.get(..100).unwrap_or(body)).to_ascii_lowercase();
    if head.contains("iso-8859-1") || head.contains("windows-1252") {
        return Ok(Cow::Owned(body.iter().map(|byte| char::from(*byte)).collect()));
    }
    std::str::from_utf8(body)
        .map(Cow::Borrowed)
        .map_err(|_| ReadError::new("XML", "it is neither UTF-8 nor declared as ISO-8859-1"))
}

fn without_prefixes(text: &str) -> Result<String, ReadError> {
    let malformed = |_| ReadError::new("XML", "its syntax is wrong");
    let mut reader = Reader::from_str(text);
    let mut writer = EventWriter::new(Vec::new());
    let mut depth: usize = 0;
    loop {
        let event = reader.read_event().map_err(malformed)?;
        let plain = match event {
            Event::Eof => break,
            Event::DocType(_) => {
                return Err(ReadError::new("XML", "it has a document type, which is not read"));
            }
            Event::Start(start) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(ReadError::new("XML", format!("it is more than {DEEPEST} levels deep")));
                }
                Event::Start(bare(&start)?)
            }
            Event::Empty(start) => Event::Empty(bare(&start)?),
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                let name = end.local_name().into_inner().to_owned();
                Event::End(BytesEnd::new(name))
            }
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => continue,
            other => other,
        };
        writer.write_event(plain).map_err(|_| ReadError::new("XML", "its syntax is wrong"))?;
    }
    if writer.get_ref().is_empty() {
        return Err(ReadError::new("XML", "it is empty"));
    }
    String::from_utf8(writer.into_inner()).map_err(|_| ReadError::new("XML", "it is not UTF-8"))
}

fn bare(start: &BytesStart<'_>) -> Result<BytesStart<'static>, ReadError> {
    let name = start.local_name().into_inner().to_owned();
    let mut plain = BytesStart::new(name);
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| ReadError::new("XML", "an attribute is malformed"))?;
        let is_namespace = attribute.key.as_namespace_binding().is_some();
        if !is_namespace {
            let key = attribute.key.local_name();
            // The value is escaped already.
            plain.push_attribute(Attribute { key: QName(key.into_inner()), value: attribute.value });
        }
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Sample {
        #[serde(rename = "@id")]
        id: String,
        #[serde(default)]
        line: Vec<String>,
    }

    #[test]
    fn prefixes_and_namespaces_do_not_matter() {
        let text = r#"<?xml version="1.0"?><ns2:s xmlns:ns2="urn:x" ns2:id="7"><ns2:line>a</ns2:line><line>b</line></ns2:s>"#;
        assert_eq!(
            read::<Sample>(text.as_bytes()).unwrap(),
            Sample { id: "7".into(), line: vec!["a".into(), "b".into()] }
        );
    }

    #[test]
    fn declared_latin_1_is_read() {
        let text = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><s id=\"1\"><line>\xe9</line></s>";
        assert_eq!(read::<Sample>(text).unwrap().line, ["é"]);
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = format!("{}{}", "<a>".repeat(5000), "</a>".repeat(5000));
        let bomb = "<!DOCTYPE a [<!ENTITY b \"x\">]><a>&b;</a>";
        for text in [deep.as_str(), bomb, "", "<a", "<a></b>"] {
            assert!(read::<Sample>(text.as_bytes()).is_err());
        }
        assert!(parse(bomb).is_err());
    }

    #[test]
    fn many_elements_beside_each_other_are_not_deep() {
        let text = format!("<s id=\"1\">{}</s>", "<line>a</line>".repeat(200));
        assert_eq!(read::<Sample>(text.as_bytes()).unwrap().line.len(), 200);
    }

    #[test]
    fn a_writer_tells_what_was_left_open_or_cannot_be_said() {
        let mut writer = Writer::new();
        writer.open("a", &[]);
        assert!(writer.finish().is_err());
        let mut writer = Writer::new();
        writer.text("a", "\u{1}");
        assert!(writer.finish().is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(id in "\\PC{0,12}", lines in proptest::collection::vec("[^\\s\\p{Cc}]{1,12}", 0..4)) {
            let mut writer = Writer::new();
            writer.open("s", &[("id", &id)]);
            for line in &lines {
                writer.text("line", line);
            }
            writer.close("s");
            let text = writer.finish().unwrap();
            prop_assert_eq!(read::<Sample>(text.as_bytes()).unwrap(), Sample { id, line: lines });
        }

        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read::<Sample>(&body);
        }
    }
}
