//! The simulated carrier's prices: by service, border and weight, always the same.
//!
//! Must count in whole cents. Start with [`price`].
// file only with rate|purchase

use parcelgate_kit::sim::json_text;
use serde_json::{Value, json};

use super::Refused;
use super::check::{crosses, grams, items};

/// Days on the way.
pub(super) fn transit_days(service: &str) -> u16 {
    match service {
        "EXPRESS" => 1,
        "STANDARD" => 2,
        _ => 5,
    }
}

/// The price of a shipment, or why the service does not take it.
pub(super) fn price(service: &str, body: &Value) -> Result<Value, Refused> {
    let (start, per_kg) = match service {
        "STANDARD" => (420_u64, 55_u64),
        "EXPRESS" => (890, 90),
        "CONNECT" => (1_150, 260),
        _ => return Err(Refused::new("UNKNOWN_SERVICE", format!("{service} is no service"))),
    };
    if (service == "CONNECT") != crosses(body) {
        return Err(Refused::new("NO_LANE", format!("{service} does not go there")));
    }
    let heavy = |parcel: &Value| grams(parcel).is_none_or(|grams| grams > 20_000);
    if service == "CONNECT" && items(body, "parcel").iter().any(heavy) {
        return Err(Refused::new("TOO_HEAVY", "CONNECT takes parcels of at most 20 kg"));
    }
    let base: u64 = items(body, "parcel")
        .iter()
        .map(|parcel| start + per_kg * grams(parcel).unwrap_or_default().div_ceil(1_000))
        .sum();
    let fuel = base * 45 / 1_000;
    let mut lines = vec![line("BASE", "Transport", base), line("FUEL", "Fuel surcharge", fuel)];
    let mut total = base + fuel;
    if json_text(body, "signature") == "true" {
        lines.push(line("SIGN", "Signature", 150));
        total += 150;
    }
    let currency = if json_text(body, "shipFrom.country") == "GB" { "GBP" } else { "EUR" };
    Ok(json!({ "currency": currency, "total": shown(total), "line": lines }))
}

fn line(code: &str, name: &str, cents: u64) -> Value {
    json!({ "code": code, "name": name, "amount": shown(cents) })
}

fn shown(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
