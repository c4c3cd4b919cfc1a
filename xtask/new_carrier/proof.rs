//! Proves that a copy works: new carriers in a scratch checkout, linted, tested, tidy.
//!
//! Must never write outside `target/new-carrier`. Start with [`prove`].

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::{Operation, Wire, create};
use crate::run::{cargo, run};
use crate::say::say;
use crate::test::Counts;
use crate::tidy;

/// Operations of the carriers that the proof makes, on both wires.
const SELECTIONS: &[(&str, &[Operation])] = &[
    ("all", Operation::ALL),
    ("kept", &[Operation::Rate, Operation::Purchase, Operation::Track]),
    ("rates", &[Operation::Rate]),
    ("buys", &[Operation::Purchase]),
    ("tracks", &[Operation::Track]),
];

/// Makes the carriers, lints them, runs their tests and holds the checkout to the project's rules.
///
/// # Errors
/// When the scratch checkout cannot be made.
pub(crate) fn prove(repo: &Path) -> Result<Counts> {
    let scratch = repo.join("target/new-carrier");
    copy_checkout(repo, &scratch)?;
    let mut packages = Vec::new();
    for (word, wire) in [("rest", Wire::Rest), ("soap", Wire::Soap)] {
        for (selection, operations) in SELECTIONS {
            create(&scratch, &format!("proof_{word}_{selection}"), wire, operations)?;
            packages.extend(["--package".to_owned(), format!("parcelgate-proof-{word}-{selection}")]);
        }
    }
    let packages: Vec<_> = packages.iter().map(String::as_str).collect();
    // What is untidy already is the business of another step.
    let before = tidy::check(repo)?;
    let findings: Vec<_> = tidy::check(&scratch)?.into_iter().filter(|one| !before.contains(one)).collect();
    findings.iter().for_each(say);
    let mut counts = Counts::one(findings.is_empty());
    // The checkout's own target folder, so that only the copies are built.
    let target = repo.join("target");
    let ended = |words: &[&str], end: &[&str]| {
        let arguments = [words, packages.as_slice(), end].concat();
        run(cargo(&scratch, &arguments).env("CARGO_TARGET_DIR", &target))
    };
    counts += Counts::one(ended(&["clippy", "--all-targets"], &["--", "-D", "warnings"])?.ok);
    let tests = ended(&["test", "--lib"], &["--no-fail-fast"])?;
    counts += Counts::read(&tests.lines, tests.ok);
    fs::remove_dir_all(&scratch)?;
    Ok(counts)
}

/// Copies what git knows or would know.
fn copy_checkout(repo: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    let mut git = std::process::Command::new("git");
    git.current_dir(repo).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let output = git.output().context("cannot start git")?;
    ensure!(
        output.status.success(),
        "`git ls-files` failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    let list = String::from_utf8(output.stdout).context("a path is not UTF-8")?;
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        let (from, to) = (repo.join(path), to.join(path));
        if from.is_file() {
            fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
            fs::copy(&from, &to).with_context(|| format!("cannot copy `{path}`"))?;
        }
    }
    Ok(())
}
