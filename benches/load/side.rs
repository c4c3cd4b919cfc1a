//! One side of a comparison: something that takes load and whose processor time is known.
//!
//! Start with [`Side::measure`].

use std::sync::Arc;

use anyhow::{Result, ensure};
use bytes::Bytes;

use crate::commits::Commits;
use crate::engine::{Load, Outcome, run};
use crate::process::cpu_seconds;
use crate::raw::Caller;
use crate::sample::Sample;

/// Makes the message of each request.
pub(crate) type Messages = Arc<dyn Fn() -> Bytes + Send + Sync>;
/// Says what is wrong with an answer.
pub(crate) type Check = fn(&[u8]) -> Result<(), String>;

/// A gRPC server under load.
#[derive(Clone)]
pub(crate) struct Server {
    /// Its process.
    pub(crate) pid: u32,
    /// The method.
    pub(crate) caller: Caller,
    /// What it is asked.
    pub(crate) messages: Messages,
    /// What it must answer.
    pub(crate) check: Check,
}

/// Either kind.
pub(crate) enum Side {
    /// Reached over gRPC.
    Server(Server),
    /// A process that loads itself.
    Commits(Box<Commits>),
}

impl Side {
    /// Puts `load` on it.
    ///
    /// # Errors
    /// When more than one request in a hundred fails: the figures would be those of failing.
    pub(crate) async fn measure(&mut self, load: Load) -> Result<Sample> {
        let pid = match self {
            Self::Server(server) => server.pid,
            Self::Commits(commits) => commits.pid,
        };
        let before = cpu_seconds(pid)?;
        let outcome = match self {
            Self::Server(server) => server.run(load).await?,
            Self::Commits(commits) => commits.run(load).await?,
        };
        let used = cpu_seconds(pid)? - before;
        ensure!(
            outcome.failed * 100 <= outcome.done,
            "{} of {} requests failed, the first with: {}",
            outcome.failed,
            outcome.failed + outcome.done,
            outcome.failure.as_deref().unwrap_or("nothing")
        );
        Ok(Sample::of(&outcome, used))
    }
}

impl Server {
    async fn run(&self, load: Load) -> Result<Outcome> {
        let (caller, messages, check) = (self.caller.clone(), Arc::clone(&self.messages), self.check);
        run(load, move |index| {
            let (caller, message) = (caller.clone(), messages());
            async move { check(&caller.call(index, message).await?) }
        })
        .await
    }
}
