//! The connector against a marketplace that serves it, over sockets and mutual TLS.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Server, ServerTlsConfig};
use tonic::{Response, Status};
use v1::marketplace_sink_service_server::{MarketplaceSinkService, MarketplaceSinkServiceServer};

use super::*;
use crate::config::{CarrierTls, GrpcTls, MarketplaceTls, Roots};
use crate::marketplace::{Content, OrderLine};
use crate::tls;

/// What it was told, and how it answers next.
#[derive(Clone, Default)]
struct Market(Arc<Mutex<(Vec<v1::ConfirmShipmentRequest>, VecDeque<Status>)>>);

#[tonic::async_trait]
impl MarketplaceSinkService for Market {
    async fn confirm_shipment(
        &self,
        request: Request<v1::ConfirmShipmentRequest>,
    ) -> Result<Response<v1::ConfirmShipmentResponse>, Status> {
        let mut kept = self.0.lock().unwrap();
        if let Some(status) = kept.1.pop_front() {
            return Err(status);
        }
        kept.0.push(request.into_inner());
        Ok(Response::new(v1::ConfirmShipmentResponse { confirmation_id: "c-1".into() }))
    }

    async fn withdraw_shipment(
        &self,
        request: Request<v1::WithdrawShipmentRequest>,
    ) -> Result<Response<v1::WithdrawShipmentResponse>, Status> {
        let mut kept = self.0.lock().unwrap();
        let key = request.into_inner().idempotency_key;
        let before = kept.0.len();
        kept.0.retain(|told| told.idempotency_key != key);
        if kept.0.len() == before {
            return Err(Status::not_found("never heard of it"));
        }
        Ok(Response::new(v1::WithdrawShipmentResponse {}))
    }
}

async fn serve(market: Market, tls: Option<ServerTlsConfig>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut server = Server::builder();
    if let Some(tls) = tls {
        server = server.tls_config(tls).unwrap();
    }
    let serving = server
        .add_service(MarketplaceSinkServiceServer::new(market))
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(serving);
    port
}

fn telling() -> Telling {
    Telling {
        id: "cf_1".into(),
        package: 2,
        edits: true,
        shipped_at: "2026-09-01T07:00:00Z".parse().unwrap(),
        content: Content {
            marketplace: "market".into(),
            country: None,
            order: "o-1".into(),
            seller: Some("s-1".into()),
            shipment: "sh_1".into(),
            parcel: 1,
            parcels: 1,
            carrier: "acme".into(),
            carrier_name: "Acme Parcels".into(),
            service: "11".into(),
            service_name: "Ground".into(),
            number: "1Z".into(),
            ships_at: "2026-09-01T07:00:00Z".parse().unwrap(),
            lines: vec![OrderLine { id: "l-1".into(), quantity: 3, parcel: Some(0) }],
        },
    }
}

#[tokio::test]
async fn a_confirmation_says_all_that_is_known() {
    let market = Market::default();
    let port = serve(market.clone(), None).await;
    let sink = GrpcSink::new(&format!("http://127.0.0.1:{port}"), None).unwrap();
    sink.check().await.unwrap();
    let exchange = sink.confirm(&telling()).await;
    assert_eq!(exchange.outcome, Outcome::Kept, "{exchange:?}");
    assert!(exchange.request.contains("1Z") && exchange.response.contains("c-1"), "{exchange:?}");
    let told = market.0.lock().unwrap().0.remove(0);
    let expected = v1::ConfirmShipmentRequest {
        idempotency_key: "cf_1".into(),
        marketplace_id: "market".into(),
        marketplace_country: String::new(),
        order_id: "o-1".into(),
        seller_id: "s-1".into(),
        package_number: 2,
        replaces_earlier: true,
        carrier: Some(v1::SinkCarrier {
            id: "acme".into(),
            name: "Acme Parcels".into(),
            service_code: "11".into(),
            service_name: "Ground".into(),
        }),
        tracking_number: "1Z".into(),
        shipped_at: Some(prost_types::Timestamp { seconds: 1_788_246_000, nanos: 0 }),
        lines: vec![v1::OrderLine { order_line_id: "l-1".into(), quantity: 3, parcel_index: None }],
    };
    assert_eq!(told, expected);
}

#[tokio::test]
async fn errors_are_told_apart_by_what_helps() {
    let market = Market::default();
    let port = serve(market.clone(), None).await;
    let sink = GrpcSink::new(&format!("http://127.0.0.1:{port}"), None).unwrap();
    let answer = async |status: Status| {
        market.0.lock().unwrap().1.push_back(status);
        sink.confirm(&telling()).await.outcome
    };
    for code in [Code::Unavailable, Code::Unauthenticated, Code::Internal] {
        let outcome = answer(Status::new(code, "later")).await;
        assert!(matches!(&outcome, Outcome::Later { words, .. } if words == "later"), "{outcome:?}");
    }
    for code in [Code::InvalidArgument, Code::FailedPrecondition, Code::Unimplemented] {
        let outcome = answer(Status::new(code, "no")).await;
        assert_eq!(outcome, Outcome::refused(format!("{code:?}"), "no"));
    }
    let mut details = tonic_types::ErrorDetails::new();
    details.set_retry_info(Some(Duration::from_secs(9)));
    let outcome = answer(Status::with_error_details(Code::ResourceExhausted, "slow down", details)).await;
    assert!(matches!(outcome, Outcome::Later { after: Some(wait), .. } if wait == Duration::from_secs(9)));
}

#[tokio::test]
async fn what_was_told_is_taken_back_once_and_twice() {
    let market = Market::default();
    let port = serve(market.clone(), None).await;
    let sink = GrpcSink::new(&format!("http://127.0.0.1:{port}"), None).unwrap();
    sink.confirm(&telling()).await;
    for _ in 0..2 {
        assert_eq!(sink.withdraw(&telling()).await.outcome, Outcome::Absent);
    }
    assert!(market.0.lock().unwrap().0.is_empty());
}

/// An authority, and a certificate and key of `localhost` that it signed.
fn issued(home: &std::path::Path) -> MarketplaceTls {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, "test authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &ca).unwrap();
    let write = |name: &str, text: String| {
        let path = home.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    MarketplaceTls {
        ca: Some(write("ca.pem", ca.pem())),
        identity: Some((write("own.pem", own.pem()), write("key.pem", key.serialize_pem()))),
    }
}

#[tokio::test]
async fn a_marketplace_that_wants_a_certificate_is_shown_one() {
    tls::install_provider().unwrap();
    let home = tempfile::tempdir().unwrap();
    let files = issued(home.path());
    let (certificate, key) = files.identity.clone().unwrap();
    let server = tls::grpc_server(&GrpcTls { certificate, key, client_ca: files.ca.clone() }).unwrap();
    let market = Market::default();
    let port = serve(market.clone(), Some(server)).await;
    let url = format!("https://localhost:{port}");
    let roots = CarrierTls { roots: Roots::File(files.ca.clone().unwrap()), extra_ca: Vec::new() };
    let sink = |own: &MarketplaceTls| {
        GrpcSink::new(&url, Some(tls::marketplace_client(&roots, own).unwrap())).unwrap()
    };
    assert_eq!(sink(&files).confirm(&telling()).await.outcome, Outcome::Kept);
    let nameless = MarketplaceTls { identity: None, ..files.clone() };
    let refused = sink(&nameless).confirm(&telling()).await.outcome;
    assert!(matches!(refused, Outcome::Later { .. }), "{refused:?}");
    let strangers = CarrierTls { roots: Roots::Webpki, extra_ca: Vec::new() };
    let unknown = MarketplaceTls { ca: None, ..files };
    let stranger = GrpcSink::new(&url, Some(tls::marketplace_client(&strangers, &unknown).unwrap())).unwrap();
    assert!(stranger.check().await.is_err(), "its authority is not trusted");
    assert_eq!(market.0.lock().unwrap().0.len(), 1);
}
