//! Which crate may depend on which, and where versions stand.
//!
//! The arrows go one way: carriers see the kit alone, the facade sees carriers,
//! the application sees the facade and the kit.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::Finding;
use super::source::{Source, Tree};

const KIT: &str = "parcelgate-kit";
const FACADE: &str = "parcelgate-adapters";
/// A server for tests; it knows nothing of the gateway.
const TEST_SERVER: &str = "parcelgate-test-postgres";
/// Drives the built application and talks its contract, as a caller outside the workspace would.
const LOAD: &str = "parcelgate-load";
const APPLICATION: &str = "parcelgate";
const FACADE_MANIFEST: &str = "adapters/Cargo.toml";

/// The crates of the workspace, as cargo sees them.
#[derive(Debug)]
pub(super) struct Packages(Vec<Package>);

#[derive(Debug)]
struct Package {
    name: String,
    manifest: String,
    workspace_dependencies: Vec<String>,
}

#[derive(Deserialize)]
struct RawMetadata {
    packages: Vec<RawPackage>,
}

#[derive(Deserialize)]
struct RawPackage {
    name: String,
    manifest_path: String,
    dependencies: Vec<RawDependency>,
}

#[derive(Deserialize)]
struct RawDependency {
    name: String,
    path: Option<String>,
}

impl Packages {
    /// Reads what `cargo metadata` prints.
    pub(super) fn parse(metadata: &str, repo: &Path) -> Result<Self> {
        let raw: RawMetadata = serde_json::from_str(metadata).context("cannot read `cargo metadata`")?;
        let packages = raw.packages.into_iter().map(|package| Package {
            manifest: Path::new(&package.manifest_path)
                .strip_prefix(repo)
                .map(|path| path.to_string_lossy().replace('\\', "/"))
                .unwrap_or(package.manifest_path.clone()),
            name: package.name,
            workspace_dependencies: package
                .dependencies
                .into_iter()
                .filter(|dependency| dependency.path.is_some())
                .map(|dependency| dependency.name)
                .collect(),
        });
        Ok(Self(packages.collect()))
    }

    fn is_carrier(&self, name: &str) -> bool {
        self.0.iter().any(|package| package.name == name && package.is_carrier())
    }
}

impl Package {
    /// `adapters/<carrier>/Cargo.toml`
    fn is_carrier(&self) -> bool {
        let folder =
            self.manifest.strip_prefix("adapters/").and_then(|rest| rest.strip_suffix("/Cargo.toml"));
        folder.is_some_and(|folder| !folder.contains('/')) && self.name != KIT
    }
}

/// Dependencies between crates that point the wrong way.
pub(super) fn check(packages: &Packages) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &packages.0 {
        for dependency in &package.workspace_dependencies {
            let allowed = match package.name.as_str() {
                KIT | TEST_SERVER => false,
                FACADE => dependency == KIT || packages.is_carrier(dependency),
                _ if package.is_carrier() => dependency == KIT,
                LOAD if dependency == APPLICATION => true,
                _ => [KIT, FACADE, TEST_SERVER].contains(&dependency.as_str()),
            };
            if !allowed {
                let what = format!(
                    "`{}` must not depend on `{dependency}`; arrows are application -> adapters -> carrier -> kit",
                    package.name
                );
                findings.push(Finding::new(&package.manifest, 1, "arrows", what));
            }
        }
    }
    findings
}

/// Dependencies whose version does not stand in the root manifest.
pub(super) fn check_manifests(tree: &Tree) -> Vec<Finding> {
    tree.files.iter().filter(|file| file.name() == "Cargo.toml").flat_map(check_manifest).collect()
}

fn check_manifest(file: &Source) -> Vec<Finding> {
    let rule = "workspace-dependencies";
    let table = match file.text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => return vec![Finding::new(&file.path, 1, rule, error.to_string())],
    };
    let lists = ["dependencies", "dev-dependencies", "build-dependencies"];
    let mut findings = Vec::new();
    for (name, dependency) in lists.iter().filter_map(|list| table.get(*list)?.as_table()).flatten() {
        let shared = dependency.get("workspace").and_then(toml::Value::as_bool).unwrap_or(false);
        // the facade names its carriers by folder, so that a new one leaves the root manifest alone
        let by_folder = file.path == FACADE_MANIFEST
            && dependency.get("path").is_some()
            && dependency.get("version").is_none();
        if !shared && !by_folder {
            let line = line_of(&file.text, name);
            let what = format!("write `{name}.workspace = true` and its version into the root Cargo.toml");
            findings.push(Finding::new(&file.path, line, rule, what));
        }
    }
    findings
}

/// The line that begins with a key.
pub(super) fn line_of(text: &str, key: &str) -> usize {
    text.lines().position(|line| line.trim_start().starts_with(key)).map_or(1, |index| index + 1)
}
