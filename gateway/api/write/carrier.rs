//! Carriers, as their descriptors tell them.

use std::time::Duration;

use parcelgate_kit::descriptor::{Area, Border, Check, Descriptor, Lane, Service};
use parcelgate_kit::exchange::Guard;

use super::{offer, shipment, value};
use crate::api::proto::v1;

/// A carrier.
pub(in crate::api) fn carrier(descriptor: &Descriptor) -> v1::Carrier {
    v1::Carrier {
        id: descriptor.id.to_owned(),
        name: descriptor.name.to_owned(),
        countries: descriptor.countries.iter().map(ToString::to_string).collect(),
        operations: operations(descriptor),
        services: descriptor.services.iter().map(service).collect(),
        account_fields: descriptor
            .account
            .iter()
            .map(|field| v1::AccountField {
                name: field.name.to_owned(),
                label: field.what.to_owned(),
                secret: field.secret,
                required: field.required,
                example: field.example.to_owned(),
            })
            .collect(),
        tracking_formats: descriptor
            .numbers
            .iter()
            .map(|format| v1::TrackingNumberFormat {
                name: format.name.to_owned(),
                pattern: format.pattern.to_owned(),
                check_digit: check_digit(format.check).to_owned(),
                example: format.example.to_owned(),
            })
            .collect(),
        track_batch_size: u32::from(descriptor.track_batch),
        label_formats: descriptor.labels.iter().map(|format| shipment::format(*format).into()).collect(),
        quote_lifetime: Some(value::duration(Duration::from_secs(descriptor.quote_lifetime))),
        purchase_guard: Some(guard(descriptor.purchase_guard)),
        retires_on: descriptor.retires.map(value::date),
    }
}

fn operations(descriptor: &Descriptor) -> Vec<i32> {
    let can = descriptor.capabilities;
    [
        (can.rate, v1::CarrierOperation::Rate),
        (can.purchase, v1::CarrierOperation::Purchase),
        (can.find, v1::CarrierOperation::Find),
        (can.track, v1::CarrierOperation::Track),
        (can.void, v1::CarrierOperation::Void),
    ]
    .into_iter()
    .filter(|(offered, _)| *offered)
    .map(|(_, operation)| operation.into())
    .collect()
}

fn service(service: &Service) -> v1::CarrierServiceDescription {
    let limits = service.limits;
    let millimetres = |limit: u32| v1::Length { value: limit.to_string(), unit: v1::LengthUnit::Mm.into() };
    v1::CarrierServiceDescription {
        service: Some(offer::service(service.code, service.name, Some(service.level))),
        lanes: service.lanes.iter().map(lane).collect(),
        limits: Some(v1::ServiceLimits {
            max_weight: limits
                .max_weight_g
                .map(|grams| v1::Weight { value: grams.to_string(), unit: v1::WeightUnit::G.into() }),
            max_length: limits.max_length_mm.map(millimetres),
            max_length_and_girth: limits.max_length_girth_mm.map(millimetres),
            max_parcels: limits.max_parcels.map(u32::from).unwrap_or_default(),
        }),
        features: service.features.iter().map(|feature| screaming(&format!("{feature:?}"))).collect(),
        carries: service.carries.iter().map(ToString::to_string).collect(),
        tracked: service.tracked,
    }
}

/// `AdultSignature` as `ADULT_SIGNATURE`.
fn screaming(name: &str) -> String {
    let mut text = String::new();
    for (index, letter) in name.char_indices() {
        if index > 0 && letter.is_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_uppercase());
    }
    text
}

fn lane(lane: &Lane) -> v1::Lane {
    v1::Lane {
        from: area(lane.from),
        to: area(lane.to),
        domestic_only: lane.border == Border::Domestic,
        international_only: lane.border == Border::Crossed,
    }
}

/// An area in one line: `DE, FR`, `EU`, `*`, `* but US, CA`.
fn area(area: Area) -> String {
    match area {
        Area::Countries(codes) => codes.join(", "),
        Area::EuropeanUnion => "EU".to_owned(),
        Area::WorldExcept([]) => "*".to_owned(),
        Area::WorldExcept(codes) => format!("* but {}", codes.join(", ")),
    }
}

fn check_digit(check: Check) -> &'static str {
    match check {
        Check::None => "none",
        Check::Firm(_) => "firm",
        Check::Usual(_) => "usual",
    }
}

fn guard(guard: Guard) -> v1::PurchaseGuard {
    let seconds = |seconds: u64| Some(value::duration(Duration::from_secs(seconds)));
    let (kind, key_lifetime, settling_time) = match guard {
        Guard::Key { lifetime } => (v1::PurchaseGuardKind::Key, seconds(lifetime), None),
        Guard::RefusesDuplicates => (v1::PurchaseGuardKind::RefusesDuplicates, None, None),
        Guard::FindByReference { settle } => (v1::PurchaseGuardKind::FindByReference, None, seconds(settle)),
        Guard::None => (v1::PurchaseGuardKind::None, None, None),
    };
    v1::PurchaseGuard { kind: kind.into(), key_lifetime, settling_time }
}
