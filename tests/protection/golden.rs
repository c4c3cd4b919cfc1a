//! Decisions that must never change: the facts and the rules of then give the decision of then, byte for byte.
//!
//! `BLESS=1 cargo test --test protection golden` writes those that are not there, and never one that is.

#![allow(clippy::unwrap_used, reason = "a file of the tests that cannot be read fails them")]

use std::fs;
use std::path::PathBuf;

use parcelgate::protection::claim::{ClaimFacts, ClaimRules, evaluate_claim};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::claim::Row;

/// Scenarios of `claims.csv` that were frozen.
const FROZEN: [&str; 4] = ["C001", "C002", "C060", "C080"];

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/protection/golden").join(name)
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_slice(&fs::read(path(name)).unwrap()).unwrap()
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

#[test]
fn a_decision_of_then_is_the_same_now() {
    if std::env::var_os("BLESS").is_some() {
        freeze();
    }
    let rules: ClaimRules = read("claim-rules.json");
    for id in FROZEN {
        let facts: ClaimFacts = read(&format!("{id}-facts.json"));
        let decision = fs::read_to_string(path(&format!("{id}-decision.json"))).unwrap();
        assert_eq!(text(&evaluate_claim(&facts, &rules)), decision, "{id}");
    }
}

fn freeze() {
    let put = |name: &str, text: String| {
        if !path(name).exists() {
            fs::create_dir_all(path("")).unwrap();
            fs::write(path(name), text).unwrap();
        }
    };
    put("claim-rules.json", text(&ClaimRules::published()));
    let rules: ClaimRules = read("claim-rules.json");
    let table = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/protection/claims.csv");
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(table).unwrap();
    for row in reader.deserialize::<Row>().map(Result::unwrap).filter(|row| FROZEN.contains(&row.id.as_str()))
    {
        let facts = row.facts();
        put(&format!("{}-facts.json", row.id), text(&facts));
        put(&format!("{}-decision.json", row.id), text(&evaluate_claim(&facts, &rules)));
    }
}
