//! `cargo xtask tidy`: the rules of this project that no compiler knows.
//!
//! Looks, never mends. Every finding names its place, its rule and what to do.
//! Start with [`check`]; each module below holds one family of rules.

mod arrows;
mod carriers;
mod reasons;
mod rooms;
mod shape;
mod source;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use self::arrows::Packages;
use self::source::Tree;
use crate::run::cargo;

/// Something that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// From the root of the checkout.
    path: String,
    /// From 1.
    line: usize,
    /// The rule's name.
    rule: &'static str,
    /// What is wrong, and what to do.
    what: String,
}

impl Finding {
    fn new(path: &str, line: usize, rule: &'static str, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, rule, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.path, self.line, self.rule, self.what)
    }
}

/// All findings in a checkout, sorted by place.
///
/// # Errors
/// Files that cannot be read, or a workspace that cargo does not understand.
pub(crate) fn check(repo: &Path) -> Result<Vec<Finding>> {
    let tree = Tree::read(repo)?;
    let mut findings = check_tree(&tree);
    findings.extend(arrows::check(&Packages::parse(&metadata(repo)?, repo)?));
    findings.sort();
    Ok(findings)
}

/// The rules that need nothing but files.
fn check_tree(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(arrows::check_manifests(tree));
    findings.extend(carriers::check(tree));
    findings.extend(reasons::check(tree));
    findings.extend(rooms::check(tree));
    findings.extend(shape::check(tree));
    findings.sort();
    findings
}

fn metadata(repo: &Path) -> Result<String> {
    let mut command: Command = cargo(repo, &["metadata", "--no-deps", "--format-version", "1"]);
    let output = command.output().context("cannot start `cargo metadata`")?;
    let words = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`cargo metadata` failed: {}", words.trim());
    String::from_utf8(output.stdout).context("`cargo metadata` is not UTF-8")
}
