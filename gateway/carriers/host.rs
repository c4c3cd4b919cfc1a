//! One carrier with everything that is shared between its calls.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use parcelgate_kit::carrier::{DynCarrier, Entry};
use parcelgate_kit::descriptor::Descriptor;
use parcelgate_kit::exchange::{Effect, Guard, Verdict};
use parcelgate_kit::fault::{Fault, FaultKind, Phase};
use parcelgate_kit::operation::{
    FindQuery, PurchaseOrder, Purchased, Pushed, RateQuery, Rates, TrackQuery, Tracked, VoidOrder, Voided,
};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::Reply;
use uuid::Uuid;

use super::breaker::{Breaker, BreakerSettings};
use super::driver::Driver;
use super::limits::Limits;
use super::retry::{Budget, RetrySettings};
use super::tokens::Tokens;
use super::veil::Veil;
use super::{Call, Checkpoint, Clock, Journal, LinkedAccount, PlanId, Transport, Unjournalled};
use crate::telemetry::{ExchangeOutcome, Metrics};

/// How a carrier is talked to.
#[derive(Clone, Debug)]
pub struct HostSettings {
    /// Where it answers, without a slash at the end.
    pub base_url: String,
    /// Time for one attempt at a request that only reads.
    pub read_timeout: Duration,
    /// Time for one attempt at a request that creates something.
    pub create_timeout: Duration,
    /// Requests under way at once.
    pub max_concurrent: usize,
    /// Requests of one account, and in what time.
    pub per_account: Option<(NonZeroU32, Duration)>,
    /// When to send again.
    pub retry: RetrySettings,
    /// When to leave it alone.
    pub breaker: BreakerSettings,
    /// How long after the sending a purchase can be found, where it is not what
    /// the adapter says.
    pub settle: Option<Duration>,
    /// Parcels that are ready after this, by the clock of their origin, are taken
    /// on the next day; none where no pick-up was agreed.
    pub cut_off: Option<Time>,
    /// Days of its own on which it delivers nothing.
    pub non_delivery_days: Vec<Date>,
}

impl HostSettings {
    /// The usual settings for a carrier at `base_url`.
    pub fn at(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            read_timeout: Duration::from_secs(10),
            create_timeout: Duration::from_secs(30),
            max_concurrent: 64,
            per_account: None,
            retry: RetrySettings::default(),
            breaker: BreakerSettings::default(),
            settle: None,
            cut_off: None,
            non_delivery_days: Vec::new(),
        }
    }
}

/// One carrier: its adapter, its transport, its limits, its tokens.
pub struct CarrierHost {
    carrier: Arc<dyn DynCarrier>,
    settings: HostSettings,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    checkpoint: Arc<dyn Checkpoint>,
    metrics: Arc<Metrics>,
    limits: Limits,
    breaker: Breaker,
    budget: Budget,
    tokens: Tokens,
}

impl CarrierHost {
    /// A carrier over `transport`.
    pub fn new(
        entry: &Entry,
        settings: HostSettings,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        checkpoint: Arc<dyn Checkpoint>,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self {
            carrier: Arc::clone(&entry.carrier),
            limits: Limits::new(settings.max_concurrent, settings.per_account),
            breaker: Breaker::new(settings.breaker),
            settings,
            transport,
            clock,
            checkpoint,
            metrics,
            budget: Budget::default(),
            tokens: Tokens::default(),
        }
    }

    /// Who it is and what it offers.
    pub fn descriptor(&self) -> &'static Descriptor {
        self.carrier.descriptor()
    }

    /// How long after the sending a purchase can be found.
    pub fn settle(&self) -> Duration {
        let told = match self.descriptor().purchase_guard {
            Guard::FindByReference { settle } => Duration::from_secs(settle.max(1)),
            Guard::Key { .. } | Guard::RefusesDuplicates | Guard::None => Duration::from_secs(5),
        };
        self.settings.settle.unwrap_or(told)
    }

    /// The time of day until which it takes parcels, by the clock of their origin.
    pub fn cut_off(&self) -> Option<Time> {
        self.settings.cut_off
    }

    /// Days of its own on which it delivers nothing.
    pub fn non_delivery_days(&self) -> &[Date] {
        &self.settings.non_delivery_days
    }

    /// Whether requests are turned away because it keeps failing.
    pub fn is_left_alone(&self) -> bool {
        self.breaker.is_open(Instant::now())
    }

    /// Prices `query`.
    ///
    /// # Errors
    /// What the carrier, the way to it or the adapter failed with.
    pub async fn rate(&self, account: &LinkedAccount, call: Call, query: &RateQuery) -> Result<Rates, Fault> {
        let journal = self.unjournalled();
        let mut driver = self.driver(account, &journal, call);
        let veil = Veil::over(&query.shipment.regional_ids);
        let rated = self.carrier.rate(&mut Cx::new(&account.account, &mut driver), query).await;
        rated.map(|rates| veil.rates(rates)).map_err(|fault| veil.fault(fault))
    }

    /// Buys a label, every step journalled.
    ///
    /// # Errors
    /// As [`CarrierHost::rate`]; the phase says whether something may have
    /// been bought.
    pub async fn purchase(
        &self,
        account: &LinkedAccount,
        call: Call,
        journal: &dyn Journal,
        order: &PurchaseOrder,
    ) -> Result<Purchased, Fault> {
        let mut driver = self.driver(account, journal, call);
        let mut cx = Cx::new(&account.account, &mut driver);
        let bought = self.carrier.purchase(&mut cx, order).await;
        let made = cx.has_created();
        if let Some(fault) = driver.unkept {
            return Err(fault);
        }
        let veil = Veil::over(&order.shipment.regional_ids);
        let fault = match bought {
            Ok(bought) => return Ok(veil.purchased(bought)),
            Err(fault) => veil.fault(fault),
        };
        // A plan that broke off after the carrier had made something, or may
        // have, has not failed to make it. A refusal is the adapter's own word:
        // it undid it.
        let open = driver.open || driver.stopped_short().await?;
        let may_be_there = open || (made && fault.kind != FaultKind::Refused);
        Err(if may_be_there { fault.at(Phase::InDoubt) } else { fault })
    }

    /// Looks a purchase up by its reference.
    ///
    /// # Errors
    /// As [`CarrierHost::rate`].
    pub async fn find(
        &self,
        account: &LinkedAccount,
        call: Call,
        query: &FindQuery,
    ) -> Result<Option<Purchased>, Fault> {
        let journal = self.unjournalled();
        let mut driver = self.driver(account, &journal, call);
        let veil = Veil::over(&query.order.shipment.regional_ids);
        let found = self.carrier.find(&mut Cx::new(&account.account, &mut driver), query).await;
        found.map(|found| found.map(|bought| veil.purchased(bought))).map_err(|fault| veil.fault(fault))
    }

    /// Cancels a label.
    ///
    /// # Errors
    /// As [`CarrierHost::rate`].
    pub async fn void(
        &self,
        account: &LinkedAccount,
        call: Call,
        journal: &dyn Journal,
        order: &VoidOrder,
    ) -> Result<Voided, Fault> {
        let mut driver = self.driver(account, journal, call);
        let voided = self.carrier.void(&mut Cx::new(&account.account, &mut driver), order).await;
        match driver.unkept {
            Some(fault) => Err(fault),
            None => voided,
        }
    }

    /// Tells where parcels are.
    ///
    /// # Errors
    /// As [`CarrierHost::rate`].
    pub async fn track(
        &self,
        account: &LinkedAccount,
        call: Call,
        query: &TrackQuery,
    ) -> Result<Vec<Tracked>, Fault> {
        let journal = self.unjournalled();
        let mut driver = self.driver(account, &journal, call);
        self.carrier.track(&mut Cx::new(&account.account, &mut driver), query).await
    }

    /// Reads what the carrier pushed, once its proof was found to be right.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_push(&self, account: &LinkedAccount, push: &Pushed) -> Result<Vec<Tracked>, Fault> {
        self.carrier.read_push(&account.account, push)
    }

    fn unjournalled(&self) -> Unjournalled {
        Unjournalled(PlanId { id: Uuid::now_v7(), started: self.clock.now() })
    }

    fn driver<'a>(&'a self, account: &'a LinkedAccount, journal: &'a dyn Journal, call: Call) -> Driver<'a> {
        Driver { host: self, account, journal, call, next_step: 0, unkept: None, open: false }
    }

    pub(super) fn base_url(&self) -> &str {
        &self.settings.base_url
    }

    pub(super) fn attempt_timeout(&self, effect: Effect) -> Duration {
        match effect {
            Effect::Creates(_) => self.settings.create_timeout,
            Effect::Reads | Effect::Idempotent => self.settings.read_timeout,
        }
    }

    pub(super) fn retry(&self) -> RetrySettings {
        self.settings.retry
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn breaker(&self) -> &Breaker {
        &self.breaker
    }

    pub(super) fn budget(&self) -> &Budget {
        &self.budget
    }

    pub(super) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    pub(super) fn transport(&self) -> &dyn Transport {
        self.transport.as_ref()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn classify(&self, reply: &Reply) -> Verdict {
        self.carrier.classify(reply)
    }

    pub(super) async fn checkpoint(&self, place: &'static str) {
        self.checkpoint.reach(place).await;
    }

    pub(super) fn observe(&self, exchange: &'static str, took: Duration, fault: Option<&Fault>) {
        let outcome = match fault {
            None => ExchangeOutcome::Ok,
            Some(fault) if fault.phase == Phase::InDoubt => ExchangeOutcome::InDoubt,
            Some(fault) => match fault.kind {
                FaultKind::Account => ExchangeOutcome::Denied,
                FaultKind::Throttled => ExchangeOutcome::RateLimited,
                FaultKind::Unavailable if self.is_left_alone() => ExchangeOutcome::BreakerOpen,
                FaultKind::Unavailable => ExchangeOutcome::CarrierFailed,
                FaultKind::Unreachable => ExchangeOutcome::NotSent,
                FaultKind::TimedOut => ExchangeOutcome::TimedOut,
                FaultKind::Unreadable => ExchangeOutcome::Unreadable,
                _ => ExchangeOutcome::Refused,
            },
        };
        self.metrics.exchange(self.descriptor().id, exchange, outcome, took);
    }
}

/// Every carrier of this gateway, by id.
#[derive(Clone, Default)]
pub struct Carriers(BTreeMap<&'static str, Arc<CarrierHost>>);

impl Carriers {
    /// These carriers.
    pub fn new(hosts: impl IntoIterator<Item = CarrierHost>) -> Self {
        Self(hosts.into_iter().map(|host| (host.descriptor().id, Arc::new(host))).collect())
    }

    /// The carrier of this id.
    pub fn get(&self, id: &str) -> Option<&Arc<CarrierHost>> {
        self.0.get(id)
    }

    /// All of them, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<CarrierHost>> {
        self.0.values()
    }
}
