//! The other side: UPS as it answers, refusals in its own shape.
//!
//! Reads requests by path and shares no type and no table with the adapter, so
//! that one mistake cannot cancel itself out. Start with [`UpsSim`].

mod art;
mod check;
mod labels;
mod rate;
mod ship;
mod tariff;
#[cfg(test)]
mod tests;
mod track;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

use parcelgate_kit::sim::{SampleAccount, Sim, World, json_response};

type Request = http::Request<Bytes>;
type Response = http::Response<Bytes>;
/// What a handler answers: a body, or a refusal.
type Answer = Result<Value, Refusal>;

const ACCOUNT: &str = "A1B2C3";
const CLIENT: (&str, &str) = ("ups-sandbox-client", "ups-sandbox-secret");
/// Seconds that a token is good for: four hours less a second, as live.
const TOKEN_LIFE: i64 = 14_399;

/// A simulated UPS.
#[derive(Clone, Copy, Debug, Default)]
pub struct UpsSim;

/// An error of UPS.
struct Refusal {
    status: u16,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(400, code, message)
    }

    fn response(&self) -> Response {
        let body = json!({ "response": { "errors": [{ "code": self.code, "message": self.message }] } });
        json_response(self.status, &body)
    }
}

/// What Track Alert sends along.
const CREDENTIAL: &str = "sim-webhook-credential";

impl Sim for UpsSim {
    fn handle(&self, world: &mut World, request: &Request) -> Response {
        match answer(world, request) {
            Ok(body) => json_response(200, &body),
            Err(refusal) => refusal.response(),
        }
    }

    fn account(&self) -> SampleAccount {
        SampleAccount {
            settings: vec![("shipper_number", ACCOUNT.to_owned())],
            secrets: vec![
                ("client_id", CLIENT.0),
                ("client_secret", CLIENT.1),
                ("webhook_credential", CREDENTIAL),
            ],
        }
    }

    fn push(&self, world: &World, number: &str) -> Option<Request> {
        let alert = track::alert(world, number)?;
        http::Request::post("/")
            .header("content-type", "application/json")
            .header("user-agent", "UPSPubSubTrackingService")
            .header("credential", CREDENTIAL)
            .body(Bytes::from(alert.to_string()))
            .ok()
    }
}

fn answer(world: &mut World, request: &Request) -> Answer {
    let path = request.uri().path();
    let method = request.method().as_str();
    if path == "/security/v1/oauth/token" {
        return token(world, request);
    }
    authorise(world, request)?;
    if let ("POST", Some(option)) = (method, path.strip_prefix("/api/rating/v2409/")) {
        return rate::rate(world, &body(request)?, option);
    }
    if let ("DELETE", Some(id)) = (method, path.strip_prefix("/api/shipments/v2409/void/cancel/")) {
        return ship::void(world, id, query(request, "trackingnumber").as_deref());
    }
    if let ("GET", Some(reference)) = (method, path.strip_prefix("/api/track/v1/reference/details/")) {
        identified(request)?;
        return track::by_reference(world, reference, query(request, "shipperNum").as_deref());
    }
    if let ("GET", Some(number)) = (method, path.strip_prefix("/api/track/v1/details/")) {
        identified(request)?;
        return track::details(world, number);
    }
    match (method, path) {
        ("POST", "/api/shipments/v2409/ship") => ship::ship(world, &body(request)?),
        ("POST", "/api/labels/v1/recovery") => labels::recover(world, &body(request)?),
        _ => Err(Refusal::new(404, "10400", "Invalid URL")),
    }
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn token(world: &mut World, request: &Request) -> Answer {
    let wanted = format!("Basic {}", STANDARD.encode(format!("{}:{}", CLIENT.0, CLIENT.1)));
    if header(request, "authorization") != wanted {
        return Err(Refusal::new(401, "10401", "ClientId is Invalid"));
    }
    if !header(request, "content-type").starts_with("application/x-www-form-urlencoded") {
        return Err(Refusal::bad("10403", "Invalid Content-Type"));
    }
    if request.body().as_ref() != b"grant_type=client_credentials" {
        return Err(Refusal::bad("10404", "Invalid or Missing Grant Type"));
    }
    let token = world.issue_token(TOKEN_LIFE);
    Ok(json!({
        "token_type": "Bearer",
        "issued_at": world.now.as_millisecond().to_string(),
        "client_id": CLIENT.0,
        "access_token": token,
        "expires_in": TOKEN_LIFE.to_string(),
        "refresh_count": "0",
        "status": "approved",
    }))
}

fn authorise(world: &World, request: &Request) -> Result<(), Refusal> {
    let Some(token) = header(request, "authorization").strip_prefix("Bearer ") else {
        return Err(Refusal::new(401, "250002", "Invalid Authentication Information."));
    };
    if world.knows_token(token) {
        Ok(())
    } else {
        Err(Refusal::new(401, "251004", "The access token is invalid or has expired."))
    }
}

/// Tracking asks who calls.
fn identified(request: &Request) -> Result<(), Refusal> {
    let id = header(request, "transid");
    if id.is_empty() || id.len() > 32 {
        return Err(Refusal::bad("TV1001", "Missing transId"));
    }
    if header(request, "transactionsrc").is_empty() {
        return Err(Refusal::bad("TV1011", "Missing transactionSrc"));
    }
    Ok(())
}

fn body(request: &Request) -> Answer {
    if !header(request, "content-type").starts_with("application/json") {
        return Err(Refusal::bad("10001", "The content type is not supported"));
    }
    serde_json::from_slice(request.body())
        .map_err(|_| Refusal::bad("10001", "The JSON document is not well formed"))
}

fn query(request: &Request, name: &str) -> Option<String> {
    let uri = format!("http://carrier{}", request.uri().path_and_query()?);
    let (_, query) = uri.split_once('?')?;
    parcelgate_kit::codec::form::read(query.as_bytes())
        .into_iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value)
}

/// The head of a success.
fn success() -> Value {
    json!({ "ResponseStatus": { "Code": "1", "Description": "Success" } })
}
