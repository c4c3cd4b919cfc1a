//! The lifecycle of one exchange.
//!
//! The order is the contract: total deadline, journal look-up, (build, done by
//! the plan's context), authorise, rate limit, concurrency limit and breaker,
//! attempt timeout, record, transport, classify, retry, journal the reply,
//! (parse, done by the plan's context).

use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use jiff::Timestamp;
use parcelgate_kit::exchange::{Effect, Guard, Verdict};
use parcelgate_kit::fault::{Fault, FaultKind, Phase};
use parcelgate_kit::plan::{Port, Step};
use parcelgate_kit::wire::{Auth, HttpCall, OAuth2, Reply, Token, Wire};
use secrecy::SecretString;
use uuid::Uuid;

use super::host::CarrierHost;
use super::journal::{Journal, JournalFailure, Past};
use super::{LinkedAccount, Priority, SendFailure};

/// How a plan is to be run.
#[derive(Clone, Copy, Debug)]
pub struct Call {
    /// When the caller stops waiting.
    pub deadline: Instant,
    /// How urgent it is.
    pub priority: Priority,
    /// Whether the newest exchange of the journal is sent again where its
    /// effect allows, instead of being told its recorded reply: that reply
    /// left the plan in doubt.
    pub again: bool,
}

impl Call {
    /// An urgent call that may take `budget`.
    pub fn within(budget: Duration) -> Self {
        Self { deadline: Instant::now() + budget, priority: Priority::Now, again: false }
    }

    /// The same for a plan that its journal left in doubt.
    #[must_use]
    pub fn once_more(self) -> Self {
        Self { again: true, ..self }
    }
}

/// One plan's way to its carrier.
pub(super) struct Driver<'a> {
    pub(super) host: &'a CarrierHost,
    pub(super) account: &'a LinkedAccount,
    pub(super) journal: &'a dyn Journal,
    pub(super) call: Call,
    pub(super) next_step: u32,
    /// The journal failed: whatever the plan makes of it, nothing more is sent
    /// and nothing may be concluded.
    pub(super) unkept: Option<Fault>,
    /// An earlier run sent something that may have been carried out, and no
    /// answer to it has been read since.
    pub(super) open: bool,
}

impl Port for Driver<'_> {
    fn exchange<'a>(&'a mut self, step: Step) -> BoxFuture<'a, Result<Reply, Fault>> {
        Box::pin(async {
            if let Some(fault) = &self.unkept {
                return Err(fault.clone());
            }
            let answered = self.exchange_once(step).await;
            self.unkept = answered.as_ref().err().filter(|fault| fault.kind == FaultKind::Unkept).cloned();
            answered
        })
    }

    fn started(&self) -> Timestamp {
        self.journal.plan().started
    }

    fn plan_id(&self) -> Uuid {
        self.journal.plan().id
    }
}

impl Driver<'_> {
    async fn exchange_once(&mut self, step: Step) -> Result<Reply, Fault> {
        let number = self.next_step;
        self.next_step += 1;
        let replaces = match self.journal.recall(number).await.map_err(unjournalled)? {
            Some(past) => {
                let replaces = past.reply.is_some();
                self.open = !replaces && matches!(step.effect, Effect::Creates(_));
                match self.resume(&step, past)? {
                    Some(reply) => return Ok(reply),
                    None => replaces,
                }
            }
            None => {
                self.journal.intend(number, step.name, &step.wire).await.map_err(unjournalled)?;
                false
            }
        };
        self.host.checkpoint("exchange.intended").await;
        let started = Instant::now();
        let answered = self.attempts(&step).await;
        self.host.observe(step.name, started.elapsed(), answered.as_ref().err());
        let reply = answered?;
        self.open = false;
        self.host.checkpoint("exchange.answered").await;
        let journalled = self.journal.answer(number, &reply, replaces).await;
        journalled.map_err(|failure| after_sending(step.effect, &failure))?;
        self.host.checkpoint("exchange.journalled").await;
        Ok(reply)
    }

    /// What a journalled step means for this run: its reply, or none when it is
    /// to be sent (again), with the journalled bytes.
    fn resume(&self, step: &Step, past: Past) -> Result<Option<Reply>, Fault> {
        if past.name != step.name || past.wire != without_auth(&step.wire) {
            let words = format!("the journal has `{}` where the plan now sends `{}`", past.name, step.name);
            return Err(Fault::new(FaultKind::Diverged, words).at(Phase::InDoubt));
        }
        let repeatable = match step.effect {
            Effect::Reads | Effect::Idempotent | Effect::Creates(Guard::RefusesDuplicates) => true,
            Effect::Creates(Guard::Key { lifetime }) => self.within(past.intended_at, lifetime),
            Effect::Creates(_) => false,
        };
        match past.reply {
            Some(_) if self.call.again && past.is_newest && repeatable => Ok(None),
            Some(reply) => Ok(Some(reply)),
            None if repeatable => Ok(None),
            None => {
                let words = format!("`{}` was sent and its answer is not known", step.name);
                Err(Fault::new(FaultKind::TimedOut, words).at(Phase::InDoubt))
            }
        }
    }

    /// Whether the journal has steps beyond the plan's last one: an earlier run
    /// went further than this one.
    pub(super) async fn stopped_short(&self) -> Result<bool, Fault> {
        Ok(self.journal.recall(self.next_step).await.map_err(unjournalled)?.is_some())
    }

    fn within(&self, since: Timestamp, lifetime: u64) -> bool {
        let age = self.host.now().duration_since(since).as_secs();
        u64::try_from(age).is_ok_and(|age| age < lifetime)
    }

    /// Sends until there is an answer, or none is to be had.
    async fn attempts(&self, step: &Step) -> Result<Reply, Fault> {
        let Wire::Http(call) = &step.wire else {
            return Err(Fault::new(FaultKind::Internal, "this transport carries HTTP only"));
        };
        let retry = self.host.retry();
        let mut rejected = None;
        self.host.budget().earn();
        for attempt in 1.. {
            let (token, answered) = self.attempt(step, call, rejected.as_ref()).await;
            let fault = match answered {
                Ok(reply) => match self.host.classify(&reply) {
                    Verdict::Read => return Ok(reply),
                    Verdict::Unauthorized if token.is_some() && rejected.is_none() => {
                        rejected = token;
                        continue;
                    }
                    Verdict::Unauthorized => return Ok(reply),
                    verdict => answered_badly(verdict, &reply, step.effect),
                },
                Err(fault) => fault,
            };
            if !may_repeat(step.effect, &fault) || attempt >= retry.attempts || !self.host.budget().spend() {
                return Err(fault);
            }
            let asked = match fault.retry {
                parcelgate_kit::fault::Retry::Later(seconds) => seconds,
                parcelgate_kit::fault::Retry::Never => None,
            };
            let wait = retry.wait(attempt + 1, asked);
            if Instant::now() + wait >= self.call.deadline {
                return Err(fault);
            }
            tokio::time::sleep(wait).await;
        }
        Err(Fault::new(FaultKind::Internal, "no attempt was made"))
    }

    /// Authorises, waits for its turn and sends once. The token is told so
    /// that it can be turned in when the carrier rejects it.
    async fn attempt(
        &self,
        step: &Step,
        call: &HttpCall,
        rejected: Option<&SecretString>,
    ) -> (Option<SecretString>, Result<Reply, Fault>) {
        let token = match &call.auth {
            Auth::OAuth2(oauth) => match self.token(oauth, rejected).await {
                Ok(token) => Some(token),
                Err(fault) => return (None, Err(fault.at(Phase::NotSent))),
            },
            _ => None,
        };
        let answered = self.send(call, token.as_ref(), step.effect).await;
        (token, answered)
    }

    async fn token(&self, oauth: &OAuth2, rejected: Option<&SecretString>) -> Result<SecretString, Fault> {
        let (tenant, account) = self.account.key();
        let key = (tenant, account, oauth.scope);
        self.host.tokens().get(key, rejected, || self.fetch_token(oauth)).await
    }

    async fn fetch_token(&self, oauth: &OAuth2) -> Result<Token, Fault> {
        let reply = self.send(&oauth.request, None, Effect::Reads).await?;
        match self.host.classify(&reply) {
            Verdict::Read => (oauth.read)(&reply),
            Verdict::Unauthorized => {
                let read = (oauth.read)(&reply).err();
                let refused =
                    Fault::new(FaultKind::Account, "the carrier does not take the account's credentials");
                Err(match read {
                    Some(fault) => refused.said(
                        fault.carrier_code.unwrap_or_default(),
                        fault.carrier_words.unwrap_or_default(),
                    ),
                    None => refused,
                })
            }
            verdict => Err(answered_badly(verdict, &reply, Effect::Reads)),
        }
    }

    /// One request over the transport, within the limits and the deadline.
    async fn send(
        &self,
        call: &HttpCall,
        token: Option<&SecretString>,
        effect: Effect,
    ) -> Result<Reply, Fault> {
        let request = call.complete(self.host.base_url(), &|name| self.account.secret(name), token)?;
        let deadline = tokio::time::Instant::from_std(self.call.deadline);
        let key = self.account.key();
        let admitted = self.host.limits().admit(&key, self.call.priority);
        let permit = match tokio::time::timeout_at(deadline, admitted).await {
            Ok(Some(permit)) => permit,
            Ok(None) | Err(_) => {
                return Err(Fault::new(FaultKind::Throttled, "there was no room for the request in time"));
            }
        };
        let passage = self.host.breaker().pass(Instant::now()).map_err(|wait| {
            let words = "the carrier keeps failing and is left alone for a while";
            Fault::new(FaultKind::Unavailable, words).later(u32::try_from(wait.as_secs() + 1).ok())
        })?;
        self.journal.confirm().await.map_err(unjournalled)?;
        let attempt = tokio::time::Instant::now() + self.host.attempt_timeout(effect);
        let answered =
            tokio::time::timeout_at(attempt.min(deadline), self.host.transport().send(request)).await;
        drop(permit);
        match answered {
            Ok(Ok(reply)) => {
                match self.host.classify(&reply) {
                    Verdict::Unavailable => passage.failed(Instant::now()),
                    _ => passage.succeeded(),
                }
                Ok(reply)
            }
            Ok(Err(failure)) => {
                passage.failed(Instant::now());
                Err(sent_badly(failure))
            }
            Err(_) => {
                passage.failed(Instant::now());
                Err(Fault::new(FaultKind::TimedOut, "the carrier did not answer in time").at(Phase::InDoubt))
            }
        }
    }
}

/// The journal keeps requests without their authorisation.
fn without_auth(wire: &Wire) -> Wire {
    match wire {
        Wire::Http(call) => Wire::Http(HttpCall { auth: Auth::None, ..call.clone() }),
        other => other.clone(),
    }
}

fn unjournalled(failure: JournalFailure) -> Fault {
    Fault::new(FaultKind::Unkept, failure.to_string()).at(Phase::NotSent)
}

fn after_sending(effect: Effect, failure: &JournalFailure) -> Fault {
    let phase = if matches!(effect, Effect::Creates(_)) { Phase::InDoubt } else { Phase::Answered };
    Fault::new(FaultKind::Unkept, failure.to_string()).at(phase)
}

fn sent_badly(failure: SendFailure) -> Fault {
    let words = failure.to_string();
    match failure {
        SendFailure::NotSent(_) => Fault::new(FaultKind::Unreachable, words).at(Phase::NotSent),
        SendFailure::Broken(_) => Fault::new(FaultKind::Unreachable, words).at(Phase::InDoubt),
        SendFailure::TooLong(_) => Fault::new(FaultKind::Unreadable, words).at(Phase::InDoubt),
    }
}

fn answered_badly(verdict: Verdict, reply: &Reply, effect: Effect) -> Fault {
    match verdict {
        Verdict::Throttled(wait) => {
            Fault::new(FaultKind::Throttled, "the carrier takes no more requests for now")
                .later(wait)
                .at(Phase::Answered)
        }
        Verdict::DidNothing => {
            let words = format!("the carrier is out of order (HTTP {}) and did nothing", reply.status);
            Fault::new(FaultKind::Unavailable, words).at(Phase::Answered)
        }
        _ => {
            let words = format!("the carrier is out of order (HTTP {})", reply.status);
            let creates = matches!(effect, Effect::Creates(_));
            Fault::new(FaultKind::Unavailable, words).at(if creates {
                Phase::InDoubt
            } else {
                Phase::Answered
            })
        }
    }
}

/// Whether sending again can do no harm.
fn may_repeat(effect: Effect, fault: &Fault) -> bool {
    if fault.retry == parcelgate_kit::fault::Retry::Never {
        return false;
    }
    match effect {
        Effect::Reads | Effect::Idempotent => true,
        Effect::Creates(_) => fault.phase != Phase::InDoubt,
    }
}
