//! The store in a PostgreSQL database, for many gateways that share the work.
//!
//! One task writes what a purchase waits for, many writes a commit; everything else goes through a pool. It never
//! answers a write before its commit was acknowledged. Start at [`PostgresStore::open`]; `writer.rs` has the group
//! commit, `connect.rs` the settings, `failure.rs` what may go wrong, the other files one table or two each.

mod accounts;
mod alarms;
mod confirmations;
mod connect;
mod decisions;
mod documents;
mod exchange;
mod facts;
mod failure;
mod hooks;
mod journal;
mod leases;
mod listing;
mod migrate;
mod outbox;
mod purchases;
mod quotes;
mod stats;
mod store;
#[cfg(test)]
mod tests;
mod tracking;
mod transits;
mod values;
mod write;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_postgres::{Object, Pool};
use secrecy::SecretString;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep};

use super::{Result, Stats, StoreError};
use connect::{Session, Way};
use failure::Failure;
use migrate::MIGRATIONS;
use write::Operation;
use writer::{Counters, Message, Writer};

/// Writes that may wait for the writer; further ones wait outside, in their own tasks.
const QUEUE: usize = 1_024;
/// How long a read is tried anew while the server restarts.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a PostgreSQL database is reached.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PostgresOptions {
    /// Where it is: `postgresql://user@host:port/database`, without a password.
    pub url: String,
    /// The password of the user, where the server asks for one.
    pub password: Option<SecretString>,
    /// Connections for reads and background work, at least 1. The writer has one more of its own.
    pub connections: u32,
    /// How the server's certificate is checked. A server on another machine is reached over TLS alone.
    pub tls: Option<Arc<rustls::ClientConfig>>,
}

impl PostgresOptions {
    /// The database at this address, without a password, over 16 connections.
    #[must_use]
    pub fn new(url: impl Into<String>) -> PostgresOptions {
        PostgresOptions { url: url.into(), password: None, connections: 16, tls: None }
    }

    /// With a way to check the server's certificate.
    #[must_use]
    pub fn tls(mut self, tls: rustls::ClientConfig) -> PostgresOptions {
        self.tls = Some(connect::without_protocols(tls));
        self
    }
}

/// A store in a PostgreSQL database. Dropping it stores what waits and lets go of its connections, in the background.
pub struct PostgresStore {
    pool: Pool,
    writes: mpsc::Sender<Message>,
    counters: Arc<Counters>,
    closed: AtomicBool,
}

impl std::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresStore").field("counters", &self.counters).finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Connects, brings the database to this program's schema, and starts the writer. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`StoreError::NewerSchema`] and [`StoreError::ForeignSchema`] leave the database as it was; [`StoreError::Io`]
    /// and [`StoreError::Busy`] when the server cannot be reached, or is not set so that a purchase is safe with it.
    pub async fn open(options: &PostgresOptions) -> Result<PostgresStore> {
        let way = Way::new(options)?;
        let mut session = checked(&way).await?;
        migrate::upgrade(&mut session.client, MIGRATIONS).await?;
        drop(session);
        let pool = way.pool(options.connections)?;
        let counters = Arc::<Counters>::default();
        let writer = Writer::new(way, Arc::clone(&counters)).await?;
        let (writes, queue) = mpsc::channel(QUEUE);
        tokio::spawn(writer.serve(queue));
        Ok(PostgresStore { pool, writes, counters, closed: AtomicBool::new(false) })
    }

    /// The version of the database's schema, 0 when it is empty, and the newest that this program knows. It changes
    /// nothing.
    ///
    /// # Errors
    /// As [`PostgresStore::open`].
    pub async fn inspect(options: &PostgresOptions) -> Result<(u32, u32)> {
        let session = checked(&Way::new(options)?).await?;
        let newest = MIGRATIONS.last().map_or(0, |migration| migration.version);
        Ok((migrate::inspect(&session.client, MIGRATIONS).await?, newest))
    }

    /// A connection of the pool.
    async fn client(&self) -> std::result::Result<Object, Failure> {
        if self.closed.load(Ordering::Acquire) {
            return Err(StoreError::Closed.into());
        }
        Ok(self.pool.get().await?)
    }

    /// Has the writer do it, and answers when its commit is acknowledged.
    async fn write<O: Operation>(&self, operation: O) -> Result<O::Output> {
        let (write, answer) = write::boxed(operation);
        self.writes.send(Message::Write(write)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.writes.send(Message::Stop(done)).await.is_ok() {
            // It fails when the writer had stopped before, which is what is wanted.
            let _ = stopped.await;
        }
        self.closed.store(true, Ordering::Release);
        self.pool.close();
    }

    /// With what the writer has done and has to do.
    fn with_counters(&self, stats: Stats) -> Stats {
        let waiting = self.writes.max_capacity().saturating_sub(self.writes.capacity());
        Stats {
            queued: u64::try_from(waiting).unwrap_or(u64::MAX),
            writes: self.counters.writes.load(Ordering::Relaxed),
            commits: self.counters.commits.load(Ordering::Relaxed),
            ..stats
        }
    }

    fn told(&self) -> watch::Receiver<u64> {
        self.counters.told.subscribe()
    }
}

/// A connection to a server that is set as it must be.
async fn checked(way: &Way) -> Result<Session> {
    let silent = watch::Sender::default();
    let session = way
        .session(&silent)
        .await
        .map_err(|failure| StoreError::io(&format!("connect to `{}`", way.shown()), &failure.said()))?;
    connect::trust(&session.client).await?;
    Ok(session)
}

/// How long a read goes on trying.
struct Patience {
    until: Option<Instant>,
    pause: Duration,
}

impl Patience {
    fn new() -> Patience {
        Patience { until: Instant::now().checked_add(PATIENCE), pause: Duration::from_millis(20) }
    }

    /// Waits a little; false when that has been done long enough.
    async fn wait(&mut self) -> bool {
        if self.until.is_none_or(|until| Instant::now() >= until) {
            return false;
        }
        sleep(self.pause).await;
        self.pause = self.pause.saturating_mul(2).min(Duration::from_millis(500));
        true
    }
}
