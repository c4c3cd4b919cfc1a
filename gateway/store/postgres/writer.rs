//! The one task that writes, with group commit: writes that wait share one transaction and one commit.
//!
//! They are sent all at once. When one of them fails, the transaction is taken back and they are run again one by one,
//! each in its own savepoint, so that a write which fails takes back only itself. Nothing is answered before its commit
//! was acknowledged; a connection that breaks in a commit leaves open whether it was stored, and says so. Start at
//! [`Writer::serve`].

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deadpool_postgres::ClientWrapper;
use futures::future::{join, join_all, try_join_all};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::connect::{Backend, Session, Way};
use super::failure::{Failure, unknown};
use super::write::{NOTHING, Ran, Told, Write};
use super::{
    alarms, confirmations, documents, journal, leases, listing, outbox, purchases, quotes, tracking,
};
use crate::store::{Result, StoreError};

/// The most writes that share a commit: more gain little and make each wait longer.
const GROUP: usize = 256;
/// How often a group is tried that the server undid for the sake of another gateway's.
const TRIES: u32 = 5;
/// How long a server may be away before writes are refused at once instead of waiting for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the server may take for one step of a group. It gives up on its own before that.
const ANSWER: Duration = Duration::from_secs(20);
/// The first and the longest pause before the server is tried again.
const PAUSES: (u64, u64) = (25, 1_000);

/// What the writer runs most, prepared before the first is wanted.
const STATEMENTS: [&str; 28] = [
    alarms::RAISE,
    alarms::SETTLE,
    confirmations::INSERT,
    confirmations::KEEP,
    confirmations::NUMBERING,
    confirmations::SETTLE,
    confirmations::SUPERSEDE,
    confirmations::VOID,
    documents::BLOBS,
    documents::INSERT,
    documents::CHECKED,
    journal::INTENT,
    journal::REPLY,
    leases::RENEW,
    leases::RELEASE,
    listing::BY_KEY,
    outbox::LOCK,
    outbox::INSERT,
    purchases::INSERT,
    purchases::HELD,
    purchases::MOVE,
    purchases::FINISH,
    purchases::NUMBERS,
    quotes::INSERT,
    tracking::FOLLOW,
    tracking::INSERT,
    tracking::UPDATE,
    NOTHING,
];

/// What the writer has done since it started.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// Writes that were stored.
    pub(super) writes: AtomicU64,
    /// Commits that stored them.
    pub(super) commits: AtomicU64,
    /// Changes with each commit, of this gateway's or another's: there may be something to read.
    pub(super) told: watch::Sender<u64>,
}

/// What is sent to the writer.
pub(super) enum Message {
    /// A write, with the way back to who asked for it.
    Write(Box<dyn Write>),
    /// Take no more, store what waits, let go of the database, then say so.
    Stop(oneshot::Sender<()>),
}

/// The writer.
pub(super) struct Writer {
    way: Way,
    session: Option<Session>,
    /// Who served the last connection: ended before the next one is used.
    backend: Option<Backend>,
    down: Option<Down>,
    counters: Arc<Counters>,
    stops: Vec<oneshot::Sender<()>>,
}

/// Since when there is no server.
struct Down {
    since: Instant,
    next_try: Instant,
    pause: u64,
    why: String,
}

/// Why a group was not stored.
#[derive(Debug)]
enum Trouble {
    /// One of it failed: each is to be run by itself.
    Apart,
    /// The server wants it tried again.
    Again(String),
    /// The connection broke before the commit was sent: nothing is stored.
    Lost(String),
    /// The connection broke in the commit.
    Unknown(String),
    /// The server refuses the whole.
    Refused(StoreError),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Trouble {
        match failure {
            Failure::Again(what) => Trouble::Again(what),
            Failure::Lost(what) => Trouble::Lost(what),
            other => Trouble::Refused(other.unstored()),
        }
    }
}

impl From<tokio_postgres::Error> for Trouble {
    fn from(error: tokio_postgres::Error) -> Trouble {
        Failure::from(error).into()
    }
}

/// What a transaction holds before its commit.
#[derive(Default)]
struct Held {
    kept: u64,
    told: Vec<Told>,
}

impl Writer {
    /// A writer that is connected.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the server cannot be reached.
    pub(super) async fn new(way: Way, counters: Arc<Counters>) -> Result<Writer> {
        let mut writer =
            Writer { way, session: None, backend: None, down: None, counters, stops: Vec::new() };
        writer.ready().await?;
        Ok(writer)
    }

    /// Serves the queue until it is closed and empty. Meanwhile it keeps a connection, on which it hears of events.
    pub(super) async fn serve(mut self, mut queue: mpsc::Receiver<Message>) {
        loop {
            tokio::select! {
                biased;
                message = queue.recv() => match message {
                    Some(Message::Write(write)) => self.group(write, &mut queue).await,
                    Some(Message::Stop(done)) => self.stop(done, &mut queue),
                    None => break,
                },
                () = broken(&mut self.session) => self.lost("the server closed the connection".to_owned()),
                () = due(self.down.as_ref()) => {
                    // Whoever writes next is told when it failed.
                    let _ = self.connect().await;
                }
            }
        }
        drop(self.session);
        for done in self.stops {
            let _ = done.send(());
        }
    }

    fn stop(&mut self, done: oneshot::Sender<()>, queue: &mut mpsc::Receiver<Message>) {
        queue.close();
        self.stops.push(done);
    }

    /// Stores the write with those that wait behind it, and answers them all.
    async fn group(&mut self, first: Box<dyn Write>, queue: &mut mpsc::Receiver<Message>) {
        let mut group: Vec<Box<dyn Write>> = Vec::new();
        let mut next = Some(first);
        while let Some(write) = next {
            if !write.is_abandoned() {
                group.push(write);
            }
            next = if group.len() < GROUP { self.next(queue) } else { None };
        }
        if group.is_empty() {
            return;
        }
        group.sort_by(|one, other| one.key().cmp(other.key()));
        let outcome = self.store(&mut group).await;
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

    /// Runs the group in one transaction and commits it, again where that is safe.
    async fn store(&mut self, group: &mut [Box<dyn Write>]) -> Result<()> {
        let mut last = String::new();
        for attempt in 0..TRIES {
            if attempt > 0 {
                // Two gateways that undid each other must not meet again at once.
                sleep(Duration::from_millis(fastrand::u64(1..=10_u64.saturating_mul(u64::from(attempt)))))
                    .await;
            }
            self.ready().await?;
            let Some(session) = &self.session else { continue };
            match run(&session.client, group).await {
                Ok(kept) => {
                    if kept > 0 {
                        self.counters.commits.fetch_add(1, Ordering::Relaxed);
                        self.counters.writes.fetch_add(kept, Ordering::Relaxed);
                        self.counters.told.send_modify(|times| *times = times.wrapping_add(1));
                    }
                    return Ok(());
                }
                Err(Trouble::Apart) => last.push_str("postgresql undid its transaction"),
                Err(Trouble::Again(what)) => last = what,
                Err(Trouble::Lost(what)) => {
                    self.lost(what.clone());
                    last = what;
                }
                Err(Trouble::Refused(error)) => return Err(error),
                Err(Trouble::Unknown(what)) => {
                    self.lost(what.clone());
                    // Once the old connection is known to be over, whoever reads again reads what will stay.
                    let _ = self.ready().await;
                    return Err(unknown(&what));
                }
            }
        }
        Err(StoreError::Busy { what: last })
    }

    fn lost(&mut self, why: String) {
        self.session = None;
        if self.down.is_none() {
            let now = Instant::now();
            self.down = Some(Down { since: now, next_try: now, pause: PAUSES.0, why });
        }
    }

    /// Sees to it that there is a connection: at once, or within the patience that a server's restart takes.
    async fn ready(&mut self) -> Result<()> {
        if self.session.as_ref().is_some_and(|session| session.client.is_closed()) {
            self.lost("the server closed the connection".to_owned());
        }
        while self.session.is_none() {
            if let Some(down) = &self.down {
                let tired = down.since.elapsed() > PATIENCE;
                if tired && down.next_try > Instant::now() {
                    return Err(StoreError::Busy { what: down.why.clone() });
                }
                sleep_until(down.next_try).await;
            }
            if let Err(failure) = self.connect().await
                && self.down.as_ref().is_none_or(|down| down.since.elapsed() > PATIENCE)
            {
                return Err(failure);
            }
        }
        Ok(())
    }

    /// Tries once to connect.
    async fn connect(&mut self) -> Result<()> {
        match open(&self.way, &self.counters.told, self.backend.as_ref()).await {
            Ok((session, backend)) => {
                if let Some(down) = self.down.take() {
                    tracing::info!(away = ?down.since.elapsed(), "postgresql is back");
                    // Events of the others may have come meanwhile.
                    self.counters.told.send_modify(|times| *times = times.wrapping_add(1));
                }
                (self.session, self.backend) = (Some(session), Some(backend));
                Ok(())
            }
            Err(failure) => {
                let error = failure.unstored();
                let now = Instant::now();
                let down = self.down.get_or_insert_with(|| Down {
                    since: now,
                    next_try: now,
                    pause: PAUSES.0,
                    why: String::new(),
                });
                down.why = error.to_string();
                let pause = Duration::from_millis(fastrand::u64(down.pause / 2..=down.pause));
                down.next_try = now.checked_add(pause).unwrap_or(now);
                down.pause = down.pause.saturating_mul(2).min(PAUSES.1);
                Err(error)
            }
        }
    }
}

/// Done when the connection is.
async fn broken(session: &mut Option<Session>) {
    match session {
        Some(session) => {
            let _ = (&mut session.ended).await;
        }
        None => std::future::pending().await,
    }
}

/// Done when the server is to be tried again.
async fn due(down: Option<&Down>) {
    match down {
        Some(down) => sleep_until(down.next_try).await,
        None => std::future::pending().await,
    }
}

/// Connects, ends what is left of the connection before, listens and prepares.
async fn open(
    way: &Way,
    told: &watch::Sender<u64>,
    before: Option<&Backend>,
) -> std::result::Result<(Session, Backend), Failure> {
    let session = way.session(told).await?;
    let making = async {
        if let Some(before) = before {
            before.end(&session.client).await?;
        }
        session.client.batch_execute(&format!("LISTEN {}", outbox::CHANNEL)).await?;
        try_join_all(STATEMENTS.map(|sql| session.client.prepare_cached(sql))).await?;
        Backend::of(&session.client).await
    };
    let made = timeout(ANSWER, making).await;
    let backend = made.map_err(|_| Failure::Lost("the server does not answer in time".to_owned()))??;
    Ok((session, backend))
}

/// Runs the group in one transaction and commits it; how many of it were kept.
async fn run(client: &ClientWrapper, group: &mut [Box<dyn Write>]) -> std::result::Result<u64, Trouble> {
    let late = |_| Trouble::Lost("the server does not answer in time".to_owned());
    let held = match timeout(ANSWER, together(client, group)).await.map_err(late)? {
        Err(Trouble::Apart) => timeout(ANSWER, apart(client, group)).await.map_err(late)?,
        other => other,
    }?;
    match timeout(ANSWER, commit(client, &held)).await {
        Ok(committed) => committed.map(|()| held.kept),
        Err(_) => Err(Trouble::Unknown("the server does not answer in time".to_owned())),
    }
}

/// Runs the whole group at once.
async fn together(
    client: &ClientWrapper,
    group: &mut [Box<dyn Write>],
) -> std::result::Result<Held, Trouble> {
    let runs = join_all(group.iter_mut().map(|write| write.run(client)));
    let (begun, runs) = join(client.batch_execute("BEGIN"), runs).await;
    begun?;
    let (mut held, mut trouble) = (Held::default(), None);
    for ran in runs {
        match ran {
            Ran::Kept(told) => {
                held.kept = held.kept.saturating_add(1);
                held.told.extend(told);
            }
            Ran::Refused => {}
            Ran::Lost(what) => return Err(Trouble::Lost(what)),
            Ran::Again(what) => trouble = Some(Trouble::Again(what)),
            Ran::Undo | Ran::Behind => {
                trouble.get_or_insert(Trouble::Apart);
            }
        }
    }
    let Some(trouble) = trouble else { return Ok(held) };
    client.batch_execute("ROLLBACK").await?;
    Err(trouble)
}

/// Runs each of the group in its own savepoint.
async fn apart(client: &ClientWrapper, group: &mut [Box<dyn Write>]) -> std::result::Result<Held, Trouble> {
    let mut held = Held::default();
    client.batch_execute("BEGIN").await?;
    for write in group {
        client.batch_execute("SAVEPOINT one").await?;
        let end = match write.run(client).await {
            Ran::Kept(told) => {
                held.kept = held.kept.saturating_add(1);
                held.told.extend(told);
                "RELEASE one"
            }
            Ran::Refused => "RELEASE one",
            Ran::Undo => "ROLLBACK TO one; RELEASE one",
            Ran::Lost(what) => return Err(Trouble::Lost(what)),
            Ran::Again(what) => {
                client.batch_execute("ROLLBACK").await?;
                return Err(Trouble::Again(what));
            }
            Ran::Behind => {
                client.batch_execute("ROLLBACK").await?;
                return Err(Trouble::Apart);
            }
        };
        client.batch_execute(end).await?;
    }
    Ok(held)
}

/// Writes the events and commits, all sent at once: no gateway that stops in between keeps the lock of the events.
async fn commit(client: &ClientWrapper, held: &Held) -> std::result::Result<(), Trouble> {
    let events =
        async { if held.told.is_empty() { Ok(()) } else { outbox::append(client, &held.told).await } };
    let (told, committed) = join(events, client.batch_execute("COMMIT")).await;
    match (told, committed.map_err(Failure::from)) {
        (Ok(()), Ok(())) => Ok(()),
        // Events that failed made a taking back of the commit.
        (Err(failure), Ok(())) => Err(match failure {
            Failure::Again(what) => Trouble::Again(what),
            other => Trouble::Refused(other.unstored()),
        }),
        (_, Err(Failure::Again(what))) => Err(Trouble::Again(what)),
        (_, Err(Failure::Lost(what))) => Err(Trouble::Unknown(what)),
        (_, Err(other)) => Err(Trouble::Refused(other.unstored())),
    }
}
