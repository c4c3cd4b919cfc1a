//! What carriers push: kept raw, then proven, read and merged, by whichever gateway takes it.
//!
//! What cannot prove itself is never read. The same push again changes nothing. Start with [`Inbox::take_in`] and
//! [`Inbox::run`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::SignedDuration;
use parcelgate_kit::model::EventSource;
use parcelgate_kit::operation::{Pushed, TrackOutcome, Tracked};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tokio::sync::{Notify, watch};

use super::pace::later;
use super::tracker::{News, Tracker, TrackingError, Which};
use crate::carriers::LinkedAccount;
use crate::store::{HookRow, HookState, NewHook};
use crate::telemetry::HookOutcome;

/// How long what was taken is left to its taker.
const LEASE: Duration = Duration::from_secs(60);
/// Between two looks for what a gateway that died has left.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Pushes that are taken at once.
const AT_ONCE: u32 = 50;
/// How often a push is tried that fails for a reason of our own.
const ATTEMPTS: u32 = 10;
/// Headers that are kept; the others say nothing of parcels.
const MOST_HEADERS: usize = 40;

/// What is kept of a push.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// What proves it, as it came; absent when nothing did.
    proof: Option<String>,
    push: Pushed,
}

/// What became of a push that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenIn {
    /// It is kept, here or from before.
    Kept,
    /// There is no such carrier, it pushes nothing, or there is no such account.
    NobodyThere,
}

/// Takes in and reads what carriers push.
pub struct Inbox {
    tracker: Arc<Tracker>,
    /// How long pushes are kept.
    keep: Duration,
    came: Notify,
}

impl Inbox {
    /// An inbox for what `tracker` follows, which keeps what came for `keep`.
    pub fn new(tracker: Arc<Tracker>, keep: Duration) -> Arc<Self> {
        Arc::new(Self { tracker, keep, came: Notify::new() })
    }

    /// The id of a carrier that pushes, as the program's own text.
    pub(super) fn carrier(&self, carrier: &str) -> Option<&'static str> {
        let host = self.tracker.carriers.get(carrier)?;
        host.descriptor().push.map(|_| host.descriptor().id)
    }

    /// Counts a push that was turned away.
    pub(super) fn turned_away(&self, carrier: &'static str) {
        self.tracker.metrics.following().pushed(carrier, HookOutcome::Limited);
    }

    /// Keeps a push, before anything in it is believed. Where several tenants have an account of the name, each gets
    /// it, and its own secret decides.
    ///
    /// # Errors
    /// When the store fails: then the carrier is to send it again.
    pub async fn take_in(
        &self,
        carrier: &str,
        account: &str,
        headers: &[(String, String)],
        body: &Bytes,
    ) -> Result<TakenIn, TrackingError> {
        let Some(host) = self.tracker.carriers.get(carrier) else { return Ok(TakenIn::NobodyThere) };
        let descriptor = host.descriptor();
        let Some(proof) = descriptor.push else { return Ok(TakenIn::NobodyThere) };
        let accounts = self.tracker.accounts.named(carrier, account).await?;
        if accounts.is_empty() {
            return Ok(TakenIn::NobodyThere);
        }
        for account in accounts {
            let header = proof.header(&account.account);
            let kept = Kept::of(&header, headers, body);
            // With the proof: a forgery must not make the true one a replay.
            let fingerprint = Sha256::new()
                .chain_update(body)
                .chain_update([0])
                .chain_update(kept.proof.as_deref().unwrap_or_default())
                .finalize();
            let hook = NewHook {
                body: self.seal(&account, &kept)?,
                tenant: account.tenant,
                carrier: carrier.to_owned(),
                account: account.id,
                fingerprint: fingerprint.into(),
                received_at: self.tracker.now(),
            };
            let id = self.tracker.store.put_hook(hook).await?;
            let outcome = if id.is_some() { HookOutcome::Kept } else { HookOutcome::Replayed };
            self.tracker.metrics.following().pushed(descriptor.id, outcome);
        }
        self.came.notify_one();
        Ok(TakenIn::Kept)
    }

    fn seal(&self, account: &LinkedAccount, kept: &Kept) -> Result<Vec<u8>, TrackingError> {
        let internal = |error: String| TrackingError::Internal(error);
        let plain = serde_json::to_vec(kept).map_err(|error| internal(error.to_string()))?;
        let context = [account.tenant.as_str(), "push", &account.carrier, &account.id];
        self.tracker.sealer.seal(&context, &plain).map_err(|error| internal(error.to_string()))
    }

    /// Reads what came until `stop` says so.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.turn().await {
                tracing::warn!(%error, "what carriers pushed could not be read and will be tried again");
            }
            let quiet = tokio::select! {
                () = self.came.notified() => false,
                () = tokio::time::sleep(LOOK_EVERY) => true,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            if quiet && let Err(error) = self.let_go().await {
                tracing::warn!(%error, "old pushes could not be removed and will be tried again");
            }
        }
    }

    /// Reads all that is due, and says how much that was.
    ///
    /// # Errors
    /// When the store fails; what is left is read the next time.
    pub async fn turn(&self) -> Result<usize, TrackingError> {
        let mut all = 0_usize;
        loop {
            let now = self.tracker.now();
            let rows = self.tracker.store.claim_hooks(now, later(now, LEASE), AT_ONCE).await?;
            if rows.is_empty() {
                return Ok(all);
            }
            all = all.saturating_add(rows.len());
            for row in rows {
                self.settle(row).await?;
            }
        }
    }

    async fn let_go(&self) -> Result<(), TrackingError> {
        let keep = SignedDuration::try_from(self.keep).unwrap_or(SignedDuration::MAX);
        let before = self.tracker.now().checked_sub(keep).unwrap_or(jiff::Timestamp::MIN);
        while self.tracker.store.purge_hooks(before, AT_ONCE).await? > 0 {}
        Ok(())
    }

    async fn settle(&self, row: HookRow) -> Result<(), TrackingError> {
        let (id, last) = (row.id, row.attempts >= ATTEMPTS);
        let carrier = self.carrier(&row.hook.carrier);
        let state = match self.read(row).await {
            Ok(state) => state,
            // It comes back when its claim is over.
            Err(error) if !last => {
                tracing::warn!(%error, push = id, "a push could not be merged yet");
                return Ok(());
            }
            Err(error) => {
                tracing::error!(%error, push = id, "a push could not be merged at all");
                HookState::Unreadable
            }
        };
        if let Some(carrier) = carrier {
            let outcome = match state {
                HookState::Kept => HookOutcome::Kept,
                HookState::Merged => HookOutcome::Merged,
                HookState::Refused => HookOutcome::Refused,
                HookState::Unreadable => HookOutcome::Unreadable,
            };
            self.tracker.metrics.following().pushed(carrier, outcome);
        }
        Ok(self.tracker.store.settle_hook(id, state).await?)
    }

    /// Proves, reads and merges one push.
    async fn read(&self, row: HookRow) -> Result<HookState, TrackingError> {
        let NewHook { tenant, carrier, account, body, .. } = row.hook;
        let Some(host) = self.tracker.carriers.get(&carrier) else { return Ok(HookState::Refused) };
        let linked = self.tracker.accounts.of(&tenant, &carrier, Some(&account)).await?;
        let Some(linked) = linked.filter(|linked| linked.id == account) else {
            return Ok(HookState::Refused);
        };
        let context = [tenant.as_str(), "push", &carrier, &account];
        let internal = |error: String| TrackingError::Internal(error);
        let plain = self.tracker.sealer.open(&context, &body).map_err(|error| internal(error.to_string()))?;
        let kept: Kept = serde_json::from_slice(&plain).map_err(|error| internal(error.to_string()))?;
        let secret = host.descriptor().push.and_then(|proof| linked.secret(proof.secret()));
        let proven = secret.zip(kept.proof.as_deref()).is_some_and(|(secret, proof)| {
            let secret = secret.expose_secret();
            !secret.is_empty() && bool::from(secret.as_bytes().ct_eq(proof.as_bytes()))
        });
        if !proven {
            tracing::warn!(carrier, account, "a push without the right proof was not read");
            return Ok(HookState::Refused);
        }
        let told = match host.read_push(&linked, &kept.push) {
            Ok(told) => told,
            Err(fault) => {
                tracing::warn!(carrier, account, why = fault.message, "a push cannot be read");
                return Ok(HookState::Unreadable);
            }
        };
        for Tracked { number, outcome, .. } in told {
            // What a push does not tell is nothing, and says nothing of the number.
            let TrackOutcome::Found(_) = &outcome else { continue };
            let which = Which { tenant: &tenant, carrier: &carrier, number: &number };
            let news = News { source: EventSource::Push, account: Some(&account), shipment: None };
            self.tracker.learn(which, outcome, news).await?;
        }
        Ok(HookState::Merged)
    }
}

impl Kept {
    /// What is kept of a push: its proof apart, so that no adapter sees it.
    fn of(header: &str, headers: &[(String, String)], body: &Bytes) -> Self {
        let proof = headers.iter().find(|(name, _)| name == header).map(|(_, value)| value.clone());
        let secret = |name: &str| name == header || name == "authorization" || name == "cookie";
        let rest = headers.iter().filter(|(name, _)| !secret(name)).take(MOST_HEADERS).cloned();
        Self { proof, push: Pushed::new(rest.collect(), body.clone()) }
    }
}
