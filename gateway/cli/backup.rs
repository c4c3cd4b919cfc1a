//! `backup`: a whole copy of a running gateway's database file.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{config, show};
use crate::config::{Place, SealKeys};
use crate::store::sqlite;

/// Copies the database of the configuration into a new file.
pub(super) fn run(file: Option<PathBuf>, out: &Path) -> Result<()> {
    let store = config::load(file)?.config.store;
    let path = match &store.place {
        Place::Sqlite(path) => path,
        Place::Postgres(_) => bail!(
            "the store is in PostgreSQL: use its own tools, as in `pg_dump --format=custom --file=FILE DATABASE`"
        ),
    };
    sqlite::back_up(path, out).with_context(|| format!("cannot back up `{}`", path.display()))?;
    show::line(format!("{} is a whole copy of {}.", out.display(), path.display()));
    if let SealKeys::KeyFile(key) = &store.seal_keys {
        show::line(format!("It opens with the key in {}: keep that too, in another place.", key.display()));
    }
    Ok(())
}
