//! What the writer does: one write of a purchase, a quote or a tracking number, and the way back to who asked for it.
//!
//! A write may be run more than once, each time after all that it did was taken back, so it changes nothing of itself
//! but its outcome. Start at [`Operation`].

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::failure::Failure;
use super::values::Columns;
use crate::store::{NewEvent, Result, StoreError};

/// One write, as statements on a connection that is in a transaction.
///
/// The writer lets many run at once on one connection, where their statements mix. So the first statement that changes
/// anything must hold every condition of the write by itself, and a refusal after it is a [`Failure::Undo`].
#[async_trait]
pub(super) trait Operation: Send + Sync + 'static {
    /// What it answers.
    type Output: Send + Sync;

    /// What it locks first. Writes run in the order of their keys, so that two gateways rarely wait for each other.
    fn key(&self) -> &str;

    /// Does it.
    async fn run(&self, client: &ClientWrapper) -> std::result::Result<Done<Self::Output>, Failure>;
}

/// What a write that is done has to say.
#[derive(Debug)]
pub(super) struct Done<T> {
    /// To the caller.
    pub(super) output: T,
    /// To the subscribers; it is written last, with the others of the commit.
    pub(super) event: Option<Told>,
}

impl<T> Done<T> {
    /// Done, and no event.
    pub(super) fn silent(output: T) -> Done<T> {
        Done { output, event: None }
    }
}

/// An event with what it is about.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) tenant: String,
    pub(super) shipment: Option<String>,
    pub(super) event: NewEvent,
    pub(super) at: Timestamp,
}

/// How one run of a write ended.
pub(super) enum Ran {
    /// It stays.
    Kept(Option<Told>),
    /// It was refused and has changed nothing.
    Refused,
    /// It was refused, or failed, and must be taken back.
    Undo,
    /// The whole transaction must be tried again.
    Again(String),
    /// It did not come to run.
    Behind,
    /// The connection is gone.
    Lost(String),
}

/// A write in the queue.
#[async_trait]
pub(super) trait Write: Send + Sync {
    /// Whether nobody waits for it any more.
    fn is_abandoned(&self) -> bool;
    /// As [`Operation::key`].
    fn key(&self) -> &str;
    /// Runs it, and keeps what it has to answer.
    async fn run(&mut self, client: &ClientWrapper) -> Ran;
    /// Answers, now that the commit has gone this way.
    fn answer(self: Box<Self>, commit: Result<()>);
}

struct Job<O: Operation> {
    operation: O,
    outcome: Result<O::Output>,
    reply: oneshot::Sender<Result<O::Output>>,
}

#[async_trait]
impl<O: Operation> Write for Job<O> {
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn key(&self) -> &str {
        self.operation.key()
    }

    async fn run(&mut self, client: &ClientWrapper) -> Ran {
        match self.operation.run(client).await {
            Ok(done) => {
                self.outcome = Ok(done.output);
                Ran::Kept(done.event)
            }
            Err(Failure::Refused(error)) => {
                self.outcome = Err(error);
                Ran::Refused
            }
            Err(Failure::Undo(error)) => {
                self.outcome = Err(error);
                Ran::Undo
            }
            Err(Failure::Again(what)) => Ran::Again(what),
            Err(Failure::Behind) => Ran::Behind,
            Err(Failure::Lost(what)) => Ran::Lost(what),
        }
    }

    fn answer(self: Box<Self>, commit: Result<()>) {
        // The receiver is gone when the caller has dropped the call: then nobody wants to know.
        let _ = self.reply.send(commit.and(self.outcome));
    }
}

/// The write in a box, and where its answer arrives.
pub(super) fn boxed<O: Operation>(operation: O) -> (Box<dyn Write>, oneshot::Receiver<Result<O::Output>>) {
    let (reply, answer) = oneshot::channel();
    (Box::new(Job { operation, outcome: Err(StoreError::Closed), reply }), answer)
}

/// A write that writes nothing: it only passes through.
pub(super) struct Nothing;

#[async_trait]
impl Operation for Nothing {
    type Output = ();

    fn key(&self) -> &str {
        ""
    }

    async fn run(&self, client: &ClientWrapper) -> std::result::Result<Done<()>, Failure> {
        let statement = client.prepare_cached(NOTHING).await?;
        client.query_one(&statement, &[]).await?;
        Ok(Done::silent(()))
    }
}

pub(super) const NOTHING: &str = "SELECT 1";

/// The server's clock.
pub(super) async fn clock(client: &ClientWrapper) -> std::result::Result<Timestamp, Failure> {
    let statement = client
        .prepare_cached("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now")
        .await?;
    client.query_one(&statement, &[]).await?.time("now")
}
