//! What can go wrong in a store, by what the caller must do next.
//!
//! It never carries a stored body, a key or a secret: its words may be logged as they are.
//! Start at [`StoreError`].

use std::path::PathBuf;

/// What every method of a store returns.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a store did not do what it was asked. A row that does not exist is `None`, not an error.
///
/// Unless a variant says otherwise nothing of the refused call was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another worker holds the purchase now, or it is finished: drop the work, send nothing, read it again.
    #[error(
        "the lease on purchase `{purchase}` under fence {fence} is no longer held: stop working on it and read it again"
    )]
    Fenced {
        /// The purchase's id.
        purchase: String,
        /// The fence that the refused call brought.
        fence: u64,
    },
    /// The row is not in the state, or not of the version, that the call expects; or the key is taken.
    #[error("{what}")]
    Conflict {
        /// What stands against what.
        what: String,
    },
    /// The disk, or the size that the store was limited to, is full. Reads go on; writes work again once there is room.
    #[error(
        "the store is full: free disk space or raise its size limit, writes then work again by themselves"
    )]
    Full,
    /// The store was opened read-only, or its file system is mounted so.
    #[error("the store is read-only: open it with write access, or remount its file system")]
    ReadOnly,
    /// Stored bytes are not what was written.
    #[error("the store is damaged: {what}; restore it from a backup")]
    Damaged {
        /// Which bytes, as far as it is known.
        what: String,
    },
    /// The database did not let the call in within its time; it may be tried again.
    #[error("the store is busy: {what}; try again")]
    Busy {
        /// Who or what is in the way, as far as it is known.
        what: String,
    },
    /// Another process has the store open.
    #[error(
        "`{}` is in use by another process: stop that one, give this one its own file, or open it read-only",
        path.display()
    )]
    InUse {
        /// The database file.
        path: PathBuf,
    },
    /// A newer program wrote the store. It was left untouched.
    #[error(
        "the store has schema {found} but this program knows {known} at most: start a newer program, or restore a backup from before the upgrade"
    )]
    NewerSchema {
        /// The version that the store has.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// The store's schema is not one that this program ever made. It was left untouched.
    #[error("the store's schema is not this program's: {what}; name another file, or restore a backup")]
    ForeignSchema {
        /// What differs.
        what: String,
    },
    /// The store was closed before the call reached it.
    #[error("the store is closed")]
    Closed,
    /// The system or the database failed. Whether the call was stored is unknown: read again before acting.
    #[error("the store failed: {what}")]
    Io {
        /// The system's or the database's own words.
        what: String,
    },
}

impl StoreError {
    /// A [`StoreError::Conflict`] of these words.
    pub(crate) fn conflict(what: impl Into<String>) -> StoreError {
        StoreError::Conflict { what: what.into() }
    }

    /// A [`StoreError::Damaged`] of these words.
    pub(crate) fn damaged(what: impl Into<String>) -> StoreError {
        StoreError::Damaged { what: what.into() }
    }

    /// A [`StoreError::Io`] that names what was tried, with the system's words.
    pub(crate) fn io(tried: &str, error: &dyn std::fmt::Display) -> StoreError {
        StoreError::Io { what: format!("{tried}: {error}") }
    }
}
