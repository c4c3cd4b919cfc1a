//! Whole carriers' folders: cases, `spec.toml` and specifications together.

use std::fs;
use std::path::Path;

use super::check_all;

const SPEC: &str = r##"{"openapi": "3.0.1", "paths": {"/rate": {"post": {"requestBody": {"content": {
    "application/json": {"schema": {"$ref": "#/components/schemas/Ask"}}}}}}}, "components": {"schemas": {"Ask": {
    "type": "object", "required": ["weight"], "properties": {"weight": {"type": "string", "maxLength": 3}}}}}}"##;
const CHECK: &str = "[[check]]\nrequest = \"POST /api/rate\"\nkind = \"openapi\"\nfile = \"acme/rate.json\"\n\
    operation = \"POST /rate\"\n";
const EXCEPTION: &str =
    "[[exception]]\npath = \"weight\"\nkeyword = \"maxLength\"\nreason = \"longer ones are taken\"\n";

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn check(plan: &str, body: &str) -> super::Report {
    let root = tempfile::tempdir().unwrap();
    let case = "adapters/acme/cases/rate/domestic";
    write(root.path(), "specs/acme/rate.json", SPEC);
    write(root.path(), "adapters/acme/Cargo.toml", "");
    write(root.path(), "adapters/kit/Cargo.toml", "");
    write(root.path(), "adapters/acme/spec.toml", plan);
    write(root.path(), &format!("{case}/case.toml"), "source = \"the carrier's sample\"\npublished = true\n");
    let request = format!("POST /api/rate HTTP/1.1\ncontent-type: application/json\n\n{body}\n");
    write(root.path(), &format!("{case}/request.http"), &request);
    check_all(root.path(), &root.path().join("specs"), None).unwrap()
}

#[test]
fn a_right_request_is_counted() {
    let report = check(CHECK, r#"{"weight": "1.5"}"#);
    assert_eq!(report.failures, Vec::<String>::new());
    assert_eq!((report.valid(), report.unchecked()), (1, 0));
    assert_eq!(report.rows.first().map(|row| (row.cases, row.published)), Some((1, 1)));
}

#[test]
fn a_wrong_request_fails_with_its_place() {
    let report = check(CHECK, r#"{"weight": "1.55"}"#);
    assert_eq!(report.valid(), 0);
    let [failure] = report.failures.as_slice() else { unreachable!("{:?}", report.failures) };
    assert!(failure.starts_with("acme: rate/domestic/request.http: `weight` (maxLength)"), "{failure}");
}

#[test]
fn an_exception_excuses_one_place_and_must_be_used() {
    let plan = format!("{CHECK}{EXCEPTION}");
    let report = check(&plan, r#"{"weight": "1.55"}"#);
    assert!(report.failures.is_empty());
    assert_eq!(report.rows.first().map(|row| row.exceptions), Some(1));
    let report = check(&plan, r#"{"weight": "1.5"}"#);
    assert!(report.failures.iter().any(|failure| failure.contains("excuses nothing")));
}

#[test]
fn every_request_needs_a_check() {
    let report = check("", r#"{"weight": "1.5"}"#);
    assert!(report.failures.iter().any(|failure| failure.contains("no `[[check]]`")));
}

#[test]
fn a_request_without_a_published_schema_is_told_apart() {
    let plan = "[[check]]\nrequest = \"POST *\"\nkind = \"none\"\nreason = \"the carrier publishes none\"\n";
    let report = check(plan, "{}");
    assert!(report.failures.is_empty());
    assert_eq!((report.valid(), report.unchecked()), (0, 1));
}

#[test]
fn a_carrier_that_does_not_exist_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "adapters/acme/Cargo.toml", "");
    assert!(check_all(root.path(), root.path(), Some("acne")).is_err());
}
