//! `cargo xtask docs`: pages that are written from code.
//!
//! Must never hold words of its own: what the page says comes from the descriptors. Start with [`write`].

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use crate::run::cargo;

/// The page of carriers, from the root of the checkout.
const PAGE: &str = "docs/carriers.md";

/// Writes the page of carriers.
///
/// # Errors
/// When the carriers do not build or the page cannot be written.
pub(crate) fn write(repo: &Path) -> Result<()> {
    let path = repo.join(PAGE);
    fs::create_dir_all(path.parent().context("the page lies in a folder")?)?;
    fs::write(&path, page(repo)?).with_context(|| format!("cannot write `{PAGE}`"))
}

/// What is wrong with the page that stands there; `None` when it is as the descriptors say.
///
/// # Errors
/// When the carriers do not build.
pub(crate) fn stale(repo: &Path) -> Result<Option<String>> {
    let there = fs::read_to_string(repo.join(PAGE)).unwrap_or_default();
    Ok(difference(&there, &page(repo)?))
}

fn difference(there: &str, right: &str) -> Option<String> {
    if there == right {
        return None;
    }
    let same = there.lines().zip(right.lines()).take_while(|(there, right)| there == right).count();
    let line = right.lines().nth(same).unwrap_or("(the end)");
    Some(format!("{PAGE}:{}: should be `{line}`; run `cargo xtask docs`", same + 1))
}

/// The facade prints the page, so that this tool still runs when a carrier does not build.
fn page(repo: &Path) -> Result<String> {
    let arguments = ["run", "--quiet", "--package", "parcelgate-adapters", "--example", "print_page"];
    let output = cargo(repo, &arguments).stderr(Stdio::inherit()).output().context("cannot start cargo")?;
    ensure!(output.status.success(), "the page of carriers could not be built");
    String::from_utf8(output.stdout).context("the page is not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert!(difference("a\nb\n", "a\nc\n").unwrap().contains("carriers.md:2: should be `c`"));
        assert!(difference("a\nb\n", "a\n").unwrap().contains("carriers.md:2: should be `(the end)`"));
        assert!(difference("", "a\n").is_some());
    }
}
