//! The pace that a usage plan allows: a bucket that fills at a rate the answers may correct.
//!
//! It never waits: it says how long to. Start at [`Pace::take`].

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

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
    at: Instant,
}

impl Pace {
    /// So many a second, and so many at once.
    pub(super) fn new(rate: f64, burst: f64) -> Self {
        Self { burst, state: Mutex::new(State { rate, left: burst, at: Instant::now() }) }
    }

    /// Takes one; or how long until there is one.
    pub(super) fn take(&self) -> Result<(), Duration> {
        self.take_at(Instant::now())
    }

    fn take_at(&self, now: Instant) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = now.saturating_duration_since(state.at).as_secs_f64() * state.rate;
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
    pub(super) fn empty(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        (state.left, state.at) = (0.0, Instant::now());
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

    #[test]
    fn a_burst_then_the_rate() {
        let pace = Pace::new(2.0, 3.0);
        let start = Instant::now();
        for _ in 0..3 {
            pace.take_at(start).unwrap();
        }
        let wait = pace.take_at(start).unwrap_err();
        assert!(wait > Duration::from_millis(400) && wait <= Duration::from_millis(500), "{wait:?}");
        pace.take_at(start + Duration::from_millis(510)).unwrap();
        assert!(pace.take_at(start + Duration::from_millis(520)).is_err());
    }

    #[test]
    fn the_rate_is_learnt_from_what_is_told() {
        let pace = Pace::new(2.0, 1.0);
        for nonsense in [None, Some(""), Some("-1"), Some("NaN"), Some("0")] {
            pace.learn(nonsense);
            assert_eq!(pace.interval(), Duration::from_millis(500));
        }
        pace.learn(Some("0.5"));
        assert_eq!(pace.interval(), Duration::from_secs(2));
    }
}
