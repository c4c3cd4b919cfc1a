//! The project's own tools: `cargo xtask <command>`.
//!
//! Thin: reads the command line and hands over. Start with [`Command`].

mod bless;
mod crash;
mod docs;
mod new_carrier;
mod run;
mod say;
mod server;
mod spec;
mod test;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use say::say;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tools")]
struct Arguments {
    /// The checkout to work on, when it is not the one that this tool was built in
    #[arg(long, global = true)]
    repo: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every check of the project and sum up
    Test(Test),
    /// Check the project's own rules: arrows between crates and rooms, names, sizes, registry
    Tidy,
    /// Check the golden requests of the carriers against their published specifications
    SpecCheck {
        /// Folder of the carriers' published specifications
        #[arg(long, env = "CARRIER_SPECS")]
        specs: PathBuf,
        /// Only this carrier
        #[arg(long)]
        carrier: Option<String>,
    },
    /// Create a carrier's folder that compiles and passes its tests at once, and register it
    NewCarrier {
        /// Its id in snake case, such as `acme_post`
        id: String,
        /// What it speaks
        #[arg(long, value_enum)]
        wire: new_carrier::Wire,
        /// What it offers, with commas between
        #[arg(long, value_enum, value_delimiter = ',', default_value = "rate,purchase,track")]
        ops: Vec<new_carrier::Operation>,
    },
    /// Write golden requests and results anew; replies are never touched
    Bless {
        /// Only this carrier
        carrier: Option<String>,
    },
    /// Run a throw-away PostgreSQL server for tests until this command is stopped
    Postgres,
    /// Kill gateways at random moments while callers buy, and hold them against the carriers' ledgers
    Crash(crash::Crash),
    /// Write docs/carriers.md from the descriptors
    Docs {
        /// Fail when the page differs, and leave it as it is
        #[arg(long)]
        check: bool,
    },
}

#[derive(Args)]
struct Test {
    /// Leave out the slow steps: doc-tests, dependencies, proto
    #[arg(long)]
    quick: bool,
    /// Run this step alone; may be given more than once
    #[arg(long, value_enum)]
    only: Vec<test::Step>,
    /// Folder of the carriers' published specifications
    #[arg(long, env = "CARRIER_SPECS")]
    specs: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask/ lies in the repository")?;
    let repo = arguments.repo.unwrap_or_else(|| own.to_owned()).canonicalize().context("no such checkout")?;
    let passed = match arguments.command {
        Command::Test(Test { quick, only, specs }) => {
            let specs = specs.filter(|specs| !specs.as_os_str().is_empty());
            test::run_all(&test::Plan { repo, specs, quick, only })?
        }
        Command::Tidy => tidy(&repo)?,
        Command::SpecCheck { specs, carrier } => spec_check(&repo, &specs, carrier.as_deref())?,
        Command::NewCarrier { id, wire, ops } => {
            new_carrier::create(&repo, &id, wire, &ops)?;
            true
        }
        Command::Postgres => {
            server::serve()?;
            true
        }
        Command::Bless { carrier } => bless::bless(&repo, carrier.as_deref())?,
        Command::Crash(plan) => crash::run(&repo, &plan)?,
        Command::Docs { check: true } => {
            let stale = docs::stale(&repo)?;
            stale.iter().for_each(say);
            stale.is_none()
        }
        Command::Docs { check: false } => {
            docs::write(&repo)?;
            true
        }
    };
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tidy(repo: &Path) -> Result<bool> {
    let findings = tidy::check(repo)?;
    findings.iter().for_each(say);
    say(format_args!("tidy: {} findings", findings.len()));
    Ok(findings.is_empty())
}

fn spec_check(repo: &Path, specs: &Path, carrier: Option<&str>) -> Result<bool> {
    let report = spec::check_all(repo, specs, carrier)?;
    report.failures.iter().for_each(say);
    say(report.table());
    Ok(report.failures.is_empty())
}
