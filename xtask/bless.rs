//! `cargo xtask bless`: writes golden requests and results anew.
//!
//! Never touches a reply that is there: it stands for the carrier. Start with [`bless`].

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::run::{cargo, run};
use crate::test::Counts;

/// Runs the golden cases of one carrier, or of all, with `BLESS` set.
///
/// # Errors
/// When there is no such carrier, or its crate has no test whose name holds `golden`.
pub(crate) fn bless(repo: &Path, carrier: Option<&str>) -> Result<bool> {
    let packages = packages(repo, carrier)?;
    let mut arguments = vec!["test", "--lib", "--tests"];
    for package in &packages {
        arguments.extend(["--package", package.as_str()]);
    }
    arguments.push("golden");
    let finished = run(cargo(repo, &arguments).env("BLESS", "1"))?;
    let counts = Counts::read(&finished.lines, finished.ok);
    ensure!(counts.passed + counts.failed > 0, "no test was run: its name must hold `golden`");
    Ok(finished.ok)
}

fn packages(repo: &Path, carrier: Option<&str>) -> Result<Vec<String>> {
    let adapters = repo.join("adapters");
    let mut found = Vec::new();
    for entry in fs::read_dir(&adapters).with_context(|| format!("cannot read `{}`", adapters.display()))? {
        let path = entry?.path();
        let Some(id) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.join("Cargo.toml").is_file() && id != "kit" && carrier.is_none_or(|carrier| carrier == id) {
            found.push(format!("parcelgate-{}", id.replace('_', "-")));
        }
    }
    if found.is_empty() {
        bail!("no carrier `{}` under adapters/", carrier.unwrap_or_default());
    }
    found.sort();
    Ok(found)
}
