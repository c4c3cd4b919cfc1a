//! XML bodies, written by hand and read by serde or as a tree.
//!
//! Reading is meant for replies of strangers: no DTD, no entities but the five
//! of XML, at most [`LARGEST`] bytes and [`DEEPEST`] levels, and time in
//! proportion to the size. Prefixes mean nothing to it, since carriers change
//! theirs at will. Start with [`XmlWriter`], [`read`] and [`tree`].

mod clean;
mod tree;
mod write;

use std::fmt;
use std::num::NonZeroUsize;
use std::str::FromStr;

use quick_xml::DeError;
use quick_xml::de::Deserializer as XmlDeserializer;
use serde::de::{DeserializeOwned, Error as _, Unexpected};
use serde::{Deserialize, Deserializer};

use super::{At, Format, ReadError, at_path, shown_name, without_values};

pub(super) use clean::{cleaned, decoded};
pub(super) use tree::tree_of;
pub use tree::{Node, tree};
pub use write::XmlWriter;

/// The media type of such a body.
pub const CONTENT_TYPE: &str = "application/xml; charset=utf-8";

/// Largest body that is read, in bytes: 16 MiB, which a page of labels in
/// base64 does not reach.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// Deepest nesting of elements that is read.
pub const DEEPEST: usize = 64;

/// Most list elements that serde may set aside while another list runs on.
const MOST_SET_ASIDE: NonZeroUsize = NonZeroUsize::new(100_000).unwrap();

/// Reads a document whose root element has the local name `root`.
///
/// Fields are named by local names; attributes are `@name`, text beside
/// attributes is `$text`. Text comes as it stands, blanks included: read
/// numbers by [`blank_as_none`]. An element with `xsi:nil` is as good as
/// missing; elements of lists may be interleaved with others. Bytes are UTF-8
/// or, where the declaration says so, ISO-8859-1.
///
/// # Errors
/// With the path of the bad field, or the line where the text is no XML that
/// is read here.
pub fn read<T: DeserializeOwned>(root: &str, body: &[u8]) -> Result<T, ReadError> {
    let text = cleaned(&decoded(body)?)?;
    let found = clean::root_of(&text);
    if found != Some(root) {
        let found = shown_name(found.unwrap_or_default());
        return Err(ReadError::new(Format::Xml, format!("the root element is `{found}`, expected `{root}`")));
    }
    from_clean(&text)
}

/// Reads a document of any root element, for an enum `T` whose variants are
/// named as the roots that may come. For a struct use [`read`]: serde looks at
/// no struct's root.
///
/// # Errors
/// As [`read`].
pub fn read_any<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReadError> {
    from_clean(&cleaned(&decoded(body)?)?)
}

/// Reads `text`, which [`cleaned`] has made.
pub(super) fn from_clean<T: DeserializeOwned>(text: &str) -> Result<T, ReadError> {
    let mut source = XmlDeserializer::from_str(text);
    source.event_buffer_size(Some(MOST_SET_ASIDE));
    serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let detail = match error.inner() {
            DeError::Custom(message) => without_values(message),
            DeError::MixedContent(name) => {
                format!("expected text only, found the element `{}`", shown_name(name))
            }
            DeError::UnexpectedEof => "an element is missing".to_owned(),
            DeError::TooDeeplyNested(_) => format!("nested deeper than {DEEPEST} levels"),
            DeError::TooManyEvents(_) => "too many interleaved elements".to_owned(),
            DeError::InvalidXml(_) | DeError::KeyNotRead => "not well-formed".to_owned(),
        };
        ReadError::new(Format::Xml, detail).at(at_path(error.path(), At::Body))
    })
}

/// For `#[serde(default, deserialize_with)]`: an element that may be missing,
/// or be there and empty, which both are `None`.
///
/// # Errors
/// When there is text and it is none of `T`.
pub fn blank_as_none<'de, D, T>(source: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let text = Option::<String>::deserialize(source)?.unwrap_or_default();
    match text.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| D::Error::invalid_value(Unexpected::Other("text"), &"nothing or a value")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Reply {
        #[serde(default, rename = "@id")]
        id: Option<String>,
        #[serde(default)]
        name: Option<String>,
        #[serde(default, deserialize_with = "blank_as_none")]
        price: Option<Decimal>,
        #[serde(default, rename = "event")]
        events: Vec<Event>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Event {
        #[serde(rename = "@code")]
        code: String,
        #[serde(rename = "$text", default)]
        words: String,
    }

    fn reply(body: &str) -> Result<Reply, ReadError> {
        read("reply", body.as_bytes())
    }

    #[test]
    fn prefixes_nil_order_and_cdata_do_not_matter() {
        let plain = reply(
            "<reply id=\"1\"><event code=\"A\">a &amp; b</event><event code=\"B\"/><price>1.50</price></reply>",
        )
        .unwrap();
        let other = reply(
            "\u{FEFF}\n<?xml version='1.0' encoding='utf-8'?><!-- c --><n:reply xmlns:n='urn:n' n:id='1'
             xmlns:xsi='urn:i'><n:event code='A'><![CDATA[a & b]]></n:event><m:price xmlns:m='m'>
             1<!-- c -->.50 </m:price><name xsi:nil='true'><x/></name><event n:code='B'></event></n:reply>\n",
        )
        .unwrap();
        assert_eq!(plain, other);
        assert_eq!(plain.price, Some(Decimal::new(150, 2)));
        assert_eq!(plain.events[0].words, "a & b");
        assert_eq!(reply("<reply><price/></reply>").unwrap().price, None);
    }

    #[test]
    fn latin_1_is_read_where_it_is_declared() {
        let body = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><reply><name>H\xF6fe</name></reply>";
        assert_eq!(read::<Reply>("reply", body).unwrap().name.as_deref(), Some("Höfe"));
        assert!(read::<Reply>("reply", &body[44..]).is_err());
        let other = reply("<?xml version=\"1.0\" encoding=\"UTF-16\"?><reply/>").unwrap_err();
        assert!(other.detail.contains("UTF-16"), "{other}");
    }

    #[test]
    fn errors_name_the_place_and_no_content() {
        let error = reply("<reply><event code='A'/><price>Erika</price></reply>").unwrap_err();
        assert_eq!(error.at, At::Path("price".to_owned()));
        assert!(!error.to_string().contains("Erika"), "{error}");
        let error = reply("<reply>\n<event>Erika</event></reply>").unwrap_err();
        assert!(error.detail.contains("@code"), "{error}");
        assert!(!error.to_string().contains("Erika"), "{error}");
        let error = reply("<reply>\n<name>Erika</Erika></reply>").unwrap_err();
        assert!(matches!(error.at, At::Line { line: 2, .. }), "{error}");
        assert!(!error.to_string().contains("Erika"), "{error}");
        assert!(reply("<error><name>a</name></error>").unwrap_err().detail.contains("`error`"));
    }

    #[test]
    fn hostile_and_broken_documents_are_refused() {
        let deep = format!("{}{}", "<reply>".repeat(65), "</reply>".repeat(65));
        let attributes: String = (0..300).map(|n| format!(" a{n}='1'")).collect();
        let many = format!("<reply{attributes}/>");
        let scopes: String = (0..60)
            .map(|n| {
                format!("<e xmlns:a{n}='1' xmlns:b{n}='1' xmlns:c{n}='1' xmlns:d{n}='1' xmlns:e{n}='1'>")
            })
            .collect();
        let scopes = format!("<reply>{scopes}");
        for bad in [
            "",
            " ",
            "reply",
            "<reply>",
            "<reply/><reply/>",
            "<reply/>x",
            "<reply></other>",
            "<reply>&unknown;</reply>",
            "<reply>a & b</reply>",
            "<reply>&#0;</reply>",
            "<reply id='&x;'/>",
            "<reply id='1' id='2'/>",
            "<reply id=1/>",
            "<!DOCTYPE reply><reply/>",
            "<!DOCTYPE r [<!ENTITY a 'b'>]><reply>&a;</reply>",
            "<a:/>",
            "<a:!--x/>",
            "<reply><![CDATA[</reply>",
            &deep,
            &many,
            &scopes,
        ] {
            assert!(reply(bad).is_err(), "{}", &bad[..bad.len().min(60)]);
            assert!(tree(bad.as_bytes()).is_err(), "{}", &bad[..bad.len().min(60)]);
        }
        assert!(read::<Reply>("reply", &vec![b' '; LARGEST + 1]).is_err());
        let fits = format!("{}{}", "<reply>".repeat(64), "</reply>".repeat(64));
        assert!(reply(&fits).is_ok());
    }

    #[test]
    fn every_truncation_is_an_error() {
        let whole = "<reply id='1'><event code='A'>a &amp; b</event><price>1</price></reply>";
        for end in 0..whole.len() {
            assert!(reply(&whole[..end]).is_err(), "{end}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(name in "[\\PC\r\n\t]*", code in "[\\PC\r\n\t]*") {
            let mut xml = XmlWriter::new();
            xml.element("reply", &[("id", &code)], |xml| { xml.text("name", &name); });
            let body = xml.finish().unwrap();
            let read: Reply = read("reply", &body).unwrap();
            prop_assert_eq!(read.id.unwrap_or_default(), code.clone());
            prop_assert_eq!(read.name.unwrap_or_default(), name.clone());
            let node = tree(&body).unwrap();
            prop_assert_eq!(node.attribute("id"), Some(code.as_str()));
            prop_assert_eq!(node.child("name").map(Node::text), Some(name.as_str()));
        }

        #[test]
        fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read::<Reply>("reply", &body);
            let _ = tree(&body);
        }

        #[test]
        fn no_text_of_markup_makes_it_panic(body in "(<|>|/|reply|event|=|'|code|&|;|#|x|<!|--|\\[CDATA\\[|\\]\\]>|\\?|:| |xmlns){0,40}") {
            let _ = read::<Reply>("reply", body.as_bytes());
            let _ = tree(body.as_bytes());
        }

        #[test]
        fn no_change_of_a_byte_makes_it_panic(at in 0usize..80, byte in any::<u8>()) {
            let mut body = b"<n:reply xmlns:n='u' id='1'><event code='A'>a &amp; b</event><price>1</price></n:reply>".to_vec();
            body[at] = byte;
            let _ = read::<Reply>("reply", &body);
            let _ = tree(&body);
        }
    }
}
