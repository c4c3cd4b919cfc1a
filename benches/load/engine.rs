//! Makes load: flat out by so many callers, or an open loop at a laid-down rate.
//!
//! In the open loop a latency counts from when the request was meant to be sent, so that a server that stalls answers
//! for the requests that queued up behind it. It never waits for an answer before the next send falls due. Start with
//! [`run`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::schedule::{Schedule, keep_time};

/// Longest latency that is told apart, microseconds.
const LONGEST: u64 = 120_000_000;
/// An open loop gives up when it takes so many times as long as laid down.
const PATIENCE: u32 = 2;

/// How requests follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Pace {
    /// Each caller sends when it has its answer.
    Flat,
    /// So many a second, whatever the answers do.
    Open(f64),
}

/// One measurement's load.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Load {
    /// How requests follow each other.
    pub(crate) pace: Pace,
    /// Callers, or the most requests under way in an open loop.
    pub(crate) callers: usize,
    /// Seconds.
    pub(crate) seconds: f64,
    /// Most requests.
    pub(crate) most: u64,
}

/// What came of a load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Right answers.
    pub(crate) done: u64,
    /// Wrong ones.
    pub(crate) failed: u64,
    /// What the first wrong one said.
    pub(crate) failure: Option<String>,
    /// Requests that an open loop could not send in time.
    pub(crate) unsent: u64,
    /// How long it took, seconds.
    pub(crate) seconds: f64,
    /// Half of the answers took at most so long, microseconds.
    pub(crate) p50_us: u64,
    /// 99 of 100 answers took at most so long, microseconds.
    pub(crate) p99_us: u64,
}

/// Answers as they come.
struct Tally {
    latencies: Histogram<u64>,
    failed: u64,
    failure: Option<String>,
}

impl Tally {
    fn new() -> anyhow::Result<Arc<Mutex<Self>>> {
        let latencies = Histogram::new_with_bounds(1, LONGEST, 3)?;
        Ok(Arc::new(Mutex::new(Self { latencies, failed: 0, failure: None })))
    }

    fn take(&mut self, took: Duration, answer: Result<(), String>) {
        match answer {
            Ok(()) => {
                self.latencies.saturating_record(u64::try_from(took.as_micros()).unwrap_or(LONGEST).max(1))
            }
            Err(words) => {
                self.failed += 1;
                self.failure.get_or_insert(words);
            }
        }
    }

    fn outcome(&self, seconds: f64, unsent: u64) -> Outcome {
        Outcome {
            done: self.latencies.len(),
            failed: self.failed,
            failure: self.failure.clone(),
            unsent,
            seconds,
            p50_us: self.latencies.value_at_quantile(0.5),
            p99_us: self.latencies.value_at_quantile(0.99),
        }
    }
}

/// Puts `load` on `call`, which is told the number of its request.
///
/// # Errors
/// When the load is none: a rate that is not above 0.
pub(crate) async fn run<F, A>(load: Load, call: F) -> anyhow::Result<Outcome>
where
    F: Fn(u64) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<(), String>> + Send,
{
    let tally = Tally::new()?;
    let started = Instant::now();
    let unsent = match load.pace {
        Pace::Flat => {
            flat(load, call, &tally).await;
            0
        }
        Pace::Open(per_second) => {
            let schedule = Schedule::new(per_second, load.seconds, load.most).ok_or_else(|| {
                anyhow::anyhow!("`{per_second}` requests a second is no rate: it must be above 0")
            })?;
            let due = keep_time(schedule, started.into_std());
            open(schedule, load.callers, started, due, call, &tally).await
        }
    };
    let tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(tally.outcome(started.elapsed().as_secs_f64(), unsent))
}

async fn flat<F, A>(load: Load, call: F, tally: &Arc<Mutex<Tally>>)
where
    F: Fn(u64) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<(), String>> + Send,
{
    let end = Instant::now() + Duration::try_from_secs_f64(load.seconds).unwrap_or_default();
    let next = Arc::new(AtomicU64::new(0));
    let mut callers = JoinSet::new();
    for _ in 0..load.callers.max(1) {
        let (call, next, tally) = (call.clone(), Arc::clone(&next), Arc::clone(tally));
        callers.spawn(async move {
            loop {
                let sent = Instant::now();
                let index = next.fetch_add(1, Ordering::Relaxed);
                if sent >= end || index >= load.most {
                    return;
                }
                let answer = call(index).await;
                tally.lock().unwrap_or_else(PoisonError::into_inner).take(sent.elapsed(), answer);
            }
        });
    }
    callers.join_all().await;
}

/// Sends what falls due; how many could not be sent is the answer.
async fn open<F, A>(
    schedule: Schedule,
    most_under_way: usize,
    start: Instant,
    mut due: UnboundedReceiver<u64>,
    call: F,
    tally: &Arc<Mutex<Tally>>,
) -> u64
where
    F: Fn(u64) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Result<(), String>> + Send,
{
    let give_up = start + schedule.offset(schedule.count()) * PATIENCE + Duration::from_secs(1);
    let room = Arc::new(Semaphore::new(most_under_way.max(1)));
    let mut calls = JoinSet::new();
    let mut sent = 0;
    while let Some(index) = due.recv().await {
        let Ok(Ok(place)) = tokio::time::timeout_at(give_up, Arc::clone(&room).acquire_owned()).await else {
            break;
        };
        sent += 1;
        let meant = start + schedule.offset(index);
        let (call, tally) = (call.clone(), Arc::clone(tally));
        calls.spawn(async move {
            let answer = call(index).await;
            tally.lock().unwrap_or_else(PoisonError::into_inner).take(meant.elapsed(), answer);
            drop(place);
        });
        while calls.try_join_next().is_some() {}
    }
    calls.join_all().await;
    schedule.count() - sent
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;

    fn due(count: u64) -> UnboundedReceiver<u64> {
        let (sender, due) = unbounded_channel();
        (0..count).for_each(|index| sender.send(index).unwrap());
        due
    }

    /// Time is the runtime's own and stands still while there is work: no machine is too slow for it.
    #[tokio::test(start_paused = true)]
    async fn a_request_behind_a_slow_one_waits_from_when_it_was_meant_to_be_sent() {
        let schedule = Schedule::new(100.0, 0.03, 3).unwrap();
        let tally = Tally::new().unwrap();
        let slow = |_| async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            Ok(())
        };
        let unsent = open(schedule, 1, Instant::now(), due(3), slow, &tally).await;
        let seen = tally.lock().unwrap();
        let near = |quantile: f64| (seen.latencies.value_at_quantile(quantile) + 500) / 1000;
        // Meant at 0, 10 and 20 ms; answered at 100, 200 and 300 ms.
        assert_eq!((unsent, near(0.1), near(0.5), near(1.0)), (0, 100, 190, 280));
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_gets_its_turn_is_told_as_unsent() {
        let schedule = Schedule::new(10.0, 1.0, 10).unwrap();
        let tally = Tally::new().unwrap();
        let stuck = |_| async {
            tokio::time::sleep(Duration::from_secs(60)).await;
            Ok(())
        };
        let unsent = open(schedule, 2, Instant::now(), due(10), stuck, &tally).await;
        assert_eq!((unsent, tally.lock().unwrap().latencies.len()), (8, 2));
    }

    #[tokio::test]
    async fn the_count_bounds_a_flat_run_and_failures_are_told_apart() {
        let load = Load { pace: Pace::Flat, callers: 4, seconds: 600.0, most: 100 };
        let odd =
            |index: u64| async move { if index.is_multiple_of(2) { Ok(()) } else { Err("odd".to_owned()) } };
        let outcome = run(load, odd).await.unwrap();
        assert_eq!((outcome.done, outcome.failed, outcome.failure.as_deref()), (50, 50, Some("odd")));
    }
}
