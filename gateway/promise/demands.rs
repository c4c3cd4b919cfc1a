//! What a shipment asks of a service beyond its size and weight.

use parcelgate_kit::descriptor::{Descriptor, Feature, Service};
use parcelgate_kit::model::{Confirmation, Shipment};

use super::address::is_po_box;
use super::{Reason, ReasonCode as Code, Wishes};

/// Proof, days, money and age at the door.
pub(super) fn features(service: &Service, shipment: &Shipment, reasons: &mut Vec<Reason>) {
    let has = |feature| service.features.contains(&feature);
    let wanted = &shipment.requirements;
    let confirmation = match wanted.confirmation {
        Confirmation::None => None,
        // An adult's signature is a signature.
        Confirmation::Signature if has(Feature::Signature) || has(Feature::AdultSignature) => None,
        Confirmation::Signature => Some("a signature"),
        Confirmation::AdultSignature if has(Feature::AdultSignature) => None,
        Confirmation::AdultSignature => Some("an adult's signature"),
    };
    let mut lacks = |code, message: String, remedy: &str| {
        reasons.push(Reason::new(code, "service.features", message).remedy(remedy));
    };
    if let Some(what) = confirmation {
        let message = format!("{what} at delivery is not offered");
        lacks(Code::ConfirmationNotOffered, message, "ask for less proof, or choose another service");
    }
    if wanted.saturday_delivery && !has(Feature::SaturdayDelivery) {
        let message = "delivery on Saturday is not offered".to_owned();
        lacks(Code::SaturdayNotOffered, message, "do without Saturday");
    }
    if shipment.parcels.iter().any(|parcel| parcel.insured_value.is_some()) && !has(Feature::Insurance) {
        let message = "insurance of a declared value is not offered".to_owned();
        lacks(Code::InsuranceNotOffered, message, "insure elsewhere");
    }
    if wanted.cash_on_delivery && !has(Feature::CashOnDelivery) {
        let message = "money is not collected at the door".to_owned();
        lacks(Code::CashOnDeliveryNotOffered, message, "have it paid with the order");
    }
    if wanted.age_check && !has(Feature::AgeCheck) {
        let message = "the consignee's age is not checked at the door".to_owned();
        lacks(Code::AgeCheckNotOffered, message, "choose a service that checks it");
    }
}

/// What the consignee's address lacks or is.
pub(super) fn address(service: &Service, shipment: &Shipment, reasons: &mut Vec<Reason>) {
    if !service.features.contains(&Feature::PoBox) && is_po_box(&shipment.ship_to) {
        let message = "the address is a post office box, to which it does not deliver";
        reasons.push(
            Reason::new(Code::PoBoxNotServed, "service.features", message)
                .remedy("ask the buyer for a street address"),
        );
    }
    if service.limits.needs_phone && shipment.ship_to.phone.is_none() {
        let message = "the consignee's telephone number is required";
        reasons.push(
            Reason::new(Code::PhoneMissing, "service.limits.needs_phone", message)
                .remedy("add ship_to.phone"),
        );
    }
}

/// Goods that not every service takes.
pub(super) fn goods(service: &Service, shipment: &Shipment, reasons: &mut Vec<Reason>) {
    let dangerous = shipment.items.iter().position(|item| item.flags.dangerous);
    if let Some(index) = dangerous.filter(|_| !service.features.contains(&Feature::DangerousGoods)) {
        let message = "dangerous goods are not taken, lithium batteries included";
        reasons.push(
            Reason::new(Code::DangerousGoods, "service.features", message)
                .seen(format!("items[{index}]"), "")
                .remedy("choose a service for dangerous goods"),
        );
    }
}

/// Days that have passed, or will have.
pub(super) fn days(shipment: &Shipment, wishes: &Wishes, reasons: &mut Vec<Reason>) {
    let ships = shipment.ship_at.datetime();
    if let Some(today) = wishes.today.filter(|today| ships.date() < *today) {
        let message = "the day of shipping has passed";
        reasons.push(
            Reason::new(Code::ShipDatePast, "ship_at", message)
                .seen(ships.date().to_string(), today.to_string())
                .remedy("ship today or later"),
        );
    }
    if let Some(by) = wishes.ship_by.filter(|by| ships > *by) {
        let message = "it is handed over after the order's last moment for that";
        reasons.push(
            Reason::new(Code::ShipByMissed, "order.ship_by", message)
                .seen(ships.to_string(), by.to_string())
                .remedy("ship earlier"),
        );
    }
}

/// Whether the marketplace takes this carrier.
pub(super) fn approval(descriptor: &Descriptor, wishes: &Wishes) -> Option<Reason> {
    let approved = wishes.approved.as_ref()?;
    if approved.carriers.iter().any(|carrier| carrier == descriptor.id) {
        return None;
    }
    let message = format!("{} is not among the carriers that the marketplace approves", descriptor.name);
    let remedy = "choose an approved carrier: `parcelgate carriers approved` lists them";
    Some(Reason::new(Code::CarrierNotApproved, &approved.list, message).remedy(remedy))
}
