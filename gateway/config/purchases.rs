//! How purchases are held, taken up again and remembered.
//! It must know no carrier. Start at [`Purchases`].

use std::time::Duration;

use super::reader::Section;

/// How purchases are held, taken up again and remembered.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Purchases {
    /// Longest time that the exchanges of one purchase may take.
    pub budget: Duration,
    /// How long a gateway that fell silent keeps its hold on a purchase.
    pub lease: Duration,
    /// How often work that was left behind is looked for.
    pub recover_every: Duration,
    /// How long an idempotency key is remembered after its answer.
    pub key_lifetime: Duration,
    /// How long requests and replies of a settled purchase are kept.
    pub journal_retention: Duration,
    /// Most purchases and voids of one tenant under way at once.
    pub per_tenant: u32,
}

pub(super) fn purchases(root: &mut Section<'_>) -> Purchases {
    let mut section = root.section("purchases");
    let (millis, seconds) = (Duration::from_millis, Duration::from_secs);
    let days = |days: u64| seconds(days * 86_400);
    let purchases = Purchases {
        budget: section.within("budget", seconds(75), seconds(1)..=seconds(600)),
        lease: section.within("lease", seconds(30), millis(500)..=seconds(3600)),
        recover_every: section.within("recover_every", seconds(3), millis(50)..=seconds(300)),
        key_lifetime: section.within("key_lifetime", days(30), seconds(3600)..=days(3650)),
        journal_retention: section.within("journal_retention", days(90), days(1)..=days(3650)),
        per_tenant: section.within("per_tenant", 256, 1..=100_000),
    };
    section.finish();
    purchases
}
