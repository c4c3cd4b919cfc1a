//! `serve` and `sandbox`.

use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::net::TcpListener;

use super::arguments::{Sandbox as SandboxArguments, Serve};
use super::{config, show};
use crate::carriers::SystemClock;
use crate::run::{self, WithSandbox};
use crate::sandbox::{Sandbox, SandboxClock};
use crate::telemetry;

/// Runs the gateway until it is told to stop.
pub(super) async fn gateway(arguments: Serve) -> Result<()> {
    let loaded = config::load(arguments.config)?;
    telemetry::init(&loaded.config.log)?;
    let sandbox = arguments.sandbox.then_some(WithSandbox { seed: 1, speed: 1.0 });
    let running = run::start(loaded.config, sandbox).await?;
    show::note(format!(
        "gRPC on {}, admin on http://{}, carriers push to http://{}/hooks/CARRIER/ACCOUNT",
        running.grpc, running.admin, running.hooks
    ));
    if let Some((_, address)) = &running.sandbox {
        show::note(format!("simulated carriers on http://{address}, linked for tenant demo"));
    }
    running.run_until(asked_to_stop()).await
}

/// Runs only the simulated carriers.
pub(super) async fn sandbox(arguments: SandboxArguments) -> Result<()> {
    let entries = parcelgate_adapters::all();
    let clock = Arc::new(SandboxClock::new(Arc::new(SystemClock), arguments.speed));
    let sandbox = Sandbox::new(&entries, arguments.seed, clock);
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let address = listener.local_addr()?;
    for carrier in sandbox.carriers() {
        show::line(format!(
            "{carrier}: carriers.{carrier}.base_url = \"{}\"",
            Sandbox::base_url(address, carrier)
        ));
        let account = sandbox.account(carrier).unwrap_or_default();
        for (name, value) in &account.settings {
            // A rate card is a file of its own; here it has one line.
            let value: Vec<_> = value.split_whitespace().collect();
            show::line(format!("  setting {name} = {}", value.join(" ")));
        }
        for (name, value) in &account.secrets {
            show::line(format!("  secret  {name} = {value}"));
        }
    }
    show::line(format!(
        "control: POST http://{address}/_control/clock {{\"seconds\": 3600}} and more, see docs/operations.md"
    ));
    sandbox.serve(listener, asked_to_stop()).await.context("the sandbox failed")
}

/// Done at SIGINT or SIGTERM.
pub(super) async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
