//! The sandbox's HTTP server.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use parcelgate_kit::carrier::Entry;
use parcelgate_kit::sim::{Outcome, SampleAccount, Sim, World, json_response, serve};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::SandboxClock;
use super::control::control;
use super::push::push;
use crate::carriers::Clock;

/// Longest request a simulator takes.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// Simulated carriers and their worlds.
#[derive(Clone)]
pub struct Sandbox {
    carriers: Arc<BTreeMap<&'static str, Simulated>>,
    /// What is simulated and is no carrier.
    others: BTreeMap<&'static str, Arc<Simulated>>,
    clock: Arc<SandboxClock>,
}

/// One simulated carrier.
pub(super) struct Simulated {
    sim: Arc<dyn Sim>,
    world: Mutex<World>,
}

impl Simulated {
    /// The simulator.
    pub(super) fn sim(&self) -> &dyn Sim {
        self.sim.as_ref()
    }

    /// The world, at the sandbox's present time.
    pub(super) fn world(&self, clock: &SandboxClock) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        world.now = clock.now();
        world
    }
}

impl Sandbox {
    /// The simulators of `entries`; the same seed gives the same numbers.
    pub fn new(entries: &[Entry], seed: u64, clock: Arc<SandboxClock>) -> Self {
        let carriers = entries.iter().map(|entry| {
            let world = Mutex::new(World::new(clock.now(), seed));
            (entry.id(), Simulated { sim: Arc::clone(&entry.sim), world })
        });
        Self { carriers: Arc::new(carriers.collect()), others: BTreeMap::new(), clock }
    }

    /// With a simulator of something that is no carrier, such as a marketplace, under a path of its own.
    #[must_use]
    pub fn beside(mut self, name: &'static str, sim: Arc<dyn Sim>) -> Self {
        let world = Mutex::new(World::new(self.clock.now(), 7));
        self.others.insert(name, Arc::new(Simulated { sim, world }));
        self
    }

    /// The clock of all worlds.
    pub fn clock(&self) -> &Arc<SandboxClock> {
        &self.clock
    }

    /// Ids of the simulated carriers.
    pub fn carriers(&self) -> impl Iterator<Item = &'static str> {
        self.carriers.keys().copied()
    }

    /// The account that a carrier's simulator accepts.
    pub fn account(&self, carrier: &str) -> Option<SampleAccount> {
        self.simulated(carrier).map(|simulated| simulated.sim.account())
    }

    /// A carrier's world, at the sandbox's present time.
    pub fn world(&self, carrier: &str) -> Option<MutexGuard<'_, World>> {
        self.simulated(carrier).map(|simulated| simulated.world(&self.clock))
    }

    /// The base URL of a carrier when the sandbox listens on `address`.
    pub fn base_url(address: SocketAddr, carrier: &str) -> String {
        format!("http://{address}/{carrier}")
    }

    pub(super) fn simulated(&self, carrier: &str) -> Option<&Simulated> {
        self.carriers.get(carrier).or_else(|| self.others.get(carrier).map(Arc::as_ref))
    }

    /// Serves until `stop` is done.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) -> io::Result<()> {
        let mut connections = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            let (stream, _) = tokio::select! {
                () = &mut stop => return Ok(()),
                accepted = listener.accept() => accepted?,
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
            };
            let _ = stream.set_nodelay(true);
            let sandbox = self.clone();
            connections.spawn(async move {
                let service = service_fn(move |request| {
                    let sandbox = sandbox.clone();
                    async move { sandbox.answer(request).await }
                });
                // An error here is a peer that went away, or a fault that
                // closes the connection on purpose.
                let _ = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    }

    async fn answer(&self, request: http::Request<Incoming>) -> Result<http::Response<Full<Bytes>>, Closed> {
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
            return Ok(json_response(413, &json!({ "error": "the request is too long" })).map(Full::new));
        };
        let request = http::Request::from_parts(parts, body.to_bytes());
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let (carrier, rest) = path.split_once('/').unwrap_or((path.as_str(), ""));
        if carrier == "_control" {
            let answer = match (request.method(), rest.strip_suffix("/push")) {
                (&http::Method::POST, Some(carrier)) => push(self, carrier, &request).await,
                _ => control(self, rest, &request),
            };
            return Ok(answer.map(Full::new));
        }
        let Some(simulated) = self.simulated(carrier) else {
            let known: Vec<_> = self.carriers.keys().collect();
            let body =
                json!({ "error": format!("no carrier `{carrier}` is simulated here"), "carriers": known });
            return Ok(json_response(404, &body).map(Full::new));
        };
        let outcome = {
            let mut world = simulated.world(&self.clock);
            serve(simulated.sim.as_ref(), &mut world, &under_root(request, carrier))
        };
        match outcome {
            Outcome::Reply(response, late) => {
                tokio::time::sleep(Duration::from_millis(late)).await;
                Ok(response.map(Full::new))
            }
            Outcome::Hang => std::future::pending().await,
            Outcome::Reset => Err(Closed),
        }
    }
}

/// The connection is closed without an answer, on purpose.
#[derive(Debug, thiserror::Error)]
#[error("closed on purpose")]
struct Closed;

/// The request as the carrier would see it, without the sandbox's prefix.
fn under_root(mut request: http::Request<Bytes>, carrier: &str) -> http::Request<Bytes> {
    let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let bare = target.strip_prefix(&format!("/{carrier}")).unwrap_or(&target);
    let bare = if bare.starts_with('/') { bare.to_owned() } else { format!("/{bare}") };
    if let Ok(uri) = bare.parse() {
        *request.uri_mut() = uri;
    }
    request
}
