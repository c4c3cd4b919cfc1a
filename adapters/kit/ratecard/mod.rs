//! Contract rates as data, for carriers that have no rating API.
//!
//! A card holds prices by service, zone and weight, with surcharges and tax,
//! for the days it is valid. It is a setting of the account, written as JSON
//! and parsed with every problem told at once. Amounts are rounded half up to
//! the currency's own decimals, charge by charge, so that they add up as they
//! are shown. Start with [`RateCards`].

mod parse;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::model::{
    Charge, ChargeKind, Confirmation, CountryCode, Currency, Money, Refusal, Shipment, Weight, WeightUnit,
};

/// The cards of an account, each for its own time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateCards(Vec<RateCard>);

/// Prices that are valid for some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateCard {
    currency: Currency,
    valid_from: Date,
    valid_until: Date,
    zones: Vec<Zone>,
    services: Vec<Priced>,
    surcharges: Vec<Surcharge>,
    tax_percent: Option<Decimal>,
}

/// Countries that cost the same; an empty list is everywhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Zone {
    name: String,
    countries: Vec<CountryCode>,
}

/// Prices of one service into one zone.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Priced {
    service: String,
    zone: String,
    /// Up to so many kilograms, this price; rising.
    steps: Vec<(Decimal, Decimal)>,
    /// Price of each kilogram begun above the last step.
    per_kg_above: Option<Decimal>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Surcharge {
    name: String,
    kind: ChargeKind,
    amount: Amount,
    when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Amount {
    /// Of the base price.
    Percent(Decimal),
    /// For each parcel.
    Fixed(Decimal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    Always,
    Saturday,
    Signature,
    Residential,
}

impl When {
    fn holds(self, shipment: &Shipment) -> bool {
        match self {
            Self::Always => true,
            Self::Saturday => shipment.requirements.saturday_delivery,
            Self::Signature => shipment.requirements.confirmation != Confirmation::None,
            Self::Residential => shipment.ship_to.residential == Some(true),
        }
    }
}

impl RateCards {
    /// What `service` costs for a shipment handed over on `on`.
    ///
    /// # Errors
    /// A [`Refusal`] that says which part of the card has no price for it.
    pub fn price(&self, service: &str, shipment: &Shipment, on: Date) -> Result<Vec<Charge>, Refusal> {
        let valid = |card: &&RateCard| (card.valid_from..=card.valid_until).contains(&on);
        let card = self.0.iter().find(valid).ok_or_else(|| {
            let until = self.0.iter().map(|card| card.valid_until).max();
            let mut refusal =
                refused(service, "RATE_CARD_EXPIRED", "no rate card is valid on the day of hand-over");
            refusal.observed = Some(on.to_string());
            refusal.limit = until.map(|until| until.to_string());
            refusal
        })?;
        card.price(service, shipment)
    }
}

fn refused(service: &str, code: &str, words: &str) -> Refusal {
    Refusal {
        service: Some(service.to_owned()),
        code: code.to_owned(),
        observed: None,
        limit: None,
        words: words.to_owned(),
    }
}

impl RateCard {
    fn price(&self, service: &str, shipment: &Shipment) -> Result<Vec<Charge>, Refusal> {
        let country = shipment.ship_to.country;
        let priced = self.priced(service, country).ok_or_else(|| {
            let mut refusal =
                refused(service, "NO_RATE_FOR_ZONE", "the rate card has no price to this country");
            refusal.observed = Some(country.to_string());
            refusal
        })?;
        let mut base = Decimal::ZERO;
        for parcel in &shipment.parcels {
            base += priced.step(parcel.weight).ok_or_else(|| {
                let mut refusal =
                    refused(service, "OVER_RATE_WEIGHT", "the rate card has no price for this weight");
                refusal.observed = Some(format!("{} kg", parcel.weight.in_unit(WeightUnit::Kg).normalize()));
                refusal.limit = priced.steps.last().map(|(kg, _)| format!("{kg} kg"));
                refusal
            })?;
        }
        let too_much = || refused(service, "OVER_RATE_WEIGHT", "the price does not fit");
        let charge = |kind, name: &str, amount: Decimal| {
            let money = Money::new(amount.round_dp(9), self.currency).ok()?;
            Some(Charge::new(kind, name, money.to_minor()))
        };
        let mut charges = vec![charge(ChargeKind::Base, "Carriage", base).ok_or_else(too_much)?];
        let parcels = Decimal::from(shipment.parcels.len());
        for surcharge in self.surcharges.iter().filter(|surcharge| surcharge.when.holds(shipment)) {
            let amount = match surcharge.amount {
                Amount::Percent(percent) => base * percent / Decimal::ONE_HUNDRED,
                Amount::Fixed(each) => each * parcels,
            };
            charges.push(charge(surcharge.kind, &surcharge.name, amount).ok_or_else(too_much)?);
        }
        if let Some(percent) = self.tax_percent {
            let net: Decimal = charges.iter().map(|charge| charge.amount.amount()).sum();
            let tax = charge(ChargeKind::Tax, "Tax", net * percent / Decimal::ONE_HUNDRED);
            charges.push(tax.ok_or_else(too_much)?);
        }
        Ok(charges)
    }

    /// The price list of a service into a country: of the zone that names the
    /// country, else of the one that is everywhere else.
    fn priced(&self, service: &str, country: CountryCode) -> Option<&Priced> {
        let of_zone = |zone: &Zone| {
            self.services.iter().find(|priced| priced.service == service && priced.zone == zone.name)
        };
        let naming = self.zones.iter().filter(|zone| zone.countries.contains(&country));
        let elsewhere = self.zones.iter().filter(|zone| zone.countries.is_empty());
        naming.chain(elsewhere).find_map(of_zone)
    }
}

impl Priced {
    fn step(&self, weight: Weight) -> Option<Decimal> {
        let kilograms = weight.in_unit(WeightUnit::Kg);
        if let Some((_, price)) = self.steps.iter().find(|(up_to, _)| kilograms <= *up_to) {
            return Some(*price);
        }
        let (last, price) = self.steps.last()?;
        Some(price + (kilograms - last).ceil() * self.per_kg_above?)
    }
}

#[cfg(test)]
mod tests;
