//! Stops asking a carrier that keeps failing, and tries it again later.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// When a breaker opens and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Failures in a row that open it; 0 switches it off.
    pub failures: u32,
    /// How long it stays open before one request may probe.
    pub open_for: Duration,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { failures: 8, open_for: Duration::from_secs(10) }
    }
}

/// A circuit breaker of one carrier.
#[derive(Debug)]
pub(super) struct Breaker {
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open_until: Option<Instant>,
    probing: bool,
}

/// A request that the breaker let through. Dropped without a word (the caller
/// gave up) it says nothing about the carrier.
#[derive(Debug)]
pub(super) struct Passage<'a> {
    breaker: &'a Breaker,
    probe: bool,
}

impl Breaker {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: Mutex::default() }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Lets a request pass, or says how long to wait.
    pub(super) fn pass(&self, now: Instant) -> Result<Passage<'_>, Duration> {
        let mut state = self.state();
        let Some(until) = state.open_until else { return Ok(Passage { breaker: self, probe: false }) };
        if now < until {
            return Err(until - now);
        }
        if state.probing {
            return Err(Duration::from_secs(1));
        }
        state.probing = true;
        Ok(Passage { breaker: self, probe: true })
    }

    /// Whether requests are being turned away.
    pub(super) fn is_open(&self, now: Instant) -> bool {
        self.state().open_until.is_some_and(|until| now < until)
    }
}

impl Passage<'_> {
    /// The carrier answered.
    pub(super) fn succeeded(self) {
        let mut state = self.breaker.state();
        state.failures = 0;
        state.open_until = None;
    }

    /// The carrier was out of order, out of reach or silent.
    pub(super) fn failed(self, now: Instant) {
        let mut state = self.breaker.state();
        state.failures = state.failures.saturating_add(1);
        let limit = self.breaker.settings.failures;
        if limit > 0 && (self.probe || state.failures >= limit) {
            state.open_until = Some(now + self.breaker.settings.open_for);
        }
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        if self.probe {
            self.breaker.state().probing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row_and_closes_after_a_probe() {
        let breaker = Breaker::new(BreakerSettings { failures: 2, open_for: Duration::from_secs(5) });
        let start = Instant::now();
        breaker.pass(start).unwrap().failed(start);
        breaker.pass(start).unwrap().succeeded();
        breaker.pass(start).unwrap().failed(start);
        assert!(!breaker.is_open(start), "failures must be in a row");
        breaker.pass(start).unwrap().failed(start);
        assert_eq!(breaker.pass(start).unwrap_err(), Duration::from_secs(5));

        let later = start + Duration::from_secs(5);
        let probe = breaker.pass(later).unwrap();
        assert!(breaker.pass(later).is_err(), "one probe at a time");
        probe.failed(later);
        assert!(breaker.is_open(later));
        let later = later + Duration::from_secs(5);
        breaker.pass(later).unwrap().succeeded();
        assert!(breaker.pass(later).is_ok());
    }

    #[test]
    fn a_probe_that_was_given_up_leaves_room_for_another() {
        let breaker = Breaker::new(BreakerSettings { failures: 1, open_for: Duration::ZERO });
        let now = Instant::now();
        breaker.pass(now).unwrap().failed(now);
        drop(breaker.pass(now).unwrap());
        assert!(breaker.pass(now).is_ok());
    }
}
