//! Everything that the use cases share.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio_util::task::TaskTracker;

use super::ShippingError;
use super::events::MOST_STREAMS;
use super::holding::InHand;
use super::quote::Quote;
use super::recover::OF_ONE_CARRIER;
use super::shares::Shares;
use super::track::MOST_WATCHERS;
use crate::carriers::{Carriers, Checkpoint, Clock};
use crate::casebook::Casebook;
use crate::exchange::ExchangeRates;
use crate::marketplace::Marketplaces;
use crate::performance::Performance;
use crate::proof::SigningKey;
use crate::seal::Sealer;
use crate::store::{QuoteRow, Store};
use crate::telemetry::Metrics;
use crate::tenancy::TenantId;
use crate::tracking::{Tracker, TrackerParts, TrackerSettings, Watchers};

/// How the use cases behave.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Longest time that carriers have to answer a rating.
    pub rate_budget: Duration,
    /// Kept back from a caller's deadline to rank, store and answer.
    pub rate_margin: Duration,
    /// Longest life of a quote; a carrier's own can be shorter.
    pub quote_lifetime: Duration,
    /// Longest time that a purchase plan may take.
    pub purchase_budget: Duration,
    /// How long a gateway's hold on a purchase lasts after it was last renewed:
    /// the time until another one takes over when this one has died.
    pub lease: Duration,
    /// How long an idempotency key is remembered after its answer.
    pub key_lifetime: Duration,
    /// How long the requests and replies of a settled purchase are kept.
    pub journal_retention: Duration,
    /// Most purchases and voids of one tenant under way at once, in this
    /// process.
    pub per_tenant: usize,
    /// How parcels are followed.
    pub tracking: TrackerSettings,
    /// The marketplaces that are told of what is bought.
    pub marketplaces: Arc<Marketplaces>,
    /// The key that signs decisions; without one nothing is decided.
    pub signing_key: Option<Arc<SigningKey>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rate_budget: Duration::from_secs(8),
            rate_margin: Duration::from_millis(60),
            quote_lifetime: Duration::from_secs(30 * 60),
            purchase_budget: Duration::from_secs(75),
            lease: Duration::from_secs(30),
            key_lifetime: Duration::from_secs(30 * 86_400),
            journal_retention: Duration::from_secs(90 * 86_400),
            per_tenant: 256,
            tracking: TrackerSettings::default(),
            marketplaces: Arc::default(),
            signing_key: None,
        }
    }
}

/// The two clocks that a gateway lives by.
#[derive(Clone, Debug)]
pub struct Clocks {
    /// What quotes, schedules and events go by. A sandbox moves it.
    pub work: Arc<dyn Clock>,
    /// What leases go by: the store's, so that all gateways agree, and steady.
    pub lease: Arc<dyn Clock>,
}

impl Clocks {
    /// One clock for both.
    pub fn one(clock: Arc<dyn Clock>) -> Self {
        Self { work: Arc::clone(&clock), lease: clock }
    }
}

/// A gateway: the use cases are its methods.
pub struct Gateway {
    pub(super) store: Arc<dyn Store>,
    pub(super) performance: Performance,
    pub(super) casebook: Casebook,
    pub(super) carriers: Carriers,
    pub(super) clocks: Clocks,
    pub(super) sealer: Sealer,
    pub(super) exchange_rates: Arc<ExchangeRates>,
    pub(super) settings: Settings,
    pub(super) checkpoint: Arc<dyn Checkpoint>,
    pub(super) metrics: Arc<Metrics>,
    /// Names this process among all that share the store.
    pub(super) worker: String,
    /// Work that goes on when its caller has gone.
    pub(super) work: TaskTracker,
    /// What this process works on.
    pub(super) in_hand: InHand,
    /// What is taken up again, by carrier.
    pub(super) taken_up: Shares,
    /// What is bought and voided, by tenant.
    pub(super) under_way: Shares,
    /// Event streams that are open, by tenant.
    pub(super) streams: Shares,
    /// Watches that are open, by tenant.
    pub(super) watches: Shares,
    pub(super) tracker: Arc<Tracker>,
    pub(super) watchers: Watchers,
}

impl Gateway {
    /// A gateway of these parts.
    #[allow(clippy::too_many_arguments, reason = "each part is another room's; a bag of them would say less")]
    pub fn new(
        store: Arc<dyn Store>,
        carriers: Carriers,
        clocks: Clocks,
        sealer: Sealer,
        exchange_rates: Arc<ExchangeRates>,
        settings: Settings,
        checkpoint: Arc<dyn Checkpoint>,
        metrics: Arc<Metrics>,
    ) -> Arc<Self> {
        let worker = uuid::Uuid::now_v7().to_string();
        let under_way = Shares::new(settings.per_tenant);
        let tracker = Tracker::new(TrackerParts {
            store: Arc::clone(&store),
            carriers: carriers.clone(),
            clock: Arc::clone(&clocks.work),
            sealer: sealer.clone(),
            metrics: Arc::clone(&metrics),
            settings: settings.tracking.clone(),
        });
        Arc::new(Self {
            performance: Performance::new(Arc::clone(&store)),
            casebook: Casebook::new(Arc::clone(&store), settings.signing_key.clone()),
            store,
            carriers,
            clocks,
            sealer,
            exchange_rates,
            settings,
            checkpoint,
            metrics,
            worker,
            work: TaskTracker::new(),
            in_hand: InHand::default(),
            taken_up: Shares::new(OF_ONE_CARRIER),
            under_way,
            streams: Shares::new(MOST_STREAMS),
            watches: Shares::new(MOST_WATCHERS),
            watchers: Watchers::new(Arc::clone(&tracker)),
            tracker,
        })
    }

    /// Its carriers.
    pub fn carriers(&self) -> &Carriers {
        &self.carriers
    }

    /// What follows its parcels.
    pub fn tracker(&self) -> &Arc<Tracker> {
        &self.tracker
    }

    /// Its store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Waits until no purchase of this process runs any more. What is left
    /// when the wait is given up is resumed by whoever takes over.
    pub async fn idle(&self) {
        self.work.close();
        self.work.wait().await;
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clocks.work.now()
    }

    /// A value as sealed bytes that belong to one row.
    pub(super) fn seal<T: Serialize>(&self, context: &[&str], value: &T) -> Result<Vec<u8>, ShippingError> {
        let plain = serde_json::to_vec(value).map_err(|error| ShippingError::Internal(error.to_string()))?;
        self.sealer.seal(context, &plain).map_err(|error| ShippingError::Internal(error.to_string()))
    }

    /// What [`Gateway::seal`] sealed.
    pub(super) fn open<T: DeserializeOwned>(
        &self,
        context: &[&str],
        sealed: &[u8],
    ) -> Result<T, ShippingError> {
        let plain =
            self.sealer.open(context, sealed).map_err(|error| ShippingError::Internal(error.to_string()))?;
        serde_json::from_slice(&plain).map_err(|error| ShippingError::Internal(error.to_string()))
    }

    pub(super) async fn put_quote(&self, tenant: &TenantId, quote: &Quote) -> Result<(), ShippingError> {
        let body = self.seal(&[tenant.as_str(), "quote", &quote.id], quote)?;
        let row = QuoteRow {
            tenant: tenant.as_str().to_owned(),
            id: quote.id.clone(),
            created_at: quote.created_at,
            expires_at: quote.expires_at,
            fingerprint: quote.fingerprint,
            body,
        };
        Ok(self.store.put_quote(row).await?)
    }

    pub(super) async fn quote(&self, tenant: &TenantId, id: &str) -> Result<Quote, ShippingError> {
        match self.store.quote(tenant.as_str(), id).await? {
            Some(row) => self.open(&[tenant.as_str(), "quote", id], &row.body),
            None => Err(ShippingError::NotFound { what: "quote", id: id.to_owned() }),
        }
    }
}
