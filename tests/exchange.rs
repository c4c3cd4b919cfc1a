//! Exchange rates of a gateway as it is run: from a file, from its store, and none at all.

use std::path::Path;
use std::time::Duration;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use parcelgate::api::proto::v1;
use parcelgate::api::proto::v1::customs_service_client::CustomsServiceClient;
use parcelgate::config::{Config, Sources};
use parcelgate::regional::RateTable;
use parcelgate::run::{Running, known_carriers, start};
use prost::Message;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::orders::order;

/// A gateway that runs on the folder's database, with these settings beside it.
struct Gateway {
    customs: CustomsServiceClient<tonic::transport::Channel>,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<anyhow::Result<()>>,
}

impl Gateway {
    async fn start(folder: &Path, settings: &str) -> Self {
        parcelgate::tls::install_provider().unwrap();
        let file = folder.join("gateway.toml");
        let text = format!(
            "server = {{ grpc = {{ listen = \"127.0.0.1:0\" }}, admin = {{ listen = \"127.0.0.1:0\" }} }}\n\
             hooks = {{ listen = \"127.0.0.1:0\" }}\n\
             store.path = \"{}\"\n{settings}",
            folder.join("gateway.sqlite").display()
        );
        std::fs::write(&file, text).unwrap();
        let entries = parcelgate_adapters::all();
        let config = Config::load(Sources::new(&known_carriers(&entries)).file(file)).unwrap().config;
        let running: Running = start(config, None).await.unwrap();
        let customs = CustomsServiceClient::connect(format!("http://{}", running.grpc)).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let ended = tokio::spawn(running.run_until(async {
            let _ = stopped.await;
        }));
        Self { customs, stop, ended }
    }

    async fn end(self) {
        drop(self.customs);
        self.stop.send(()).unwrap();
        self.ended.await.unwrap().unwrap();
    }

    /// What is decided about goods sold for dollars on this day.
    async fn assess(&mut self, sold: Date) -> v1::RegionalDecision {
        let mut request = order("cn-to-de-50-eur");
        for item in &mut request.items {
            item.unit_value.as_mut().unwrap().currency_code = "USD".to_owned();
        }
        let noon = TimeZone::UTC.to_timestamp(sold.to_datetime(Time::constant(12, 0, 0, 0))).unwrap();
        let sale = request.order.get_or_insert_default();
        sale.paid_at = Some(prost_types::Timestamp { seconds: noon.as_second(), nanos: 0 });
        let request = v1::AssessRequest::decode(request.encode_to_vec().as_slice()).unwrap();
        self.customs.assess(request).await.unwrap().into_inner().decision.unwrap()
    }

    /// As [`Gateway::assess`], when what is read at the start has come into force.
    async fn assess_with_rates(&mut self, sold: Date) -> v1::RegionalDecision {
        let asking = async {
            loop {
                let decision = self.assess(sold).await;
                if !decision.exchange_rates.is_empty() {
                    return decision;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), asking).await.expect("the file is read at the start")
    }
}

fn has(decision: &v1::RegionalDecision, code: &str) -> bool {
    decision.findings.iter().any(|finding| finding.code == code)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rates_of_a_file_outlive_it_in_the_store_and_no_rate_is_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let sold = RateTable::last_due(Timestamp::now()).unwrap();
    let rates = folder.path().join("rates.xml");
    let text = format!("<a><Cube><Cube time='{sold}'><Cube currency='USD' rate='1.25'/></Cube></Cube></a>");
    std::fs::write(&rates, text).unwrap();
    let from_file = format!("exchange_rates.file = \"{}\"", rates.display());

    let mut none = Gateway::start(folder.path(), "").await;
    let refused = none.assess(sold).await;
    assert!(has(&refused, "E_FX") && refused.severity() == v1::Severity::Block, "{refused:?}");
    none.end().await;

    let mut gateway = Gateway::start(folder.path(), &from_file).await;
    let decided = gateway.assess_with_rates(sold).await;
    let used = &decided.exchange_rates[0];
    let value = used.rate.as_ref().unwrap().value.as_str();
    assert_eq!((used.from_currency.as_str(), used.to_currency.as_str(), value), ("USD", "EUR", "1.25"));
    let day = used.date.unwrap();
    assert_eq!((day.year, day.month, day.day), (sold.year().into(), sold.month().into(), sold.day().into()));
    assert!(used.source.contains("ECB") && !used.provisional && !has(&decided, "E_FX"), "{decided:?}");
    let long_ago = sold.checked_sub(30.days()).unwrap();
    assert!(has(&gateway.assess(long_ago).await, "E_FX"), "no rate of that day is known");
    gateway.end().await;

    std::fs::remove_file(&rates).unwrap();
    let mut gateway = Gateway::start(folder.path(), &from_file).await;
    let kept = gateway.assess(sold).await;
    assert_eq!(kept.exchange_rates, decided.exchange_rates, "from the store, before any source is read");
    gateway.end().await;
}
