//! What can be typed. Decides nothing. Start with [`Run`].

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::store::StoreKind;

/// Load on a built gateway and on bare baselines.
#[derive(Debug, Parser)]
#[command(name = "parcelgate-load", max_term_width = 100, args_override_self = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What this process is.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Measure.
    Run(Run),
    /// A carrier that remembers the sandbox's answers, for both sides of Rate.
    #[command(hide = true)]
    Stub(Stub),
    /// Bare gRPC that always gives one answer.
    #[command(hide = true)]
    Echo(Echo),
    /// Bare gRPC that asks carriers and merges their answers.
    #[command(hide = true)]
    FanOut(FanOut),
    /// Bare group commit, told what to do on standard input.
    #[command(hide = true)]
    Commits(Commits),
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Case {
    /// Rate over several carrier accounts, against a bare fan-out.
    Rate,
    /// Track from the store, against a bare echo.
    Track,
    /// Durable Purchase, against bare group commit.
    Purchase,
    /// Track and Purchase over a full store, against the same over a small one.
    Growth,
}

/// `run`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Run {
    /// The built gateway.
    #[arg(long)]
    pub(crate) gateway: PathBuf,
    /// Another build of the gateway, to be the baseline of Rate, Track and Purchase: what did a change bring?
    #[arg(long)]
    pub(crate) before: Option<PathBuf>,
    /// Only these cases, with commas between.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "rate,track,purchase,growth")]
    pub(crate) only: Vec<Case>,
    /// Slices of each comparison: subject and baseline take turns to begin.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) slices: u32,
    /// Seconds of one measurement; a slice is four of them.
    #[arg(long, default_value_t = 2.0, value_parser = seconds)]
    pub(crate) seconds: f64,
    /// Most requests of one measurement.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) most: u64,
    /// The open loop offers this share of what the slower side does flat out.
    #[arg(long, default_value_t = 0.5, value_parser = share)]
    pub(crate) share: f64,
    /// Carrier accounts that a Rate asks.
    #[arg(long, value_delimiter = ',', default_value = "1,5,10")]
    pub(crate) accounts: Vec<usize>,
    /// Callers of Purchase at once.
    #[arg(long, value_delimiter = ',', default_value = "1,8,64")]
    pub(crate) callers: Vec<usize>,
    /// Callers of Rate and Track at once when flat out.
    #[arg(long, default_value_t = 32)]
    pub(crate) readers: usize,
    /// Stored shipments that growth compares, the smallest first.
    #[arg(long, value_delimiter = ',', default_value = "1000,100000")]
    pub(crate) stored: Vec<u64>,
    /// Milliseconds that each carrier takes to answer a Rate.
    #[arg(long, default_value_t = 0)]
    pub(crate) delay_ms: u64,
    /// Writes to the store that one Purchase of the gateway makes.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(2..=100))]
    pub(crate) writes: u32,
    /// The order that is rated and bought, as proto JSON.
    #[arg(long, default_value = "examples/orders/us-domestic.json")]
    pub(crate) order: PathBuf,
    /// Where files lie meanwhile; it should be a real disk. A server of databases has its own, in the system's
    /// temporary folder.
    #[arg(long, default_value = "target")]
    pub(crate) folder: PathBuf,
    /// The store on both sides.
    #[arg(long, value_enum, default_value = "sqlite")]
    pub(crate) store: StoreKind,
    /// Seed of the sandbox.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    pub(crate) json: bool,
}

/// `stub`.
#[derive(Debug, Args)]
pub(crate) struct Stub {
    /// The sandbox.
    #[arg(long)]
    pub(crate) behind: SocketAddr,
    /// Milliseconds before each answer.
    #[arg(long, default_value_t = 0)]
    pub(crate) delay_ms: u64,
}

/// `echo`.
#[derive(Debug, Args)]
pub(crate) struct Echo {
    /// The file whose bytes are the answer's message.
    #[arg(long)]
    pub(crate) answer: PathBuf,
}

/// `fan-out`.
#[derive(Debug, Args)]
pub(crate) struct FanOut {
    /// The stub.
    #[arg(long)]
    pub(crate) carriers: SocketAddr,
    /// Bytes of a request to a carrier.
    #[arg(long)]
    pub(crate) asks: usize,
    /// Bytes of a carrier's answer.
    #[arg(long)]
    pub(crate) answers: usize,
    /// Offers of a carrier's answer.
    #[arg(long)]
    pub(crate) offers: usize,
}

/// `commits`.
#[derive(Debug, Args)]
pub(crate) struct Commits {
    /// The store.
    #[arg(long, value_enum)]
    pub(crate) store: StoreKind,
    /// Its folder.
    #[arg(long)]
    pub(crate) folder: PathBuf,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "is no number of seconds".to_owned())?;
    if (0.05..=600.0).contains(&seconds) { Ok(seconds) } else { Err("must be 0.05 to 600".to_owned()) }
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "is no number".to_owned())?;
    if (0.01..=1.5).contains(&share) { Ok(share) } else { Err("must be 0.01 to 1.5".to_owned()) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_hold_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for bad in [
            "--only dance",
            "--seconds 0",
            "--seconds x",
            "--share 9",
            "--slices 0",
            "--writes 1",
            "--store x",
        ] {
            let words = ["load", "run", "--gateway", "g"].into_iter().chain(bad.split(' '));
            assert!(Arguments::try_parse_from(words).is_err(), "{bad}");
        }
    }
}
