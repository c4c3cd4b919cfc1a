//! Rates from a file and over a socket, kept in a real store.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use parcelgate_kit::model::Currency;
use rust_decimal::Decimal;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{ExchangeRates, FileSource, KeepError, Keeper, RateSource, SourceError, UrlSource};
use crate::carriers::{Clock, HttpTransport, ManualClock, TransportSettings};
use crate::config::{BaseUrl, Telemetry};
use crate::regional::RatesError;
use crate::store::Store;
use crate::store::sqlite::{SqliteOptions, SqliteStore};
use crate::telemetry::Metrics;

/// A file as the bank publishes it, of some days.
fn file(days: &[(&str, &str)]) -> String {
    let days = days.iter().map(|(day, rate)| {
        format!(
            "<Cube time='{day}'><Cube currency='USD' rate='{rate}'/><Cube currency='GBP' rate='0.86'/></Cube>"
        )
    });
    format!(
        "<gesmes:Envelope xmlns:gesmes='http://www.gesmes.org/xml/2002-08-01'><Cube>{}</Cube></gesmes:Envelope>",
        days.collect::<String>()
    )
}

struct Bench {
    folder: tempfile::TempDir,
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    metrics: Arc<Metrics>,
}

impl Bench {
    fn new() -> Self {
        Self::at("2026-11-25T18:00:00Z")
    }

    fn at(now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&SqliteOptions::new(folder.path().join("rates.sqlite"))).unwrap();
        Self {
            folder,
            store: Arc::new(store),
            clock: Arc::new(ManualClock::new(now.parse::<Timestamp>().unwrap())),
            metrics: Arc::new(Metrics::new(&Telemetry { max_unknown_codes: 1 })),
        }
    }

    fn keeper(&self, source: Box<dyn RateSource>) -> (Keeper, Arc<ExchangeRates>) {
        let rates = Arc::new(ExchangeRates::default());
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&self.clock);
        let keep = Duration::from_secs(400 * 86_400);
        let (store, metrics) = (Arc::clone(&self.store), Arc::clone(&self.metrics));
        (Keeper::new(Arc::clone(&rates), store, source, clock, metrics, keep), rates)
    }

    fn of_file(&self, text: &str) -> Box<dyn RateSource> {
        let path = self.folder.path().join("rates.xml");
        std::fs::write(&path, text).unwrap();
        Box::new(FileSource::new(path))
    }
}

/// How many dollars a euro is, for a sale on this day.
fn dollars(rates: &ExchangeRates, sale: Date) -> Option<Decimal> {
    let converted = rates.current().convert(Decimal::ONE, Currency::EUR, Currency::USD, sale);
    converted.map(|(amount, _)| amount)
}

fn decimal(text: &str) -> Option<Decimal> {
    text.parse().ok()
}

#[tokio::test]
async fn what_was_read_is_there_after_a_restart() {
    let bench = Bench::new();
    let (keeper, rates) =
        bench.keeper(bench.of_file(&file(&[("2026-11-24", "1.10"), ("2026-11-23", "1.20")])));
    assert_eq!(dollars(&rates, date(2026, 11, 24)), None);
    keeper.refresh().await.unwrap();
    assert_eq!(dollars(&rates, date(2026, 11, 24)), decimal("1.10"));

    // A later file of one day adds to what is known; a corrected day counts.
    bench.of_file(&file(&[("2026-11-25", "1.30"), ("2026-11-24", "1.11")]));
    keeper.refresh().await.unwrap();
    let known = [(25, "1.30"), (24, "1.11"), (23, "1.20")];
    for (day, rate) in known {
        assert_eq!(dollars(&rates, date(2026, 11, day)), decimal(rate), "{day}");
    }

    let gone = Box::new(FileSource::new(bench.folder.path().join("nothing.xml")));
    let (keeper, rates) = bench.keeper(gone);
    keeper.load().await.unwrap();
    assert_eq!(dollars(&rates, date(2026, 11, 23)), decimal("1.20"));
    assert!(matches!(keeper.refresh().await, Err(KeepError::Source(SourceError::File { .. }))));
    assert_eq!(dollars(&rates, date(2026, 11, 23)), decimal("1.20"), "a failed look changes nothing");
}

#[tokio::test]
async fn another_file_changes_nothing() {
    let bench = Bench::new();
    let (keeper, rates) = bench.keeper(bench.of_file(&file(&[("2026-11-24", "1.10")])));
    keeper.refresh().await.unwrap();
    for (text, what) in [("<html/>", "a page"), ("no xml <", "no XML"), ("", "nothing")] {
        bench.of_file(text);
        let refused = keeper.refresh().await.unwrap_err();
        assert!(
            matches!(refused, KeepError::Rates(RatesError::Xml(_) | RatesError::NoDay)),
            "{what}: {refused}"
        );
    }
    bench.of_file(&file(&[("2026-11-25", "-1")]));
    assert!(matches!(keeper.refresh().await, Err(KeepError::Rates(RatesError::Value(_)))));
    bench.of_file("<a><Cube time='2026-11-24'/></a>");
    assert!(matches!(keeper.refresh().await, Err(KeepError::Rates(RatesError::EmptyDay(_)))));
    bench.of_file(&file(&[("2036-11-25", "1.30"), ("2026-11-24", "1.99")]));
    let ahead = KeepError::Ahead { day: date(2036, 11, 25), today: date(2026, 11, 25) };
    assert_eq!(keeper.refresh().await, Err(ahead));
    assert_eq!(dollars(&rates, date(2026, 11, 24)), decimal("1.10"));
}

#[tokio::test]
async fn days_beyond_what_is_kept_are_let_go() {
    let bench = Bench::new();
    let (keeper, rates) =
        bench.keeper(bench.of_file(&file(&[("2026-11-24", "1.10"), ("2024-01-02", "1.05")])));
    keeper.refresh().await.unwrap();
    assert_eq!(dollars(&rates, date(2024, 1, 2)), None);
    assert_eq!(bench.store.rate_days("ECB", date(2020, 1, 1)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_another_gateway_read_is_taken_over() {
    let bench = Bench::new();
    let (here, rates) = bench.keeper(bench.of_file(&file(&[("2026-11-24", "1.10")])));
    here.load().await.unwrap();
    let (there, _) = bench.keeper(bench.of_file(&file(&[("2026-11-25", "1.30")])));
    there.refresh().await.unwrap();
    bench.of_file(&file(&[("2026-11-24", "1.10")]));
    here.refresh().await.unwrap();
    assert_eq!(dollars(&rates, date(2026, 11, 25)), decimal("1.30"));
}

/// A server of one file that knows what its caller has seen.
async fn serve(
    State(text): State<String>,
    headers: HeaderMap,
) -> (StatusCode, [(&'static str, &'static str); 1], String) {
    match headers.get("if-none-match") {
        Some(_) => (StatusCode::NOT_MODIFIED, [("etag", "\"one\"")], String::new()),
        None => (StatusCode::OK, [("etag", "\"one\"")], text),
    }
}

async fn site(text: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let routes = Router::new().route("/rates.xml", get(serve)).with_state(text);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    format!("http://{at}")
}

fn over_http(url: &str) -> UrlSource {
    // Given by hand: a default of the process is another test's matter.
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let connect_timeout = Duration::from_secs(5);
    let settings = TransportSettings { connect_timeout, max_body: 1 << 20, tls: Arc::new(tls) };
    UrlSource::new(BaseUrl::parse(url).unwrap(), Arc::new(HttpTransport::new(&settings)))
}

#[tokio::test]
async fn an_address_is_read_again_only_when_it_changed() {
    let text = file(&[("2026-11-24", "1.10")]);
    let site = site(text.clone()).await;
    let source = over_http(&format!("{site}/rates.xml"));
    assert_eq!(source.read().await, Ok(Some(text)));
    assert_eq!(source.read().await, Ok(None));
    let missing = over_http(&format!("{site}/elsewhere.xml")).read().await.unwrap_err();
    assert!(missing.to_string().contains("HTTP 404"), "{missing}");
    let nobody = over_http("http://127.0.0.1:1/rates.xml").read().await.unwrap_err();
    assert!(nobody.to_string().contains("exchange_rates.url"), "{nobody}");
}

#[tokio::test]
async fn what_could_not_be_used_is_read_again() {
    // By a clock that lags, the file is ahead of its time.
    let bench = Bench::at("2026-11-01T00:00:00Z");
    let site = site(file(&[("2026-11-24", "1.10")])).await;
    let (keeper, rates) = bench.keeper(Box::new(over_http(&format!("{site}/rates.xml"))));
    assert!(matches!(keeper.refresh().await, Err(KeepError::Ahead { .. })));
    bench.clock.advance(jiff::SignedDuration::from_hours(24 * 23));
    keeper.refresh().await.unwrap();
    assert_eq!(dollars(&rates, date(2026, 11, 24)), decimal("1.10"), "not taken for unchanged");
    keeper.refresh().await.unwrap();
    assert_eq!(dollars(&rates, date(2026, 11, 24)), decimal("1.10"), "unchanged, and still there");
}

#[tokio::test]
async fn keeping_up_reads_at_once_and_ends_when_told() {
    let bench = Bench::new();
    let (keeper, rates) = bench.keeper(bench.of_file(&file(&[("2026-11-24", "1.10")])));
    let (stop, stopped) = watch::channel(false);
    let keeping = tokio::spawn(keeper.keep_up(Duration::from_secs(3600), stopped));
    while rates.current().last_day().is_none() {
        tokio::task::yield_now().await;
    }
    stop.send_replace(true);
    keeping.await.unwrap();
    let told = bench.metrics.encode();
    // Midnight of 24 November 2026.
    assert!(told.contains("parcelgate_exchange_rates_day_seconds 1795478400"), "{told}");
}
