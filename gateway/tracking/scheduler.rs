//! Asks carriers by itself: takes what is due, groups it by account into the carrier's batches, and asks in the pace
//! that accounts and carriers bear.
//!
//! What it takes comes back to the schedule whatever happens: merged, put off, or, when this process dies, by the end of
//! its claim. It must never hold up a purchase: it asks with the lower priority, and waits for nobody. Start with
//! [`Scheduler::run`].

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use jiff::Timestamp;
use parcelgate_kit::fault::{Fault, FaultKind, Retry};
use parcelgate_kit::model::{EventSource, TrackingNumber};
use parcelgate_kit::operation::TrackOutcome;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::budget::{Budgets, Slot};
use super::pace::later;
use super::tracker::{News, Tracker, TrackingError, Which};
use crate::carriers::{CarrierHost, LinkedAccount, Priority};
use crate::store::{MAX_ROWS, PutOff, TrackedRow};
use crate::telemetry::PollOutcome;

/// How the scheduler behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchedulerSettings {
    /// Between two looks for what is due.
    pub every: Duration,
    /// How long what was taken is left to its taker: the time until another gateway takes it when this one has died.
    pub lease: Duration,
    /// Questions a minute that one carrier account is asked.
    pub per_account_per_minute: u32,
    /// Questions under way at once, at one carrier.
    pub per_carrier: usize,
    /// Numbers that are taken at once, at most 500.
    pub at_once: u32,
}

impl Default for SchedulerSettings {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(5),
            lease: Duration::from_secs(120),
            per_account_per_minute: 60,
            per_carrier: 8,
            at_once: 200,
        }
    }
}

/// What is put off because a carrier has no room for it comes back after so long, spread.
const NO_ROOM: Duration = Duration::from_secs(20);
/// The same where there is nobody to ask with.
const NO_ACCOUNT: Duration = Duration::from_secs(6 * 3600);

/// Asks by itself.
pub struct Scheduler {
    tracker: Arc<Tracker>,
    settings: SchedulerSettings,
    budgets: Budgets,
    /// Room at each carrier.
    rooms: HashMap<&'static str, Arc<Semaphore>>,
}

/// Numbers of one account that are asked for in one call.
struct Batch {
    host: Arc<CarrierHost>,
    account: LinkedAccount,
    rows: Vec<TrackedRow>,
    until: Timestamp,
    _room: OwnedSemaphorePermit,
}

impl Scheduler {
    /// A scheduler over what `tracker` follows.
    pub fn new(tracker: Arc<Tracker>, settings: SchedulerSettings) -> Self {
        let room = settings.per_carrier.max(1);
        let rooms = tracker.carriers.iter().map(|host| host.descriptor().id);
        let rooms = rooms.map(|id| (id, Arc::new(Semaphore::new(room)))).collect();
        let budgets = Budgets::per_minute(settings.per_account_per_minute);
        Self { tracker, settings, budgets, rooms }
    }

    /// Asks until `stop` says so. Calls that are under way then are dropped: their numbers come back.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut under_way = FuturesUnordered::new();
        loop {
            let took = match self.take_turn().await {
                Ok((batches, took)) => {
                    under_way.extend(batches.into_iter().map(|batch| self.ask(batch)));
                    took
                }
                Err(error) => {
                    tracing::warn!(%error, "what is due could not be taken and will be tried again");
                    0
                }
            };
            // A full hand means that there is more.
            let full = usize::try_from(self.at_once()).is_ok_and(|most| took >= most);
            let pause = tokio::time::sleep(if full { Duration::ZERO } else { self.settings.every });
            tokio::pin!(pause);
            loop {
                tokio::select! {
                    () = &mut pause => break,
                    Some(()) = under_way.next(), if !under_way.is_empty() => {}
                    _ = stop.wait_for(|stop| *stop) => return,
                }
            }
        }
    }

    /// Takes what is due, once, asks, and waits for the answers. Answers how many numbers were taken.
    ///
    /// # Errors
    /// When the store fails; what was taken comes back by itself.
    pub async fn turn(&self) -> Result<usize, TrackingError> {
        let (batches, took) = self.take_turn().await?;
        let asking: FuturesUnordered<_> = batches.into_iter().map(|batch| self.ask(batch)).collect();
        asking.collect::<Vec<()>>().await;
        Ok(took)
    }

    fn at_once(&self) -> u32 {
        self.settings.at_once.clamp(1, MAX_ROWS)
    }

    /// Takes what is due and sorts it into what is asked now and what is put off.
    async fn take_turn(&self) -> Result<(Vec<Batch>, usize), TrackingError> {
        let store = &self.tracker.store;
        let now = self.tracker.now();
        let behind = store.next_poll().await?.map(|due| now.duration_since(due.min(now)).unsigned_abs());
        self.tracker.metrics.following().set_behind(behind.unwrap_or_default());
        if behind.is_none() {
            return Ok((Vec::new(), 0));
        }
        let until = later(now, self.settings.lease);
        let rows = store.claim_polls(now, until, self.at_once()).await?;
        let took = rows.len();
        let mut by_account: BTreeMap<(String, String, Option<String>), Vec<TrackedRow>> = BTreeMap::new();
        for row in rows {
            let of = &row.tracking;
            let key = (of.tenant.clone(), of.carrier.clone(), of.account.clone());
            by_account.entry(key).or_default().push(row);
        }
        let (mut batches, mut put_off) = (Vec::new(), Vec::new());
        for ((tenant, carrier, account), rows) in by_account {
            let Some(host) = self.tracker.carriers.get(&carrier) else {
                put_off.extend(self.without_account(None, &rows, until, now));
                continue;
            };
            match self.tracker.accounts.of(&tenant, &carrier, account.as_deref()).await {
                Ok(Some(account)) => {
                    self.sort(host, &account, rows, (now, until), &mut batches, &mut put_off)
                }
                Ok(None) => put_off.extend(self.without_account(Some(host), &rows, until, now)),
                Err(error) => {
                    tracing::warn!(%error, tenant, carrier, "an account cannot be used");
                    put_off.extend(self.without_account(Some(host), &rows, until, now));
                }
            }
        }
        if !put_off.is_empty() {
            store.put_off_polls(put_off).await?;
        }
        Ok((batches, took))
    }

    /// Makes batches of an account's numbers, as many as its budget and its carrier's room allow.
    fn sort(
        &self,
        host: &Arc<CarrierHost>,
        account: &LinkedAccount,
        mut rows: Vec<TrackedRow>,
        (now, until): (Timestamp, Timestamp),
        batches: &mut Vec<Batch>,
        put_off: &mut Vec<PutOff>,
    ) {
        let descriptor = host.descriptor();
        let counted = self.tracker.metrics.following();
        let key = (account.tenant.clone(), account.id.clone());
        while !rows.is_empty() {
            let size = usize::from(descriptor.track_batch.max(1)).min(rows.len());
            let some: Vec<_> = rows.drain(..size).collect();
            let soon = || later(now, self.tracker.jitter.around(NO_ROOM));
            let room =
                self.rooms.get(descriptor.id).and_then(|room| Arc::clone(room).try_acquire_owned().ok());
            let back_at = match room {
                _ if host.is_left_alone() => soon(),
                None => soon(),
                Some(room) => match self.budgets.slot(&key, now) {
                    Slot::Then(at) => at,
                    Slot::Now => {
                        let (host, account) = (Arc::clone(host), account.clone());
                        batches.push(Batch { host, account, rows: some, until, _room: room });
                        continue;
                    }
                },
            };
            counted.polled(descriptor.id, PollOutcome::PutOff, some.len());
            let failures = |row: &TrackedRow| row.tracking.failures;
            put_off.extend(some.iter().map(|row| back(row, until, Some(back_at), failures(row))));
        }
    }

    fn without_account(
        &self,
        host: Option<&Arc<CarrierHost>>,
        rows: &[TrackedRow],
        until: Timestamp,
        now: Timestamp,
    ) -> Vec<PutOff> {
        if let Some(host) = host {
            let counted = self.tracker.metrics.following();
            counted.polled(host.descriptor().id, PollOutcome::NoAccount, rows.len());
        }
        let again = |row: &TrackedRow| {
            let at = later(now, self.tracker.jitter.around(NO_ACCOUNT));
            back(row, until, Some(at), row.tracking.failures.saturating_add(1))
        };
        rows.iter().map(again).collect()
    }

    /// Asks for a batch and keeps what the carrier tells of each number.
    async fn ask(&self, batch: Batch) {
        let Batch { host, account, rows, until, _room } = batch;
        let parsed = |row: &TrackedRow| TrackingNumber::parse(&row.tracking.number).ok();
        let numbers: Vec<_> = rows.iter().filter_map(parsed).collect();
        let budget = self.tracker.settings.budget;
        let asked = self.tracker.ask(&host, &account, numbers, budget, Priority::Background).await;
        if let Err(fault) = &asked
            && fault.kind == FaultKind::Throttled
        {
            let key = (account.tenant.clone(), account.id.clone());
            let pause = told_pause(fault).unwrap_or(NO_ROOM);
            self.budgets.rest(&key, later(self.tracker.now(), pause));
        }
        let mut put_off = Vec::new();
        for row in &rows {
            let outcome = match &asked {
                Ok(answers) => answers
                    .iter()
                    .find(|answer| answer.number.as_str() == row.tracking.number)
                    .map_or(TrackOutcome::NoDataYet, |answer| answer.outcome.clone()),
                Err(fault) => TrackOutcome::Failed(fault.clone()),
            };
            put_off.extend(self.settle(&host, &account, row, outcome, until).await);
        }
        if !put_off.is_empty()
            && let Err(error) = self.tracker.store.put_off_polls(put_off).await
        {
            tracing::warn!(%error, "failed questions could not be put off: they come back sooner");
        }
    }

    /// Keeps one answer; a failure is put off.
    async fn settle(
        &self,
        host: &CarrierHost,
        account: &LinkedAccount,
        row: &TrackedRow,
        outcome: TrackOutcome,
        until: Timestamp,
    ) -> Option<PutOff> {
        let (tracker, of) = (&self.tracker, &row.tracking);
        let counted = match &outcome {
            TrackOutcome::Found(_) => PollOutcome::Found,
            TrackOutcome::NoDataYet => PollOutcome::NothingYet,
            TrackOutcome::UnknownNumber => PollOutcome::UnknownNumber,
            TrackOutcome::Failed(_) => PollOutcome::Failed,
        };
        tracker.metrics.following().polled(host.descriptor().id, counted, 1);
        let failures = of.failures.saturating_add(1);
        let after =
            |told| tracker.settings.pace.after_failure(failures, told, tracker.now(), &tracker.jitter);
        if let TrackOutcome::Failed(fault) = &outcome {
            return Some(back(row, until, Some(after(told_pause(fault))), failures));
        }
        let Ok(number) = TrackingNumber::parse(&of.number) else {
            return Some(back(row, until, None, failures));
        };
        let which = Which { tenant: &of.tenant, carrier: &of.carrier, number: &number };
        let news = News { source: EventSource::Poll, account: Some(&account.id), shipment: None };
        match tracker.learn(which, outcome, news).await {
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(%error, carrier = of.carrier, "an answer could not be kept");
                Some(back(row, until, Some(after(None)), failures))
            }
        }
    }
}

fn back(row: &TrackedRow, until: Timestamp, next_poll_at: Option<Timestamp>, failures: u32) -> PutOff {
    PutOff {
        tenant: row.tracking.tenant.clone(),
        carrier: row.tracking.carrier.clone(),
        number: row.tracking.number.clone(),
        claimed_until: until,
        next_poll_at,
        failures,
    }
}

/// The pause that a carrier asks for.
fn told_pause(fault: &Fault) -> Option<Duration> {
    match fault.retry {
        Retry::Later(Some(seconds)) => Some(Duration::from_secs(seconds.into())),
        Retry::Later(None) | Retry::Never => None,
    }
}
