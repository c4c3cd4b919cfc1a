//! The carriers of both sides of Rate: real answers, remembered from the sandbox, at the cost of a look-up.
//!
//! A request that was not seen before goes to the sandbox behind; its answer is given again for the same path and body.
//! So the gateway talks to real answers, and neither side waits for simulators. Start with [`serve`].

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::arguments;
use crate::neutral::Answer;
use crate::process::LISTENING;
use crate::report::say;
use crate::upstream::Upstream;

/// Where the counts are told.
const COUNTS: &str = "/_counts";

/// What one carrier was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// Requests.
    pub(crate) calls: u64,
    /// Requests that went to the sandbox.
    pub(crate) forwarded: u64,
    /// Bytes of their bodies.
    pub(crate) asked_bytes: u64,
    /// Bytes of the answers' bodies.
    pub(crate) answered_bytes: u64,
}

impl Asked {
    /// What was asked since.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            calls: self.calls - before.calls,
            forwarded: self.forwarded - before.forwarded,
            asked_bytes: self.asked_bytes - before.asked_bytes,
            answered_bytes: self.answered_bytes - before.answered_bytes,
        }
    }
}

/// What was asked, by the first part of the path: a carrier's id, or `neutral`.
pub(crate) type Counts = BTreeMap<String, Asked>;

/// The counts of a stub.
///
/// # Errors
/// When it does not answer.
pub(crate) async fn counts(upstream: &Upstream, stub: SocketAddr) -> Result<Counts> {
    let answer = upstream.post(stub, COUNTS, Bytes::new()).await?;
    serde_json::from_slice(&answer).context("the stub's counts are not as expected")
}

#[derive(Clone)]
struct Kept {
    status: http::StatusCode,
    kind: Option<http::HeaderValue>,
    body: Bytes,
}

struct Stub {
    behind: SocketAddr,
    delay: Duration,
    upstream: Upstream,
    kept: Mutex<HashMap<u64, Kept>>,
    counts: Mutex<Counts>,
}

/// Serves until it is ended.
///
/// # Errors
/// When nothing can be listened on.
pub(crate) async fn serve(asked: arguments::Stub) -> Result<()> {
    let stub = Arc::new(Stub {
        behind: asked.behind,
        delay: Duration::from_millis(asked.delay_ms),
        upstream: Upstream::new(),
        kept: Mutex::default(),
        counts: Mutex::default(),
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    say(format_args!("{LISTENING}{}", listener.local_addr()?));
    loop {
        let (stream, _) = listener.accept().await?;
        let _ = stream.set_nodelay(true);
        let stub = Arc::clone(&stub);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let stub = Arc::clone(&stub);
                async move { Ok::<_, Infallible>(stub.answer(request).await) }
            });
            // An error here is a peer that went away.
            let _ = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

impl Stub {
    async fn answer(&self, request: http::Request<Incoming>) -> http::Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let Ok(body) = body.collect().await else { return failed("half a request") };
        let request = http::Request::from_parts(parts, body.to_bytes());
        let path = request.uri().path();
        if path == COUNTS {
            let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            return http::Response::new(Full::new(serde_json::to_vec(&*counts).unwrap_or_default().into()));
        }
        let carrier = path.trim_start_matches('/').split('/').next().unwrap_or_default().to_owned();
        let asked = request.body().len();
        let (kept, fresh) = match self.find(&carrier, request).await {
            Ok(found) => found,
            Err(error) => return failed(&format!("{error:#}")),
        };
        self.count(&carrier, asked, kept.body.len(), fresh);
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        let mut response = http::Response::new(Full::new(kept.body));
        *response.status_mut() = kept.status;
        if let Some(kind) = kept.kind {
            response.headers_mut().insert(http::header::CONTENT_TYPE, kind);
        }
        response
    }

    async fn find(&self, carrier: &str, request: http::Request<Bytes>) -> Result<(Kept, bool)> {
        let mut hasher = DefaultHasher::new();
        (request.method(), request.uri(), request.body()).hash(&mut hasher);
        let key = hasher.finish();
        if let Some(kept) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok((kept.clone(), false));
        }
        let kept =
            if carrier == "neutral" { neutral(request.uri().path())? } else { self.forward(request).await? };
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).insert(key, kept.clone());
        Ok((kept, true))
    }

    async fn forward(&self, request: http::Request<Bytes>) -> Result<Kept> {
        let (mut parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        parts.uri = format!("http://{}{path}", self.behind).parse()?;
        let answer = self.upstream.send(http::Request::from_parts(parts, Full::new(body))).await?;
        let kind = answer.headers().get(http::header::CONTENT_TYPE).cloned();
        Ok(Kept { status: answer.status(), kind, body: answer.into_body() })
    }

    fn count(&self, carrier: &str, asked: usize, answered: usize, fresh: bool) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let of = match counts.get_mut(carrier) {
            Some(of) => of,
            None => counts.entry(carrier.to_owned()).or_default(),
        };
        of.calls += 1;
        of.forwarded += u64::from(fresh);
        of.asked_bytes += u64::try_from(asked).unwrap_or_default();
        of.answered_bytes += u64::try_from(answered).unwrap_or_default();
    }
}

/// `/neutral/<prices>/<bytes>`
fn neutral(path: &str) -> Result<Kept> {
    let mut numbers = path.split('/').skip(2).map(str::parse);
    let (Some(Ok(prices)), Some(Ok(bytes))) = (numbers.next(), numbers.next()) else {
        anyhow::bail!("`{path}` is no `/neutral/<prices>/<bytes>`");
    };
    let kind = Some(http::HeaderValue::from_static("application/json"));
    Ok(Kept { status: http::StatusCode::OK, kind, body: Answer::sized(prices, bytes)? })
}

fn failed(words: &str) -> http::Response<Full<Bytes>> {
    let mut response = http::Response::new(Full::new(Bytes::from(words.to_owned())));
    *response.status_mut() = http::StatusCode::BAD_GATEWAY;
    response
}
