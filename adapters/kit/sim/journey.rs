//! The way of a simulated parcel, in words that every simulator translates into
//! its own codes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::SimParcel;

/// How a parcel's way goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Journey {
    /// Handed over, carried, delivered.
    #[default]
    Normal,
    /// Delivered on the second attempt.
    SecondAttempt,
    /// Refused and brought back.
    Returned,
    /// A label that is never handed over.
    NeverHandedOver,
}

/// One thing that happens on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// What happens.
    pub kind: MilestoneKind,
    /// When.
    pub at: Timestamp,
}

/// What can happen on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MilestoneKind {
    /// The label was made: the carrier knows of the parcel.
    Announced,
    /// The carrier has it, at the origin.
    HandedOver,
    /// It left the origin's depot.
    Departed,
    /// It is with customs; only where a border is crossed.
    Customs,
    /// It came to the destination's depot.
    Arrived,
    /// It is on the van.
    OutForDelivery,
    /// Nobody was there.
    Attempted,
    /// The consignee did not want it.
    Refused,
    /// It is on the way back.
    Returning,
    /// It is back with the sender.
    Returned,
    /// It is delivered.
    Delivered,
}

impl MilestoneKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Announced,
        Self::HandedOver,
        Self::Departed,
        Self::Customs,
        Self::Arrived,
        Self::OutForDelivery,
        Self::Attempted,
        Self::Refused,
        Self::Returning,
        Self::Returned,
        Self::Delivered,
    ];

    /// Whether it happens at the origin's end.
    pub fn at_origin(self) -> bool {
        matches!(self, Self::Announced | Self::HandedOver | Self::Departed | Self::Returned)
    }
}

/// What has happened to `parcel` by `now`, oldest first.
pub(super) fn milestones(parcel: &SimParcel, now: Timestamp) -> Vec<Milestone> {
    use MilestoneKind as K;
    let days = i64::from(parcel.transit_days.max(1)) * 24;
    let start: &[(K, i64)] = &[(K::Announced, 0), (K::HandedOver, 4), (K::Departed, 9)];
    let end: Vec<(K, i64)> = match parcel.journey {
        Journey::NeverHandedOver => return happened(parcel, &[(K::Announced, 0)], now),
        Journey::Normal => vec![(K::OutForDelivery, days - 5), (K::Delivered, days)],
        Journey::SecondAttempt => vec![
            (K::OutForDelivery, days - 5),
            (K::Attempted, days),
            (K::OutForDelivery, days + 19),
            (K::Delivered, days + 24),
        ],
        Journey::Returned => vec![
            (K::OutForDelivery, days - 5),
            (K::Refused, days),
            (K::Returning, days + 3),
            (K::Returned, 2 * days),
        ],
    };
    let mut plan = start.to_vec();
    if parcel.crosses_border {
        plan.push((K::Customs, (days - 12).max(11)));
    }
    plan.push((K::Arrived, (days - 8).max(12)));
    plan.extend(end);
    happened(parcel, &plan, now)
}

fn happened(parcel: &SimParcel, plan: &[(MilestoneKind, i64)], now: Timestamp) -> Vec<Milestone> {
    plan.iter()
        .filter_map(|(kind, hours)| {
            let at = parcel.created.checked_add(SignedDuration::from_hours(*hours)).ok()?;
            (at <= now).then_some(Milestone { kind: *kind, at })
        })
        .collect()
}
