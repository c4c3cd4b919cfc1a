//! The simulated carriers of all runs: one `parcelgate sandbox` process, whose
//! ledgers are the truth.
//!
//! It judges nothing. Start with [`Carriers::start`].

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use parcelgate_kit::carrier::Entry;
use parcelgate_kit::exchange::Guard;
use parcelgate_kit::sim::{FaultRule, SimFault};
use serde::Deserialize;

use crate::program::Program;

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_parcelgate");

/// What every reference of ours begins with: only requests that buy or look a
/// purchase up hold one.
const OUR_REFERENCE: &str = "PG0";

/// How much faster the carriers live than the gateways: ten minutes, after
/// which the slowest of them knows its own labels, are a second.
const SPEED: u32 = 600;
/// Days from the carriers' today to the day of shipping: their clock runs ahead
/// of the gateways', and no carrier takes a day that is over.
const SHIP_IN: i64 = 3;

/// A label that a carrier made.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Made {
    /// The shipper's reference.
    pub(crate) reference: String,
    /// Its tracking numbers.
    pub(crate) tracking: Vec<String>,
    /// Whether it was cancelled.
    pub(crate) voided: bool,
}

#[derive(Deserialize)]
struct Clock {
    now: jiff::Timestamp,
}

#[derive(Deserialize)]
struct Ledger {
    shipments: Vec<Made>,
}

/// The running sandbox.
pub(crate) struct Carriers {
    /// What is compiled in.
    pub(crate) entries: Vec<Entry>,
    address: String,
    http: Client<HttpConnector, Full<bytes::Bytes>>,
    _program: Program,
}

impl Carriers {
    /// Starts it; the same seed gives the same numbers.
    pub(crate) async fn start(seed: u64) -> Result<Self> {
        let mut command = Command::new(PROGRAM);
        command.args(["sandbox", "--listen", "127.0.0.1:0", "--seed", &seed.to_string()]);
        command.args(["--speed", &SPEED.to_string()]);
        let (program, address) =
            Program::start(&mut command, "control: POST http://").await.context("the sandbox")?;
        let http = Client::builder(TokioExecutor::new()).build_http();
        Ok(Self { entries: parcelgate_adapters::all(), address, http, _program: program })
    }

    /// Ids of the carriers.
    pub(crate) fn ids(&self) -> Vec<&'static str> {
        self.entries.iter().map(Entry::id).collect()
    }

    /// Where a carrier answers.
    pub(crate) fn base_url(&self, carrier: &str) -> String {
        format!("http://{}/{carrier}", self.address)
    }

    /// How a carrier's purchases in doubt are settled.
    pub(crate) fn guard(&self, carrier: &str) -> Guard {
        let entry = self.entries.iter().find(|entry| entry.id() == carrier);
        entry.map_or(Guard::None, |entry| entry.carrier.descriptor().purchase_guard)
    }

    /// The settling time of a carrier that is looked through, at its speed.
    pub(crate) fn settle(&self, carrier: &str) -> Option<Duration> {
        match self.guard(carrier) {
            Guard::FindByReference { settle } => Some(Duration::from_secs(settle) / SPEED),
            _ => None,
        }
    }

    /// A day of shipping that the carriers take.
    pub(crate) async fn ship_at(&self) -> Result<jiff::Timestamp> {
        let clock: Clock = serde_json::from_slice(&self.control("GET", "clock", Vec::new()).await?)?;
        Ok(clock.now.checked_add(jiff::SignedDuration::from_hours(24 * SHIP_IN))?)
    }

    /// The next request of a purchase at the carrier goes wrong in this way.
    pub(crate) async fn misbehave(&self, carrier: &str, fault: SimFault) -> Result<()> {
        let rule = serde_json::to_vec(&FaultRule::once(OUR_REFERENCE, fault))?;
        self.control("POST", &format!("{carrier}/faults"), rule).await.map(drop)
    }

    /// All carriers behave from now on.
    pub(crate) async fn behave(&self) -> Result<()> {
        for carrier in self.ids() {
            self.control("DELETE", &format!("{carrier}/faults"), Vec::new()).await?;
        }
        Ok(())
    }

    /// Every label that was really made, by carrier.
    pub(crate) async fn ledger(&self) -> Result<BTreeMap<&'static str, Vec<Made>>> {
        let mut all = BTreeMap::new();
        for carrier in self.ids() {
            let answer = self.control("GET", &format!("{carrier}/ledger"), Vec::new()).await?;
            let ledger: Ledger = serde_json::from_slice(&answer).context("a ledger")?;
            all.insert(carrier, ledger.shipments);
        }
        Ok(all)
    }

    async fn control(&self, method: &str, what: &str, body: Vec<u8>) -> Result<bytes::Bytes> {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("http://{}/_control/{what}", self.address))
            .body(Full::new(bytes::Bytes::from(body)))?;
        let response = self.http.request(request).await.context("the sandbox's control")?;
        let status = response.status();
        let answer = response.into_body().collect().await?.to_bytes();
        ensure!(status.is_success(), "{what}: {status}: {}", String::from_utf8_lossy(&answer));
        Ok(answer)
    }
}
