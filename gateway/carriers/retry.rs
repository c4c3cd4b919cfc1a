//! When a request is sent again, and how long to wait.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// How often and how patiently a request is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetrySettings {
    /// Attempts in all, the first included.
    pub attempts: u32,
    /// First wait; doubled each time.
    pub base: Duration,
    /// Longest wait, also where the carrier asks for a longer one.
    pub longest: Duration,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self { attempts: 3, base: Duration::from_millis(150), longest: Duration::from_secs(5) }
    }
}

impl RetrySettings {
    /// How long to wait before attempt `next` (2 is the first retry): the
    /// carrier's wish within our bounds, else a random part of the doubled
    /// base, so that many callers do not come back at once.
    pub(super) fn wait(&self, next: u32, asked: Option<u32>) -> Duration {
        if let Some(seconds) = asked {
            return Duration::from_secs(u64::from(seconds)).min(self.longest);
        }
        let doubled =
            self.base.saturating_mul(2_u32.saturating_pow(next.saturating_sub(2))).min(self.longest);
        doubled.mul_f64(0.5 + 0.5 * fastrand::f64())
    }
}

/// Keeps retries a small part of all requests: each first attempt earns a
/// tenth of a retry, and a retry costs a whole one.
#[derive(Debug)]
pub(super) struct Budget(AtomicI64);

const RETRY: i64 = 10;
const MOST: i64 = 100 * RETRY;

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicI64::new(10 * RETRY))
    }
}

impl Budget {
    pub(super) fn earn(&self) {
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |have| (have < MOST).then_some(have + 1));
    }

    /// Whether a retry is affordable; takes it if so.
    pub(super) fn spend(&self) -> bool {
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |have| {
                (have >= RETRY).then_some(have - RETRY)
            })
            .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carriers_wish_is_kept_within_bounds() {
        let settings = RetrySettings::default();
        assert_eq!(settings.wait(2, Some(2)), Duration::from_secs(2));
        assert_eq!(settings.wait(2, Some(3600)), settings.longest);
        assert!(settings.wait(40, None) <= settings.longest);
    }

    #[test]
    fn retries_run_out_when_everything_fails() {
        let budget = Budget::default();
        let spent = (0..1000).filter(|_| budget.spend()).count();
        assert_eq!(spent, 10);
        (0..10).for_each(|_| budget.earn());
        assert!(budget.spend() && !budget.spend());
    }
}
