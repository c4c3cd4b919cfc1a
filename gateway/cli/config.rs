//! `check-config`.

use std::path::PathBuf;

use anyhow::{Result, bail};
use serde_json::json;

use super::{render, show};
use crate::config::{Config, Loaded, Sources};
use crate::run::known_carriers;

/// Loads the configuration, every error told.
pub(super) fn load(file: Option<PathBuf>) -> Result<Loaded> {
    let entries = parcelgate_adapters::all();
    let known = known_carriers(&entries);
    let mut sources = Sources::new(&known).environment(std::env::vars_os());
    if let Some(file) = file {
        sources = sources.file(file);
    }
    match Config::load(sources) {
        Ok(loaded) => Ok(loaded),
        Err(errors) => bail!("the configuration has errors\n{errors}"),
    }
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
        show::line(serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    let mut table = render::table(&["Key", "Value", "From"]);
    for row in loaded.rows() {
        table.add_row([row.path.clone(), row.value.clone(), row.origin.to_string()]);
    }
    show::line(table.to_string());
    Ok(())
}
