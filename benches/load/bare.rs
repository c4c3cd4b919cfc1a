//! Bare tonic servers under the shipping service's name: the same framing and transport as the gateway's, and nothing
//! of its work.
//!
//! Start with [`serve_echo`] and [`serve_fan_out`].

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use futures::future::BoxFuture;
use parcelgate::api::proto::v1;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::server::{NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::Service;

use crate::arguments;
use crate::fan_out::FanOut;
use crate::process::LISTENING;
use crate::raw::Raw;
use crate::report::say;
use crate::upstream::Upstream;

/// What a bare server does with a request.
enum Work {
    /// Gives one answer.
    Echo(Bytes),
    /// Asks carriers.
    FanOut(Box<FanOut>),
}

#[derive(Clone)]
struct Bare(Arc<Work>);

impl NamedService for Bare {
    const NAME: &'static str = "parcelgate.v1.ShippingService";
}

impl Service<http::Request<Body>> for Bare {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let work = Arc::clone(&self.0);
        Box::pin(async move {
            Ok(match work.as_ref() {
                Work::Echo(answer) => {
                    tonic::server::Grpc::new(Raw).unary(Echo(answer.clone()), request).await
                }
                Work::FanOut(fan_out) => {
                    let codec = ProstCodec::<v1::RateResponse, v1::RateRequest>::default();
                    tonic::server::Grpc::new(codec).unary(Rate(fan_out.clone()), request).await
                }
            })
        })
    }
}

struct Echo(Bytes);

impl UnaryService<Bytes> for Echo {
    type Response = Bytes;
    type Future = std::future::Ready<Result<Response<Bytes>, Status>>;

    fn call(&mut self, _: Request<Bytes>) -> Self::Future {
        std::future::ready(Ok(Response::new(self.0.clone())))
    }
}

struct Rate(Box<FanOut>);

impl UnaryService<v1::RateRequest> for Rate {
    type Response = v1::RateResponse;
    type Future = BoxFuture<'static, Result<Response<v1::RateResponse>, Status>>;

    fn call(&mut self, request: Request<v1::RateRequest>) -> Self::Future {
        let fan_out = self.0.clone();
        Box::pin(async move {
            let rated = fan_out.rate(request.get_ref()).await;
            rated.map(Response::new).map_err(|error| Status::unavailable(format!("{error:#}")))
        })
    }
}

/// Serves one answer until it is ended.
///
/// # Errors
/// When the answer cannot be read or nothing can be listened on.
pub(crate) async fn serve_echo(echo: arguments::Echo) -> Result<()> {
    let path = echo.answer.display();
    let answer = std::fs::read(&echo.answer).with_context(|| format!("cannot read `{path}`"))?;
    serve(Work::Echo(answer.into())).await
}

/// Serves the fan-out until it is ended.
///
/// # Errors
/// When nothing can be listened on.
pub(crate) async fn serve_fan_out(asked: arguments::FanOut) -> Result<()> {
    let path = format!("/neutral/{}/{}", asked.offers, asked.answers);
    let (upstream, asks) = (Upstream::new(), asked.asks);
    serve(Work::FanOut(Box::new(FanOut { upstream, carriers: asked.carriers, path, asks }))).await
}

async fn serve(work: Work) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    say(format_args!("{LISTENING}{}", listener.local_addr()?));
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    Ok(Server::builder().add_service(Bare(Arc::new(work))).serve_with_incoming(incoming).await?)
}
