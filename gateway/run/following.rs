//! The following of parcels as it is configured.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use anyhow::Result;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::{self, Config};
use crate::shipping::Gateway;
use crate::tracking::{
    HooksSettings, Inbox, Pace, Scheduler, SchedulerSettings, TrackerSettings, serve_hooks,
};

/// How following behaves.
pub(super) fn tracker(config: &config::Tracking) -> TrackerSettings {
    let pace = Pace {
        label: config.label,
        moving: config.moving,
        out: config.out,
        give_up_label: config.give_up_label,
        give_up_moving: config.give_up_moving,
        ..Pace::default()
    };
    TrackerSettings {
        pace,
        fresh_for: config.fresh_for,
        budget: config.budget,
        // Gateways that start together must not ask together.
        seed: fastrand::u64(..),
        ..TrackerSettings::default()
    }
}

/// Starts to ask carriers, and to take in what they push; answers where they push to.
pub(super) async fn start(
    gateway: &Arc<Gateway>,
    config: &Config,
    stopped: &watch::Receiver<bool>,
    tasks: &mut JoinSet<Result<()>>,
) -> Result<SocketAddr> {
    let (tracking, hooks) = (&config.tracking, &config.hooks);
    let listener = super::bind(hooks.listen, "carriers' pushes").await?;
    let address = listener.local_addr()?;
    let inbox = Inbox::new(Arc::clone(gateway.tracker()), hooks.keep);
    let settings = HooksSettings {
        max_body: usize::try_from(hooks.max_body.0).unwrap_or(usize::MAX),
        per_account_per_minute: NonZeroU32::new(hooks.per_account_per_minute).unwrap_or(NonZeroU32::MIN),
    };
    let served = serve_hooks(Arc::clone(&inbox), settings, listener, super::until(stopped.clone()));
    tasks.spawn(async move { Ok(served.await?) });
    let reading = inbox.run(stopped.clone());
    tasks.spawn(async move {
        reading.await;
        Ok(())
    });
    if tracking.poll {
        let settings = SchedulerSettings {
            every: tracking.every,
            lease: tracking.lease,
            per_account_per_minute: tracking.per_account_per_minute,
            per_carrier: usize::try_from(tracking.per_carrier).unwrap_or(usize::MAX),
            ..SchedulerSettings::default()
        };
        let asking = Scheduler::new(Arc::clone(gateway.tracker()), settings).run(stopped.clone());
        tasks.spawn(async move {
            asking.await;
            Ok(())
        });
    }
    Ok(address)
}
