//! Counts calls by method and status, and how long their answer took to begin.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use futures::future::BoxFuture;
use tonic::Code;
use tower::{Layer, Service};

use crate::telemetry::Metrics;

/// Methods that are counted by name; others (health, reflection) are not.
const METHODS: &[&str] = &[
    "Rate",
    "StreamRates",
    "Purchase",
    "Track",
    "Void",
    "GetShipment",
    "ListShipments",
    "GetDocument",
    "ListCarriers",
    "GetCarrier",
    "IdentifyTrackingNumber",
    "ValidateTrackingNumber",
    "Assess",
    "ListInDoubt",
    "ResolvePurchase",
    "ListAlarms",
    "CloseAlarm",
];

/// The layer.
#[derive(Clone)]
pub(super) struct Measured(pub(super) Arc<Metrics>);

impl<S> Layer<S> for Measured {
    type Service = Counting<S>;

    fn layer(&self, inner: S) -> Counting<S> {
        Counting { inner, metrics: Arc::clone(&self.0) }
    }
}

/// The service under the layer.
#[derive(Clone)]
pub(super) struct Counting<S> {
    inner: S,
    metrics: Arc<Metrics>,
}

impl<S, B, R> Service<http::Request<B>> for Counting<S>
where
    S: Service<http::Request<B>, Response = http::Response<R>> + Send,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let name = request.uri().path().rsplit('/').next().unwrap_or_default();
        let method = METHODS.iter().copied().find(|method| *method == name);
        let metrics = Arc::clone(&self.metrics);
        let started = Instant::now();
        let answering = self.inner.call(request);
        Box::pin(async move {
            let answer = answering.await;
            if let (Some(method), Ok(response)) = (method, &answer) {
                metrics.rpc(method, code_of(response).into(), started.elapsed());
            }
            answer
        })
    }
}

/// A call that fails before its first message says so in the headers; one that
/// began to answer counts as begun well.
fn code_of<R>(response: &http::Response<R>) -> Code {
    let status = response.headers().get("grpc-status").and_then(|value| value.to_str().ok());
    status.map_or(Code::Ok, |status| Code::from_bytes(status.as_bytes()))
}
