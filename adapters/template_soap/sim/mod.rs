//! Template Soap as a simulator: the other side of the wire.
//!
//! Written from the carrier's documentation alone. Must never use the adapter's types or tables, and never
//! be kinder than the carrier: what it refuses is refused here, in its own shape. Start with
//! [`TemplateSoapSim`].

mod check; // only with rate|purchase
mod envelope;
mod rate; // only with rate
mod ship; // only with purchase
mod tariff; // only with rate|purchase
mod track; // only with track
mod void; // only with void

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use parcelgate_kit::sim::{SampleAccount, Sim, World, response};
use serde_json::Value;

/// The simulated carrier. It keeps nothing: all that it remembers is in the [`World`].
#[derive(Clone, Copy, Debug, Default)]
pub struct TemplateSoapSim;

/// The contract, the user and the password that it knows.
const CONTRACT: &str = "K-1001";
const USER: &str = "sim";
const PASSWORD: &str = "sim-password";

impl Sim for TemplateSoapSim {
    fn handle(&self, world: &mut World, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        let pair = STANDARD.encode(format!("{USER}:{PASSWORD}"));
        let told = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        if told != Some(&format!("Basic {pair}")) {
            return response(401, "text/plain", "who is asking?");
        }
        let Some((operation, body)) = envelope::operation(request.body()) else {
            return fault(&Refused::new("Client", "the message is no envelope"));
        };
        // SOAP 1.1 wants the header, and the service looks at it first.
        let action = request.headers().get("soapaction").and_then(|value| value.to_str().ok());
        if action != Some(&format!("\"{operation}\"")) {
            return fault(&Refused::new("Client", "the header SOAPAction names another operation"));
        }
        match answer(world, &operation, &body) {
            Ok(answer) => response(200, XML, envelope::response(&operation, &answer)),
            Err(refused) => fault(&refused),
        }
    }

    fn account(&self) -> SampleAccount {
        SampleAccount {
            settings: vec![("contract", CONTRACT.to_owned()), ("user", USER.to_owned())],
            secrets: vec![("password", PASSWORD)],
        }
    }
}

const XML: &str = "text/xml; charset=utf-8";

fn fault(refused: &Refused) -> http::Response<Bytes> {
    response(500, XML, envelope::fault(refused.code, &refused.words))
}

/// A refusal in the carrier's words.
struct Refused {
    code: &'static str,
    words: String,
}

impl Refused {
    fn new(code: &'static str, words: impl Into<String>) -> Self {
        Self { code, words: words.into() }
    }
}

type Answer = Result<Value, Refused>;

fn answer(world: &mut World, operation: &str, body: &Value) -> Answer {
    match operation {
        "rateShipment" => rate::rates(world, body),    // only with rate
        "createShipment" => ship::create(world, body), // only with purchase
        "cancelShipment" => void::cancel(world, &parcelgate_kit::sim::json_text(body, "shipmentId")), // only with void
        // begin track
        "trackParcels" => {
            let numbers = match body.get("number") {
                Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
                Some(Value::String(one)) => vec![one.as_str()],
                _ => Vec::new(),
            };
            track::parcels(world, &numbers)
        }
        // end track
        _ => Err(Refused::new("Client", format!("there is no operation {operation}"))),
    }
}
