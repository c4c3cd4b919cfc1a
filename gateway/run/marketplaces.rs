//! Marketplaces as they are configured, with their connectors.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::api;
use crate::carriers::{Clock, HttpTransport, TransportSettings};
use crate::config::{CarrierTls, Config, MarketplaceEntry};
use crate::marketplace::amazon::sim::AmazonSim;
use crate::marketplace::amazon::{self, Amazon};
use crate::marketplace::{Marketplace, MarketplaceSink, Marketplaces, Policies, Uploader, UploaderClocks};
use crate::sandbox::Sandbox;
use crate::seal::Sealer;
use crate::shipping::Clocks;
use crate::store::Store;
use crate::tenancy::TenantId;
use crate::tls;

/// Longest answer of a marketplace, bytes.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Every configured marketplace.
///
/// # Errors
/// The section that makes no connector, and why.
pub(crate) fn marketplaces(config: &Config, clock: &Arc<dyn Clock>) -> Result<Marketplaces> {
    let policies = Policies::built_in().context("the table of moments")?;
    let one = |entry: &MarketplaceEntry| {
        let sink = sink(config, entry, clock)
            .with_context(|| format!("marketplace `{}` ({})", entry.id, entry.origin))?;
        Ok(Marketplace {
            id: entry.id.clone(),
            tenant: entry.tenant.clone(),
            names: entry.names.clone(),
            policy: entry.policy.clone(),
            sink,
        })
    };
    let all = config.marketplaces.iter().map(one).collect::<Result<Vec<_>>>()?;
    Ok(Marketplaces::new(all, policies))
}

fn sink(
    config: &Config,
    entry: &MarketplaceEntry,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn MarketplaceSink>> {
    match entry.kind.as_str() {
        api::SINK => {
            if let Some(name) = entry.settings.keys().chain(entry.secrets.keys()).next() {
                bail!("`{name}` is no setting of this kind of marketplace; there are none");
            }
            let tls =
                entry.url.is_https().then(|| tls::marketplace_client(&config.tls, &entry.tls)).transpose()?;
            Ok(Arc::new(api::GrpcSink::new(entry.url.as_str(), tls)?))
        }
        amazon::NAME => {
            if entry.tls.identity.is_some() {
                bail!("`tls.certificate` is nothing that this kind of marketplace asks for; leave it out");
            }
            let transport = transport(&config.tls, entry.tls.ca.as_deref())?;
            let settings = amazon::Settings::read(entry.url.as_str(), &entry.settings)?;
            let credentials = amazon::Credentials::read(&entry.secrets)?;
            Ok(Arc::new(Amazon::new(settings, credentials, Arc::new(transport), Arc::clone(clock))?))
        }
        other => {
            bail!("`kind` is `{other}`, which is none; there are `{}` and `{}`", api::SINK, amazon::NAME)
        }
    }
}

/// Under which name orders mean the sandbox's marketplace, and under which it is served.
const SIMULATED: &str = "amazon-sandbox";

/// The sandbox with a simulated marketplace in it, which knows every order.
pub(super) fn beside(sandbox: Sandbox) -> Sandbox {
    sandbox.beside(SIMULATED, Arc::new(AmazonSim::knowing_all()))
}

/// The sandbox's marketplace, for the demo tenant.
pub(super) fn simulated(
    sandbox: &Sandbox,
    at: SocketAddr,
    tls: &CarrierTls,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Marketplace>> {
    let Some(sample) = sandbox.account(SIMULATED) else { return Ok(None) };
    let url = Sandbox::base_url(at, SIMULATED);
    let mut settings: BTreeMap<_, _> =
        sample.settings.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    settings.insert("token_url".to_owned(), format!("{url}/auth/o2/token"));
    let secrets = sample.secrets.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let transport = transport(tls, None)?;
    let settings = amazon::Settings::read(&url, &settings)?;
    let credentials = amazon::Credentials::read(&secrets)?;
    Ok(Some(Marketplace {
        id: SIMULATED.to_owned(),
        tenant: TenantId::demo(),
        names: vec![SIMULATED.to_owned()],
        policy: amazon::NAME.to_owned(),
        sink: Arc::new(Amazon::new(settings, credentials, Arc::new(transport), Arc::clone(clock))?),
    }))
}

fn transport(tls: &CarrierTls, own_ca: Option<&Path>) -> Result<HttpTransport> {
    Ok(HttpTransport::new(&TransportSettings {
        connect_timeout: Duration::from_secs(5),
        max_body: LONGEST_ANSWER,
        tls: Arc::new(tls::carrier_client(tls, own_ca)?),
    }))
}

/// Starts the worker that tells them, where there is any.
pub(super) fn upload(
    marketplaces: &Arc<Marketplaces>,
    store: &Arc<dyn Store>,
    clocks: &Clocks,
    sealer: &Sealer,
    stopped: &watch::Receiver<bool>,
    tasks: &mut JoinSet<Result<()>>,
) {
    if marketplaces.is_empty() {
        return;
    }
    let clocks = UploaderClocks { work: Arc::clone(&clocks.work), lease: Arc::clone(&clocks.lease) };
    let uploader = Uploader::new(Arc::clone(store), Arc::clone(marketplaces), clocks, sealer.clone());
    let uploading = uploader.keep_uploading(stopped.clone());
    tasks.spawn(async move {
        uploading.await;
        Ok(())
    });
}
