//! Events over a real socket: all of them, each once, in order, from any place.

use std::collections::BTreeMap;
use std::time::Duration;

use parcelgate::api::ApiSettings;
use parcelgate::api::proto::v1;
use parcelgate::shipping::Pace;
use parcelgate::store::{NewEvent, Tracking};
use parcelgate::tenancy::{Tenant, TenantId, TokenHash, generate_token};
use secrecy::ExposeSecret;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status, Streaming};
use tonic_types::StatusExt;

use crate::orders::order;
use crate::served::Served;

fn after(cursor: &str) -> v1::SubscribeRequest {
    v1::SubscribeRequest { cursor: cursor.to_owned(), ..Default::default() }
}

async fn subscribe(served: &Served, request: v1::SubscribeRequest) -> Streaming<v1::SubscribeResponse> {
    served.events().subscribe(request).await.unwrap().into_inner()
}

/// The events up to the first sign of life, and its cursor.
async fn until_idle(mut stream: Streaming<v1::SubscribeResponse>) -> (Vec<v1::SubscribeResponse>, String) {
    let mut told = Vec::new();
    while let Some(message) = stream.message().await.unwrap() {
        if message.event.is_none() {
            return (told, message.cursor);
        }
        told.push(message);
    }
    unreachable!("the stream ended by itself")
}

async fn all(served: &Served, request: v1::SubscribeRequest) -> Vec<v1::Event> {
    let (told, _) = until_idle(subscribe(served, request).await).await;
    told.into_iter().filter_map(|message| message.event).collect()
}

fn pick(key: &str) -> v1::PurchaseRequest {
    let pick = v1::PickSelection {
        rate_request: Some(order("us-domestic")),
        criterion: v1::PickCriterion::Cheapest.into(),
    };
    v1::PurchaseRequest {
        idempotency_key: key.to_owned(),
        selection: Some(v1::purchase_request::Selection::Pick(pick)),
        ..Default::default()
    }
}

async fn buy(served: &Served, key: &str) -> v1::Shipment {
    served.shipping().purchase(pick(key)).await.unwrap().into_inner().shipment.unwrap()
}

async fn void(served: &Served, shipment_id: String) {
    served.shipping().void(v1::VoidRequest { shipment_id }).await.unwrap();
}

fn reason(status: &Status) -> (String, String) {
    let details = status.get_error_details();
    let info = details.error_info().cloned().unwrap();
    (info.reason, info.metadata.get("cursor").cloned().unwrap_or_default())
}

/// Writes events of no shipment, with padding, straight into the outbox.
async fn tell_many(served: &Served, tenant: &str, count: u64) {
    for version in 0..count {
        let tracking = Tracking {
            tenant: tenant.to_owned(),
            carrier: "acme".into(),
            number: "1".into(),
            shipment: None,
            account: None,
            status: "IN_TRANSIT".into(),
            body: Vec::new(),
            as_of: jiff::Timestamp::UNIX_EPOCH,
            next_poll_at: None,
            failures: 0,
            delivered_at: None,
        };
        let event = NewEvent { kind: format!("test.number_{version}"), body: Vec::new() };
        served.gateway.store().merge_tracking(tracking, version, Some(event)).await.unwrap();
    }
}

#[tokio::test]
async fn from_every_cursor_exactly_the_rest_is_told() {
    let served = Served::start().await;
    for key in ["one", "two"] {
        let shipment = buy(&served, key).await;
        void(&served, shipment.id).await;
    }
    let (told, end) = until_idle(subscribe(&served, after("")).await).await;
    let kinds: Vec<_> = told.iter().map(|message| message.event.as_ref().unwrap().kind.as_str()).collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "shipment.purchased" || **kind == "shipment.voided").count(),
        4,
        "{kinds:?}"
    );
    let events: Vec<_> = told.iter().map(|message| message.event.clone().unwrap()).collect();
    for (index, message) in told.iter().enumerate() {
        assert_eq!(all(&served, after(&message.cursor)).await, events[index + 1..], "behind event {index}");
    }
    assert_eq!(all(&served, after(&end)).await, []);
    let voided = v1::SubscribeRequest { kinds: vec!["shipment.voided".into()], ..Default::default() };
    let voided = all(&served, voided).await;
    assert_eq!(voided.len(), 2);
    let Some(v1::event::Payload::Shipment(changed)) = &voided[0].payload else { unreachable!() };
    assert_eq!(changed.state(), v1::ShipmentState::Voided);
    assert!(!changed.carrier.is_empty() && voided[0].shipment_id.starts_with("sh_"));
}

#[tokio::test]
async fn what_happens_while_subscribed_is_told_whole_and_in_order() {
    const SHIPMENTS: usize = 24;
    let served = Served::start().await;
    buy(&served, "before").await;
    let from_now = v1::SubscribeRequest { from_now: true, ..Default::default() };
    let mut stream = subscribe(&served, from_now).await;
    let idle = stream.message().await.unwrap().unwrap();
    assert_eq!(idle.event, None, "what happened before is not told");
    let traffic = async {
        let lives = (0..SHIPMENTS).map(|number| {
            let served = &served;
            async move {
                let shipment = buy(served, &format!("key-{number}")).await;
                void(served, shipment.id.clone()).await;
                shipment.id
            }
        });
        futures::future::join_all(lives).await
    };
    let listening = async {
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut ids = Vec::new();
        while told.values().filter(|kinds| kinds.last().is_some_and(|k| k == "shipment.voided")).count()
            < SHIPMENTS
        {
            let Some(event) = stream.message().await.unwrap().unwrap().event else { continue };
            ids.push(event.id);
            told.entry(event.shipment_id).or_default().push(event.kind);
        }
        (told, ids)
    };
    let (bought, (told, mut ids)) = futures::future::join(traffic, listening).await;
    assert_eq!(told.len(), SHIPMENTS);
    for id in bought {
        assert_eq!(told[&id], ["shipment.purchased", "shipment.void_requested", "shipment.voided"], "{id}");
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "no event came twice");
}

fn impatient() -> ApiSettings {
    let events = Pace { heartbeat: Duration::from_secs(3600), patience: Duration::from_millis(200) };
    ApiSettings { events, ..ApiSettings::default() }
}

/// A connection that takes little before it must be read from.
fn narrow(served: &Served) -> Channel {
    let endpoint = Endpoint::from_shared(format!("http://{}", served.address)).unwrap();
    endpoint.initial_stream_window_size(16 * 1024).initial_connection_window_size(64 * 1024).connect_lazy()
}

#[tokio::test]
async fn a_slow_reader_is_let_go_and_goes_on_where_it_was() {
    const EVENTS: u64 = 600;
    let served = Served::with(&[], &[TenantId::demo()], impatient()).await;
    tell_many(&served, "demo", EVENTS).await;
    let mut client =
        v1::event_service_client::EventServiceClient::new(narrow(&served)).max_decoding_message_size(1 << 20);
    let mut stream = client.subscribe(after("")).await.unwrap().into_inner();
    let mut told = vec![stream.message().await.unwrap().unwrap()];
    // Nothing is taken until the gateway has lost its patience: it says so once
    // the reader reads again.
    while !served.metrics.encode().contains("subscriptions_ended_total{end=\"slow\"} 1") {
        tokio::task::yield_now().await;
    }
    let status = loop {
        match stream.message().await {
            Ok(message) => told.push(message.unwrap()),
            Err(status) => break status,
        }
    };
    let (why, cursor) = reason(&status);
    assert_eq!((status.code(), why.as_str()), (Code::ResourceExhausted, "SLOW_READER"));
    assert!(told.len() < usize::try_from(EVENTS).unwrap(), "it was dropped half way");
    let rest = all(&served, after(&cursor)).await;
    let kinds: Vec<_> =
        told.into_iter().filter_map(|message| message.event).chain(rest).map(|e| e.kind).collect();
    let expected: Vec<_> = (0..EVENTS).map(|number| format!("test.number_{number}")).collect();
    assert_eq!(kinds, expected);
}

#[tokio::test]
async fn a_gateway_that_stops_says_where_to_go_on() {
    let served = Served::start().await;
    tell_many(&served, "demo", 3).await;
    let mut stream = subscribe(&served, after("")).await;
    for _ in 0..4 {
        stream.message().await.unwrap().unwrap();
    }
    served.stop();
    let status = stream.message().await.unwrap_err();
    let (why, cursor) = reason(&status);
    assert_eq!((status.code(), why.as_str()), (Code::Unavailable, "GATEWAY_STOPPING"));
    assert!(!cursor.is_empty());
}

#[tokio::test]
async fn a_sign_of_life_comes_while_nothing_happens() {
    let events = Pace { heartbeat: Duration::from_millis(30), ..Pace::default() };
    let settings = ApiSettings { events, ..ApiSettings::default() };
    let served = Served::with(&[], &[], settings).await;
    let mut stream = subscribe(&served, after("")).await;
    for _ in 0..3 {
        let message = stream.message().await.unwrap().unwrap();
        assert_eq!(message.event, None);
        assert_eq!(all(&served, after(&message.cursor)).await, []);
    }
}

fn tenant(name: &str) -> (Tenant, String) {
    let token = generate_token().unwrap().expose_secret().to_owned();
    let id = TenantId::parse(name).unwrap();
    (Tenant { id, tokens: vec![TokenHash::of_token(&token).unwrap()] }, token)
}

async fn subscribed(
    served: &Served,
    token: &str,
    request: v1::SubscribeRequest,
) -> Result<Vec<v1::SubscribeResponse>, Status> {
    let mut request = Request::new(request);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    let stream = served.events().subscribe(request).await?.into_inner();
    Ok(until_idle(stream).await.0)
}

#[tokio::test]
async fn another_tenant_sees_none_and_can_use_no_cursor_of_it() {
    let ((a, token_a), (b, token_b)) = (tenant("a"), tenant("b"));
    let served = Served::with(&[a, b], &[], ApiSettings::default()).await;
    tell_many(&served, "a", 3).await;
    let told = subscribed(&served, &token_a, after("")).await.unwrap();
    assert_eq!(told.len(), 3);
    assert_eq!(subscribed(&served, &token_b, after("")).await.unwrap(), []);
    let stolen = subscribed(&served, &token_b, after(&told[0].cursor)).await.unwrap_err();
    assert_eq!(stolen.code(), Code::InvalidArgument);
    let nobody = served.events().subscribe(after("")).await.unwrap_err();
    assert_eq!(nobody.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn one_tenant_has_so_many_streams_and_no_more() {
    let served = Served::start().await;
    let mut open = Vec::new();
    let refused = loop {
        match served.events().subscribe(after("")).await {
            Ok(stream) => open.push(stream.into_inner()),
            Err(status) => break status,
        }
    };
    assert_eq!(
        (refused.code(), reason(&refused).0.as_str()),
        (Code::ResourceExhausted, "TOO_MUCH_UNDER_WAY")
    );
    assert_eq!(open.len(), 32);
    open.pop();
    // The gateway learns of the end a little later.
    while served.events().subscribe(after("")).await.is_err() {
        tokio::task::yield_now().await;
    }
}
