//! Opens a SQLite file: its folder, its lock, its settings read back, its schema.
//!
//! It never changes a file that it refuses. Start at [`writable`].

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::SqliteOptions;
use super::migrate::{self, MIGRATIONS};
use crate::store::{Result, StoreError};

/// How long the database waits for a backup or a tool before a call is busy.
const BUSY: Duration = Duration::from_secs(5);
/// Pages of the log at which it is copied into the database: 16 MiB, so that a burst of commits rarely pays for it.
const CHECKPOINT_PAGES: i64 = 4_000;
/// Bytes that the log file keeps after it was copied.
const LOG_BYTES: i64 = 64 << 20;
/// Kibibytes of page cache of the writer and of each reader, as SQLite takes them: negative.
const WRITER_CACHE: i64 = -16_384;
const READER_CACHE: i64 = -4_096;
/// Prepared statements that a connection keeps: all that this room has.
const STATEMENTS: usize = 96;

/// The file's one writer connection, and the lock that keeps other processes from it.
pub(super) struct Opened {
    /// The file, free of symbolic links.
    pub(super) path: PathBuf,
    /// The connection, at this program's schema.
    pub(super) connection: Connection,
    /// Held as long as the connection.
    pub(super) lock: File,
}

/// Opens the file for this process alone, creates it where there is none, and brings it to this program's schema.
pub(super) fn writable(options: &SqliteOptions) -> Result<Opened> {
    let folder = match options.path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    create_folder(folder)?;
    // A name that leads elsewhere would have its lock in another place than the file's own name.
    let path = fs::canonicalize(&options.path).unwrap_or_else(|_| options.path.clone());
    let lock = lock(&path)?;
    let size = fs::metadata(&path).map_or(0, |meta| meta.len());
    if size > 0 {
        inspect(&path, size <= options.check_up_to_bytes)?;
    } else {
        create_file(&path, folder)?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags)?;
    harden(&connection)?;
    set_durable(&connection)?;
    connection.pragma_update(None, "cache_size", WRITER_CACHE)?;
    migrate::upgrade(&mut connection, MIGRATIONS)?;
    end_leases(&connection)?;
    if let Some(limit) = options.size_limit_bytes {
        limit_size(&connection, limit)?;
    }
    Ok(Opened { path, connection, lock })
}

/// A connection that cannot write, to a file of this program's schema or an older one.
pub(super) fn readable(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    harden(&connection)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", READER_CACHE)?;
    Ok(connection)
}

/// Looks at a file without changing it, and refuses what this program must leave alone.
pub(super) fn inspect(path: &Path, whole: bool) -> Result<u32> {
    let connection = readable(path)?;
    let version = migrate::inspect(&connection, MIGRATIONS)?;
    if whole {
        let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(StoreError::damaged(verdict));
        }
    }
    Ok(version)
}

/// The file's name with an ending of its neighbours, e.g. `-wal`.
pub(super) fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

fn lock(path: &Path) -> Result<File> {
    let name = sibling(path, ".lock");
    let file = private(OpenOptions::new().create(true).truncate(false).write(true))
        .open(&name)
        .map_err(|error| StoreError::io(&format!("open `{}`", name.display()), &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(StoreError::io(&format!("lock `{}`", name.display()), &error)),
    }
}

fn create_folder(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| StoreError::io(&format!("create `{}`", folder.display()), &error))
}

/// Creates the file before SQLite does, so that it and its neighbours are the owner's alone, and its name is on the disk.
fn create_file(path: &Path, folder: &Path) -> Result<()> {
    let failed = |error| StoreError::io(&format!("create `{}`", path.display()), &error);
    private(OpenOptions::new().create(true).truncate(false).write(true)).open(path).map_err(failed)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// Creates an empty file that is the owner's alone.
pub(super) fn create_private(path: &Path) -> Result<()> {
    let made = private(OpenOptions::new().create_new(true).write(true)).open(path);
    made.map(drop).map_err(|error| StoreError::io(&format!("create `{}`", path.display()), &error))
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// What every connection needs: patience, checks on, nothing from the schema trusted, its statements kept.
///
/// The file is not mapped into memory: a failing disk would then kill the process instead of failing a call.
fn harden(connection: &Connection) -> Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Else a kept statement is prepared anew for each use, as other values might ask for another plan.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    Ok(())
}

/// Sets what the promise of durability rests on, and reads it back: SQLite refuses such settings without a word.
fn set_durable(connection: &Connection) -> Result<()> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Io {
            what: format!("the database stays in journal mode `{mode}`: put it on a local file system"),
        });
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    for (name, wanted) in [("synchronous", 2_i64), ("foreign_keys", 1)] {
        let found: i64 = connection.pragma_query_value(None, name, |row| row.get(0))?;
        if found != wanted {
            return Err(StoreError::Io {
                what: format!("sqlite keeps `{name}` at {found} instead of {wanted}"),
            });
        }
    }
    Ok(())
}

/// Ends every lease: the lock on the file says that none of their holders lives any more, so nothing waits for them.
fn end_leases(connection: &Connection) -> Result<()> {
    connection.execute("UPDATE purchases SET lease_until = 0 WHERE lease_until > 0", [])?;
    connection.execute("UPDATE confirmations SET lease_until = 0 WHERE lease_until > 0", [])?;
    Ok(())
}

fn limit_size(connection: &Connection, bytes: u64) -> Result<()> {
    let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let pages = i64::try_from(bytes).unwrap_or(i64::MAX).checked_div(page).unwrap_or(i64::MAX).max(1);
    // SQLite's own bound on the number of pages.
    let pages = pages.min(4_294_967_294);
    connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))?;
    Ok(())
}
