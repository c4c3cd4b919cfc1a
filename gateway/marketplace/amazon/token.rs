//! The access token: asked for with the seller's consent, shared, renewed before it runs out.
//!
//! It never leaves memory, and no answer that may hold one becomes words. Start at [`Token::get`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{AGENT, Credentials};
use crate::carriers::Transport;
use crate::marketplace::Outcome;

/// A token is renewed when so much of its life is over.
const USED_FOR: f64 = 0.85;

/// One token for all who need it.
pub(super) struct Token {
    url: String,
    credentials: Credentials,
    transport: Arc<dyn Transport>,
    patience: Duration,
    kept: tokio::sync::Mutex<Option<Kept>>,
}

struct Kept {
    value: SecretString,
    renew_at: Instant,
}

#[derive(Deserialize)]
struct Given {
    access_token: String,
    #[serde(default)]
    expires_in: u64,
}

#[derive(Deserialize)]
struct Denied {
    error: String,
}

impl Token {
    pub(super) fn new(
        url: String,
        credentials: Credentials,
        transport: Arc<dyn Transport>,
        patience: Duration,
    ) -> Self {
        Self { url, credentials, transport, patience, kept: tokio::sync::Mutex::new(None) }
    }

    /// The token; another one than `refused`. Who comes while one is asked for waits for that.
    pub(super) async fn get(&self, refused: Option<&SecretString>) -> Result<SecretString, Outcome> {
        let mut kept = self.kept.lock().await;
        let is_refused = |kept: &Kept| {
            refused.is_some_and(|refused| refused.expose_secret() == kept.value.expose_secret())
        };
        if let Some(kept) = kept.as_ref()
            && Instant::now() < kept.renew_at
            && !is_refused(kept)
        {
            return Ok(kept.value.clone());
        }
        *kept = None;
        let given = self.ask().await?;
        let value = SecretString::from(given.access_token);
        let life = Duration::from_secs(given.expires_in.min(86_400)).mul_f64(USED_FOR);
        *kept = Some(Kept { value: value.clone(), renew_at: Instant::now() + life });
        Ok(value)
    }

    async fn ask(&self) -> Result<Given, Outcome> {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", self.credentials.refresh_token.expose_secret()),
            ("client_id", self.credentials.client_id.expose_secret()),
            ("client_secret", self.credentials.client_secret.expose_secret()),
        ];
        let pair =
            |(name, value): (&str, &str)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC));
        let body = form.map(pair).join("&");
        let request = http::Request::post(&self.url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded;charset=UTF-8")
            .header(USER_AGENT, AGENT)
            .body(Bytes::from(body))
            .map_err(|error| Outcome::refused("BAD_REQUEST", error.to_string()))?;
        let answered = tokio::time::timeout(self.patience, self.transport.send(request)).await;
        let lost = |why: String| Outcome::later("NO_TOKEN", format!("no access token was given: {why}"));
        let reply = answered
            .map_err(|_| lost("there was no answer in time".to_owned()))?
            .map_err(|failure| lost(failure.to_string()))?;
        if reply.is_success() {
            return serde_json::from_slice(&reply.body)
                .map_err(|_| lost("the answer cannot be read".to_owned()));
        }
        let denied: Option<Denied> = serde_json::from_slice(&reply.body).ok();
        let code = denied.map_or_else(|| format!("status {}", reply.status), |denied| denied.error);
        Err(lost(format!("`{code}`; check the client's id and secret and the seller's consent")))
    }
}
