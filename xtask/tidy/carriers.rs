//! Where carriers may be named, and what holds for each carrier's folder.
//!
//! A carrier is one folder and one string id: nothing outside `adapters/` knows
//! it, a folder is compiled in, and a simulator is not built from the adapter's
//! own idea of the wire.

use std::collections::BTreeSet;

use super::Finding;
use super::arrows::line_of;
use super::rooms::from_root;
use super::source::{Source, Tree};

/// Folders under `adapters/` that are no carriers of the real world.
const NOT_CARRIERS: [&str; 3] = ["kit", "template", "template_soap"];
/// Those of them that new carriers are copied from: compiled, but nothing that a user is offered.
const SAMPLES: [&str; 2] = ["template", "template_soap"];

/// All findings about carriers.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let ids: Vec<&str> = folders(tree).filter(|id| !NOT_CARRIERS.contains(id)).collect();
    let mut findings = registry(tree, &ids);
    for file in &tree.files {
        if is_nameless(file) {
            findings.extend(names(file, &ids));
        }
        if file.path.starts_with("adapters/") && is_simulator(file) {
            findings.extend(independence(file));
        }
    }
    findings
}

/// Folders under `adapters/` with a manifest, the kit left out.
fn folders(tree: &Tree) -> impl Iterator<Item = &str> {
    tree.files.iter().filter_map(|file| {
        let folder = file.path.strip_prefix("adapters/")?.strip_suffix("/Cargo.toml")?;
        (!folder.contains('/') && folder != "kit").then_some(folder)
    })
}

/// Whether a file must not name a carrier. Dated rule data may hold ids.
fn is_nameless(file: &Source) -> bool {
    let data = file.path.contains("/rules/") || file.path.contains("/data/");
    let text = [".rs", ".proto", ".sql", ".toml"].iter().any(|end| file.path.ends_with(end));
    let place = ["gateway/", "proto/", "tests/"].iter().any(|folder| file.path.starts_with(folder));
    place && text && !data
}

fn names(file: &Source, ids: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let words = line.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'));
        for id in words.filter(|word| ids.contains(word)) {
            let what = format!("carrier `{id}` is named outside adapters/; ask its descriptor instead");
            findings.push(Finding::new(&file.path, index + 1, "carrier-names", what));
        }
    }
    findings
}

fn is_simulator(file: &Source) -> bool {
    file.is_rust() && (file.name() == "sim.rs" || file.path.contains("/sim/")) && !file.path.contains("/kit/")
}

/// A simulator reads by path: with the adapter's types, one mistake would cancel itself out.
fn independence(file: &Source) -> Vec<Finding> {
    let relative = file.tokens.windows(4).filter_map(|window| match window {
        [root, _, colon, word] => {
            let from_here = root.is_word("super") || root.is_word("self");
            (from_here && colon.text == ":" && word.is_word("wire")).then_some(root.line)
        }
        _ => None,
    });
    let absolute = from_root(file).into_iter().filter(|(name, _)| *name == "wire").map(|(_, line)| line);
    let lines: BTreeSet<usize> = relative.chain(absolute).collect();
    let what = "a simulator must not use its adapter's wire types; read the message by path";
    lines.into_iter().map(|line| Finding::new(&file.path, line, "simulator", what)).collect()
}

/// Folders, dependency lines and registry lines must name the same carriers.
fn registry(tree: &Tree, ids: &[&str]) -> Vec<Finding> {
    let (manifest, registry) = ("adapters/Cargo.toml", "adapters/lib.rs");
    let mut findings = Vec::new();
    let mut known = Vec::new();
    for id in ids.iter().copied().chain(SAMPLES) {
        let Some(package) = package_name(tree, id) else { continue };
        let word = package.replace('-', "_");
        let depended = dependencies(tree, manifest).contains(&package);
        let registered = tree.get(registry).is_some_and(|file| file.tokens.iter().any(|t| t.is_word(&word)));
        known.push(package.clone());
        if SAMPLES.contains(&id) {
            continue;
        }
        if !depended {
            let what = format!("folder adapters/{id} has no line `{package} = {{ path = \"{id}\" }}` here");
            findings.push(Finding::new(manifest, 1, "registry", what));
        }
        if !registered {
            let what = format!("folder adapters/{id} has no registry line that names `{word}`");
            findings.push(Finding::new(registry, 1, "registry", what));
        }
    }
    for dependency in dependencies(tree, manifest) {
        let carrier = dependency.starts_with("parcelgate-") && dependency != "parcelgate-kit";
        if carrier && !known.contains(&dependency) {
            let line = tree.get(manifest).map_or(1, |file| line_of(&file.text, &dependency));
            let what = format!("`{dependency}` has no folder under adapters/; remove the line");
            findings.push(Finding::new(manifest, line, "registry", what));
        }
    }
    findings
}

fn package_name(tree: &Tree, id: &str) -> Option<String> {
    let table = tree.get(&format!("adapters/{id}/Cargo.toml"))?.text.parse::<toml::Table>().ok()?;
    Some(table.get("package")?.get("name")?.as_str()?.to_owned())
}

fn dependencies(tree: &Tree, manifest: &str) -> Vec<String> {
    let table = tree.get(manifest).and_then(|file| file.text.parse::<toml::Table>().ok()).unwrap_or_default();
    let list = table.get("dependencies").and_then(toml::Value::as_table);
    list.map(|list| list.keys().cloned().collect()).unwrap_or_default()
}
