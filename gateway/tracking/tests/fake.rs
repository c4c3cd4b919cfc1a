//! A carrier that answers from a script, and a tracker over it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::account::{Account, SettingField};
use parcelgate_kit::carrier::{Carrier, Entry};
use parcelgate_kit::descriptor::{Capabilities, Descriptor, PushProof, VoidRule};
use parcelgate_kit::exchange::Guard;
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{LocalTime, Place, TrackEvent, TrackStatus, TrackingNumber};
use parcelgate_kit::operation::{Pushed, TrackOutcome, TrackQuery, TrackReport, Tracked};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::sim::{SampleAccount, Sim, World, response};

use crate::carriers::{CarrierHost, Carriers, HostSettings, InProcess, ManualClock, NoCheckpoint};
use crate::config::Telemetry;
use crate::seal::{SealKey, Sealer};
use crate::store::sqlite::{SqliteOptions, SqliteStore};
use crate::store::{AccountRow, Store, Tracking};
use crate::telemetry::Metrics;
use crate::tenancy::TenantId;
use crate::tracking::{Tracker, TrackerParts, TrackerSettings};

/// What the carrier tells, and what it was asked.
#[derive(Default)]
pub(super) struct Script {
    /// The state of each number that it knows.
    pub(super) states: Mutex<HashMap<String, TrackStatus>>,
    /// Whether it is out of order.
    pub(super) fails: Mutex<bool>,
    /// The numbers of each call.
    pub(super) asked: Mutex<Vec<Vec<String>>>,
}

struct Fake(Arc<Script>);

pub(super) const BATCH: usize = 3;

static DESCRIPTOR: Descriptor = Descriptor {
    id: "acme",
    name: "Acme",
    countries: &[],
    services: &[],
    capabilities: Capabilities {
        rate: false,
        purchase: false,
        find: false,
        void: false,
        track: true,
        multi_parcel: false,
        customs: false,
    },
    account: &[SettingField::secret("word", "what pushes come with", "word")],
    numbers: &[],
    rates_over_the_wire: false,
    track_batch: 3,
    push: Some(PushProof::Header { name: "x-word", setting: "", secret: "word" }),
    labels: &[],
    quote_lifetime: 1,
    purchase_guard: Guard::None,
    void: VoidRule::Never,
    base_url: "https://acme.example",
    retires: None,
    waivers: &[],
};

fn report(status: TrackStatus) -> TrackReport {
    TrackReport::of(vec![TrackEvent {
        status: Some(status),
        carrier_code: format!("{status:?}"),
        carrier_words: String::new(),
        occurred: LocalTime::Instant(start()),
        place: Place::default(),
        is_physical_scan: status != TrackStatus::PreTransit,
        id: None,
    }])
}

impl Carrier for Fake {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    async fn track(&self, _: &mut Cx<'_>, query: &TrackQuery) -> Result<Vec<Tracked>, Fault> {
        let numbers = query.numbers.iter().map(|number| number.as_str().to_owned()).collect();
        self.0.asked.lock().unwrap().push(numbers);
        if *self.0.fails.lock().unwrap() {
            return Err(Fault::new(FaultKind::Unavailable, "out of order"));
        }
        let states = self.0.states.lock().unwrap();
        let answer = |number: &TrackingNumber| match states.get(number.as_str()) {
            Some(status) => Tracked::new(number.clone(), TrackOutcome::Found(report(*status))),
            None => Tracked::new(number.clone(), TrackOutcome::NoDataYet),
        };
        Ok(query.numbers.iter().map(answer).collect())
    }

    /// A push is `NUMBER STATUS`.
    fn read_push(&self, _: &Account, push: &Pushed) -> Result<Vec<Tracked>, Fault> {
        assert!(push.headers.iter().all(|(name, _)| name != "x-word"), "no adapter sees a proof");
        let text = String::from_utf8_lossy(&push.body).into_owned();
        let (number, status) = text.split_once(' ').ok_or_else(|| Fault::unreadable("no push"))?;
        let status = serde_json::from_value(status.into()).map_err(|_| Fault::unreadable("no status"))?;
        let number = TrackingNumber::parse(number).map_err(|_| Fault::unreadable("no number"))?;
        Ok(vec![Tracked::new(number, TrackOutcome::Found(report(status)))])
    }
}

struct NoSim;

impl Sim for NoSim {
    fn handle(&self, _: &mut World, _: &http::Request<Bytes>) -> http::Response<Bytes> {
        response(500, "text/plain", "nothing is simulated")
    }

    fn account(&self) -> SampleAccount {
        SampleAccount::default()
    }
}

pub(super) fn start() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

pub(super) const WORD: &str = "s3cret";

/// A tracker over one store and one carrier.
pub(super) struct Bench {
    pub(super) script: Arc<Script>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) store: Arc<dyn Store>,
    pub(super) metrics: Arc<Metrics>,
    sealer: Sealer,
    _folder: tempfile::TempDir,
}

impl Bench {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&SqliteOptions::new(folder.path().join("following.sqlite"))).unwrap();
        let bench = Self {
            script: Arc::default(),
            clock: Arc::new(ManualClock::new(start())),
            store: Arc::new(store),
            metrics: Arc::new(Metrics::new(&Telemetry { max_unknown_codes: 5 })),
            sealer: Sealer::new(&SealKey::generate().unwrap(), &[]),
            _folder: folder,
        };
        bench.link("tenant", "main", WORD).await;
        bench
    }

    pub(super) async fn link(&self, tenant: &str, id: &str, word: &str) {
        let secrets = serde_json::to_vec(&HashMap::from([("word", word)])).unwrap();
        let row = AccountRow {
            tenant: tenant.to_owned(),
            id: id.to_owned(),
            carrier: "acme".to_owned(),
            name: id.to_owned(),
            settings: b"{}".to_vec(),
            sealed_secrets: self.sealer.seal(&[tenant, "account", id], &secrets).unwrap(),
            updated_at: start(),
        };
        self.store.put_account(row).await.unwrap();
    }

    /// Another gateway over the same store.
    pub(super) fn tracker(&self) -> Arc<Tracker> {
        let clock: Arc<dyn crate::carriers::Clock> = Arc::<ManualClock>::clone(&self.clock);
        let entry =
            Entry { carrier: Arc::new(Fake(Arc::clone(&self.script))), sim: Arc::new(NoSim), folder: "" };
        let world = Arc::new(Mutex::new(World::new(start(), 1)));
        let transport = Arc::new(InProcess::new(Arc::clone(&entry.sim), world, Arc::clone(&clock)));
        let host = CarrierHost::new(
            &entry,
            HostSettings::at("http://acme"),
            transport,
            Arc::clone(&clock),
            Arc::new(NoCheckpoint),
            Arc::clone(&self.metrics),
        );
        Tracker::new(TrackerParts {
            store: Arc::clone(&self.store),
            carriers: Carriers::new([host]),
            clock,
            sealer: self.sealer.clone(),
            metrics: Arc::clone(&self.metrics),
            settings: TrackerSettings { seed: 7, ..TrackerSettings::default() },
        })
    }

    pub(super) fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// Follows a number that is due now, as one just bought is.
    pub(super) async fn follow(&self, tenant: &str, number: &str, account: Option<&str>) {
        let row = Tracking {
            tenant: tenant.to_owned(),
            carrier: "acme".to_owned(),
            number: number.to_owned(),
            shipment: Some(format!("sh_{number}")),
            account: account.map(str::to_owned),
            status: "UNKNOWN".to_owned(),
            body: Vec::new(),
            as_of: start(),
            next_poll_at: Some(start()),
            failures: 0,
            delivered_at: None,
        };
        self.store.merge_tracking(row, 0, None).await.unwrap();
    }

    pub(super) fn tells(&self, number: &str, status: TrackStatus) {
        self.script.states.lock().unwrap().insert(number.to_owned(), status);
    }

    /// The numbers of each call since it was asked last.
    pub(super) fn asked(&self) -> Vec<Vec<String>> {
        std::mem::take(&mut self.script.asked.lock().unwrap())
    }

    pub(super) async fn row(&self, tenant: &str, number: &str) -> Tracking {
        self.store.tracked(tenant, "acme", number).await.unwrap().unwrap().tracking
    }

    pub(super) async fn statuses(&self, tenant: &str) -> HashSet<(String, String)> {
        let events = self.store.events(tenant, 0, 500).await.unwrap();
        let told = events.into_iter().filter(|event| event.kind == "tracking.changed");
        told.map(|event| {
            let body: serde_json::Value = serde_json::from_slice(&event.body).unwrap();
            let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
            (text("number"), text("status"))
        })
        .collect()
    }

    pub(super) fn metric(&self, line: &str) -> bool {
        self.metrics.encode().lines().any(|told| told == line)
    }
}

pub(super) fn tenant() -> TenantId {
    TenantId::parse("tenant").unwrap()
}
