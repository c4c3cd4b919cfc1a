//! Claims: worked scenarios, and what holds of every decision.
//!
//! Scenarios are the rows of `claims.csv` and of the file named by `PROTECTION_CASES`, where that has these columns. A row
//! is read in `claim.rs`.

#![allow(clippy::unwrap_used, reason = "a file of the tests that cannot be read fails them")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use parcelgate::protection::claim::{ClaimRules, Sets, evaluate_claim};
use parcelgate::protection::{Deadline, Told};
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, proptest};

use crate::claim::Row;

fn rows() -> Vec<Row> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/protection/claims.csv");
    let mut files = vec![own];
    files.extend(std::env::var_os("PROTECTION_CASES").map(PathBuf::from));
    let mut rows = Vec::new();
    for path in files {
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(&path).unwrap();
        // A file of other scenarios has other columns.
        let headers = reader.headers().unwrap().clone();
        if headers.iter().any(|name| name == "expected_payer") {
            rows.extend(reader.deserialize().map(|row| row.unwrap()));
        }
    }
    rows
}

#[test]
fn scenarios_hold() {
    let (rules, rows) = (ClaimRules::published(), rows());
    let mut failed = Vec::new();
    for row in &rows {
        let decision = evaluate_claim(&row.facts(), &rules);
        let misses = row.misses(&decision);
        failed.extend(misses.into_iter().map(|miss| format!("{} {}: {miss}", row.id, row.title)));
    }
    assert!(rows.len() >= 120, "{} rows were read", rows.len());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_rule_and_every_scenario_of_the_sources_is_met() {
    let (rules, rows) = (ClaimRules::published(), rows());
    let mut met = BTreeSet::new();
    for row in &rows {
        let decision = evaluate_claim(&row.facts(), &rules);
        met.extend(decision.trace.into_iter().map(|line| line.rule));
        met.extend(decision.clock.into_iter().map(|line| line.rule));
        met.extend(decision.reasons.into_iter().flat_map(|one| one.rules));
    }
    let said_only = |sets| matches!(sets, Sets::Holds);
    let unmet: Vec<_> = rules
        .rows()
        .iter()
        .filter(|rule| !said_only(rule.sets) && !met.contains(&rule.id))
        .map(|rule| &rule.id)
        .collect();
    assert!(unmet.is_empty(), "no scenario meets {unmet:?}");
    let worked: BTreeSet<_> =
        rows.iter().filter(|row| row.title.starts_with("8.1: ")).map(|row| &row.title).collect();
    assert!(worked.len() >= 7, "{worked:?}");
}

#[test]
fn a_shorter_handling_time_changes_what_was_scanned_on_the_last_day() {
    let mut rows_of = ClaimRules::published().rows().to_vec();
    let rule = rows_of.iter_mut().find(|rule| rule.id == "CLP-04").unwrap();
    rule.sets = Sets::ShippedOnTime { ends: Deadline::EndOfDay, more_days: -1 };
    let changed = ClaimRules::of(rows_of);
    let published = ClaimRules::published();
    assert_ne!(changed.version(), published.version());
    let row = rows().into_iter().find(|row| row.id == "C001").unwrap();
    let is_protected = |rules| evaluate_claim(&row.facts(), rules).is_protected;
    assert_eq!((is_protected(&published), is_protected(&changed)), (Some(true), Some(false)));
}

proptest! {
    /// In whatever order packages and messages come, and whatever becomes known later, the decision is the same.
    #[test]
    fn only_what_was_known_decides(seed in any::<u64>(), late in 1_i64..1_000_000, turned in Just(rows().len()).prop_flat_map(|n| 0..n)) {
        let rules = ClaimRules::published();
        let row = rows().into_iter().nth(turned).unwrap();
        let facts = row.facts();
        let mut other = facts.clone();
        other.packages.reverse();
        if let Some(contacts) = &mut other.contacts {
            contacts.value.reverse();
        }
        let later = facts.asked_at.checked_add(SignedDuration::from_secs(late)).unwrap();
        if other.refunded_by.is_none() {
            other.refunded_by = Some(Told::new(parcelgate::policy::Party::Seller, "later", later));
        }
        for package in &mut other.packages {
            if package.first_scan.is_none() {
                let at = Timestamp::from_second(i64::try_from(seed % 1_000_000_000).unwrap()).unwrap();
                package.first_scan = Some(Told::new(at, "later", later));
            }
        }
        let (first, second) = (evaluate_claim(&facts, &rules), evaluate_claim(&other, &rules));
        prop_assert_eq!(first.outcome, second.outcome);
        prop_assert_eq!(first.reasons, second.reasons);
        prop_assert_eq!(first.missing, second.missing);
    }
}
