//! The gateway's metrics, without a global. It must keep the number of its series bounded.
//! Start at [`Metrics`].

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::following::Following;
use super::labels::{
    AlarmLabels, CodeLabel, CodeLabels, EndLabels, ExchangeLabels, ExchangeOutcome, PurchaseLabels,
    PurchaseState, RpcCode, RpcLabels, SubscriptionEnd,
};
use crate::config::Telemetry;

/// Upper ends of the latency buckets, in seconds: from a cached answer to a
/// carrier at its last timeout.
const BUCKETS: [f64; 13] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

type Histograms<L> = Family<L, Histogram, Latency>;

/// Makes the histogram of a new series.
#[derive(Clone, Debug)]
struct Latency;

impl MetricConstructor<Histogram> for Latency {
    fn new_metric(&self) -> Histogram {
        Histogram::new(BUCKETS)
    }
}

/// Every metric of one gateway. Labels are typed: carriers, methods and
/// exchanges are names from the program's own text (`&'static str`), so what a
/// caller sends can never become one.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    rpc_seconds: Histograms<RpcLabels>,
    exchange_seconds: Histograms<ExchangeLabels>,
    purchases: Family<PurchaseLabels, Counter>,
    in_doubt: Gauge,
    subscriptions: Gauge,
    subscriptions_ended: Family<EndLabels, Counter>,
    oldest_doubt: Gauge,
    open_alarms: Gauge,
    alarms: Family<AlarmLabels, Counter>,
    rates_day: Gauge,
    rates_failed: Counter,
    unknown_codes: Family<CodeLabels, Counter>,
    following: Following,
    /// Codes that are counted by name, for each carrier.
    named: Mutex<HashMap<&'static str, HashSet<String>>>,
    max_named: usize,
}

impl Metrics {
    /// Metrics at zero.
    pub fn new(settings: &Telemetry) -> Self {
        let mut registry = Registry::with_prefix("parcelgate");
        let rpc_seconds = Histograms::new_with_constructor(Latency);
        let exchange_seconds = Histograms::new_with_constructor(Latency);
        let (purchases, in_doubt, unknown_codes) = (Family::default(), Gauge::default(), Family::default());
        let (oldest_doubt, open_alarms, alarms) = (Gauge::default(), Gauge::default(), Family::default());
        registry.register_with_unit(
            "rpc_duration",
            "Finished calls by method and status code",
            Unit::Seconds,
            rpc_seconds.clone(),
        );
        registry.register_with_unit(
            "carrier_exchange_duration",
            "Exchanges with carriers by how they ended",
            Unit::Seconds,
            exchange_seconds.clone(),
        );
        registry.register("purchases", "Purchases by the state that they entered", purchases.clone());
        registry.register("purchases_in_doubt", "Purchases whose end nobody knows yet", in_doubt.clone());
        let help = "Age of the oldest purchase in doubt";
        registry.register_with_unit("oldest_purchase_in_doubt", help, Unit::Seconds, oldest_doubt.clone());
        registry.register("alarms_open", "Alarms that no operator has closed yet", open_alarms.clone());
        registry.register("alarms", "Alarms raised, by their code", alarms.clone());
        let (rates_day, rates_failed) = (Gauge::default(), Counter::default());
        let help = "Last day of the exchange rates that are known, as a Unix time";
        registry.register_with_unit("exchange_rates_day", help, Unit::Seconds, rates_day.clone());
        let help = "Times that exchange rates could not be read or kept";
        registry.register("exchange_rates_failed", help, rates_failed.clone());
        let help = "Tracking codes that no table knows; `other` counts what is not counted by name";
        registry.register("tracking_unknown_codes", help, unknown_codes.clone());
        let following = Following::default();
        following.register(&mut registry);
        let (subscriptions, subscriptions_ended) = (Gauge::default(), Family::default());
        registry.register("subscriptions", "Event streams that are open", subscriptions.clone());
        let help = "Event streams by how they ended";
        registry.register("subscriptions_ended", help, subscriptions_ended.clone());
        let max_named = usize::try_from(settings.max_unknown_codes).unwrap_or(usize::MAX);
        let named = Mutex::default();
        Self {
            registry,
            rpc_seconds,
            exchange_seconds,
            purchases,
            in_doubt,
            subscriptions,
            subscriptions_ended,
            oldest_doubt,
            open_alarms,
            alarms,
            rates_day,
            rates_failed,
            unknown_codes,
            following,
            named,
            max_named,
        }
    }

    /// Counts a finished call. `method` is the RPC's name (`Rate`).
    pub fn rpc(&self, method: &'static str, code: RpcCode, took: Duration) {
        self.rpc_seconds.get_or_create(&RpcLabels { method, code }).observe(took.as_secs_f64());
    }

    /// Counts one attempt of an exchange. `carrier` is the descriptor's id,
    /// `exchange` the exchange's name.
    pub fn exchange(
        &self,
        carrier: &'static str,
        exchange: &'static str,
        outcome: ExchangeOutcome,
        took: Duration,
    ) {
        let labels = ExchangeLabels { carrier, exchange, outcome };
        self.exchange_seconds.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// Counts a purchase that entered `state`.
    pub fn purchase(&self, carrier: &'static str, state: PurchaseState) {
        self.purchases.get_or_create(&PurchaseLabels { carrier, state }).inc();
    }

    /// Sets how many purchases are in doubt now, as the store counts them.
    pub fn set_in_doubt(&self, number: u32) {
        self.in_doubt.set(number.into());
    }

    /// Counts an event stream that was opened. Its end must be counted too.
    pub fn subscribed(&self) {
        self.subscriptions.inc();
    }

    /// Counts how an event stream ended.
    pub fn subscription_ended(&self, end: SubscriptionEnd) {
        self.subscriptions.dec();
        self.subscriptions_ended.get_or_create(&EndLabels { end }).inc();
    }

    /// Sets the age of the oldest purchase in doubt; zero when there is none.
    pub fn set_oldest_doubt(&self, age: Duration) {
        self.oldest_doubt.set(i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
    }

    /// Sets how many alarms are open now.
    pub fn set_open_alarms(&self, number: u32) {
        self.open_alarms.set(number.into());
    }

    /// Sets the last day of the exchange rates, in seconds since 1970.
    pub fn set_rates_day(&self, day: i64) {
        self.rates_day.set(day);
    }

    /// Counts a time that exchange rates could not be read or kept.
    pub fn rates_failed(&self) {
        self.rates_failed.inc();
    }

    /// What is counted of the following of parcels.
    pub fn following(&self) -> &Following {
        &self.following
    }

    /// Counts an alarm that was raised.
    pub fn alarm(&self, code: &'static str) {
        self.alarms.get_or_create(&AlarmLabels { code }).inc();
    }

    /// Counts a tracking code that the carrier's table does not know. A code
    /// that may be something personal, or comes after the configured number of
    /// codes, counts as `other`.
    pub fn unknown_tracking_code(&self, carrier: &'static str, code: &str) {
        let code = CodeLabel::parse(code).filter(|_| self.names(carrier, code));
        let code = code.unwrap_or_else(CodeLabel::other);
        self.unknown_codes.get_or_create(&CodeLabels { carrier, code }).inc();
    }

    fn names(&self, carrier: &'static str, code: &str) -> bool {
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let codes = named.entry(carrier).or_default();
        if codes.contains(code) {
            return true;
        }
        codes.len() < self.max_named && codes.insert(code.to_owned())
    }

    /// Everything in the OpenMetrics text format
    /// (`application/openmetrics-text; version=1.0.0; charset=utf-8`).
    pub fn encode(&self) -> String {
        let mut buffer = String::new();
        if let Err(error) = text::encode(&mut buffer, &self.registry) {
            tracing::error!(%error, "metrics cannot be encoded");
        }
        buffer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Sources};

    fn metrics() -> Metrics {
        let mut settings = Config::load(Sources::new(&[])).unwrap().config.telemetry;
        settings.max_unknown_codes = 2;
        Metrics::new(&settings)
    }

    fn assert_line(text: &str, line: &str) {
        assert!(text.lines().any(|it| it == line), "no line `{line}` in:\n{text}");
    }

    #[test]
    fn counts_what_it_is_told() {
        let metrics = metrics();
        metrics.rpc("Rate", tonic::Code::Ok.into(), Duration::from_millis(20));
        metrics.rpc("Rate", tonic::Code::Ok.into(), Duration::from_millis(400));
        let second = Duration::from_secs(1);
        metrics.exchange("acme", "create_shipment", ExchangeOutcome::InDoubt, second);
        metrics.purchase("acme", PurchaseState::Purchased);
        metrics.set_in_doubt(3);
        metrics.subscribed();
        metrics.subscribed();
        metrics.subscription_ended(SubscriptionEnd::Slow);
        let text = metrics.encode();
        let rate = "method=\"Rate\",code=\"OK\"";
        assert_line(&text, &format!("parcelgate_rpc_duration_seconds_count{{{rate}}} 2"));
        assert_line(&text, &format!("parcelgate_rpc_duration_seconds_bucket{{le=\"0.025\",{rate}}} 1"));
        let exchange = "carrier=\"acme\",exchange=\"create_shipment\",outcome=\"in_doubt\"";
        assert_line(&text, &format!("parcelgate_carrier_exchange_duration_seconds_sum{{{exchange}}} 1.0"));
        assert_line(&text, "parcelgate_purchases_total{carrier=\"acme\",state=\"purchased\"} 1");
        assert_line(&text, "parcelgate_purchases_in_doubt 3");
        assert_line(&text, "parcelgate_subscriptions 1");
        assert_line(&text, "parcelgate_subscriptions_ended_total{end=\"slow\"} 1");
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn unknown_codes_are_bounded_and_hold_nothing_personal() {
        let metrics = metrics();
        let personal = ["1Z999AA10123456784", "Jane Roe", "jane@example.com", "+49301234567", "", "ü"];
        for code in personal.into_iter().chain(["ZZ", "A1", "B2", "ZZ"]) {
            metrics.unknown_tracking_code("acme", code);
        }
        metrics.unknown_tracking_code("bravo", "B2");
        let text = metrics.encode();
        let count = |carrier: &str, code: &str, number: u32| {
            let labels = format!("carrier=\"{carrier}\",code=\"{code}\"");
            assert_line(&text, &format!("parcelgate_tracking_unknown_codes_total{{{labels}}} {number}"));
        };
        count("acme", "ZZ", 2);
        count("acme", "A1", 1);
        count("acme", "other", 7);
        count("bravo", "B2", 1);
        assert!(!text.contains("Jane") && !text.contains("1Z9") && !text.contains("jane"));
    }

    #[test]
    fn every_label_value_is_told_from_the_others() {
        let outcomes: HashSet<_> = ExchangeOutcome::ALL.iter().map(|it| it.as_str()).collect();
        assert_eq!(outcomes.len(), ExchangeOutcome::ALL.len());
        let states: HashSet<_> = PurchaseState::ALL.iter().map(|it| it.as_str()).collect();
        assert_eq!(states.len(), PurchaseState::ALL.len());
    }
}
