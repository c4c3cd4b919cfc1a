//! The pace that a usage plan allows: a bucket that fills at a rate the answers may correct.
//!
//! It never waits: it says how long to. Start at [`Pace::take`].

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

/// A bucket of requests.
#[derive(Debug)]
pub(super) struct Pace {
    burst: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Requests a second.
    rate: f64,
    left: f64,
    at: Timestamp,
}

impl Pace {
    /// So many a second, and so many at once, full at `now`.
    pub(super) fn new(rate: f64, burst: f64, now: Timestamp) -> Self {
        Self { burst, state: Mutex::new(State { rate, left: burst, at: now }) }
    }

    /// Takes one at `now`; or how long until there is one.
    pub(super) fn take(&self, now: Timestamp) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = now.duration_since(state.at).as_secs_f64().max(0.0) * state.rate;
        (state.left, state.at) = ((state.left + filled).min(self.burst), now);
        if state.left >= 1.0 {
            state.left -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - state.left) / state.rate))
    }

    /// What the marketplace says its rate is, if it does.
    pub(super) fn learn(&self, rate: Option<&str>) {
        let told: Option<f64> = rate.and_then(|rate| rate.trim().parse().ok());
        if let Some(told) = told.filter(|rate| rate.is_finite() && *rate > 0.0001) {
            self.state.lock().unwrap_or_else(PoisonError::into_inner).rate = told;
        }
    }

    /// The marketplace says that nothing is left.
    pub(super) fn empty(&self, now: Timestamp) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.left, state.at) = (0.0, now);
    }

    /// The time that one request takes to come back.
    pub(super) fn interval(&self) -> Duration {
        let rate = self.state.lock().unwrap_or_else(PoisonError::into_inner).rate;
        Duration::from_secs_f64(1.0 / rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).unwrap()
    }

    #[test]
    fn a_burst_then_the_rate() {
        let pace = Pace::new(2.0, 3.0, at(0));
        for _ in 0..3 {
            pace.take(at(0)).unwrap();
        }
        assert_eq!(pace.take(at(0)), Err(Duration::from_millis(500)));
        pace.take(at(510)).unwrap();
        assert!(pace.take(at(520)).is_err());
        pace.empty(at(9_000));
        assert!(pace.take(at(9_400)).is_err());
        pace.take(at(9_500)).unwrap();
    }

    #[test]
    fn the_rate_is_learnt_from_what_is_told() {
        let pace = Pace::new(2.0, 1.0, at(0));
        for nonsense in [None, Some(""), Some("-1"), Some("NaN"), Some("0")] {
            pace.learn(nonsense);
            assert_eq!(pace.interval(), Duration::from_millis(500));
        }
        pace.learn(Some("0.5"));
        assert_eq!(pace.interval(), Duration::from_secs(2));
    }
}
