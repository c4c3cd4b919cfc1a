//! A gateway process: its configuration, its start, its end, the way to it.
//!
//! Everything that a restart needs lies in [`Site`]; a [`Gateway`] is one life
//! of one process on it.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use parcelgate::api::proto::v1::shipping_service_client::ShippingServiceClient;
use parcelgate::seal::SealKey;
use parcelgate_test_postgres::Server;
use secrecy::ExposeSecret;
use tempfile::TempDir;
use toml::{Table, Value};
use tonic::transport::{Channel, Endpoint};

use crate::carriers::{Carriers, PROGRAM};
use crate::program::Program;

/// How long a gateway's hold on a purchase lasts.
pub(crate) const LEASE: Duration = Duration::from_secs(2);
/// How long a carrier is waited for: patient with a busy machine.
const CARRIER_TIMEOUT: &str = "3s";
/// Longest answer that a caller takes.
const LONGEST_ANSWER: usize = 64 << 20;

/// Where purchases are kept.
#[derive(Clone, Debug)]
pub(crate) enum Keeping {
    /// A file in the site's folder.
    Sqlite,
    /// A database server that several gateways share.
    Postgres(Arc<Server>),
}

impl Keeping {
    /// A database server of one's own; about two seconds.
    pub(crate) fn postgres() -> Result<Self> {
        Ok(Self::Postgres(Arc::new(Server::start()?)))
    }
}

/// A folder with a configuration, and the secrets that it refers to.
pub(crate) struct Site {
    folder: TempDir,
    secrets: Vec<(String, String)>,
}

impl Site {
    /// A site whose gateways ask these carriers.
    pub(crate) fn new(carriers: &Carriers, keeping: &Keeping) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join("data"))?;
        // Many gateways share one key; one alone makes its own beside the file.
        let key = SealKey::generate()?.to_text().expose_secret().to_owned();
        let mut secrets = vec![("CRASH_SEAL_KEY".to_owned(), key)];
        let config = config(carriers, keeping, &folder.path().join("data/gateway.sqlite"), &mut secrets);
        std::fs::write(folder.path().join("gateway.toml"), toml::to_string(&config)?)?;
        Ok(Self { folder, secrets })
    }

    /// The folder of the database alone.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A place for what a test keeps beside the database.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What starts a gateway here.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("serve").arg("--config").arg(self.folder.path().join("gateway.toml"));
        command.current_dir(self.folder.path()).envs(self.secrets.iter().map(|(name, value)| (name, value)));
        command
    }

    /// A gateway that answers.
    pub(crate) async fn start(&self) -> Result<Gateway> {
        Gateway::start(&mut self.command()).await
    }

    /// A gateway that is killed at `passing` of `place`.
    pub(crate) async fn start_to_die_at(&self, place: &str, passing: u32) -> Result<Gateway> {
        let mut command = self.command();
        command.env("PARCELGATE_KILL_AT", format!("{place}:{passing}"));
        Gateway::start(&mut command).await
    }
}

/// One life of a gateway.
pub(crate) struct Gateway {
    /// The process.
    pub(crate) program: Program,
    /// The way to it; every clone shares the connection.
    pub(crate) channel: Channel,
}

impl Gateway {
    /// Starts what `command` says and waits until it listens.
    pub(crate) async fn start(command: &mut Command) -> Result<Self> {
        let (program, address) = Program::start(command, "gRPC on ").await.context("a gateway")?;
        let channel = Endpoint::from_shared(format!("http://{address}"))?.connect_lazy();
        Ok(Self { program, channel })
    }

    /// Its shipping service.
    pub(crate) fn shipping(&self) -> ShippingServiceClient<Channel> {
        shipping(self.channel.clone())
    }
}

/// The shipping service behind a channel.
pub(crate) fn shipping(channel: Channel) -> ShippingServiceClient<Channel> {
    ShippingServiceClient::new(channel).max_decoding_message_size(LONGEST_ANSWER)
}

fn table<const N: usize>(entries: [(&str, Value); N]) -> Table {
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn text(value: impl Into<String>) -> Value {
    Value::String(value.into())
}

fn config(
    carriers: &Carriers,
    keeping: &Keeping,
    file: &std::path::Path,
    secrets: &mut Vec<(String, String)>,
) -> Table {
    let anywhere = || Value::Table(table([("listen", text("127.0.0.1:0"))]));
    let key = Value::Table(table([("env", text("CRASH_SEAL_KEY"))]));
    let store = match keeping {
        Keeping::Sqlite => table([("path", text(file.to_string_lossy()))]),
        Keeping::Postgres(server) => {
            table([("kind", text("postgres")), ("url", text(server.url())), ("seal_key", key)])
        }
    };
    let lease = format!("{}s", LEASE.as_secs());
    let (mut sections, mut accounts) = (Table::new(), Vec::new());
    for entry in &carriers.entries {
        let id = entry.id();
        sections.insert(id.to_owned(), Value::Table(carrier(&carriers.base_url(id), carriers.settle(id))));
        accounts.push(Value::Table(account(entry, secrets)));
    }
    let server = table([("drain_time", text("10s")), ("grpc", anywhere()), ("admin", anywhere())]);
    table([
        ("server", Value::Table(server)),
        ("store", Value::Table(store)),
        ("log", Value::Table(table([("level", text("warn"))]))),
        ("purchases", Value::Table(table([("lease", text(lease)), ("recover_every", text("200ms"))]))),
        ("hooks", Value::Table(table([("listen", text("127.0.0.1:0"))]))),
        ("carriers", Value::Table(sections)),
        ("accounts", Value::Array(accounts)),
    ])
}

/// Patient with failures and quick to settle: what is tested is the crash, not
/// the breaker or the carrier's usual pace.
fn carrier(base_url: &str, settle: Option<Duration>) -> Table {
    let timeouts = table([
        ("connect", text(CARRIER_TIMEOUT)),
        ("attempt", text(CARRIER_TIMEOUT)),
        ("total", text(CARRIER_TIMEOUT)),
    ]);
    let mut section = table([
        ("base_url", text(base_url)),
        ("timeouts", Value::Table(timeouts)),
        ("rate_limit", Value::Table(table([("requests", Value::Integer(100_000))]))),
        ("breaker", Value::Table(table([("failures", Value::Integer(1000))]))),
    ]);
    if let Some(settle) = settle {
        section.insert("settle".to_owned(), text(format!("{}ms", settle.as_millis())));
    }
    section
}

/// The account that the carrier's simulator takes.
fn account(entry: &parcelgate_kit::carrier::Entry, secrets: &mut Vec<(String, String)>) -> Table {
    let sample = entry.sim.account();
    let settings: Table =
        sample.settings.iter().map(|(name, value)| ((*name).to_owned(), text(value.as_str()))).collect();
    let mut references = Table::new();
    for (name, value) in &sample.secrets {
        let variable = format!("CRASH_{}_{name}", entry.id()).to_uppercase();
        references.insert((*name).to_owned(), Value::Table(table([("env", text(variable.as_str()))])));
        secrets.push((variable, (*value).to_owned()));
    }
    table([
        ("id", text(format!("{}-main", entry.id()))),
        ("carrier", text(entry.id())),
        ("settings", Value::Table(settings)),
        ("secrets", Value::Table(references)),
    ])
}
