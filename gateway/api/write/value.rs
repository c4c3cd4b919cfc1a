//! Money, time and faults.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{LocalTime, Money, Notice};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::api::proto::{google_type, v1};

/// An amount; google.type.Money holds nine decimals, as many as [`Money`].
pub(super) fn money(money: Money) -> google_type::Money {
    let amount = money.amount();
    let units = amount.trunc();
    let nanos = ((amount - units) * Decimal::from(1_000_000_000)).to_i32().unwrap_or_default();
    google_type::Money {
        currency_code: money.currency().as_str().to_owned(),
        units: units.to_i64().unwrap_or_default(),
        nanos,
    }
}

pub(in crate::api) fn instant(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
}

pub(in crate::api) fn duration(took: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(took.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(took.subsec_nanos()).unwrap_or_default(),
    }
}

pub(in crate::api) fn date(day: Date) -> google_type::Date {
    google_type::Date {
        year: i32::from(day.year()),
        month: i32::from(day.month()),
        day: i32::from(day.day()),
    }
}

/// A clock on the wall, without its zone.
pub(super) fn wall(clock: DateTime) -> v1::LocalTime {
    v1::LocalTime { wall_clock: clock.to_string(), ..v1::LocalTime::default() }
}

pub(super) fn local(time: LocalTime) -> v1::LocalTime {
    match time {
        LocalTime::Instant(at) => v1::LocalTime { instant: Some(instant(at)), ..v1::LocalTime::default() },
        LocalTime::Local(clock) => wall(clock),
    }
}

pub(super) fn notice(notice: &Notice) -> v1::Notice {
    v1::Notice { code: notice.code.clone(), message: notice.words.clone() }
}

pub(super) fn fault(fault: &Fault) -> v1::Fault {
    v1::Fault {
        reason: kind_name(fault),
        message: fault.to_string(),
        carrier_code: fault.carrier_code.clone().unwrap_or_default(),
        carrier_words: fault.carrier_words.clone().unwrap_or_default(),
        field: fault.field.clone().unwrap_or_default(),
    }
}

/// The kind's name as it is serialised, such as `TIMED_OUT`.
fn kind_name(fault: &Fault) -> String {
    serde_json::to_value(fault.kind)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default()
}
