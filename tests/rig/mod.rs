//! A gateway over one simulated carrier: the real driver, the real use cases, a
//! real SQLite file.

mod crash;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use parcelgate::carriers::{
    BreakerSettings, Call, CarrierHost, Carriers, Checkpoint, Clock, HostSettings, HttpTransport, InProcess,
    LinkedAccount, ManualClock, NoCheckpoint, RetrySettings, Transport, TransportSettings,
};
use parcelgate::exchange::ExchangeRates;
use parcelgate::regional::{self, OrderFacts, RateTable};
use parcelgate::sandbox::{Sandbox, SandboxClock};
use parcelgate::seal::{SealKey, Sealer};
use parcelgate::shipping::{
    Clocks, Gateway, NewAccount, Offer, Ordered, PurchaseRequest, Selection, Settings, ShipmentView,
    ShippingError,
};
use parcelgate::store::sqlite::{SqliteOptions, SqliteStore};
use parcelgate::store::{PurchaseState, Store};
use parcelgate::telemetry::Metrics;
use parcelgate::tenancy::TenantId;
use parcelgate_kit::carrier::Entry;
use parcelgate_kit::conformance::behaviour::{Crash, Ending, Rig, RigMaker};
use parcelgate_kit::descriptor::Descriptor;
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{
    CarrierOffer, Charge, ChargeKind, Currency, Document, DocumentKind, LabelFormat, Money, PriceSource,
};
use parcelgate_kit::operation::{
    PurchaseOrder, Purchased, RateQuery, Rates, TrackQuery, Tracked, VoidOrder, Voided,
};
use parcelgate_kit::sim::World;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::net::TcpListener;
use uuid::Uuid;

use crash::CrashAt;

/// How gateway and simulator are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// By a function call.
    Process,
    /// By HTTP over a socket.
    Socket,
}

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Process => "in_process",
            Self::Socket => "over_sockets",
        })
    }
}

/// Makes rigs of one carrier.
pub(crate) struct Rigs {
    entry: Entry,
    over: Over,
}

impl Rigs {
    /// Rigs of `entry`.
    pub(crate) fn new(entry: Entry, over: Over) -> Self {
        Self { entry, over }
    }

    async fn rig(&self) -> GatewayRig {
        let clock = Arc::new(ManualClock::new("2026-09-01T07:00:00Z".parse::<Timestamp>().unwrap()));
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&SqliteOptions::new(folder.path().join("rig.sqlite"))).unwrap();
        let machine: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let (transport, base_url, side): (Arc<dyn Transport>, String, Side) = match self.over {
            Over::Process => {
                let world = Arc::new(Mutex::new(World::new(clock.now(), 7)));
                let transport = InProcess::new(Arc::clone(&self.entry.sim), Arc::clone(&world), machine);
                (Arc::new(transport), "http://carrier".to_owned(), Side::Process(world))
            }
            Over::Socket => {
                let sandbox = Sandbox::new(
                    std::slice::from_ref(&self.entry),
                    7,
                    Arc::new(SandboxClock::new(machine, 1.0)),
                );
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let base_url = Sandbox::base_url(listener.local_addr().unwrap(), self.entry.id());
                tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
                (Arc::new(http_transport()), base_url, Side::Socket(sandbox))
            }
        };
        let rig = GatewayRig {
            entry: self.entry.clone(),
            transport,
            base_url,
            side,
            clock,
            store: Arc::new(store),
            sealer: Arc::new(SealKey::generate().unwrap()),
            _folder: folder,
        };
        rig.link().await;
        rig
    }
}

fn http_transport() -> HttpTransport {
    parcelgate::tls::install_provider().unwrap();
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let connect_timeout = Duration::from_secs(2);
    HttpTransport::new(&TransportSettings { connect_timeout, max_body: 16 * 1024 * 1024, tls: Arc::new(tls) })
}

impl RigMaker for Rigs {
    fn descriptor(&self) -> &'static Descriptor {
        self.entry.carrier.descriptor()
    }

    fn make(&self) -> BoxFuture<'_, Box<dyn Rig>> {
        Box::pin(async {
            let rig: Box<dyn Rig> = Box::new(self.rig().await);
            rig
        })
    }
}

enum Side {
    Process(Arc<Mutex<World>>),
    Socket(Sandbox),
}

struct GatewayRig {
    entry: Entry,
    transport: Arc<dyn Transport>,
    base_url: String,
    side: Side,
    clock: Arc<ManualClock>,
    store: Arc<SqliteStore>,
    sealer: Arc<SealKey>,
    _folder: TempDir,
}

/// Time for one attempt: long enough for a loaded machine, and what every
/// check of a silent carrier costs.
const ATTEMPT: Duration = Duration::from_secs(3);
const TENANT: &str = "rig";
const ACCOUNT: &str = "main";

impl GatewayRig {
    fn tenant(&self) -> TenantId {
        TenantId::parse(TENANT).unwrap()
    }

    /// A fresh gateway over the store that all of them share.
    fn gateway(&self, checkpoint: Arc<dyn Checkpoint>) -> Arc<Gateway> {
        let settings = HostSettings {
            read_timeout: ATTEMPT,
            create_timeout: ATTEMPT,
            retry: RetrySettings {
                attempts: 3,
                base: Duration::from_millis(2),
                longest: Duration::from_millis(10),
            },
            breaker: BreakerSettings { failures: 0, ..BreakerSettings::default() },
            ..HostSettings::at(self.base_url.clone())
        };
        let metrics = Arc::new(Metrics::new(&parcelgate::config::Telemetry { max_unknown_codes: 20 }));
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&self.clock);
        let host = CarrierHost::new(
            &self.entry,
            settings,
            Arc::clone(&self.transport),
            Arc::clone(&clock),
            Arc::clone(&checkpoint),
            Arc::clone(&metrics),
        );
        Gateway::new(
            Arc::<SqliteStore>::clone(&self.store),
            Carriers::new([host]),
            Clocks::one(clock),
            Sealer::new(&self.sealer, &[]),
            Arc::new(ExchangeRates::default()),
            Settings::default(),
            checkpoint,
            metrics,
        )
    }

    async fn link(&self) {
        let sample = self.entry.sim.account();
        let account = NewAccount {
            id: ACCOUNT.to_owned(),
            carrier: self.entry.id().to_owned(),
            settings: sample
                .settings
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
            secrets: sample
                .secrets
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).into()))
                .collect(),
        };
        self.gateway(Arc::new(NoCheckpoint)).link_account(&self.tenant(), account).await.unwrap();
    }

    fn linked(&self) -> LinkedAccount {
        let sample = self.entry.sim.account();
        let settings: BTreeMap<_, _> =
            sample.settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let secrets =
            sample.secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        LinkedAccount::new(TENANT, ACCOUNT, self.entry.id(), settings, secrets)
    }

    fn request(&self, key: &str) -> PurchaseRequest {
        PurchaseRequest {
            selection: Selection::Offer { quote: String::new(), offer: String::new() },
            idempotency_key: key.to_owned(),
            max_total: None,
            label: parcelgate_kit::model::LabelSpec::default(),
            fingerprint: Sha256::digest(key).into(),
            parts: Vec::new(),
        }
    }

    fn ordered(&self, order: &PurchaseOrder) -> Ordered {
        let facts = OrderFacts::new(order.shipment.ship_at.date());
        let decision = regional::decide(&regional::Query::of(&order.shipment, &facts), &RateTable::default());
        let price = Money::parse("10", Currency::EUR).unwrap();
        let charge = Charge::new(ChargeKind::Base, "carriage", price);
        let offer = CarrierOffer::of_charges(&order.service, vec![charge], PriceSource::Estimate).unwrap();
        let offer = Offer {
            id: "offer".to_owned(),
            carrier: self.entry.id().to_owned(),
            account: ACCOUNT.to_owned(),
            service_name: order.service.clone(),
            level: None,
            offer,
            late: false,
            prospect: parcelgate::shipping::Prospect::default(),
            decision: None,
        };
        Ordered { order: order.clone(), offer, decision, order_reference: None }
    }

    async fn buy(&self, key: &str, order: &PurchaseOrder, gateway: Arc<Gateway>) -> Ending {
        let (tenant, request) = (self.tenant(), self.request(key));
        let budget = Duration::from_secs(100);
        let answered = gateway.buy(&tenant, Uuid::now_v7(), self.ordered(order), request, budget).await;
        self.ending(answered).await
    }

    async fn ending(&self, answered: Result<ShipmentView, ShippingError>) -> Ending {
        match answered {
            Ok(view) if view.purchase_state() == Some(PurchaseState::Purchased) => {
                Ending::Purchased(Box::new(self.purchased(&view).await))
            }
            Ok(view) if view.purchase_state() == Some(PurchaseState::InDoubt) => Ending::InDoubt,
            Err(ShippingError::Carrier { fault, .. }) => Ending::Refused(*fault),
            other => Ending::Refused(Fault::new(FaultKind::Internal, format!("{other:?}"))),
        }
    }

    /// What was bought, as the store has it.
    async fn purchased(&self, view: &ShipmentView) -> Purchased {
        let bought = view.bought.as_ref().unwrap();
        let mut documents = Vec::new();
        for document in &bought.documents {
            let (row, bytes) = self.store.document(TENANT, &document.id).await.unwrap().unwrap();
            assert_eq!(row.shipment, view.id);
            let (kind, format): (DocumentKind, LabelFormat) = (document.kind, document.format);
            documents.push(Document { kind, format, parcel: document.parcel, bytes: bytes.into() });
        }
        Purchased::new(bought.carrier_shipment_id.clone(), bought.tracking.clone(), documents)
    }

    async fn recover(&self, key: &str, gateway: Arc<Gateway>) -> Ending {
        // Further than any lease and any carrier's settling time.
        for _ in 0..8 {
            self.clock.advance(SignedDuration::from_hours(2));
            gateway.recover_once().await.unwrap();
            let row = self.store.purchase_by_key(TENANT, key).await.unwrap();
            let Some(row) = row else {
                // It died before anything was written: nothing was begun.
                return Ending::Refused(Fault::new(FaultKind::NotFound, "the purchase was never begun"));
            };
            if !row.state.is_open() {
                break;
            }
        }
        let row = self.store.purchase_by_key(TENANT, key).await.unwrap().unwrap();
        let view = gateway.shipment(&self.tenant(), &row.id).await.unwrap();
        match (row.state, &view.fault) {
            (PurchaseState::Refused, Some(fault)) => Ending::Refused(fault.clone()),
            _ => self.ending(Ok(view)).await,
        }
    }
}

/// A checkpoint that crashes as asked, or none.
fn checkpoint(crash: Option<Crash>) -> Arc<CrashAt> {
    Arc::new(CrashAt::new(crash.unwrap_or(Crash { place: "nowhere", passing: 0 })))
}

/// How `work` ends: by itself, or with the gateway's death at its checkpoint.
async fn until_crash(checkpoint: Arc<CrashAt>, work: impl Future<Output = Ending>) -> Ending {
    tokio::select! {
        biased;
        () = checkpoint.reached() => Ending::Crashed,
        ending = work => ending,
    }
}

impl Rig for GatewayRig {
    fn world(&self) -> MutexGuard<'_, World> {
        match &self.side {
            Side::Process(world) => world.lock().unwrap(),
            Side::Socket(sandbox) => sandbox.world(self.entry.id()).unwrap(),
        }
    }

    fn advance(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    fn rate<'a>(&'a self, query: &'a RateQuery) -> BoxFuture<'a, Result<Rates, Fault>> {
        Box::pin(async move {
            let gateway = self.gateway(Arc::new(NoCheckpoint));
            let host = gateway.carriers().get(self.entry.id()).unwrap();
            host.rate(&self.linked(), Call::within(ATTEMPT), query).await
        })
    }

    fn purchase<'a>(
        &'a self,
        key: &'a str,
        order: &'a PurchaseOrder,
        crash: Option<Crash>,
    ) -> BoxFuture<'a, Ending> {
        let checkpoint = checkpoint(crash);
        let gateway = self.gateway(Arc::<CrashAt>::clone(&checkpoint));
        Box::pin(until_crash(checkpoint, self.buy(key, order, gateway)))
    }

    fn take_over<'a>(&'a self, key: &'a str, crash: Option<Crash>) -> BoxFuture<'a, Ending> {
        let checkpoint = checkpoint(crash);
        let gateway = self.gateway(Arc::<CrashAt>::clone(&checkpoint));
        Box::pin(until_crash(checkpoint, self.recover(key, gateway)))
    }

    fn void<'a>(&'a self, key: &'a str, _: &'a VoidOrder) -> BoxFuture<'a, Result<Voided, Fault>> {
        Box::pin(async move {
            let gateway = self.gateway(Arc::new(NoCheckpoint));
            let row = self.store.purchase_by_key(TENANT, key).await.unwrap().unwrap();
            match gateway.void(&self.tenant(), &row.id).await {
                Ok(view) => Ok(Voided::new(view.bought.and_then(|bought| bought.refund).unwrap())),
                Err(ShippingError::Carrier { fault, .. }) => Err(*fault),
                Err(other) => Err(Fault::new(FaultKind::Internal, other.to_string())),
            }
        })
    }

    fn track<'a>(&'a self, query: &'a TrackQuery) -> BoxFuture<'a, Result<Vec<Tracked>, Fault>> {
        Box::pin(async move {
            let gateway = self.gateway(Arc::new(NoCheckpoint));
            let host = gateway.carriers().get(self.entry.id()).unwrap();
            host.track(&self.linked(), Call::within(ATTEMPT), query).await
        })
    }
}
