//! Each carrier's section: where it is reached and how hard it may be asked.
//! It must know no carrier by name. Start at [`CarrierSettings`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::{Date, Time};

use super::KnownCarrier;
use super::base_url::BaseUrl;
use super::error::Origin;
use super::reader::{self, Section};

/// The settings of one carrier.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct CarrierSettings {
    /// Where it is reached.
    pub base_url: BaseUrl,
    /// A PEM file of authorities for this carrier alone.
    pub extra_ca: Option<PathBuf>,
    /// Most exchanges in flight at once.
    pub max_concurrent: u32,
    /// How long it is waited for.
    pub timeouts: Timeouts,
    /// How often each account may ask.
    pub rate_limit: RateLimit,
    /// How exchanges that may be repeated are repeated.
    pub retry: Retry,
    /// When it is left alone.
    pub breaker: Breaker,
    /// How long after the sending a purchase whose answer was lost can be found
    /// there, where it is not what the adapter says.
    pub settle: Option<Duration>,
    /// Until when it takes parcels, by the clock of their origin, as was agreed
    /// with it; none of the interfaces that are called tells.
    pub cut_off: Option<Time>,
    /// Days of its own, beside holidays, on which it delivers nothing.
    pub non_delivery_days: Vec<Date>,
}

/// How long a carrier is waited for; each is at least as long as the one before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// For the connection, TLS included.
    pub connect: Duration,
    /// For one attempt.
    pub attempt: Duration,
    /// For all attempts of an exchange.
    pub total: Duration,
}

/// Requests per time, for each account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RateLimit {
    /// How many requests.
    pub requests: u32,
    /// In which time.
    pub per: Duration,
}

/// How often and how soon an exchange is repeated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retry {
    /// Attempts in all; 1 never repeats.
    pub max_attempts: u32,
    /// Pause before the second attempt, before jitter.
    pub first_pause: Duration,
    /// Longest pause between attempts, whatever the carrier asks for.
    pub max_pause: Duration,
}

/// When a carrier is left alone for a while.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Breaker {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open before one exchange tries again.
    pub open_for: Duration,
}

/// The ids of the known carriers, for suggestions.
pub(super) fn ids(known: &[KnownCarrier<'_>]) -> Vec<String> {
    known.iter().map(|carrier| carrier.id.to_owned()).collect()
}

pub(super) fn carriers(
    root: &mut Section<'_>,
    known: &[KnownCarrier<'_>],
    ids: &[String],
) -> BTreeMap<String, CarrierSettings> {
    let mut all = root.section("carriers");
    let mut read = BTreeMap::new();
    for carrier in known {
        let mut section = all.section(carrier.id);
        let settings = settings(&mut section, carrier.base_url);
        section.finish();
        if let Some(settings) = settings {
            read.insert(carrier.id.to_owned(), settings);
        }
    }
    for (id, node) in all.rest() {
        all.reader.error(&all.key(&id), &node.origin, reader::unknown(&id, "carrier", ids));
    }
    all.finish();
    read
}

fn settings(section: &mut Section<'_>, default_url: &str) -> Option<CarrierSettings> {
    let (millis, seconds) = (Duration::from_millis, Duration::from_secs);
    let base_url = if section.has("base_url") {
        section.optional("base_url")
    } else {
        let key = section.key("base_url");
        match BaseUrl::parse(default_url) {
            Ok(url) => Some(section.value("base_url", url)),
            Err(error) => {
                section.reader.error(&key, &Origin::Default, format!("has a wrong default: {error}"));
                None
            }
        }
    };
    let extra_ca = section.optional("extra_ca");
    let max_concurrent = section.within("max_concurrent", 32, 1..=1024);

    let mut part = section.section("timeouts");
    let timeouts = Timeouts {
        connect: part.within("connect", seconds(3), millis(50)..=seconds(60)),
        attempt: part.within("attempt", seconds(10), millis(50)..=seconds(120)),
        total: part.within("total", seconds(30), millis(50)..=seconds(300)),
    };
    part.finish();

    let mut part = section.section("rate_limit");
    let rate_limit = RateLimit {
        requests: part.within("requests", 10, 1..=100_000),
        per: part.within("per", seconds(1), millis(100)..=seconds(86_400)),
    };
    part.finish();

    let mut part = section.section("retry");
    let retry = Retry {
        max_attempts: part.within("max_attempts", 3, 1..=10),
        first_pause: part.within("first_pause", millis(200), millis(10)..=seconds(60)),
        max_pause: part.within("max_pause", seconds(5), millis(10)..=seconds(300)),
    };
    part.finish();

    let mut part = section.section("breaker");
    let breaker = Breaker {
        failures: part.within("failures", 5, 1..=1000),
        open_for: part.within("open_for", seconds(15), millis(100)..=seconds(3600)),
    };
    part.finish();

    let settle: Option<Duration> = section.optional("settle");
    if settle.is_some_and(|settle| settle < millis(50) || settle > seconds(86_400)) {
        section.reader.error_at(&section.key("settle"), "takes `50ms` to `24h`");
    }

    Some(CarrierSettings {
        base_url: base_url?,
        extra_ca,
        max_concurrent,
        timeouts,
        rate_limit,
        retry,
        breaker,
        settle,
        cut_off: section.optional("cut_off"),
        non_delivery_days: section.list("non_delivery_days", "a list of days"),
    })
}
