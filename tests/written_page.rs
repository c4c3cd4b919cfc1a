//! Pages whose middle is written from data: a test writes it anew or finds it stale.

#![allow(clippy::unwrap_used, reason = "a page that is not there, or has no marks, fails the test")]

use std::fs;
use std::path::Path;

const BEGIN: &str = "<!-- written from the rules: begin -->\n";
const END: &str = "<!-- end -->\n";

/// Compares what is between the marks of a page with `right`; with `BLESS` set it is written instead.
#[track_caller]
pub(crate) fn check(page: &str, right: &str, test: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let there = fs::read_to_string(&path).unwrap();
    let (head, rest) = there.split_once(BEGIN).unwrap();
    let (_, tail) = rest.split_once(END).unwrap();
    let right = format!("{head}{BEGIN}{right}{END}{tail}");
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, right).unwrap();
        return;
    }
    let line = there.lines().zip(right.lines()).position(|(there, right)| there != right);
    assert!(there == right, "{page} is stale from line {line:?}: run `BLESS=1 cargo test --test {test}`");
}
