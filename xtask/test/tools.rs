//! Programs that some steps need: found, or installed where that is quick and allowed.
//!
//! Never touches anything outside `target/tools`, but for a Debian package when
//! the user is root and the package is missing.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use parcelgate_test_postgres::{Server, VARIABLE};

use crate::run::{cargo, is_there, run};
use crate::say::say;

/// The version of buf that lints `proto/`.
const BUF: &str = "@bufbuild/buf@1.75.0";

/// A program, or why there is none.
#[derive(Debug)]
pub(super) enum Tool {
    /// What to start.
    Ready(PathBuf),
    /// What to tell the user.
    Missing(String),
}

/// libxml2's `xmllint`; the tests of spec-check and spec-check itself need it.
pub(super) fn xmllint() -> Result<()> {
    if !is_there("xmllint") {
        install("libxml2-utils", "`xmllint`")?;
    }
    if !is_there("xmllint") {
        bail!("`xmllint` is missing; install libxml2 (Debian: apt-get install libxml2-utils)");
    }
    Ok(())
}

/// A PostgreSQL server for the tests of this run, unless the caller has named one already. It stops when it is dropped.
pub(super) fn postgres() -> Result<Option<Server>> {
    if std::env::var_os(VARIABLE).is_some_and(|url| !url.is_empty()) {
        say(format_args!("the tests use the PostgreSQL server that {VARIABLE} names"));
        return Ok(None);
    }
    if !Server::is_installed() {
        install("postgresql", "a PostgreSQL server")?;
    }
    Server::start().map(Some)
}

/// Installs a Debian package where the user is root on such a machine; elsewhere it does nothing.
fn install(package: &str, what: &str) -> Result<()> {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    if !root || !is_there("apt-get") {
        return Ok(());
    }
    say(format_args!("installing {package} for {what}"));
    let install = || {
        let mut apt = Command::new("apt-get");
        apt.env("DEBIAN_FRONTEND", "noninteractive");
        run(apt.args(["install", "-y", "--no-install-recommends", package]))
    };
    // a fresh machine has no package lists yet
    if !install()?.ok {
        run(Command::new("apt-get").arg("update"))?;
        install()?;
    }
    Ok(())
}

/// cargo-deny, built once into `target/tools` and without optimisation, which takes a
/// minute on two cores in the place of two and a half; it runs for a second.
pub(super) fn cargo_deny(repo: &Path) -> Result<Tool> {
    let root = repo.join("target/tools");
    let own = root.join("bin/cargo-deny");
    for program in [PathBuf::from("cargo-deny"), own.clone()] {
        if is_there(&program) {
            return Ok(Tool::Ready(program));
        }
    }
    say("installing cargo-deny into target/tools, once: about a minute");
    let (root, build) =
        (root.to_string_lossy().into_owned(), root.join("build").to_string_lossy().into_owned());
    let arguments =
        ["install", "cargo-deny", "--locked", "--quiet", "--debug", "--root", &root, "--target-dir", &build];
    run(cargo(repo, &arguments).env("CARGO_PROFILE_DEV_DEBUG", "0"))?;
    let _ = std::fs::remove_dir_all(&build);
    if is_there(&own) {
        return Ok(Tool::Ready(own));
    }
    Ok(Tool::Missing("cargo-deny could not be installed; `cargo install cargo-deny --locked`".to_owned()))
}

/// buf from npm, installed once into `target/tools`.
pub(super) fn buf(repo: &Path) -> Result<Tool> {
    let root = repo.join("target/tools");
    let own = root.join("node_modules/.bin/buf");
    if !is_there(&own) && is_there("npm") {
        say("installing buf into target/tools, once");
        std::fs::create_dir_all(&root)?;
        let arguments =
            ["install", "--no-save", "--no-audit", "--no-fund", "--loglevel", "error", "--prefix"];
        run(Command::new("npm").args(arguments).arg(&root).arg(BUF))?;
    }
    for program in [own, PathBuf::from("buf")] {
        if is_there(&program) {
            return Ok(Tool::Ready(program));
        }
    }
    Ok(Tool::Missing("buf is missing; install npm (Debian: apt-get install npm) or buf itself".to_owned()))
}
