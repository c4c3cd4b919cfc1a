//! Reads on from a place, and knows when there may be more.
//!
//! It keeps nothing but its place: whoever uses it decides what is done with an
//! event before it reads on. Start with [`Reader::open`].

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::event::{Kinds, Placed};
use super::{BadCursor, Cursor};
use crate::store::{Store, StoreError};
use crate::tenancy::TenantId;

/// How often is looked when nothing was told: other gateways write too.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The shortest time between two looks, so that a busy store is read in batches.
const GATHER: Duration = Duration::from_millis(10);

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Behind a cursor; [`Cursor::BEGINNING`] for the first event.
    After(Cursor),
    /// With what happens from now on.
    Now,
}

/// Why there is no reader.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The cursor is behind no event of the tenant.
    #[error(transparent)]
    Cursor(#[from] BadCursor),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Events of one look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Those that are wanted, in their order.
    pub events: Vec<Placed>,
    /// Whether there were no more for now.
    pub at_the_end: bool,
}

/// Reads one tenant's events: each once, none left out, in the order in which
/// they were written, which is the order of each shipment's states too.
pub struct Reader {
    store: Arc<dyn Store>,
    tenant: TenantId,
    kinds: Kinds,
    cursor: Cursor,
    told: watch::Receiver<u64>,
    looked: Instant,
}

impl Reader {
    /// A reader that begins at `start`.
    ///
    /// # Errors
    /// [`ReadError::Cursor`] for a cursor that is behind no event, as after a
    /// restore of an older store.
    pub async fn open(
        store: Arc<dyn Store>,
        tenant: TenantId,
        start: Start,
        kinds: Kinds,
    ) -> Result<Self, ReadError> {
        let told = store.told();
        let cursor = match start {
            Start::After(cursor) => known(store.as_ref(), &tenant, cursor).await?,
            Start::Now => end(store.as_ref(), &tenant).await?,
        };
        Ok(Self { store, tenant, kinds, cursor, told, looked: Instant::now() })
    }

    /// Where it stands: all events up to there were handed out or not wanted.
    pub fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The next wanted events of at most `limit` that are looked at.
    ///
    /// # Errors
    /// When the store fails; the place stays, so it can be tried again.
    pub async fn next(&mut self, limit: u32) -> Result<Batch, StoreError> {
        // Seen before the look: what is written after it wakes the next one.
        self.told.borrow_and_update();
        let rows = self.store.events(self.tenant.as_str(), self.cursor.0, limit).await?;
        self.looked = Instant::now();
        let at_the_end = u32::try_from(rows.len()).is_ok_and(|count| count < limit);
        if let Some(last) = rows.last() {
            self.cursor = Cursor(last.sequence);
        }
        let wanted = rows.into_iter().filter(|row| self.kinds.hold(&row.kind));
        Ok(Batch { events: wanted.map(Placed::of).collect(), at_the_end })
    }

    /// Done when there may be more. Nothing is lost when it is dropped.
    pub async fn more(&mut self) {
        let changed = async {
            if self.told.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let _ = tokio::time::timeout_at(self.looked + LOOK_EVERY, changed).await;
        tokio::time::sleep_until(self.looked + GATHER).await;
    }
}

/// The cursor, when it is the beginning or behind an event of the tenant.
async fn known(store: &dyn Store, tenant: &TenantId, cursor: Cursor) -> Result<Cursor, ReadError> {
    let Some(before) = cursor.0.checked_sub(1) else { return Ok(cursor) };
    let found = store.events(tenant.as_str(), before, 1).await?;
    match found.first() {
        Some(row) if row.sequence == cursor.0 => Ok(cursor),
        _ => Err(BadCursor.into()),
    }
}

/// Behind the tenant's last event: found in as many looks as the number of all
/// events has digits in base two, twice.
async fn end(store: &dyn Store, tenant: &TenantId) -> Result<Cursor, StoreError> {
    let (mut last, mut step, mut growing) = (0_u64, 1_u64, true);
    loop {
        let found = store.events(tenant.as_str(), last.saturating_add(step - 1), 1).await?;
        match found.first() {
            Some(row) => {
                last = row.sequence;
                if growing {
                    step = step.saturating_mul(2);
                }
            }
            None if step == 1 => return Ok(Cursor(last)),
            None => {
                growing = false;
                step /= 2;
            }
        }
    }
}

#[cfg(test)]
pub(super) mod samples {
    //! A store with events of nothing in particular.

    use super::*;
    use crate::store::sqlite::{SqliteOptions, SqliteStore};
    use crate::store::{NewEvent, Tracking};

    pub(in crate::events) async fn tell(store: &dyn Store, tenant: &str, count: u64) {
        for version in 0..count {
            let tracking = Tracking {
                tenant: tenant.to_owned(),
                carrier: "acme".into(),
                number: "1".into(),
                shipment: None,
                account: None,
                status: "IN_TRANSIT".into(),
                body: Vec::new(),
                as_of: jiff::Timestamp::UNIX_EPOCH,
                next_poll_at: None,
                failures: 0,
                delivered_at: None,
            };
            let kind = if version % 2 == 0 { "even" } else { "odd" };
            let event = NewEvent { kind: kind.into(), body: Vec::new() };
            store.merge_tracking(tracking, version, Some(event)).await.unwrap();
        }
    }

    pub(in crate::events) fn store() -> (tempfile::TempDir, Arc<dyn Store>) {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&SqliteOptions::new(folder.path().join("events.sqlite"))).unwrap();
        (folder, Arc::new(store))
    }

    pub(in crate::events) fn tenant(name: &str) -> TenantId {
        TenantId::parse(name).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{store, tell, tenant};
    use super::*;

    async fn open(
        store: &Arc<dyn Store>,
        name: &str,
        start: Start,
        kinds: &[&str],
    ) -> Result<Reader, ReadError> {
        let kinds = Kinds::new(kinds.iter().map(ToString::to_string).collect());
        Reader::open(Arc::clone(store), tenant(name), start, kinds).await
    }

    #[tokio::test]
    async fn the_end_is_found_whatever_lies_between() {
        let (_folder, store) = store();
        assert_eq!(end(store.as_ref(), &tenant("a")).await.unwrap(), Cursor::BEGINNING);
        for (name, count) in [("a", 1), ("b", 5), ("c", 11), ("d", 30)] {
            tell(store.as_ref(), name, count).await;
            for name in ["a", "b", "c", "d", "e"] {
                let rows = store.events(name, 0, 500).await.unwrap();
                let last = rows.last().map_or(0, |row| row.sequence);
                assert_eq!(end(store.as_ref(), &tenant(name)).await.unwrap(), Cursor(last), "{name}");
            }
        }
    }

    #[tokio::test]
    async fn a_cursor_is_behind_an_event_of_the_tenant_or_refused() {
        let (_folder, store) = store();
        tell(store.as_ref(), "a", 3).await;
        tell(store.as_ref(), "b", 3).await;
        for sequence in 0..8 {
            let opened = open(&store, "a", Start::After(Cursor(sequence)), &[]).await;
            assert_eq!(opened.is_ok(), sequence <= 3, "{sequence}");
        }
    }

    #[tokio::test]
    async fn unwanted_events_move_the_cursor_on() {
        let (_folder, store) = store();
        tell(store.as_ref(), "a", 5).await;
        let mut reader = open(&store, "a", Start::After(Cursor::BEGINNING), &["odd"]).await.unwrap();
        let batch = reader.next(500).await.unwrap();
        assert_eq!(batch.events.iter().map(|placed| placed.cursor.0).collect::<Vec<_>>(), [2, 4]);
        assert_eq!((batch.at_the_end, reader.cursor()), (true, Cursor(5)));
        let mut reader = open(&store, "a", Start::Now, &[]).await.unwrap();
        assert_eq!(reader.next(2).await.unwrap(), Batch { events: vec![], at_the_end: true });
    }

    #[tokio::test]
    async fn a_reader_is_woken_by_what_is_written() {
        let (_folder, store) = store();
        let mut reader = open(&store, "a", Start::Now, &[]).await.unwrap();
        reader.next(10).await.unwrap();
        let asked = Instant::now();
        tell(store.as_ref(), "a", 1).await;
        reader.more().await;
        assert_eq!(reader.next(10).await.unwrap().events.len(), 1);
        assert!(asked.elapsed() < LOOK_EVERY, "it did not wait for its turn");
    }
}
