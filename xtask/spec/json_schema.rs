//! Turns the schemas of an OpenAPI or Swagger document into JSON Schema, and
//! validates values against them.
//!
//! Two things differ from the letter of the document, both on purpose: words that
//! OpenAPI adds (`nullable`) become JSON Schema, and an object lists all of its
//! fields unless the document says otherwise, so that a misspelt optional field
//! is found. Start with [`prepare`].

use std::collections::BTreeSet;

use anyhow::{Result, anyhow};
use jsonschema::Draft;
use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::{Map, Value, json};

use super::problem::{Problem, stands_for_secret};

/// The draft that a document's schemas follow.
pub(super) fn draft(document: &Value) -> Draft {
    let version = document.get("openapi").and_then(Value::as_str).unwrap_or_default();
    if version.starts_with("3.1") { Draft::Draft202012 } else { Draft::Draft4 }
}

/// Rewrites every schema of a document in place.
pub(super) fn prepare(document: &mut Value) {
    let mut open = BTreeSet::new();
    collect_open(document, &mut open);
    for holder in ["/components/schemas", "/definitions"] {
        let Some(Value::Object(schemas)) = document.pointer_mut(holder) else { continue };
        for (name, schema) in schemas {
            rewrite(schema, open.contains(&format!("#{holder}/{name}")));
        }
    }
    for holder in ["/paths", "/components/parameters", "/components/requestBodies", "/parameters"] {
        if let Some(part) = document.pointer_mut(holder) {
            rewrite_below(part);
        }
    }
}

/// Schemas that are parts of another one: closing them would forbid its fields.
fn collect_open(value: &Value, open: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for word in ["allOf", "oneOf", "anyOf"] {
                if !is_part(map, word) {
                    continue;
                }
                for member in map.get(word).and_then(Value::as_array).into_iter().flatten() {
                    open.extend(member.get("$ref").and_then(Value::as_str).map(str::to_owned));
                }
            }
            map.values().for_each(|value| collect_open(value, open));
        }
        Value::Array(values) => values.iter().for_each(|value| collect_open(value, open)),
        _ => {}
    }
}

/// Whether the members under `word` each describe only a part of the object.
fn is_part(schema: &Map<String, Value>, word: &str) -> bool {
    word == "allOf" || schema.contains_key("properties") || schema.contains_key("allOf")
}

fn rewrite_below(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                if name == "schema" { rewrite(value, false) } else { rewrite_below(value) }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(rewrite_below),
        _ => {}
    }
}

fn rewrite(schema: &mut Value, open: bool) {
    let Value::Object(map) = schema else { return };
    allow_null(map);
    // a frequent slip: `required` beside `type` on a single field, where only a list means something
    if map.get("required").is_some_and(|required| !required.is_array()) {
        map.remove("required");
    }
    for word in ["allOf", "oneOf", "anyOf"] {
        let part = open || is_part(map, word);
        if let Some(Value::Array(members)) = map.get_mut(word) {
            members.iter_mut().for_each(|member| rewrite(member, part));
        }
    }
    for word in ["items", "additionalProperties", "not"] {
        if let Some(inner) = map.get_mut(word) {
            rewrite(inner, word == "not");
        }
    }
    if let Some(Value::Object(fields)) = map.get_mut("properties") {
        fields.values_mut().for_each(|field| rewrite(field, false));
    }
    if !open && is_whole(map) {
        close(map);
    }
}

/// Forbids fields that a schema does not name; one that it requires is named, even where it is not described.
fn close(map: &mut Map<String, Value>) {
    let required = map.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(Value::Object(fields)) = map.get_mut("properties") {
        for name in required.iter().filter_map(Value::as_str) {
            fields.entry(name).or_insert_with(|| json!({}));
        }
    }
    map.insert("additionalProperties".to_owned(), Value::Bool(false));
}

/// Whether a schema alone lists an object's fields and leaves open whether there may be others.
fn is_whole(map: &Map<String, Value>) -> bool {
    let open_ended = ["allOf", "oneOf", "anyOf", "additionalProperties", "patternProperties", "$ref"];
    let has_fields =
        map.get("properties").and_then(Value::as_object).is_some_and(|fields| !fields.is_empty());
    has_fields && open_ended.iter().all(|word| !map.contains_key(*word))
}

fn allow_null(map: &mut Map<String, Value>) {
    if map.remove("nullable") != Some(Value::Bool(true)) {
        return;
    }
    if let Some(kind @ Value::String(_)) = map.get_mut("type") {
        *kind = json!([kind.take(), "null"]);
    }
    if let Some(Value::Array(values)) = map.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

/// Validates a value against a schema whose references point into `document`.
///
/// # Errors
/// When the schema itself cannot be used.
pub(super) fn validate(document: &Value, schema: &Value, value: &Value, root: &str) -> Result<Vec<Problem>> {
    let mut whole = Map::new();
    for holder in ["components", "definitions", "paths", "parameters"] {
        if let Some(part) = document.get(holder) {
            whole.insert(holder.to_owned(), part.clone());
        }
    }
    whole.insert("x-checked".to_owned(), schema.clone());
    whole.insert("$ref".to_owned(), Value::String("#/x-checked".to_owned()));
    let validator = jsonschema::options()
        .with_draft(draft(document))
        .should_validate_formats(true)
        .build(&Value::Object(whole))
        .map_err(|error| anyhow!("the schema cannot be used: {error} at `{}`", error.schema_path()))?;
    Ok(validator.iter_errors(value).flat_map(|error| problems(&error, root)).collect())
}

fn problems(error: &ValidationError<'_>, root: &str) -> Vec<Problem> {
    if error.instance().as_str().is_some_and(stands_for_secret) {
        return Vec::new();
    }
    let at = format!("{root}{}", error.instance_path());
    let keyword = error.kind().keyword();
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![Problem::new(&format!("{at}/{name}"), keyword, "is missing")]
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|name| Problem::new(&format!("{at}/{name}"), keyword, "is not in the specification"))
            .collect(),
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            let nearest =
                context.iter().min_by_key(|errors| errors.len()).map(Vec::as_slice).unwrap_or_default();
            let nearest: Vec<_> = nearest
                .iter()
                .flat_map(|error| problems(error, root))
                .map(|problem| problem.to_string())
                .collect();
            vec![Problem::new(&at, keyword, format!("fits no variant; nearest: {}", nearest.join("; ")))]
        }
        _ => vec![Problem::new(&at, keyword, error.to_string())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(mut document: Value, value: &Value) -> Vec<(String, String)> {
        prepare(&mut document);
        let schema = json!({"$ref": "#/components/schemas/A"});
        let problems = validate(&document, &schema, value, "").unwrap();
        problems.into_iter().map(|problem| (problem.path, problem.keyword)).collect()
    }

    fn document(schemas: &Value) -> Value {
        json!({"openapi": "3.0.1", "components": {"schemas": schemas}})
    }

    #[test]
    fn each_difference_has_its_place() {
        let document = document(&json!({"A": {"type": "object", "required": ["n", "m"], "properties": {
            "n": {"type": "string", "maxLength": 2}, "m": {"type": "integer"}, "l": {"$ref": "#/components/schemas/B"}}},
            "B": {"type": "array", "items": {"type": "string", "enum": ["x"]}}}));
        let value = json!({"n": "abc", "l": ["x", "y"], "typo": 1});
        let mut found = found(document, &value);
        found.sort();
        let expected =
            [("l/1", "enum"), ("m", "required"), ("n", "maxLength"), ("typo", "additionalProperties")];
        assert_eq!(found, expected.map(|(at, rule)| (at.to_owned(), rule.to_owned())));
    }

    #[test]
    fn null_is_allowed_where_it_is_nullable() {
        let schemas = json!({"A": {"properties": {"n": {"type": "string", "nullable": true, "enum": ["a"]},
            "m": {"type": "string"}}}});
        assert!(found(document(&schemas), &json!({"n": null})).is_empty());
        assert_eq!(found(document(&schemas), &json!({"m": null})).len(), 1);
    }

    #[test]
    fn parts_of_a_whole_stay_open() {
        let schemas = json!({
            "A": {"allOf": [{"$ref": "#/components/schemas/B"}, {"properties": {"c": {"type": "string"}}}]},
            "B": {"properties": {"b": {"type": "string"}}}});
        assert!(found(document(&schemas), &json!({"b": "1", "c": "2"})).is_empty());
    }

    #[test]
    fn a_required_field_is_known() {
        let schemas = json!({"A": {"required": ["a"], "properties": {"b": {"type": "string"}}}});
        assert!(found(document(&schemas), &json!({"a": "1"})).is_empty());
        assert_eq!(found(document(&schemas), &json!({"b": "1"})), [("a".to_owned(), "required".to_owned())]);
    }

    #[test]
    fn a_missed_variant_tells_the_nearest() {
        let schemas = json!({"A": {"oneOf": [
            {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}, "required": ["a", "b"]},
            {"properties": {"c": {"type": "string"}}, "required": ["c"]}]}});
        assert!(found(document(&schemas), &json!({"c": "1"})).is_empty());
        assert_eq!(found(document(&schemas), &json!({"a": "1"})), [(String::new(), "oneOf".to_owned())]);
    }

    #[test]
    fn secrets_have_no_length() {
        let schemas = json!({"A": {"properties": {"n": {"type": "string", "maxLength": 2}}}});
        assert!(found(document(&schemas), &json!({"n": "{secret:account}"})).is_empty());
    }
}
