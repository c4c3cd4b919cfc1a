//! `cargo xtask load`: builds the gateway and the load tool for speed, and lets the one measure the other.
//!
//! Never measures by itself, and judges nothing: the tool in `benches/load` does. Start with [`load`].

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::run::cargo;

/// Builds both and runs the tool with `words`, whose output goes where this program's does.
///
/// # Errors
/// When something does not build or cannot be started.
pub(crate) fn load(repo: &Path, words: &[String]) -> Result<bool> {
    let build = ["build", "--release", "--package", "parcelgate", "--package", "parcelgate-load"];
    let built = cargo(repo, &build).status().context("cannot start `cargo build`")?;
    ensure!(built.success(), "the gateway or the load tool does not build");
    let folder = target(repo);
    let tool = folder.join("release/parcelgate-load");
    let mut command = std::process::Command::new(&tool);
    command.current_dir(repo).arg("run").arg("--gateway").arg(folder.join("release/parcelgate"));
    let status = command.args(["--folder".as_ref(), folder.as_os_str()]).args(words).status();
    let status = status.with_context(|| format!("cannot start `{}`", tool.display()))?;
    Ok(status.success())
}

/// Where cargo builds.
fn target(repo: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repo.join("target"), |folder| repo.join(folder))
}
