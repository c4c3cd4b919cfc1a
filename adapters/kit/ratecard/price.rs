//! What a shipment costs by a rate card.
//!
//! Parcel by parcel: carriage, then surcharges in the order of the card; the
//! tax comes last, on the sum. Each charge is rounded by itself, so charges
//! add up to the price exactly.

use std::cmp::Reverse;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Amount, RateCard, ServiceRates, Surcharge, When, Zone, ZoneRates};
use crate::model::{
    Charge, ChargeKind, Confirmation, CountryCode, LengthUnit, Money, Parcel, Refusal, Shipment, WeightUnit,
};

pub(super) fn price(
    card: &RateCard,
    service: &str,
    shipment: &Shipment,
    on: Date,
) -> Result<Vec<Charge>, Refusal> {
    let rates = card.rates_of(service).ok_or_else(|| no_such_service(service, card.services()))?;
    check_validity(card, service, on)?;
    let rate = zone_rates(card, rates, shipment)?;
    if shipment.parcels.is_empty() {
        return Err(refusal(service, "NO_PARCELS", "a shipment without parcels has no price"));
    }
    let mut charges = Vec::new();
    for (index, parcel) in shipment.parcels.iter().enumerate() {
        let which = match shipment.parcels.len() {
            1 => String::new(),
            count => format!(", parcel {} of {count}", index + 1),
        };
        let base = carriage(card, service, rate, parcel)?;
        charges.push(Charge::new(ChargeKind::Base, format!("carriage{which}"), base));
        for surcharge in &card.surcharges {
            if is_due(surcharge, service, rate, shipment, parcel) {
                charges.push(surcharge_of(card, service, surcharge, base, &which)?);
            }
        }
    }
    if let Some(percent) = card.tax_percent {
        let net = Money::sum(charges.iter().map(|charge| charge.amount)).ok().flatten();
        let tax = net.and_then(|net| share(net.amount(), percent));
        let tax = rounded(card, service, tax)?;
        charges.push(Charge::new(ChargeKind::Tax, format!("tax of {} %", percent.normalize()), tax));
    }
    Ok(charges)
}

fn check_validity(card: &RateCard, service: &str, on: Date) -> Result<(), Refusal> {
    let (code, words, limit) = if on < card.valid_from {
        ("RATE_CARD_NOT_YET_VALID", "the rate card is not valid yet", card.valid_from)
    } else if on > card.valid_until {
        ("RATE_CARD_EXPIRED", "the rate card has expired; bring the new one", card.valid_until)
    } else {
        return Ok(());
    };
    Err(seen(refusal(service, code, words), on.to_string(), limit.to_string()))
}

/// The rates of the zone that fits the addresses most closely.
fn zone_rates<'a>(
    card: &'a RateCard,
    service: &'a ServiceRates,
    shipment: &Shipment,
) -> Result<&'a ZoneRates, Refusal> {
    let (from, to) = (shipment.ship_from.country, shipment.ship_to.country);
    let postcode = shipment.ship_to.postcode.as_ref().map(|postcode| postcode.compact().to_ascii_uppercase());
    let zone_of = |rates: &ZoneRates| card.zones.get(rates.zone);
    let closeness = |rates: &ZoneRates| zone_of(rates)?.closeness(from, to, postcode.as_deref());
    let fitting = service.rates.iter().filter_map(|rates| Some((closeness(rates)?, rates)));
    fitting.min_by_key(|(closeness, _)| Reverse(*closeness)).map(|(_, rates)| rates).ok_or_else(|| {
        let zones: Vec<&str> =
            service.rates.iter().filter_map(zone_of).map(|zone| zone.name.as_str()).collect();
        let words = "the rate card has no zone for these places";
        // The postcode is left out: with a country it can be a single house.
        seen(refusal(&service.code, "NO_RATE_FOR_ZONE", words), format!("{from} to {to}"), zones.join(", "))
    })
}

impl Zone {
    /// How closely the zone fits: the length of the prefix, 0 for the country
    /// alone; `None` when it does not.
    fn closeness(&self, from: CountryCode, to: CountryCode, postcode: Option<&str>) -> Option<usize> {
        if !self.origins.is_empty() && !self.origins.contains(&from) {
            return None;
        }
        let in_country = self.destinations.iter().filter(|destination| destination.country == to);
        in_country
            .filter_map(|destination| match &destination.prefix {
                None => Some(0),
                Some(prefix) => postcode?.starts_with(prefix.as_str()).then_some(prefix.len()),
            })
            .max()
    }
}

/// The carriage of one parcel.
fn carriage(card: &RateCard, service: &str, rate: &ZoneRates, parcel: &Parcel) -> Result<Money, Refusal> {
    let weight = parcel.weight.in_unit(WeightUnit::Kg);
    let too_heavy = |limit: Decimal| {
        let words = "a parcel is heavier than the rate card goes";
        seen(
            refusal(service, "OVER_RATE_WEIGHT", words),
            format!("{} kg", weight.normalize()),
            format!("{} kg", limit.normalize()),
        )
    };
    if let Some(max) = rate.max_kg.filter(|max| weight > *max) {
        return Err(too_heavy(max));
    }
    if let Some(step) = rate.steps.iter().find(|step| weight <= step.up_to_kg) {
        return rounded(card, service, Some(step.price));
    }
    let last = rate.steps.last().map(|step| (step.up_to_kg, step.price));
    let (up_to, price) = last.unwrap_or_default();
    let per_kg = rate.per_kg_above.ok_or_else(|| too_heavy(up_to))?;
    let started = weight.saturating_sub(up_to).ceil();
    rounded(card, service, per_kg.checked_mul(started).and_then(|extra| extra.checked_add(price)))
}

fn is_due(
    surcharge: &Surcharge,
    service: &str,
    rate: &ZoneRates,
    shipment: &Shipment,
    parcel: &Parcel,
) -> bool {
    let is_for_service =
        surcharge.services.is_empty() || surcharge.services.iter().any(|code| code == service);
    is_for_service
        && match &surcharge.when {
            When::Always | When::Fuel => true,
            When::Zone(zones) => zones.contains(&rate.zone),
            When::Residential => shipment.ship_to.residential == Some(true),
            When::Saturday => shipment.requirements.saturday_delivery,
            When::Signature => shipment.requirements.confirmation != Confirmation::None,
            When::Dimension { longest_side_cm, length_and_girth_cm } => {
                is_over(parcel, *longest_side_cm, *length_and_girth_cm)
            }
        }
}

fn is_over(parcel: &Parcel, longest_side: Option<Decimal>, length_and_girth: Option<Decimal>) -> bool {
    let Some(sides) = parcel.dimensions else { return false };
    let longest = sides.length.in_unit(LengthUnit::Cm);
    let around = Decimal::from(sides.length_and_girth_mm()) / Decimal::TEN;
    longest_side.is_some_and(|limit| longest > limit) || length_and_girth.is_some_and(|limit| around > limit)
}

fn surcharge_of(
    card: &RateCard,
    service: &str,
    surcharge: &Surcharge,
    base: Money,
    which: &str,
) -> Result<Charge, Refusal> {
    let amount = match surcharge.amount {
        Amount::Fixed(amount) => Some(amount),
        Amount::Percent(percent) => share(base.amount(), percent),
    };
    let kind = match surcharge.when {
        When::Fuel => ChargeKind::Fuel,
        _ => ChargeKind::Accessorial,
    };
    let amount = rounded(card, service, amount)?;
    let name = format!("{}{which}", surcharge.name);
    Ok(Charge { kind, code: Some(surcharge.code.clone()), name, amount })
}

fn share(amount: Decimal, percent: Decimal) -> Option<Decimal> {
    amount.checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)
}

/// An amount in the card's currency and its decimals, rounded half up.
fn rounded(card: &RateCard, service: &str, amount: Option<Decimal>) -> Result<Money, Refusal> {
    let exact = amount.map(|amount| {
        let decimals = card.currency.minor_units();
        amount.round_dp_with_strategy(decimals, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
    });
    exact
        .and_then(|amount| Money::new(amount, card.currency).ok())
        .ok_or_else(|| refusal(service, "PRICE_TOO_LARGE", "the price does not fit; check the rate card"))
}

pub(super) fn no_such_service<'a>(service: &str, known: impl Iterator<Item = &'a str>) -> Refusal {
    let words = "the rate card does not price this service";
    let known: Vec<&str> = known.collect();
    seen(refusal(service, "NO_RATE_FOR_SERVICE", words), service.to_owned(), known.join(", "))
}

fn refusal(service: &str, code: &str, words: &str) -> Refusal {
    Refusal {
        service: Some(service.to_owned()),
        code: code.to_owned(),
        observed: None,
        limit: None,
        words: words.to_owned(),
    }
}

fn seen(refusal: Refusal, observed: String, limit: String) -> Refusal {
    Refusal { observed: Some(observed), limit: Some(limit), ..refusal }
}
