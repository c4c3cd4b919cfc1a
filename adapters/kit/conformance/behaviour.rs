//! What every adapter must do when it runs in a gateway: with a healthy
//! carrier, a failing one, and a gateway that crashes.
//!
//! The suite is generic over a [`Rig`]: one gateway over one simulated carrier,
//! handed in by the gateway's own tests, so that what is proved here is what
//! runs. Ground truth is the simulator's ledger, never the gateway's word.

use std::sync::MutexGuard;

use futures::future::BoxFuture;

use super::orders::Orders;
use crate::descriptor::{Descriptor, Waiver};
use crate::fault::Fault;
use crate::operation::{PurchaseOrder, Purchased, RateQuery, Rates, TrackQuery, Tracked, VoidOrder, Voided};
use crate::sim::World;

/// One gateway over one simulated carrier.
pub trait Rig: Send + Sync {
    /// The simulator's world.
    fn world(&self) -> MutexGuard<'_, World>;

    /// Moves the clock of gateway and simulator.
    fn advance(&self, seconds: i64);

    /// Rates, with a second at most to spend.
    fn rate<'a>(&'a self, query: &'a RateQuery) -> BoxFuture<'a, Result<Rates, Fault>>;

    /// Buys under `key`. With a crash the gateway stops for good at that
    /// place; [`Rig::take_over`] is what another one does then.
    fn purchase<'a>(
        &'a self,
        key: &'a str,
        order: &'a PurchaseOrder,
        crash: Option<Crash>,
    ) -> BoxFuture<'a, Ending>;

    /// What a gateway does that finds the work of a dead one, after the lease
    /// and the carrier's settling time are over. It may crash in turn.
    fn take_over<'a>(&'a self, key: &'a str, crash: Option<Crash>) -> BoxFuture<'a, Ending>;

    /// Cancels a label.
    fn void<'a>(&'a self, key: &'a str, order: &'a VoidOrder) -> BoxFuture<'a, Result<Voided, Fault>>;

    /// Tracks.
    fn track<'a>(&'a self, query: &'a TrackQuery) -> BoxFuture<'a, Result<Vec<Tracked>, Fault>>;
}

/// Where a gateway stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crash {
    /// The place, one of [`Crash::PLACES`].
    pub place: &'static str,
    /// At which passing of it, from 1.
    pub passing: u32,
}

impl Crash {
    /// Places around the one thing that must not happen twice.
    pub const PLACES: &'static [&'static str] = &[
        "purchase.begun",
        "purchase.sending",
        "exchange.intended",
        "exchange.answered",
        "exchange.journalled",
        "purchase.planned",
        "purchase.finished",
    ];
}

/// How a purchase ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// Bought.
    Purchased(Box<Purchased>),
    /// Not bought, and known to be not.
    Refused(Fault),
    /// Not known; somebody or something looks into it.
    InDoubt,
    /// The gateway died.
    Crashed,
}

/// One thing that must hold.
pub struct Check {
    /// Its name, such as `purchase::resumes_after_crash`.
    pub name: &'static str,
    /// Whether it is about this carrier at all.
    pub applies: fn(&Descriptor) -> bool,
    /// Holds it against a rig that nobody used yet.
    pub run: for<'a> fn(&'a dyn RigMaker, &'a Orders) -> BoxFuture<'a, Result<(), String>>,
}

impl Check {
    /// The reason why `descriptor` is excused from this check.
    pub fn waiver(&self, descriptor: &Descriptor) -> Option<&'static Waiver> {
        descriptor.waivers.iter().find(|waiver| waiver.case == self.name)
    }
}

/// Makes rigs, each over a world of its own.
pub trait RigMaker: Send + Sync {
    /// The carrier.
    fn descriptor(&self) -> &'static Descriptor;
    /// A fresh rig.
    fn make(&self) -> BoxFuture<'_, Box<dyn Rig>>;
}

/// Every check of the suite.
pub fn checks() -> Vec<Check> {
    let mut checks = super::checks_of_rate::all();
    checks.extend(super::checks_of_purchase::all());
    checks.extend(super::checks_of_doubt::all());
    checks.extend(super::checks_of_track::all());
    checks
}

/// Fails a check with words unless a condition holds.
macro_rules! ensure {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err(format!($($words)+));
        }
    };
}
pub(super) use ensure;
