//! How much of the gateway one name may have at once: a tenant of its
//! purchases, a carrier of those that are taken up again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts what is under way for each name, up to a limit.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    counts: Arc<Mutex<HashMap<String, usize>>>,
    most: usize,
}

impl Shares {
    /// At most `most` at once for each name.
    pub(super) fn new(most: usize) -> Self {
        Self { counts: Arc::default(), most: most.max(1) }
    }

    /// Counts one more for `name` until the share is dropped; none when it has
    /// enough.
    pub(super) fn one_more(&self, name: &str) -> Option<Share> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(name.to_owned()).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Share { of: self.clone(), name: name.to_owned() })
    }
}

/// One that is under way.
#[derive(Debug)]
pub(super) struct Share {
    of: Shares,
    name: String,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut counts = self.of.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.name) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_share_and_leaves_the_others_theirs() {
        let shares = Shares::new(2);
        let (first, second) = (shares.one_more("slow").unwrap(), shares.one_more("slow").unwrap());
        assert!(shares.one_more("slow").is_none());
        assert!(shares.one_more("fast").is_some());
        drop(first);
        let third = shares.one_more("slow").unwrap();
        assert!(shares.one_more("slow").is_none());
        drop((second, third));
        assert!(shares.counts.lock().unwrap().is_empty(), "names that have nothing are forgotten");
    }
}
