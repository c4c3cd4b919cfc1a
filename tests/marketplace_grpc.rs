//! A marketplace of one's own, over gRPC: told of each parcel, and told when one will not come.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use parcelgate::api::GrpcSink;
use parcelgate::api::proto::v1;
use parcelgate::carriers::{Clock, ManualClock};
use parcelgate::marketplace::{Marketplace, Marketplaces, Policies, Uploader, UploaderClocks};
use parcelgate::tenancy::TenantId;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use v1::ConfirmationState as State;
use v1::marketplace_sink_service_server::{MarketplaceSinkService, MarketplaceSinkServiceServer};

use crate::orders::order;
use crate::served::Served;

/// What it keeps, by package: a telling anew takes the place of the one before.
#[derive(Clone, Default)]
struct Market(Arc<Mutex<BTreeMap<u32, v1::ConfirmShipmentRequest>>>);

#[tonic::async_trait]
impl MarketplaceSinkService for Market {
    async fn confirm_shipment(
        &self,
        request: Request<v1::ConfirmShipmentRequest>,
    ) -> Result<Response<v1::ConfirmShipmentResponse>, Status> {
        let told = request.into_inner();
        self.0.lock().unwrap().insert(told.package_number, told);
        Ok(Response::new(v1::ConfirmShipmentResponse::default()))
    }

    async fn withdraw_shipment(
        &self,
        request: Request<v1::WithdrawShipmentRequest>,
    ) -> Result<Response<v1::WithdrawShipmentResponse>, Status> {
        let package = request.into_inner().package_number;
        let had = self.0.lock().unwrap().remove(&package);
        had.map(|_| Response::new(v1::WithdrawShipmentResponse {}))
            .ok_or_else(|| Status::not_found("no such"))
    }
}

/// Package, tracking number and lines.
type Kept = (u32, String, Vec<(String, u32)>);

impl Market {
    /// What it keeps.
    fn kept(&self) -> Vec<Kept> {
        let kept = self.0.lock().unwrap();
        let lines = |told: &v1::ConfirmShipmentRequest| {
            told.lines.iter().map(|line| (line.order_line_id.clone(), line.quantity)).collect()
        };
        kept.iter().map(|(package, told)| (*package, told.tracking_number.clone(), lines(told))).collect()
    }
}

async fn buy(served: &Served, key: &str) -> v1::Shipment {
    let mut wanted = order("us-domestic");
    let parcel = wanted.parcels[0].clone();
    wanted.parcels = vec![parcel.clone(), parcel];
    let line = |id: &str, parcel| v1::OrderLine {
        order_line_id: id.to_owned(),
        quantity: parcel + 1,
        parcel_index: Some(parcel),
    };
    wanted.order = Some(v1::Order {
        marketplace_id: "house".into(),
        order_id: "o-1".into(),
        lines: vec![line("first", 0), line("second", 1)],
        ..wanted.order.unwrap_or_default()
    });
    let pick =
        v1::PickSelection { rate_request: Some(wanted), criterion: v1::PickCriterion::Cheapest.into() };
    let request = v1::PurchaseRequest {
        idempotency_key: key.to_owned(),
        selection: Some(v1::purchase_request::Selection::Pick(pick)),
        ..Default::default()
    };
    served.shipping().purchase(request).await.unwrap().into_inner().shipment.unwrap()
}

async fn states(served: &Served, shipment: &v1::Shipment) -> Vec<State> {
    let request = v1::GetShipmentRequest { shipment_id: shipment.id.clone() };
    let got = served.shipping().get_shipment(request).await.unwrap().into_inner();
    got.confirmations.iter().map(v1::ShipmentConfirmation::state).collect()
}

#[tokio::test]
async fn each_parcel_is_told_and_taken_back_and_its_replacement_told() {
    let market = Market::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = Server::builder()
        .add_service(MarketplaceSinkServiceServer::new(market.clone()))
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(serving);
    let house = Marketplace {
        id: "house".to_owned(),
        tenant: TenantId::demo(),
        names: vec!["house".to_owned()],
        policy: "house".to_owned(),
        sink: Arc::new(GrpcSink::new(&url, None).unwrap()),
    };
    let marketplaces = Arc::new(Marketplaces::new(vec![house], Policies::built_in().unwrap()));
    let served = Served::telling(Arc::clone(&marketplaces)).await;
    let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&served.clock);
    let worker = Uploader::new(
        Arc::clone(served.gateway.store()),
        marketplaces,
        UploaderClocks { work: Arc::clone(&clock), lease: clock },
        served.sealer.clone(),
        Arc::clone(&served.metrics),
    );

    let told = |shipment: &v1::Shipment| {
        let number = |index: usize| shipment.parcels[index].tracking_number.clone();
        vec![(1, number(0), vec![("first".to_owned(), 1)]), (2, number(1), vec![("second".to_owned(), 2)])]
    };
    let first = buy(&served, "k-1").await;
    assert_eq!(worker.run_once().await.unwrap(), 2);
    assert_eq!(market.kept(), told(&first));
    assert_eq!(states(&served, &first).await, [State::Confirmed; 2]);

    served.shipping().void(v1::VoidRequest { shipment_id: first.id.clone() }).await.unwrap();
    assert_eq!(worker.run_once().await.unwrap(), 2);
    assert_eq!((market.kept(), states(&served, &first).await), (vec![], vec![State::Withdrawn; 2]));

    let second = buy(&served, "k-2").await;
    assert_eq!(worker.run_once().await.unwrap(), 2);
    assert_eq!(market.kept(), told(&second), "it has the numbers of what it replaces");
    assert!(market.0.lock().unwrap().values().all(|told| !told.replaces_earlier), "nothing was left to edit");

    served.shipping().void(v1::VoidRequest { shipment_id: second.id.clone() }).await.unwrap();
    let third = buy(&served, "k-3").await;
    assert_eq!(worker.run_once().await.unwrap(), 4, "what was voided, and what replaces it");
    // All four are worked on at once: a replacement edits where the other is done with before it, and else waits.
    let (before, after) = (told(&second), told(&third));
    let is_there = |(kept, both): (_, (_, _))| kept == both.0 || kept == both.1;
    let kept = market.kept();
    assert_eq!(kept.len(), 2, "nothing is taken back that will be edited: {kept:?}");
    assert!(kept.iter().zip(before.iter().zip(&after)).all(is_there), "{kept:?}");
    served.clock.advance(jiff::SignedDuration::from_secs(2));
    worker.run_once().await.unwrap();
    assert_eq!(market.kept(), told(&third));
    assert!(market.0.lock().unwrap().values().all(|told| told.replaces_earlier));
    let after = (states(&served, &second).await, states(&served, &third).await);
    assert_eq!(after, (vec![State::Superseded; 2], vec![State::Confirmed; 2]));
}
