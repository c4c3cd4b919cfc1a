//! The listener that carriers push to: `POST /hooks/{carrier}/{account}`.
//!
//! It answers as soon as the bytes are kept and reads nothing of them. Who pushes too much, or something too long, is
//! turned away. Start with [`serve`].

use std::future::Future;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::net::TcpListener;

use super::inbox::{Inbox, TakenIn};

/// What the listener bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HooksSettings {
    /// Longest push, bytes.
    pub max_body: usize,
    /// Pushes a minute for one account.
    pub per_account_per_minute: NonZeroU32,
}

/// Longest name of an account that is looked for.
const LONGEST_NAME: usize = 128;
/// Accounts that are counted apart; those beyond are counted when others have long been silent.
const MOST_COUNTED: usize = 10_000;
/// Pushes a second for all accounts together, those that do not exist included.
const ALL_PER_SECOND: u32 = 500;

type PerAccount =
    RateLimiter<(&'static str, String), DefaultKeyedStateStore<(&'static str, String)>, DefaultClock>;

/// The listener's state.
pub struct Hooks {
    inbox: Arc<Inbox>,
    per_account: PerAccount,
    all: DefaultDirectRateLimiter,
}

/// Serves until `stop` is done.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    inbox: Arc<Inbox>,
    settings: HooksSettings,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let per_second = NonZeroU32::new(ALL_PER_SECOND).unwrap_or(NonZeroU32::MIN);
    let hooks = Hooks {
        inbox,
        per_account: RateLimiter::keyed(Quota::per_minute(settings.per_account_per_minute)),
        all: RateLimiter::direct(Quota::per_second(per_second)),
    };
    let router = Router::new()
        .route("/hooks/{carrier}/{account}", post(take_in))
        .layer(DefaultBodyLimit::max(settings.max_body))
        .with_state(Arc::new(hooks));
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

async fn take_in(
    State(hooks): State<Arc<Hooks>>,
    Path((carrier, account)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let Some(carrier) = hooks.inbox.carrier(&carrier).filter(|_| account.len() <= LONGEST_NAME) else {
        return StatusCode::NOT_FOUND;
    };
    let too_many = hooks.all.check().is_err() || {
        if hooks.per_account.len() > MOST_COUNTED {
            hooks.per_account.retain_recent();
        }
        hooks.per_account.check_key(&(carrier, account.clone())).is_err()
    };
    if too_many {
        hooks.inbox.turned_away(carrier);
        return StatusCode::TOO_MANY_REQUESTS;
    }
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    match hooks.inbox.take_in(carrier, &account, &headers, &body).await {
        Ok(TakenIn::Kept) => StatusCode::OK,
        Ok(TakenIn::NobodyThere) => StatusCode::NOT_FOUND,
        Err(error) => {
            tracing::warn!(%error, carrier, "a push could not be kept: the carrier is to send it again");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
