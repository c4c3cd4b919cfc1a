//! SOAP envelopes as trees of values, and back.
//!
//! Must know no message: names and order come from outside. Start with [`operation`].

use parcelgate_kit::codec::xml::Writer;
use serde_json::{Map, Value};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const NAMESPACE: &str = "http://template-soap.example/shipping/v1";

/// The operation that a request calls, and its parts; `None` when it is no such request.
pub(super) fn operation(body: &[u8]) -> Option<(String, Value)> {
    let document = roxmltree::Document::parse(std::str::from_utf8(body).ok()?).ok()?;
    let root = document.root_element();
    let here = |node: &roxmltree::Node<'_, '_>| node.tag_name().namespace() == Some(SOAP);
    let part = root.children().find(|node| here(node) && node.tag_name().name() == "Body")?;
    let operation = part.first_element_child()?;
    let known = here(&root) && operation.tag_name().namespace() == Some(NAMESPACE);
    known.then(|| (operation.tag_name().name().to_owned(), value(operation)))
}

/// A leaf is a text, elements of one name are a list.
fn value(node: roxmltree::Node<'_, '_>) -> Value {
    if node.first_element_child().is_none() {
        return Value::String(node.text().unwrap_or_default().to_owned());
    }
    let mut parts = Map::new();
    for child in node.children().filter(roxmltree::Node::is_element) {
        let (name, new) = (child.tag_name().name(), value(child));
        match parts.get_mut(name) {
            None => {
                parts.insert(name.to_owned(), new);
            }
            Some(Value::Array(several)) => several.push(new),
            Some(one) => *one = Value::Array(vec![one.take(), new]),
        }
    }
    Value::Object(parts)
}

/// The answer of an operation.
pub(super) fn response(operation: &str, answer: &Value) -> String {
    enveloped(|to| {
        let name = format!("op:{operation}Response");
        to.open(&name, &[]);
        write_parts(answer, to);
        to.close(&name);
    })
}

/// A fault.
pub(super) fn fault(code: &str, words: &str) -> String {
    enveloped(|to| {
        to.open("soap:Fault", &[]).text("faultcode", &format!("soap:{code}"));
        to.text("faultstring", words).close("soap:Fault");
    })
}

fn enveloped(body: impl FnOnce(&mut Writer)) -> String {
    let mut to = Writer::new();
    to.open("soap:Envelope", &[("xmlns:soap", SOAP), ("xmlns:op", NAMESPACE)]).open("soap:Body", &[]);
    body(&mut to);
    to.close("soap:Body").close("soap:Envelope");
    to.finish().unwrap_or_default()
}

fn write_parts(value: &Value, to: &mut Writer) {
    for (name, part) in value.as_object().into_iter().flatten() {
        let several = part.as_array().map_or(std::slice::from_ref(part), Vec::as_slice);
        for one in several {
            write(name, one, to);
        }
    }
}

fn write(name: &str, value: &Value, to: &mut Writer) {
    match value {
        Value::Null => {}
        Value::String(text) => {
            to.text(name, text);
        }
        Value::Object(_) => {
            to.open(name, &[]);
            write_parts(value, to);
            to.close(name);
        }
        other => {
            to.text(name, &other.to_string());
        }
    }
}
