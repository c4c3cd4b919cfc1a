//! The text of a rate card as it is written, before anything is checked.
//!
//! Everything may be missing here; only what is no card at all is an error.
//! What the values must be, [`super::check`] knows.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::model::{Invalid, Problem};

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawCard {
    pub(super) currency: String,
    pub(super) valid_from: Scalar,
    pub(super) valid_until: Scalar,
    pub(super) tax_percent: Option<Scalar>,
    pub(super) zones: Vec<RawZone>,
    pub(super) services: Vec<RawService>,
    pub(super) surcharges: Vec<RawSurcharge>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawZone {
    pub(super) name: String,
    pub(super) origins: Vec<String>,
    pub(super) destinations: Vec<RawDestination>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawService {
    pub(super) code: String,
    pub(super) rates: Vec<RawRates>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawRates {
    pub(super) zone: String,
    pub(super) steps: Vec<RawStep>,
    pub(super) per_kg_above: Option<Scalar>,
    pub(super) max_kg: Option<Scalar>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawStep {
    pub(super) up_to_kg: Scalar,
    pub(super) price: Scalar,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawSurcharge {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) when: String,
    pub(super) zones: Vec<String>,
    pub(super) services: Vec<String>,
    pub(super) longest_side_over_cm: Option<Scalar>,
    pub(super) length_and_girth_over_cm: Option<Scalar>,
    pub(super) fixed: Option<Scalar>,
    pub(super) percent: Option<Scalar>,
}

/// A number or day: text, a whole number or a date of TOML.
#[derive(Debug, Default)]
pub(super) enum Scalar {
    #[default]
    Missing,
    Text(String),
    /// Already inexact; the check refuses it.
    Float,
}

/// `"DE"` or `{ country = "DE", postcodes = ["10"] }`.
#[derive(Debug, Default)]
pub(super) struct RawDestination {
    pub(super) country: String,
    pub(super) postcodes: Option<Vec<String>>,
}

/// The one card that `text` is.
pub(super) fn card(text: &str) -> Result<RawCard, Invalid> {
    read(text)
}

/// The list of cards in `text`; `None` when it has no list.
pub(super) fn cards(text: &str) -> Result<Option<Vec<RawCard>>, Invalid> {
    #[derive(Deserialize)]
    struct Probe {
        cards: Option<IgnoredAny>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct List {
        cards: Vec<RawCard>,
    }
    match read::<Probe>(text)?.cards {
        Some(_) => read::<List>(text).map(|list| Some(list.cards)),
        None => Ok(None),
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Invalid> {
    let is_json = text.trim_start().starts_with('{');
    if is_json {
        let mut source = serde_json::Deserializer::from_str(text);
        let value = serde_path_to_error::deserialize(&mut source)
            .map_err(|error| invalid(&error.path().to_string(), &error.inner().to_string()))?;
        source.end().map_err(|error| invalid("", &error.to_string()))?;
        return Ok(value);
    }
    // A parser's own words may run over lines; its message does not.
    let source = toml::Deserializer::parse(text).map_err(|error| invalid("", error.message()))?;
    serde_path_to_error::deserialize(source)
        .map_err(|error| invalid(&error.path().to_string(), error.inner().message()))
}

fn invalid(path: &str, words: &str) -> Invalid {
    let path = if matches!(path, "" | ".") { "rate card" } else { path };
    Invalid::new(path, Problem::new(words))
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or a day")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Text(number.to_string()))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Text(number.to_string()))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Scalar, E> {
        Ok(Scalar::Float)
    }

    /// A date of TOML comes as a map of one text under a name of the parser's.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        match map.next_entry::<String, String>()? {
            Some((key, text)) if key.starts_with("$__toml") => Ok(Scalar::Text(text)),
            _ => Err(A::Error::invalid_type(serde::de::Unexpected::Map, &self)),
        }
    }
}

impl<'de> Deserialize<'de> for RawDestination {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(DestinationVisitor)
    }
}

struct DestinationVisitor;

impl<'de> Visitor<'de> for DestinationVisitor {
    type Value = RawDestination;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a country such as \"DE\", or a table of `country` and `postcodes`")
    }

    fn visit_str<E: serde::de::Error>(self, country: &str) -> Result<RawDestination, E> {
        Ok(RawDestination { country: country.to_owned(), postcodes: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawDestination, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            country: String,
            postcodes: Option<Vec<String>>,
        }
        let Table { country, postcodes } = Table::deserialize(MapAccessDeserializer::new(map))?;
        Ok(RawDestination { country, postcodes })
    }
}
