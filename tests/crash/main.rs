//! The crash proof: real processes, really killed, held against the ledgers of
//! the simulated carriers.
//!
//! As a test it runs every trial; `random --runs N --seed S` makes any number
//! of random kills and is what `cargo xtask crash` starts. Nothing here reaches
//! into a gateway: it is started, called, signalled. Start with `random.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "this is a test; an index is one that the test itself gave out"
)]

mod books;
mod caller;
mod carriers;
mod drain;
mod failpoints;
mod gateway;
mod judge;
mod power;
mod program;
mod random;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

use carriers::Carriers;
use gateway::Keeping;
use power::{Power, Syncs};
use random::{Plan, Tally};

/// Random kills of the test command, split so that both cores have work.
const SHARES: u64 = 2;
const RUNS_OF_A_SHARE: u32 = 160;
/// Losses of power of the test command, and those on a disk that lies.
const CUTS: u32 = 40;
const LYING_CUTS: u32 = 6;
/// The seed of the test command: it runs the same choices each time.
const SEED: u64 = 20_261;

/// Random kills, as many as wanted.
#[derive(Debug, Parser)]
#[command(name = "random")]
struct Random {
    /// Kills
    #[arg(long, default_value_t = 300)]
    runs: u32,
    /// Fixes every choice
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// Print the tally as JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = Arc::new(runtime.expect("a runtime"));
    if std::env::args().nth(1).is_some_and(|first| first == "random") {
        let wanted = Random::parse_from(std::env::args().skip(1));
        return match runtime.block_on(random_kills(&wanted)) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                say(&format!("{error:#}"));
                ExitCode::FAILURE
            }
        };
    }
    let arguments = Arguments::from_args();
    libtest_mimic::run(&arguments, trials(&runtime)).exit_code()
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

fn trials(runtime: &Arc<Runtime>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for share in 0..SHARES {
        let plan = Plan {
            runs: RUNS_OF_A_SHARE,
            seed: SEED + share,
            gateways: 1,
            keeping: Keeping::Sqlite,
            power: None,
        };
        trials.push(trial(format!("random::share_{share}"), runtime, move || async move { judged(&plan).await }));
    }
    trials.push(trial("power::what_was_not_synced_is_gone".to_owned(), runtime, power_cuts));
    trials.push(trial("power::a_disk_that_lies_is_caught".to_owned(), runtime, lying_disk));
    trials.push(trial("drain::sigterm_under_load".to_owned(), runtime, drain::run));
    let places = Arc::new(failpoints::places().unwrap_or_default());
    for entry in parcelgate_adapters::all() {
        for at in 0..places.len() {
            let (places, carrier) = (Arc::clone(&places), entry.id());
            let name = format!("failpoints::{carrier}::{}", places[at]);
            trials.push(trial(name, runtime, move || async move {
                failpoints::at(carrier, &places[at], &places).await.map(drop)
            }));
        }
    }
    trials
}

fn trial<W: Future<Output = Result<()>>>(
    name: String,
    runtime: &Arc<Runtime>,
    work: impl FnOnce() -> W + Send + 'static,
) -> Trial {
    let runtime = Arc::clone(runtime);
    Trial::test(name, move || runtime.block_on(work()).map_err(|error| Failed::from(format!("{error:#}"))))
}

async fn judged(plan: &Plan) -> Result<()> {
    let carriers = Carriers::start(plan.seed).await?;
    let tally = random::run(plan, &carriers, |_, _| ()).await?;
    say(&summary(&tally));
    ensure!(tally.verdict.holds(), "{}\n{}", summary(&tally), tally.verdict.findings());
    Ok(())
}

/// The power goes with each kill: what was acknowledged is there all the same.
async fn power_cuts() -> Result<()> {
    let power = Some(Power::new(Syncs::Kept)?);
    let plan = Plan { runs: CUTS, seed: SEED, gateways: 1, keeping: Keeping::Sqlite, power };
    let carriers = Carriers::start(plan.seed).await?;
    let tally = random::run(&plan, &carriers, |_, _| ()).await?;
    ensure!(tally.taken_back > 0, "nothing was ever unsynced: the layer does not see the files");
    ensure!(tally.verdict.bought > 0, "nothing was bought: nothing is proved");
    say(&format!("{} (power), {} changes taken back", summary(&tally), tally.taken_back));
    ensure!(tally.verdict.holds(), "{}\n{}", summary(&tally), tally.verdict.findings());
    Ok(())
}

/// The same on a disk that says that it synced and did not: the proof fails, or
/// it would prove nothing.
async fn lying_disk() -> Result<()> {
    let power = Some(Power::new(Syncs::Ignored)?);
    let plan = Plan { runs: LYING_CUTS, seed: SEED, gateways: 1, keeping: Keeping::Sqlite, power };
    let carriers = Carriers::start(plan.seed).await?;
    match random::run(&plan, &carriers, |_, _| ()).await {
        Ok(tally) => ensure!(!tally.verdict.lost.is_empty(), "no loss was seen: {}", summary(&tally)),
        // The gateway found its files in a state that it refuses.
        Err(error) => say(&format!("caught: {error:#}")),
    }
    Ok(())
}

async fn random_kills(wanted: &Random) -> Result<bool> {
    let carriers = Carriers::start(wanted.seed).await?;
    let (json, all) = (wanted.json, wanted.runs);
    let progress = move |runs: u32, deals: usize| {
        if !json {
            say(&format!("{runs} of {all} runs, {deals} purchases wanted"));
        }
    };
    let plan =
        Plan { runs: wanted.runs, seed: wanted.seed, gateways: 1, keeping: Keeping::Sqlite, power: None };
    let tally = random::run(&plan, &carriers, progress).await.context("the runs")?;
    if json {
        say(&serde_json::to_string_pretty(&tally)?);
    } else {
        say(&format!("{}\n{}", table(&tally), summary(&tally)));
        if !tally.verdict.holds() {
            say(&tally.verdict.findings());
        }
    }
    Ok(tally.verdict.holds())
}

fn summary(tally: &Tally) -> String {
    let verdict = &tally.verdict;
    format!(
        "seed {}, runs {}, doubled {}, lost {}, orphaned {}",
        tally.seed,
        tally.runs,
        verdict.doubled.len(),
        verdict.lost.len(),
        verdict.orphaned.len()
    )
}

fn table(tally: &Tally) -> String {
    let verdict = &tally.verdict;
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::UTF8_BORDERS_ONLY);
    let rows = [
        ("gateways", tally.gateways.to_string()),
        ("processes killed", tally.kills.to_string()),
        ("changes that a loss of power took back", tally.taken_back.to_string()),
        ("purchases wanted", tally.deals.to_string()),
        ("calls made", tally.calls.to_string()),
        ("live labels at the carriers", verdict.labels.to_string()),
        ("bought", verdict.bought.to_string()),
        ("refused", verdict.refused.to_string()),
        ("in doubt, for an operator", verdict.in_doubt.to_string()),
        ("seconds for the runs", format!("{:.1}", tally.seconds)),
        ("seconds until all was settled", format!("{:.1}", tally.settling)),
    ];
    for (what, count) in rows {
        table.add_row([what.to_owned(), count]);
    }
    table.to_string()
}
