//! Tax and customs numbers are for the carrier that needs them: no log, metric,
//! error, event, answer or screen shows one.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use parcelgate::api::ApiSettings;
use parcelgate::api::proto::v1;
use parcelgate::tenancy::TenantId;
use parcelgate_kit::conformance::Orders;
use parcelgate_kit::sim::{FaultRule, SimFault};
use tonic::Status;
use tracing_subscriber::fmt::MakeWriter;

use crate::orders::order;
use crate::served::Served;

/// An IOSS number, one with a wrong check digit, one of no state, and a CPF.
const IOSS: &str = "IM3728641936";
const DOUBTFUL: &str = "IM3728641932";
const SENSELESS: &str = "IM9998641936";
const CPF: &str = "71428793860";
/// What they hold, and nothing else does.
const NEEDLES: [&str; 3] = ["72864193", "98641936", "71428793"];

/// Everything that was told, with where.
#[derive(Default)]
struct Told(Vec<(String, String)>);

impl Told {
    fn add(&mut self, at: &str, words: impl Into<String>) {
        self.0.push((at.to_owned(), words.into()));
    }

    /// An answer or an error, its details included.
    fn answer<T: std::fmt::Debug>(&mut self, at: &str, answer: Result<T, Status>) -> Option<T> {
        match answer {
            Ok(answer) => {
                self.add(at, format!("{answer:?}"));
                Some(answer)
            }
            Err(status) => {
                self.add(at, format!("{status:?} {}", String::from_utf8_lossy(status.details())));
                None
            }
        }
    }

    fn hold_nothing(&self) {
        for (at, words) in &self.0 {
            let plain: String = words.chars().filter(char::is_ascii_alphanumeric).collect();
            for needle in NEEDLES {
                let place = words.find(needle).or_else(|| plain.find(needle));
                let around = place.map(|at| words.get(at.saturating_sub(200)..).unwrap_or(words));
                assert_eq!(around, None, "{at} shows a number");
            }
        }
    }
}

/// A log that is kept.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The sample order with this number in the place of its own.
fn with_number(value: &str) -> v1::RateRequest {
    let mut request = order("gb-to-fr");
    request.identifiers[0].value = value.into();
    request
}

fn to_brazil() -> v1::RateRequest {
    let mut request = order("gb-to-fr");
    let to = request.ship_to.as_mut().unwrap();
    (to.city, to.postcode, to.country) = ("São Paulo".into(), "01310-100".into(), "BR".into());
    to.subdivision = "SP".into();
    let kind = v1::IdentifierType::from_str_name("IDENTIFIER_TYPE_BR_TAX");
    request.identifiers = vec![v1::IdentifierOnFile {
        r#type: kind.unwrap_or(v1::IdentifierType::PersonalTaxId).into(),
        value: CPF.into(),
        holder: v1::IdentifierHolder::Consignee.into(),
        issuing_country: "BR".into(),
        ..Default::default()
    }];
    request
}

fn pick(key: &str, request: v1::RateRequest) -> v1::PurchaseRequest {
    let criterion = v1::PickCriterion::Cheapest.into();
    let pick = v1::PickSelection { rate_request: Some(request), criterion };
    v1::PurchaseRequest {
        idempotency_key: key.into(),
        selection: Some(v1::purchase_request::Selection::Pick(pick)),
        ..Default::default()
    }
}

/// Makes every carrier refuse every order in its own words, the number that it
/// was sent in them.
fn refuse_repeating(served: &Served, number: &str) {
    for entry in parcelgate_adapters::all() {
        let orders = Orders::of(entry.folder).unwrap();
        let (reply, words) = orders.refusals.first().cloned().unwrap();
        let told = format!("the number {number} is not valid");
        let refuses = SimFault::Say {
            status: reply.status,
            content_type: reply.header("content-type").unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(&reply.body).replace(&words, &told),
        };
        let mut world = served.sandbox.world(entry.id()).unwrap();
        world.clear_faults();
        // Orders hold the gateway's reference; tokens and prices are given as ever.
        world.inject(FaultRule::always("PG", refuses));
    }
}

async fn buy_and_void(served: &Served, told: &mut Told, key: &str, request: v1::RateRequest) -> bool {
    let mut shipping = served.shipping();
    let bought = shipping.purchase(pick(key, request)).await.map(tonic::Response::into_inner);
    let Some(bought) = told.answer("a purchase", bought) else { return false };
    let shipment_id = bought.shipment.unwrap().id;
    let get = v1::GetShipmentRequest { shipment_id: shipment_id.clone() };
    let kept = shipping.get_shipment(get).await.map(tonic::Response::into_inner);
    told.answer("a shipment", kept);
    let voided = shipping.void(v1::VoidRequest { shipment_id }).await.map(tonic::Response::into_inner);
    told.answer("a void", voided);
    true
}

#[tokio::test]
async fn no_number_is_shown_by_logs_metrics_errors_events_or_answers() {
    let log = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    let _kept = tracing::subscriber::set_default(subscriber);
    let served = Served::with(&[], &[TenantId::demo()], ApiSettings::default()).await;
    let mut told = Told::default();
    for value in [IOSS, DOUBTFUL] {
        let rated = served.shipping().rate(with_number(value)).await.map(tonic::Response::into_inner);
        assert!(told.answer("a rating", rated).is_some());
        assert!(buy_and_void(&served, &mut told, value, with_number(value)).await, "it can be bought");
    }
    let senseless = served.shipping().rate(with_number(SENSELESS)).await.map(tonic::Response::into_inner);
    told.answer("a number of no state", senseless);
    let brazil = served.shipping().rate(to_brazil()).await.map(tonic::Response::into_inner);
    told.answer("a rating to Brazil", brazil);
    buy_and_void(&served, &mut told, "br", to_brazil()).await;
    let mut wrong = to_brazil();
    wrong.identifiers[0].value = "71428793861".into();
    let wrong = served.shipping().rate(wrong).await.map(tonic::Response::into_inner);
    told.answer("a wrong number", wrong);

    let orders = [(IOSS, with_number(IOSS)), (DOUBTFUL, with_number(DOUBTFUL)), (CPF, to_brazil())];
    for (number, request) in orders {
        refuse_repeating(&served, number);
        buy_and_void(&served, &mut told, &format!("refused {number}"), request).await;
    }
    let refused = told.0.iter().filter(|(_, words)| words.contains("is not valid"));
    assert!(refused.count() >= 2, "carriers' words come through");

    let list = v1::ListShipmentsRequest::default();
    let listed = served.shipping().list_shipments(list).await.map(tonic::Response::into_inner);
    told.answer("the list", listed);
    let alarms = served.operators().list_alarms(v1::ListAlarmsRequest::default()).await;
    told.answer("the alarms", alarms.map(tonic::Response::into_inner));
    let subscribed = served.events().subscribe(v1::SubscribeRequest::default()).await;
    let mut events = subscribed.unwrap().into_inner();
    while let Some(message) = events.message().await.unwrap() {
        if message.event.is_none() {
            break;
        }
        told.add("an event", format!("{message:?}"));
    }
    told.add("the metrics", served.metrics.encode());
    assert!(log.text().contains("TRACE"), "the log is kept");
    told.add("the log", log.text());
    told.hold_nothing();
}

#[test]
fn no_number_is_shown_on_a_screen() {
    const PROGRAM: &str = env!("CARGO_BIN_EXE_parcelgate");
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], folder: &Path| {
        Command::new(PROGRAM).args(arguments).current_dir(folder).output().unwrap()
    };
    let done = run(&["demo", "--out", "tour"], folder.path());
    assert!(done.status.success());
    let shown = [done.stdout, done.stderr].concat();
    let shown = String::from_utf8_lossy(&shown);
    // The tour's orders carry these, and it tells their last two characters.
    for number in ["IM2761234567", "IM3729999902"] {
        assert!(!shown.contains(&number[2..10]), "{number} is shown");
    }
    assert!(shown.contains("**67"), "masked, they are");
}
