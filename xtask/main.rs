//! The project's own tools: `cargo xtask <command>`.
//!
//! Thin: reads the command line and hands over. Start with [`Command`].

mod say;
mod spec;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

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
    /// Check the golden requests of the carriers against their published specifications
    SpecCheck {
        /// Folder of the carriers' published specifications
        #[arg(long, env = "CARRIER_SPECS")]
        specs: PathBuf,
        /// Only this carrier
        #[arg(long)]
        carrier: Option<String>,
    },
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask/ lies in the repository")?;
    let repo = arguments.repo.unwrap_or_else(|| own.to_owned());
    let passed = match arguments.command {
        Command::SpecCheck { specs, carrier } => spec_check(&repo, &specs, carrier.as_deref())?,
    };
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn spec_check(repo: &Path, specs: &Path, carrier: Option<&str>) -> Result<bool> {
    let report = spec::check_all(repo, specs, carrier)?;
    report.failures.iter().for_each(say);
    say(report.table());
    Ok(report.failures.is_empty())
}
