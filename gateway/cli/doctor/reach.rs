//! Whether the carriers can be reached, and whether the clock agrees with
//! theirs: one `HEAD` over the very transport that a gateway uses, TLS
//! verified. It sends no credential.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;

use super::{Health, Line, line};
use crate::carriers::{Clock, HttpTransport, SendFailure, SystemClock, Transport, TransportSettings};
use crate::config::{CarrierSettings, Config};
use crate::tls;

/// How long a carrier may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Nobody reads what comes back.
const MAX_BODY: usize = 64 * 1024;
/// Seconds apart from a carrier's clock that signatures and expiries bear.
const NEAR: u64 = 60;
/// Seconds apart at which tokens are refused.
const FAR: u64 = 300;
/// 2026-01-01: the program is not older, so no right clock is.
const BUILT_AFTER: i64 = 1_767_225_600;

/// A line for each carrier that has an account, and one for the clock.
pub(super) async fn carriers_and_clock(config: &Config) -> Vec<Line> {
    let with_account = config
        .carriers
        .iter()
        .filter(|(id, _)| config.accounts.iter().any(|account| account.carrier == **id));
    let probes = with_account.map(async |(id, settings)| probe(config, id, settings).await);
    let (mut lines, mut apart) = (Vec::new(), Vec::new());
    for (found, seconds) in futures::future::join_all(probes).await {
        lines.push(found);
        apart.extend(seconds);
    }
    lines.push(clock(SystemClock.now(), &apart));
    lines
}

/// Asks the carrier's server for its head. Any answer at all will do.
async fn probe(config: &Config, id: &str, settings: &CarrierSettings) -> (Line, Option<i64>) {
    let what = format!("carrier {id}");
    let url = settings.base_url.as_str();
    let tls = match tls::carrier_client(&config.tls, settings.extra_ca.as_deref()) {
        Ok(tls) => tls,
        Err(error) => return (line(Health::Bad, what, error.to_string()), None),
    };
    let transport = HttpTransport::new(&TransportSettings {
        connect_timeout: PATIENCE,
        max_body: MAX_BODY,
        tls: Arc::new(tls),
    });
    let request = match http::Request::head(url).body(Bytes::new()) {
        Ok(request) => request,
        Err(error) => return (line(Health::Bad, what, format!("{url}: {error}")), None),
    };
    match tokio::time::timeout(PATIENCE, transport.send(request)).await {
        Ok(Ok(reply)) => {
            let theirs = reply.header("date").and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
            let apart = theirs.map(|date| SystemClock.now().as_second() - date.timestamp().as_second());
            (line(Health::Ok, what, format!("{url} answers")), apart)
        }
        Ok(Err(failure)) => (unreached(what, url, &failure), None),
        Err(_) => {
            let words =
                format!("{url} did not answer in {} seconds: check network and proxy", PATIENCE.as_secs());
            (line(Health::Bad, what, words), None)
        }
    }
}

fn unreached(what: String, url: &str, failure: &SendFailure) -> Line {
    let words = failure.to_string();
    let way_out = if words.contains("certificate") {
        "give the authority that signed it with `tls.extra_ca`"
    } else {
        "check the network and the carrier's `base_url`"
    };
    match failure {
        SendFailure::NotSent(_) => line(Health::Bad, what, format!("{url}: {words}: {way_out}")),
        // It was reached and did not like the question.
        SendFailure::Broken(_) | SendFailure::TooLong(_) => {
            line(Health::Warn, what, format!("{url} was reached: {words}"))
        }
    }
}

/// The machine's clock, held against the carriers' (seconds apart).
fn clock(now: Timestamp, apart: &[i64]) -> Line {
    let shown = now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    if now.as_second() < BUILT_AFTER {
        return line(Health::Bad, "clock", format!("{shown} has long passed: set the machine's clock"));
    }
    // Of several the nearest: one carrier's own clock may be wrong.
    let Some(seconds) = apart.iter().copied().min_by_key(|seconds| seconds.unsigned_abs()) else {
        return line(Health::Ok, "clock", format!("{shown}; no carrier answered to compare it with"));
    };
    let side = if seconds < 0 { "behind" } else { "ahead of" };
    let words = format!("{shown}, {} s {side} the carriers'", seconds.unsigned_abs());
    match seconds.unsigned_abs() {
        0..=NEAR => line(Health::Ok, "clock", words),
        apart => {
            let health = if apart > FAR { Health::Bad } else { Health::Warn };
            line(health, "clock", format!("{words}: let the machine's clock follow NTP"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_far_from_every_carriers_is_bad() {
        let now = Timestamp::from_second(BUILT_AFTER + 1000).unwrap();
        assert_eq!(clock(now, &[2, -4000]).health, Health::Ok, "one of them agrees");
        assert_eq!(clock(now, &[-90]).health, Health::Warn);
        let bad = clock(now, &[-4000]);
        assert!(bad.health == Health::Bad && bad.words.contains("4000 s behind"), "{bad:?}");
        assert_eq!(clock(Timestamp::UNIX_EPOCH, &[]).health, Health::Bad);
        assert_eq!(clock(now, &[]).health, Health::Ok);
    }

    #[tokio::test]
    async fn a_closed_door_is_bad_and_an_open_one_tells_its_clock() {
        let mut config = super::super::config::defaults().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let id = config.carriers.keys().next().unwrap().clone();
        let base = crate::config::BaseUrl::parse(&format!("http://{address}")).unwrap();
        config.carriers.get_mut(&id).unwrap().base_url = base;
        let serving = tokio::spawn(async move {
            let router = axum::Router::new().fallback(async || "here");
            axum::serve(listener, router).await
        });
        let (open, apart) = probe(&config, &id, config.carriers.get(&id).unwrap()).await;
        assert_eq!(open.health, Health::Ok, "{open:?}");
        assert!(apart.is_some_and(|seconds| seconds.abs() <= 2), "{apart:?}");
        serving.abort();
        let _ = serving.await;
        let (closed, _) = probe(&config, &id, config.carriers.get(&id).unwrap()).await;
        assert_eq!(closed.health, Health::Bad, "{closed:?}");
    }
}
