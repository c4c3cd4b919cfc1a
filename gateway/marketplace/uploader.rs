//! The worker that tells marketplaces: it takes what is due, does one step with each, and writes what came of it.
//!
//! It holds no state that matters: whoever dies leaves a lease that ends. Start at [`Uploader::run_once`].

use std::sync::Arc;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tokio::sync::watch;

use super::rest::Resting;
use super::step::{self, Act, Beside};
use super::{Content, Exchange, Marketplace, Marketplaces, Outcome, Policy, Telling};
use crate::carriers::Clock;
use crate::seal::Sealer;
use crate::store::{
    ConfirmationChange, ConfirmationRow, ConfirmationState as State, ConfirmationsOf, Due, EvidenceRow,
    Lease, NewEvent, NewEvidence, Store, StoreError,
};
use crate::telemetry::Metrics;

/// Confirmations taken at once.
const BATCH: u32 = 32;
/// Longest time for one exchange.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a confirmation is held: longer than an exchange takes with all that belongs to it.
const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// Between two looks for work when nobody says that there is some.
const EVERY: Duration = Duration::from_secs(2);
/// The least time between two looks.
const SOONEST: Duration = Duration::from_millis(100);
/// When a confirmation is looked at again whose marketplace is not configured any more.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(1);

/// The clocks that it lives by.
#[derive(Clone, Debug)]
pub struct UploaderClocks {
    /// What schedules go by. A sandbox moves it.
    pub work: Arc<dyn Clock>,
    /// What leases go by: the store's.
    pub lease: Arc<dyn Clock>,
}

/// The worker.
pub struct Uploader {
    store: Arc<dyn Store>,
    marketplaces: Arc<Marketplaces>,
    clocks: UploaderClocks,
    sealer: Sealer,
    metrics: Arc<Metrics>,
    resting: Resting,
    worker: String,
}

/// An exchange, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The row.
    pub row: EvidenceRow,
    /// What was sent.
    pub request: String,
    /// What was answered.
    pub response: String,
}

impl Evidence {
    /// Opens what is kept of a confirmation.
    ///
    /// # Errors
    /// When it was sealed with another key.
    pub fn open(
        sealer: &Sealer,
        confirmation: &ConfirmationRow,
        row: EvidenceRow,
    ) -> Result<Self, crate::seal::SealError> {
        let context = |part| [confirmation.tenant.as_str(), "confirmation", &confirmation.id, part];
        let text = |part, sealed: &[u8]| {
            sealer.open(&context(part), sealed).map(|plain| String::from_utf8_lossy(&plain).into_owned())
        };
        let (request, response) = (text("request", &row.request)?, text("response", &row.response)?);
        Ok(Self { row, request, response })
    }
}

/// Why a confirmation could not be worked on. It stays due.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("what is to be told cannot be read: {0}; check the seal keys")]
    Sealed(String),
}

impl Uploader {
    /// A worker for these marketplaces.
    pub fn new(
        store: Arc<dyn Store>,
        marketplaces: Arc<Marketplaces>,
        clocks: UploaderClocks,
        sealer: Sealer,
        metrics: Arc<Metrics>,
    ) -> Self {
        let worker = uuid::Uuid::now_v7().to_string();
        Self { store, marketplaces, clocks, sealer, metrics, resting: Resting::default(), worker }
    }

    /// Works until `stop` says so: when there may be something new, and now and then.
    pub async fn keep_uploading(self, mut stop: watch::Receiver<bool>) {
        let mut told = self.store.told();
        while !*stop.borrow() {
            match self.run_once().await {
                // There may be more.
                Ok(taken) if taken > 0 => {}
                Ok(_) => {
                    tokio::select! {
                        () = tokio::time::sleep(EVERY) => {}
                        _ = told.changed() => {}
                        _ = stop.changed() => {}
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "confirmations could not be taken up and will be tried again");
                    tokio::time::sleep(EVERY).await;
                }
            }
            told.mark_unchanged();
            tokio::time::sleep(SOONEST).await;
        }
    }

    /// Does one step with everything that is due now; how many that were.
    ///
    /// # Errors
    /// When the store fails. A confirmation that cannot be worked on is logged and comes again.
    pub async fn run_once(&self) -> Result<usize, StoreError> {
        let until = self.clocks.lease.now().checked_add(LEASE).unwrap_or(Timestamp::MAX);
        let lease = Lease { owner: self.worker.clone(), until };
        let due = Due { lease_at: self.clocks.lease.now(), work_at: self.now(), except: Vec::new() };
        let rows = self.store.claim_confirmations(lease, due, BATCH).await?;
        let taken = rows.len();
        let mut working: FuturesUnordered<_> = rows.into_iter().map(|row| self.work(row)).collect();
        while working.next().await.is_some() {}
        Ok(taken)
    }

    async fn work(&self, row: ConfirmationRow) {
        let id = row.id.clone();
        if let Err(error) = Box::pin(self.step(row)).await {
            tracing::error!(confirmation = id, %error, "a confirmation could not be worked on");
        }
    }

    async fn step(&self, row: ConfirmationRow) -> Result<(), Trouble> {
        let configured = self.marketplaces.get(&row.tenant, &row.marketplace);
        let policy = configured.and_then(|to| self.marketplaces.policy(to, row.created_at));
        let Some((to, policy)) = configured.zip(policy) else { return self.forgotten(row).await };
        let replaced = match &row.replaces {
            Some(id) => self.store.confirmation(&row.tenant, id).await?,
            None => None,
        };
        let is_replaced =
            row.voided_at.is_some() && self.store.replacement_of(&row.tenant, &row.id).await?.is_some();
        let lease_now = Some(self.clocks.lease.now());
        let beside = Beside { replaced: replaced.as_ref(), is_replaced, lease_now };
        let act = step::next(&row, beside, to.sink.offers(), policy, self.now());
        let rests = self.resting.until(&row.tenant, &to.id, self.now());
        let mut change = match act {
            Act::Rest(rest) => step::rest(&row, rest, policy, self.now()),
            _ if rests.is_some() => step::put_off(&row, act, rests, policy, self.now()),
            Act::Confirm { .. } | Act::Look | Act::Withdraw => self.exchange(&row, act, to, policy).await?,
        };
        let took_its_place = change.state.is_there() && matches!(act, Act::Confirm { .. });
        let was_there = replaced.filter(|old| took_its_place && old.state != State::Withdrawn);
        change.supersedes = was_there.map(|old| old.id);
        self.settle(row, change).await
    }

    /// Sends one thing and says what the row becomes.
    async fn exchange(
        &self,
        row: &ConfirmationRow,
        act: Act,
        to: &Marketplace,
        policy: &Policy,
    ) -> Result<ConfirmationChange, Trouble> {
        let content = self.content(row)?;
        let telling = Telling {
            id: row.id.clone(),
            package: row.package,
            edits: act == Act::Confirm { edits: true },
            shipped_at: row.scanned_at.unwrap_or(content.ships_at),
            content,
        };
        let sent_at = self.now();
        let asked = async {
            match act {
                Act::Look => ("READ_BACK", to.sink.read_back(&telling).await),
                Act::Withdraw => ("WITHDRAW", to.sink.withdraw(&telling).await),
                Act::Confirm { edits: true } => ("EDIT", to.sink.confirm(&telling).await),
                Act::Confirm { edits: false } | Act::Rest(_) => ("CONFIRM", to.sink.confirm(&telling).await),
            }
        };
        let answered = tokio::time::timeout(PATIENCE, asked).await;
        let (kind, exchange) = answered.unwrap_or_else(|_| {
            let words = "the marketplace did not answer in time";
            let request = format!("package {} of order {}", telling.package, telling.content.order);
            let outcome = Outcome::later("TIMED_OUT", words);
            ("TIMEOUT", Exchange { request, response: String::new(), outcome })
        });
        let mut change = step::after(row, act, &exchange.outcome, to.sink.offers(), policy, self.now());
        let was_sent = !exchange.request.is_empty();
        match &exchange.outcome {
            Outcome::Later { .. } if was_sent => self.resting.failed(&row.tenant, &to.id, self.now()),
            Outcome::Later { .. } => {}
            _ => self.resting.answered(&row.tenant, &to.id),
        }
        // What was put off before anything was sent is no attempt.
        if matches!((act, &exchange.outcome), (Act::Confirm { .. }, Outcome::Later { .. })) && !was_sent {
            change.attempts = change.attempts.saturating_sub(1);
        }
        // A look that found nothing is told by the next telling; a hundred of them prove nothing more.
        let says_something = was_sent && (act != Act::Look || change.state != row.state);
        if says_something {
            change.evidence = Some(self.evidence(row, kind, sent_at, &exchange)?);
        }
        Ok(change)
    }

    fn evidence(
        &self,
        row: &ConfirmationRow,
        kind: &'static str,
        sent_at: Timestamp,
        exchange: &Exchange,
    ) -> Result<NewEvidence, Trouble> {
        let seal = |part, text: &str| {
            let context = [row.tenant.as_str(), "confirmation", &row.id, part];
            self.sealer.seal(&context, text.as_bytes()).map_err(|error| Trouble::Sealed(error.to_string()))
        };
        Ok(NewEvidence {
            kind,
            sent_at,
            request: seal("request", &exchange.request)?,
            request_sha256: Content::sha256(exchange.request.as_bytes()),
            outcome: exchange.outcome.name(),
            response: seal("response", &exchange.response)?,
        })
    }

    async fn settle(&self, row: ConfirmationRow, mut change: ConfirmationChange) -> Result<(), Trouble> {
        if !change.alarms.settle.is_empty() && self.a_sibling_is_in_trouble(&row).await? {
            change.alarms.settle.clear();
        }
        if change.state != row.state {
            change.event = Some(event(&row, change.state));
        }
        for alarm in &change.alarms.raise {
            tracing::error!(code = alarm.code, shipment = row.shipment, "an operator is needed");
            self.metrics.alarm(alarm.code);
        }
        Ok(self.store.settle_confirmation(row, change).await?)
    }

    /// Whether another parcel of the shipment has the alarm that this one would end.
    async fn a_sibling_is_in_trouble(&self, row: &ConfirmationRow) -> Result<bool, Trouble> {
        let of = ConfirmationsOf::Shipment(row.shipment.clone());
        let all = self.store.confirmations(&row.tenant, of, crate::store::MAX_ROWS).await?;
        let in_trouble = |other: &ConfirmationRow| {
            other.id != row.id
                && (other.state == State::Refused
                    || (matches!(other.state, State::Pending | State::Sent)
                        && other.attempts > 0
                        && other.alarm_at.is_none()))
        };
        Ok(all.iter().any(in_trouble))
    }

    /// Its marketplace is not configured any more: it waits for it to come back.
    async fn forgotten(&self, row: ConfirmationRow) -> Result<(), Trouble> {
        let now = self.now();
        let counted = row.state == State::Pending
            && row.voided_at.is_none()
            && row.next_attempt_at.is_some_and(|at| at <= now);
        let words = format!("`{}` is not configured for this tenant", row.marketplace);
        let change = ConfirmationChange {
            attempts: row.attempts.saturating_sub(counted.into()),
            fault: Some(("NOT_CONFIGURED".to_owned(), words)),
            next_attempt_at: now.checked_add(FORGOTTEN).ok(),
            alarm_at: None,
            ..ConfirmationChange::none(&row, now)
        };
        self.settle(row, change).await
    }

    fn content(&self, row: &ConfirmationRow) -> Result<Content, Trouble> {
        let context = Content::seal_context(&row.tenant, &row.id);
        let plain =
            self.sealer.open(&context, &row.content).map_err(|error| Trouble::Sealed(error.to_string()))?;
        serde_json::from_slice(&plain).map_err(|error| Trouble::Sealed(error.to_string()))
    }

    fn now(&self) -> Timestamp {
        self.clocks.work.now()
    }
}

/// What subscribers are told of a new state.
fn event(row: &ConfirmationRow, state: State) -> NewEvent {
    let body = json!({
        "confirmation": row.id, "marketplace": row.marketplace, "order": row.order, "package": row.package,
        "confirmation_state": state.name(),
    });
    NewEvent {
        kind: format!("confirmation.{}", state.name().to_lowercase()),
        body: body.to_string().into_bytes(),
    }
}
