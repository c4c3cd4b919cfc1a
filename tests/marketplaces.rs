//! A purchase tells its order's marketplace by itself: over sockets, whatever goes wrong on the way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parcelgate::api::proto::v1;
use parcelgate::carriers::{Clock, HttpTransport, ManualClock, TransportSettings};
use parcelgate::marketplace::amazon::sim::AmazonSim;
use parcelgate::marketplace::amazon::{Amazon, Credentials, Settings};
use parcelgate::marketplace::{Marketplace, Marketplaces, Policies, Uploader, UploaderClocks};
use parcelgate::sandbox::{Sandbox, SandboxClock};
use parcelgate::tenancy::TenantId;
use parcelgate_kit::sim::{FaultRule, Sim, SimFault};
use tokio::net::TcpListener;
use tonic::Code;
use v1::ConfirmationState as State;
use v1::get_confirmation_request::Target;

use crate::orders::order;
use crate::served::Served;

const ORDER: &str = "902-1106328-1059050";
const CONFIRMS: &str = "/shipmentConfirmation";

/// A gateway, a marketplace behind a socket, and the worker between them.
struct Stage {
    served: Served,
    sim: Arc<AmazonSim>,
    market: Sandbox,
    clock: Arc<ManualClock>,
    marketplaces: Arc<Marketplaces>,
}

impl Stage {
    /// With the marketplace under the rules that stand under this name.
    async fn under(policy: &str) -> Self {
        parcelgate::tls::install_provider().unwrap();
        let clock = Arc::new(ManualClock::new("2026-09-01T07:00:00Z".parse::<Timestamp>().unwrap()));
        let machine: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let sim = Arc::new(AmazonSim::default());
        sim.place_order(ORDER, &[("line-1", 2), ("line-2", 1)]);
        let market = Sandbox::new(&[], 7, Arc::new(SandboxClock::new(Arc::clone(&machine), 1.0)))
            .beside("market", Arc::<AmazonSim>::clone(&sim));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Sandbox::base_url(listener.local_addr().unwrap(), "market");
        tokio::spawn(market.clone().serve(listener, std::future::pending()));
        let sample = sim.account();
        let mut settings: BTreeMap<_, _> =
            sample.settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        settings.insert("token_url".to_owned(), format!("{url}/auth/o2/token"));
        let settings =
            Settings { patience: Duration::from_millis(500), ..Settings::read(&url, &settings).unwrap() };
        let secrets = sample.secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
        let credentials = Credentials::read(&secrets.collect()).unwrap();
        let sink = Amazon::new(settings, credentials, Arc::new(transport()), machine).unwrap();
        let one = Marketplace {
            id: "market".to_owned(),
            tenant: TenantId::demo(),
            names: vec!["market.example".to_owned()],
            policy: policy.to_owned(),
            sink: Arc::new(sink),
        };
        let marketplaces = Arc::new(Marketplaces::new(vec![one], Policies::built_in().unwrap()));
        let served = Served::telling(Arc::clone(&marketplaces)).await;
        Self { served, sim, market, clock, marketplaces }
    }

    async fn new() -> Self {
        Self::under("amazon").await
    }

    /// A worker like each gateway has one.
    fn worker(&self) -> Uploader {
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&self.served.clock);
        let clocks = UploaderClocks { work: Arc::clone(&clock), lease: clock };
        let store = Arc::clone(self.served.gateway.store());
        Uploader::new(
            store,
            Arc::clone(&self.marketplaces),
            clocks,
            self.served.sealer.clone(),
            Arc::clone(&self.served.metrics),
        )
    }

    async fn work(&self) -> usize {
        self.worker().run_once().await.unwrap()
    }

    fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
        self.served.clock.advance(SignedDuration::from_secs(seconds));
    }

    fn inject(&self, fault: SimFault) {
        self.market.world("market").unwrap().inject(FaultRule::once(CONFIRMS, fault));
    }

    fn calls(&self) -> u64 {
        self.market.world("market").unwrap().calls(CONFIRMS)
    }

    /// Buys a label for the order.
    async fn buy(&self, key: &str, lines: &[(&str, u32)]) -> v1::Shipment {
        let mut wanted = order("us-domestic");
        let line = |(id, quantity): &(&str, u32)| v1::OrderLine {
            order_line_id: (*id).to_owned(),
            quantity: *quantity,
            parcel_index: None,
        };
        wanted.order = Some(v1::Order {
            marketplace_id: "Market.Example".into(),
            order_id: ORDER.into(),
            lines: lines.iter().map(line).collect(),
            ..wanted.order.unwrap_or_default()
        });
        let pick =
            v1::PickSelection { rate_request: Some(wanted), criterion: v1::PickCriterion::Cheapest.into() };
        let request = v1::PurchaseRequest {
            idempotency_key: key.to_owned(),
            selection: Some(v1::purchase_request::Selection::Pick(pick)),
            ..Default::default()
        };
        self.served.shipping().purchase(request).await.unwrap().into_inner().shipment.unwrap()
    }

    async fn void(&self, shipment: &v1::Shipment) {
        let request = v1::VoidRequest { shipment_id: shipment.id.clone() };
        let voided = self.served.shipping().void(request).await.unwrap().into_inner().shipment.unwrap();
        assert_eq!(voided.state(), v1::ShipmentState::Voided);
    }

    /// The confirmation of a shipment's one parcel.
    async fn told(&self, shipment: &v1::Shipment) -> v1::ShipmentConfirmation {
        let request = v1::GetConfirmationRequest { target: Some(Target::ShipmentId(shipment.id.clone())) };
        let mut found = self.served.marketplaces().get_confirmation(request).await.unwrap().into_inner();
        assert_eq!(found.confirmations.len(), 1);
        found.confirmations.remove(0)
    }

    async fn state(&self, shipment: &v1::Shipment) -> State {
        self.told(shipment).await.state()
    }

    /// Works until nothing comes due for half an hour.
    async fn settle(&self) {
        let mut idle = 0;
        while idle < 60 {
            idle = if self.work().await == 0 { idle + 1 } else { 0 };
            self.pass(30);
        }
    }

    fn kept(&self) -> Vec<(String, String)> {
        let number = |said: &serde_json::Value| said["trackingNumber"].as_str().unwrap().to_owned();
        self.sim.packages(ORDER).iter().map(|(package, said)| (package.clone(), number(said))).collect()
    }

    async fn alarms(&self) -> Vec<String> {
        let listed = self.served.operators().list_alarms(v1::ListAlarmsRequest::default()).await.unwrap();
        listed.into_inner().alarms.into_iter().map(|alarm| alarm.code).collect()
    }
}

fn transport() -> HttpTransport {
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let connect_timeout = Duration::from_secs(5);
    HttpTransport::new(&TransportSettings { connect_timeout, max_body: 1 << 20, tls: Arc::new(tls) })
}

fn number(shipment: &v1::Shipment) -> String {
    shipment.parcels[0].tracking_number.clone()
}

#[tokio::test]
async fn a_purchase_is_confirmed_and_read_back_without_anyone_asking() {
    let stage = Stage::new().await;
    let shipment = stage.buy("k-1", &[("line-1", 2)]).await;
    let written = stage.told(&shipment).await;
    assert_eq!((written.state(), written.attempts, written.package_number), (State::Pending, 0, 1));
    assert_eq!(stage.work().await, 1);
    let sent = stage.told(&shipment).await;
    assert_eq!((sent.state(), sent.attempts, sent.confirmed_at), (State::Sent, 1, None), "{sent:?}");
    assert_eq!(stage.kept(), [("1".to_owned(), number(&shipment))]);
    assert_eq!(stage.work().await, 0, "it is looked for later");
    stage.pass(120);
    assert_eq!(stage.work().await, 1);
    let confirmed = stage.told(&shipment).await;
    assert_eq!((confirmed.state(), confirmed.next_attempt_at), (State::Confirmed, None));
    let exchanges: Vec<_> =
        confirmed.exchanges.iter().map(|one| (one.kind.as_str(), one.outcome.as_str())).collect();
    assert_eq!(exchanges, [("CONFIRM", "TAKEN"), ("READ_BACK", "KEPT")]);
    let first = &confirmed.exchanges[0];
    assert!(first.request.contains(&number(&shipment)) && first.request.contains("line-1"), "{first:?}");
    assert_eq!((first.response.as_str(), first.request_sha256.len()), ("204", 64));

    let got = v1::GetShipmentRequest { shipment_id: shipment.id.clone() };
    let got = stage.served.shipping().get_shipment(got).await.unwrap().into_inner();
    assert_eq!(got.confirmations[0].state(), State::Confirmed);
    let of_order = v1::GetConfirmationRequest { target: Some(Target::OrderId(ORDER.into())) };
    let of_order = stage.served.marketplaces().get_confirmation(of_order).await.unwrap().into_inner();
    assert_eq!(of_order.confirmations, [confirmed]);
    let request = v1::SubscribeRequest { kinds: vec!["confirmation.*".into()], ..Default::default() };
    let mut events = stage.served.events().subscribe(request).await.unwrap().into_inner();
    let mut states = Vec::new();
    while let Some(event) = events.message().await.unwrap().and_then(|message| message.event) {
        assert_eq!(event.shipment_id, shipment.id);
        let Some(v1::event::Payload::Confirmation(changed)) = event.payload else { panic!("{event:?}") };
        states.push((event.kind, changed.state()));
    }
    let expected = [
        ("confirmation.sent".to_owned(), State::Sent),
        ("confirmation.confirmed".to_owned(), State::Confirmed),
    ];
    assert_eq!(states, expected);
}

#[tokio::test]
async fn whatever_goes_wrong_it_is_confirmed_once() {
    let faults = [
        SimFault::HangAfter,
        SimFault::ErrorBefore(500),
        SimFault::ErrorAfter(503),
        SimFault::Throttle(Some(3)),
        SimFault::ResetAfter,
        SimFault::ErrorBefore(403),
        SimFault::ExpireTokens,
    ];
    let stage = Stage::new().await;
    for (at, fault) in faults.into_iter().enumerate() {
        stage.sim.place_order(ORDER, &[("line-1", 2)]);
        let shipment = stage.buy(&format!("k-{at}"), &[("line-1", 2)]).await;
        stage.inject(fault.clone());
        stage.settle().await;
        let told = stage.told(&shipment).await;
        assert_eq!(told.state(), State::Confirmed, "{fault:?}: {told:?}");
        assert_eq!(stage.kept(), [(told.package_number.to_string(), number(&shipment))], "{fault:?}");
    }
    assert!(stage.alarms().await.is_empty());
}

#[tokio::test]
async fn what_is_dropped_in_silence_is_told_anew_and_at_last_given_up() {
    let stage = Stage::new().await;
    stage.sim.drop_next(2);
    let shipment = stage.buy("k-1", &[("line-1", 2)]).await;
    stage.settle().await;
    let told = stage.told(&shipment).await;
    assert_eq!((told.state(), told.attempts), (State::Confirmed, 3), "{told:?}");
    assert_eq!(stage.kept(), [("1".to_owned(), number(&shipment))]);

    stage.sim.drop_next(100);
    let lost = stage.buy("k-2", &[("line-2", 1)]).await;
    stage.settle().await;
    let told = stage.told(&lost).await;
    assert_eq!((told.state(), told.fault_code.as_str()), (State::Refused, "NOT_KEPT"), "{told:?}");
    assert_eq!(stage.alarms().await, ["CONFIRMATION_REFUSED"]);
    stage.sim.drop_next(0);
    let retry = v1::RetryConfirmationRequest { confirmation_id: told.id };
    let retried = stage.served.marketplaces().retry_confirmation(retry).await.unwrap().into_inner();
    assert_eq!(retried.confirmation.unwrap().state(), State::Pending);
    stage.settle().await;
    assert_eq!(stage.state(&lost).await, State::Confirmed);
    assert!(stage.alarms().await.is_empty(), "its cause is gone");
}

#[tokio::test]
async fn a_refusal_is_kept_with_its_words_and_told_to_operators() {
    let stage = Stage::new().await;
    let shipment = stage.buy("k-1", &[("line-9", 1)]).await;
    stage.work().await;
    let told = stage.told(&shipment).await;
    let fault = (told.fault_code.as_str(), told.fault_message.as_str());
    assert_eq!(
        (told.state(), fault),
        (State::Refused, ("InvalidInput", "OrderItemId line-9 is not of the order."))
    );
    assert_eq!(stage.alarms().await, ["CONFIRMATION_REFUSED"]);
    stage.pass(86_400);
    assert_eq!(stage.work().await, 0, "it rests until a person has it sent again");
    let other = v1::RetryConfirmationRequest { confirmation_id: "cf_none".into() };
    let unknown = stage.served.marketplaces().retry_confirmation(other).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
}

#[tokio::test]
async fn a_void_before_the_telling_leaves_nothing_to_tell() {
    let stage = Stage::new().await;
    let shipment = stage.buy("k-1", &[("line-1", 2)]).await;
    stage.void(&shipment).await;
    stage.settle().await;
    assert_eq!((stage.state(&shipment).await, stage.calls()), (State::Withdrawn, 0));
    let retry = v1::RetryConfirmationRequest { confirmation_id: stage.told(&shipment).await.id };
    let refused = stage.served.marketplaces().retry_confirmation(retry).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
}

#[tokio::test]
async fn the_replacement_of_a_voided_parcel_edits_its_confirmation() {
    let stage = Stage::new().await;
    let first = stage.buy("k-1", &[("line-1", 2)]).await;
    stage.settle().await;
    stage.void(&first).await;
    stage.settle().await;
    let left = stage.told(&first).await;
    assert_eq!(left.state(), State::Confirmed, "the marketplace takes nothing back");
    assert!(left.voided_at.is_some());
    let second = stage.buy("k-2", &[("line-1", 2)]).await;
    stage.settle().await;
    let told = stage.told(&second).await;
    assert_eq!((told.state(), told.package_number, &told.replaces), (State::Confirmed, 1, &left.id));
    assert_eq!(told.exchanges[0].kind, "EDIT");
    assert_eq!(stage.kept(), [("1".to_owned(), number(&second))]);
    assert_eq!(stage.state(&first).await, State::Superseded);
}

#[tokio::test]
async fn an_edit_that_comes_too_late_is_left_to_a_person() {
    let stage = Stage::new().await;
    let first = stage.buy("k-1", &[("line-1", 2)]).await;
    stage.settle().await;
    stage.void(&first).await;
    stage.pass(25 * 3600);
    let second = stage.buy("k-2", &[("line-1", 2)]).await;
    let calls = stage.calls();
    stage.settle().await;
    let told = stage.told(&second).await;
    assert_eq!((told.state(), told.fault_code.as_str()), (State::Refused, "EDIT_TOO_LATE"));
    assert_eq!((stage.calls(), stage.alarms().await), (calls, vec!["CONFIRMATION_REFUSED".to_owned()]));
    let retry = v1::RetryConfirmationRequest { confirmation_id: told.id };
    stage.served.marketplaces().retry_confirmation(retry).await.unwrap();
    stage.settle().await;
    assert_eq!(stage.state(&second).await, State::Confirmed, "a person may");
    assert_eq!(stage.kept(), [("1".to_owned(), number(&second))]);
}

#[tokio::test]
async fn operators_are_told_before_the_time_to_confirm_is_over() {
    let stage = Stage::new().await;
    let shipment = stage.buy("k-1", &[("line-1", 2)]).await;
    let away = FaultRule::always(CONFIRMS, SimFault::ErrorBefore(503));
    stage.market.world("market").unwrap().inject(away);
    stage.work().await;
    assert!(stage.alarms().await.is_empty());
    stage.pass(20 * 3600);
    stage.work().await;
    assert_eq!(stage.alarms().await, ["CONFIRMATION_LATE"]);
    assert_eq!(stage.state(&shipment).await, State::Pending, "it goes on");
    stage.market.world("market").unwrap().clear_faults();
    stage.pass(3600);
    stage.settle().await;
    assert_eq!(stage.state(&shipment).await, State::Confirmed);
    assert!(stage.alarms().await.is_empty());
}

#[tokio::test]
async fn where_the_rules_say_so_it_waits_for_the_first_scan() {
    let stage = Stage::under("tiktok").await;
    let shipment = stage.buy("k-1", &[("line-1", 2)]).await;
    stage.pass(3600);
    assert_eq!((stage.work().await, stage.calls()), (0, 0));
    stage.pass(12 * 86_400);
    let target = Some(v1::track_request::Target::ShipmentId(shipment.id.clone()));
    let tracked = stage.served.shipping().track(v1::TrackRequest { target }).await.unwrap().into_inner();
    let scan = tracked.tracking.unwrap().first_physical_scan.unwrap();
    stage.settle().await;
    let told = stage.told(&shipment).await;
    assert_eq!(told.state(), State::Confirmed, "{told:?}");
    assert_eq!(told.first_scan_at, scan.instant);
}

#[tokio::test]
async fn two_gateways_tell_it_once() {
    let stage = Stage::new().await;
    for n in 0..4 {
        stage.buy(&format!("k-{n}"), &[]).await;
    }
    let (one, other) = (stage.worker(), stage.worker());
    let (first, second) = tokio::join!(one.run_once(), other.run_once());
    assert_eq!(first.unwrap() + second.unwrap(), 4);
    assert_eq!(stage.kept().len(), 1, "the first takes all that is left of the order");
}

#[tokio::test]
async fn other_orders_are_told_to_nobody() {
    let stage = Stage::new().await;
    let mut wanted = order("us-domestic");
    wanted.order = None;
    let pick =
        v1::PickSelection { rate_request: Some(wanted), criterion: v1::PickCriterion::Cheapest.into() };
    let request = v1::PurchaseRequest {
        idempotency_key: "k-1".into(),
        selection: Some(v1::purchase_request::Selection::Pick(pick)),
        ..Default::default()
    };
    let bought = stage.served.shipping().purchase(request).await.unwrap().into_inner().shipment.unwrap();
    let asked = v1::GetConfirmationRequest { target: Some(Target::ShipmentId(bought.id)) };
    let none = stage.served.marketplaces().get_confirmation(asked).await.unwrap_err();
    assert_eq!(none.code(), Code::NotFound);
    assert_eq!(stage.work().await, 0);
    let empty = stage.served.marketplaces().get_confirmation(v1::GetConfirmationRequest::default()).await;
    assert_eq!(empty.unwrap_err().code(), Code::InvalidArgument);
}
