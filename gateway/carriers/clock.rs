//! What time it is, as an argument.

use std::fmt::Debug;
use std::sync::Mutex;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// A clock. Everything in the gateway that needs the time is handed one.
pub trait Clock: Send + Sync + Debug + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that was set once and then runs on by itself, whatever becomes of the
/// machine's: what leases are held by. It is set by the store's clock, and set
/// again now and then where that one is another machine's.
#[derive(Debug)]
pub struct SteadyClock(Mutex<(Instant, Timestamp)>);

impl SteadyClock {
    /// A clock that shows `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(Mutex::new((Instant::now(), now)))
    }

    /// Sets it to `now`.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = (Instant::now(), now);
    }
}

impl Clock for SteadyClock {
    fn now(&self) -> Timestamp {
        let (since, then) = *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let passed = SignedDuration::try_from(since.elapsed()).unwrap_or(SignedDuration::MAX);
        then.checked_add(passed).unwrap_or(Timestamp::MAX)
    }
}

/// A clock that stands until it is moved: for tests and sandboxes.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that stands at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Moves it forward.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = now.checked_add(by).unwrap_or(*now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
