//! `POST /orders`: makes what is right and refuses the rest, parcel by parcel.
//!
//! Must make a new parcel for every call: the carrier knows no keys. Start with [`create`].

use jiff::tz::TimeZone;
use parcelgate_kit::check_digit;
use parcelgate_kit::model::CountryCode;
use parcelgate_kit::sim::{SimParcel, SimShipment, World, json_response, json_text};
use serde_json::{Value, json};

use super::{Request, Response, check, flat, head, overall, paper, query_value};

pub(super) fn create(world: &mut World, request: &Request) -> Response {
    let Ok(body) = serde_json::from_slice::<Value>(request.body()) else {
        return flat(400, "Bad Request", "The request is no JSON.");
    };
    let (format, stock) = (query_value(request, "docFormat"), query_value(request, "printFormat"));
    if !["PDF", "ZPL2", ""].contains(&format.as_str()) {
        return flat(400, "Bad Request", "docFormat must be PDF or ZPL2.");
    }
    let bad = check::form(&body);
    if !bad.is_empty() {
        let items: Vec<_> =
            bad.iter().map(|bad| json!({ "propertyPath": bad.path, "message": bad.words })).collect();
        let words = "Your request contained technical errors as listed below.".to_owned();
        return json_response(400, &json!({ "status": head(400, words), "items": items }));
    }
    let today = world.now.to_zoned_datetime(TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC)).date();
    let shipments = check::list(&body, "shipments");
    let mut made = 0;
    let mut items = Vec::new();
    for shipment in shipments {
        let said = check::parcel(shipment, today);
        let messages: Vec<_> = said
            .iter()
            .map(|message| {
                let state = if message.is_error { "Error" } else { "Warning" };
                json!({ "property": message.property, "validationMessage": message.words, "validationState": state })
            })
            .collect();
        if said.iter().any(|message| message.is_error) {
            let status = json!({ "title": "Bad Request", "status": 400, "statusCode": 400 });
            items.push(json!({ "sstatus": status, "validationMessages": messages }));
            continue;
        }
        made += 1;
        let mut item = record(world, shipment, &format, &stock);
        if let (Some(item), false) = (item.as_object_mut(), messages.is_empty()) {
            item.insert("validationMessages".to_owned(), messages.into());
        }
        items.push(item);
    }
    let all = shipments.len();
    let status = overall(made, all);
    let words =
        format!("{made} of {all} {} successfully created.", if all == 1 { "shipment" } else { "shipments" });
    json_response(status, &json!({ "status": head(status, words), "items": items }))
}

fn record(world: &mut World, shipment: &Value, format: &str, stock: &str) -> Value {
    let tracking = number(world);
    let service = json_text(shipment, "product");
    let alpha2 = |party: &str| {
        let code = json_text(shipment, &format!("{party}.country"));
        CountryCode::from_alpha3(&code).map(|country| country.as_str().to_owned()).unwrap_or_default()
    };
    let to = (json_text(shipment, "consignee.city"), alpha2("consignee"));
    let parcel = SimParcel {
        tracking: tracking.clone(),
        shipment: tracking.clone(),
        created: world.now,
        from: (json_text(shipment, "shipper.city"), alpha2("shipper")),
        crosses_border: to.1 != "DE" && shipment.get("customs").is_some(),
        transit_days: transit_days(&to.1),
        to,
        ..SimParcel::default()
    };
    let mut item = json!({
        "shipmentNo": tracking,
        "shipmentRefNo": json_text(shipment, "refNo"),
        "sstatus": { "title": "OK", "status": 200, "statusCode": 200 },
        "label": paper::label(shipment, &tracking, format, stock),
    });
    let form = paper::customs_form(shipment, &tracking);
    if let (Some(form), Some(item)) = (form, item.as_object_mut()) {
        item.insert("customsDoc".to_owned(), form);
    }
    let entry = SimShipment {
        id: tracking.clone(),
        reference: json_text(shipment, "refNo"),
        tracking: vec![tracking],
        service,
        created: world.now,
        voided: false,
        memory: Value::Null,
    };
    world.record(entry, vec![parcel]);
    item
}

fn transit_days(country: &str) -> u16 {
    let european = CountryCode::parse(country).is_ok_and(|country| country.is_eu_member());
    match country {
        "DE" => 1,
        "CH" | "GB" | "LI" | "NO" => 5,
        _ if european => 3,
        _ => 8,
    }
}

/// `00340434`, eleven digits, and the GS1 check digit.
fn number(world: &mut World) -> String {
    let serial = format!("00340434{:011}", 20_000_000_000 + world.next_number("parcel"));
    let right = (0..10).map(|digit| format!("{serial}{digit}")).find(|number| check_digit::gs1(number));
    right.unwrap_or_default()
}
