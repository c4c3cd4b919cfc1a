//! What needs no gateway: verifying, making a key, the published rules.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::super::render::table;
use super::super::{message, show};
use crate::proof::{self, Bundle, KeySet, SigningKey, Verified};
use crate::protection::RuleSets;
use crate::seal::key_file;

/// Verifies a decision or a bundle, and says what it found.
pub(super) fn verify(json: bool, file: &str, keys: Option<&str>) -> Result<()> {
    let text = message::text(file)?;
    let keys = match keys {
        Some(path) => {
            let set = message::text(path)?;
            Some(KeySet::parse(set.as_bytes()).with_context(|| format!("the keys in `{path}`"))?)
        }
        None => None,
    };
    let (decisions, evidence) = if text.trim_start().starts_with('{') {
        let bundle = Bundle::parse(text.as_bytes()).with_context(|| format!("`{file}`"))?;
        let checked = bundle.verify(keys.as_ref()).with_context(|| format!("`{file}` does not hold"))?;
        let words = format!(
            "{} pieces of evidence are those that were signed, {} are known by their hashes alone",
            checked.shown, checked.hashes_only
        );
        (checked.decisions, words)
    } else {
        let Some(keys) = keys else {
            bail!("a decision alone has no keys with it: name the keys to trust with --keys FILE");
        };
        let one = proof::verify(&text, &keys).with_context(|| format!("`{file}` does not hold"))?;
        let words =
            format!("{} pieces of evidence are known by their hashes alone", one.statement.evidence.len());
        (vec![one], words)
    };
    if json {
        for one in &decisions {
            show::json(&String::from_utf8_lossy(&proof::canonical(&one.statement)?));
        }
        return Ok(());
    }
    show::line(listed(&decisions));
    show::line(evidence);
    if keys_of_its_own(&text) {
        show::note("the keys are the bundle's own: compare them with keys from elsewhere, or give --keys");
    }
    Ok(())
}

/// Whether a document brings the keys that it was verified with.
fn keys_of_its_own(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

fn listed(decisions: &[Verified]) -> String {
    let mut rows = table(&["Nr", "Decision", "Of", "Decided", "Rules", "Signed by"]);
    for one in decisions {
        let statement = &one.statement;
        rows.add_row([
            statement.sequence.to_string(),
            statement.id.clone(),
            format!("{} {} of {}", statement.kind.as_str(), statement.subject, statement.order),
            statement.evaluated_at.to_string(),
            statement.rule_set.clone(),
            one.key.kid.clone(),
        ]);
    }
    format!("the signatures fit and the chain is whole\n{rows}")
}

/// Makes a key where there is no file.
pub(super) fn keygen(out: &Path) -> Result<()> {
    if out.exists() {
        bail!("`{}` is there and is left alone: name a file that is not", out.display());
    }
    let text = key_file::read_or_make(out, SigningKey::generate)?;
    let key = SigningKey::parse(&text)?;
    show::note(format!("{} has a new key, which only you can read; its public half:", out.display()));
    let keys = KeySet { keys: vec![key.public().clone()] };
    show::json(&String::from_utf8_lossy(&proof::canonical(&keys)?));
    Ok(())
}

/// The published rules.
pub(super) fn rules() -> Result<()> {
    show::json(RuleSets::published().to_file()?.trim_end());
    Ok(())
}
