//! What happened, as its owner reads it. Start with [`Gateway::subscribe`].

use tokio::sync::watch;

use super::error::ShippingError;
use super::gateway::Gateway;
use super::shares::Share;
use crate::events::{self, Cursor, End, Event, Kinds, Pace, ReadError, Reader, Start, Told};
use crate::tenancy::TenantId;

/// Event streams that one tenant may have open at once, in each process.
pub(super) const MOST_STREAMS: usize = 32;

/// Where a caller begins to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// With the first event.
    Beginning,
    /// Behind a cursor, as callers have it.
    Cursor(String),
    /// With what happens from now on.
    Now,
}

/// Something told, with where to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The cursor, as callers have it.
    pub cursor: String,
    /// The event; absent in a sign of life.
    pub event: Option<Event>,
}

/// Events as they come, until it ends.
pub struct Subscription {
    inner: events::Subscription,
    sealer: crate::seal::Sealer,
    tenant: TenantId,
    _share: Share,
}

impl Subscription {
    /// The next message; none when the subscriber is gone.
    ///
    /// # Errors
    /// [`ShippingError::SlowReader`], [`ShippingError::Stopping`], or when the
    /// store fails. It ends with an error.
    pub async fn next(&mut self) -> Result<Option<Message>, ShippingError> {
        let (cursor, event) = match self.inner.next().await {
            Ok(Told::Event(placed)) => (placed.cursor, Some(placed.event)),
            Ok(Told::Idle(cursor)) => (cursor, None),
            Err(End::Left) => return Ok(None),
            Err(End::Slow(at)) => return Err(ShippingError::SlowReader { cursor: self.sealed(at)? }),
            Err(End::Stopping(at)) => return Err(ShippingError::Stopping { cursor: self.sealed(at)? }),
            Err(End::Failed(error)) => return Err(error.into()),
        };
        Ok(Some(Message { cursor: self.sealed(cursor)?, event }))
    }

    fn sealed(&self, cursor: Cursor) -> Result<String, ShippingError> {
        let sealed = cursor.seal(&self.sealer, &self.tenant);
        sealed.map_err(|error| ShippingError::Internal(error.to_string()))
    }
}

impl Gateway {
    /// The tenant's events from a place on. Once `stopped` holds true it ends.
    ///
    /// # Errors
    /// [`ShippingError::Invalid`] for a cursor that is none of the tenant's,
    /// [`ShippingError::TooManyStreams`], and when the store fails.
    pub async fn subscribe(
        &self,
        tenant: &TenantId,
        from: Since,
        kinds: Kinds,
        pace: Pace,
        stopped: watch::Receiver<bool>,
    ) -> Result<Subscription, ShippingError> {
        let share = self.streams.one_more(tenant.as_str());
        let share = share.ok_or(ShippingError::TooManyStreams { most: MOST_STREAMS })?;
        let bad = |error: events::BadCursor| ShippingError::invalid("cursor", error.to_string());
        let start = match from {
            Since::Beginning => Start::After(Cursor::BEGINNING),
            Since::Now => Start::Now,
            Since::Cursor(text) => Start::After(Cursor::open(&text, &self.sealer, tenant).map_err(bad)?),
        };
        let opened = Reader::open(std::sync::Arc::clone(&self.store), tenant.clone(), start, kinds).await;
        let reader = opened.map_err(|error| match error {
            ReadError::Cursor(error) => bad(error),
            ReadError::Store(error) => error.into(),
        })?;
        let inner = events::subscribe(reader, pace, stopped, std::sync::Arc::clone(&self.metrics));
        Ok(Subscription { inner, sealer: self.sealer.clone(), tenant: tenant.clone(), _share: share })
    }
}
