//! Money, measures, days and instants.

use jiff::Timestamp;
use jiff::civil::Date;
use parcelgate_kit::model::{Currency, Dimensions, Length, LengthUnit, Money, Problem, Weight, WeightUnit};
use rust_decimal::Decimal;

use super::Reading;
use crate::api::proto::{google_type, v1};

const NANO: i64 = 1_000_000_000;

/// A google.type.Money, absent when unset.
pub(super) fn money(reading: &mut Reading, field: &str, raw: Option<&google_type::Money>) -> Option<Money> {
    let raw = raw?;
    let parsed = to_money(raw);
    reading.take(field, parsed)
}

fn to_money(raw: &google_type::Money) -> Result<Money, Problem> {
    let currency = Currency::parse(&raw.currency_code)?;
    let nanos = i64::from(raw.nanos);
    if nanos.abs() >= NANO || (raw.units > 0 && nanos < 0) || (raw.units < 0 && nanos > 0) {
        return Err(Problem::new("has nanos that do not fit its units: same sign, below 10^9"));
    }
    Money::new(Decimal::from(raw.units) + Decimal::new(nanos, 9), currency)
}

/// An amount that must not be below zero.
pub(super) fn amount(reading: &mut Reading, field: &str, raw: Option<&google_type::Money>) -> Option<Money> {
    let money = money(reading, field, raw)?;
    if money.is_negative() {
        reading.note(field, format!("is {money}, it must not be below zero"));
        return None;
    }
    Some(money)
}

fn decimal(raw: &str) -> Result<Decimal, Problem> {
    let plain = raw.trim();
    if plain.is_empty()
        || plain.len() > 20
        || !plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'))
    {
        return Err(Problem::new("is no decimal number such as 1.25"));
    }
    plain.parse().map_err(|_| Problem::new("is no decimal number such as 1.25"))
}

/// A weight.
pub(super) fn weight(reading: &mut Reading, field: &str, raw: Option<&v1::Weight>) -> Option<Weight> {
    let raw = raw?;
    let unit = match raw.unit() {
        v1::WeightUnit::Kg => WeightUnit::Kg,
        v1::WeightUnit::G => WeightUnit::G,
        v1::WeightUnit::Lb => WeightUnit::Lb,
        v1::WeightUnit::Oz => WeightUnit::Oz,
        v1::WeightUnit::Unspecified => {
            reading.note(format!("{field}.unit"), "must be KG, G, LB or OZ");
            return None;
        }
    };
    let value = reading.take(format!("{field}.value"), decimal(&raw.value))?;
    reading.take(format!("{field}.value"), Weight::new(value, unit))
}

/// The three sides of a box.
pub(super) fn dimensions(
    reading: &mut Reading,
    field: &str,
    raw: Option<&v1::Dimensions>,
) -> Option<Dimensions> {
    let raw = raw?;
    let unit = match raw.unit() {
        v1::LengthUnit::Cm => LengthUnit::Cm,
        v1::LengthUnit::Mm => LengthUnit::Mm,
        v1::LengthUnit::In => LengthUnit::In,
        v1::LengthUnit::Unspecified => {
            reading.note(format!("{field}.unit"), "must be CM, MM or IN");
            return None;
        }
    };
    let mut side = |name: &str, raw: &str| {
        let field = format!("{field}.{name}");
        let value = reading.take(&field, decimal(raw))?;
        reading.take(&field, Length::new(value, unit))
    };
    let (length, width, height) =
        (side("length", &raw.length), side("width", &raw.width), side("height", &raw.height));
    Some(Dimensions::new(length?, width?, height?))
}

/// A google.type.Date, absent when unset; all three parts are needed.
pub(super) fn date(reading: &mut Reading, field: &str, raw: Option<&google_type::Date>) -> Option<Date> {
    let raw = raw?;
    let parts = (i16::try_from(raw.year), i8::try_from(raw.month), i8::try_from(raw.day));
    let parsed = match parts {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).ok(),
        _ => None,
    };
    reading.take(field, parsed.ok_or_else(|| Problem::new("is no day of the calendar")))
}

/// An instant, absent when unset.
pub(super) fn instant(
    reading: &mut Reading,
    field: &str,
    raw: Option<&prost_types::Timestamp>,
) -> Option<Timestamp> {
    let raw = raw?;
    let parsed = Timestamp::new(raw.seconds, raw.nanos).map_err(|_| Problem::new("is no instant"));
    reading.take(field, parsed)
}
