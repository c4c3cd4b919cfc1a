//! What is counted of the following of parcels. Labels are carriers' ids and closed sets alone. Start with
//! [`Following`].

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::labels::{HookOutcome, PollOutcome};

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct PollLabels {
    carrier: &'static str,
    outcome: PollOutcome,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug, EncodeLabelSet)]
struct HookLabels {
    carrier: &'static str,
    outcome: HookOutcome,
}

/// The metrics of the room `tracking`.
#[derive(Debug, Default)]
pub struct Following {
    polls: Family<PollLabels, Counter>,
    behind: Gauge,
    hooks: Family<HookLabels, Counter>,
    watchers: Gauge,
}

impl Following {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Numbers whose turn it was to be asked for, by how that ended";
        registry.register("tracking_polls", help, self.polls.clone());
        let help = "How long the number that waits longest is overdue";
        registry.register_with_unit("tracking_behind", help, Unit::Seconds, self.behind.clone());
        let help = "Things that carriers pushed, by what became of them";
        registry.register("tracking_pushes", help, self.hooks.clone());
        registry.register("tracking_watchers", "Callers that watch parcels", self.watchers.clone());
    }

    /// Counts numbers whose turn it was.
    pub fn polled(&self, carrier: &'static str, outcome: PollOutcome, numbers: usize) {
        let numbers = u64::try_from(numbers).unwrap_or(u64::MAX);
        self.polls.get_or_create(&PollLabels { carrier, outcome }).inc_by(numbers);
    }

    /// Sets how long the number that waits longest is overdue.
    pub fn set_behind(&self, by: Duration) {
        self.behind.set(i64::try_from(by.as_secs()).unwrap_or(i64::MAX));
    }

    /// Counts something that a carrier pushed.
    pub fn pushed(&self, carrier: &'static str, outcome: HookOutcome) {
        self.hooks.get_or_create(&HookLabels { carrier, outcome }).inc();
    }

    /// Counts a watcher that came. Its end must be counted too.
    pub fn watching(&self) {
        self.watchers.inc();
    }

    /// Counts a watcher that went.
    pub fn watched(&self) {
        self.watchers.dec();
    }
}
