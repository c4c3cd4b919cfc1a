//! The pump of a stream: from a [`Reader`] into a bounded channel.
//!
//! A reader at the other end that stands still costs a few events of memory and
//! is let go after a while, with the place to go on from. Start with
//! [`subscribe`].

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{Cursor, Placed, Reader};
use crate::store::StoreError;
use crate::telemetry::{Metrics, SubscriptionEnd};

/// Events that wait for the other end at most.
const WAITING: usize = 32;
/// Events that are looked at at once.
const BATCH: u32 = 64;

/// How a stream behaves in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How long nothing is said before a sign of life.
    pub heartbeat: Duration,
    /// How long the other end may take nothing before it is let go.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { heartbeat: Duration::from_secs(15), patience: Duration::from_secs(30) }
    }
}

/// What a subscriber is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// An event.
    Event(Placed),
    /// All events up to here were told, and none came since.
    Idle(Cursor),
}

/// How a subscription ended, with the place behind the last thing told.
#[derive(Debug)]
pub enum End {
    /// The subscriber went away.
    Left,
    /// The subscriber took nothing for too long.
    Slow(Cursor),
    /// The gateway stops.
    Stopping(Cursor),
    /// The store failed.
    Failed(StoreError),
}

impl End {
    fn label(&self) -> SubscriptionEnd {
        match self {
            Self::Left => SubscriptionEnd::Left,
            Self::Slow(_) => SubscriptionEnd::Slow,
            Self::Stopping(_) => SubscriptionEnd::Stopping,
            Self::Failed(_) => SubscriptionEnd::Failed,
        }
    }
}

/// A stream of events. The pump ends when this is dropped.
pub struct Subscription {
    told: mpsc::Receiver<Told>,
    pump: JoinHandle<End>,
}

impl Subscription {
    /// The next thing told, or how it ended once all of it was taken.
    pub async fn next(&mut self) -> Result<Told, End> {
        match self.told.recv().await {
            Some(told) => Ok(told),
            None => Err((&mut self.pump).await.unwrap_or(End::Left)),
        }
    }
}

/// Starts to read for a subscriber. Once `stopped` holds true it ends.
pub fn subscribe(
    reader: Reader,
    pace: Pace,
    stopped: watch::Receiver<bool>,
    metrics: Arc<Metrics>,
) -> Subscription {
    let (sender, told) = mpsc::channel(WAITING);
    let pump = Pump { placed: reader.cursor(), reader, pace, sender, said: Instant::now() };
    let counted = async move {
        metrics.subscribed();
        let end = pump.run(stopped).await;
        metrics.subscription_ended(end.label());
        end
    };
    Subscription { told, pump: tokio::spawn(counted) }
}

struct Pump {
    reader: Reader,
    pace: Pace,
    sender: mpsc::Sender<Told>,
    /// Behind the last thing told.
    placed: Cursor,
    said: Instant,
}

impl Pump {
    async fn run(mut self, mut stopped: watch::Receiver<bool>) -> End {
        let end = tokio::select! {
            end = self.tell() => end,
            _ = stopped.wait_for(|stopped| *stopped) => None,
        };
        end.unwrap_or(End::Stopping(self.placed))
    }

    async fn tell(&mut self) -> Option<End> {
        let mut caught_up = false;
        loop {
            let batch = match self.reader.next(BATCH).await {
                Ok(batch) => batch,
                Err(error) => return Some(End::Failed(error)),
            };
            for placed in batch.events {
                let cursor = placed.cursor;
                if let Some(end) = self.say(Told::Event(placed), cursor).await {
                    return Some(end);
                }
            }
            if !batch.at_the_end {
                continue;
            }
            // The first time the end is reached is said at once.
            if !caught_up || self.said.elapsed() >= self.pace.heartbeat {
                caught_up = true;
                let cursor = self.reader.cursor();
                if let Some(end) = self.say(Told::Idle(cursor), cursor).await {
                    return Some(end);
                }
            }
            let sign_of_life = self.said + self.pace.heartbeat;
            tokio::select! {
                () = self.reader.more() => {}
                () = tokio::time::sleep_until(sign_of_life) => {}
                () = self.sender.closed() => return Some(End::Left),
            }
        }
    }

    async fn say(&mut self, told: Told, cursor: Cursor) -> Option<End> {
        match self.sender.send_timeout(told, self.pace.patience).await {
            Ok(()) => {
                self.placed = cursor;
                self.said = Instant::now();
                None
            }
            Err(SendTimeoutError::Timeout(_)) => Some(End::Slow(self.placed)),
            Err(SendTimeoutError::Closed(_)) => Some(End::Left),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Telemetry;
    use crate::events::reader::samples;
    use crate::events::{Kinds, Start};

    #[tokio::test]
    async fn one_that_takes_nothing_is_let_go_with_its_place() {
        let (_folder, store) = samples::store();
        let many = u64::try_from(WAITING).unwrap() + 10;
        samples::tell(store.as_ref(), "a", many).await;
        let start = Start::After(Cursor::BEGINNING);
        let reader = Reader::open(store, samples::tenant("a"), start, Kinds::default()).await.unwrap();
        let pace = Pace { patience: Duration::from_millis(20), ..Pace::default() };
        let (_stop, stopped) = watch::channel(false);
        let metrics = Arc::new(Metrics::new(&Telemetry { max_unknown_codes: 1 }));
        let mut subscription = subscribe(reader, pace, stopped, metrics);
        let ended = (&mut subscription.pump).await.unwrap();
        let Ok(mut told) = std::iter::from_fn(|| Some(subscription.told.try_recv()))
            .take(WAITING)
            .collect::<Result<Vec<_>, _>>()
        else {
            unreachable!("what waited is still there")
        };
        let Some(Told::Event(last)) = told.pop() else { unreachable!("all are events") };
        assert!(matches!(ended, End::Slow(at) if at == last.cursor), "{ended:?} {last:?}");
        assert!(subscription.told.try_recv().is_err());
    }
}
