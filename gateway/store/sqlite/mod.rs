//! The store in one SQLite file: the default, for one gateway on one machine.
//!
//! One process has the file, one thread of it writes, a few read. It never answers a write before it is on the disk.
//! Start at [`SqliteStore::open`]; `writer.rs` has the group commit, `open.rs` the settings, the other files one table
//! or two each.

mod accounts;
mod alarms;
mod backup;
mod confirmations;
mod decisions;
mod documents;
mod exchange;
mod facts;
#[cfg(test)]
mod golden;
mod hooks;
mod journal;
mod listing;
mod migrate;
mod open;
mod outbox;
mod purchases;
mod quotes;
mod reader;
mod stats;
mod store;
#[cfg(test)]
mod tests;
mod tracking;
mod transits;
mod values;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{Result, Stats, StoreError};
pub use backup::back_up;
use migrate::MIGRATIONS;
use writer::Counters;

/// Threads that read.
const READERS: usize = 4;
/// Calls that may wait for a thread; further ones wait outside, in their own tasks.
const QUEUE: usize = 1_024;

/// How a SQLite file is opened.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SqliteOptions {
    /// The file. It and its folder are created, for the owner alone, where they are missing.
    pub path: PathBuf,
    /// Bytes beyond which the file may not grow; none lets the disk decide.
    pub size_limit_bytes: Option<u64>,
    /// Files up to this size are checked whole when they are opened. Larger ones are checked as they are read.
    pub check_up_to_bytes: u64,
}

impl SqliteOptions {
    /// The file, unlimited, checked whole up to 256 MiB.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> SqliteOptions {
        SqliteOptions { path: path.into(), size_limit_bytes: None, check_up_to_bytes: 256 << 20 }
    }
}

/// A store in one SQLite file. Dropping it stores what waits and lets go of the file, as `close` does.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    /// None when it was opened read-only.
    writes: Option<mpsc::Sender<writer::Message>>,
    reads: Option<mpsc::Sender<reader::Message>>,
    counters: Arc<Counters>,
    readers: usize,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl SqliteStore {
    /// Opens the file for this process alone and brings it to this program's schema. It blocks: call it at the start.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::NewerSchema`], [`StoreError::ForeignSchema`] and [`StoreError::Damaged`]
    /// leave the file as it was.
    pub fn open(options: &SqliteOptions) -> Result<SqliteStore> {
        let open::Opened { path, connection, lock } = open::writable(options)?;
        let mut store = SqliteStore::with_readers(path)?;
        let (writes, queue) = mpsc::channel(QUEUE);
        let counters = Arc::clone(&store.counters);
        store.start("store-writer", move || writer::serve(connection, lock, queue, &counters))?;
        store.writes = Some(writes);
        Ok(store)
    }

    /// Opens the file for reading, also while another process has it. Every write is [`StoreError::ReadOnly`].
    ///
    /// # Errors
    /// As [`SqliteStore::open`], but never [`StoreError::InUse`]; [`StoreError::Io`] when there is no such file, and
    /// [`StoreError::ForeignSchema`] when its schema is older than this program's.
    pub fn open_read_only(path: &Path) -> Result<SqliteStore> {
        let newest = MIGRATIONS.last().map_or(0, |migration| migration.version);
        let found = open::inspect(path, false)?;
        if found < newest {
            let what = format!("it is at version {found} and is read at {newest}: open it once for writing");
            return Err(StoreError::ForeignSchema { what });
        }
        SqliteStore::with_readers(path.to_owned())
    }

    fn with_readers(path: PathBuf) -> Result<SqliteStore> {
        let (reads, queue) = mpsc::channel(QUEUE);
        let queue = Arc::new(Mutex::new(queue));
        let store = SqliteStore {
            path,
            writes: None,
            reads: Some(reads),
            counters: Arc::default(),
            readers: READERS,
            threads: Mutex::default(),
        };
        for _ in 0..store.readers {
            let connection = open::readable(&store.path)?;
            let queue = Arc::clone(&queue);
            store.start("store-reader", move || reader::serve(connection, queue))?;
        }
        Ok(store)
    }

    fn start(&self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(work)
            .map_err(|error| StoreError::io("start a thread", &error))?;
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }

    /// Runs the work in a transaction of its own and answers when it is on the disk.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let writes = self.writes.as_ref().ok_or(StoreError::ReadOnly)?;
        let (message, answer) = writer::message(work);
        writes.send(message).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Runs the work on a connection that cannot write.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let reads = self.reads.as_ref().ok_or(StoreError::Closed)?;
        let (message, answer) = reader::message(work);
        reads.send(message).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Stops the readers, then the writer, whose leaving moves the whole log into the database.
    async fn stop(&self) {
        let mut stopped = Vec::new();
        for _ in 0..self.readers {
            let (done, stop) = oneshot::channel();
            if let Some(reads) = &self.reads
                && reads.send(reader::Message::Stop(done)).await.is_ok()
            {
                stopped.push(stop);
            }
        }
        for stop in stopped {
            // It fails when the reader had stopped before, which is what is wanted.
            let _ = stop.await;
        }
        if let Some(writes) = &self.writes {
            let (done, stop) = oneshot::channel();
            if writes.send(writer::Message::Stop(done)).await.is_ok() {
                let _ = stop.await;
            }
        }
    }

    async fn count(&self) -> Result<Stats> {
        let log = open::sibling(&self.path, "-wal");
        let mut stats = self
            .read(move |connection| {
                Ok(Stats {
                    rows: stats::count_rows(connection)?,
                    states: stats::count_states(connection)?,
                    database_bytes: stats::database_bytes(connection)?,
                    log_bytes: std::fs::metadata(log).map_or(0, |meta| meta.len()),
                    ..Stats::default()
                })
            })
            .await?;
        if let Some(writes) = &self.writes {
            let waiting = writes.max_capacity().saturating_sub(writes.capacity());
            stats.queued = u64::try_from(waiting).unwrap_or(u64::MAX);
        }
        stats.writes = self.counters.writes.load(Ordering::Relaxed);
        stats.commits = self.counters.commits.load(Ordering::Relaxed);
        Ok(stats)
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.reads = None;
        self.writes = None;
        // Readers were started first and so are joined first.
        for thread in self.threads.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // It fails when the thread panicked, and then it has already let go.
            let _ = thread.join();
        }
    }
}
