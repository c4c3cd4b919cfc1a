//! The database server of a run, and a database for each folder.
//!
//! It is a private one, started for the run and gone with it: never one that was there before. Start with [`Servers`].

use std::path::Path;
use std::sync::Mutex;

use anyhow::{Result, anyhow};
use parcelgate_test_postgres::{Database, Server};

use crate::store::{StoreKind, keep_address};

/// What the stores of a run need beside their folders.
pub(crate) struct Servers {
    // Dropped in this order: the databases, then their server.
    databases: Mutex<Vec<Database>>,
    server: Option<Server>,
}

impl Servers {
    /// Starts what this kind of store needs.
    ///
    /// # Errors
    /// When the server's programs are not installed, or it does not start.
    pub(crate) fn start(kind: StoreKind) -> Result<Self> {
        let server = match kind {
            StoreKind::Sqlite => None,
            StoreKind::Postgres => Some(Server::start()?),
        };
        Ok(Self { databases: Mutex::default(), server })
    }

    /// Gives `folder` a new, empty store.
    ///
    /// # Errors
    /// When the server refuses or the folder cannot be written.
    pub(crate) fn prepare(&self, folder: &Path) -> Result<()> {
        if let Some(server) = &self.server {
            let database = Database::empty(&server.url())?;
            keep_address(folder, database.url())?;
            self.databases.lock().map_err(|_| anyhow!("the databases are in disorder"))?.push(database);
        }
        Ok(())
    }
}
