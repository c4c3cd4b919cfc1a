//! How parcels are followed, and where carriers push to.
//! It must know no carrier. Start at [`Tracking`] and [`Hooks`].

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::reader::Section;
use super::value::ByteSize;

/// How parcels are followed.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Tracking {
    /// Whether carriers are asked without anybody calling.
    pub poll: bool,
    /// Between two looks for what is due.
    pub every: Duration,
    /// How long a gateway that fell silent keeps the numbers it took.
    pub lease: Duration,
    /// How old an answer may be before a call goes to the carrier.
    pub fresh_for: Duration,
    /// Longest time that a carrier has to answer.
    pub budget: Duration,
    /// Between two questions about a label that nobody has scanned.
    pub label: Duration,
    /// Between two questions about a parcel on its way.
    pub moving: Duration,
    /// Between two questions about a parcel on the van.
    pub out: Duration,
    /// How long a label that nobody scans is followed.
    pub give_up_label: Duration,
    /// How long a parcel without news is followed.
    pub give_up_moving: Duration,
    /// Questions a minute that one carrier account is asked.
    pub per_account_per_minute: u32,
    /// Questions under way at once, at one carrier.
    pub per_carrier: u32,
}

/// The longest pause that can be set.
const LONGEST: Duration = Duration::from_secs(7 * 86_400);

pub(super) fn tracking(root: &mut Section<'_>) -> Tracking {
    let mut section = root.section("tracking");
    let (millis, seconds) = (Duration::from_millis, Duration::from_secs);
    let (minutes, days) = (|n: u64| seconds(60 * n), |n: u64| seconds(86_400 * n));
    let tracking = Tracking {
        poll: section.value("poll", true),
        every: section.within("every", seconds(5), millis(50)..=minutes(10)),
        lease: section.within("lease", minutes(2), seconds(1)..=minutes(60)),
        fresh_for: section.within("fresh_for", minutes(10), Duration::ZERO..=days(1)),
        budget: section.within("budget", seconds(10), millis(100)..=seconds(120)),
        label: section.within("label", minutes(240), seconds(1)..=LONGEST),
        moving: section.within("moving", minutes(180), seconds(1)..=LONGEST),
        out: section.within("out", minutes(30), seconds(1)..=LONGEST),
        give_up_label: section.within("give_up_label", days(30), minutes(1)..=days(365)),
        give_up_moving: section.within("give_up_moving", days(45), minutes(1)..=days(365)),
        per_account_per_minute: section.within("per_account_per_minute", 60, 1..=60_000),
        per_carrier: section.within("per_carrier", 8, 1..=1000),
    };
    section.finish();
    tracking
}

/// Where carriers push to, plain HTTP.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Hooks {
    /// Its address.
    pub listen: SocketAddr,
    /// Whether it may listen off loopback: only behind something that speaks TLS.
    pub allow_plaintext: bool,
    /// Longest push.
    pub max_body: ByteSize,
    /// Pushes a minute for one account.
    pub per_account_per_minute: u32,
    /// How long pushes are kept.
    pub keep: Duration,
}

pub(super) fn hooks(root: &mut Section<'_>) -> Hooks {
    let mut section = root.section("hooks");
    let days = |days: u64| Duration::from_secs(86_400 * days);
    let hooks = Hooks {
        listen: section.value("listen", SocketAddr::from((Ipv4Addr::LOCALHOST, 9091))),
        allow_plaintext: section.value("allow_plaintext", false),
        max_body: section.within("max_body", ByteSize(256 << 10), ByteSize(1 << 10)..=ByteSize(8 << 20)),
        per_account_per_minute: section.within("per_account_per_minute", 1200, 1..=1_000_000),
        keep: section.within("keep", days(30), days(1)..=days(3650)),
    };
    section.finish();
    hooks
}
