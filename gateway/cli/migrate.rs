//! `migrate`: the store is brought to this program's schema, apart from a start.
//!
//! A start does the same: this is for those who want it done, or refused, before.

use std::path::PathBuf;

use anyhow::Result;

use super::{config, show};
use crate::config::Place;
use crate::run::storage;

/// Opens the store for writing, which migrates it, and lets go of it.
pub(super) async fn run(file: Option<PathBuf>) -> Result<()> {
    let store = config::load(file)?.config.store;
    storage::open(&store).await?.close().await?;
    let shown = match &store.place {
        Place::Sqlite(path) => path.display().to_string(),
        Place::Postgres(postgres) => postgres.url.clone(),
    };
    show::line(format!("{shown} is at this program's schema."));
    Ok(())
}
