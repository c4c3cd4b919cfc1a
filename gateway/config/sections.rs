//! The sections of the gateway itself, with their defaults and ranges.
//! It must hold no rule that spans two sections: those stand in `rules`. Start at any section.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::error::Origin;
use super::reader::Section;
use super::value::ByteSize;

/// The listeners.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Server {
    /// Where callers come in.
    pub grpc: Grpc,
    /// Where operators come in.
    pub admin: Admin,
    /// How long calls in flight may still run when the gateway stops.
    pub drain_time: Duration,
}

/// The gRPC listener.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Grpc {
    /// Its address.
    pub listen: SocketAddr,
    /// Its certificate; without one it speaks plaintext.
    pub tls: Option<GrpcTls>,
    /// Whether plaintext is allowed off loopback: only where a mesh encrypts.
    pub allow_plaintext: bool,
}

/// Files of the gRPC listener's TLS, in PEM.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GrpcTls {
    /// Certificate chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// Private key of that certificate.
    pub key: PathBuf,
    /// Authorities of callers' certificates; when given, a caller must have one.
    pub client_ca: Option<PathBuf>,
}

/// The admin listener, plain HTTP.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Admin {
    /// Its address.
    pub listen: SocketAddr,
    /// Whether it may listen off loopback: only where the network keeps others out.
    pub allow_plaintext: bool,
}

pub(super) fn server(root: &mut Section<'_>) -> Server {
    let mut section = root.section("server");
    let mut grpc = section.section("grpc");
    let listen = grpc.value("listen", loopback(50051));
    let tls = grpc_tls(&mut grpc);
    let read_grpc = Grpc { listen, tls, allow_plaintext: grpc.value("allow_plaintext", false) };
    grpc.finish();
    let mut admin = section.section("admin");
    let read_admin = Admin {
        listen: admin.value("listen", loopback(9090)),
        allow_plaintext: admin.value("allow_plaintext", false),
    };
    admin.finish();
    let drain_time = section.within("drain_time", seconds(30), Duration::ZERO..=seconds(3600));
    section.finish();
    Server { grpc: read_grpc, admin: read_admin, drain_time }
}

fn grpc_tls(grpc: &mut Section<'_>) -> Option<GrpcTls> {
    let given = grpc.has("tls");
    let mut tls = grpc.section("tls");
    if !given {
        grpc.reader.row(tls.path, "none".to_owned(), Origin::Default);
        return None;
    }
    let (certificate, key) = (tls.required("certificate"), tls.required("key"));
    let client_ca = tls.optional("client_ca");
    tls.finish();
    Some(GrpcTls { certificate: certificate?, key: key?, client_ca })
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

/// What one call may ask for.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Longest message in or out.
    pub max_message_bytes: ByteSize,
    /// Deadline of a call that has none.
    pub default_deadline: Duration,
    /// Longest deadline that a caller is granted.
    pub max_deadline: Duration,
    /// Most parcels in one shipment.
    pub max_parcels: u32,
    /// Most items in one shipment.
    pub max_items: u32,
}

pub(super) fn limits(root: &mut Section<'_>) -> Limits {
    let mut section = root.section("limits");
    let limits = Limits {
        max_message_bytes: section.within(
            "max_message_bytes",
            ByteSize(4 << 20),
            ByteSize(64 << 10)..=ByteSize(64 << 20),
        ),
        default_deadline: section.within("default_deadline", seconds(30), seconds(1)..=seconds(600)),
        max_deadline: section.within("max_deadline", seconds(120), seconds(1)..=seconds(600)),
        max_parcels: section.within("max_parcels", 200, 1..=1000),
        max_items: section.within("max_items", 1000, 1..=10_000),
    };
    section.finish();
    limits
}

/// How offers are gathered.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Rates {
    /// Longest time that one carrier is waited for.
    pub carrier_budget: Duration,
    /// What is kept back of the caller's deadline to answer in.
    pub margin: Duration,
    /// Longest time that an offer stays valid, whatever its carrier grants.
    pub max_quote_lifetime: Duration,
}

pub(super) fn rates(root: &mut Section<'_>) -> Rates {
    let mut section = root.section("rates");
    let millis = Duration::from_millis;
    let rates = Rates {
        carrier_budget: section.within("carrier_budget", seconds(8), millis(100)..=seconds(120)),
        margin: section.within("margin", millis(60), Duration::ZERO..=seconds(10)),
        max_quote_lifetime: section.within(
            "max_quote_lifetime",
            seconds(3600),
            seconds(60)..=seconds(86_400),
        ),
    };
    section.finish();
    rates
}

/// Which authorities a carrier's certificate must come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Roots {
    /// Mozilla's list, compiled in.
    Webpki,
    /// The certificates of this PEM file, and no others.
    File(PathBuf),
}

/// How carriers' certificates are checked.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct CarrierTls {
    /// The authorities.
    pub roots: Roots,
    /// PEM files of more authorities.
    pub extra_ca: Vec<PathBuf>,
}

pub(super) fn carrier_tls(root: &mut Section<'_>) -> CarrierTls {
    let mut section = root.section("tls");
    let tls = CarrierTls {
        roots: section.value("roots", Roots::Webpki),
        extra_ca: section.list("extra_ca", "a list of paths"),
    };
    section.finish();
    tls
}

/// How log lines look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Log {
    /// Filter directives (`info`, `parcelgate=debug,info`).
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
}

/// The variable that sets the log filter without a key.
const LOG_VARIABLE: &str = "PARCELGATE_LOG";

pub(super) fn log(root: &mut Section<'_>, environment: &BTreeMap<String, String>) -> Log {
    let mut section = root.section("log");
    let mut level = section.value("level", "info".to_owned());
    let path = section.key("level");
    if let Some(filter) = environment.get(LOG_VARIABLE).filter(|filter| !filter.is_empty()) {
        level = filter.clone();
        section.reader.replace_row(&path, &level, Origin::Environment(Arc::from(LOG_VARIABLE)));
    }
    if tracing_subscriber::EnvFilter::try_new(&level).is_err() {
        let problem = format!(
            "is `{}`; it takes a level, as in `info` or `parcelgate=debug,info`",
            level.escape_debug()
        );
        section.reader.error_at(&path, problem);
    }
    let format = section.value("format", LogFormat::Text);
    section.finish();
    Log { level, format }
}

/// What is measured.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Telemetry {
    /// Most unknown tracking codes that are counted by name, per carrier; the
    /// rest are counted together.
    pub max_unknown_codes: u32,
}

pub(super) fn telemetry(root: &mut Section<'_>) -> Telemetry {
    let mut section = root.section("telemetry");
    let telemetry = Telemetry { max_unknown_codes: section.within("max_unknown_codes", 50, 0..=1000) };
    section.finish();
    telemetry
}
