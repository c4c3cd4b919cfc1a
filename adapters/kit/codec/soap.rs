//! SOAP 1.1 envelopes. Source: W3C note of 8 May 2000, sections 4 and 4.4.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::xml::{self, Writer};
use super::{ReadError, WriteError};

/// The envelope's namespace.
pub const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// A request that calls `operation`: only that element carries `namespace`,
/// its children none (`elementFormDefault="unqualified"`, the default of XML
/// Schema).
///
/// # Errors
/// As [`Writer::finish`].
pub fn envelope(
    operation: &str,
    namespace: &str,
    children: impl FnOnce(&mut Writer),
) -> Result<Bytes, WriteError> {
    let name = format!("op:{operation}");
    let mut writer = Writer::new();
    writer.open("soap:Envelope", &[("xmlns:soap", ENVELOPE), ("xmlns:op", namespace)]);
    writer.open("soap:Body", &[]).open(&name, &[]);
    children(&mut writer);
    writer.close(&name).close("soap:Body").close("soap:Envelope");
    writer.finish().map(Bytes::from)
}

/// What a reply's body holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// The response that was asked for.
    Body(T),
    /// A fault.
    Fault(SoapFault),
}

/// A fault, in the service's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SoapFault {
    /// `faultcode`, without its prefix.
    pub code: String,
    /// `faultstring`.
    pub words: String,
}

/// Reads the element `response` of a reply's body, or its fault.
///
/// # Errors
/// When it is no envelope or holds neither.
pub fn read<T: DeserializeOwned>(body: &[u8], response: &str) -> Result<Answer<T>, ReadError> {
    let text = std::str::from_utf8(body).map_err(|_| ReadError::new("SOAP", "it is not UTF-8"))?;
    let document = xml::parse(text)?;
    let inside = document
        .root_element()
        .children()
        .find(|node| node.tag_name().name() == "Body")
        .and_then(|body| body.first_element_child())
        .ok_or_else(|| ReadError::new("SOAP", "it has no body"))?;
    match inside.tag_name().name() {
        "Fault" => {
            let part = |name: &str| {
                let node = inside.children().find(|node| node.tag_name().name() == name);
                node.and_then(|node| node.text()).unwrap_or_default().trim().to_owned()
            };
            let code = part("faultcode");
            let code = code.rsplit(':').next().unwrap_or_default().to_owned();
            Ok(Answer::Fault(SoapFault { code, words: part("faultstring") }))
        }
        name if name == response => {
            let range = inside.range();
            let own = text.get(range).ok_or_else(|| ReadError::new("SOAP", "its body is cut"))?;
            xml::read(own.as_bytes()).map(Answer::Body)
        }
        _ => Err(ReadError::new("SOAP", format!("its body holds no `{response}`"))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Sum {
        total: String,
    }

    #[test]
    fn only_the_operation_is_qualified() {
        let body = envelope("add", "urn:calc", |w| {
            w.text("a", "1 < 2");
        })
        .unwrap();
        let text = std::str::from_utf8(&body).unwrap();
        assert!(text.contains("<op:add><a>1 &lt; 2</a></op:add>"), "{text}");
    }

    #[test]
    fn a_response_and_a_fault_are_told_apart() {
        let wrap = |inside: &str| {
            format!("<s:Envelope xmlns:s=\"{ENVELOPE}\"><s:Body>{inside}</s:Body></s:Envelope>")
        };
        let good = wrap("<n:addResponse xmlns:n=\"urn:calc\"><total>3</total></n:addResponse>");
        assert_eq!(
            read::<Sum>(good.as_bytes(), "addResponse").unwrap(),
            Answer::Body(Sum { total: "3".into() })
        );
        let fault = wrap("<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring></s:Fault>");
        let expected = SoapFault { code: "Server".into(), words: "no".into() };
        assert_eq!(read::<Sum>(fault.as_bytes(), "addResponse").unwrap(), Answer::Fault(expected));
        assert!(read::<Sum>(wrap("<other/>").as_bytes(), "addResponse").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read::<Sum>(&body, "addResponse");
        }
    }
}
