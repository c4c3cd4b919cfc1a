//! Requests about tracking numbers and about the carriers of a marketplace.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use parcelgate_kit::model::CountryCode;

use super::{Reading, value};
use crate::api::proto::{google_type, v1};
use crate::numbers::{Approved, ApprovedQuery};
use crate::shipping::ShippingError;

/// A request to validate a number. The number is as it was written: what is
/// wrong with it is for the answer to say.
pub(in crate::api) struct NumberClaim {
    pub(in crate::api) number: String,
    pub(in crate::api) whose: Whose,
    pub(in crate::api) service: Option<String>,
    pub(in crate::api) query: Option<ApprovedQuery>,
    pub(in crate::api) shipment: Option<String>,
}

/// How the carrier was named.
pub(in crate::api) enum Whose {
    /// By its id.
    Id(String),
    /// By a name that was typed.
    Typed(String),
}

/// A country that may be left out.
pub(in crate::api) fn optional_country(field: &str, raw: &str) -> Result<Option<CountryCode>, ShippingError> {
    let mut reading = Reading::default();
    let country = country(&mut reading, field, raw);
    reading.finish(Some(country))
}

fn country(reading: &mut Reading, field: &str, raw: &str) -> Option<CountryCode> {
    if raw.is_empty() {
        return None;
    }
    reading.take(field, CountryCode::parse(&raw.to_ascii_uppercase()))
}

/// What is claimed of a number.
pub(in crate::api) fn number_claim(
    raw: v1::ValidateTrackingNumberRequest,
    approved: &Approved,
    now: Timestamp,
) -> Result<NumberClaim, ShippingError> {
    if raw.tracking_number.len() > 400 {
        return Err(ShippingError::invalid("tracking_number", "is longer than 80 characters"));
    }
    let whose = match (raw.carrier.is_empty(), raw.carrier_name.is_empty()) {
        (false, true) => Whose::Id(super::required_id("carrier", &raw.carrier, 64)?),
        (true, false) => Whose::Typed(super::required_id("carrier_name", &raw.carrier_name, 80)?),
        (true, true) => {
            return Err(ShippingError::invalid("carrier", "is required, or `carrier_name` as it was typed"));
        }
        (false, false) => {
            return Err(ShippingError::invalid(
                "carrier_name",
                "is for carriers without an id: send one of the two",
            ));
        }
    };
    let optional = |field: &str, text: &str| {
        if text.is_empty() { Ok(None) } else { super::required_id(field, text, 64).map(Some) }
    };
    let service = optional("service", &raw.service)?;
    let shipment = optional("shipment_id", &raw.shipment_id)?;
    let query = if raw.marketplace.is_empty() {
        None
    } else {
        let lane = Lane {
            marketplace: &raw.marketplace,
            destination: &raw.destination,
            origin: &raw.origin,
            date: raw.date.as_ref(),
        };
        Some(approved_query(&lane, approved, now)?)
    };
    Ok(NumberClaim { number: raw.tracking_number, whose, service, query, shipment })
}

/// A request for the carriers of a marketplace.
pub(in crate::api) fn list_approved(
    raw: &v1::ListApprovedCarriersRequest,
    approved: &Approved,
    now: Timestamp,
) -> Result<ApprovedQuery, ShippingError> {
    let lane = Lane {
        marketplace: &raw.marketplace,
        destination: &raw.destination,
        origin: &raw.origin,
        date: raw.date.as_ref(),
    };
    approved_query(&lane, approved, now)
}

struct Lane<'a> {
    marketplace: &'a str,
    destination: &'a str,
    origin: &'a str,
    date: Option<&'a google_type::Date>,
}

fn approved_query(
    raw: &Lane<'_>,
    approved: &Approved,
    now: Timestamp,
) -> Result<ApprovedQuery, ShippingError> {
    let mut reading = Reading::default();
    if raw.marketplace.is_empty() {
        reading.note("marketplace", "is required: a country such as DE");
    }
    let marketplace = country(&mut reading, "marketplace", raw.marketplace);
    let destination = country(&mut reading, "destination", raw.destination);
    let origin = country(&mut reading, "origin", raw.origin);
    let day = value::date(&mut reading, "date", raw.date);
    let known = approved.marketplaces();
    if let Some(country) = marketplace.filter(|country| !known.contains(country)) {
        let known: Vec<_> = known.iter().map(CountryCode::as_str).collect();
        reading.note(
            "marketplace",
            format!("is {country}, of which no list is known; there are {}", known.join(", ")),
        );
    }
    let date = day.unwrap_or_else(|| today(now));
    reading.finish(marketplace.map(|marketplace| ApprovedQuery { marketplace, destination, origin, date }))
}

fn today(now: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(now).date()
}
