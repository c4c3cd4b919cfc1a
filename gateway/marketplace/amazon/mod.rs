//! Amazon, by its Selling Partner API: `confirmShipment` of Orders v0, read back from Orders 2026-01-01.
//!
//! Facts: the published models of both; one confirmation a package, named by a positive number within its order, and
//! told anew under the same number it is an edit; 204 says taken and no more, and some that were taken never appear. A
//! confirmation cannot be taken back. It never keeps a token anywhere but in memory. Start at [`Amazon`]; the messages
//! are in `wire.rs`, the stand-in for tests in `sim.rs`.

mod carriers;
mod pace;
pub mod sim;
mod token;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use jiff::tz::TimeZone;
use secrecy::{ExposeSecret, SecretString};

use self::carriers::Carriers;
use self::pace::Pace;
use self::token::Token;
use self::wire::{Meaning, Order};
use super::{Exchange, MarketplaceSink, Offers, OrderLine, Outcome, Telling};
use crate::carriers::{Clock, SendFailure, Transport};

/// Its name in the configuration and in dated data.
pub const NAME: &str = "amazon";
/// Where tokens are given out.
const TOKEN_URL: &str = "https://api.amazon.com/auth/o2/token";
/// Longest time for one request.
const PATIENCE: Duration = Duration::from_secs(10);
/// After what time a confirmation is looked for first.
const READ_BACK: Duration = Duration::from_secs(120);
/// What stands in a path as it is (RFC 3986).
const UNRESERVED: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What every caller must say of itself.
const AGENT: &str = concat!("Parcelgate/", env!("CARGO_PKG_VERSION"), " (Language=Rust)");

/// How it is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its address, of the region of the seller, without a slash at its end.
    pub url: String,
    /// Where tokens are given out.
    pub token_url: String,
    /// Id of the marketplace, such as `A1PA6795UKMFR9`.
    pub marketplace: String,
    /// Id of the place that parcels are sent from, where the seller has several.
    pub supply_source: Option<String>,
    /// Longest time for one request.
    pub patience: Duration,
    /// After what time a confirmation is looked for first.
    pub read_back: Duration,
}

/// What the application and the seller have been given. Its `Debug` shows nothing of it.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Of the application.
    pub client_id: SecretString,
    /// Of the application.
    pub client_secret: SecretString,
    /// Of the seller's consent.
    pub refresh_token: SecretString,
}

/// Why a section of the configuration makes no connector.
#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    /// Something is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// Something is there that nobody reads.
    #[error("`{0}` is no setting of this kind of marketplace; there are `{1}`")]
    Unknown(String, &'static str),
    /// The compiled-in table of carriers is damaged.
    #[error("the table of carriers cannot be read: {0}")]
    Table(#[from] toml::de::Error),
}

impl Settings {
    /// Reads the settings of a section.
    ///
    /// # Errors
    /// [`BadSettings`] names what is missing or too much.
    pub fn read(url: &str, settings: &BTreeMap<String, String>) -> Result<Self, BadSettings> {
        const KNOWN: &str = "marketplace_id`, `token_url`, `supply_source_id";
        let unknown =
            |name: &&String| !["marketplace_id", "token_url", "supply_source_id"].contains(&name.as_str());
        if let Some(name) = settings.keys().find(unknown) {
            return Err(BadSettings::Unknown(name.clone(), KNOWN));
        }
        let marketplace =
            settings.get("marketplace_id").ok_or(BadSettings::Missing("settings.marketplace_id"))?;
        Ok(Self {
            url: url.trim_end_matches('/').to_owned(),
            token_url: settings.get("token_url").cloned().unwrap_or_else(|| TOKEN_URL.to_owned()),
            marketplace: marketplace.clone(),
            supply_source: settings.get("supply_source_id").cloned(),
            patience: PATIENCE,
            read_back: READ_BACK,
        })
    }
}

impl Credentials {
    /// Reads the secrets of a section.
    ///
    /// # Errors
    /// [`BadSettings::Missing`] names the first that is.
    pub fn read(secrets: &BTreeMap<String, SecretString>) -> Result<Self, BadSettings> {
        let take = |name: &str, missing| secrets.get(name).cloned().ok_or(BadSettings::Missing(missing));
        Ok(Self {
            client_id: take("client_id", "secrets.client_id")?,
            client_secret: take("client_secret", "secrets.client_secret")?,
            refresh_token: take("refresh_token", "secrets.refresh_token")?,
        })
    }
}

/// The connector.
pub struct Amazon {
    settings: Settings,
    token: Token,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    carriers: Carriers,
    confirming: Pace,
    reading: Pace,
}

/// What a request came to.
struct Answered {
    status: u16,
    body: String,
    meaning: Meaning,
}

impl Amazon {
    /// A connector over `transport`, at `clock`'s day.
    ///
    /// # Errors
    /// When the compiled-in table of carriers is damaged, which a test rules out.
    pub fn new(
        settings: Settings,
        credentials: Credentials,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BadSettings> {
        let token =
            Token::new(settings.token_url.clone(), credentials, Arc::clone(&transport), settings.patience);
        let now = clock.now();
        Ok(Self {
            settings,
            token,
            transport,
            clock,
            carriers: Carriers::built_in()?,
            // The published usage plans: requests a second, and how many at once.
            confirming: Pace::new(2.0, 10.0, now),
            reading: Pace::new(0.5, 30.0, now),
        })
    }

    /// Whether the usage plan has room for one more request.
    fn has_room(&self, pace: &Pace) -> Result<(), Exchange> {
        pace.take(self.clock.now()).map_err(|wait| Exchange::none(wait_for(wait)))
    }

    /// Sends one request, with a fresh token once more when the first is turned down.
    async fn call(
        &self,
        pace: &Pace,
        method: http::Method,
        path: &str,
        body: &str,
    ) -> Result<Answered, Outcome> {
        let mut refused = None;
        loop {
            let token = self.token.get(refused.as_ref()).await?;
            let request = http::Request::builder()
                .method(method.clone())
                .uri(format!("{}{path}", self.settings.url))
                .header("x-amz-access-token", token.expose_secret())
                .header(USER_AGENT, AGENT)
                .header(CONTENT_TYPE, "application/json")
                .body(Bytes::from(body.to_owned()))
                .map_err(|error| Outcome::refused("BAD_REQUEST", error.to_string()))?;
            let answered = tokio::time::timeout(self.settings.patience, self.transport.send(request)).await;
            let reply = answered.map_err(|_| no_answer())?.map_err(failed)?;
            pace.learn(reply.header("x-amzn-RateLimit-Limit"));
            if matches!(reply.status, 401 | 403) && refused.is_none() {
                refused = Some(token);
                continue;
            }
            if reply.status == 429 {
                pace.empty(self.clock.now());
            }
            let meaning = wire::meaning(&reply, pace.interval());
            let body = String::from_utf8_lossy(&reply.body).into_owned();
            return Ok(Answered { status: reply.status, body, meaning });
        }
    }

    /// The order, with what is in it and its packages.
    async fn order(&self, id: &str) -> Result<(Answered, Order), Exchange> {
        let path = format!(
            "/orders/2026-01-01/orders/{}?includedData=FULFILLMENT,PACKAGES",
            percent_encoding::utf8_percent_encode(id, UNRESERVED)
        );
        let shown = format!("GET {path}");
        self.has_room(&self.reading)?;
        let failed = |outcome, response| Exchange { request: shown.clone(), response, outcome };
        let answered = self.call(&self.reading, http::Method::GET, &path, "").await;
        let answered = answered.map_err(|outcome| failed(outcome, String::new()))?;
        match &answered.meaning {
            Meaning::Done => match serde_json::from_str::<wire::OrderAnswer>(&answered.body) {
                Ok(read) => Ok((answered, read.order)),
                Err(error) => {
                    let outcome = Outcome::later("UNREADABLE", format!("the order cannot be read: {error}"));
                    Err(failed(outcome, String::new()))
                }
            },
            Meaning::Not(outcome) => {
                let outcome = outcome.clone();
                Err(failed(outcome, shown_answer(&answered)))
            }
        }
    }

    /// What of the order is in the parcel: as the caller said, else all that is not shipped yet.
    async fn lines(&self, telling: &Telling) -> Result<Vec<OrderLine>, Exchange> {
        let content = &telling.content;
        if !content.lines.is_empty() {
            return Ok(content.lines.clone());
        }
        if content.parcels > 1 {
            let words = "the shipment has several parcels, and it was not said which of the order's lines are in \
                         which: give `order.lines` when rating";
            return Err(Exchange::none(Outcome::refused("NO_ORDER_LINES", words)));
        }
        let (_, order) = self.order(&content.order).await?;
        let lines = order.unshipped(telling.package);
        if lines.is_empty() {
            let words = "nothing of the order is left to be shipped";
            return Err(Exchange::none(Outcome::refused("NOTHING_LEFT", words)));
        }
        Ok(lines)
    }
}

#[async_trait]
impl MarketplaceSink for Amazon {
    fn offers(&self) -> Offers {
        Offers { withdraw: false, read_back: Some(self.settings.read_back) }
    }

    async fn confirm(&self, telling: &Telling) -> Exchange {
        let lines = match self.lines(telling).await {
            Ok(lines) => lines,
            Err(exchange) => return exchange,
        };
        if let Err(nothing_sent) = self.has_room(&self.confirming) {
            return nothing_sent;
        }
        let day = TimeZone::UTC.to_datetime(self.clock.now()).date();
        let named = self.carriers.name(&telling.content, day);
        let body = wire::confirmation(&self.settings, telling, &named, &lines);
        let order = percent_encoding::utf8_percent_encode(&telling.content.order, UNRESERVED);
        let path = format!("/orders/v0/orders/{order}/shipmentConfirmation");
        let request = format!("POST {path}\n{body}");
        match self.call(&self.confirming, http::Method::POST, &path, &body).await {
            Err(outcome) => Exchange { request, response: String::new(), outcome },
            Ok(answered) => {
                let response = shown_answer(&answered);
                let outcome = match answered.meaning {
                    Meaning::Done => Outcome::Taken,
                    Meaning::Not(outcome) => outcome,
                };
                Exchange { request, response, outcome }
            }
        }
    }

    async fn withdraw(&self, _telling: &Telling) -> Exchange {
        Exchange::none(Outcome::refused("NOT_OFFERED", "a confirmation cannot be taken back here"))
    }

    async fn read_back(&self, telling: &Telling) -> Exchange {
        let content = &telling.content;
        match self.order(&content.order).await {
            Err(exchange) => exchange,
            Ok((_, order)) => {
                let package = order.package(telling.package);
                let kept = package.is_some_and(|package| package.tracks(&content.number));
                Exchange {
                    request: format!("read back package {} of order {}", telling.package, content.order),
                    // The rest of the order is the buyer's.
                    response: package.map(wire::Package::shown).unwrap_or_default(),
                    outcome: if kept { Outcome::Kept } else { Outcome::Absent },
                }
            }
        }
    }

    async fn check(&self) -> Result<(), String> {
        match self.token.get(None).await {
            Ok(_) => Ok(()),
            Err(Outcome::Refused { words, .. } | Outcome::Later { words, .. }) => Err(words),
            Err(_) => Err("no token was given".to_owned()),
        }
    }
}

fn shown_answer(answered: &Answered) -> String {
    format!("{} {}", answered.status, answered.body).trim_end().to_owned()
}

fn wait_for(wait: Duration) -> Outcome {
    let words = "the marketplace's limit of requests is used up for the moment".to_owned();
    // Those that wait do not come back together.
    let after = wait.max(Duration::from_secs(1)).mul_f64(fastrand::f64().mul_add(7.0, 1.0));
    Outcome::Later { code: "THROTTLED".to_owned(), words, after: Some(after) }
}

fn no_answer() -> Outcome {
    Outcome::later("TIMED_OUT", "the marketplace did not answer in time; whether it has done it is not known")
}

fn failed(failure: SendFailure) -> Outcome {
    match failure {
        SendFailure::NotSent(why) => {
            Outcome::later("UNREACHABLE", format!("the marketplace cannot be reached: {why}"))
        }
        other => Outcome::later("NO_ANSWER", format!("the answer was lost: {other}")),
    }
}

#[cfg(test)]
mod tests;
