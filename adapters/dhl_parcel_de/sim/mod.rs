//! DHL Parcel DE as a simulator: the other side of the wire.
//!
//! Written from the carrier's published specification. Must never use the adapter's types or tables, and never
//! be kinder than the carrier. Start with [`DhlParcelDeSim`].

mod check;
mod paper;
mod ship;
mod track;
mod void;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use parcelgate_kit::codec::form;
use parcelgate_kit::sim::{SampleAccount, Sim, World, json_response};
use serde_json::{Value, json};

/// The simulated carrier. It keeps nothing: all that it remembers is in the [`World`].
#[derive(Clone, Copy, Debug, Default)]
pub struct DhlParcelDeSim;

const USER: &str = "parcelgate-user";
const PASSWORD: &str = "sim-password";
const KEY: &str = "sim-api-key";
const SECRET: &str = "sim-api-secret";
const TRACKING_USER: &str = "zt12345";
const TRACKING_PASSWORD: &str = "sim<&>tracking";
const PUSH_HEADER: &str = "x-sim-push";
const PUSH_TOKEN: &str = "sim-push-token";
const PROFILE: &str = "STANDARD_GRUPPENPROFIL";
/// Seconds that a token is good for.
const TOKEN_SECONDS: i64 = 1_799;

type Request = http::Request<Bytes>;
type Response = http::Response<Bytes>;

impl Sim for DhlParcelDeSim {
    fn handle(&self, world: &mut World, request: &Request) -> Response {
        let path = request.uri().path();
        match (request.method().as_str(), path) {
            ("POST", "/parcel/de/account/auth/ropc/v1/token") => token(world, request),
            ("GET", "/parcel/de/tracking/v0/shipments") => track::pieces(world, request),
            (_, "/parcel/de/shipping/v2/orders") if !is_authorised(world, request) => {
                flat(401, "Unauthorized", "Unauthorized for given resource.")
            }
            ("POST", "/parcel/de/shipping/v2/orders") => ship::create(world, request),
            ("DELETE", "/parcel/de/shipping/v2/orders") => void::cancel(world, request),
            _ => flat(404, "Not Found", "There is no such resource."),
        }
    }

    fn account(&self) -> SampleAccount {
        let billing = |product: &str| format!("3333333333{product}01");
        SampleAccount {
            settings: vec![
                ("username", USER.to_owned()),
                ("rate_card", include_str!("rate_card.json").to_owned()),
                ("billing_v01pak", billing("01")),
                ("billing_v62kp", billing("62")),
                ("billing_v53wpak", billing("53")),
                ("billing_v54epak", billing("54")),
                ("tracking_user", TRACKING_USER.to_owned()),
                ("push_header", PUSH_HEADER.to_owned()),
            ],
            secrets: vec![
                ("password", PASSWORD),
                ("api_key", KEY),
                ("api_secret", SECRET),
                ("tracking_password", TRACKING_PASSWORD),
                ("push_token", PUSH_TOKEN),
            ],
        }
    }

    fn push(&self, world: &World, number: &str) -> Option<Request> {
        let message = track::push(world, number)?;
        http::Request::post("/")
            .header("content-type", "application/json")
            .header(PUSH_HEADER, PUSH_TOKEN)
            .body(Bytes::from(message.to_string()))
            .ok()
    }
}

/// An error without items, as the gateway before the service tells it.
fn flat(status: u16, title: &str, detail: &str) -> Response {
    json_response(
        status,
        &json!({ "title": title, "status": status, "statusCode": status, "detail": detail }),
    )
}

/// The head of an answer about parcels.
fn head(status: u16, detail: String) -> Value {
    let title = match status {
        200 => "OK",
        207 => "Multi-Status",
        _ => "Bad Request",
    };
    json!({ "title": title, "status": status, "statusCode": status, "detail": detail })
}

/// Statuses of parcels that ended well and ill, in one: 200, 400, or 207 for more than one parcel.
fn overall(good: usize, all: usize) -> u16 {
    match (good, all) {
        (0, 0 | 1) => 400,
        (1, 1) => 200,
        (0, _) => 400,
        _ => 207,
    }
}

fn token(world: &mut World, request: &Request) -> Response {
    let given = form::read(request.body());
    let is = |name: &str, value: &str| given.iter().any(|(key, text)| key == name && text == value);
    if !is("grant_type", "password") {
        let body =
            json!({ "error": "unsupported_grant_type", "error_description": "Grant type not supported" });
        return json_response(400, &body);
    }
    if !is("client_id", KEY) || !is("client_secret", SECRET) {
        let body = json!({ "error": "invalid_client", "error_description": "Invalid client credentials" });
        return json_response(401, &body);
    }
    if !is("username", USER) || !is("password", PASSWORD) {
        let body = json!({ "error": "invalid_grant", "error_description": "Invalid user credentials" });
        return json_response(401, &body);
    }
    let token = world.issue_token(TOKEN_SECONDS);
    json_response(200, &json!({ "access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS }))
}

fn is_authorised(world: &World, request: &Request) -> bool {
    authorization(request)
        .and_then(|text| text.strip_prefix("Bearer "))
        .is_some_and(|token| world.knows_token(token))
}

fn authorization(request: &Request) -> Option<&str> {
    request.headers().get(http::header::AUTHORIZATION)?.to_str().ok()
}

/// Whether the application's key and secret stand in an HTTP Basic header.
fn is_application(request: &Request) -> bool {
    authorization(request).and_then(|text| text.strip_prefix("Basic "))
        == Some(STANDARD.encode(format!("{KEY}:{SECRET}")).as_str())
}

/// Query pairs, decoded.
fn query(request: &Request) -> Vec<(String, String)> {
    form::read(request.uri().query().unwrap_or_default().as_bytes())
}

fn query_value(request: &Request, name: &str) -> String {
    query(request).into_iter().find(|(key, _)| key == name).map(|(_, value)| value).unwrap_or_default()
}
