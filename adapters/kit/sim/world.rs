//! What a simulated carrier remembers.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::journey::{Journey, Milestone, milestones};
use super::{FaultRule, SimFault};

/// The world of one simulated carrier: its clock, its ranges, its ledger.
#[derive(Debug)]
pub struct World {
    /// What time it is there. Whoever hosts the simulator moves it.
    pub now: Timestamp,
    /// Every shipment that was ever made, by its id: ground truth.
    pub shipments: BTreeMap<String, SimShipment>,
    /// Every parcel, by its tracking number.
    pub parcels: BTreeMap<String, SimParcel>,
    /// How the way of new parcels goes.
    pub journey: Journey,
    /// What the tariff is multiplied by, in per cent: a carrier whose prices
    /// changed between the offer and the label.
    pub price_percent: u32,
    /// How long after it was made a shipment is found by its reference.
    pub found_after: SignedDuration,
    faults: Vec<FaultRule>,
    tokens: BTreeMap<String, Timestamp>,
    ranges: BTreeMap<String, u64>,
    random: u64,
    calls: BTreeMap<String, u64>,
}

/// A shipment that a simulator made.
#[derive(Clone, Debug, Default)]
pub struct SimShipment {
    /// The carrier's id of it.
    pub id: String,
    /// The shipper's reference.
    pub reference: String,
    /// Its tracking numbers.
    pub tracking: Vec<String>,
    /// Service code.
    pub service: String,
    /// When it was made.
    pub created: Timestamp,
    /// Whether it was cancelled.
    pub voided: bool,
    /// What the simulator wants to remember, its labels for example.
    pub memory: Value,
}

/// A parcel that a simulator carries.
#[derive(Clone, Debug, Default)]
pub struct SimParcel {
    /// Its tracking number.
    pub tracking: String,
    /// The shipment it belongs to.
    pub shipment: String,
    /// When its label was made.
    pub created: Timestamp,
    /// City and country it starts in.
    pub from: (String, String),
    /// City and country it goes to.
    pub to: (String, String),
    /// Whether customs see it.
    pub crosses_border: bool,
    /// Days on the way.
    pub transit_days: u16,
    /// How its way goes.
    pub journey: Journey,
    /// Whether its label was cancelled.
    pub voided: bool,
}

impl World {
    /// A world at `now`, whose randomness comes from `seed`.
    pub fn new(now: Timestamp, seed: u64) -> Self {
        Self {
            now,
            shipments: BTreeMap::new(),
            parcels: BTreeMap::new(),
            journey: Journey::Normal,
            price_percent: 100,
            found_after: SignedDuration::ZERO,
            faults: Vec::new(),
            tokens: BTreeMap::new(),
            ranges: BTreeMap::new(),
            random: seed,
            calls: BTreeMap::new(),
        }
    }

    /// A number that depends on the seed and the numbers drawn before
    /// (SplitMix64).
    pub fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The next number of the range `name`, from 1. Worlds of other seeds
    /// start elsewhere, so that sandboxes do not hand out the same numbers.
    pub fn next_number(&mut self, name: &str) -> u64 {
        let next = match self.ranges.get(name) {
            Some(last) => last + 1,
            None => self.random() % 900_000 + 1,
        };
        self.ranges.insert(name.to_owned(), next);
        next
    }

    /// A token that is good for `seconds`.
    pub fn issue_token(&mut self, seconds: i64) -> String {
        let token = format!("{:016x}{:016x}", self.random(), self.random());
        let until = self.now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(self.now);
        self.tokens.insert(token.clone(), until);
        token
    }

    /// Whether `token` was issued and is still good.
    pub fn knows_token(&self, token: &str) -> bool {
        self.tokens.get(token).is_some_and(|until| *until > self.now)
    }

    /// Forgets every token, as a carrier does that restarts.
    pub fn forget_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Keeps a shipment and its parcels in the ledger.
    pub fn record(&mut self, shipment: SimShipment, parcels: Vec<SimParcel>) {
        for parcel in parcels {
            let journey = self.journey;
            self.parcels.insert(parcel.tracking.clone(), SimParcel { journey, ..parcel });
        }
        self.shipments.insert(shipment.id.clone(), shipment);
    }

    /// Cancels a shipment; `false` when there is none of this id.
    pub fn void(&mut self, id: &str) -> bool {
        let Some(shipment) = self.shipments.get_mut(id) else { return false };
        shipment.voided = true;
        for number in &shipment.tracking {
            if let Some(parcel) = self.parcels.get_mut(number) {
                parcel.voided = true;
            }
        }
        true
    }

    /// Shipments of this reference that can be found by now, cancelled ones
    /// included.
    pub fn by_reference<'a>(&'a self, reference: &'a str) -> impl Iterator<Item = &'a SimShipment> {
        let found = |shipment: &SimShipment| self.now.duration_since(shipment.created) >= self.found_after;
        self.shipments.values().filter(move |shipment| shipment.reference == reference && found(shipment))
    }

    /// How many shipments exist that were not cancelled.
    pub fn live_shipments(&self) -> usize {
        self.shipments.values().filter(|shipment| !shipment.voided).count()
    }

    /// What has happened to a parcel until now, oldest first; `None` when the
    /// number was never issued.
    pub fn milestones(&self, tracking: &str) -> Option<Vec<Milestone>> {
        self.parcels.get(tracking).map(|parcel| milestones(parcel, self.now))
    }

    /// Whether the carrier has the parcel already.
    pub fn is_handed_over(&self, tracking: &str) -> bool {
        self.milestones(tracking).is_some_and(|happened| happened.len() > 1)
    }

    /// Switches a fault on.
    pub fn inject(&mut self, rule: FaultRule) {
        self.faults.push(rule);
    }

    /// Switches all faults off.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// How often requests of `METHOD /path` were received, all of them for "".
    pub fn calls(&self, part: &str) -> u64 {
        self.calls.iter().filter(|(line, _)| line.contains(part)).map(|(_, count)| count).sum()
    }

    pub(super) fn count_call(&mut self, request: &http::Request<Bytes>) {
        let line = request_line(request);
        // Paths can hold numbers: keep the table bounded.
        if self.calls.len() < 10_000 || self.calls.contains_key(&line) {
            *self.calls.entry(line).or_default() += 1;
        }
    }

    pub(super) fn due_fault(&mut self, request: &http::Request<Bytes>) -> Option<SimFault> {
        let line = request_line(request);
        let body = String::from_utf8_lossy(request.body());
        let rule = self
            .faults
            .iter_mut()
            .find(|rule| rule.times > 0 && (line.contains(&rule.when) || body.contains(&rule.when)))?;
        rule.times = rule.times.saturating_sub(u32::from(rule.times != u32::MAX));
        Some(rule.fault.clone())
    }
}

fn request_line(request: &http::Request<Bytes>) -> String {
    format!("{} {}", request.method(), request.uri().path())
}
