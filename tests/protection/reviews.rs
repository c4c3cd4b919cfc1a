//! Ratings: worked scenarios, and what the reading of comments is worth.
//!
//! Scenarios are the rows of `protection/reviews.csv` and of the file named by `PROTECTION_CASES`, where that has these
//! columns. Comments are in `protection/comments`, whose README says what the labels mean; their figures are printed and
//! held above floors. Start at the tests; a row is read in `rating.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a file of the tests that cannot be read fails them"
)]

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::rating::Row;
use parcelgate::protection::review::{KnownBy, Label, Language, ReviewRules, classify, evaluate_review};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/protection")
}

#[test]
fn scenarios_hold() {
    let mut files = vec![folder().join("reviews.csv")];
    files.extend(std::env::var_os("PROTECTION_CASES").map(PathBuf::from));
    let (mut read, mut failed) = (0, Vec::new());
    for path in files {
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(&path).unwrap();
        // A file of other scenarios has other columns.
        let headers = reader.headers().unwrap().clone();
        if !["comment", "first_scan", "detail"].iter().all(|name| headers.iter().any(|known| known == *name))
        {
            continue;
        }
        for record in reader.deserialize() {
            let row: Row = record.unwrap();
            read += 1;
            let (facts, human) = row.facts();
            let decision = evaluate_review(&facts, &ReviewRules::published(), &row.comment, &human);
            failed.extend(row.misses(&decision).map(|miss| format!("{} {}: {miss}", row.id, row.title)));
        }
    }
    assert!(read >= 60, "{read} rows were read");
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Comments that sound like one about a delivery and are not, and plain ones that are. None of the first may pass; of the
/// second, so many must be found.
#[test]
fn traps_are_seen() {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(folder().join("traps.csv")).unwrap();
    let (mut figures, mut passed) = (Figures::default(), Vec::new());
    for record in reader.records() {
        let record = record.unwrap();
        let language = Language::find(&record[0]).unwrap();
        let found = classify(&record[2], language, KnownBy::Told, &[]).label;
        let is = &record[1] == "yes";
        if !is && found == Label::DeliveryOnly {
            passed.push(record[2].to_owned());
        }
        figures.add(if is { "DELIVERY_ONLY" } else { "" }, found);
    }
    assert!(figures.comments > 150, "{} comments", figures.comments);
    assert!(passed.is_empty(), "taken for comments about a delivery alone: {passed:?}");
    assert!(figures.recall() >= 85, "recall {} %", figures.recall());
}

/// Of one language and split: how many comments, of which so many were labelled right; strikes that were right, strikes
/// that were wrong, and strikes that were missed.
#[derive(Default)]
struct Figures {
    comments: usize,
    right: usize,
    hit: usize,
    wrong: usize,
    missed: usize,
}

impl Figures {
    fn add(&mut self, expected: &str, found: Label) {
        let (is, says) = (expected == Label::DeliveryOnly.as_str(), found == Label::DeliveryOnly);
        self.comments += 1;
        self.right += usize::from(expected == found.as_str());
        self.hit += usize::from(is && says);
        self.wrong += usize::from(!is && says);
        self.missed += usize::from(is && !says);
    }

    /// Per cent of the strikes that are right.
    fn precision(&self) -> usize {
        (self.hit * 100).checked_div(self.hit + self.wrong).unwrap_or(100)
    }

    /// Per cent of the comments about the delivery alone that are found.
    fn recall(&self) -> usize {
        (self.hit * 100).checked_div(self.hit + self.missed).unwrap_or(0)
    }
}

fn measure(path: &Path, language: Language, split: &str) -> Figures {
    let mut figures = Figures::default();
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(path).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        if &record[3] == split {
            figures.add(&record[2], classify(&record[1], language, KnownBy::Told, &[]).label);
        }
    }
    figures
}

#[test]
fn comments_are_sorted_as_well_as_stated() {
    let files = [
        ("en", Language::English),
        ("fr", Language::French),
        ("de", Language::German),
        ("it", Language::Italian),
        ("es", Language::Spanish),
        ("es_mx", Language::MexicanSpanish),
    ];
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protection-reviews.md");
    let page = std::fs::read_to_string(page).unwrap();
    let mut out = std::io::stdout();
    writeln!(out, "language  split  comments  labels right  precision  recall  false strikes").unwrap();
    let mut below = Vec::new();
    for (name, language) in files {
        for (split, recall) in [("tune", FLOOR_TUNE), ("final", FLOOR_FINAL)] {
            let found = measure(&folder().join(format!("comments/{name}.csv")), language, split);
            let (precision, recalled) = (found.precision(), found.recall());
            writeln!(
                out,
                "{name:8}  {split:5}  {:8}  {:12}  {precision:8}%  {recalled:5}%  {}",
                found.comments, found.right, found.wrong
            )
            .unwrap();
            let row = format!(
                "| {name} | {split} | {} | {} | {precision} % | {recalled} % | {} |",
                found.comments, found.right, found.wrong
            );
            assert!(page.lines().any(|line| line == row), "docs/protection-reviews.md has not `{row}`");
            assert!(found.comments >= 20, "{name} {split}: {} comments", found.comments);
            if found.wrong > 0 || recalled < recall {
                below.push(format!("{name} {split}: {} false strikes, recall {recalled} %", found.wrong));
            }
        }
    }
    assert!(below.is_empty(), "{}", below.join("; "));
}

/// Per cent of the comments about the delivery alone that are found among those that rules were written against.
const FLOOR_TUNE: usize = 85;
/// The same among those kept for the measure.
const FLOOR_FINAL: usize = 75;
