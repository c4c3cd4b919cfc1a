//! Callers that watch parcels.
//!
//! One reader a tenant goes through the events; a watcher holds a cursor, a signal and the versions it was told, and
//! nothing waits for it: it is told what is known when it asks, so several changes that it was too slow for are told as
//! one. Idle, it costs no look at the store. Start with [`Watchers::watch`] and [`Watcher::next`].

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use parcelgate_kit::model::TrackingNumber;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::event::CHANGED;
use super::tracker::{Followed, Tracker, TrackingError};
use crate::events::{Cursor, Kinds, Payload, Placed, ReadError, Reader, Start};
use crate::tenancy::TenantId;

/// Events that are looked at at once.
const BATCH: u32 = 200;
/// After the store failed it is left alone for so long.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// What is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchTarget {
    /// Every parcel of the tenant.
    All,
    /// These numbers, a carrier's each.
    Numbers(Vec<(String, TrackingNumber)>),
}

/// What a watcher is told.
#[derive(Clone, Debug)]
pub enum Told {
    /// What is known of a parcel now.
    Parcel(Box<Followed>, Cursor),
    /// All that changed up to here was told, and nothing since.
    Idle(Cursor),
}

/// What is signalled apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    All,
    Number(String, TrackingNumber),
}

/// What one watcher waits for.
#[derive(Default)]
struct Signal {
    changed: Mutex<HashSet<Key>>,
    came: Notify,
}

impl Signal {
    /// What changed since it was asked last.
    fn take(&self) -> HashSet<Key> {
        std::mem::take(&mut self.changed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Who waits for a key, by a number of his own.
type Waiting = HashMap<u64, Arc<Signal>>;

/// One tenant's reader, and who waits for it.
struct Feed {
    waiting: Mutex<HashMap<Key, Waiting>>,
    /// All events up to there were signalled.
    read: Mutex<Cursor>,
}

impl Feed {
    fn signal(&self, placed: &Placed) {
        let Payload::Tracking { carrier, number, .. } = &placed.event.payload else { return };
        let Ok(number) = TrackingNumber::parse(number) else { return };
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for key in [Key::All, Key::Number(carrier.clone(), number)] {
            for signal in waiting.get(&key).into_iter().flat_map(Waiting::values) {
                signal.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
                signal.came.notify_one();
            }
        }
    }

    fn read_up_to(&self) -> Cursor {
        *self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(&self, keys: &[Key], id: u64) -> Arc<Signal> {
        let signal = Arc::new(Signal::default());
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            waiting.entry(key.clone()).or_default().insert(id, Arc::clone(&signal));
        }
        signal
    }

    fn leave(&self, keys: &[Key], id: u64) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            if let Some(of_key) = waiting.get_mut(key) {
                of_key.remove(&id);
                if of_key.is_empty() {
                    waiting.remove(key);
                }
            }
        }
    }
}

/// All watchers of this process.
pub struct Watchers {
    tracker: Arc<Tracker>,
    feeds: Mutex<HashMap<TenantId, Weak<Feed>>>,
    /// One tenant's feed is begun once.
    beginning: tokio::sync::Mutex<()>,
    /// What the next watcher is told apart by.
    next_id: AtomicU64,
}

/// One caller that watches.
pub struct Watcher {
    tracker: Arc<Tracker>,
    tenant: TenantId,
    target: WatchTarget,
    feed: Arc<Feed>,
    signal: Arc<Signal>,
    keys: Vec<Key>,
    id: u64,
    /// All that changed up to there is told or in `due`.
    cursor: Cursor,
    /// Reads what lies behind the cursor, until it has reached the end.
    catching_up: Option<Reader>,
    /// Whether something lies behind the cursor that no reader was opened for yet.
    behind: bool,
    /// Behind the last thing told.
    placed: Cursor,
    due: VecDeque<(Cursor, String, TrackingNumber)>,
    /// The versions that were told.
    told: HashMap<(String, String), u64>,
    said: Instant,
    heartbeat: Duration,
    /// Whether the end was reached and said once.
    at_the_end: bool,
}

impl Watchers {
    /// Watchers of what `tracker` learns.
    pub fn new(tracker: Arc<Tracker>) -> Self {
        Self {
            tracker,
            feeds: Mutex::default(),
            beginning: tokio::sync::Mutex::new(()),
            next_id: AtomicU64::new(0),
        }
    }

    /// Begins to watch. Behind a cursor, what changed since is told first; without one, what is known of the numbers.
    ///
    /// # Errors
    /// [`ReadError::Cursor`] for a cursor that is behind no event of the tenant; when the store fails.
    pub async fn watch(
        &self,
        tenant: &TenantId,
        target: WatchTarget,
        after: Option<Cursor>,
        heartbeat: Duration,
    ) -> Result<Watcher, ReadError> {
        let feed = self.feed(tenant).await?;
        let keys: Vec<Key> = match &target {
            WatchTarget::All => vec![Key::All],
            WatchTarget::Numbers(numbers) => {
                numbers.iter().map(|(carrier, number)| Key::Number(carrier.clone(), number.clone())).collect()
            }
        };
        // Joined before the place is taken: what comes in between is signalled.
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let signal = feed.join(&keys, id);
        self.tracker.metrics.following().watching();
        let start = after.unwrap_or_else(|| feed.read_up_to());
        let mut watcher = Watcher {
            tracker: Arc::clone(&self.tracker),
            tenant: tenant.clone(),
            cursor: start,
            placed: start,
            target,
            feed,
            signal,
            keys,
            id,
            catching_up: None,
            behind: false,
            due: VecDeque::new(),
            told: HashMap::new(),
            said: Instant::now(),
            heartbeat,
            at_the_end: false,
        };
        match (after, &watcher.target) {
            (Some(cursor), _) => watcher.catching_up = Some(watcher.reader(cursor).await?),
            (None, WatchTarget::All) => {}
            (None, WatchTarget::Numbers(numbers)) => {
                let at = watcher.cursor;
                let all = numbers.iter().map(|(carrier, number)| (at, carrier.clone(), number.clone()));
                watcher.due = all.collect();
            }
        }
        Ok(watcher)
    }

    async fn feed(&self, tenant: &TenantId) -> Result<Arc<Feed>, ReadError> {
        let known = || {
            let feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
            feeds.get(tenant).and_then(Weak::upgrade)
        };
        if let Some(feed) = known() {
            return Ok(feed);
        }
        let _one = self.beginning.lock().await;
        if let Some(feed) = known() {
            return Ok(feed);
        }
        let store = Arc::clone(&self.tracker.store);
        let reader = Reader::open(store, tenant.clone(), Start::Now, kinds()).await?;
        let feed = Arc::new(Feed { waiting: Mutex::default(), read: Mutex::new(reader.cursor()) });
        tokio::spawn(read_on(reader, Arc::downgrade(&feed)));
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.retain(|_, feed| feed.strong_count() > 0);
        feeds.insert(tenant.clone(), Arc::downgrade(&feed));
        Ok(feed)
    }
}

fn kinds() -> Kinds {
    Kinds::new(vec![CHANGED.to_owned()])
}

/// Goes through a tenant's events for as long as somebody watches.
async fn read_on(mut reader: Reader, feed: Weak<Feed>) {
    loop {
        let batch = reader.next(BATCH).await;
        let Some(feed) = feed.upgrade() else { return };
        match batch {
            Ok(batch) => {
                batch.events.iter().for_each(|placed| feed.signal(placed));
                *feed.read.lock().unwrap_or_else(PoisonError::into_inner) = reader.cursor();
                drop(feed);
                if batch.at_the_end {
                    reader.more().await;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "events for watchers cannot be read and will be tried again");
                drop(feed);
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}

impl Watcher {
    /// The next thing to tell. Nothing is lost when it is dropped before it is done.
    ///
    /// # Errors
    /// When the store fails; it can be asked again.
    pub async fn next(&mut self) -> Result<Told, TrackingError> {
        loop {
            if let Some((cursor, carrier, number)) = self.due.front().cloned() {
                let followed = self.tracker.known(&self.tenant, &carrier, &number).await?;
                self.due.pop_front();
                let key = (carrier, number.as_str().to_owned());
                let new = self.told.get(&key).is_none_or(|told| *told < followed.version);
                if followed.version > 0 && new {
                    // Of all parcels there are too many to remember; each change then comes from its own event.
                    if self.target != WatchTarget::All {
                        self.told.insert(key, followed.version);
                    }
                    self.said = Instant::now();
                    self.placed = cursor;
                    return Ok(Told::Parcel(Box::new(followed), cursor));
                }
                continue;
            }
            if self.behind {
                self.catching_up = Some(self.reader(self.cursor).await.map_err(read_error)?);
                self.behind = false;
            }
            if let Some(reader) = &mut self.catching_up {
                let batch = reader.next(BATCH).await?;
                self.cursor = reader.cursor();
                if batch.at_the_end {
                    self.catching_up = None;
                }
                self.take(batch.events);
                continue;
            }
            if !self.at_the_end || self.said.elapsed() >= self.heartbeat {
                self.at_the_end = true;
                self.said = Instant::now();
                self.placed = self.cursor;
                return Ok(Told::Idle(self.cursor));
            }
            self.wait().await;
        }
    }

    /// Behind the last thing told: nothing is lost when another one goes on from there.
    pub fn placed(&self) -> Cursor {
        self.placed
    }

    /// Notes which parcels a batch of events tells of, each once.
    fn take(&mut self, events: Vec<Placed>) {
        for placed in events {
            let Payload::Tracking { carrier, number, .. } = placed.event.payload else { continue };
            let Ok(number) = TrackingNumber::parse(&number) else { continue };
            let wanted = match &self.target {
                WatchTarget::All => true,
                WatchTarget::Numbers(numbers) => {
                    numbers.iter().any(|(of, wanted)| *of == carrier && *wanted == number)
                }
            };
            if wanted {
                self.due.retain(|(_, of, known)| *of != carrier || *known != number);
                self.due.push_back((placed.cursor, carrier, number));
            }
        }
    }

    /// Done when something changed or it is time for a sign of life.
    async fn wait(&mut self) {
        let _ = tokio::time::timeout_at(self.said + self.heartbeat, self.signal.came.notified()).await;
        // Read before the signal is looked at: all up to there was signalled before.
        let read = self.feed.read_up_to();
        let mut changed: Vec<Key> = self.signal.take().into_iter().collect();
        let last = changed.pop();
        for (key, at) in changed.into_iter().map(|key| (key, self.cursor)).chain(last.map(|key| (key, read)))
        {
            match key {
                Key::All => self.behind = true,
                Key::Number(carrier, number) => self.due.push_back((at, carrier, number)),
            }
        }
        if !self.behind {
            self.cursor = self.cursor.max(read);
        }
    }

    async fn reader(&self, after: Cursor) -> Result<Reader, ReadError> {
        let store = Arc::clone(&self.tracker.store);
        Reader::open(store, self.tenant.clone(), Start::After(after), kinds()).await
    }
}

fn read_error(error: ReadError) -> TrackingError {
    match error {
        ReadError::Store(error) => TrackingError::Store(error),
        ReadError::Cursor(error) => TrackingError::Internal(error.to_string()),
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.feed.leave(&self.keys, self.id);
        self.tracker.metrics.following().watched();
    }
}
