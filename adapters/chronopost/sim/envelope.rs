//! Envelopes in and out, and the order that the schemas ask for.

use bytes::Bytes;
use roxmltree::{Document, Node};

use parcelgate_kit::codec::xml::Writer;
use parcelgate_kit::sim::response;

use super::{Refusal, Response};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const XML: &str = "text/xml;charset=UTF-8";

/// The namespace of the service at `path`.
pub(super) fn service(path: &str) -> Option<&'static str> {
    Some(match path {
        "/quickcost-cxf/QuickcostServiceWS" => "http://cxf.quickcost.soap.chronopost.fr/",
        "/shipping-cxf/ShippingServiceWS" => "http://cxf.shipping.soap.chronopost.fr/",
        "/tracking-cxf/TrackingServiceWS" => "http://cxf.tracking.soap.chronopost.fr/",
        _ => return None,
    })
}

/// The operation in the body, with its namespace.
pub(super) fn operation<'a>(document: &'a Document<'a>) -> Option<(&'a str, Node<'a, 'a>)> {
    let root = document.root_element();
    let is = |node: &Node<'_, '_>, name| {
        node.tag_name().namespace() == Some(SOAP) && node.tag_name().name() == name
    };
    let body = root.children().find(|node| is(node, "Body")).filter(|_| is(&root, "Envelope"))?;
    let operation = body.first_element_child()?;
    Some((operation.tag_name().namespace()?, operation))
}

/// Everything below an operation is unqualified.
pub(super) fn only_bare_children(operation: Node<'_, '_>) -> Result<(), Refusal> {
    let mut inside = operation.descendants().skip(1).filter(Node::is_element);
    match inside.find(|node| node.tag_name().namespace().is_some()) {
        Some(node) => Err(unexpected(node)),
        None => Ok(()),
    }
}

fn unexpected(node: Node<'_, '_>) -> Refusal {
    let (name, uri) = (node.tag_name().name(), node.tag_name().namespace().unwrap_or_default());
    Refusal::Message(format!("Unmarshalling Error: unexpected element (uri:\"{uri}\", local:\"{name}\")."))
}

/// The children stand in the order of `sequence`, and no others.
pub(super) fn in_order(node: Node<'_, '_>, sequence: &[&str]) -> Result<(), Refusal> {
    let mut rest = sequence;
    for child in node.children().filter(Node::is_element) {
        let at = rest.iter().position(|name| *name == child.tag_name().name());
        let Some(at) = at else { return Err(unexpected(child)) };
        // The same element may come again.
        rest = rest.get(at..).unwrap_or_default();
    }
    Ok(())
}

/// The text of the child `name`, `""` when there is none.
pub(super) fn text(node: Node<'_, '_>, name: &str) -> String {
    let child = node.children().find(|child| child.tag_name().name() == name);
    child.and_then(|child| child.text()).unwrap_or_default().trim().to_owned()
}

/// The answer of an operation.
pub(super) fn result(namespace: &str, operation: &str, result: Writer) -> Response {
    let inside = result.finish().unwrap_or_default();
    let body = format!(
        "<soap:Envelope xmlns:soap=\"{SOAP}\"><soap:Body><ns2:{operation}Response xmlns:ns2=\"{namespace}\">\
         <return>{inside}</return></ns2:{operation}Response></soap:Body></soap:Envelope>"
    );
    response(200, XML, Bytes::from(body))
}

/// A message that cannot be taken.
pub(super) fn fault(words: &str) -> Response {
    let mut inside = Writer::fragment();
    inside.open("soap:Fault", &[]).text("faultcode", "soap:Client").text("faultstring", words);
    inside.close("soap:Fault");
    let inside = inside.finish().unwrap_or_default();
    let body =
        format!("<soap:Envelope xmlns:soap=\"{SOAP}\"><soap:Body>{inside}</soap:Body></soap:Envelope>");
    response(500, XML, Bytes::from(body))
}
