//! A workbench for adapter authors: a plan straight against its simulator.
//!
//! It has no retries, no journal and no limits, and stands for no driver: the
//! suite that counts runs through the gateway's. It is what records a case's
//! replies, and what an adapter's own unit tests may use.

use futures::future::BoxFuture;
use jiff::Timestamp;
use secrecy::SecretString;
use uuid::Uuid;

use crate::carrier::Entry;
use crate::fault::{Fault, FaultKind, Phase};
use crate::plan::{Port, Step};
use crate::sim::{Outcome, SampleAccount, World, serve};
use crate::wire::{Auth, HttpCall, Reply, Wire};

/// A port whose other end is a simulator.
pub struct Bench {
    entry: Entry,
    sample: SampleAccount,
    /// The simulator's world.
    pub world: World,
}

impl Bench {
    /// A fresh world at `now` behind `entry`'s simulator.
    pub fn new(entry: Entry, now: Timestamp) -> Self {
        let sample = entry.sim.account();
        Self { entry, sample, world: World::new(now, 7) }
    }

    /// The account that the simulator accepts.
    pub fn sample(&self) -> &SampleAccount {
        &self.sample
    }

    fn ask(&mut self, call: &HttpCall, token: Option<&SecretString>) -> Result<Reply, Fault> {
        let sample = self.sample.clone();
        let request = call.complete("http://carrier", &|name| sample.secret(name), token)?;
        match serve(self.entry.sim.as_ref(), &mut self.world, &request) {
            Outcome::Reply(response, _) => Ok(Reply::of(response)),
            Outcome::Hang => Err(Fault::new(FaultKind::TimedOut, "no answer came").at(Phase::InDoubt)),
            Outcome::Reset => {
                Err(Fault::new(FaultKind::Unreachable, "the connection was closed").at(Phase::InDoubt))
            }
        }
    }

    fn answer(&mut self, step: &Step) -> Result<Reply, Fault> {
        let Wire::Http(call) = &step.wire;
        let token = match &call.auth {
            Auth::OAuth2(oauth) => {
                let reply = self.ask(&oauth.request, None)?;
                Some((oauth.read)(&reply)?.value)
            }
            _ => None,
        };
        self.ask(call, token.as_ref())
    }
}

impl Port for Bench {
    fn exchange<'a>(&'a mut self, step: Step) -> BoxFuture<'a, Result<Reply, Fault>> {
        let reply = self.answer(&step);
        Box::pin(async move { reply })
    }

    fn started(&self) -> Timestamp {
        self.world.now
    }

    fn plan_id(&self) -> Uuid {
        Uuid::NAMESPACE_OID
    }
}
