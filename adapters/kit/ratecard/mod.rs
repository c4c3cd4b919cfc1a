//! Contract rates as data, for carriers that have no rating API.
//!
//! Most European posts agree a price list with each customer; here it is a
//! text in TOML or JSON that belongs to the account. It is checked whole when
//! it is read, and pricing it is exact arithmetic: no float, no clock, no I/O.
//! Start with [`RateCards`]; the form of the text is told at [`RateCard`].

mod check;
mod price;
mod text;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::model::{Charge, CountryCode, Currency, Invalid, Problem, Refusal, Shipment};

/// One price list of one account.
///
/// Decimals stand in quotes, so that no reader makes floats of them. Bounds of
/// weight steps and both days of validity are inclusive. Above the last step
/// each started kilogram costs `per_kg_above`, up to `max_kg` when given. A postcode belongs to
/// the zone that names its longest prefix, or else its country alone.
///
/// ```
/// let card = parcelgate_kit::ratecard::RateCard::parse(r#"
/// currency = "EUR"
/// valid_from = 2026-01-01
/// valid_until = 2026-12-31
/// tax_percent = 19                     # optional; a tax on all charges
///
/// [[zones]]
/// name = "islands"
/// origins = ["DE"]                     # none stands for every origin
/// destinations = [{ country = "DE", postcodes = ["26548", "2749"] }]
///
/// [[zones]]
/// name = "home"
/// origins = ["DE"]
/// destinations = ["DE"]
///
/// [[services]]
/// code = "PARCEL"
/// rates = [
///   { zone = "home", steps = [{ up_to_kg = 2, price = "4.10" }, { up_to_kg = "31.5", price = "8.90" }] },
///   { zone = "islands", steps = [{ up_to_kg = 5, price = 15 }], per_kg_above = "1.20", max_kg = 20 },
/// ]
///
/// [[surcharges]]                       # `fixed`, or `percent` of the carriage; `services` is optional
/// code = "FUEL"
/// name = "Energy surcharge"
/// when = "fuel"                        # always, fuel, zone, dimension, residential, saturday, signature
/// percent = "1.25"
///
/// [[surcharges]]
/// code = "BULKY"
/// name = "Bulky goods"
/// when = "dimension"                   # needs one of both limits; `zone` needs `zones`
/// longest_side_over_cm = 120
/// length_and_girth_over_cm = 300
/// fixed = "22.50"
/// services = ["PARCEL"]
/// "#).unwrap();
/// assert_eq!(card.services().collect::<Vec<_>>(), ["PARCEL"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateCard {
    currency: Currency,
    valid_from: Date,
    valid_until: Date,
    tax_percent: Option<Decimal>,
    zones: Vec<Zone>,
    services: Vec<ServiceRates>,
    surcharges: Vec<Surcharge>,
}

/// Where parcels go at one price.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Zone {
    name: String,
    /// Countries it starts from; empty for every one.
    origins: Vec<CountryCode>,
    destinations: Vec<Destination>,
}

/// A country, or the part of it whose postcodes begin so.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Destination {
    country: CountryCode,
    /// Letters and digits only; none stands for the whole country.
    prefix: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ServiceRates {
    code: String,
    rates: Vec<ZoneRates>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ZoneRates {
    /// Index into the card's zones.
    zone: usize,
    /// By ascending weight, never empty.
    steps: Vec<Step>,
    per_kg_above: Option<Decimal>,
    max_kg: Option<Decimal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    up_to_kg: Decimal,
    price: Decimal,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Surcharge {
    code: String,
    name: String,
    when: When,
    amount: Amount,
    /// Services it is for; empty for all.
    services: Vec<String>,
}

/// When a surcharge is due.
#[derive(Clone, Debug, PartialEq, Eq)]
enum When {
    Always,
    Fuel,
    /// To these zones, by index.
    Zone(Vec<usize>),
    /// When either measure is exceeded.
    Dimension {
        longest_side_cm: Option<Decimal>,
        length_and_girth_cm: Option<Decimal>,
    },
    Residential,
    Saturday,
    Signature,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Amount {
    Fixed(Decimal),
    /// Hundredths of the carriage of the parcel.
    Percent(Decimal),
}

impl RateCard {
    /// Reads a card from TOML, or from JSON when the text begins with `{`.
    ///
    /// # Errors
    /// Every problem with its path, such as `services[0].rates[1].steps`. A
    /// text that has not the form of a card at all is one problem alone.
    pub fn parse(text: &str) -> Result<Self, Vec<Invalid>> {
        let raw = text::card(text).map_err(|invalid| vec![invalid])?;
        check::card("", &raw)
    }

    /// The currency of all its prices.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// First day it is valid.
    pub fn valid_from(&self) -> Date {
        self.valid_from
    }

    /// Last day it is valid.
    pub fn valid_until(&self) -> Date {
        self.valid_until
    }

    /// Codes of the services it prices, in the order of the card.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.services.iter().map(|service| service.code.as_str())
    }

    /// What `shipment` costs by `service` when it is shipped on the day `on`:
    /// for each parcel its carriage and surcharges, then the tax on all of
    /// them. Every charge is rounded half up to the currency's decimals; the
    /// price is their sum.
    ///
    /// A parcel without dimensions pays no surcharge on dimensions.
    ///
    /// # Errors
    /// A refusal with one of the codes `NO_RATE_FOR_SERVICE`,
    /// `RATE_CARD_NOT_YET_VALID`, `RATE_CARD_EXPIRED`, `NO_RATE_FOR_ZONE`,
    /// `OVER_RATE_WEIGHT`, `NO_PARCELS` and `PRICE_TOO_LARGE`, with what was
    /// observed and the limit.
    pub fn price(&self, service: &str, shipment: &Shipment, on: Date) -> Result<Vec<Charge>, Refusal> {
        price::price(self, service, shipment, on)
    }

    fn rates_of(&self, service: &str) -> Option<&ServiceRates> {
        self.services.iter().find(|rates| rates.code == service)
    }

    fn is_valid_on(&self, on: Date) -> bool {
        (self.valid_from..=self.valid_until).contains(&on)
    }
}

/// All price lists of one account, of which at most one is valid for a service
/// on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateCards {
    cards: Vec<RateCard>,
}

impl RateCards {
    /// Takes `cards` together.
    ///
    /// # Errors
    /// For each two that price one service on one day, and when there is none.
    /// Paths are `cards[0]` and so on.
    pub fn new(cards: Vec<RateCard>) -> Result<Self, Vec<Invalid>> {
        let mut bad = Vec::new();
        if cards.is_empty() {
            bad.push(Invalid::new("cards", Problem::new("must hold at least one card")));
        }
        for (index, card) in cards.iter().enumerate() {
            for (earlier, other) in cards.iter().enumerate().take(index) {
                let meet = card.valid_from <= other.valid_until && other.valid_from <= card.valid_until;
                let shared = card.services().find(|service| other.rates_of(service).is_some());
                if let (true, Some(service)) = (meet, shared) {
                    bad.push(Invalid::new(
                        format!("cards[{index}].valid_from"),
                        Problem::new(format!(
                            "`{service}` would have two prices: cards[{earlier}] is valid from {} until {}",
                            other.valid_from, other.valid_until
                        )),
                    ));
                }
            }
        }
        if bad.is_empty() { Ok(Self { cards }) } else { Err(bad) }
    }

    /// Reads a text that holds one card, or several under `[[cards]]`.
    ///
    /// # Errors
    /// Every problem of every card, as [`RateCard::parse`] and
    /// [`RateCards::new`].
    pub fn parse(text: &str) -> Result<Self, Vec<Invalid>> {
        let Some(raw) = text::cards(text).map_err(|invalid| vec![invalid])? else {
            return RateCard::parse(text).map(|card| Self { cards: vec![card] });
        };
        let mut bad = Vec::new();
        let mut cards = Vec::new();
        for (index, raw) in raw.iter().enumerate() {
            match check::card(&format!("cards[{index}]."), raw) {
                Ok(card) => cards.push(card),
                Err(problems) => bad.extend(problems),
            }
        }
        if bad.is_empty() { Self::new(cards) } else { Err(bad) }
    }

    /// Codes of the services that any of the cards prices.
    pub fn services(&self) -> BTreeSet<&str> {
        self.cards.iter().flat_map(RateCard::services).collect()
    }

    /// As [`RateCard::price`], by the card that is valid on the day `on`.
    ///
    /// # Errors
    /// As [`RateCard::price`]. In a gap between two cards the older one is
    /// told to have expired.
    pub fn price(&self, service: &str, shipment: &Shipment, on: Date) -> Result<Vec<Charge>, Refusal> {
        let with_service = || self.cards.iter().filter(|card| card.rates_of(service).is_some());
        let valid = with_service().find(|card| card.is_valid_on(on));
        let expired =
            || with_service().filter(|card| card.valid_until < on).max_by_key(|card| card.valid_until);
        let coming = || with_service().min_by_key(|card| card.valid_from);
        match valid.or_else(expired).or_else(coming) {
            Some(card) => card.price(service, shipment, on),
            None => Err(price::no_such_service(service, self.services().into_iter())),
        }
    }
}
