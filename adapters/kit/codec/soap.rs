//! SOAP 1.1 and 1.2: the envelope around an operation, and answer or fault.
//!
//! Only document/literal, which every carrier's service here speaks. The
//! transport (`SOAPAction`, status codes) is the caller's. Start with
//! [`Envelope`] and [`read`].

use bytes::Bytes;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::de::DeserializeOwned;

use super::xml::{Node, XmlWriter, cleaned, decoded, from_clean, tree_of};
use super::{Format, ReadError, WriteError, shown_name};

/// A version of SOAP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Version {
    /// SOAP 1.1, W3C note of 2000.
    #[default]
    V1_1,
    /// SOAP 1.2, W3C recommendation of 2007.
    V1_2,
}

impl Version {
    /// Namespace of the envelope.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::V1_1 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V1_2 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    /// Value of the `Content-Type` header; version 1.2 may add an `action`.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::V1_1 => "text/xml; charset=utf-8",
            Self::V1_2 => "application/soap+xml; charset=utf-8",
        }
    }
}

/// A request under construction.
///
/// By default the operation alone is in its namespace and its children are in
/// none, as schemas with `elementFormDefault="unqualified"` have it.
#[derive(Clone, Debug)]
pub struct Envelope<'a> {
    operation: &'a str,
    namespace: &'a str,
    version: Version,
    is_qualified: bool,
    prefixes: Vec<(String, &'a str)>,
}

/// A request by SOAP 1.1 whose `children` are in no namespace.
///
/// # Errors
/// As [`XmlWriter::finish`].
pub fn envelope(
    operation: &str,
    namespace: &str,
    children: impl FnOnce(&mut XmlWriter),
) -> Result<Bytes, WriteError> {
    Envelope::new(operation, namespace).write(children)
}

impl<'a> Envelope<'a> {
    /// A request of `operation` in `namespace`.
    pub fn new(operation: &'a str, namespace: &'a str) -> Self {
        Self { operation, namespace, version: Version::V1_1, is_qualified: false, prefixes: Vec::new() }
    }

    /// Sets the version of SOAP.
    pub fn version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// Puts the children of the operation into its namespace, as schemas with
    /// `elementFormDefault="qualified"` have it.
    pub fn qualified(mut self) -> Self {
        self.is_qualified = true;
        self
    }

    /// Declares a prefix for elements of another namespace. `soap` and `op`
    /// are taken.
    pub fn prefix(mut self, prefix: &str, namespace: &'a str) -> Self {
        self.prefixes.push((format!("xmlns:{prefix}"), namespace));
        self
    }

    /// The body, without header blocks.
    ///
    /// # Errors
    /// As [`XmlWriter::finish`].
    pub fn write(&self, children: impl FnOnce(&mut XmlWriter)) -> Result<Bytes, WriteError> {
        self.finish(None::<fn(&mut XmlWriter)>, children)
    }

    /// The body with the header blocks that `header` writes.
    ///
    /// # Errors
    /// As [`XmlWriter::finish`].
    pub fn write_with_header(
        &self,
        header: impl FnOnce(&mut XmlWriter),
        children: impl FnOnce(&mut XmlWriter),
    ) -> Result<Bytes, WriteError> {
        self.finish(Some(header), children)
    }

    fn finish(
        &self,
        header: Option<impl FnOnce(&mut XmlWriter)>,
        children: impl FnOnce(&mut XmlWriter),
    ) -> Result<Bytes, WriteError> {
        let mut declared = vec![("xmlns:soap", self.version.namespace())];
        declared.extend(self.prefixes.iter().map(|(name, namespace)| (name.as_str(), *namespace)));
        let qualified_name = format!("op:{}", self.operation);
        let (name, binding) = match self.is_qualified {
            true => (self.operation, "xmlns"),
            false => (qualified_name.as_str(), "xmlns:op"),
        };
        let mut xml = XmlWriter::new();
        xml.element("soap:Envelope", &declared, |xml| {
            if let Some(header) = header {
                xml.element("soap:Header", &[], header);
            }
            xml.element("soap:Body", &[], |xml| {
                xml.element(name, &[(binding, self.namespace)], children);
            });
        });
        xml.finish().map_err(|error| WriteError { format: Format::Soap, ..error })
    }
}

/// What came back: the response element, or a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// The content of the response element.
    Body(T),
    /// The service refused or failed.
    Fault(SoapFault),
}

/// A SOAP fault of either version.
///
/// Its `Debug` shows the code alone: words and detail often repeat what was
/// sent.
#[derive(Clone, PartialEq, Eq)]
pub struct SoapFault {
    /// Code without prefix: `faultcode`, or the innermost `Subcode` of 1.2.
    pub code: String,
    /// `faultstring`, or the first `Text` of the reason.
    pub words: String,
    /// The free-form detail, in which many carriers put their own codes. Its
    /// elements are in no namespace, whatever they were in.
    pub detail: Option<Node>,
}

impl std::fmt::Debug for SoapFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SoapFault").field("code", &self.code).finish_non_exhaustive()
    }
}

/// Reads an envelope whose body holds the element `response_element` (local
/// name) or a fault. Headers are passed over.
///
/// # Errors
/// As [`super::xml::read`], and when the body holds neither.
pub fn read<T: DeserializeOwned>(body: &[u8], response_element: &str) -> Result<Answer<T>, ReadError> {
    let of_soap = |error: ReadError| ReadError { format: Format::Soap, ..error };
    let text = cleaned(&decoded(body).map_err(of_soap)?).map_err(of_soap)?;
    let (name, payload) = payload(&text)?;
    if name == response_element {
        return from_clean(payload).map(Answer::Body).map_err(of_soap);
    }
    if name == "Fault" {
        return tree_of(payload).map(|node| Answer::Fault(fault(&node))).map_err(of_soap);
    }
    let found = shown_name(&name);
    Err(refused(format!("the body holds `{found}`, expected `{response_element}` or a fault")))
}

fn refused(detail: impl Into<String>) -> ReadError {
    ReadError::new(Format::Soap, detail)
}

/// Name and text of the first element in the body of a cleaned envelope.
fn payload(clean: &str) -> Result<(String, &str), ReadError> {
    let mut reader = Reader::from_str(clean);
    let mut path: Vec<String> = Vec::new();
    loop {
        let from = reader.buffer_position();
        match reader.read_event().map_err(|_| refused("not well-formed"))? {
            Event::Start(tag) => {
                let name = tag.name().into_inner().to_owned();
                match path.as_slice() {
                    [] if name != "Envelope" => {
                        return Err(refused(format!("the root element is `{}`", shown_name(&name))));
                    }
                    [_, parent] if parent == "Body" => {
                        reader.read_to_end(tag.name()).map_err(|_| refused("not well-formed"))?;
                        let range =
                            usize::try_from(from).ok().zip(usize::try_from(reader.buffer_position()).ok());
                        let text = range.and_then(|(from, to)| clean.get(from..to)).unwrap_or_default();
                        return Ok((name, text));
                    }
                    _ => path.push(name),
                }
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Eof => return Err(refused("the envelope has no body, or nothing in it")),
            _ => {}
        }
    }
}

fn fault(node: &Node) -> SoapFault {
    let bare = |code: &str| code.rsplit(':').next().unwrap_or(code).trim().to_owned();
    let Some(code) = node.child("Code") else {
        return SoapFault {
            code: bare(node.text_at("faultcode").unwrap_or_default()),
            words: node.text_at("faultstring").unwrap_or_default().to_owned(),
            detail: node.child("detail").cloned(),
        };
    };
    let mut innermost = code;
    while let Some(deeper) = innermost.child("Subcode") {
        innermost = deeper;
    }
    SoapFault {
        code: bare(innermost.text_at("Value").unwrap_or_default()),
        words: node.text_at("Reason/Text").unwrap_or_default().to_owned(),
        detail: node.child("Detail").cloned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;
    use crate::codec::xml::tree;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Response {
        #[serde(rename = "return")]
        result: Return,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Return {
        error_code: u32,
    }

    fn answer(body: &str) -> Result<Answer<Response>, ReadError> {
        read(body.as_bytes(), "shipResponse")
    }

    #[test]
    fn only_the_operation_is_in_the_namespace_unless_qualified() {
        let body = envelope("ship", "urn:c", |xml| {
            xml.text("weight", 2);
        })
        .unwrap();
        let root = tree(&body).unwrap();
        let operation = root.at("Body/ship").unwrap();
        assert_eq!(root.namespace(), Some(Version::V1_1.namespace()));
        assert_eq!(operation.namespace(), Some("urn:c"));
        assert_eq!(operation.child("weight").unwrap().namespace(), None);
        assert_eq!(root.child("Header"), None);

        let qualified =
            Envelope::new("ship", "urn:c").qualified().version(Version::V1_2).prefix("o", "urn:o");
        let body = qualified
            .write_with_header(
                |xml| {
                    xml.text("o:key", "k");
                },
                |xml| {
                    xml.text("weight", 2).text("o:note", "n");
                },
            )
            .unwrap();
        let root = tree(&body).unwrap();
        assert_eq!(root.namespace(), Some(Version::V1_2.namespace()));
        assert_eq!(root.at("Header/key").unwrap().namespace(), Some("urn:o"));
        assert_eq!(root.at("Body/ship/weight").unwrap().namespace(), Some("urn:c"));
        assert_eq!(root.at("Body/ship/note").unwrap().namespace(), Some("urn:o"));
        assert_eq!(envelope("a b", "", |_| {}).unwrap_err().format, Format::Soap);
    }

    #[test]
    fn the_response_is_found_behind_headers_and_prefixes() {
        let body = "<s:Envelope xmlns:s='e'><s:Header><Body>x</Body></s:Header><s:Body>
            <n:shipResponse xmlns:n='u'><return><errorCode>0</errorCode></return></n:shipResponse>
            </s:Body></s:Envelope>";
        assert_eq!(answer(body).unwrap(), Answer::Body(Response { result: Return { error_code: 0 } }));
    }

    #[test]
    fn faults_of_both_versions_are_read() {
        let old = "<s:Envelope xmlns:s='e'><s:Body><s:Fault><faultcode>s:Server</faultcode>
            <faultstring>no &amp; no</faultstring><detail><x:e xmlns:x='x'><code>33</code></x:e></detail>
            </s:Fault></s:Body></s:Envelope>";
        let Answer::Fault(fault) = answer(old).unwrap() else { panic!("no fault") };
        assert_eq!((fault.code.as_str(), fault.words.as_str()), ("Server", "no & no"));
        assert_eq!(fault.detail.as_ref().and_then(|detail| detail.text_at("e/code")), Some("33"));
        assert!(!format!("{fault:?}").contains("no & no"));

        let new = "<s:Envelope xmlns:s='e'><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode>
            <s:Value>m:Weight</s:Value></s:Subcode></s:Code><s:Reason><s:Text>too heavy</s:Text></s:Reason>
            </s:Fault></s:Body></s:Envelope>";
        let Answer::Fault(fault) = answer(new).unwrap() else { panic!("no fault") };
        assert_eq!((fault.code.as_str(), fault.words.as_str()), ("Weight", "too heavy"));
    }

    #[test]
    fn anything_else_is_an_error() {
        for (body, says) in [
            ("<html><body>Erika</body></html>", "`html`"),
            ("<Envelope><Body><other>Erika</other></Body></Envelope>", "`other`"),
            ("<Envelope><Body>Erika</Body></Envelope>", "nothing in it"),
            ("<Envelope><Header/></Envelope>", "no body"),
            ("<Envelope><Body><shipResponse/></Body></Envelope>", "missing field"),
            ("<Envelope><Body><shipResponse><return>", "ends inside"),
        ] {
            let error = answer(body).unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
            assert!(!error.to_string().contains("Erika"), "{error}");
            assert_eq!(error.format, Format::Soap);
        }
    }

    proptest! {
        #[test]
        fn no_change_of_a_byte_makes_it_panic(at in 0usize..117, byte in any::<u8>()) {
            let mut body = b"<s:Envelope xmlns:s='e'><s:Body><s:Fault><faultcode>s:S</faultcode></s:Fault><shipResponse/></s:Body></s:Envelope>".to_vec();
            if let Some(place) = body.get_mut(at) {
                *place = byte;
            }
            let _ = read::<Response>(&body, "shipResponse");
        }
    }
}
