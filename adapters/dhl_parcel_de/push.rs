//! Reads what Unified Push pushes: shipments as Unified Tracking tells them.
//!
//! Its five status codes are coarser than those of the tracking service, and tell no hand-over: must never make
//! a scan of one that is not a delivery. Start with [`read`].

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use parcelgate_kit::codec::json;
use parcelgate_kit::descriptor::PushProof;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::TrackStatus as S;
use parcelgate_kit::model::{CountryCode, LocalTime, Place, TrackEvent, TrackingNumber};
use parcelgate_kit::operation::{Pushed, TrackOutcome, TrackReport, Tracked};
use parcelgate_kit::status::{Row, StatusTable};
use serde::Deserialize;

/// The subscriber names the header and the token of his subscription.
pub(crate) const PROOF: PushProof =
    PushProof::Header { name: "dhl-push-token", setting: "push_header", secret: "push_token" };

/// Status codes of Unified Tracking.
const TABLE: StatusTable = StatusTable::new(&[
    Row::notice("pre-transit", S::PreTransit, "announced"),
    Row::notice("transit", S::InTransit, "on the way"),
    Row::scan("delivered", S::Delivered, "delivered"),
    Row::notice("failure", S::Exception, "something is wrong"),
    Row::notice("unknown", S::Unknown, "the carrier does not know either"),
]);

#[derive(Deserialize)]
struct Message {
    shipments: Vec<Shipment>,
}

#[derive(Deserialize)]
struct Shipment {
    id: String,
    #[serde(default)]
    service: String,
    status: Option<Event>,
    #[serde(default)]
    events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    timestamp: String,
    #[serde(default)]
    status_code: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    description: String,
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Location {
    address: Option<Address>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    country_code: Option<String>,
    postal_code: Option<String>,
    address_locality: Option<String>,
}

/// What the push says of parcels of this network; those of others are left out.
///
/// # Errors
/// [`Fault::unreadable`] when it is none of these messages.
pub(crate) fn read(push: &Pushed) -> Result<Vec<Tracked>, Fault> {
    let message: Message = json::read(&push.body)?;
    let ours = message.shipments.into_iter().filter(|shipment| shipment.service.starts_with("parcel-de"));
    ours.map(tracked).collect()
}

fn tracked(shipment: Shipment) -> Result<Tracked, Fault> {
    let number = TrackingNumber::parse(&shipment.id)
        .map_err(|problem| Fault::unreadable(format!("the shipment's `id` {problem}")))?;
    // The newest one stands apart and, mostly, in the list too.
    let told =
        if shipment.events.is_empty() { shipment.status.into_iter().collect() } else { shipment.events };
    let mut events = told.iter().map(event).collect::<Result<Vec<_>, _>>()?;
    events.reverse();
    if events.is_empty() {
        return Ok(Tracked::new(number, TrackOutcome::NoDataYet));
    }
    let mut report = TrackReport::of(events);
    let unknown =
        told.iter().map(|event| event.status_code.trim()).filter(|code| !TABLE.look_up(code, "").known);
    report.unknown_codes = unknown.map(str::to_owned).collect();
    report.unknown_codes.sort();
    report.unknown_codes.dedup();
    Ok(Tracked::new(number, TrackOutcome::Found(report)))
}

fn event(told: &Event) -> Result<TrackEvent, Fault> {
    let meaning = TABLE.look_up(&told.status_code, "");
    let address = told.location.as_ref().and_then(|location| location.address.as_ref());
    let text =
        |text: Option<&String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let country = address
        .and_then(|address| address.country_code.as_deref())
        .and_then(|country| CountryCode::parse(country.trim()).ok());
    let words = [&told.description, &told.status].into_iter().find(|words| !words.trim().is_empty());
    Ok(TrackEvent {
        status: meaning.status,
        carrier_code: told.status_code.trim().to_owned(),
        carrier_words: words.map(|words| words.trim().to_owned()).unwrap_or_default(),
        occurred: time(&told.timestamp, country)?,
        place: Place {
            city: text(address.and_then(|address| address.address_locality.as_ref())),
            postcode: text(address.and_then(|address| address.postal_code.as_ref())),
            country,
            ..Place::default()
        },
        is_physical_scan: meaning.physical,
        id: None,
    })
}

/// With an offset an instant; without one German time for what happened in Germany, and local elsewhere.
fn time(text: &str, country: Option<CountryCode>) -> Result<LocalTime, Fault> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(LocalTime::Instant(instant));
    }
    let clock: DateTime = text.parse().map_err(|_| Fault::unreadable("`timestamp` is no time"))?;
    let berlin = country.filter(|country| *country == "DE").and_then(|_| TimeZone::get("Europe/Berlin").ok());
    let instant = berlin.and_then(|berlin| berlin.to_timestamp(clock).ok());
    Ok(instant.map_or(LocalTime::Local(clock), LocalTime::Instant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_unreadable_and_other_networks_are_left_out() {
        let read = |body: &'static str| read(&Pushed::new(Vec::new(), body));
        for body in ["", "[]", "{}", r#"{"shipments":[{"service":"parcel-de","id":"?"}]}"#] {
            assert!(read(body).is_err(), "{body}");
        }
        assert_eq!(read(r#"{"shipments":[{"service":"express","id":"1234567890"}]}"#).unwrap(), []);
    }

    #[test]
    fn the_table_is_sound_and_only_a_delivery_is_a_scan() {
        assert!(TABLE.doubles().is_empty());
        for row in TABLE.rows() {
            assert_eq!(row.physical, row.status == Some(S::Delivered), "{}", row.code);
        }
    }
}
