//! Scenario vectors of the regional rules.
//!
//! Reads every `*.csv` in `tests/regional/` and the file named by
//! `REGIONAL_CASES`, runs each row through [`parcelgate::regional::decide`] and
//! compares. One line for each failing row, totals for each group. Rows of
//! confidence L are reported and do not fail. The shorthand of the columns is
//! read in `regional/shorthand.rs`.

#[path = "regional/page.rs"]
mod page;
#[path = "regional/shorthand.rs"]
mod shorthand;
#[path = "written_page.rs"]
mod written_page;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use parcelgate::regional::{Decision, Severity, decide, label};
use shorthand::Row;

/// Rows held to be wrong, with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "TC061",
        "an IOSS number on file that a territory outside of the EU's VAT area has no use for is remarked, as it is for every other such territory",
    ),
    ("TC291", "the platform's certificate is sent where its number is on file; the row has none"),
];

#[derive(Default)]
struct Totals {
    passed: usize,
    reported: usize,
    failed: usize,
}

#[test]
fn regional_vectors_hold() {
    let mut groups: BTreeMap<String, Totals> = BTreeMap::new();
    let mut out = std::io::stdout();
    for path in files().unwrap() {
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(&path).unwrap();
        for record in reader.deserialize() {
            let row: Row = record.unwrap();
            let totals = groups.entry(row.group.clone()).or_default();
            let misses = misses(&row);
            if misses.is_empty() {
                totals.passed += 1;
                continue;
            }
            let excepted = EXCEPTIONS.iter().find(|(id, _)| *id == row.id);
            let kind = if row.confidence == "L" || excepted.is_some() { "reported" } else { "FAILED" };
            writeln!(out, "{kind} {} {}: {}", row.id, row.title, misses.join("; ")).unwrap();
            if kind == "FAILED" { totals.failed += 1 } else { totals.reported += 1 }
        }
    }
    for (group, totals) in &groups {
        let Totals { passed, reported, failed } = totals;
        writeln!(out, "{group}: {passed} passed, {reported} reported, {failed} failed").unwrap();
    }
    assert!(groups.values().map(|totals| totals.passed).sum::<usize>() > 0, "no vectors were read");
    let failed: usize = groups.values().map(|totals| totals.failed).sum();
    assert_eq!(failed, 0, "{failed} rows differ, listed above");
}

fn files() -> std::io::Result<Vec<PathBuf>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/regional");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            files.push(path);
        }
    }
    files.sort();
    files.extend(std::env::var_os("REGIONAL_CASES").map(PathBuf::from));
    Ok(files)
}

/// What differs between a row and its decision.
fn misses(row: &Row) -> Vec<String> {
    let (query, rates) = match row.facts() {
        Ok(facts) => facts,
        Err(problem) => return vec![format!("cannot be read: {problem}")],
    };
    let decision = decide(&query, &rates);
    let mut misses = Vec::new();
    let mut differ = |what: &str, expected: String, found: String| {
        if expected != found {
            misses.push(format!("{what} {found}, expected {expected}"));
        }
    };
    differ("territory", row.expected_territory.clone(), decision.destination.to_string());
    differ("scheme", row.expected_scheme.clone(), decision.scheme.to_string());
    let severity = match decision.severity {
        Severity::Ok => "OK",
        Severity::Warn => "WARN",
        Severity::Block => "BLOCK",
    };
    differ("severity", row.expected_severity.clone(), severity.to_owned());
    let codes = decision.codes.iter().map(ToString::to_string).collect();
    differ("codes", sorted(&row.expected_codes), joined(codes));
    let required = decision.required.iter().map(ToString::to_string).collect();
    differ("required", sorted(&row.expected_data_required), joined(required));
    differ("ids", row.expected_ids(), found_ids(row, &decision));
    misses
}

/// Attached identifiers as the row writes them: with the value where the row
/// has one, the export note where the row asks for it.
fn found_ids(row: &Row, decision: &Decision) -> String {
    let with_values: BTreeSet<&str> = row
        .expected_ids_attached
        .split('|')
        .filter_map(|id| id.split_once(':'))
        .map(|(name, _)| name)
        .collect();
    let mut ids: BTreeSet<String> = decision
        .attached
        .iter()
        .map(|id| {
            let label = label(id.kind, id.holder);
            if with_values.contains(label) {
                format!("{label}:{}", id.value.expose())
            } else {
                label.to_owned()
            }
        })
        .collect();
    if row.expected_ids_attached.contains("NOEEI") {
        ids.extend(decision.export_note.clone());
    }
    joined(ids)
}

fn sorted(list: &str) -> String {
    joined(list.split('|').filter(|part| !part.is_empty() && *part != "none").map(str::to_owned).collect())
}

fn joined(set: BTreeSet<String>) -> String {
    if set.is_empty() { "none".to_owned() } else { set.into_iter().collect::<Vec<_>>().join("|") }
}
