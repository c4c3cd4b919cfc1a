//! From the text of a rate card to a card that is right, or to everything
//! that is wrong with it.
//!
//! No problem hides another: each value is checked by itself, and values that
//! must fit together only where both are right.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::text::{RawCard, RawDestination, RawRates, RawService, RawStep, RawSurcharge, RawZone, Scalar};
use super::{Amount, Destination, RateCard, ServiceRates, Step, Surcharge, When, Zone, ZoneRates};
use crate::codec::json::exact_decimal;
use crate::model::{CountryCode, Currency, Invalid, Problem};

/// Highest price of one step, surcharge or kilogram, in units of the currency.
const HIGHEST_PRICE: i64 = 1_000_000;
/// Heaviest weight of a step, in kilograms.
const HEAVIEST: i64 = 100_000;
/// Longest limit on a dimension, in centimetres.
const LONGEST: i64 = 100_000;
/// Highest percentage.
const HIGHEST_PERCENT: i64 = 1_000;

/// Checks `raw`, whose paths begin with `prefix` (empty, or `cards[0].`).
pub(super) fn card(prefix: &str, raw: &RawCard) -> Result<RateCard, Vec<Invalid>> {
    let mut check = Check { prefix, bad: Vec::new() };
    let currency = check.parsed("currency", Currency::parse(&raw.currency));
    let valid_from = check.day("valid_from", &raw.valid_from);
    let valid_until = check.day("valid_until", &raw.valid_until);
    if let (Some(from), Some(until)) = (valid_from, valid_until)
        && from > until
    {
        check.note("valid_until", format!("{until} is before `valid_from`, {from}"));
    }
    let tax_percent = check.optional("tax_percent", raw.tax_percent.as_ref(), HIGHEST_PERCENT);
    check.not_empty("zones", &raw.zones);
    check.not_empty("services", &raw.services);
    let zones: Vec<Zone> = raw.zones.iter().enumerate().map(|(i, zone)| check.zone(i, zone)).collect();
    check.unique("zones", "name", zones.iter().map(|zone| zone.name.as_str()));
    let services: Vec<ServiceRates> =
        raw.services.iter().enumerate().map(|(i, service)| check.service(i, service, &zones)).collect();
    check.unique("services", "code", services.iter().map(|service| service.code.as_str()));
    let surcharges: Vec<Surcharge> = raw
        .surcharges
        .iter()
        .enumerate()
        .filter_map(|(i, surcharge)| check.surcharge(i, surcharge, &zones, &services))
        .collect();
    match (currency, valid_from, valid_until) {
        (Some(currency), Some(valid_from), Some(valid_until)) if check.bad.is_empty() => {
            Ok(RateCard { currency, valid_from, valid_until, tax_percent, zones, services, surcharges })
        }
        _ => Err(check.bad),
    }
}

struct Check<'a> {
    prefix: &'a str,
    bad: Vec<Invalid>,
}

impl Check<'_> {
    fn note(&mut self, path: &str, words: impl Into<String>) {
        self.bad.push(Invalid::new(format!("{}{path}", self.prefix), Problem::new(words)));
    }

    fn parsed<T>(&mut self, path: &str, parsed: Result<T, Problem>) -> Option<T> {
        parsed.map_err(|problem| self.note(path, problem.to_string())).ok()
    }

    fn not_empty<T>(&mut self, path: &str, list: &[T]) {
        if list.is_empty() {
            self.note(path, "must hold at least one entry");
        }
    }

    fn named(&mut self, path: &str, text: &str) -> String {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            self.note(path, "must be given");
        }
        trimmed.to_owned()
    }

    fn unique<'a>(&mut self, list: &str, field: &str, names: impl Iterator<Item = &'a str> + Clone) {
        for (index, name) in names.clone().enumerate() {
            if !name.is_empty() && names.clone().take(index).any(|other| other == name) {
                self.note(&format!("{list}[{index}].{field}"), format!("`{name}` is there already"));
            }
        }
    }

    fn day(&mut self, path: &str, raw: &Scalar) -> Option<Date> {
        let day = match raw {
            Scalar::Text(text) => text.trim().parse::<Date>().ok(),
            Scalar::Missing | Scalar::Float => None,
        };
        if day.is_none() {
            self.note(path, "must be a day such as 2026-01-31");
        }
        day
    }

    /// A decimal from 0 to `highest` with at most six places.
    fn number(&mut self, path: &str, raw: &Scalar, highest: i64) -> Option<Decimal> {
        let text = match raw {
            Scalar::Text(text) => text,
            Scalar::Missing => {
                self.note(path, "must be given");
                return None;
            }
            Scalar::Float => {
                self.note(path, "must stand in quotes, such as \"4.50\": bare decimals are inexact");
                return None;
            }
        };
        let Some(number) = exact_decimal(text).map(|number| number.normalize()) else {
            self.note(path, "is no decimal such as 4.50");
            return None;
        };
        if number.is_sign_negative() && !number.is_zero() {
            self.note(path, format!("{number} is negative"));
        } else if number > Decimal::from(highest) {
            self.note(path, format!("{number} is more than {highest}"));
        } else if number.scale() > 6 {
            self.note(path, format!("{number} has more than 6 decimals"));
        } else {
            return Some(number);
        }
        None
    }

    fn optional(&mut self, path: &str, raw: Option<&Scalar>, highest: i64) -> Option<Decimal> {
        raw.and_then(|raw| self.number(path, raw, highest))
    }

    fn positive(&mut self, path: &str, raw: &Scalar, highest: i64) -> Option<Decimal> {
        let number = self.number(path, raw, highest)?;
        if number.is_zero() {
            self.note(path, "must be above zero");
            return None;
        }
        Some(number)
    }

    fn zone(&mut self, index: usize, raw: &RawZone) -> Zone {
        let path = format!("zones[{index}]");
        let name = self.named(&format!("{path}.name"), &raw.name);
        let mut origins = Vec::new();
        for (i, origin) in raw.origins.iter().enumerate() {
            origins.extend(self.parsed(&format!("{path}.origins[{i}]"), CountryCode::parse(origin)));
        }
        self.not_empty(&format!("{path}.destinations"), &raw.destinations);
        let mut destinations = Vec::new();
        for (i, destination) in raw.destinations.iter().enumerate() {
            destinations.extend(self.destination(&format!("{path}.destinations[{i}]"), destination));
        }
        Zone { name, origins, destinations }
    }

    fn destination(&mut self, path: &str, raw: &RawDestination) -> Vec<Destination> {
        let country = self.parsed(&format!("{path}.country"), CountryCode::parse(&raw.country));
        let Some(postcodes) = &raw.postcodes else {
            return country.map(|country| Destination { country, prefix: None }).into_iter().collect();
        };
        self.not_empty(&format!("{path}.postcodes"), postcodes);
        let mut destinations = Vec::new();
        for (i, postcode) in postcodes.iter().enumerate() {
            let prefix: String = postcode
                .chars()
                .filter(|c| !matches!(c, ' ' | '-'))
                .map(|c| c.to_ascii_uppercase())
                .collect();
            if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_alphanumeric()) {
                self.note(&format!("{path}.postcodes[{i}]"), "must be the beginning of a postcode");
            }
            destinations.extend(country.map(|country| Destination { country, prefix: Some(prefix) }));
        }
        destinations
    }

    fn service(&mut self, index: usize, raw: &RawService, zones: &[Zone]) -> ServiceRates {
        let path = format!("services[{index}]");
        let code = self.named(&format!("{path}.code"), &raw.code);
        self.not_empty(&format!("{path}.rates"), &raw.rates);
        let mut rates: Vec<ZoneRates> = Vec::new();
        for (i, raw) in raw.rates.iter().enumerate() {
            let path = format!("{path}.rates[{i}]");
            let Some(next) = self.rates(&path, raw, zones) else { continue };
            for other in &rates {
                if let Some(words) = clash(zones, next.zone, other.zone) {
                    self.note(&format!("{path}.zone"), words);
                }
            }
            rates.push(next);
        }
        ServiceRates { code, rates }
    }

    fn rates(&mut self, path: &str, raw: &RawRates, zones: &[Zone]) -> Option<ZoneRates> {
        let zone = self.zone_index(&format!("{path}.zone"), &raw.zone, zones);
        let steps = self.steps(&format!("{path}.steps"), &raw.steps);
        let per_kg_above =
            self.optional(&format!("{path}.per_kg_above"), raw.per_kg_above.as_ref(), HIGHEST_PRICE);
        let max_path = format!("{path}.max_kg");
        let max_kg = raw.max_kg.as_ref().and_then(|max| self.positive(&max_path, max, HEAVIEST));
        let last = steps.last().map(|step| step.up_to_kg);
        if let (Some(max), Some(last)) = (max_kg, last)
            && max < last
        {
            self.note(&max_path, format!("{max} is below the last step, {last}"));
        }
        if max_kg.is_some_and(|max| last.is_some_and(|last| max > last)) && raw.per_kg_above.is_none() {
            self.note(&max_path, "is above the last step; without `per_kg_above` nothing is priced there");
        }
        Some(ZoneRates { zone: zone?, steps, per_kg_above, max_kg })
    }

    fn steps(&mut self, path: &str, raw: &[RawStep]) -> Vec<Step> {
        self.not_empty(path, raw);
        let mut steps: Vec<Step> = Vec::new();
        for (i, step) in raw.iter().enumerate() {
            let up_to_kg = self.positive(&format!("{path}[{i}].up_to_kg"), &step.up_to_kg, HEAVIEST);
            let price = self.number(&format!("{path}[{i}].price"), &step.price, HIGHEST_PRICE);
            let Some((up_to_kg, price)) = up_to_kg.zip(price) else { continue };
            if let Some(before) = steps.last().filter(|before| before.up_to_kg >= up_to_kg) {
                let words = format!("{up_to_kg} is not above the step before it, {}", before.up_to_kg);
                self.note(&format!("{path}[{i}].up_to_kg"), words);
            }
            steps.push(Step { up_to_kg, price });
        }
        steps
    }

    fn zone_index(&mut self, path: &str, name: &str, zones: &[Zone]) -> Option<usize> {
        let found = zones.iter().position(|zone| zone.name == name.trim() && !zone.name.is_empty());
        if found.is_none() {
            self.note(path, format!("`{}` is no zone of this card", name.trim()));
        }
        found
    }

    fn surcharge(
        &mut self,
        index: usize,
        raw: &RawSurcharge,
        zones: &[Zone],
        services: &[ServiceRates],
    ) -> Option<Surcharge> {
        let path = format!("surcharges[{index}]");
        let code = self.named(&format!("{path}.code"), &raw.code);
        let name = self.named(&format!("{path}.name"), &raw.name);
        for (i, service) in raw.services.iter().enumerate() {
            if !services.iter().any(|known| known.code == *service) {
                let words = format!("`{service}` is no service of this card");
                self.note(&format!("{path}.services[{i}]"), words);
            }
        }
        let when = self.when(&path, raw, zones);
        let amount = self.amount(&path, raw);
        Some(Surcharge { code, name, when: when?, amount: amount?, services: raw.services.clone() })
    }

    fn when(&mut self, path: &str, raw: &RawSurcharge, zones: &[Zone]) -> Option<When> {
        let has_limits = raw.longest_side_over_cm.is_some() || raw.length_and_girth_over_cm.is_some();
        if raw.when != "zone" && !raw.zones.is_empty() {
            self.note(&format!("{path}.zones"), "means something only when `when` is `zone`");
        }
        if raw.when != "dimension" && has_limits {
            self.note(&format!("{path}.when"), "must be `dimension` where a limit on dimensions is given");
        }
        match raw.when.as_str() {
            "always" => Some(When::Always),
            "fuel" => Some(When::Fuel),
            "residential" => Some(When::Residential),
            "saturday" => Some(When::Saturday),
            "signature" => Some(When::Signature),
            "zone" => {
                self.not_empty(&format!("{path}.zones"), &raw.zones);
                let mut due = Vec::new();
                for (i, name) in raw.zones.iter().enumerate() {
                    due.extend(self.zone_index(&format!("{path}.zones[{i}]"), name, zones));
                }
                Some(When::Zone(due))
            }
            "dimension" => {
                if !has_limits {
                    let words = "needs `longest_side_over_cm` or `length_and_girth_over_cm`";
                    self.note(path, words);
                }
                let (side, around) = (&raw.longest_side_over_cm, &raw.length_and_girth_over_cm);
                let side_path = format!("{path}.longest_side_over_cm");
                let around_path = format!("{path}.length_and_girth_over_cm");
                Some(When::Dimension {
                    longest_side_cm: self.optional(&side_path, side.as_ref(), LONGEST),
                    length_and_girth_cm: self.optional(&around_path, around.as_ref(), LONGEST),
                })
            }
            other => {
                let known = "always, fuel, zone, dimension, residential, saturday or signature";
                self.note(&format!("{path}.when"), format!("`{other}` is none of {known}"));
                None
            }
        }
    }

    fn amount(&mut self, path: &str, raw: &RawSurcharge) -> Option<Amount> {
        match (&raw.fixed, &raw.percent) {
            (Some(fixed), None) => {
                self.number(&format!("{path}.fixed"), fixed, HIGHEST_PRICE).map(Amount::Fixed)
            }
            (None, Some(percent)) => {
                self.number(&format!("{path}.percent"), percent, HIGHEST_PERCENT).map(Amount::Percent)
            }
            _ => {
                self.note(path, "needs one of `fixed` and `percent`");
                None
            }
        }
    }
}

/// Why two zones cannot both have rates of one service: an address would be
/// in both, equally closely.
fn clash(zones: &[Zone], one: usize, other: usize) -> Option<String> {
    let (one, other) = (zones.get(one)?, zones.get(other)?);
    if one.name == other.name {
        return Some(format!("`{}` has rates already", one.name));
    }
    let anywhere = one.origins.is_empty() || other.origins.is_empty();
    if !anywhere && !one.origins.iter().any(|origin| other.origins.contains(origin)) {
        return None;
    }
    let shared = one.destinations.iter().find(|destination| other.destinations.contains(destination))?;
    let place = match &shared.prefix {
        Some(prefix) => format!("{} {prefix}", shared.country),
        None => shared.country.to_string(),
    };
    Some(format!("{place} would be in `{}` and in `{}`", one.name, other.name))
}
