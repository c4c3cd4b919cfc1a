//! The crash proof: real processes, really killed, held against the ledgers of
//! the simulated carriers.
//!
//! As a test it runs every trial; `random --runs N --seed S` strikes as often as
//! wanted and is what `cargo xtask crash` starts. Nothing here reaches into a
//! gateway: it is started, called, signalled. Start with `random.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "this is a test; an index is one that the test itself gave out"
)]

mod books;
mod caller;
mod carriers;
mod drain;
mod failpoints;
mod fleet;
mod gateway;
mod judge;
mod operator;
mod power;
mod program;
mod random;
mod tell;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use clap::{Parser, ValueEnum};
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

use carriers::Carriers;
use gateway::Keeping;
use power::{Power, Syncs};
use random::{Plan, Tally};
use tell::{say, summary, table};

/// Random kills of the test command, split so that both cores have work.
const SHARES: u64 = 2;
const RUNS_OF_A_SHARE: u32 = 160;
/// Blows at three gateways on one database.
const FLEET_RUNS: u32 = 80;
/// Losses of power of the test command, and those on a disk that lies.
const CUTS: u32 = 40;
const LYING_CUTS: u32 = 6;
/// Trials at once: more than a small machine has cores, since most of them
/// wait for leases to end.
const AT_ONCE: usize = 3;
/// The seed of the test command: it makes the same choices each time.
const SEED: u64 = 20_261;

/// Random kills, as many as wanted.
#[derive(Debug, Parser)]
#[command(name = "random")]
struct Random {
    /// Blows
    #[arg(long, default_value_t = 300)]
    runs: u32,
    /// Fixes every choice
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// Where the gateways keep their state
    #[arg(long, value_enum, default_value = "sqlite")]
    store: Store,
    /// Gateways on the one store; SQLite takes one
    #[arg(long, default_value_t = 1)]
    gateways: usize,
    /// With each kill the power goes too; SQLite alone
    #[arg(long)]
    power: bool,
    /// Print the tally as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Store {
    Sqlite,
    Postgres,
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = Arc::new(runtime.expect("a runtime"));
    if std::env::args().nth(1).is_some_and(|first| first == "random") {
        let wanted = Random::parse_from(std::env::args().skip(1));
        return match runtime.block_on(as_wanted(&wanted)) {
            Ok(true) => ExitCode::SUCCESS,
            Ok(false) => ExitCode::FAILURE,
            Err(error) => {
                say(&format!("{error:#}"));
                ExitCode::FAILURE
            }
        };
    }
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(AT_ONCE);
    libtest_mimic::run(&arguments, trials(&runtime)).exit_code()
}

fn trials(runtime: &Arc<Runtime>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for share in 0..SHARES {
        trials.push(trial(format!("random::share_{share}"), runtime, move || async move {
            let plan = alone(RUNS_OF_A_SHARE, SEED + share, None);
            judged(plan).await.map(drop)
        }));
    }
    trials.push(trial("random::three_on_one_database".to_owned(), runtime, three));
    trials.push(trial("power::what_was_not_synced_is_gone".to_owned(), runtime, power_cuts));
    trials.push(trial("power::a_disk_that_lies_is_caught".to_owned(), runtime, lying_disk));
    trials.push(trial("drain::sigterm_under_load".to_owned(), runtime, drain::run));
    let places = Arc::new(failpoints::places().unwrap_or_default());
    for entry in parcelgate_adapters::all() {
        let voids = entry.carrier.descriptor().capabilities.void;
        for at in (0..places.len()).filter(|at| voids || !places[*at].starts_with("void.")) {
            let (places, carrier) = (Arc::clone(&places), entry.id());
            let name = format!("failpoints::{carrier}::{}", places[at]);
            trials.push(trial(name, runtime, move || async move {
                failpoints::at(carrier, at, &places).await.map(drop)
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

/// One gateway on a file.
fn alone(runs: u32, seed: u64, power: Option<Power>) -> Plan {
    Plan { runs, seed, gateways: 1, keeping: Keeping::Sqlite, power }
}

async fn judged(plan: Plan) -> Result<Tally> {
    let carriers = Carriers::start(plan.seed).await?;
    let tally = random::run(plan, &carriers, |_, _| ()).await?;
    say(&summary(&tally));
    ensure!(tally.verdict.bought > 0, "nothing was bought: nothing is proved");
    ensure!(tally.verdict.holds(), "{}\n{}", summary(&tally), tally.verdict.findings());
    Ok(tally)
}

/// Three gateways share one database: killed, put to sleep for longer than
/// their leases, their database killed under them.
async fn three() -> Result<()> {
    let plan = Plan { runs: FLEET_RUNS, seed: SEED, gateways: 3, keeping: Keeping::postgres()?, power: None };
    let tally = judged(plan).await?;
    let blows = tally.blows;
    ensure!(blows.pauses > 0 && blows.database > 0 && blows.kills > 0, "not every blow fell: {blows:?}");
    Ok(())
}

/// The power goes with each kill: what was acknowledged is there all the same.
async fn power_cuts() -> Result<()> {
    let tally = judged(alone(CUTS, SEED, Some(Power::new(Syncs::Kept)?))).await?;
    ensure!(tally.blows.taken_back > 0, "nothing was ever unsynced: the layer does not see the files");
    Ok(())
}

/// The same on a disk that says that it synced and did not: the proof fails, or
/// it would prove nothing.
async fn lying_disk() -> Result<()> {
    let plan = alone(LYING_CUTS, SEED, Some(Power::new(Syncs::Ignored)?));
    let carriers = Carriers::start(plan.seed).await?;
    match random::run(plan, &carriers, |_, _| ()).await {
        Ok(tally) => ensure!(!tally.verdict.lost.is_empty(), "no loss was seen: {}", summary(&tally)),
        // The gateway found its files in a state that it refuses.
        Err(error) => say(&format!("caught: {error:#}")),
    }
    Ok(())
}

async fn as_wanted(wanted: &Random) -> Result<bool> {
    let keeping = match wanted.store {
        Store::Sqlite if wanted.gateways > 1 => bail!("a SQLite file takes one gateway: --store postgres"),
        Store::Postgres if wanted.power => bail!("--power is about SQLite's files"),
        Store::Sqlite => Keeping::Sqlite,
        Store::Postgres => Keeping::postgres()?,
    };
    let power = if wanted.power { Some(Power::new(Syncs::Kept)?) } else { None };
    let (runs, seed) = (wanted.runs, wanted.seed);
    let carriers = Carriers::start(seed).await?;
    let progress = |done: u32, deals: usize| {
        if !wanted.json {
            say(&format!("{done} of {runs} runs, {deals} purchases wanted"));
        }
    };
    let plan = Plan { runs, seed, gateways: wanted.gateways.max(1), keeping, power };
    let tally = random::run(plan, &carriers, progress).await.context("the runs")?;
    if wanted.json {
        say(&serde_json::to_string_pretty(&tally)?);
    } else {
        if !tally.verdict.holds() {
            say(&tally.verdict.findings());
        }
        say(&format!("{}\n{}", table(&tally), summary(&tally)));
    }
    Ok(tally.verdict.holds())
}
