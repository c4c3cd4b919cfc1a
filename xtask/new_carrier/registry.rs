//! The two lines that make a carrier known: one in `adapters/Cargo.toml`, one in `adapters/lib.rs`.
//!
//! Must add exactly one line to each, and change no other. Start with [`register`] and [`depend`].

use anyhow::{Context, Result, ensure};

use super::name::Id;

/// The function of the facade that lists the product's carriers.
const LIST: &str = "pub fn all() -> Vec<Entry> {";

/// The facade's source with a line for `id` in [`LIST`], before the line that closes the list.
///
/// # Errors
/// When the list is not laid out one entry a line, or knows the carrier.
pub(super) fn register(source: &str, id: &Id) -> Result<String> {
    let call = format!("{}::entry()", id.library());
    ensure!(!source.contains(&call), "`{call}` is in the list already");
    let laid_out = || format!("`adapters/lib.rs` has no `{LIST}` with `vec![`, one entry a line, and `]`");
    let start = source.find(LIST).with_context(laid_out)?;
    let mut place = start;
    for line in source.get(start..).unwrap_or_default().split_inclusive('\n') {
        if line.trim() == "]" {
            let (before, after) = source.split_at(place);
            return Ok(format!("{before}        {call},\n{after}"));
        }
        if line.trim() == "}" {
            break;
        }
        place += line.len();
    }
    Err(anyhow::anyhow!(laid_out()))
}

/// The facade's manifest with a dependency on the carrier, after the last one.
///
/// # Errors
/// When there are no dependencies, or the carrier is among them.
pub(super) fn depend(manifest: &str, id: &Id) -> Result<String> {
    let package = id.package();
    let known = manifest
        .lines()
        .any(|line| line.starts_with(&format!("{package} ")) || line.starts_with(&format!("{package}.")));
    ensure!(!known, "`{package}` is among the dependencies already");
    let heading = "[dependencies]\n";
    let start =
        manifest.find(heading).context("`adapters/Cargo.toml` has no `[dependencies]`")? + heading.len();
    let line = format!("{package} = {{ path = \"{}\" }}", id.as_str());
    let mut place = start;
    for known in manifest.get(start..).unwrap_or_default().split_inclusive('\n') {
        if known.trim().is_empty() || known.starts_with('[') || known.as_bytes() > line.as_bytes() {
            break;
        }
        place += known.len();
    }
    let (before, after) = manifest.split_at(place);
    Ok(format!("{before}{line}\n{after}"))
}
