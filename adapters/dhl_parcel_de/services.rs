//! What the carrier sells, from where to where.
//!
//! Warenpost International, returns and the end-of-life Warenpost are left out: see the README. Start with
//! [`ALL`].

use parcelgate_kit::descriptor::{Area, Border, Clearance, Feature, Lane, Limits, Service, ServiceLevel};
use parcelgate_kit::model::IdKind;

const GERMANY: &[&str] = &["DE"];
/// Where Europaket goes: the Union and its neighbours with a ground network.
#[rustfmt::skip]
const EUROPE: Area = Area::Countries(&[
    "AT", "BE", "BG", "CH", "CZ", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT", "LI", "LT",
    "LU", "LV", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
]);

/// 31.5 kilograms, 120 x 60 x 60 centimetres; 30 parcels in one call.
const PARCEL: Limits = Limits {
    max_weight_g: Some(31_500),
    max_length_mm: Some(1_200),
    max_width_mm: Some(600),
    max_height_mm: Some(600),
    max_parcels: Some(30),
    ..Limits::NONE
};
/// 1 kilogram, 35.3 x 25 centimetres and 5 high: 8 is said too, 5 always passes.
const SMALL: Limits = Limits {
    max_weight_g: Some(1_000),
    max_length_mm: Some(353),
    max_width_mm: Some(250),
    max_height_mm: Some(50),
    max_parcels: Some(30),
    ..Limits::NONE
};

/// Numbers by which the customs or tax office of the destination knows a party; each party has one place. An
/// IOSS number is none of them: it is for goods that come into the Union, and none of these services does.
pub(crate) const IDS: &[IdKind] = &[
    IdKind::Eori,
    IdKind::Vat,
    IdKind::GbVat,
    IdKind::CheVat,
    IdKind::Voec,
    IdKind::Arn,
    IdKind::Abn,
    IdKind::NzGst,
    IdKind::SgGst,
    IdKind::MyLvg,
    IdKind::Ein,
    IdKind::Bn15,
    IdKind::Gstin,
    IdKind::KrBusiness,
    IdKind::Pccc,
    IdKind::Rfc,
    IdKind::BrTax,
    IdKind::TrId,
];

/// Every service.
pub(crate) const ALL: &[Service] = &[
    Service {
        code: "V01PAK",
        name: "DHL Paket",
        level: ServiceLevel::Standard,
        lanes: &[Lane::within(GERMANY)],
        limits: PARCEL,
        features: &[Feature::Signature, Feature::AdultSignature, Feature::Insurance],
        carries: &[],
        clearance: Clearance::POST,
        tracked: true,
        transit_days: Some((1, 2)),
    },
    Service {
        code: "V62KP",
        name: "DHL Kleinpaket",
        level: ServiceLevel::Standard,
        lanes: &[Lane::within(GERMANY)],
        limits: SMALL,
        features: &[],
        carries: &[],
        clearance: Clearance::POST,
        tracked: true,
        transit_days: Some((1, 3)),
    },
    Service {
        code: "V53WPAK",
        name: "DHL Paket International",
        level: ServiceLevel::Standard,
        lanes: &[Lane::abroad(GERMANY, Area::WORLD)],
        limits: PARCEL,
        features: &[Feature::Insurance],
        carries: IDS,
        // It crosses as a postal item, on a CN23.
        clearance: Clearance::POST,
        tracked: true,
        transit_days: None,
    },
    Service {
        code: "V54EPAK",
        name: "DHL Europaket",
        level: ServiceLevel::Standard,
        lanes: &[Lane { from: Area::Countries(GERMANY), to: EUROPE, border: Border::Crossed }],
        limits: PARCEL,
        features: &[Feature::Insurance],
        carries: IDS,
        // A freight parcel between businesses, declared as such.
        clearance: Clearance::EXPRESS,
        tracked: true,
        transit_days: None,
    },
];
