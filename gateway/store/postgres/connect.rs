//! The way to a PostgreSQL server: its address, what a connection is set to, and what is read back before it is trusted.
//!
//! It never goes to another machine without TLS, and never shows the password. Start at [`Way::new`].

use std::future::poll_fn;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use secrecy::ExposeSecret;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{oneshot, watch};
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};
use tokio_postgres::{AsyncMessage, Client, Config, Connection, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::PostgresOptions;
use super::failure::{Failure, words};
use crate::store::{Result, StoreError};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a call waits for a connection of the pool.
const WAIT: Duration = Duration::from_secs(5);
/// How long bytes may stay unacknowledged before the connection counts as broken.
const UNACKNOWLEDGED: Duration = Duration::from_secs(15);
/// Silence after which the other end is asked whether it still lives.
const SILENCE: Duration = Duration::from_secs(10);
/// The oldest server whose functions this room calls, as it numbers itself.
const OLDEST: i32 = 140_000;

/// What every connection is set to. A commit is on the disk before it is answered; nobody waits for a lock without end;
/// a gateway that stopped in the middle of a transaction does not keep the others from its rows.
const SETTINGS: &str = "-c synchronous_commit=on -c default_transaction_isolation=read\\ committed \
     -c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=10s \
     -c client_min_messages=warning";

/// The way to the server.
#[derive(Clone)]
pub(super) struct Way {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

/// A connection of one's own.
pub(super) struct Session {
    /// The connection.
    pub(super) client: ClientWrapper,
    /// Ends with the connection.
    pub(super) ended: oneshot::Receiver<()>,
}

impl Way {
    /// Reads where the server is.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the address is none, holds a password, or leads to another machine without TLS.
    pub(super) fn new(options: &PostgresOptions) -> Result<Way> {
        let wrong = |what: &str| StoreError::Io { what: format!("the store's `url` {what}") };
        let mut config: Config = options.url.parse().map_err(|error: tokio_postgres::Error| {
            wrong(&format!("is no address of a postgresql server: {}", words(&error)))
        })?;
        if config.get_password().is_some() {
            return Err(wrong("holds a password: give it as `password` by reference instead"));
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(wrong("names no host: write `postgresql://user@host/database`"));
        }
        let far = config.get_hosts().iter().any(is_far)
            || config.get_hostaddrs().iter().any(|address| !address.is_loopback());
        let tls = options.tls.as_ref().map(|tls| MakeRustlsConnect::new(tls.as_ref().clone()));
        match config.get_ssl_mode() {
            SslMode::Disable if far => {
                return Err(wrong(
                    "goes to another machine with `sslmode=disable`: passwords and labels are sent over TLS alone",
                ));
            }
            // Both ends are this machine: what listens there seldom has a certificate of its own.
            SslMode::Prefer if !far => {
                config.ssl_mode(SslMode::Disable);
            }
            SslMode::Disable => {}
            _ if tls.is_none() => return Err(wrong("needs TLS, and no authorities are given for it")),
            _ => {
                config.ssl_mode(SslMode::Require);
            }
        }
        if let Some(password) = &options.password {
            config.password(password.expose_secret());
        }
        let given = config.get_options().map(|given| format!("{given} ")).unwrap_or_default();
        config.options(format!("{given}{SETTINGS}"));
        config.connect_timeout(CONNECT).tcp_user_timeout(UNACKNOWLEDGED).keepalives_idle(SILENCE);
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        if config.get_application_name().is_none() {
            config.application_name("parcelgate");
        }
        Ok(Way { config, tls })
    }

    /// The hosts and the database, for messages.
    pub(super) fn shown(&self) -> String {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        });
        let hosts: Vec<_> = hosts.collect();
        let database = self.config.get_dbname().or(self.config.get_user()).unwrap_or_default();
        format!("{database} at {}", hosts.join(", "))
    }

    /// Connections that calls share.
    ///
    /// # Errors
    /// [`StoreError::Io`] when there is no runtime to run them in.
    pub(super) fn pool(&self, connections: u32) -> Result<Pool> {
        let settings = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match &self.tls {
            Some(tls) => Manager::from_config(self.config.clone(), tls.clone(), settings),
            None => Manager::from_config(self.config.clone(), NoTls, settings),
        };
        Pool::builder(manager)
            .max_size(usize::try_from(connections).unwrap_or(usize::MAX).max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(CONNECT.saturating_mul(2)))
            .build()
            .map_err(|error| StoreError::io("make a pool of connections", &error))
    }

    /// A connection of one's own. Each notification on it changes `told`.
    pub(super) async fn session(&self, told: &watch::Sender<u64>) -> std::result::Result<Session, Failure> {
        let (done, ended) = oneshot::channel();
        let told = told.clone();
        let connecting = async {
            Ok::<_, tokio_postgres::Error>(match &self.tls {
                Some(tls) => {
                    let (client, connection) = self.config.connect(tls.clone()).await?;
                    (client, tokio::spawn(drive(connection, told, done)))
                }
                None => {
                    let (client, connection) = self.config.connect(NoTls).await?;
                    (client, tokio::spawn(drive(connection, told, done)))
                }
            })
        };
        // The time for one host is the driver's; several hosts have it one after the other.
        let connected = tokio::time::timeout(CONNECT.saturating_mul(2), connecting).await;
        let (client, task) = connected.map_err(|_| Failure::Lost("nobody answers in time".to_owned()))??;
        Ok(Session { client: ClientWrapper::new(client, task), ended })
    }
}

fn is_far(host: &Host) -> bool {
    match host {
        Host::Unix(path) => !Path::is_absolute(path),
        Host::Tcp(name) => {
            name != "localhost" && !name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

/// Moves the bytes of a connection until it ends.
async fn drive<S, T>(mut connection: Connection<S, T>, told: watch::Sender<u64>, _done: oneshot::Sender<()>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            Ok(AsyncMessage::Notification(_)) => told.send_modify(|times| *times = times.wrapping_add(1)),
            Ok(_) => {}
            Err(error) => {
                tracing::debug!(error = words(&error), "a connection to postgresql ended");
                break;
            }
        }
    }
}

/// Reads back what the promise of durability rests on.
///
/// # Errors
/// [`StoreError::Io`] that names the setting, where a server or a pooler between does not keep it.
pub(super) async fn trust(client: &Client) -> Result<()> {
    let read = "SELECT current_setting('synchronous_commit') AS synchronous_commit, \
         current_setting('fsync') AS fsync, \
         current_setting('default_transaction_isolation') AS default_transaction_isolation, \
         current_setting('server_encoding') AS server_encoding, \
         current_setting('server_version_num')::int AS version";
    let row = client.query_one(read, &[]).await.map_err(|error| Failure::from(error).unstored())?;
    let wrong = |what: String| StoreError::Io { what: format!("postgresql {what}") };
    let version: i32 = row.try_get("version").map_err(|error| wrong(words(&error)))?;
    if version < OLDEST {
        return Err(wrong(format!("is version {version}: version 14 is the oldest that will do")));
    }
    let kept = [
        ("synchronous_commit", "on"),
        ("fsync", "on"),
        ("default_transaction_isolation", "read committed"),
        ("server_encoding", "UTF8"),
    ];
    for (name, wanted) in kept {
        let found: String = row.try_get(name).map_err(|error| wrong(words(&error)))?;
        if found != wanted {
            return Err(wrong(format!(
                "keeps `{name}` at `{found}` where a purchase must be safe with `{wanted}`: set it so on the server, \
                 and connect to it directly"
            )));
        }
    }
    Ok(())
}

/// Which of the server's processes serves a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Backend {
    process: i32,
    since: String,
}

impl Backend {
    /// The process that serves this connection.
    pub(super) async fn of(client: &Client) -> std::result::Result<Backend, Failure> {
        let read =
            "SELECT pid, backend_start::text AS since FROM pg_stat_activity WHERE pid = pg_backend_pid()";
        let row = client.query_one(read, &[]).await?;
        Ok(Backend { process: row.try_get("pid")?, since: row.try_get("since")? })
    }

    /// Ends what is left of a broken connection, so that what it had not committed never will be.
    ///
    /// # Errors
    /// [`Failure::Lost`] when it still runs.
    pub(super) async fn end(&self, client: &Client) -> std::result::Result<(), Failure> {
        let end = "SELECT pg_terminate_backend(pid, 5000) AS over FROM pg_stat_activity
                   WHERE pid = $1 AND backend_start::text = $2";
        let row = client.query_opt(end, &[&self.process, &self.since]).await?;
        match row.map(|row| row.try_get::<_, bool>("over")).transpose()? {
            Some(false) => Err(Failure::Lost("the broken connection still runs on the server".to_owned())),
            _ => Ok(()),
        }
    }
}

/// TLS as the server's clients speak it: no protocol is named in the handshake.
pub(super) fn without_protocols(tls: rustls::ClientConfig) -> Arc<rustls::ClientConfig> {
    let mut tls = tls;
    tls.alpn_protocols.clear();
    Arc::new(tls)
}
