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
use crate::telemetry::Metrics;
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
    metrics: &Arc<Metrics>,
    stopped: &watch::Receiver<bool>,
    tasks: &mut JoinSet<Result<()>>,
) {
    if marketplaces.is_empty() {
        return;
    }
    let clocks = UploaderClocks { work: Arc::clone(&clocks.work), lease: Arc::clone(&clocks.lease) };
    let uploader = Uploader::new(
        Arc::clone(store),
        Arc::clone(marketplaces),
        clocks,
        sealer.clone(),
        Arc::clone(metrics),
    );
    let uploading = uploader.keep_uploading(stopped.clone());
    tasks.spawn(async move {
        uploading.await;
        Ok(())
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carriers::SystemClock;
    use crate::config::Sources;

    fn read(text: &str) -> std::result::Result<Marketplaces, String> {
        crate::tls::install_provider().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gateway.toml");
        std::fs::write(&file, text).unwrap();
        let variables = ["ID", "SECRET", "REFRESH"].map(|name| (name, "secret value"));
        let loaded = Config::load(Sources::new(&[]).file(file).environment(variables));
        let config = loaded.map_err(|errors| errors.to_string())?.config;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        marketplaces(&config, &clock).map_err(|error| format!("{error:#}"))
    }

    const AMAZON: &str = "
        [[marketplaces]]
        id = 'a'
        kind = 'amazon'
        url = 'https://127.0.0.1:1'
        names = ['market.example', 'M1']
        settings = { marketplace_id = 'M1' }
        secrets = { client_id = { env = 'ID' }, client_secret = { env = 'SECRET' }, refresh_token = { env = 'REFRESH' } }
        ";

    #[tokio::test]
    async fn each_section_makes_its_connector() {
        let text =
            format!("{AMAZON}\n[[marketplaces]]\nid = 'b'\nkind = 'grpc'\nurl = 'http://127.0.0.1:1'\n");
        let all = read(&text).unwrap();
        assert_eq!(all.named("demo", "MARKET.example").map(|one| one.id.as_str()), Some("a"));
        assert_eq!(all.named("demo", "b").map(|one| one.policy.as_str()), Some("grpc"));
        assert!(all.named("other", "b").is_none() && all.named("demo", "a").is_none());
        let offers: Vec<_> = all.iter().map(|one| one.sink.offers().withdraw).collect();
        assert_eq!(offers, [false, true]);
    }

    #[tokio::test]
    async fn what_makes_none_is_named_with_its_section_and_without_a_secret() {
        let cases = [
            (AMAZON.replace("'amazon'", "'amazin'"), "`kind` is `amazin`"),
            (AMAZON.replace("marketplace_id", "market_id"), "`market_id` is no setting"),
            (AMAZON.replace("client_id = { env = 'ID' }, ", ""), "secrets.client_id"),
            (AMAZON.replace("env = 'ID'", "env = 'NONE'"), "NONE"),
            (AMAZON.replace("https://127.0.0.1:1", "http://market.example"), "marketplaces[0].url"),
            (AMAZON.replace("'amazon'", "'grpc'"), "`marketplace_id` is no setting"),
            (format!("{AMAZON}\ntls = {{ key = '/k' }}"), "together"),
            (format!("{AMAZON}{AMAZON}"), "another marketplace"),
            (format!("{AMAZON}\nshop = 1"), "shop"),
        ];
        for (text, words) in cases {
            let error = read(&text).map(|_| ()).unwrap_err();
            assert!(error.contains(words) && !error.contains("secret value"), "{words}: {error}");
        }
    }
}
