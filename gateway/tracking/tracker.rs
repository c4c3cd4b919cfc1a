//! What is known of numbers: read, asked for, merged, kept.
//!
//! All news pass through [`Tracker::learn`], which merges against the newest version and tells subscribers only what
//! changed. It decides no pace of its own (`pace.rs`). Start with [`Tracker::look`] and [`Tracker::learn`].

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{EventSource, TrackStatus, TrackingNumber};
use parcelgate_kit::operation::{TrackOutcome, TrackQuery, Tracked};

use super::accounts::Accounts;
use super::event;
use super::pace::{Jitter, Pace, Stage, later};
use super::{Knowledge, zone};
use crate::carriers::{Call, CarrierHost, Carriers, Clock, LinkedAccount, Priority};
use crate::seal::Sealer;
use crate::store::{Store, StoreError, TrackedRow, Tracking};
use crate::telemetry::Metrics;
use crate::tenancy::TenantId;

/// How often news are merged anew when somebody else was faster.
const TRIES: u32 = 8;

/// Why something could not be followed.
#[derive(Debug, thiserror::Error)]
pub enum TrackingError {
    /// The carrier is not compiled in.
    #[error("there is no carrier `{0}`: `parcelgate carriers` lists them")]
    NoCarrier(String),
    /// The tenant has no account with the carrier.
    #[error("there is no account with `{0}`: link one")]
    NoAccount(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A mistake of this program, or a body that no key opens.
    #[error("internal error: {0}")]
    Internal(String),
}

/// How following behaves.
#[derive(Clone, Debug)]
pub struct TrackerSettings {
    /// How often carriers are asked.
    pub pace: Pace,
    /// How old an answer may be before a caller's question goes to the carrier.
    pub fresh_for: Duration,
    /// The same for a parcel whose way is over.
    pub ended_fresh_for: Duration,
    /// Longest time that a carrier has to answer.
    pub budget: Duration,
    /// What the spreading of questions begins with.
    pub seed: u64,
}

impl Default for TrackerSettings {
    fn default() -> Self {
        Self {
            pace: Pace::default(),
            fresh_for: Duration::from_secs(10 * 60),
            ended_fresh_for: Duration::from_secs(86_400),
            budget: Duration::from_secs(10),
            seed: 0,
        }
    }
}

/// One parcel, followed.
#[derive(Clone, Debug)]
pub struct Followed {
    /// The carrier.
    pub carrier: String,
    /// The number.
    pub number: TrackingNumber,
    /// The shipment that it belongs to, when it was bought here.
    pub shipment: Option<String>,
    /// What is known.
    pub knowledge: Knowledge,
    /// Why the carrier could not be asked this time, if it could not.
    pub failure: Option<Fault>,
    /// Until when what is known counts as fresh.
    pub fresh_until: Option<Timestamp>,
    /// Grows whenever something is learned; 0 while nothing is known.
    pub version: u64,
}

/// What a tracker is made of.
pub struct TrackerParts {
    /// Where it is kept.
    pub store: Arc<dyn Store>,
    /// Who is asked.
    pub carriers: Carriers,
    /// What schedules go by.
    pub clock: Arc<dyn Clock>,
    /// What seals and opens bodies.
    pub sealer: Sealer,
    /// Where it is counted.
    pub metrics: Arc<Metrics>,
    /// How it behaves.
    pub settings: TrackerSettings,
}

/// Follows numbers.
pub struct Tracker {
    pub(super) store: Arc<dyn Store>,
    pub(super) carriers: Carriers,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) sealer: Sealer,
    pub(super) metrics: Arc<Metrics>,
    pub(super) settings: TrackerSettings,
    pub(super) accounts: Accounts,
    pub(super) jitter: Jitter,
}

/// A number and whose it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Which<'a> {
    pub(super) tenant: &'a str,
    pub(super) carrier: &'a str,
    pub(super) number: &'a TrackingNumber,
}

/// How news came.
#[derive(Clone, Copy, Debug)]
pub(super) struct News<'a> {
    pub(super) source: EventSource,
    /// The account that they came by, kept for the next question.
    pub(super) account: Option<&'a str>,
    /// The shipment, where the caller knows it.
    pub(super) shipment: Option<&'a str>,
}

impl Tracker {
    /// A tracker of these parts.
    pub fn new(parts: TrackerParts) -> Arc<Self> {
        let TrackerParts { store, carriers, clock, sealer, metrics, settings } = parts;
        let accounts = Accounts { store: Arc::clone(&store), sealer: sealer.clone() };
        let jitter = Jitter::seeded(settings.seed);
        Arc::new(Self { store, carriers, clock, sealer, metrics, settings, accounts, jitter })
    }

    /// When a label that is bought now is first asked for.
    pub fn first_poll_at(&self) -> Timestamp {
        later(self.now(), self.jitter.around(self.settings.pace.label))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// What is known, from the store alone.
    ///
    /// # Errors
    /// When the store fails or what it has cannot be opened.
    pub async fn known(
        &self,
        tenant: &TenantId,
        carrier: &str,
        number: &TrackingNumber,
    ) -> Result<Followed, TrackingError> {
        let row = self.store.tracked(tenant.as_str(), carrier, number.as_str()).await?;
        self.followed(Which { tenant: tenant.as_str(), carrier, number }, row.as_ref())
    }

    /// What is known, after asking the carrier where that is stale and `budget` allows. A carrier that fails is told in
    /// the answer.
    ///
    /// # Errors
    /// [`TrackingError::NoCarrier`], [`TrackingError::NoAccount`], and when the store fails.
    pub async fn look(
        &self,
        tenant: &TenantId,
        shipment: Option<&str>,
        (carrier, account): (&str, Option<&str>),
        number: &TrackingNumber,
        budget: Duration,
    ) -> Result<Followed, TrackingError> {
        let budget = budget.min(self.settings.budget);
        let which = Which { tenant: tenant.as_str(), carrier, number };
        let row = self.store.tracked(which.tenant, carrier, number.as_str()).await?;
        let mut followed = self.followed(which, row.as_ref())?;
        followed.shipment = followed.shipment.or(shipment.map(str::to_owned));
        if followed.fresh_until.is_some_and(|until| self.now() < until) || budget.is_zero() {
            return Ok(followed);
        }
        let Some(host) = self.carriers.get(carrier) else {
            return Err(TrackingError::NoCarrier(carrier.to_owned()));
        };
        let named = account.or(row.as_ref().and_then(|row| row.tracking.account.as_deref()));
        let account = self.accounts.of(which.tenant, carrier, named).await?;
        let account = account.ok_or_else(|| TrackingError::NoAccount(carrier.to_owned()))?;
        let answer = self.ask(host, &account, vec![number.clone()], budget, Priority::Background).await;
        let outcome = match answer {
            Ok(answers) => answers
                .into_iter()
                .find(|answer| answer.number == *number)
                .map_or(TrackOutcome::NoDataYet, |answer| answer.outcome),
            Err(fault) => TrackOutcome::Failed(fault),
        };
        if let TrackOutcome::Failed(fault) = outcome {
            followed.failure = Some(fault);
            return Ok(followed);
        }
        let news = News { source: EventSource::Poll, account: Some(&account.id), shipment };
        self.learn(which, outcome, news).await
    }

    /// Asks a carrier for numbers.
    ///
    /// # Errors
    /// What the carrier or the way to it failed with.
    pub(super) async fn ask(
        &self,
        host: &CarrierHost,
        account: &LinkedAccount,
        numbers: Vec<TrackingNumber>,
        budget: Duration,
        priority: Priority,
    ) -> Result<Vec<Tracked>, Fault> {
        let query = TrackQuery::new(numbers);
        let asked = host.track(account, Call { priority, ..Call::within(budget) }, &query);
        let late = || Fault::new(FaultKind::TimedOut, "the carrier did not answer in time");
        tokio::time::timeout(budget, asked).await.unwrap_or_else(|_| Err(late()))
    }

    /// Merges what a carrier told, keeps it, and tells subscribers when something changed. A failure is no news.
    ///
    /// # Errors
    /// When the store fails or what it has cannot be opened.
    pub(super) async fn learn(
        &self,
        which: Which<'_>,
        outcome: TrackOutcome,
        news: News<'_>,
    ) -> Result<Followed, TrackingError> {
        if let TrackOutcome::Found(report) = &outcome {
            self.count_unknown(which.carrier, &report.unknown_codes);
        }
        let mut conflict = None;
        for _ in 0..TRIES {
            let row = self.store.tracked(which.tenant, which.carrier, which.number.as_str()).await?;
            let mut followed = self.followed(which, row.as_ref())?;
            let before = followed.knowledge.clone();
            self.take(&mut followed.knowledge, outcome.clone(), news.source);
            followed.shipment = followed.shipment.or(news.shipment.map(str::to_owned));
            match self.keep(which, &mut followed, &before, news).await {
                Ok(()) => return Ok(followed),
                Err(TrackingError::Store(error @ StoreError::Conflict { .. })) => conflict = Some(error),
                Err(error) => return Err(error),
            }
        }
        let unlucky = || StoreError::Conflict { what: "a number changes too fast".to_owned() };
        Err(conflict.unwrap_or_else(unlucky).into())
    }

    fn take(&self, knowledge: &mut Knowledge, outcome: TrackOutcome, source: EventSource) {
        let now = self.now();
        match outcome {
            TrackOutcome::Found(report) => knowledge.merge(report, now, source),
            TrackOutcome::NoDataYet => knowledge.nothing_yet(now),
            TrackOutcome::UnknownNumber => knowledge.no_such_number(now),
            TrackOutcome::Failed(_) => {}
        }
    }

    async fn keep(
        &self,
        which: Which<'_>,
        followed: &mut Followed,
        before: &Knowledge,
        news: News<'_>,
    ) -> Result<(), TrackingError> {
        let now = self.now();
        let known = &followed.knowledge;
        let changed = !known.tells_the_same(before);
        let number = which.number.as_str();
        let plain = serde_json::to_vec(known).map_err(|error| TrackingError::Internal(error.to_string()))?;
        let sealed = self.sealer.seal(&context(which), &plain);
        let tracking = Tracking {
            tenant: which.tenant.to_owned(),
            carrier: which.carrier.to_owned(),
            number: number.to_owned(),
            shipment: news.shipment.map(str::to_owned),
            account: news.account.map(str::to_owned),
            status: event::name_of(known.status.unwrap_or(TrackStatus::Unknown)),
            body: sealed.map_err(|error| TrackingError::Internal(error.to_string()))?,
            as_of: known.as_of.unwrap_or(now),
            next_poll_at: self.settings.pace.next(known, now, &self.jitter),
            failures: 0,
            delivered_at: known.delivered().map(zone::order_of),
        };
        let told =
            changed.then(|| event::changed(which.carrier, number, followed.shipment.as_deref(), known));
        followed.version = self.store.merge_tracking(tracking, followed.version, told).await?;
        // Marketplaces that are told at the first scan wait for this; saying it again changes nothing.
        if let Some(scan) = known.first_physical_scan() {
            let seen = zone::order_of(scan);
            self.store.handed_over(which.tenant, which.carrier, number, seen, now).await?;
        }
        followed.fresh_until = self.fresh_until(&followed.knowledge);
        Ok(())
    }

    /// A row as it is understood.
    pub(super) fn followed(
        &self,
        which: Which<'_>,
        row: Option<&TrackedRow>,
    ) -> Result<Followed, TrackingError> {
        let mut knowledge = match row {
            Some(row) if !row.tracking.body.is_empty() => {
                let internal = |error: String| TrackingError::Internal(error);
                let plain = self.sealer.open(&context(which), &row.tracking.body);
                let plain = plain.map_err(|error| internal(error.to_string()))?;
                serde_json::from_slice(&plain).map_err(|error| internal(error.to_string()))?
            }
            _ => Knowledge::default(),
        };
        if let Some(row) = row.filter(|_| knowledge.followed_since.is_none()) {
            knowledge.followed_since = Some(row.tracking.as_of);
        }
        Ok(Followed {
            carrier: which.carrier.to_owned(),
            number: which.number.clone(),
            shipment: row.and_then(|row| row.tracking.shipment.clone()),
            fresh_until: self.fresh_until(&knowledge),
            knowledge,
            failure: None,
            version: row.map_or(0, |row| row.version),
        })
    }

    fn fresh_until(&self, knowledge: &Knowledge) -> Option<Timestamp> {
        let fresh_for = match Stage::of(knowledge) {
            Stage::Ended => self.settings.ended_fresh_for,
            _ => self.settings.fresh_for,
        };
        knowledge.as_of.map(|heard| later(heard, fresh_for))
    }

    fn count_unknown(&self, carrier: &str, codes: &[String]) {
        let Some(host) = self.carriers.get(carrier) else { return };
        for code in codes {
            self.metrics.unknown_tracking_code(host.descriptor().id, code);
        }
    }
}

fn context<'a>(which: Which<'a>) -> [&'a str; 4] {
    [which.tenant, "tracking", which.carrier, which.number.as_str()]
}
