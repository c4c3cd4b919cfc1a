//! Reads rate cards from JSON and tells every problem at once.

use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Amount, Priced, RateCard, RateCards, Surcharge, When, Zone};
use crate::codec::json;
use crate::model::{ChargeKind, CountryCode, Currency, Invalid, Problem};

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<RawCard>),
    One(Box<RawCard>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCard {
    currency: String,
    valid_from: String,
    valid_until: String,
    zones: Vec<RawZone>,
    services: Vec<RawPriced>,
    #[serde(default)]
    surcharges: Vec<RawSurcharge>,
    #[serde(default)]
    tax_percent: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawZone {
    name: String,
    #[serde(default)]
    countries: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPriced {
    service: String,
    zone: String,
    steps: Vec<RawStep>,
    #[serde(default)]
    per_kg_above: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    up_to_kg: String,
    price: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSurcharge {
    name: String,
    kind: ChargeKind,
    #[serde(default)]
    percent: Option<String>,
    #[serde(default)]
    amount: Option<String>,
    #[serde(default)]
    when: Option<String>,
}

impl RateCards {
    /// Reads one card or a list of cards.
    ///
    /// # Errors
    /// Every problem, with its path in the text.
    pub fn parse(text: &str) -> Result<Self, Vec<Invalid>> {
        let whole = |problem: String| vec![Invalid::new("rate_card", Problem::new(problem))];
        let raw: OneOrMany = json::read(text.as_bytes()).map_err(|error| {
            whole(format!("{error}; a card has currency, valid_from, valid_until, zones and services"))
        })?;
        let raw = match raw {
            OneOrMany::Many(cards) => cards,
            OneOrMany::One(card) => vec![*card],
        };
        let mut reading = Reading::default();
        let cards: Vec<_> = raw.into_iter().enumerate().filter_map(|(i, raw)| reading.card(i, raw)).collect();
        if cards.is_empty() && reading.bad.is_empty() {
            return Err(whole("holds no card".to_owned()));
        }
        reading.overlaps(&cards);
        if reading.bad.is_empty() { Ok(Self(cards)) } else { Err(reading.bad) }
    }
}

#[derive(Default)]
struct Reading {
    bad: Vec<Invalid>,
}

impl Reading {
    fn note(&mut self, path: String, words: impl Into<String>) {
        self.bad.push(Invalid::new(path, Problem::new(words)));
    }

    /// A decimal that is not below zero.
    fn number(&mut self, path: String, raw: &str) -> Option<Decimal> {
        match Decimal::from_str(raw.trim()) {
            Ok(number) if !number.is_sign_negative() && number < Decimal::from(1_000_000) => Some(number),
            _ => {
                self.note(path, "is no number from 0 to 1000000 such as 4.90");
                None
            }
        }
    }

    fn day(&mut self, path: String, raw: &str) -> Option<Date> {
        let day = Date::from_str(raw).ok();
        if day.is_none() {
            self.note(path, "is no day such as 2026-01-31");
        }
        day
    }

    fn card(&mut self, index: usize, raw: RawCard) -> Option<RateCard> {
        let at = |field: &str| format!("rate_card[{index}].{field}");
        let currency =
            Currency::parse(&raw.currency).map_err(|p| self.bad.push(Invalid::new(at("currency"), p))).ok();
        let valid_from = self.day(at("valid_from"), &raw.valid_from);
        let valid_until = self.day(at("valid_until"), &raw.valid_until);
        if valid_from.zip(valid_until).is_some_and(|(from, until)| from > until) {
            self.note(at("valid_until"), "is before valid_from");
        }
        let zones: Vec<_> = raw
            .zones
            .into_iter()
            .enumerate()
            .map(|(i, zone)| self.zone(at(&format!("zones[{i}]")), zone))
            .collect();
        let mut services = Vec::new();
        for (i, priced) in raw.services.into_iter().enumerate() {
            let path = at(&format!("services[{i}]"));
            if !zones.iter().any(|zone| zone.name == priced.zone) {
                self.note(format!("{path}.zone"), "is none of the card's zones");
            }
            services.push(self.priced(&path, priced));
        }
        let surcharges: Vec<_> = raw
            .surcharges
            .into_iter()
            .enumerate()
            .map(|(i, raw)| self.surcharge(&at(&format!("surcharges[{i}]")), raw))
            .collect();
        let tax_percent = raw.tax_percent.as_deref().map(|raw| self.number(at("tax_percent"), raw));
        Some(RateCard {
            currency: currency?,
            valid_from: valid_from?,
            valid_until: valid_until?,
            zones,
            services: services.into_iter().collect::<Option<_>>()?,
            surcharges: surcharges.into_iter().collect::<Option<_>>()?,
            tax_percent: tax_percent.flatten(),
        })
    }

    fn zone(&mut self, path: String, raw: RawZone) -> Zone {
        let mut countries = Vec::new();
        for (index, code) in raw.countries.iter().enumerate() {
            match CountryCode::parse(code) {
                Ok(country) => countries.push(country),
                Err(problem) => self.bad.push(Invalid::new(format!("{path}.countries[{index}]"), problem)),
            }
        }
        Zone { name: raw.name, countries }
    }

    fn priced(&mut self, path: &str, raw: RawPriced) -> Option<Priced> {
        let mut steps: Vec<(Decimal, Decimal)> = Vec::new();
        let mut last = None;
        for (index, step) in raw.steps.iter().enumerate() {
            let up_to = self.number(format!("{path}.steps[{index}].up_to_kg"), &step.up_to_kg);
            let price = self.number(format!("{path}.steps[{index}].price"), &step.price);
            if up_to.zip(last).is_some_and(|(up_to, last)| up_to <= last) {
                self.note(format!("{path}.steps[{index}].up_to_kg"), "is not above the step before it");
            }
            last = up_to.or(last);
            steps.extend(up_to.zip(price));
        }
        if raw.steps.is_empty() {
            self.note(format!("{path}.steps"), "needs at least one step");
        }
        let per_kg_above = match raw.per_kg_above.as_deref() {
            None => None,
            Some(raw) => Some(self.number(format!("{path}.per_kg_above"), raw)?),
        };
        Some(Priced { service: raw.service, zone: raw.zone, steps, per_kg_above })
    }

    fn surcharge(&mut self, path: &str, raw: RawSurcharge) -> Option<Surcharge> {
        let amount = match (raw.percent.as_deref(), raw.amount.as_deref()) {
            (Some(percent), None) => Some(Amount::Percent(self.number(format!("{path}.percent"), percent)?)),
            (None, Some(amount)) => Some(Amount::Fixed(self.number(format!("{path}.amount"), amount)?)),
            _ => {
                self.note(path.to_owned(), "needs either `percent` or `amount`");
                None
            }
        };
        let when = match raw.when.as_deref() {
            None | Some("always") => Some(When::Always),
            Some("saturday") => Some(When::Saturday),
            Some("signature") => Some(When::Signature),
            Some("residential") => Some(When::Residential),
            Some(_) => {
                self.note(format!("{path}.when"), "is none of always, saturday, signature, residential");
                None
            }
        };
        Some(Surcharge { name: raw.name, kind: raw.kind, amount: amount?, when: when? })
    }

    fn overlaps(&mut self, cards: &[RateCard]) {
        for (index, card) in cards.iter().enumerate() {
            let overlap = |other: &RateCard| {
                card.valid_from <= other.valid_until && other.valid_from <= card.valid_until
            };
            if cards.iter().take(index).any(overlap) {
                self.note(
                    format!("rate_card[{index}].valid_from"),
                    "overlaps another card: which one holds is not clear",
                );
            }
        }
    }
}
