//! Where a parcel is, and being told when it moves. What is known, asked and merged is the room `tracking`'s; here is
//! only which numbers a caller means. Start with [`Gateway::track`] and [`Gateway::watch_tracking`].

use std::time::Duration;

use parcelgate_kit::model::TrackingNumber;
use tokio::sync::watch;

use super::error::{Cause, ShippingError};
use super::gateway::Gateway;
use super::shares::Share;
use crate::events::{BadCursor, Cursor, ReadError};
use crate::seal::Sealer;
use crate::tenancy::TenantId;
use crate::tracking::{Told, TrackingError, WatchTarget, Watcher};

pub use crate::tracking::{Followed, Heard, Knowledge};

/// Parcels that one tenant may watch at once, in each process.
pub(super) const MOST_WATCHERS: usize = 20_000;

/// What is to be tracked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrackTarget {
    /// Every parcel of a shipment.
    Shipment(String),
    /// One number, bought here or not.
    Number {
        /// The carrier.
        carrier: String,
        /// Its number.
        number: TrackingNumber,
    },
}

/// Something that a watcher is told, with where to go on.
#[derive(Clone, Debug)]
pub struct WatchMessage {
    /// The cursor, as callers have it.
    pub cursor: String,
    /// What is known of a parcel now; absent in a sign of life.
    pub parcel: Option<Box<Followed>>,
}

/// Parcels being watched, until it ends.
pub struct Watching {
    watcher: Watcher,
    stopped: watch::Receiver<bool>,
    sealer: Sealer,
    tenant: TenantId,
    _share: Share,
}

impl Watching {
    /// The next thing told.
    ///
    /// # Errors
    /// [`ShippingError::Stopping`], or when the store fails. It ends with an error.
    pub async fn next(&mut self) -> Result<WatchMessage, ShippingError> {
        let told = tokio::select! {
            told = self.watcher.next() => Some(told?),
            _ = self.stopped.wait_for(|stopped| *stopped) => None,
        };
        let Some(told) = told else {
            return Err(ShippingError::Stopping { cursor: self.sealed(self.watcher.placed())? });
        };
        Ok(match told {
            Told::Parcel(parcel, cursor) => {
                WatchMessage { cursor: self.sealed(cursor)?, parcel: Some(parcel) }
            }
            Told::Idle(cursor) => WatchMessage { cursor: self.sealed(cursor)?, parcel: None },
        })
    }

    fn sealed(&self, cursor: Cursor) -> Result<String, ShippingError> {
        let sealed = cursor.seal(&self.sealer, &self.tenant);
        sealed.map_err(|error| ShippingError::Internal(error.to_string()))
    }
}

impl Gateway {
    /// Where the parcels are.
    ///
    /// # Errors
    /// [`ShippingError`] when there is nothing to track; a carrier that fails
    /// is told in the answer.
    pub async fn track(
        &self,
        tenant: &TenantId,
        target: TrackTarget,
        budget: Duration,
    ) -> Result<Vec<Followed>, ShippingError> {
        let (shipment, account, numbers) = self.numbers_of(tenant, target).await?;
        let (shipment, account) = (shipment.as_deref(), account.as_deref());
        // All at once: the parcels of a shipment share the caller's time.
        let looks = numbers
            .iter()
            .map(|(carrier, number)| self.tracker.look(tenant, shipment, (carrier, account), number, budget));
        Ok(futures::future::try_join_all(looks).await?)
    }

    /// The parcels as they move: what is known of each, whenever that changes. Without a cursor what is known of a
    /// target comes first. Once `stopped` holds true it ends.
    ///
    /// # Errors
    /// As [`Gateway::track`]; [`ShippingError::Invalid`] for a cursor that is none of the tenant's,
    /// [`ShippingError::TooManyStreams`], and when the store fails.
    pub async fn watch_tracking(
        &self,
        tenant: &TenantId,
        target: Option<TrackTarget>,
        cursor: Option<String>,
        heartbeat: Duration,
        stopped: watch::Receiver<bool>,
    ) -> Result<Watching, ShippingError> {
        let share = self.watches.one_more(tenant.as_str());
        let share = share.ok_or(ShippingError::TooManyStreams { most: MOST_WATCHERS })?;
        let bad = |error: BadCursor| ShippingError::invalid("cursor", error.to_string());
        let after = cursor.map(|text| Cursor::open(&text, &self.sealer, tenant)).transpose().map_err(bad)?;
        let target = match target {
            None => WatchTarget::All,
            Some(target) => {
                let (.., numbers) = self.numbers_of(tenant, target).await?;
                if let Some((carrier, _)) =
                    numbers.iter().find(|(carrier, _)| self.carriers.get(carrier).is_none())
                {
                    return Err(ShippingError::NotFound { what: "carrier", id: carrier.clone() });
                }
                WatchTarget::Numbers(numbers)
            }
        };
        let watcher = self.watchers.watch(tenant, target, after, heartbeat).await;
        let watcher = watcher.map_err(|error| match error {
            ReadError::Cursor(error) => bad(error),
            ReadError::Store(error) => error.into(),
        })?;
        Ok(Watching { watcher, stopped, sealer: self.sealer.clone(), tenant: tenant.clone(), _share: share })
    }

    /// The numbers that are meant, with the shipment and its account where there is one.
    async fn numbers_of(&self, tenant: &TenantId, target: TrackTarget) -> Result<Numbers, ShippingError> {
        match target {
            TrackTarget::Number { carrier, number } => Ok((None, None, vec![(carrier, number)])),
            TrackTarget::Shipment(id) => {
                let view = self.shipment(tenant, &id).await?;
                let Some(bought) = view.bought else {
                    let words = format!("shipment `{id}` is {}: it has no tracking number", view.state);
                    return Err(ShippingError::precondition(Cause::WrongState, words));
                };
                let numbers = bought.tracking.into_iter();
                let numbers = numbers.map(|number| (view.offer.carrier.clone(), number)).collect();
                Ok((Some(id), Some(view.offer.account), numbers))
            }
        }
    }
}

/// Shipment, its account, and each number with its carrier.
type Numbers = (Option<String>, Option<String>, Vec<(String, TrackingNumber)>);

impl From<TrackingError> for ShippingError {
    fn from(error: TrackingError) -> Self {
        match error {
            TrackingError::NoCarrier(id) => Self::NotFound { what: "carrier", id },
            TrackingError::NoAccount(_) => Self::precondition(Cause::NotFound, error.to_string()),
            TrackingError::Store(error) => error.into(),
            TrackingError::Internal(words) => Self::Internal(words),
        }
    }
}
