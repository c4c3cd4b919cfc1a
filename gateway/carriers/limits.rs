//! How much is asked of a carrier at a time, and of an account per second.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How urgent a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// A caller waits: purchase, void, rate.
    Now,
    /// It can wait: tracking. It may take at most half of what is there.
    Background,
}

type AccountKey = (String, String);
type PerAccount = RateLimiter<AccountKey, DefaultKeyedStateStore<AccountKey>, DefaultClock>;

/// The limits of one carrier.
pub(super) struct Limits {
    all: Arc<Semaphore>,
    background: Arc<Semaphore>,
    per_account: Option<PerAccount>,
}

/// Room for one request.
#[derive(Debug)]
pub(super) struct Permit {
    _all: OwnedSemaphorePermit,
    _background: Option<OwnedSemaphorePermit>,
}

impl Limits {
    pub(super) fn new(concurrent: usize, requests: Option<(NonZeroU32, Duration)>) -> Self {
        let concurrent = concurrent.max(1);
        Self {
            all: Arc::new(Semaphore::new(concurrent)),
            background: Arc::new(Semaphore::new((concurrent / 2).max(1))),
            per_account: requests.and_then(|(requests, per)| quota(requests, per)).map(RateLimiter::keyed),
        }
    }

    /// Waits until the account may ask again and there is room. `None` when
    /// the gateway is shutting down.
    pub(super) async fn admit(&self, account: &AccountKey, priority: Priority) -> Option<Permit> {
        if let Some(limiter) = &self.per_account {
            limiter.until_key_ready(account).await;
        }
        let background = match priority {
            Priority::Now => None,
            Priority::Background => Some(Arc::clone(&self.background).acquire_owned().await.ok()?),
        };
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Permit { _all: all, _background: background })
    }
}

/// So many requests in so much time, all of them at once if need be; `None`
/// when that is no limit.
fn quota(requests: NonZeroU32, per: Duration) -> Option<Quota> {
    Quota::with_period(per / requests.get()).map(|quota| quota.allow_burst(requests))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_below_one_a_second_is_kept() {
        let five = NonZeroU32::new(5).unwrap();
        let quota = quota(five, Duration::from_secs(60)).unwrap();
        assert_eq!((quota.replenish_interval(), quota.burst_size()), (Duration::from_secs(12), five));
        assert!(super::quota(five, Duration::ZERO).is_none());
    }
}
