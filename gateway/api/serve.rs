//! The gRPC server: services, reflection, health, limits, TLS.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::service::{Routes, RoutesBuilder};
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Server, ServerTlsConfig};

use super::caller::Deadlines;
use super::carrier::Carrier;
use super::customs::Customs;
use super::events::Events;
use super::marketplace;
use super::measure::Measured;
use super::operator::Operators;
use super::performance;
use super::protection;
use super::proto::DESCRIPTOR_SET;
use super::proto::v1::carrier_service_server::CarrierServiceServer;
use super::proto::v1::customs_service_server::CustomsServiceServer;
use super::proto::v1::event_service_server::EventServiceServer;
use super::proto::v1::operator_service_server::OperatorServiceServer;
use super::proto::v1::shipping_service_server::ShippingServiceServer;
use super::read::Limits;
use super::shipping::Shipping;
use crate::shipping::{Gateway, Pace};
use crate::telemetry::Metrics;
use crate::tenancy::Callers;

/// What health is told of; the empty name is the server as a whole.
const SERVICES: [&str; 9] = [
    "",
    "parcelgate.v1.ShippingService",
    "parcelgate.v1.CarrierService",
    "parcelgate.v1.CustomsService",
    "parcelgate.v1.EventService",
    "parcelgate.v1.MarketplaceService",
    "parcelgate.v1.PerformanceService",
    "parcelgate.v1.ProtectionService",
    "parcelgate.v1.OperatorService",
];

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct ApiSettings {
    /// Longest message taken, bytes.
    pub max_message: usize,
    /// How much one request may hold.
    pub limits: Limits,
    /// How long a call may take when its caller does not say.
    pub usual_deadline: Duration,
    /// How long a call may take at most.
    pub longest_deadline: Duration,
    /// Calls under way at once on one connection; more wait.
    pub calls_per_connection: usize,
    /// How event streams behave in time.
    pub events: Pace,
    /// How long a watcher of parcels is told nothing before a sign of life.
    pub watch_heartbeat: Duration,
    /// Certificate and key, and the CA of callers for mutual TLS.
    pub tls: Option<ServerTlsConfig>,
}

impl Default for ApiSettings {
    fn default() -> Self {
        Self {
            max_message: 4 * 1024 * 1024,
            limits: Limits::default(),
            usual_deadline: Duration::from_secs(15),
            longest_deadline: Duration::from_secs(120),
            calls_per_connection: 256,
            events: Pace::default(),
            watch_heartbeat: Duration::from_secs(60),
            tls: None,
        }
    }
}

/// What is served, and to whom.
#[derive(Clone)]
pub struct Api {
    /// The use cases.
    pub gateway: Arc<Gateway>,
    /// Who may call.
    pub callers: Arc<Callers>,
    /// Where calls are counted.
    pub metrics: Arc<Metrics>,
}

/// Serves until `stop` is done, then lets running calls finish.
///
/// # Errors
/// When the listener or its TLS set-up fails.
pub async fn serve(
    api: Api,
    settings: ApiSettings,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send,
) -> anyhow::Result<()> {
    let (stop_streams, stopped) = watch::channel(false);
    let services = services(&api, &settings, stopped)?;
    let (health, health_service) = tonic_health::server::health_reporter();
    tell(&health, tonic_health::ServingStatus::Serving).await;
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let mut server = Server::builder()
        .layer(Measured(api.metrics))
        .concurrency_limit_per_connection(settings.calls_per_connection)
        .http2_max_header_list_size(Some(32 * 1024))
        .http2_keepalive_interval(Some(Duration::from_secs(30)));
    if let Some(tls) = settings.tls {
        server = server.tls_config(tls)?;
    }
    let stopping = async move {
        stop.await;
        // Load balancers are told before the listener closes.
        tell(&health, tonic_health::ServingStatus::NotServing).await;
        stop_streams.send_replace(true);
    };
    server
        .add_routes(services)
        .add_service(health_service)
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?)
        // Without it an answer waits up to 40 ms for the caller's delayed ACK.
        .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), stopping)
        .await?;
    Ok(())
}

/// Every service of the contract. Streams end once `stopped` holds true.
fn services(api: &Api, settings: &ApiSettings, stopped: watch::Receiver<bool>) -> anyhow::Result<Routes> {
    let Api { gateway, callers, .. } = api;
    let both = || (Arc::clone(gateway), Arc::clone(callers));
    let (limits, most) = (settings.limits, settings.max_message);
    let mut routes = RoutesBuilder::default();
    let (gateway, callers) = both();
    let shipping = Shipping {
        gateway,
        callers,
        deadlines: Deadlines { usual: settings.usual_deadline, longest: settings.longest_deadline },
        limits,
        heartbeat: settings.watch_heartbeat,
        stopped: stopped.clone(),
    };
    routes.add_service(ShippingServiceServer::new(shipping).max_decoding_message_size(most));
    let (gateway, callers) = both();
    let carriers = Carrier::new(gateway, callers)?;
    routes.add_service(CarrierServiceServer::new(carriers).max_decoding_message_size(most));
    let (gateway, callers) = both();
    let customs = Customs { gateway, callers, limits };
    routes.add_service(CustomsServiceServer::new(customs).max_decoding_message_size(most));
    let (gateway, callers) = both();
    let events = Events::new(&gateway, &callers, settings.events, stopped);
    routes.add_service(EventServiceServer::new(events).max_decoding_message_size(most));
    routes.add_service(marketplace::server(&gateway, &callers, most));
    routes.add_service(performance::server(&gateway, &callers, most));
    routes.add_service(protection::server(&gateway, &callers, most));
    let operators = Operators { gateway, callers };
    routes.add_service(OperatorServiceServer::new(operators).max_decoding_message_size(most));
    Ok(routes.routes())
}

/// Tells whoever asks for the health of a service how all of them stand.
async fn tell(health: &tonic_health::server::HealthReporter, status: tonic_health::ServingStatus) {
    for name in SERVICES {
        health.set_service_status(name, status).await;
    }
}
