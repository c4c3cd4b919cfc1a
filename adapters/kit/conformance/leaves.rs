//! A request taken apart into its values, each with the name of its field.
//!
//! It knows JSON, XML and forms by their looks and nothing of any carrier.
//! Start with [`of`].

use serde_json::Value;

use crate::codec::{form, xml};
use crate::wire::Wire;

/// One value of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// Names from the outside in, joined by dots.
    pub(super) path: String,
    /// The value as it stands there.
    pub(super) value: String,
}

impl Leaf {
    fn new(path: impl Into<String>, value: impl Into<String>) -> Self {
        Self { path: path.into(), value: value.into() }
    }

    /// The innermost name, in small letters.
    pub(super) fn name(&self) -> String {
        let last = self.path.rsplit('.').find(|step| step.parse::<usize>().is_err());
        last.unwrap_or_default().to_ascii_lowercase()
    }
}

/// Every value of a request: path, query, headers, body. A body that is no
/// JSON, XML or form is one value.
pub(super) fn of(wire: &Wire) -> Vec<Leaf> {
    let Wire::Http(call) = wire;
    let mut leaves = vec![Leaf::new("(path)", call.path.clone())];
    leaves.extend(call.query.iter().map(|(name, value)| Leaf::new(format!("(query).{name}"), value.clone())));
    leaves.extend(
        call.headers.iter().map(|(name, value)| Leaf::new(format!("(header).{name}"), value.clone())),
    );
    leaves.extend(of_body(&call.body, call.header_value("content-type").unwrap_or_default()));
    leaves
}

/// Every value of a body of this content type.
pub(super) fn of_body(body: &[u8], content_type: &str) -> Vec<Leaf> {
    let text = String::from_utf8_lossy(body);
    let mut leaves = Vec::new();
    if let Ok(value) = serde_json::from_str::<Value>(&text) {
        json(String::new(), &value, &mut leaves);
        return leaves;
    }
    if text.trim_start().starts_with('<') {
        return of_xml(&text);
    }
    if content_type.contains("x-www-form-urlencoded") {
        return form::read(body).into_iter().map(|(name, value)| Leaf::new(name, value)).collect();
    }
    vec![Leaf::new("(body)", text)]
}

fn json(path: String, value: &Value, leaves: &mut Vec<Leaf>) {
    let under = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| json(under(name), value, leaves));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| json(under(&index.to_string()), item, leaves));
        }
        Value::String(text) => leaves.push(Leaf::new(path, text.clone())),
        other => leaves.push(Leaf::new(path, other.to_string())),
    }
}

fn of_xml(text: &str) -> Vec<Leaf> {
    let Ok(document) = xml::parse(text) else { return vec![Leaf::new("(body)", text)] };
    let mut leaves = Vec::new();
    for node in document.descendants() {
        let names: Vec<_> =
            node.ancestors().filter(|one| one.is_element()).map(|one| one.tag_name().name()).collect();
        let path = names.into_iter().rev().collect::<Vec<_>>().join(".");
        leaves.extend(node.attributes().map(|one| Leaf::new(format!("{path}.@{}", one.name()), one.value())));
        if let Some(inner) = node.text().filter(|inner| node.is_text() && !inner.trim().is_empty()) {
            leaves.push(Leaf::new(path, inner));
        }
    }
    leaves
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::HttpCall;

    fn leaves(call: HttpCall) -> Vec<(String, String)> {
        of(&call.into()).into_iter().map(|leaf| (leaf.path, leaf.value)).collect()
    }

    fn holds(call: HttpCall, path: &str, value: &str) -> bool {
        leaves(call).contains(&(path.to_owned(), value.to_owned()))
    }

    #[test]
    fn every_form_of_body_is_taken_apart() {
        let json = HttpCall::post_json("/a", &serde_json::json!({"a": [{"ioss": "IM1"}]})).unwrap();
        assert!(holds(json, "a.0.ioss", "IM1"));
        let xml = HttpCall::post("/a", "text/xml", "<s:a xmlns:s='x'><b>IM1</b></s:a>".into());
        assert!(holds(xml, "a.b", "IM1"));
        let form = HttpCall::post("/a", "application/x-www-form-urlencoded", "a=1&ioss=IM%201".into());
        assert!(holds(form, "ioss", "IM 1"));
        assert_eq!(Leaf::new("a.Note.0", "").name(), "note");
    }
}
