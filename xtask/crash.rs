//! `cargo xtask crash`: as many random kills as wanted, in the crash test's own program.
//!
//! Judges nothing: the test does, and its end is this command's. Start with [`run`].

use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;

use crate::run::cargo;

/// What is to be struck, and how often.
#[derive(Debug, Args)]
pub(crate) struct Crash {
    /// Blows
    #[arg(long, default_value_t = 300)]
    runs: u32,
    /// Fixes every choice
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the gateways keep their state: `sqlite` or `postgres`
    #[arg(long, default_value = "sqlite")]
    store: String,
    /// Gateways on the one store; SQLite takes one
    #[arg(long, default_value_t = 1)]
    gateways: usize,
    /// With each kill the power goes too, and takes what was not synced; SQLite alone
    #[arg(long)]
    power: bool,
    /// Print the tally as JSON
    #[arg(long)]
    json: bool,
}

/// Builds the gateway with its fail points and runs the plan; whether nothing was doubled, lost or orphaned.
///
/// # Errors
/// When cargo cannot be started.
pub(crate) fn run(repo: &Path, plan: &Crash) -> Result<bool> {
    let (runs, seed, gateways) = (plan.runs.to_string(), plan.seed.to_string(), plan.gateways.to_string());
    let mut arguments = vec![
        "test",
        "--quiet",
        "--workspace",
        "--features",
        "parcelgate/failpoints",
        "--test",
        "crash",
        "--",
        "random",
    ];
    arguments.extend(["--runs", &runs, "--seed", &seed, "--store", &plan.store, "--gateways", &gateways]);
    arguments.extend(
        [("--power", plan.power), ("--json", plan.json)]
            .into_iter()
            .filter_map(|(name, on)| on.then_some(name)),
    );
    // its output is this command's: nothing is read from it
    let status = cargo(repo, &arguments).status().context("cannot start `cargo`")?;
    Ok(status.success())
}
