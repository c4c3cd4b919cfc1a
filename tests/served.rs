//! A whole gateway on loopback: simulated carriers behind a socket, a SQLite
//! file, the gRPC server behind another. Nothing of ours is mocked.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use parcelgate::api::proto::v1::carrier_service_client::CarrierServiceClient;
use parcelgate::api::proto::v1::customs_service_client::CustomsServiceClient;
use parcelgate::api::proto::v1::event_service_client::EventServiceClient;
use parcelgate::api::proto::v1::marketplace_service_client::MarketplaceServiceClient;
use parcelgate::api::proto::v1::operator_service_client::OperatorServiceClient;
use parcelgate::api::proto::v1::performance_service_client::PerformanceServiceClient;
use parcelgate::api::proto::v1::protection_service_client::ProtectionServiceClient;
use parcelgate::api::proto::v1::shipping_service_client::ShippingServiceClient;
use parcelgate::api::{Api, ApiSettings, serve};
use parcelgate::carriers::{
    CarrierHost, Carriers, Clock, HostSettings, HttpTransport, ManualClock, NoCheckpoint, TransportSettings,
};
use parcelgate::config::Telemetry;
use parcelgate::exchange::ExchangeRates;
use parcelgate::marketplace::Marketplaces;
use parcelgate::proof::SigningKey;
use parcelgate::regional::RateTable;
use parcelgate::sandbox::{Sandbox, SandboxClock};
use parcelgate::seal::{SealKey, Sealer};
use parcelgate::shipping::{Clocks, Gateway, NewAccount, Settings};
use parcelgate::store::sqlite::{SqliteOptions, SqliteStore};
use parcelgate::telemetry::Metrics;
use parcelgate::tenancy::{Callers, Tenant, TenantId};
use parcelgate_kit::model::Currency;
use rust_decimal::Decimal;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::transport::{Channel, Endpoint};

/// A running gateway and what a test may reach of it.
pub(crate) struct Served {
    pub(crate) sandbox: Sandbox,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) channel: Channel,
    pub(crate) address: SocketAddr,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) sealer: Sealer,
    stop: watch::Sender<bool>,
    _folder: TempDir,
}

impl Served {
    /// A gateway for tenant `demo` alone, who needs no token.
    pub(crate) async fn start() -> Self {
        Self::with(&[], &[TenantId::demo()], ApiSettings::default()).await
    }

    /// As [`Served::start`], on a store that may not grow beyond so many bytes.
    pub(crate) async fn limited(bytes: u64) -> Self {
        let settings = Settings::default();
        Self::on(Some(bytes), &[], &[TenantId::demo()], ApiSettings::default(), settings, &|_| ()).await
    }

    /// A gateway for these callers; accounts are linked for `linked`.
    pub(crate) async fn with(callers: &[Tenant], linked: &[TenantId], settings: ApiSettings) -> Self {
        Self::on(None, callers, linked, settings, Settings::default(), &|_| ()).await
    }

    /// As [`Served::start`], with these marketplaces.
    pub(crate) async fn telling(marketplaces: Arc<Marketplaces>) -> Self {
        let use_cases = Settings { marketplaces, ..Settings::default() };
        Self::on(None, &[], &[TenantId::demo()], ApiSettings::default(), use_cases, &|_| ()).await
    }

    /// As [`Served::start`], with what was agreed with every carrier.
    pub(crate) async fn agreed(agree: &dyn Fn(&mut HostSettings)) -> Self {
        let settings = Settings::default();
        Self::on(None, &[], &[TenantId::demo()], ApiSettings::default(), settings, agree).await
    }

    async fn on(
        limit: Option<u64>,
        callers: &[Tenant],
        linked: &[TenantId],
        settings: ApiSettings,
        mut use_cases: Settings,
        agree: &dyn Fn(&mut HostSettings),
    ) -> Self {
        parcelgate::tls::install_provider().unwrap();
        let clock = Arc::new(ManualClock::new("2026-09-01T07:00:00Z".parse::<Timestamp>().unwrap()));
        let machine: Arc<dyn Clock> = Arc::<ManualClock>::clone(&clock);
        let entries = parcelgate_adapters::all();
        let sandbox = Sandbox::new(&entries, 7, Arc::new(SandboxClock::new(Arc::clone(&machine), 1.0)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let carriers_at = listener.local_addr().unwrap();
        tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));

        let key = SigningKey::parse(&SigningKey::generate().unwrap()).unwrap();
        use_cases.signing_key.get_or_insert_with(|| Arc::new(key));
        let folder = tempfile::tempdir().unwrap();
        let mut options = SqliteOptions::new(folder.path().join("gateway.sqlite"));
        options.size_limit_bytes = limit;
        let store = SqliteStore::open(&options).unwrap();
        let metrics = Arc::new(Metrics::new(&Telemetry { max_unknown_codes: 20 }));
        let hosts: Vec<_> = entries
            .iter()
            .map(|entry| {
                let mut settings = HostSettings::at(Sandbox::base_url(carriers_at, entry.id()));
                agree(&mut settings);
                let transport = Arc::new(transport());
                let (machine, metrics) = (Arc::clone(&machine), Arc::clone(&metrics));
                CarrierHost::new(entry, settings, transport, machine, Arc::new(NoCheckpoint), metrics)
            })
            .collect();
        let sealer = Sealer::new(&SealKey::generate().unwrap(), &[]);
        let gateway = Gateway::new(
            Arc::new(store),
            Carriers::new(hosts),
            Clocks::one(machine),
            sealer.clone(),
            Arc::new(ExchangeRates::new(exchange_rates())),
            use_cases,
            Arc::new(NoCheckpoint),
            Arc::clone(&metrics),
        );
        for tenant in linked {
            link_all(&gateway, &sandbox, tenant).await;
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let tls = settings.tls.is_some();
        let api = Api {
            gateway: Arc::clone(&gateway),
            callers: Arc::new(Callers::new(callers)),
            metrics: Arc::clone(&metrics),
        };
        let (stop, mut stopped) = watch::channel(false);
        let stopping = async move {
            // The sender lives as long as what is served.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        };
        tokio::spawn(serve(api, settings, listener, stopping));
        let scheme = if tls { "https" } else { "http" };
        let channel = Endpoint::from_shared(format!("{scheme}://{address}")).unwrap().connect_lazy();
        Self { sandbox, gateway, clock, channel, address, metrics, sealer, stop, _folder: folder }
    }

    pub(crate) fn shipping(&self) -> ShippingServiceClient<Channel> {
        ShippingServiceClient::new(self.channel.clone())
    }

    pub(crate) fn carriers(&self) -> CarrierServiceClient<Channel> {
        CarrierServiceClient::new(self.channel.clone())
    }

    pub(crate) fn operators(&self) -> OperatorServiceClient<Channel> {
        OperatorServiceClient::new(self.channel.clone())
    }

    pub(crate) fn customs(&self) -> CustomsServiceClient<Channel> {
        CustomsServiceClient::new(self.channel.clone())
    }

    pub(crate) fn events(&self) -> EventServiceClient<Channel> {
        EventServiceClient::new(self.channel.clone())
    }

    pub(crate) fn protections(&self) -> ProtectionServiceClient<Channel> {
        ProtectionServiceClient::new(self.channel.clone())
    }

    pub(crate) fn performances(&self) -> PerformanceServiceClient<Channel> {
        PerformanceServiceClient::new(self.channel.clone())
    }

    pub(crate) fn marketplaces(&self) -> MarketplaceServiceClient<Channel> {
        MarketplaceServiceClient::new(self.channel.clone())
    }

    /// Asks the server to stop, as a signal does.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// How many labels the simulated carriers made in all.
    pub(crate) fn labels_made(&self) -> usize {
        let ids: Vec<_> = self.sandbox.carriers().collect();
        ids.into_iter().map(|id| self.sandbox.world(id).unwrap().shipments.len()).sum()
    }
}

async fn link_all(gateway: &Gateway, sandbox: &Sandbox, tenant: &TenantId) {
    let ids: Vec<_> = sandbox.carriers().collect();
    for carrier in ids {
        let sample = sandbox.account(carrier).unwrap();
        let account = NewAccount {
            id: format!("{carrier}-demo"),
            carrier: carrier.to_owned(),
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
        gateway.link_account(tenant, account).await.unwrap();
    }
}

fn transport() -> HttpTransport {
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let connect_timeout = Duration::from_secs(5);
    HttpTransport::new(&TransportSettings { connect_timeout, max_body: 16 << 20, tls: Arc::new(tls) })
}

fn exchange_rates() -> RateTable {
    let rate =
        |code: &str, units: i64, scale: u32| (Currency::parse(code).unwrap(), Decimal::new(units, scale));
    let rates = [rate("GBP", 86, 2), rate("USD", 115, 2), rate("CAD", 160, 2), rate("NOK", 117, 1)];
    RateTable::fixed("a fixed table of the tests", jiff::civil::date(2026, 9, 1), &rates)
}
