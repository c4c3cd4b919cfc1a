//! The sandbox's own controls, under `/_control`.

use bytes::Bytes;
use http::Method;
use jiff::SignedDuration;
use parcelgate_kit::sim::{FaultRule, Journey, World, json_response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Sandbox;
use crate::carriers::Clock;

/// Answers a request for `/_control/{what}` or `/_control/{carrier}/{what}`.
pub(super) fn control(
    sandbox: &Sandbox,
    path: &str,
    request: &http::Request<Bytes>,
) -> http::Response<Bytes> {
    let answer = match path.split_once('/') {
        None => of_sandbox(sandbox, path, request),
        Some((carrier, what)) => match sandbox.simulated(carrier) {
            Some(simulated) => of_carrier(&mut simulated.world(sandbox.clock()), what, request),
            None => Err(format!("no carrier `{carrier}` is simulated here")),
        },
    };
    match answer {
        Ok(answer) => json_response(200, &answer),
        Err(words) => json_response(400, &json!({ "error": words })),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Skip {
    seconds: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prices {
    percent: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ways {
    journey: Journey,
}

fn of_sandbox(sandbox: &Sandbox, what: &str, request: &http::Request<Bytes>) -> Result<Value, String> {
    match (what, request.method()) {
        ("clock", &Method::GET) => {}
        ("clock", &Method::POST) => sandbox.clock().skip(read::<Skip>(request)?.seconds),
        _ => return Err("POST /_control/clock {\"seconds\": 3600} moves the clock; GET shows it".to_owned()),
    }
    Ok(json!({ "now": sandbox.clock().now(), "carriers": sandbox.carriers().collect::<Vec<_>>() }))
}

fn of_carrier(world: &mut World, what: &str, request: &http::Request<Bytes>) -> Result<Value, String> {
    match (what, request.method()) {
        ("faults", &Method::POST) => world.inject(read::<FaultRule>(request)?),
        ("faults", &Method::DELETE) => world.clear_faults(),
        ("journey", &Method::POST) => world.journey = read::<Ways>(request)?.journey,
        ("prices", &Method::POST) => world.price_percent = read::<Prices>(request)?.percent,
        ("settling", &Method::POST) => {
            world.found_after = SignedDuration::from_secs(read::<Skip>(request)?.seconds);
        }
        ("ledger", &Method::GET) => return Ok(ledger(world)),
        _ => {
            let words = "POST or DELETE /_control/{carrier}/faults, POST .../journey, POST .../prices, \
                         POST .../settling, POST .../push, GET .../ledger";
            return Err(words.to_owned());
        }
    }
    Ok(json!({ "done": true }))
}

fn ledger(world: &World) -> Value {
    let shipments: Vec<_> = world
        .shipments
        .values()
        .map(|shipment| {
            json!({
                "id": shipment.id, "reference": shipment.reference, "tracking": shipment.tracking,
                "service": shipment.service, "created": shipment.created, "voided": shipment.voided,
            })
        })
        .collect();
    json!({ "now": world.now, "calls": world.calls(""), "live": world.live_shipments(), "shipments": shipments })
}

fn read<T: for<'de> Deserialize<'de>>(request: &http::Request<Bytes>) -> Result<T, String> {
    serde_json::from_slice(request.body()).map_err(|error| error.to_string())
}
