//! Marketplaces that fail are left alone for a while, so that one of them holds up its own confirmations alone.
//!
//! It remembers in memory and nowhere else, and reads no clock. Start at [`Resting::until`].

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// How long a marketplace rests after its first failure; each further one adds as much.
const STEP: SignedDuration = SignedDuration::from_secs(3);
/// The longest rest.
const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// Whose marketplace: tenant and id.
type Key = (String, String);

/// The marketplaces that rest.
#[derive(Debug, Default)]
pub(super) struct Resting(Mutex<HashMap<Key, (i32, Timestamp)>>);

impl Resting {
    /// Until when a marketplace is left alone, if it is.
    pub(super) fn until(&self, tenant: &str, id: &str, now: Timestamp) -> Option<Timestamp> {
        let known = self.all().get(&(tenant.to_owned(), id.to_owned())).copied();
        known.map(|(_, until)| until).filter(|until| *until > now)
    }

    /// It failed once more.
    pub(super) fn failed(&self, tenant: &str, id: &str, now: Timestamp) {
        let mut all = self.all();
        let known = all.entry((tenant.to_owned(), id.to_owned())).or_insert((0, now));
        // Those that were under way together fail together.
        if known.1 > now {
            return;
        }
        known.0 = known.0.saturating_add(1);
        let rest = STEP.checked_mul(known.0).unwrap_or(LONGEST).min(LONGEST);
        known.1 = now.checked_add(rest).unwrap_or(now);
    }

    /// It answers.
    pub(super) fn answered(&self, tenant: &str, id: &str) {
        self.all().remove(&(tenant.to_owned(), id.to_owned()));
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Key, (i32, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn it_rests_longer_with_each_failure_and_not_at_all_once_it_answers() {
        let resting = Resting::default();
        assert_eq!(resting.until("t", "m", at(0)), None);
        for _ in 0..32 {
            resting.failed("t", "m", at(0));
        }
        assert_eq!(resting.until("t", "m", at(0)), Some(at(3)), "they failed together");
        assert_eq!(resting.until("t", "other", at(0)), None);
        assert_eq!(resting.until("t", "m", at(3)), None);
        resting.failed("t", "m", at(3));
        assert_eq!(resting.until("t", "m", at(3)), Some(at(9)));
        for n in 1..50 {
            resting.failed("t", "m", at(n * 100));
        }
        assert_eq!(resting.until("t", "m", at(4900)), Some(at(4960)));
        resting.answered("t", "m");
        assert_eq!(resting.until("t", "m", at(4900)), None);
    }
}
