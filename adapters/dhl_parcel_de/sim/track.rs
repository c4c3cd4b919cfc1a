//! `GET /shipments` of the tracking service: XML in, XML out, always 200 once the gateway let it pass.

use jiff::tz::TimeZone;
use parcelgate_kit::codec::xml::{Writer, parse};
use parcelgate_kit::model::CountryCode;
use parcelgate_kit::sim::{Milestone, MilestoneKind, SimParcel, World, response};
use serde_json::{Value, json};

use super::{Request, Response, TRACKING_PASSWORD, TRACKING_USER, flat, is_application, query_value};

pub(super) fn pieces(world: &World, request: &Request) -> Response {
    if !is_application(request) {
        return flat(401, "Unauthorized", "The credentials of the application are wrong.");
    }
    let text = query_value(request, "xml");
    let Ok(document) = parse(&text) else { return failed("-3", "unknown request") };
    let root = document.root_element();
    let given = |name: &str| root.attribute(name).unwrap_or_default();
    if root.tag_name().name() != "data" || given("request") != "d-get-piece-detail" {
        return failed("-3", "unknown request");
    }
    if given("appname") != TRACKING_USER || given("password") != TRACKING_PASSWORD {
        return failed("5", "login failed");
    }
    if !matches!(given("language-code"), "de" | "en") {
        return failed("-3", "unknown language");
    }
    let numbers: Vec<&str> = given("piece-code").split(';').filter(|number| !number.is_empty()).collect();
    if numbers.is_empty() || numbers.len() > 20 {
        return failed("45", "piece-code is missing or has more than 20 numbers");
    }
    if numbers.iter().any(|number| !(10..=40).contains(&number.len())) {
        return failed("41", "malformed number");
    }
    let known: Vec<&SimParcel> = numbers
        .iter()
        .filter_map(|number| world.parcels.get(*number))
        .filter(|parcel| !parcel.voided)
        .collect();
    if known.is_empty() {
        return failed("100", "no data found");
    }
    let mut answer = Writer::new();
    answer.open("data", &[("name", "piece-shipment-list"), ("code", "0"), ("request-id", "sim")]);
    for parcel in known {
        piece(&mut answer, world, parcel);
    }
    answer.close("data");
    answered(answer)
}

fn failed(code: &str, words: &str) -> Response {
    let mut answer = Writer::new();
    let attributes =
        [("name", "piece-shipment-list"), ("code", code), ("error", words), ("request-id", "sim")];
    answer.empty("data", &attributes);
    answered(answer)
}

fn answered(answer: Writer) -> Response {
    response(200, "application/xml", answer.finish().unwrap_or_default())
}

/// Standard code, ICE, RIC and words of what happens on the way.
fn codes(kind: MilestoneKind) -> [&'static str; 4] {
    use MilestoneKind as K;
    match kind {
        K::Announced => ["VA", "PARCV", "NRQRD", "The instruction data for this shipment have been provided"],
        K::HandedOver => ["AE", "PCKDU", "NRQRD", "The shipment has been picked up"],
        K::Departed => {
            ["AA", "LDTMV", "MVMTV", "The shipment has been processed in the parcel center of origin"]
        }
        K::Customs => ["ZO", "HLDCU", "NRQRD", "The shipment is being cleared through customs"],
        K::Arrived => {
            ["EE", "MVARR", "MVMTV", "The shipment has been processed in the destination parcel center"]
        }
        K::OutForDelivery => {
            ["PO", "SRTED", "NRQRD", "The shipment has been loaded onto the delivery vehicle"]
        }
        K::Attempted => ["ZN", "NTDEL", "NHOME", "The recipient was not at home"],
        K::Refused => ["ZN", "NTDEL", "RFUSD", "The recipient refused the shipment"],
        K::Returning => ["ZN", "RETRN", "RFUSD", "The shipment is being returned to the sender"],
        K::Returned | K::Delivered => {
            ["ZU", "DLVRD", "NRQRD", "The shipment has been successfully delivered"]
        }
    }
}

fn piece(answer: &mut Writer, world: &World, parcel: &SimParcel) {
    let happened = world.milestones(&parcel.tracking).unwrap_or_default();
    let last = happened.last().map_or(codes(MilestoneKind::Announced), |last| codes(last.kind));
    let [standard, ice, ric, words] = last;
    let is_end = matches!(standard, "ZU");
    let way_back = happened.iter().any(|milestone| milestone.kind == MilestoneKind::Returned);
    answer.open(
        "data",
        &[
            ("name", "piece-shipment"),
            ("error-status", "0"),
            ("piece-code", &parcel.tracking),
            ("searched-piece-code", &parcel.tracking),
            ("status", words),
            ("delivery-event-flag", if is_end { "1" } else { "0" }),
            ("standard-event-code", standard),
            ("ice", ice),
            ("ric", ric),
            ("dest-country", &parcel.to.1),
            ("origin-country", &parcel.from.1),
            ("ruecksendung", if way_back { "true" } else { "false" }),
        ],
    );
    answer.open(
        "data",
        &[("name", "piece-event-list"), ("piece-identifier", parcel.tracking.trim_start_matches('0'))],
    );
    for milestone in &happened {
        event(answer, parcel, milestone);
    }
    answer.close("data").close("data");
}

fn event(answer: &mut Writer, parcel: &SimParcel, milestone: &Milestone) {
    let (city, country) = if milestone.kind.at_origin() { &parcel.from } else { &parcel.to };
    let zone =
        if country == "DE" { TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC) } else { TimeZone::UTC };
    let time = milestone.at.to_zoned_datetime(zone).strftime("%d.%m.%Y %H:%M").to_string();
    let place = CountryCode::parse(country).map(|country| country.name()).unwrap_or_default();
    let [standard, ice, ric, words] = codes(milestone.kind);
    let returned = if milestone.kind == MilestoneKind::Returned { "true" } else { "false" };
    answer.empty(
        "data",
        &[
            ("name", "piece-event"),
            ("event-timestamp", &time),
            ("event-status", words),
            ("event-short-status", words),
            ("ice", ice),
            ("ric", ric),
            ("event-location", city),
            ("event-country", place),
            ("standard-event-code", standard),
            ("ruecksendung", returned),
        ],
    );
}

/// What Unified Push sends of a parcel: its shipment as Unified Tracking tells it, newest event first.
pub(super) fn push(world: &World, number: &str) -> Option<Value> {
    let parcel = world.parcels.get(number).filter(|parcel| !parcel.voided)?;
    let mut events: Vec<Value> =
        world.milestones(number)?.iter().map(|milestone| unified(parcel, milestone)).collect();
    events.reverse();
    let newest = events.first()?.clone();
    Some(json!({
        "shipments": [{ "id": number, "service": "parcel-de", "status": newest, "events": events }]
    }))
}

fn unified(parcel: &SimParcel, milestone: &Milestone) -> Value {
    use MilestoneKind as K;
    let code = match milestone.kind {
        K::Announced => "pre-transit",
        K::Attempted | K::Refused | K::Returning => "failure",
        K::Delivered | K::Returned => "delivered",
        _ => "transit",
    };
    let (city, country) = if milestone.kind.at_origin() { &parcel.from } else { &parcel.to };
    let zone =
        if country == "DE" { TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC) } else { TimeZone::UTC };
    json!({
        "timestamp": milestone.at.to_zoned_datetime(zone).strftime("%Y-%m-%dT%H:%M:%S").to_string(),
        "statusCode": code,
        "status": codes(milestone.kind)[3],
        "location": { "address": { "addressLocality": city, "countryCode": country } },
    })
}
