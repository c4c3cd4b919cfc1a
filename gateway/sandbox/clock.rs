//! A clock that can run faster than the machine's and jump ahead.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

use crate::carriers::Clock;

/// The time in a sandbox: the machine's, sped up, plus what was skipped.
#[derive(Debug)]
pub struct SandboxClock {
    machine: Arc<dyn Clock>,
    start: Timestamp,
    speed: f64,
    skipped: AtomicI64,
}

impl SandboxClock {
    /// A clock that starts at the machine's time and runs `speed` times as
    /// fast, at least once.
    pub fn new(machine: Arc<dyn Clock>, speed: f64) -> Self {
        let start = machine.now();
        let speed = if speed.is_finite() { speed.clamp(1.0, 100_000.0) } else { 1.0 };
        Self { machine, start, speed, skipped: AtomicI64::new(0) }
    }

    /// Jumps ahead by `seconds`; it never goes back.
    pub fn skip(&self, seconds: i64) {
        self.skipped.fetch_add(seconds.max(0), Ordering::SeqCst);
    }
}

impl Clock for SandboxClock {
    fn now(&self) -> Timestamp {
        let passed = self.machine.now().duration_since(self.start);
        let passed = SignedDuration::try_from_secs_f64(passed.as_secs_f64() * self.speed).unwrap_or(passed);
        let skipped = SignedDuration::from_secs(self.skipped.load(Ordering::SeqCst));
        self.start.checked_add(passed.saturating_add(skipped)).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carriers::ManualClock;

    #[test]
    fn it_runs_faster_and_jumps_ahead() {
        let start = Timestamp::UNIX_EPOCH;
        let machine = Arc::new(ManualClock::new(start));
        let clock = SandboxClock::new(Arc::<ManualClock>::clone(&machine), 60.0);
        machine.advance(SignedDuration::from_secs(2));
        assert_eq!(clock.now().as_second(), 120);
        clock.skip(3600);
        clock.skip(-3600);
        assert_eq!(clock.now().as_second(), 3720);
    }
}
