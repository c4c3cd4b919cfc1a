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
    /// When each account would be level again.
    level_at: Mutex<HashMap<AccountKey, Timestamp>>,
}

/// When a question may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// Now.
    Now,
    /// Then, and not before. The slot is taken.
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
            level_at: Mutex::default(),
        }
    }

    /// Takes the account's next slot. Each question takes one, so questions that come too many at once get slots that
    /// lie apart.
    pub(super) fn slot(&self, account: &AccountKey, now: Timestamp) -> Slot {
        let mut all = self.level_at.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > 1024 {
            all.retain(|_, level| *level > now);
        }
        let level = all.get(account).copied().unwrap_or(now).max(now);
        let free = level.checked_sub(self.tolerance).unwrap_or(now);
        all.insert(account.clone(), level.checked_add(self.interval).unwrap_or(level));
        if free <= now { Slot::Now } else { Slot::Then(free) }
    }

    /// The carrier wants the account left alone for a while.
    pub(super) fn rest(&self, account: &AccountKey, until: Timestamp) {
        let mut all = self.level_at.lock().unwrap_or_else(PoisonError::into_inner);
        let level = until.checked_add(self.tolerance).unwrap_or(until);
        let known = all.entry(account.clone()).or_insert(level);
        *known = (*known).max(level);
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
