//! The one thread that writes, with group commit: writes that wait share one commit, each in its own savepoint.
//!
//! Nothing is answered before its commit is on the disk. A write that fails takes back only itself; a commit that fails
//! fails every write in it. Start at [`serve`].

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot, watch};

use crate::store::{Result, StoreError};

/// The most writes that share a commit: more gain little and make each wait longer.
const GROUP: usize = 64;

/// What the writer has done since it started.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// Writes that were stored.
    pub(super) writes: AtomicU64,
    /// Commits that stored them.
    pub(super) commits: AtomicU64,
    /// Changes with each commit: there may be something to read.
    pub(super) told: watch::Sender<u64>,
}

/// What is sent to the writer.
pub(super) enum Message {
    /// A write, with the way back to who asked for it.
    Write(Box<dyn Write>),
    /// Take no more, store what waits, let go of the database, then say so.
    Stop(oneshot::Sender<()>),
}

/// A write in the queue.
pub(super) trait Write: Send {
    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;
    /// Does the work. It must be taken back when it failed.
    fn run(&mut self, connection: &Connection) -> Result<()>;
    /// Answers, now that the commit has gone this way.
    fn answer(self: Box<Self>, commit: Result<()>);
}

/// A write made of a closure.
struct Job<T, F> {
    work: Option<F>,
    outcome: Result<T>,
    reply: oneshot::Sender<Result<T>>,
}

impl<T: Send, F: FnOnce(&Connection) -> Result<T> + Send> Write for Job<T, F> {
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, connection: &Connection) -> Result<()> {
        if let Some(work) = self.work.take() {
            self.outcome = work(connection);
        }
        self.outcome.as_ref().map(|_| ()).map_err(StoreError::clone)
    }

    fn answer(self: Box<Self>, commit: Result<()>) {
        // The receiver is gone when the caller has dropped the call: then nobody wants to know.
        let _ = self.reply.send(commit.and(self.outcome));
    }
}

/// A message that carries this work, and where its answer arrives.
pub(super) fn message<T: Send + 'static>(
    work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
) -> (Message, oneshot::Receiver<Result<T>>) {
    let (reply, answer) = oneshot::channel();
    (Message::Write(Box::new(Job { work: Some(work), outcome: Err(StoreError::Closed), reply })), answer)
}

/// Serves the queue until it is closed and empty. The lock on the database file is held as long as the connection.
pub(super) fn serve(
    connection: Connection,
    lock: File,
    mut queue: mpsc::Receiver<Message>,
    counters: &Arc<Counters>,
) {
    let mut writer = Writer { connection, counters: Arc::clone(counters), stops: Vec::new() };
    while let Some(message) = queue.blocking_recv() {
        match message {
            Message::Write(write) => writer.group(write, &mut queue),
            Message::Stop(done) => writer.stop(done, &mut queue),
        }
    }
    let Writer { connection, stops, .. } = writer;
    // It only shortens the log; where it fails the next opening does it.
    let _ = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    drop(connection);
    drop(lock);
    for done in stops {
        let _ = done.send(());
    }
}

struct Writer {
    connection: Connection,
    counters: Arc<Counters>,
    stops: Vec<oneshot::Sender<()>>,
}

impl Writer {
    fn stop(&mut self, done: oneshot::Sender<()>, queue: &mut mpsc::Receiver<Message>) {
        queue.close();
        self.stops.push(done);
    }

    /// Runs the write and those that wait behind it in one transaction, commits, and answers them all.
    fn group(&mut self, first: Box<dyn Write>, queue: &mut mpsc::Receiver<Message>) {
        let mut outcome = self.execute("BEGIN IMMEDIATE");
        let mut group: Vec<Box<dyn Write>> = Vec::new();
        let mut kept: u64 = 0;
        let mut next = Some(first);
        while let Some(mut write) = next {
            if !write.is_abandoned() {
                if outcome.is_ok() {
                    match self.in_savepoint(write.as_mut()) {
                        Ok(true) => kept += 1,
                        Ok(false) => {}
                        // The transaction is gone with all that was in it.
                        Err(error) => outcome = Err(error),
                    }
                }
                group.push(write);
            }
            next = if group.len() < GROUP { self.next(queue) } else { None };
        }
        if outcome.is_ok() {
            outcome = self.execute("COMMIT");
        }
        if !self.connection.is_autocommit() {
            let _ = self.execute("ROLLBACK");
        }
        if outcome.is_ok() && kept > 0 {
            self.counters.commits.fetch_add(1, Ordering::Relaxed);
            self.counters.writes.fetch_add(kept, Ordering::Relaxed);
            self.counters.told.send_modify(|commits| *commits = commits.wrapping_add(1));
        }
        for write in group {
            write.answer(outcome.clone());
        }
    }

    /// The write that waits next, if one does.
    fn next(&mut self, queue: &mut mpsc::Receiver<Message>) -> Option<Box<dyn Write>> {
        loop {
            match queue.try_recv().ok()? {
                Message::Write(write) => return Some(write),
                Message::Stop(done) => self.stop(done, queue),
            }
        }
    }

    /// Runs one write; whether it stays. An error means that the whole transaction is lost.
    fn in_savepoint(&self, write: &mut dyn Write) -> Result<bool> {
        self.execute("SAVEPOINT one")?;
        let outcome = write.run(&self.connection);
        let stays = outcome.is_ok();
        if self.connection.is_autocommit() {
            // SQLite itself rolled all back, as it may do when the disk is full or fails.
            return Err(outcome.err().unwrap_or(StoreError::Full));
        }
        if !stays {
            self.execute("ROLLBACK TO one")?;
        }
        self.execute("RELEASE one")?;
        Ok(stays)
    }

    fn execute(&self, sql: &str) -> Result<()> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }
}
