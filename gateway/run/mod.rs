//! Puts a gateway together from its configuration and runs it.
//!
//! The order of the start is: seal key, store, carriers, accounts, listeners;
//! the order of the end is its reverse. No decision is made here. Start with
//! [`start`].

mod carriers;
mod clocks;
pub(crate) mod exchange;
mod failpoints;
mod following;
pub(crate) mod marketplaces;
mod signing;
pub(crate) mod storage;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use parcelgate_kit::carrier::Entry;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::admin::{self, Admin};
use crate::api::{self, Api, ApiSettings};
use crate::carriers::Clock;
use crate::config::{Config, KnownCarrier};
use crate::marketplace::Marketplaces;
use crate::sandbox::{Sandbox, SandboxClock};
use crate::shipping::{Clocks, Gateway, NewAccount, Settings};
use crate::telemetry::Metrics;
use crate::tenancy::{Callers, TenantId};
use crate::tls;

/// The carriers that are compiled in, as the configuration knows them.
pub fn known_carriers(entries: &[Entry]) -> Vec<KnownCarrier<'static>> {
    let known = |entry: &Entry| {
        let descriptor = entry.carrier.descriptor();
        KnownCarrier { id: descriptor.id, base_url: descriptor.base_url }
    };
    entries.iter().map(known).collect()
}

/// Simulated carriers beside the gateway.
#[derive(Clone, Copy, Debug)]
pub struct WithSandbox {
    /// The same seed gives the same numbers.
    pub seed: u64,
    /// How much faster than the machine's its clock runs.
    pub speed: f64,
}

/// A gateway that runs.
pub struct Running {
    /// Where callers come in.
    pub grpc: SocketAddr,
    /// Where operators come in.
    pub admin: SocketAddr,
    /// Where carriers push to.
    pub hooks: SocketAddr,
    /// The simulated carriers and where they answer.
    pub sandbox: Option<(Sandbox, SocketAddr)>,
    gateway: Arc<Gateway>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<Result<()>>,
    drain_time: Duration,
}

/// Starts everything that `config` asks for.
///
/// # Errors
/// The part that could not be started, and why.
pub async fn start(config: Config, with_sandbox: Option<WithSandbox>) -> Result<Running> {
    let entries = parcelgate_adapters::all();
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();

    let sealer = storage::sealer(&config.store)?;
    let store = storage::open(&config.store).await?;
    let (machine, lease) = clocks::of_store(&config.store, &store, &stopped, &mut tasks).await?;

    let (clock, sandbox) = match with_sandbox {
        Some(with) => simulate(with, &entries, machine, &stopped, &mut tasks).await?,
        None => (machine, None),
    };
    let metrics = Arc::new(Metrics::new(&config.telemetry));
    let rates =
        exchange::rates(&config, sandbox.is_some(), &store, &clock, &metrics, &stopped, &mut tasks).await?;
    let at = sandbox.as_ref().map(|(_, address)| *address);
    let checkpoint = failpoints::checkpoint()?;
    let hosts = carriers::hosts(&config, &entries, at, &clock, &checkpoint, &metrics)?;
    let clocks = Clocks { work: clock, lease };
    let mut marketplaces = marketplaces::marketplaces(&config, &clocks.work)?;
    if let Some((sandbox, at)) = &sandbox {
        marketplaces.extend(marketplaces::simulated(sandbox, *at, &config.tls, &clocks.work)?);
    }
    let marketplaces = Arc::new(marketplaces);
    marketplaces::upload(&marketplaces, &store, &clocks, &sealer, &metrics, &stopped, &mut tasks);
    let gateway = Gateway::new(
        Arc::clone(&store),
        hosts,
        clocks,
        sealer,
        rates,
        Settings { signing_key: signing::key(&config)?, ..use_cases(&config, marketplaces) },
        checkpoint,
        Arc::clone(&metrics),
    );
    link_accounts(&gateway, &config, sandbox.as_ref().map(|(sandbox, _)| sandbox)).await?;

    let listener = bind(config.server.grpc.listen, "gRPC").await?;
    let grpc = listener.local_addr()?;
    let api = Api {
        gateway: Arc::clone(&gateway),
        callers: Arc::new(Callers::new(&config.tenants).with_operators(&config.operators)),
        metrics: Arc::clone(&metrics),
    };
    tasks.spawn(api::serve(api, api_settings(&config)?, listener, until(stopped.clone())));
    let listener = bind(config.server.admin.listen, "admin").await?;
    let admin_at = listener.local_addr()?;
    let served = admin::serve(Admin { store, metrics }, listener, until(stopped.clone()));
    tasks.spawn(async move { Ok(served.await?) });
    let hooks_at = following::start(&gateway, &config, &stopped, &mut tasks).await?;
    let recovering = Arc::clone(&gateway).keep_recovering(config.purchases.recover_every, stopped.clone());
    let house = Arc::clone(&gateway).keep_house(stopped.clone());
    let measuring = Arc::clone(&gateway).keep_measuring(stopped.clone());
    let checking = Arc::clone(&gateway).keep_checking(stopped);
    tasks.spawn(async move {
        futures::future::join4(recovering, house, measuring, checking).await;
        Ok(())
    });
    Ok(Running {
        grpc,
        admin: admin_at,
        hooks: hooks_at,
        sandbox,
        gateway,
        stop,
        tasks,
        drain_time: config.server.drain_time,
    })
}

/// How the use cases are to behave.
fn use_cases(config: &Config, marketplaces: Arc<Marketplaces>) -> Settings {
    Settings {
        rate_budget: config.rates.carrier_budget,
        rate_margin: config.rates.margin,
        quote_lifetime: config.rates.max_quote_lifetime,
        purchase_budget: config.purchases.budget,
        lease: config.purchases.lease,
        key_lifetime: config.purchases.key_lifetime,
        journal_retention: config.purchases.journal_retention,
        per_tenant: usize::try_from(config.purchases.per_tenant).unwrap_or(usize::MAX),
        tracking: following::tracker(&config.tracking),
        marketplaces,
        signing_key: None,
    }
}

/// How the gRPC server is to behave.
fn api_settings(config: &Config) -> Result<ApiSettings> {
    Ok(ApiSettings {
        max_message: usize::try_from(config.limits.max_message_bytes.0).unwrap_or(usize::MAX),
        limits: api::Limits {
            parcels: usize::try_from(config.limits.max_parcels).unwrap_or(usize::MAX),
            items: usize::try_from(config.limits.max_items).unwrap_or(usize::MAX),
        },
        usual_deadline: config.limits.default_deadline,
        longest_deadline: config.limits.max_deadline,
        tls: config.server.grpc.tls.as_ref().map(tls::grpc_server).transpose()?,
        ..ApiSettings::default()
    })
}

/// Starts the simulated carriers; the gateway then lives by their clock.
async fn simulate(
    with: WithSandbox,
    entries: &[Entry],
    machine: Arc<dyn Clock>,
    stopped: &watch::Receiver<bool>,
    tasks: &mut JoinSet<Result<()>>,
) -> Result<(Arc<dyn Clock>, Option<(Sandbox, SocketAddr)>)> {
    let clock = Arc::new(SandboxClock::new(machine, with.speed));
    let sandbox = marketplaces::beside(Sandbox::new(entries, with.seed, Arc::clone(&clock)));
    let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen for simulated carriers")?;
    let address = listener.local_addr()?;
    let (serving, stopped) = (sandbox.clone(), stopped.clone());
    tasks.spawn(async move { Ok(serving.serve(listener, until(stopped)).await?) });
    Ok((clock, Some((sandbox, address))))
}

impl Running {
    /// Runs until `stop` is done or a part fails, then lets calls finish.
    ///
    /// # Errors
    /// What failed.
    pub async fn run_until(mut self, stop: impl Future<Output = ()>) -> Result<()> {
        let ended = tokio::select! {
            () = stop => None,
            ended = self.tasks.join_next() => ended,
        };
        self.stop.send_replace(true);
        let drained = tokio::time::timeout(self.drain_time, async {
            while self.tasks.join_next().await.is_some() {}
            self.gateway.idle().await;
        });
        if drained.await.is_err() {
            tracing::warn!(
                "calls were still running after the drain time; what they bought is resumed at the next start"
            );
        }
        self.tasks.shutdown().await;
        self.gateway.store().close().await?;
        match ended {
            Some(ended) => ended?,
            None => Ok(()),
        }
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn bind(address: SocketAddr, what: &str) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address} for {what}: is another gateway running there?"))
}

async fn link_accounts(gateway: &Gateway, config: &Config, sandbox: Option<&Sandbox>) -> Result<()> {
    for entry in &config.accounts {
        let account = NewAccount {
            id: entry.id.clone(),
            carrier: entry.carrier.clone(),
            settings: entry.settings.clone(),
            secrets: entry.secrets.clone(),
        };
        let linked = gateway.link_account(&entry.tenant, account).await;
        linked.map_err(crate::shipping::told).with_context(|| format!("account `{}`", entry.id))?;
    }
    let Some(sandbox) = sandbox else { return Ok(()) };
    let tenant = TenantId::demo();
    for carrier in sandbox.carriers() {
        let Some(sample) = sandbox.account(carrier) else { continue };
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
        gateway.link_account(&tenant, account).await.map_err(crate::shipping::told)?;
    }
    Ok(())
}
