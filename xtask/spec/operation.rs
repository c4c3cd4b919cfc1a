//! One operation of an OpenAPI or Swagger document: its body's schema, and its
//! parameters in path, query and headers.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::case::Request;
use super::json_schema;
use super::problem::Problem;

/// An operation, found by method and path.
#[derive(Debug)]
pub(super) struct Operation<'a> {
    document: &'a Value,
    path: &'a str,
    description: &'a Value,
    parameters: Vec<&'a Value>,
}

/// Headers that OpenAPI leaves to the protocol.
const PROTOCOL_HEADERS: [&str; 3] = ["accept", "authorization", "content-type"];

impl<'a> Operation<'a> {
    /// Finds `POST /rating/{version}`.
    pub(super) fn find(document: &'a Value, name: &'a str) -> Result<Self> {
        let (method, path) = name.split_once(' ').context("`operation` is not like `POST /path`")?;
        let item = document.get("paths").and_then(|paths| paths.get(path));
        let item = item.with_context(|| format!("no path `{path}` in the document"))?;
        let description = item
            .get(method.to_ascii_lowercase())
            .with_context(|| format!("path `{path}` has no method `{method}`"))?;
        let lists = [item.get("parameters"), description.get("parameters")];
        let parameters = lists
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .flatten()
            .map(|parameter| follow(document, parameter))
            .collect();
        Ok(Self { document, path, description, parameters })
    }

    /// The schema of the body that a request of this type has; none when the
    /// operation takes none.
    pub(super) fn body_schema(&self, request: &Request) -> Option<Value> {
        let Some(body) = self.description.get("requestBody") else {
            let body = self.parameters.iter().find(|parameter| text(parameter, "in") == "body");
            return body.and_then(|body| body.get("schema")).cloned();
        };
        let content = follow(self.document, body).get("content")?.as_object()?;
        let kind = request.header("content-type").unwrap_or("application/json");
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let listed = content.iter().find(|(listed, _)| {
            listed.split(';').next().is_some_and(|listed| listed.trim().eq_ignore_ascii_case(kind))
        });
        listed.and_then(|(_, media)| media.get("schema")).cloned()
    }

    /// What differs in path, query and headers.
    pub(super) fn check_parameters(&self, request: &Request) -> Result<Vec<Problem>> {
        let mut problems = Vec::new();
        let path_values = self.path_values(request);
        if path_values.is_none() {
            let words = format!("does not end as `{}`", self.path);
            problems.push(Problem::new("path", "path", words));
        }
        for (name, _) in &request.query {
            if !self
                .parameters
                .iter()
                .any(|known| text(known, "in") == "query" && text(known, "name") == name)
            {
                problems.push(Problem::new(&format!("query/{name}"), "unknown", "is no parameter"));
            }
        }
        for parameter in &self.parameters {
            let (place, name) = (text(parameter, "in"), text(parameter, "name"));
            let values: Vec<String> = match place {
                "query" => request.query_values(name),
                "header" if !PROTOCOL_HEADERS.contains(&name.to_ascii_lowercase().as_str()) => {
                    request.header(name).map(str::to_owned).into_iter().collect()
                }
                "path" => match &path_values {
                    Some(values) => {
                        values.iter().filter(|(known, _)| known == name).map(|(_, v)| v.clone()).collect()
                    }
                    None => continue,
                },
                _ => continue,
            };
            let at = format!("{place}/{name}");
            if !values.is_empty() {
                problems.extend(self.check_value(parameter, &values, &at)?);
            } else if parameter.get("required") == Some(&Value::Bool(true)) {
                problems.push(Problem::new(&at, "required", "is missing"));
            }
        }
        Ok(problems)
    }

    fn check_value(&self, parameter: &Value, values: &[String], at: &str) -> Result<Vec<Problem>> {
        // Swagger 2 writes the schema's words into the parameter itself
        let mut schema = parameter.get("schema").cloned().unwrap_or_else(|| parameter.clone());
        if let Some(map) = schema.as_object_mut() {
            map.remove("required");
        }
        let value = coerce(follow(self.document, &schema), values);
        json_schema::validate(self.document, &schema, &value, at)
    }

    /// The values of the path's parameters; the template is compared from the
    /// end, because a server's address may bring a prefix.
    fn path_values(&self, request: &Request) -> Option<Vec<(String, String)>> {
        let mut template: Vec<&str> = self.path.trim_matches('/').split('/').collect();
        let mut path: Vec<&str> = request.path.trim_matches('/').split('/').collect();
        let mut values = Vec::new();
        while let Some(expected) = template.pop() {
            let found = path.pop()?;
            match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => values.push((name.to_owned(), decoded(found))),
                None if expected == found => {}
                None => return None,
            }
        }
        Some(values)
    }
}

impl Request {
    /// A header's value.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn query_values(&self, name: &str) -> Vec<String> {
        let same = self.query.iter().filter(|(known, _)| decoded(known) == name);
        same.map(|(_, value)| decoded(value)).collect()
    }
}

/// A percent-encoded name or value as it was meant.
fn decoded(text: &str) -> String {
    form_urlencoded::parse(text.replace('=', "%3D").replace('&', "%26").as_bytes())
        .next()
        .map(|(name, _)| name.into_owned())
        .unwrap_or_default()
}

fn follow<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix('#'));
    reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(value)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Text as the type that its schema asks for; left as text when it is none.
fn coerce(schema: &Value, values: &[String]) -> Value {
    let first = values.first().map_or("", String::as_str);
    let as_text = || json!(first);
    match text(schema, "type") {
        "integer" | "number" => {
            serde_json::from_str::<Value>(first).ok().filter(Value::is_number).unwrap_or_else(as_text)
        }
        "boolean" => first.parse::<bool>().map_or_else(|_| as_text(), Value::Bool),
        "array" => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            let members = values.iter().flat_map(|value| value.split(','));
            members.map(|member| coerce(items, &[member.to_owned()])).collect()
        }
        _ => as_text(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(request: &str) -> Vec<String> {
        let document = json!({"openapi": "3.0.1", "paths": {"/track/{number}": {"get": {"parameters": [
            {"in": "path", "name": "number", "schema": {"type": "string", "maxLength": 4}},
            {"in": "query", "name": "depth", "required": true, "schema": {"type": "integer", "maximum": 3}},
            {"in": "query", "name": "kind", "schema": {"type": "array", "items": {"enum": ["a", "b"]}}},
            {"in": "header", "name": "transId", "required": true, "schema": {"type": "string"}},
        ]}}}});
        let request = Request::parse(request).unwrap();
        let operation = Operation::find(&document, "GET /track/{number}").unwrap();
        let problems = operation.check_parameters(&request).unwrap();
        problems.iter().map(|problem| format!("{} {}", problem.path, problem.keyword)).collect()
    }

    #[test]
    fn right_parameters_pass() {
        let request = "GET /api/v1/track/1Z?depth=3&kind=a,b HTTP/1.1\nTransId: x\n\n";
        assert_eq!(found(request), Vec::<String>::new());
    }

    #[test]
    fn wrong_parameters_are_named() {
        let request = "GET /track/12345?depth=4&kind=a&kind=c&typo=1 HTTP/1.1\n\n";
        let expected = [
            "query/typo unknown",
            "path/number maxLength",
            "query/depth maximum",
            "query/kind/1 enum",
            "header/transId required",
        ];
        assert_eq!(found(request), expected);
    }

    #[test]
    fn another_path_is_seen() {
        assert_eq!(found("GET /trace/1?depth=1 HTTP/1.1\ntransid: x\n\n"), ["path path"]);
    }

    #[test]
    fn encoded_values_are_decoded() {
        assert_eq!(decoded("a%20b+c=d"), "a b c=d");
    }
}
