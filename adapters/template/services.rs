//! What Template Parcel sells, as data.
//!
//! The gateway reads it before it asks anybody: a shipment that no lane, limit or feature fits never
//! becomes a call. Must hold nothing that the carrier did not publish. Start with [`ALL`].

use parcelgate_kit::descriptor::{Area, Clearance, Feature, Lane, Limits, Service, ServiceLevel};
use parcelgate_kit::model::IdKind;

/// Where parcels are handed over.
const HOME: &[&str] = &["DE", "GB"];

/// Every service, under the carrier's own codes.
pub(crate) const ALL: &[Service] = &[
    Service {
        code: "STANDARD",
        name: "Standard",
        level: ServiceLevel::Standard,
        lanes: &[Lane::within(HOME)],
        limits: PARCEL,
        features: &[Feature::Signature],
        // No customs data, so no place for an identifier: empty.
        carries: &[],
        clearance: Clearance::EXPRESS,
        tracked: true,
        // Only what the carrier publishes; `None` is better than a guess.
        transit_days: Some((1, 2)),
    },
    Service {
        code: "EXPRESS",
        name: "Express",
        level: ServiceLevel::NextDay,
        lanes: &[Lane::within(HOME)],
        limits: PARCEL,
        features: &[Feature::Signature],
        carries: &[],
        clearance: Clearance::EXPRESS,
        tracked: true,
        transit_days: Some((1, 1)),
    },
    Service {
        code: "CONNECT",
        name: "Connect",
        level: ServiceLevel::Standard,
        lanes: &[Lane::abroad(HOME, Area::WORLD)],
        limits: Limits { max_weight_g: Some(20_000), ..PARCEL },
        features: &[],
        // Identifiers that `purchase` puts into the customs data. A lane whose rule asks for one that is not
        // listed here is not offered with this service, so list exactly what reaches the wire.
        carries: &[IdKind::Ioss],
        // Whether the goods cross a border as mail, and what else the rules must know of who clears them.
        clearance: Clearance::EXPRESS,
        tracked: true,
        transit_days: None,
    },
];

/// What fits into each of them.
const PARCEL: Limits =
    Limits { max_weight_g: Some(31_500), max_length_mm: Some(1_200), max_parcels: Some(10), ..Limits::NONE };
