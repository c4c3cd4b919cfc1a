//! The bare HTTP/1.1 client: kept-alive connections, no logic.
//!
//! It is what the fan-out baseline asks carriers with. Start with [`Upstream`].

use std::net::SocketAddr;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

/// A pooled client.
#[derive(Clone, Debug)]
pub(crate) struct Upstream(Client<HttpConnector, Full<Bytes>>);

impl Upstream {
    /// A client without connections.
    pub(crate) fn new() -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        Self(Client::builder(TokioExecutor::new()).build(tcp))
    }

    /// Sends a request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// When no whole answer comes.
    pub(crate) async fn send(&self, request: http::Request<Full<Bytes>>) -> Result<http::Response<Bytes>> {
        let (parts, body) = self.0.request(request).await.context("no answer")?.into_parts();
        let body = body.collect().await.context("half an answer")?.to_bytes();
        Ok(http::Response::from_parts(parts, body))
    }

    /// Posts JSON and reads the answer.
    ///
    /// # Errors
    /// When no whole answer comes, or it is no success.
    pub(crate) async fn post(&self, at: SocketAddr, path: &str, json: Bytes) -> Result<Bytes> {
        let request = http::Request::post(format!("http://{at}{path}"))
            .header("content-type", "application/json")
            .header("authorization", "Bearer 0123456789abcdef0123456789abcdef")
            .body(Full::new(json))?;
        let answer = self.send(request).await?;
        anyhow::ensure!(answer.status().is_success(), "`{path}` answered {}", answer.status());
        Ok(answer.into_body())
    }
}
