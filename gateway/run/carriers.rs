//! Carriers as they are configured.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use anyhow::{Context, Result};
use parcelgate_kit::carrier::Entry;

use crate::carriers::{
    BreakerSettings, CarrierHost, Carriers, Checkpoint, Clock, HostSettings, HttpTransport, RetrySettings,
    TransportSettings,
};
use crate::config::{CarrierSettings, Config};
use crate::sandbox::Sandbox;
use crate::telemetry::Metrics;
use crate::tls;

/// Longest answer of a carrier: labels of many parcels in one reply.
const MAX_BODY: usize = 32 * 1024 * 1024;

/// A host for each carrier that is compiled in.
pub(super) fn hosts(
    config: &Config,
    entries: &[Entry],
    sandbox: Option<SocketAddr>,
    clock: &Arc<dyn Clock>,
    checkpoint: &Arc<dyn Checkpoint>,
    metrics: &Arc<Metrics>,
) -> Result<Carriers> {
    let mut hosts = Vec::new();
    for entry in entries {
        let settings =
            config.carriers.get(entry.id()).with_context(|| format!("no settings for {}", entry.id()))?;
        let tls = tls::carrier_client(&config.tls, settings.extra_ca.as_deref())?;
        let transport = HttpTransport::new(&TransportSettings {
            connect_timeout: settings.timeouts.connect,
            max_body: MAX_BODY,
            tls: Arc::new(tls),
        });
        let base_url = match sandbox {
            Some(address) => Sandbox::base_url(address, entry.id()),
            None => settings.base_url.as_str().to_owned(),
        };
        hosts.push(CarrierHost::new(
            entry,
            host_settings(settings, base_url),
            Arc::new(transport),
            Arc::clone(clock),
            Arc::clone(checkpoint),
            Arc::clone(metrics),
        ));
    }
    Ok(Carriers::new(hosts))
}

fn host_settings(settings: &CarrierSettings, base_url: String) -> HostSettings {
    HostSettings {
        base_url,
        read_timeout: settings.timeouts.attempt,
        create_timeout: settings.timeouts.total,
        max_concurrent: usize::try_from(settings.max_concurrent).unwrap_or(usize::MAX),
        per_account: NonZeroU32::new(settings.rate_limit.requests)
            .map(|most| (most, settings.rate_limit.per)),
        retry: RetrySettings {
            attempts: settings.retry.max_attempts,
            base: settings.retry.first_pause,
            longest: settings.retry.max_pause,
        },
        breaker: BreakerSettings { failures: settings.breaker.failures, open_for: settings.breaker.open_for },
        settle: settings.settle,
        cut_off: settings.cut_off,
        non_delivery_days: settings.non_delivery_days.clone(),
    }
}
