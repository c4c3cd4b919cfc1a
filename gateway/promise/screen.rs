//! Holds a service's data against a shipment: every rule, so that all reasons
//! are told at once.

use parcelgate_kit::descriptor::{Descriptor, Service};
use parcelgate_kit::model::{CarrierOffer, Shipment};
use rust_decimal::Decimal;

use super::{Reason, ReasonCode as Code, Wishes, demands};

/// Reasons that hold for a carrier as a whole: they are told once, not for each
/// of its services.
pub fn screen_carrier(descriptor: &Descriptor, shipment: &Shipment, wishes: &Wishes) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let named = |list: &[String]| list.iter().any(|name| name == descriptor.id);
    let service_named = |list: &[String]| {
        list.iter().any(|name| name.split_once('/').is_some_and(|(carrier, _)| carrier == descriptor.id))
    };
    if named(&wishes.blocked) {
        reasons.push(blocked());
    }
    if !wishes.allowed.is_empty() && !named(&wishes.allowed) && !service_named(&wishes.allowed) {
        reasons.push(not_allowed());
    }
    let (from, to) = (shipment.ship_from.country, shipment.ship_to.country);
    if !descriptor.services.iter().any(|service| service.serves(from, to)) {
        let message = format!("{} sells no service from {from} to {to}", descriptor.name);
        reasons.push(
            Reason::new(Code::LaneNotServed, "service.lanes", message).seen(format!("{from}-{to}"), ""),
        );
    }
    reasons.extend(demands::approval(descriptor, wishes));
    if shipment.customs.is_some() && !descriptor.capabilities.customs {
        let message = "the shipment needs a customs declaration, which cannot be sent to this carrier";
        reasons.push(Reason::new(Code::CustomsNotOffered, "capabilities.customs", message));
    }
    reasons
}

/// Every reason why a service of the lane cannot carry the shipment as asked.
pub fn screen_service(
    descriptor: &Descriptor,
    service: &Service,
    shipment: &Shipment,
    wishes: &Wishes,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let name = format!("{}/{}", descriptor.id, service.code);
    if wishes.blocked.contains(&name) {
        reasons.push(blocked());
    }
    let carrier_allowed = wishes.allowed.is_empty() || wishes.allowed.iter().any(|a| a == descriptor.id);
    if !carrier_allowed && !wishes.allowed.contains(&name) {
        reasons.push(not_allowed());
    }
    count(descriptor, service, shipment, &mut reasons);
    weights(service, shipment, &mut reasons);
    sizes(service, shipment, &mut reasons);
    demands::features(service, shipment, &mut reasons);
    demands::address(service, shipment, &mut reasons);
    demands::goods(service, shipment, &mut reasons);
    demands::days(shipment, wishes, &mut reasons);
    if wishes.must_be_tracked && !service.tracked {
        let message = "parcels of this service cannot be followed";
        reasons.push(
            Reason::new(Code::Untracked, "service.tracked", message).remedy("choose a tracked service"),
        );
    }
    reasons
}

/// Reasons that only the price and date of an offer can show.
pub fn screen_offer(offer: &CarrierOffer, wishes: &Wishes) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(cap) = wishes.price_cap {
        let over = offer.total.currency() != cap.currency() || offer.total.amount() > cap.amount();
        if over {
            let message = if offer.total.currency() == cap.currency() {
                "it costs more than the cap".to_owned()
            } else {
                format!("it is priced in {} and the cap is in {}", offer.total.currency(), cap.currency())
            };
            reasons.push(
                Reason::new(Code::OverPriceCap, "requirements.price_cap", message)
                    .seen(offer.total.to_string(), cap.to_string())
                    .remedy("raise the cap"),
            );
        }
    }
    if let (Some(deliver_by), Some(window)) = (wishes.deliver_by, offer.delivery)
        && window.latest > deliver_by
    {
        reasons.push(
            Reason::new(Code::Late, "order.deliver_by", "it arrives after the promised time")
                .seen(window.latest.to_string(), deliver_by.to_string())
                .remedy("ship earlier, or choose a faster service"),
        );
    }
    reasons
}

fn blocked() -> Reason {
    Reason::new(Code::Blocked, "requirements.blocked", "the request blocks it").remedy("take it off the list")
}

fn not_allowed() -> Reason {
    let message = "the request names the carriers and services it wants, and this is none of them";
    Reason::new(Code::NotAllowed, "requirements.allowed", message).remedy("add it to the list")
}

fn count(descriptor: &Descriptor, service: &Service, shipment: &Shipment, reasons: &mut Vec<Reason>) {
    let most = if descriptor.capabilities.multi_parcel { service.limits.max_parcels } else { Some(1) };
    let parcels = shipment.parcels.len();
    if let Some(most) = most.filter(|most| parcels > usize::from(*most)) {
        reasons.push(
            Reason::new(Code::TooManyParcels, "service.limits.max_parcels", "there are too many parcels")
                .seen(parcels.to_string(), most.to_string())
                .remedy("split the shipment"),
        );
    }
}

fn weights(service: &Service, shipment: &Shipment, reasons: &mut Vec<Reason>) {
    let Some(limit) = service.limits.max_weight_g else { return };
    for (index, parcel) in shipment.parcels.iter().enumerate() {
        if parcel.weight.grams() > limit {
            let over = kilograms(parcel.weight.grams() - limit);
            reasons.push(
                Reason::new(
                    Code::OverWeight,
                    "service.limits.max_weight_g",
                    format!("parcel {} is too heavy", index + 1),
                )
                .seen(kilograms(parcel.weight.grams()), kilograms(limit))
                .remedy(format!("take {over} out, or split the parcel")),
            );
        }
    }
}

fn kilograms(grams: u32) -> String {
    format!("{} kg", Decimal::new(i64::from(grams), 3).normalize())
}

fn centimetres(millimetres: u32) -> String {
    format!("{} cm", Decimal::new(i64::from(millimetres), 1).normalize())
}

fn sizes(service: &Service, shipment: &Shipment, reasons: &mut Vec<Reason>) {
    let limits = service.limits;
    let any = [limits.max_length_mm, limits.max_length_girth_mm, limits.max_width_mm, limits.max_height_mm];
    if any.iter().all(Option::is_none) {
        return;
    }
    for (index, parcel) in shipment.parcels.iter().enumerate() {
        // Without dimensions the carrier decides at the counter; that is its
        // business, and most sellers of small parcels never measure.
        let Some(sides) = parcel.dimensions else { continue };
        let number = index + 1;
        let checks = [
            (Code::OverLength, "max_length_mm", sides.length.millimetres(), limits.max_length_mm, "too long"),
            (Code::OverSide, "max_width_mm", sides.width.millimetres(), limits.max_width_mm, "too wide"),
            (Code::OverSide, "max_height_mm", sides.height.millimetres(), limits.max_height_mm, "too high"),
            (
                Code::OverLengthAndGirth,
                "max_length_girth_mm",
                sides.length_and_girth_mm(),
                limits.max_length_girth_mm,
                "too big in length plus girth",
            ),
        ];
        for (code, rule, observed, limit, words) in checks {
            let Some(limit) = limit.filter(|limit| observed > *limit) else { continue };
            reasons.push(
                Reason::new(code, &format!("service.limits.{rule}"), format!("parcel {number} is {words}"))
                    .seen(centimetres(observed), centimetres(limit))
                    .remedy("use a smaller box, or split the parcel"),
            );
        }
    }
}
