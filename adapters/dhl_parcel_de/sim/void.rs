//! `DELETE /orders`: until hand-over; then, as for a number that never was, 204 inside the answer.

use parcelgate_kit::sim::{World, json_response};
use serde_json::json;

use super::{PROFILE, Request, Response, flat, head, overall, query};

pub(super) fn cancel(world: &mut World, request: &Request) -> Response {
    let pairs = query(request);
    let all = |name: &str| -> Vec<String> {
        pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    };
    let numbers = all("shipment");
    if all("profile").first().map(String::as_str) != Some(PROFILE) {
        return flat(400, "Bad Request", "The parameter profile is missing or not known.");
    }
    if !(1..=30).contains(&numbers.len()) {
        return flat(400, "Bad Request", "There must be 1 to 30 parameters shipment.");
    }
    let mut good = 0;
    let mut items = Vec::new();
    for number in &numbers {
        let open = world.shipments.get(number).is_some_and(|shipment| !shipment.voided);
        if open && !world.is_handed_over(number) && world.void(number) {
            good += 1;
            let status = json!({ "title": "OK", "status": 200, "statusCode": 200 });
            items.push(json!({ "shipmentNo": number, "sstatus": status }));
        } else {
            let words = "Unknown shipment number.";
            let status = json!({ "title": "UnknownShipmentNumber", "status": 204, "statusCode": 204, "detail": words });
            items.push(json!({ "shipmentNo": number, "sstatus": status }));
        }
    }
    let count = numbers.len();
    // Several numbers are told as 207 also when none was cancelled.
    let status = if count > 1 { 207 } else { overall(good, count) };
    let words = format!(
        "{good} of {count} {} successfully canceled.",
        if count == 1 { "shipment" } else { "shipments" }
    );
    json_response(status, &json!({ "status": head(status, words), "items": items }))
}
