//! Requests against OpenAPI and Swagger documents.
//!
//! A document is read once and kept. Start with [`Documents::validate`].

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Map, Value, json};

use super::case::Request;
use super::json_schema;
use super::operation::Operation;
use super::plan::OpenApi;
use super::problem::Problem;

/// The documents read so far.
#[derive(Debug)]
pub(super) struct Documents {
    folder: PathBuf,
    read: HashMap<String, Value>,
}

impl Documents {
    /// Documents under a folder; none is read yet.
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), read: HashMap::new() }
    }

    /// The folder of specifications.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What differs between a request and the document.
    ///
    /// # Errors
    /// When the document, its operation or its schema cannot be used.
    pub(super) fn validate(&mut self, target: &OpenApi, request: &Request) -> Result<Vec<Problem>> {
        let document = self.document(&target.file)?;
        let operation =
            target.operation.as_deref().map(|name| Operation::find(document, name)).transpose()?;
        let mut problems = match &operation {
            Some(operation) => operation.check_parameters(request)?,
            None => Vec::new(),
        };
        let schema = match (&target.schema, &operation) {
            (Some(reference), _) => {
                let pointer = reference.strip_prefix('#').context("`schema` does not start with `#/`")?;
                document.pointer(pointer).with_context(|| format!("no schema `{reference}`"))?;
                Some(json!({ "$ref": reference }))
            }
            (None, Some(operation)) => operation.body_schema(request),
            (None, None) => None,
        };
        match schema {
            Some(schema) => problems.extend(check_body(document, &schema, request)?),
            None if request.body.is_empty() => {}
            None => problems.push(Problem::new("body", "body", "the operation takes no body of this type")),
        }
        Ok(problems)
    }

    fn document(&mut self, file: &str) -> Result<&Value> {
        if !self.read.contains_key(file) {
            let path = self.folder.join(file);
            let text = fs::read_to_string(&path).with_context(|| format!("no specification `{file}`"))?;
            let mut document = parse(&text).with_context(|| format!("cannot read `{file}`"))?;
            json_schema::prepare(&mut document);
            self.read.insert(file.to_owned(), document);
        }
        self.read.get(file).context("read above")
    }
}

fn check_body(document: &Value, schema: &Value, request: &Request) -> Result<Vec<Problem>> {
    if request.body.is_empty() {
        return Ok(vec![Problem::new("body", "body", "is empty")]);
    }
    let form = request.header("content-type").is_some_and(|kind| kind.contains("x-www-form-urlencoded"));
    let body = if form {
        let pairs = form_urlencoded::parse(request.body.as_bytes());
        let fields: Map<_, _> = pairs.map(|(name, value)| (name.into_owned(), json!(value))).collect();
        Value::Object(fields)
    } else {
        match serde_json::from_str(&request.body) {
            Ok(body) => body,
            Err(error) => return Ok(vec![Problem::new("body", "body", format!("is no JSON: {error}"))]),
        }
    };
    json_schema::validate(document, schema, &body, "")
}

/// Reads JSON or YAML. Published files indent with TABs here and there, which YAML forbids.
fn parse(text: &str) -> Result<Value> {
    if text.trim_start().starts_with('{') {
        return Ok(serde_json::from_str(text)?);
    }
    let options = serde_saphyr::options! {
        budget: None,
        duplicate_keys: serde_saphyr::options::DuplicateKeyPolicy::LastWins,
        with_snippet: false,
    };
    let document: Value = serde_saphyr::from_str_with_options(&text.replace('\t', " "), options)
        .map_err(|error| anyhow!("{error}"))?;
    if document.get("paths").is_none() && document.get("components").is_none() {
        bail!("it has neither `paths` nor `components`");
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yaml_with_tabs_and_numbers_as_keys_is_read() {
        let text = "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      responses:\n        200:\n          description: a\tb\n";
        let document = parse(text).unwrap();
        let words = document.pointer("/paths/~1a/get/responses/200/description");
        assert_eq!(words.and_then(Value::as_str), Some("a b"));
    }

    #[test]
    fn a_file_that_is_no_document_is_refused() {
        assert!(parse("a: 1\n").is_err());
        assert!(parse("{ not json").is_err());
    }
}
