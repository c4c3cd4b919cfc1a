//! How many tracking questions a carrier account is asked in a time: the rest of what it may ask belongs to purchase and
//! rating.
//!
//! It keeps one time for each account that was lately asked, and no queue. Start with [`Budgets::slot`].

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Whose account it is, and which.
pub(super) type AccountKey = (String, String);

/// What each account may still ask.
#[derive(Debug)]
pub(super) struct Budgets {
    /// Between two questions when there are many.
    interval: SignedDuration,
    /// How far ahead of its time an account may be: a burst.
    tolerance: SignedDuration,
    accounts: Mutex<HashMap<AccountKey, Account>>,
}

/// What one account has used.
#[derive(Debug, Clone, Copy)]
struct Account {
    /// When it would be level again.
    level_at: Timestamp,
    /// Up to where questions that found no room were spread. They take their room when they come back.
    spread_to: Timestamp,
}

/// When a question may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// Now.
    Now,
    /// Not now; to be tried again then.
    Then(Timestamp),
}

impl Budgets {
    /// So many questions a minute, a quarter of a minute's worth of them at once.
    pub(super) fn per_minute(questions: u32) -> Self {
        let interval = Duration::from_secs(60).checked_div(questions.max(1)).unwrap_or_default();
        let interval = SignedDuration::try_from(interval).unwrap_or_default();
        let burst = i32::try_from((questions / 4).max(1)).unwrap_or(i32::MAX);
        Self {
            interval,
            tolerance: interval.checked_mul(burst).unwrap_or(SignedDuration::MAX),
            accounts: Mutex::default(),
        }
    }

    /// Takes room for a question of the account, if there is some. Questions that find none are told times that lie
    /// apart, as if each had taken its turn behind the others.
    pub(super) fn slot(&self, account: &AccountKey, now: Timestamp) -> Slot {
        let mut all = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > 1024 {
            all.retain(|_, account| account.level_at.max(account.spread_to) > now);
        }
        let of = all.entry(account.clone()).or_insert(Account { level_at: now, spread_to: Timestamp::MIN });
        let level = of.level_at.max(now);
        let free = level.checked_sub(self.tolerance).unwrap_or(now);
        if free <= now {
            of.level_at = level.checked_add(self.interval).unwrap_or(level);
            return Slot::Now;
        }
        let behind = of.spread_to.checked_add(self.interval).unwrap_or(of.spread_to);
        of.spread_to = behind.max(free);
        Slot::Then(of.spread_to)
    }

    /// The carrier wants the account left alone for a while.
    pub(super) fn rest(&self, account: &AccountKey, until: Timestamp) {
        let mut all = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let level = until.checked_add(self.tolerance).unwrap_or(until);
        let of = all.entry(account.clone()).or_insert(Account { level_at: level, spread_to: Timestamp::MIN });
        of.level_at = of.level_at.max(level);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn key(name: &str) -> AccountKey {
        ("tenant".to_owned(), name.to_owned())
    }

    #[test]
    fn a_burst_passes_and_the_rest_is_spread() {
        let budgets = Budgets::per_minute(60);
        let slots: Vec<_> = (0..20).map(|_| budgets.slot(&key("a"), at(0))).collect();
        let now = slots.iter().filter(|slot| **slot == Slot::Now).count();
        assert_eq!(now, 16, "a quarter of a minute and the one that is due");
        assert_eq!(slots[16..], [1, 2, 3, 4].map(|seconds| Slot::Then(at(seconds))));
        assert_eq!(budgets.slot(&key("b"), at(0)), Slot::Now, "another account has its own");
        assert_eq!(budgets.slot(&key("a"), at(100)), Slot::Now);
    }

    #[test]
    fn an_account_that_is_left_alone_has_no_slot_before() {
        let budgets = Budgets::per_minute(60);
        budgets.rest(&key("a"), at(300));
        assert_eq!(budgets.slot(&key("a"), at(0)), Slot::Then(at(300)));
        assert_eq!(budgets.slot(&key("a"), at(301)), Slot::Now);
    }
}
