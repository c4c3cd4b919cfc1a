//! `cargo xtask new-carrier`: a carrier's folder that compiles and passes its tests at once.
//!
//! Copies a sample, names it anew, leaves out what was not asked for, and registers it. Must never touch a
//! folder that is there. Start with [`create`].

mod marks;
mod name;
mod proof;
mod registry;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use self::name::Id;
pub(crate) use self::proof::prove;
use crate::run::{cargo, run};
use crate::say::say;

/// What the new carrier speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wire {
    /// JSON over HTTP
    Rest,
    /// SOAP 1.1
    Soap,
}

/// An operation that the new carrier offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Operation {
    /// Prices
    Rate,
    /// Labels
    Purchase,
    /// Cancelling labels; needs `purchase`
    Void,
    /// Tracking
    Track,
}

impl Operation {
    const ALL: &'static [Self] = &[Self::Rate, Self::Purchase, Self::Void, Self::Track];

    fn word(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Purchase => "purchase",
            Self::Void => "void",
            Self::Track => "track",
        }
    }
}

/// The sample of a wire, and its names.
struct Sample {
    folder: &'static str,
    package: &'static str,
    type_name: &'static str,
    title: &'static str,
    host: &'static str,
}

impl Wire {
    fn sample(self) -> Sample {
        match self {
            Self::Rest => Sample {
                folder: "template",
                package: "parcelgate-template",
                type_name: "TemplateParcel",
                title: "Template Parcel",
                host: "template-parcel.example",
            },
            Self::Soap => Sample {
                folder: "template_soap",
                package: "parcelgate-template-soap",
                type_name: "TemplateSoap",
                title: "Template Soap",
                host: "template-soap.example",
            },
        }
    }
}

/// Creates the carrier `id` under `repo/adapters` and registers it.
///
/// # Errors
/// A bad or taken id, a void without a purchase, files that cannot be read or written.
pub(crate) fn create(repo: &Path, id: &str, wire: Wire, operations: &[Operation]) -> Result<()> {
    let id = Id::parse(id)?;
    let wanted = wanted(operations)?;
    let adapters = repo.join("adapters");
    let target = adapters.join(id.as_str());
    ensure!(!target.exists(), "`adapters/{}` is there already; choose another id or remove it", id.as_str());
    let (manifest, facade) = (adapters.join("Cargo.toml"), adapters.join("lib.rs"));
    let registered = registry::register(&read(&facade)?, &id)?;
    let depended = registry::depend(&read(&manifest)?, &id)?;
    let sample = wire.sample();
    // Everything is worked out before the first byte is written.
    let files = copies(&adapters.join(sample.folder), &sample, &id, &wanted)?;
    for (path, text) in &files {
        let path = target.join(path);
        fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
        write(&path, text)?;
    }
    write(&manifest, &depended)?;
    write(&facade, &registered)?;
    let formatted = run(&mut cargo(repo, &["fmt", "--package", &id.package()]))?;
    ensure!(formatted.ok, "`cargo fmt` failed on the new crate");
    say(next_steps(&id));
    Ok(())
}

fn wanted(operations: &[Operation]) -> Result<Vec<&'static str>> {
    ensure!(!operations.is_empty(), "name at least one operation in `--ops`");
    let void_alone = operations.contains(&Operation::Void) && !operations.contains(&Operation::Purchase);
    ensure!(!void_alone, "`void` needs `purchase`: what was not bought here cannot be cancelled here");
    Ok(Operation::ALL.iter().filter(|one| operations.contains(one)).map(|one| one.word()).collect())
}

/// The files of the copy, with paths inside its folder.
fn copies(folder: &Path, sample: &Sample, id: &Id, wanted: &[&str]) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for path in list(folder)? {
        let inside = path.strip_prefix(folder)?.to_owned();
        let mut parts = inside.iter().filter_map(|part| part.to_str());
        let operation = (parts.next() == Some("cases")).then(|| parts.next()).flatten();
        if operation.is_some_and(|operation| !wanted.contains(&operation)) {
            continue;
        }
        let text = read(&path)?;
        // Recorded messages have no marks.
        let kept = if operation.is_some() { Some(text) } else { marks::strip(&text, wanted)? };
        if let Some(kept) = kept {
            files.push((inside, renamed(&kept, sample, id)));
        }
    }
    Ok(files)
}

fn renamed(text: &str, sample: &Sample, id: &Id) -> String {
    let quoted = |name: &str| format!("\"{name}\"");
    text.replace(sample.package, &id.package())
        .replace(sample.type_name, &id.type_name())
        .replace(sample.title, &id.title())
        .replace(sample.host, &id.host())
        .replace(&quoted(sample.folder), &quoted(id.as_str()))
        .replace("made up with the template", "made up")
}

fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(list(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))
}

fn next_steps(id: &Id) -> String {
    let (id, package) = (id.as_str(), id.package());
    format!(
        "\nadapters/{id} is there, registered, and speaks a made-up protocol. Next:\n  \
         1. cargo test -p {package}        it passes before you change anything\n  \
         2. adapters/{id}/settings.rs, services.rs, status.rs   the carrier's facts as data\n  \
         3. one operation at a time: its simulator from the carrier's documentation, then its adapter\n  \
         4. cargo xtask bless {id}         writes the golden cases; read what it wrote\n  \
         5. cargo xtask docs, cargo xtask tidy, cargo xtask test\n\
         docs/onboarding.md explains each step."
    )
}
