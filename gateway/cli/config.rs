//! `check-config`.

use std::path::PathBuf;

use anyhow::{Result, bail};
use serde_json::json;

use super::{render, show};
use crate::config::{Config, ConfigErrors, Loaded, Sources};
use crate::run::known_carriers;

/// Loads the configuration, every error told.
pub(super) fn load(file: Option<PathBuf>) -> Result<Loaded> {
    match read(file) {
        Ok(loaded) => Ok(loaded),
        Err(errors) => bail!("the configuration has errors\n{errors}"),
    }
}

/// Loads the configuration of a file and the environment.
pub(super) fn read(file: Option<PathBuf>) -> Result<Loaded, ConfigErrors> {
    let entries = parcelgate_adapters::all();
    let known = known_carriers(&entries);
    let mut sources = Sources::new(&known).environment(std::env::vars_os());
    if let Some(file) = file {
        sources = sources.file(file);
    }
    Config::load(sources)
}

/// The defaults alone, whatever the environment says.
pub(super) fn defaults() -> Result<Config> {
    let entries = parcelgate_adapters::all();
    Ok(Config::load(Sources::new(&known_carriers(&entries)))?.config)
}

/// Shows each value and where it came from.
pub(super) fn check(file: Option<PathBuf>, json: bool) -> Result<()> {
    let loaded = load(file)?;
    if json {
        let rows: Vec<_> = loaded
            .rows()
            .iter()
            .map(|row| json!({ "key": row.path, "value": row.value, "origin": row.origin.to_string() }))
            .collect();
        show::json(&serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    let mut table = render::table(&["Key", "Value", "From"]);
    for row in loaded.rows() {
        table.add_row([row.path.clone(), row.value.clone(), row.origin.to_string()]);
    }
    show::line(table.to_string());
    Ok(())
}
