//! One measurement of one side.
//!
//! Holds figures and makes none up: what was not measured is 0. Start with [`Sample`].

use serde::Serialize;

use crate::engine::Outcome;

/// What one side did in one measurement.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(crate) struct Sample {
    /// Right answers a second.
    pub(crate) per_second: f64,
    /// Processor time of the server's process for each, microseconds.
    pub(crate) cpu_us: f64,
    /// Median latency, microseconds.
    pub(crate) p50_us: f64,
    /// 99th percentile of the latency, microseconds.
    pub(crate) p99_us: f64,
    /// Right answers.
    pub(crate) done: u64,
    /// Wrong answers.
    pub(crate) failed: u64,
    /// Requests that were due and never sent.
    pub(crate) unsent: u64,
}

impl Sample {
    /// From what came of a load, and the processor time it took the server, seconds.
    pub(crate) fn of(outcome: &Outcome, cpu_seconds: f64) -> Self {
        let done = number(outcome.done);
        Self {
            per_second: if outcome.seconds > 0.0 { done / outcome.seconds } else { 0.0 },
            cpu_us: if done > 0.0 { cpu_seconds * 1e6 / done } else { 0.0 },
            p50_us: number(outcome.p50_us),
            p99_us: number(outcome.p99_us),
            done: outcome.done,
            failed: outcome.failed,
            unsent: outcome.unsent,
        }
    }
}

/// A count as a figure to reckon with; beyond 2^32 it is that.
fn number(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_shared_among_the_right_answers() {
        let mut outcome =
            Outcome { done: 200, failed: 3, failure: None, unsent: 1, seconds: 2.0, p50_us: 10, p99_us: 20 };
        let sample = Sample::of(&outcome, 0.5);
        assert_eq!((sample.per_second, sample.cpu_us, sample.failed, sample.unsent), (100.0, 2500.0, 3, 1));
        outcome.done = 0;
        assert_eq!(Sample::of(&outcome, 0.5).cpu_us, 0.0);
    }
}
