//! A stand-in for Amazon's Selling Partner API that refuses what it refuses, for tests and the sandbox.
//!
//! It reads requests by path and shares no type with the connector, so that one mistake cannot cancel itself out. Orders
//! are put into it by hand. Start at [`AmazonSim`].

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Method, Request, Response};
use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::sim::{SampleAccount, Sim, World, json_response, json_text};
use serde_json::{Value, json};

/// The marketplace that its orders were placed on, unless they say another.
pub const MARKETPLACE: &str = "A1PA6795UKMFR9";
const CLIENT: (&str, &str) = ("amzn1.application-oa2-client.sim", "sim-client-secret");
const REFRESH: &str = "Atzr|sim-refresh-token";

/// The simulator.
#[derive(Debug, Default)]
pub struct AmazonSim(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Whether it knows every order that it is asked for, of one line and one piece.
    knows_all: bool,
    orders: BTreeMap<String, Ordered>,
    drops: u32,
    plans: BTreeMap<&'static str, Bucket>,
}

#[derive(Debug)]
struct Ordered {
    items: BTreeMap<String, u64>,
    packages: BTreeMap<String, Value>,
}

/// What is left of a usage plan.
#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Timestamp,
}

impl AmazonSim {
    /// One that knows every order it is asked for: of one line, `1`, and one piece.
    pub fn knowing_all() -> Self {
        Self(Mutex::new(State { knows_all: true, ..State::default() }))
    }

    /// Places an order of these lines, each an id and a quantity.
    pub fn place_order(&self, id: &str, items: &[(&str, u64)]) {
        let items = items.iter().map(|(item, quantity)| ((*item).to_owned(), *quantity)).collect();
        self.state().orders.insert(id.to_owned(), Ordered { items, packages: BTreeMap::new() });
    }

    /// What it keeps of an order: each package's number and what was said of it, as it was sent.
    pub fn packages(&self, order: &str) -> Vec<(String, Value)> {
        let state = self.state();
        let found = state.orders.get(order).map(|order| order.packages.clone()).unwrap_or_default();
        found.into_iter().collect()
    }

    /// Takes the next so many confirmations and forgets them.
    pub fn drop_next(&self, confirmations: u32) {
        self.state().drops = confirmations;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn token(&self, world: &mut World, request: &Request<Bytes>) -> Response<Bytes> {
        let form: BTreeMap<String, String> = String::from_utf8_lossy(request.body())
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| {
                let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
                (name.to_owned(), value)
            })
            .collect();
        let given = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        if (given("client_id"), given("client_secret")) != CLIENT {
            return json_response(
                401,
                &json!({ "error": "invalid_client", "error_description": "Client authentication failed" }),
            );
        }
        if given("grant_type") != "refresh_token" || given("refresh_token") != REFRESH {
            return json_response(
                400,
                &json!({ "error": "invalid_grant", "error_description": "The request has an invalid grant parameter" }),
            );
        }
        let token = format!("Atza|{}", world.issue_token(3600));
        json_response(
            200,
            &json!({ "access_token": token, "token_type": "bearer", "expires_in": 3600, "refresh_token": REFRESH }),
        )
    }

    /// Whether the usage plan of an operation has room for one more.
    fn has_room(&self, operation: &'static str, rate: f64, burst: f64, now: Timestamp) -> bool {
        let mut state = self.state();
        let bucket = state.plans.entry(operation).or_insert(Bucket { left: burst, at: now });
        let passed = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        (bucket.left, bucket.at) = (passed.mul_add(rate, bucket.left).min(burst), now);
        if bucket.left < 1.0 {
            return false;
        }
        bucket.left -= 1.0;
        true
    }

    fn confirm(&self, order: &str, request: &Request<Bytes>, now: Timestamp) -> Response<Bytes> {
        let Ok(body) = serde_json::from_slice::<Value>(request.body()) else {
            return bad("The request body is no JSON.");
        };
        let mut state = self.state();
        let dropped = state.drops > 0 || json_text(&body, "packageDetail.carrierCode") == "Amazon Shipping";
        state.learn(order);
        let Some(found) = state.orders.get_mut(order) else {
            return refuse(404, "NotFound", "The requested order does not exist.");
        };
        if let Err(words) = found.check(&body, now) {
            return bad(&words);
        }
        if dropped {
            state.drops = state.drops.saturating_sub(1);
        } else {
            let number = json_text(&body, "packageDetail.packageReferenceId");
            let detail = body.get("packageDetail").cloned().unwrap_or_default();
            found.packages.insert(number, detail);
        }
        let mut done = Response::new(Bytes::new());
        *done.status_mut() = http::StatusCode::NO_CONTENT;
        done
    }

    fn order(&self, id: &str, query: &str) -> Response<Bytes> {
        let mut state = self.state();
        state.learn(id);
        let Some(found) = state.orders.get(id) else {
            return refuse(404, "NotFound", "The requested order does not exist.");
        };
        let mut order = json!({
            "orderId": id,
            "createdTime": "2026-08-30T10:00:00Z",
            "lastUpdatedTime": "2026-08-30T10:00:00Z",
            "salesChannel": { "channelName": "AMAZON", "marketplaceId": MARKETPLACE },
            "buyer": { "buyerName": "Erika Mustermann" },
            "orderItems": found.items.iter().map(|(item, quantity)| {
                let shipped = found.shipped(item, None);
                json!({
                    "orderItemId": item, "quantityOrdered": quantity, "product": {},
                    "fulfillment": {
                        "quantityFulfilled": shipped, "quantityUnfulfilled": quantity.saturating_sub(shipped),
                    },
                })
            }).collect::<Vec<_>>(),
        });
        if query.contains("PACKAGES") {
            let packages: Vec<_> = found.packages.iter().map(|(number, said)| shown(number, said)).collect();
            if let Some(fields) = order.as_object_mut() {
                fields.insert("packages".to_owned(), packages.into());
            }
        }
        json_response(200, &json!({ "order": order }))
    }
}

impl State {
    fn learn(&mut self, order: &str) {
        if self.knows_all && !self.orders.contains_key(order) {
            let items = BTreeMap::from([("1".to_owned(), 1)]);
            self.orders.insert(order.to_owned(), Ordered { items, packages: BTreeMap::new() });
        }
    }
}

/// A package as `getOrder` shows it.
fn shown(number: &str, said: &Value) -> Value {
    let items = said.get("orderItems").and_then(Value::as_array).cloned().unwrap_or_default();
    let items: Vec<_> = items
        .iter()
        .map(
            |item| json!({ "orderItemId": json_text(item, "orderItemId"), "quantity": item.get("quantity") }),
        )
        .collect();
    json!({
        "packageReferenceId": number,
        "packageStatus": { "status": "SHIPPED" },
        "carrier": json_text(said, "carrierCode"),
        "shippingService": json_text(said, "shippingMethod"),
        "trackingNumber": json_text(said, "trackingNumber"),
        "shipTime": json_text(said, "shipDate"),
        "packageItems": items,
    })
}

impl Ordered {
    /// How many of a line are in packages, one package left out.
    fn shipped(&self, item: &str, without: Option<&str>) -> u64 {
        let counted = self.packages.iter().filter(|(number, _)| Some(number.as_str()) != without);
        let items =
            counted.filter_map(|(_, said)| said.get("orderItems").and_then(Value::as_array)).flatten();
        items
            .filter(|one| json_text(one, "orderItemId") == item)
            .filter_map(|one| one.get("quantity").and_then(Value::as_u64))
            .sum()
    }

    fn check(&self, body: &Value, now: Timestamp) -> Result<(), String> {
        let text = |path: &str| json_text(body, path);
        let of = |field: &str| text(&format!("packageDetail.{field}"));
        if text("marketplaceId") != MARKETPLACE {
            return Err("Marketplace ID is not that of the order.".to_owned());
        }
        let number = of("packageReferenceId");
        if !body.pointer("/packageDetail/packageReferenceId").is_some_and(Value::is_string)
            || number.parse::<u64>().map_or(true, |number| number == 0)
        {
            return Err("PackageReferenceId must be a positive number, as text.".to_owned());
        }
        for field in ["carrierCode", "trackingNumber", "shipDate"] {
            if of(field).trim().is_empty() {
                return Err(format!("{field} is missing."));
            }
        }
        if of("carrierCode") == "Other" && of("carrierName").is_empty() {
            return Err("CarrierName is required when CarrierCode is Other.".to_owned());
        }
        let shipped: Timestamp =
            of("shipDate").parse().map_err(|_| "ShipDate is not ISO 8601.".to_owned())?;
        if shipped > now.checked_add(SignedDuration::from_hours(1)).unwrap_or(now) {
            return Err("ShipDate is in the future.".to_owned());
        }
        let items = body.pointer("/packageDetail/orderItems").and_then(Value::as_array);
        let items = items.filter(|items| !items.is_empty()).ok_or("OrderItems is missing.")?;
        for item in items {
            let id = json_text(item, "orderItemId");
            let ordered =
                self.items.get(&id).ok_or_else(|| format!("OrderItemId {id} is not of the order."))?;
            let wanted = item.get("quantity").and_then(Value::as_u64).filter(|quantity| *quantity > 0);
            let wanted = wanted.ok_or("Quantity must be positive.")?;
            if wanted > ordered.saturating_sub(self.shipped(&id, Some(&number))) {
                return Err(format!("Quantity of {id} exceeds what is left to be shipped."));
            }
        }
        Ok(())
    }
}

fn bad(words: &str) -> Response<Bytes> {
    refuse(400, "InvalidInput", words)
}

fn refuse(status: u16, code: &str, words: &str) -> Response<Bytes> {
    json_response(status, &json!({ "errors": [{ "code": code, "message": words, "details": "" }] }))
}

impl Sim for AmazonSim {
    fn handle(&self, world: &mut World, request: &Request<Bytes>) -> Response<Bytes> {
        let path =
            percent_encoding::percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned();
        if path == "/auth/o2/token" {
            return self.token(world, request);
        }
        let header = |name: &str| {
            request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
        };
        let token = header("x-amz-access-token");
        if !token.strip_prefix("Atza|").is_some_and(|token| world.knows_token(token)) {
            let words = "Access to requested resource is denied.";
            let details = "The access token you provided has expired.";
            let body =
                json!({ "errors": [{ "code": "Unauthorized", "message": words, "details": details }] });
            return json_response(403, &body);
        }
        if header("user-agent").is_empty() {
            return bad("The User-Agent header is missing.");
        }
        let (order, rate) = match (request.method(), path.split('/').collect::<Vec<_>>().as_slice()) {
            (&Method::POST, ["", "orders", "v0", "orders", order, "shipmentConfirmation"]) => {
                (*order, (2.0, 10.0))
            }
            (&Method::GET, ["", "orders", "2026-01-01", "orders", order]) => (*order, (0.5, 30.0)),
            _ => return refuse(404, "NotFound", "There is no such operation."),
        };
        let confirms = request.method() == Method::POST;
        let operation = if confirms { "confirmShipment" } else { "getOrder" };
        let mut answer = if !self.has_room(operation, rate.0, rate.1, world.now) {
            refuse(429, "QuotaExceeded", "You exceeded your quota for the requested resource.")
        } else if confirms {
            self.confirm(order, request, world.now)
        } else {
            self.order(order, request.uri().query().unwrap_or_default())
        };
        for (name, value) in [
            ("x-amzn-RateLimit-Limit", rate.0.to_string()),
            ("x-amzn-RequestId", format!("{:016x}", world.random())),
        ] {
            if let (Ok(name), Ok(value)) =
                (http::HeaderName::try_from(name), http::HeaderValue::try_from(value))
            {
                answer.headers_mut().insert(name, value);
            }
        }
        answer
    }

    fn account(&self) -> SampleAccount {
        SampleAccount {
            settings: vec![("marketplace_id", MARKETPLACE.to_owned())],
            secrets: vec![("client_id", CLIENT.0), ("client_secret", CLIENT.1), ("refresh_token", REFRESH)],
        }
    }
}
