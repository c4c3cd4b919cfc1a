//! The connector against its stand-in, in process; over sockets it is tested with the whole gateway.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::model::CountryCode;
use parcelgate_kit::sim::{FaultRule, Sim, SimFault, World};

use super::sim::{AmazonSim, MARKETPLACE};
use super::*;
use crate::carriers::{InProcess, ManualClock};
use crate::marketplace::Content;

const ORDER: &str = "902-1106328-1059050";

pub(super) fn content() -> Content {
    Content {
        marketplace: "amazon.de".into(),
        country: Some(CountryCode::parse("DE").unwrap()),
        order: ORDER.into(),
        seller: None,
        shipment: "sh_1".into(),
        parcel: 1,
        parcels: 1,
        carrier: "acme".into(),
        carrier_name: "Acme Parcels".into(),
        service: "11".into(),
        service_name: "Acme Ground".into(),
        number: "1Z999".into(),
        ships_at: "2026-09-01T07:00:00Z".parse().unwrap(),
        lines: vec![OrderLine { id: "79039765272157".into(), quantity: 2, parcel: None }],
    }
}

fn telling() -> Telling {
    let content = content();
    Telling { id: "cf_1".into(), package: 1, edits: false, shipped_at: content.ships_at, content }
}

struct Bench {
    sim: Arc<AmazonSim>,
    world: Arc<Mutex<World>>,
    clock: Arc<ManualClock>,
    amazon: Amazon,
}

fn bench() -> Bench {
    let clock = Arc::new(ManualClock::new("2026-09-01T08:00:00Z".parse::<Timestamp>().unwrap()));
    let sim = Arc::new(AmazonSim::default());
    sim.place_order(ORDER, &[("79039765272157", 3), ("79039765272158", 1)]);
    let world = Arc::new(Mutex::new(World::new(clock.now(), 7)));
    let machine: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
    let transport = InProcess::new(Arc::<AmazonSim>::clone(&sim), Arc::clone(&world), Arc::clone(&machine));
    let sample = sim.account();
    let settings = Settings {
        token_url: "http://market/auth/o2/token".into(),
        patience: Duration::from_millis(300),
        ..Settings::read(
            "http://market",
            &sample.settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        )
        .unwrap()
    };
    let secrets = sample.secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let credentials = Credentials::read(&secrets).unwrap();
    let amazon = Amazon::new(settings, credentials, Arc::new(transport), machine).unwrap();
    Bench { sim, world, clock, amazon }
}

impl Bench {
    fn inject(&self, when: &str, fault: SimFault) {
        self.world.lock().unwrap().inject(FaultRule::once(when, fault));
    }

    fn calls(&self, part: &str) -> u64 {
        self.world.lock().unwrap().calls(part)
    }

    fn number_of(&self, package: &str) -> Option<String> {
        let packages = self.sim.packages(ORDER);
        let found = packages.iter().find(|(number, _)| number == package)?;
        Some(found.1["trackingNumber"].as_str().unwrap().to_owned())
    }
}

fn code(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Refused { code, .. } | Outcome::Later { code, .. } => code,
        other => other.name(),
    }
}

/// The request as it is kept, word by word: what a marketplace must get.
#[tokio::test]
async fn a_confirmation_is_sent_word_by_word() {
    let bench = bench();
    let exchange = bench.amazon.confirm(&telling()).await;
    assert_eq!(exchange.outcome, Outcome::Taken, "{exchange:?}");
    let golden = concat!(
        "POST /orders/v0/orders/902-1106328-1059050/shipmentConfirmation\n",
        r#"{"marketplaceId":"A1PA6795UKMFR9","packageDetail":{"packageReferenceId":"1","carrierCode":"Other","#,
        r#""carrierName":"Acme Parcels","shippingMethod":"Acme Ground","trackingNumber":"1Z999","#,
        r#""shipDate":"2026-09-01T07:00:00Z","orderItems":[{"orderItemId":"79039765272157","quantity":2}]}}"#,
    );
    assert_eq!(exchange.request, golden);
    assert_eq!(exchange.response, "204");
    assert_eq!(bench.number_of("1").as_deref(), Some("1Z999"));
    assert_eq!(MARKETPLACE, "A1PA6795UKMFR9");
}

#[tokio::test]
async fn what_was_taken_is_read_back() {
    let bench = bench();
    assert_eq!(bench.amazon.read_back(&telling()).await.outcome, Outcome::Absent);
    bench.sim.drop_next(1);
    assert_eq!(bench.amazon.confirm(&telling()).await.outcome, Outcome::Taken, "it is dropped in silence");
    assert_eq!(bench.amazon.read_back(&telling()).await.outcome, Outcome::Absent);
    assert_eq!(bench.amazon.confirm(&telling()).await.outcome, Outcome::Taken);
    let seen = bench.amazon.read_back(&telling()).await;
    assert_eq!(seen.outcome, Outcome::Kept);
    assert!(seen.response.contains("1Z999") && !seen.response.contains("Erika"), "{}", seen.response);
}

#[tokio::test]
async fn the_same_package_told_anew_is_an_edit() {
    let bench = bench();
    bench.amazon.confirm(&telling()).await;
    let mut other = telling();
    other.content.number = "1Z777".into();
    other.content.lines[0].quantity = 3;
    assert_eq!(bench.amazon.confirm(&other).await.outcome, Outcome::Taken);
    assert_eq!(bench.sim.packages(ORDER).len(), 1);
    assert_eq!(bench.number_of("1").as_deref(), Some("1Z777"));
    assert_eq!(bench.amazon.read_back(&telling()).await.outcome, Outcome::Absent, "it has the other number");
}

#[tokio::test]
async fn lines_that_were_not_given_are_what_is_left() {
    let bench = bench();
    bench.amazon.confirm(&telling()).await;
    let mut rest = Telling { package: 2, ..telling() };
    rest.content.lines.clear();
    let exchange = bench.amazon.confirm(&rest).await;
    assert_eq!(exchange.outcome, Outcome::Taken, "{exchange:?}");
    let quantities =
        r#"[{"orderItemId":"79039765272157","quantity":1},{"orderItemId":"79039765272158","quantity":1}]"#;
    assert!(exchange.request.contains(quantities), "{}", exchange.request);
    assert_eq!(bench.amazon.confirm(&rest).await.outcome, Outcome::Taken, "told anew it still has its own");
    let third = Telling { package: 3, ..rest.clone() };
    assert_eq!(code(&bench.amazon.confirm(&third).await.outcome), "NOTHING_LEFT");
    rest.content.parcels = 2;
    assert_eq!(code(&bench.amazon.confirm(&rest).await.outcome), "NO_ORDER_LINES");
}

#[tokio::test]
async fn refusals_keep_code_and_words() {
    let bench = bench();
    let mut bad = telling();
    bad.content.lines[0].id = "1".into();
    let exchange = bench.amazon.confirm(&bad).await;
    assert_eq!(exchange.outcome, Outcome::refused("InvalidInput", "OrderItemId 1 is not of the order."));
    assert!(exchange.response.starts_with("400 {"), "{}", exchange.response);
    let mut unknown = telling();
    unknown.content.order = "1/2".into();
    let exchange = bench.amazon.confirm(&unknown).await;
    assert_eq!(code(&exchange.outcome), "NotFound");
    assert!(exchange.request.contains("/orders/1%2F2/"), "{}", exchange.request);
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_again_when_it_is_turned_down() {
    let bench = bench();
    for _ in 0..3 {
        assert_eq!(bench.amazon.confirm(&telling()).await.outcome, Outcome::Taken);
    }
    assert_eq!(bench.calls("/auth/o2/token"), 1);
    bench.clock.advance(SignedDuration::from_hours(2));
    assert_eq!(bench.amazon.confirm(&telling()).await.outcome, Outcome::Taken, "the token had run out");
    assert_eq!(bench.calls("/auth/o2/token"), 2);
    bench.inject("/shipmentConfirmation", SimFault::ErrorBefore(403));
    assert_eq!(bench.amazon.confirm(&telling()).await.outcome, Outcome::Taken);
    for _ in 0..2 {
        bench.inject("/shipmentConfirmation", SimFault::ErrorBefore(403));
    }
    assert_eq!(code(&bench.amazon.confirm(&telling()).await.outcome), "ACCESS_DENIED");
}

#[tokio::test]
async fn a_consent_that_is_gone_is_said_without_a_secret() {
    let bench = bench();
    let body = r#"{"error":"invalid_grant","error_description":"sim-client-secret"}"#.to_owned();
    let denied = SimFault::Say { status: 400, content_type: "application/json".into(), body };
    bench.inject("/auth/o2/token", denied);
    let exchange = bench.amazon.confirm(&telling()).await;
    assert_eq!(code(&exchange.outcome), "NO_TOKEN");
    let shown = format!("{exchange:?}");
    assert!(shown.contains("invalid_grant") && !shown.contains("sim-client-secret"), "{shown}");
    bench.amazon.check().await.unwrap();
}

#[tokio::test]
async fn whatever_fails_on_the_way_is_tried_again() {
    let bench = bench();
    let faults = [
        (SimFault::ErrorBefore(500), "UNAVAILABLE"),
        (SimFault::ErrorAfter(503), "UNAVAILABLE"),
        (SimFault::HangAfter, "TIMED_OUT"),
        (SimFault::ResetAfter, "NO_ANSWER"),
    ];
    for (fault, expected) in faults {
        bench.inject("/shipmentConfirmation", fault);
        let outcome = bench.amazon.confirm(&telling()).await.outcome;
        assert!(matches!(&outcome, Outcome::Later { code, .. } if code == expected), "{outcome:?}");
    }
    assert_eq!(bench.amazon.confirm(&telling()).await.outcome, Outcome::Taken);
    assert_eq!(bench.sim.packages(ORDER).len(), 1, "told four times, it is one package");
}

#[tokio::test]
async fn a_limit_is_kept_and_what_is_told_of_it_heeded() {
    let bench = bench();
    bench.inject("/shipmentConfirmation", SimFault::Throttle(Some(7)));
    let outcome = bench.amazon.confirm(&telling()).await.outcome;
    let after = |outcome: &Outcome| match outcome {
        Outcome::Later { after, .. } => *after,
        _ => None,
    };
    assert_eq!((code(&outcome), after(&outcome)), ("THROTTLED", Some(Duration::from_secs(7))));
    let calls = bench.calls("/shipmentConfirmation");
    let exchange = bench.amazon.confirm(&telling()).await;
    assert!(exchange.request.is_empty(), "nothing is left: it does not even ask");
    let outcome = exchange.outcome;
    assert_eq!(code(&outcome), "THROTTLED");

    assert!(after(&outcome).is_some_and(|wait| wait <= Duration::from_secs(8)), "{outcome:?}");
    assert_eq!(bench.calls("/shipmentConfirmation"), calls);
}
