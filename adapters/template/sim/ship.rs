//! `POST /v1/shipments`: checks, keys, numbers and labels.
//!
//! Must make one shipment for one key, whatever happens to the answer. Start with [`create`].
// file only with purchase

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::SignedDuration;
use parcelgate_kit::check_digit;
use parcelgate_kit::label::{LabelFace, draw};
use parcelgate_kit::model::{LabelFormat, LabelSpec};
use parcelgate_kit::sim::{SimParcel, SimShipment, World, json_at, json_text};
use serde_json::{Value, json};

use super::check::{body, crosses, invalid, items, required, shipment};
use super::tariff::{price, transit_days};
use super::{Answer, Refused};

/// Hours that a key is remembered.
const KEY_HOURS: i64 = 24;

pub(super) fn create(world: &mut World, request: &http::Request<Bytes>) -> Answer {
    let body = body(request)?;
    let key =
        request.headers().get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if key.is_empty() {
        return Err(invalid("the header idempotency-key is required"));
    }
    let fresh = world.now - SignedDuration::from_hours(KEY_HOURS);
    let before = world
        .shipments
        .values()
        .find(|shipment| shipment.created > fresh && json_text(&shipment.memory, "key") == key);
    if let Some(before) = before {
        return if before.memory.get("request") == Some(&body) {
            Ok((200, before.memory.get("answer").cloned().unwrap_or_default()))
        } else {
            Err(Refused::new(422, "KEY_REUSED", "the key was used for another shipment"))
        };
    }
    shipment(&body)?;
    let format = match json_text(&body, "labelFormat").as_str() {
        "PDF" => LabelFormat::Pdf,
        "PNG" => LabelFormat::Png,
        "ZPL2" => LabelFormat::Zpl,
        other => return Err(invalid(format!("labelFormat {other:?} is none of PDF, PNG, ZPL2"))),
    };
    required(&body, "reference", 35)?;
    customs(&body)?;
    let price = price(&json_text(&body, "service"), &body)?;
    let answer = record(world, key, &body, format, &price);
    Ok((201, answer))
}

/// Goods that leave the country need their data.
fn customs(body: &Value) -> Result<(), Refused> {
    if !crosses(body) {
        return Ok(());
    }
    let goods = items(body, "customs.goods");
    if goods.is_empty() {
        return Err(invalid("customs.goods is required across borders"));
    }
    for item in goods {
        required(item, "description", 80)?;
        for field in ["quantity", "unitValue", "currency", "netWeightKg", "hsCode", "origin"] {
            required(item, field, 20)?;
        }
    }
    let ioss = json_text(body, "customs.ioss");
    let is_number = ioss.len() == 12 && ioss.starts_with("IM");
    if !ioss.is_empty() && !is_number {
        return Err(invalid("customs.ioss is IM and ten digits"));
    }
    Ok(())
}

fn record(world: &mut World, key: &str, body: &Value, format: LabelFormat, price: &Value) -> Value {
    let id = format!("S{:08}", world.next_number("shipment"));
    let service = json_text(body, "service");
    let place =
        |side: &str| (json_text(body, &format!("{side}.city")), json_text(body, &format!("{side}.country")));
    let count = items(body, "parcels").len();
    let (mut parcels, mut shown) = (Vec::new(), Vec::new());
    for index in 0..count {
        let tracking = number(world);
        let label = label(world, body, &tracking, (index + 1, count), format);
        shown.push(json!({ "trackingNumber": tracking, "label": STANDARD.encode(label) }));
        parcels.push(SimParcel {
            tracking,
            shipment: id.clone(),
            created: world.now,
            from: place("shipFrom"),
            to: place("shipTo"),
            crosses_border: crosses(body),
            transit_days: transit_days(&service),
            ..SimParcel::default()
        });
    }
    let answer = json!({ "shipmentId": id, "parcels": shown, "price": price });
    let shipment = SimShipment {
        id,
        reference: json_text(body, "reference"),
        tracking: parcels.iter().map(|parcel| parcel.tracking.clone()).collect(),
        service,
        created: world.now,
        voided: false,
        memory: json!({ "key": key, "request": body, "answer": answer }),
    };
    world.record(shipment, parcels);
    answer
}

/// The next number, with its check digit.
fn number(world: &mut World) -> String {
    let serial = format!("{:09}", world.next_number("parcel"));
    let check = (0..10).find(|digit| check_digit::luhn(&format!("{serial}{digit}"))).unwrap_or_default();
    format!("TP{serial}{check}")
}

fn label(world: &World, body: &Value, tracking: &str, place: (usize, usize), format: LabelFormat) -> Bytes {
    let (index, count) = place;
    let party = |side: &str| -> Vec<String> {
        let at = |field: &str| json_text(body, &format!("{side}.{field}"));
        let street = items(body, &format!("{side}.street"));
        let mut lines = vec![at("name")];
        lines.extend(street.iter().filter_map(|line| line.as_str().map(str::to_owned)));
        lines.push(format!("{} {}", at("postcode"), at("city")));
        lines.push(at("country"));
        lines
    };
    let kg =
        json_at(body, &format!("parcels.{}.weightKg", index - 1)).and_then(Value::as_str).unwrap_or_default();
    let face = LabelFace {
        carrier: "Template Parcel".to_owned(),
        service: json_text(body, "service"),
        from: party("shipFrom"),
        to: party("shipTo"),
        tracking: tracking.to_owned(),
        routing: None,
        references: vec![json_text(body, "reference")],
        parcel: (u16::try_from(index).unwrap_or(1), u16::try_from(count).unwrap_or(1)),
        weight: format!("{kg} kg"),
        date: world.now.to_string().chars().take(10).collect(),
        ..LabelFace::default()
    };
    draw(&face, LabelSpec { format, ..LabelSpec::default() })
}
