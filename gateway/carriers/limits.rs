//! How much is asked of a carrier at a time, by one tenant at a time, and of an
//! account per second.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
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
    /// What each tenant may have: all but a quarter, so that one that floods
    /// leaves the others a way through.
    tenants: Mutex<HashMap<String, Arc<Semaphore>>>,
    of_one_tenant: usize,
    per_account: Option<PerAccount>,
    /// What of it may be taken by what can wait: half, so that tracking never
    /// uses up what purchase and rating need.
    background_per_account: Option<PerAccount>,
}

/// Room for one request.
#[derive(Debug)]
pub(super) struct Permit {
    _all: OwnedSemaphorePermit,
    _tenant: OwnedSemaphorePermit,
    _background: Option<OwnedSemaphorePermit>,
}

impl Limits {
    pub(super) fn new(concurrent: usize, requests: Option<(NonZeroU32, Duration)>) -> Self {
        let concurrent = concurrent.max(1);
        Self {
            all: Arc::new(Semaphore::new(concurrent)),
            background: Arc::new(Semaphore::new((concurrent / 2).max(1))),
            tenants: Mutex::default(),
            of_one_tenant: concurrent - concurrent / 4,
            per_account: requests.and_then(|(requests, per)| quota(requests, per)).map(RateLimiter::keyed),
            background_per_account: requests
                .and_then(|(requests, per)| quota(half(requests), per))
                .map(RateLimiter::keyed),
        }
    }

    /// Waits until the account may ask again and there is room. `None` when
    /// the gateway is shutting down.
    pub(super) async fn admit(&self, account: &AccountKey, priority: Priority) -> Option<Permit> {
        if priority == Priority::Background
            && let Some(limiter) = &self.background_per_account
        {
            limiter.until_key_ready(account).await;
        }
        if let Some(limiter) = &self.per_account {
            limiter.until_key_ready(account).await;
        }
        let background = match priority {
            Priority::Now => None,
            Priority::Background => Some(Arc::clone(&self.background).acquire_owned().await.ok()?),
        };
        let tenant = self.of_tenant(&account.0).acquire_owned().await.ok()?;
        let all = Arc::clone(&self.all).acquire_owned().await.ok()?;
        Some(Permit { _all: all, _tenant: tenant, _background: background })
    }

    fn of_tenant(&self, tenant: &str) -> Arc<Semaphore> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = tenants.get(tenant) {
            return Arc::clone(found);
        }
        let fresh = Arc::new(Semaphore::new(self.of_one_tenant));
        tenants.insert(tenant.to_owned(), Arc::clone(&fresh));
        fresh
    }
}

/// Half of them, at least one.
fn half(requests: NonZeroU32) -> NonZeroU32 {
    NonZeroU32::new(requests.get() / 2).unwrap_or(NonZeroU32::MIN)
}

/// So many requests in so much time, all of them at once if need be; `None`
/// when that is no limit.
fn quota(requests: NonZeroU32, per: Duration) -> Option<Quota> {
    Quota::with_period(per / requests.get()).map(|quota| quota.allow_burst(requests))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_tenant_that_floods_leaves_the_others_a_way_through() {
        let limits = Limits::new(4, None);
        let of = |tenant: &str| (tenant.to_owned(), "account".to_owned());
        let mut flood = Vec::new();
        for _ in 0..3 {
            flood.push(limits.admit(&of("flood"), Priority::Now).await.unwrap());
        }
        let account = of("flood");
        let one_more = limits.admit(&account, Priority::Now);
        assert!(futures::FutureExt::now_or_never(one_more).is_none());
        let account = of("calm");
        assert!(futures::FutureExt::now_or_never(limits.admit(&account, Priority::Now)).is_some());
    }

    #[tokio::test]
    async fn tracking_leaves_half_of_an_account_to_purchase_and_rating() {
        let limits = Limits::new(64, Some((NonZeroU32::new(4).unwrap(), Duration::from_secs(36_000))));
        let account = ("tenant".to_owned(), "account".to_owned());
        let admitted = |priority| {
            let admitted = limits.admit(&account, priority);
            futures::FutureExt::now_or_never(admitted).is_some()
        };
        assert!(admitted(Priority::Background) && admitted(Priority::Background));
        assert!(!admitted(Priority::Background), "half is used up");
        assert!(admitted(Priority::Now) && admitted(Priority::Now), "the other half is left");
        assert!(!admitted(Priority::Now));
    }

    #[test]
    fn a_limit_below_one_a_second_is_kept() {
        let five = NonZeroU32::new(5).unwrap();
        let quota = quota(five, Duration::from_secs(60)).unwrap();
        assert_eq!((quota.replenish_interval(), quota.burst_size()), (Duration::from_secs(12), five));
        assert!(super::quota(five, Duration::ZERO).is_none());
    }
}
