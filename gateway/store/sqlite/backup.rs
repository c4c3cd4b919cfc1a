//! A whole copy of a SQLite file, taken while another process writes to it.
//!
//! It only reads the file that it copies, and never writes over one that is there. Start at [`back_up`].

use std::fs::File;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::open;
use crate::store::{Result, StoreError};

/// Copies the file at `from`, as it stands after some commit, into a new file at `to`, checks the copy whole, and answers
/// when it is on the disk. It blocks.
///
/// # Errors
/// [`StoreError::Conflict`] when there is a file at `to`; those of [`SqliteStore::open_read_only`](super::SqliteStore)
/// when the one at `from` is no store, and [`StoreError::Full`] when there is no room. No file is left at `to` then.
pub fn back_up(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        let what = format!("`{}` is there already: name another file, or remove it", to.display());
        return Err(StoreError::conflict(what));
    }
    open::inspect(from, false)?;
    let copied = copy(from, to);
    if copied.is_err() {
        // What there is of it is of no use; where it cannot be removed, its name is in the error.
        let _ = std::fs::remove_file(to);
    }
    copied
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(from, flags)?;
    let name = to.to_str().ok_or_else(|| {
        StoreError::conflict(format!("`{}` is no name that sqlite takes: use UTF-8", to.display()))
    })?;
    open::create_private(to)?;
    connection.execute("VACUUM INTO ?1", [name])?;
    let failed = |error| StoreError::io(&format!("sync `{}`", to.display()), &error);
    File::open(to).and_then(|file| file.sync_all()).map_err(failed)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    open::inspect(to, true).map(drop)
}
