//! How an operation of several exchanges runs, and runs again after a crash.
//!
//! A plan is plain `async` code whose only way out is [`Cx`]. Everything that
//! it learns there is journalled, so that after a crash the plan runs again
//! from the start, is told the same answers, and sends only what was never
//! sent. It must therefore be deterministic between two sends: no clock, no
//! random number, no spawning.

use futures::future::BoxFuture;
use jiff::Timestamp;
use uuid::Uuid;

use crate::account::Account;
use crate::exchange::{Effect, Exchange};
use crate::fault::{Fault, FaultKind, Phase};
use crate::wire::{Reply, Wire};

/// One exchange on its way out.
#[derive(Debug)]
#[non_exhaustive]
pub struct Step {
    /// [`Exchange::NAME`].
    pub name: &'static str,
    /// [`Exchange::EFFECT`].
    pub effect: Effect,
    /// What is sent.
    pub wire: Wire,
}

/// What carries the steps of one plan: a driver with a socket and a journal, or
/// a recording.
pub trait Port: Send {
    /// Sends `step` and brings its reply, or what the journal has of it.
    fn exchange<'a>(&'a mut self, step: Step) -> BoxFuture<'a, Result<Reply, Fault>>;

    /// When this plan was first started. The same after a crash.
    fn started(&self) -> Timestamp;

    /// Names this run of the plan; the same after a crash.
    fn plan_id(&self) -> Uuid;
}

/// What a plan sees of the world.
pub struct Cx<'a> {
    account: &'a Account,
    port: &'a mut dyn Port,
    ids: u32,
    created: bool,
}

impl<'a> Cx<'a> {
    /// A context over `port`, for a plan that works for `account`.
    pub fn new(account: &'a Account, port: &'a mut dyn Port) -> Self {
        Self { account, port, ids: 0, created: false }
    }

    /// The account that the plan works for.
    pub fn account(&self) -> &'a Account {
        self.account
    }

    /// The instant at which this plan was first started. It does not move
    /// while the plan runs, nor when it runs again.
    pub fn now(&self) -> Timestamp {
        self.port.started()
    }

    /// A fresh identifier, the same one when the plan runs again.
    pub fn id(&mut self) -> Uuid {
        self.ids = self.ids.wrapping_add(1);
        Uuid::new_v5(&self.port.plan_id(), &self.ids.to_be_bytes())
    }

    /// Whether a creating exchange of this run was answered well. A plan that
    /// fails after it has not failed to create something.
    pub fn has_created(&self) -> bool {
        self.created
    }

    /// Sends one exchange and reads its reply.
    ///
    /// # Errors
    /// What building, sending or reading it failed with. A creating exchange
    /// whose answer cannot be read is in doubt: it may have worked.
    pub async fn send<E: Exchange>(&mut self, exchange: &E, input: &E::In) -> Result<E::Out, Fault> {
        let wire = exchange.build(self.account, input).map_err(|fault| fault.at(Phase::NotSent))?;
        let step = Step { name: E::NAME, effect: E::EFFECT, wire };
        let reply = self.port.exchange(step).await?;
        let creates = matches!(E::EFFECT, Effect::Creates(_));
        let read = exchange.parse(self.account, input, &reply).map_err(|fault| {
            let lost = creates && fault.kind == FaultKind::Unreadable;
            fault.at(if lost { Phase::InDoubt } else { Phase::Answered })
        });
        self.created |= creates && read.is_ok();
        read
    }
}
