//! Parcels followed by themselves: polled, pushed over real sockets, and watched.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use jiff::SignedDuration;
use parcelgate::api::proto::v1;
use parcelgate::tracking::{HooksSettings, Inbox, Scheduler, SchedulerSettings, serve_hooks};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tonic::{Code, Streaming};
use tonic_types::StatusExt;

use crate::orders::order;
use crate::served::Served;

/// A label of each carrier that pushes, by carrier.
async fn buy(served: &Served, example: &str, carrier: &str) -> v1::Shipment {
    let rated = served.shipping().rate(order(example)).await.unwrap().into_inner();
    let offer = rated.offers.iter().find(|offer| offer.carrier == carrier);
    let offer = offer.unwrap_or_else(|| panic!("no offer of {carrier}: {:?}", rated.carriers));
    let selection = v1::purchase_request::Selection::Offer(v1::OfferSelection {
        quote_id: rated.quote.as_ref().unwrap().id.clone(),
        offer_id: offer.id.clone(),
    });
    let wanted = v1::PurchaseRequest {
        idempotency_key: format!("{carrier}-{example}"),
        selection: Some(selection),
        ..Default::default()
    };
    served.shipping().purchase(wanted).await.unwrap().into_inner().shipment.unwrap()
}

/// Every carrier that pushes, with an order that it takes.
fn pushing() -> Vec<(&'static str, &'static str)> {
    let of = |entry: &parcelgate_kit::carrier::Entry| {
        let descriptor = entry.carrier.descriptor();
        let example = if descriptor.countries.contains(&"DE") { "de-domestic" } else { "us-domestic" };
        descriptor.push.map(|_| (descriptor.id, example))
    };
    parcelgate_adapters::all().iter().filter_map(of).collect()
}

fn number(shipment: &v1::Shipment) -> String {
    shipment.parcels.first().unwrap().tracking_number.clone()
}

/// The listener that carriers push to, and the way into the sandbox's controls.
struct Pushes {
    hooks: std::net::SocketAddr,
    carriers: std::net::SocketAddr,
    inbox: Arc<Inbox>,
}

impl Pushes {
    async fn of(served: &Served) -> Self {
        let inbox = Inbox::new(Arc::clone(served.gateway.tracker()), Duration::from_secs(86_400));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hooks = listener.local_addr().unwrap();
        let per_account_per_minute = NonZeroU32::new(600).unwrap();
        let settings = HooksSettings { max_body: 64 << 10, per_account_per_minute };
        tokio::spawn(serve_hooks(Arc::clone(&inbox), settings, listener, std::future::pending()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let carriers = listener.local_addr().unwrap();
        tokio::spawn(served.sandbox.clone().serve(listener, std::future::pending()));
        Self { hooks, carriers, inbox }
    }

    /// Has the carrier push what happened to the parcel; the status that it was answered with.
    async fn push(&self, carrier: &str, number: &str, headers: &[(&str, &str)]) -> u64 {
        let to = format!("http://{}/hooks/{carrier}/{carrier}-demo", self.hooks);
        let body = json!({ "number": number, "to": to, "headers": headers }).to_string();
        let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        let request = http::Request::post(format!("http://{}/_control/{carrier}/push", self.carriers))
            .body(Full::new(Bytes::from(body)))
            .unwrap();
        let answer = client.request(request).await.unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        let status = body["status"].as_u64().unwrap_or_else(|| panic!("{body}"));
        self.inbox.turn().await.unwrap();
        status
    }
}

async fn track(served: &Served, shipment: &str) -> v1::Tracking {
    let target = Some(v1::track_request::Target::ShipmentId(shipment.to_owned()));
    let tracked = served.shipping().track(v1::TrackRequest { target }).await.unwrap().into_inner();
    tracked.tracking.unwrap()
}

async fn watch(served: &Served, shipment: &str, cursor: &str) -> Streaming<v1::WatchTrackingResponse> {
    let target = Some(v1::watch_tracking_request::Target::ShipmentId(shipment.to_owned()));
    let request = v1::WatchTrackingRequest { target, cursor: cursor.to_owned() };
    served.shipping().watch_tracking(request).await.unwrap().into_inner()
}

async fn next(stream: &mut Streaming<v1::WatchTrackingResponse>) -> v1::WatchTrackingResponse {
    tokio::time::timeout(Duration::from_secs(30), stream.message()).await.unwrap().unwrap().unwrap()
}

fn status(told: &v1::WatchTrackingResponse) -> v1::TrackStatus {
    told.parcel.as_ref().unwrap().tracking.as_ref().unwrap().status()
}

#[tokio::test]
async fn what_a_carrier_pushes_is_told_to_whoever_watches() {
    let served = Served::start().await;
    let pushes = Pushes::of(&served).await;
    assert!(pushing().len() >= 2, "an American and a European carrier push");
    for (carrier, example) in pushing() {
        let shipment = buy(&served, example, carrier).await;
        let (id, number) = (shipment.id.clone(), number(&shipment));
        let mut watching = watch(&served, &id, "").await;
        // Bought, followed, and nothing known yet.
        let first = next(&mut watching).await;
        assert_eq!(status(&first), v1::TrackStatus::Unspecified, "{carrier}");
        assert!(next(&mut watching).await.parcel.is_none());

        served.clock.advance(SignedDuration::from_hours(5));
        assert_eq!(pushes.push(carrier, &number, &[]).await, 200);
        let told = next(&mut watching).await;
        let parcel = told.parcel.clone().unwrap().tracking.unwrap();
        assert!(
            matches!(parcel.status(), v1::TrackStatus::Accepted | v1::TrackStatus::InTransit),
            "{carrier} {parcel:?}"
        );
        assert!(parcel.events.iter().all(|event| event.source() == v1::EventSource::Push));
        assert_eq!((parcel.shipment_id.as_str(), parcel.tracking_number.as_str()), (id.as_str(), &*number));

        // The same push again, and one that cannot prove itself.
        let known = track(&served, &id).await;
        assert_eq!(pushes.push(carrier, &number, &[]).await, 200);
        served.clock.advance(SignedDuration::from_hours(500));
        let forged = [("credential", "wrong"), ("x-sim-push", "wrong")];
        assert_eq!(pushes.push(carrier, &number, &forged).await, 200);
        let refused =
            format!("parcelgate_tracking_pushes_total{{carrier=\"{carrier}\",outcome=\"refused\"}} 1");
        assert!(served.metrics.encode().contains(&refused), "{}", served.metrics.encode());
        let budget = Duration::ZERO;
        let target = parcelgate::shipping::TrackTarget::Shipment(id.clone());
        let tenant = parcelgate::tenancy::TenantId::demo();
        let stored = served.gateway.track(&tenant, target, budget).await.unwrap();
        assert_eq!(stored[0].knowledge.events.len(), known.events.len(), "{carrier}");

        // The true one has its turn all the same, and a watcher goes on from where it was.
        assert_eq!(pushes.push(carrier, &number, &[]).await, 200);
        assert_eq!(status(&next(&mut watching).await), v1::TrackStatus::Delivered);
        let mut later = watch(&served, &id, &told.cursor).await;
        assert_eq!(status(&next(&mut later).await), v1::TrackStatus::Delivered);
        assert!(next(&mut later).await.parcel.is_none());
    }
}

#[tokio::test]
async fn a_push_for_nobody_is_not_found() {
    let served = Served::start().await;
    let pushes = Pushes::of(&served).await;
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let (carrier, _) = pushing()[0];
    for path in [format!("{carrier}/nobody"), "nowhere/main".to_owned()] {
        let uri = format!("http://{}/hooks/{path}", pushes.hooks);
        let request = http::Request::post(uri).body(Full::new(Bytes::from_static(b"{}"))).unwrap();
        assert_eq!(client.request(request).await.unwrap().status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_bought_label_is_followed_to_its_door_without_anybody_asking() {
    let served = Served::start().await;
    let (carrier, example) = pushing()[0];
    let shipment = buy(&served, example, carrier).await;
    let asking = Scheduler::new(Arc::clone(served.gateway.tracker()), SchedulerSettings::default());
    assert_eq!(asking.turn().await.unwrap(), 0, "a fresh label is left alone at first");
    let mut turns = 0;
    for _ in 0..200 {
        served.clock.advance(SignedDuration::from_hours(1));
        turns += asking.turn().await.unwrap();
    }
    let tenant = parcelgate::tenancy::TenantId::demo();
    let target = parcelgate::shipping::TrackTarget::Shipment(shipment.id.clone());
    let known = served.gateway.track(&tenant, target, Duration::ZERO).await.unwrap();
    assert!(known[0].knowledge.delivered().is_some(), "{:?}", known[0].knowledge.status);
    assert!(known[0].knowledge.first_physical_scan().is_some());
    assert!((5..100).contains(&turns), "asked {turns} times, and not after its end");
    let events = served.gateway.store().events("demo", 0, 500).await.unwrap();
    let told = events.iter().filter(|event| event.kind == "tracking.changed").count();
    assert!((3..=turns).contains(&told), "{told} changes of {turns} answers were told");
    assert!(events.iter().all(|event| event.shipment.as_deref() == Some(shipment.id.as_str())));
}

#[tokio::test]
async fn a_voided_label_is_asked_for_no_more() {
    let served = Served::start().await;
    let (carrier, example) = pushing()[0];
    let shipment = buy(&served, example, carrier).await;
    served.shipping().void(v1::VoidRequest { shipment_id: shipment.id }).await.unwrap();
    assert_eq!(served.gateway.store().next_poll().await.unwrap(), None);
}

#[tokio::test]
async fn a_watcher_is_told_what_is_wrong_and_where_to_go_on() {
    let served = Served::start().await;
    let (carrier, example) = pushing()[0];
    let shipment = buy(&served, example, carrier).await;
    let target = |id: &str| Some(v1::watch_tracking_request::Target::ShipmentId(id.to_owned()));
    let asked =
        |id: &str, cursor: &str| v1::WatchTrackingRequest { target: target(id), cursor: cursor.to_owned() };
    let refused = served.shipping().watch_tracking(asked("nothing", "")).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let refused = served.shipping().watch_tracking(asked(&shipment.id, "made up")).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    let mut watching = watch(&served, &shipment.id, "").await;
    let first = next(&mut watching).await;
    served.stop();
    let end = loop {
        match tokio::time::timeout(Duration::from_secs(30), watching.message()).await.unwrap() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it ends with words"),
            Err(status) => break status,
        }
    };
    let info = end.get_error_details().error_info().cloned().unwrap();
    assert_eq!((end.code(), info.reason.as_str()), (Code::Unavailable, "GATEWAY_STOPPING"));
    assert!(!first.cursor.is_empty() && !info.metadata["cursor"].is_empty());
}
