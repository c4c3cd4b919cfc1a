//! How bytes reach a carrier: a pooled HTTPS client, or a simulator in process.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use parcelgate_kit::sim::{Outcome, Sim, World, serve};
use parcelgate_kit::wire::Reply;

use super::Clock;

/// Why no reply came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendFailure {
    /// No byte of the request left: that is proven.
    #[error("no connection to the carrier: {0}")]
    NotSent(String),
    /// Something went wrong after the request may have left.
    #[error("the connection broke before the answer was complete: {0}")]
    Broken(String),
    /// The answer is longer than allowed.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

/// Sends one request once. It never repeats a request by itself.
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` and reads the whole reply.
    fn send<'a>(&'a self, request: http::Request<Bytes>) -> BoxFuture<'a, Result<Reply, SendFailure>>;
}

/// How the HTTPS client behaves.
#[derive(Clone, Debug)]
pub struct TransportSettings {
    /// Time to connect, TLS included.
    pub connect_timeout: Duration,
    /// Longest answer, bytes.
    pub max_body: usize,
    /// Certificates trusted; verification cannot be switched off.
    pub tls: Arc<rustls::ClientConfig>,
}

/// A pooled HTTP/1.1 client of one carrier.
pub struct HttpTransport {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    max_body: usize,
}

impl HttpTransport {
    /// A client that trusts what `settings` say.
    pub fn new(settings: &TransportSettings) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(settings.connect_timeout));
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(settings.tls.as_ref().clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            // Replaying a request is the driver's decision and nobody else's.
            .retry_canceled_requests(false)
            .pool_timer(TokioTimer::new())
            // Shorter than the keep-alive of common servers: a connection
            // that the other side just closed would put a purchase in doubt.
            .pool_idle_timeout(Duration::from_secs(15))
            .build(connector);
        Self { client, max_body: settings.max_body }
    }
}

impl Transport for HttpTransport {
    fn send<'a>(&'a self, request: http::Request<Bytes>) -> BoxFuture<'a, Result<Reply, SendFailure>> {
        Box::pin(async move {
            let response = self.client.request(request.map(Full::new)).await.map_err(failure)?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, self.max_body).collect().await.map_err(|error| {
                if error.is::<http_body_util::LengthLimitError>() {
                    SendFailure::TooLong(self.max_body)
                } else {
                    SendFailure::Broken(error.to_string())
                }
            })?;
            Ok(Reply::of(http::Response::from_parts(parts, body.to_bytes())))
        })
    }
}

fn failure(error: hyper_util::client::legacy::Error) -> SendFailure {
    use std::error::Error;
    let cause = error.source().map_or_else(|| error.to_string(), chain);
    let canceled = error
        .source()
        .and_then(|source| source.downcast_ref::<hyper::Error>())
        .is_some_and(hyper::Error::is_canceled);
    // `is_canceled` means that the request was handed back unsent: the pooled
    // connection had been closed before a byte was written.
    if error.is_connect() || canceled { SendFailure::NotSent(cause) } else { SendFailure::Broken(cause) }
}

fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text.push_str(": ");
        text.push_str(&error.to_string());
        next = error.source();
    }
    text
}

/// A simulator in the same process, for conformance runs without sockets.
pub struct InProcess {
    sim: Arc<dyn Sim>,
    world: Arc<Mutex<World>>,
    clock: Arc<dyn Clock>,
}

impl InProcess {
    /// A transport whose other end is `sim` over `world`, at `clock`'s time.
    pub fn new(sim: Arc<dyn Sim>, world: Arc<Mutex<World>>, clock: Arc<dyn Clock>) -> Self {
        Self { sim, world, clock }
    }
}

impl Transport for InProcess {
    fn send<'a>(&'a self, request: http::Request<Bytes>) -> BoxFuture<'a, Result<Reply, SendFailure>> {
        let outcome = {
            let mut world = self.world.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            world.now = self.clock.now();
            serve(self.sim.as_ref(), &mut world, &request)
        };
        Box::pin(async move {
            match outcome {
                Outcome::Reply(response, late) => {
                    tokio::time::sleep(Duration::from_millis(late)).await;
                    Ok(Reply::of(response))
                }
                Outcome::Hang => std::future::pending().await,
                Outcome::Reset => Err(SendFailure::Broken("connection reset".to_owned())),
            }
        })
    }
}
