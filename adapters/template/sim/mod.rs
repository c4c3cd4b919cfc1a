//! Template Parcel as a simulator: the other side of the wire.
//!
//! Written from the carrier's documentation alone. Must never use the adapter's types or tables, and never
//! be kinder than the carrier: what it refuses is refused here, in its own shape. Start with
//! [`TemplateParcelSim`].

mod check; // only with rate|purchase
mod rate; // only with rate
mod ship; // only with purchase
mod tariff; // only with rate|purchase
mod track; // only with track
mod void; // only with void

use bytes::Bytes;
use parcelgate_kit::sim::{SampleAccount, Sim, World, json_response};
use serde_json::{Value, json};

/// The simulated carrier. It keeps nothing: all that it remembers is in the [`World`].
#[derive(Clone, Copy, Debug, Default)]
pub struct TemplateParcelSim;

/// The contract and the key that it knows.
const CONTRACT: &str = "K-1001";
const KEY: &str = "sim-key";

impl Sim for TemplateParcelSim {
    fn handle(&self, world: &mut World, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        match answer(world, request) {
            Ok((status, body)) => json_response(status, &body),
            Err(refused) => {
                let body = json!({ "error": { "code": refused.code, "message": refused.words } });
                json_response(refused.status, &body)
            }
        }
    }

    fn account(&self) -> SampleAccount {
        SampleAccount { settings: vec![("contract", CONTRACT.to_owned())], secrets: vec![("api_key", KEY)] }
    }
}

/// A refusal in the carrier's words.
struct Refused {
    status: u16,
    code: &'static str,
    words: String,
}

impl Refused {
    fn new(status: u16, code: &'static str, words: impl Into<String>) -> Self {
        Self { status, code, words: words.into() }
    }
}

type Answer = Result<(u16, Value), Refused>;

fn answer(world: &mut World, request: &http::Request<Bytes>) -> Answer {
    let key = request.headers().get("x-api-key").and_then(|value| value.to_str().ok());
    if key != Some(KEY) {
        return Err(Refused::new(401, "BAD_KEY", "the key is not known"));
    }
    let path = request.uri().path().to_owned();
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match (request.method().as_str(), parts.as_slice()) {
        ("POST", ["v1", "rates"]) => rate::rates(world, &check::body(request)?), // only with rate
        ("POST", ["v1", "shipments"]) => ship::create(world, request),           // only with purchase
        ("DELETE", ["v1", "shipments", id]) => void::cancel(world, id),          // only with void
        // begin track
        ("GET", ["v1", "parcels"]) => track::parcels(world, request.uri().query().unwrap_or_default()),
        // end track
        _ => Err(Refused::new(404, "NO_SUCH_PATH", format!("there is no {path}"))),
    }
}
