//! Measures the built gateway against bare baselines, in slices that take turns within one run.
//!
//! Never talks to anything but loopback, and asserts no time: it prints what it saw. `cargo xtask load` builds this
//! program and the gateway and runs `run`; the other commands are the processes that `run` starts. Start with
//! [`session`], then [`duel`] for how two sides are compared and [`engine`] for how load is made.

mod arguments;
mod bare;
mod commits;
mod duel;
mod engine;
mod fan_out;
mod gateway;
mod growth;
mod machine;
mod neutral;
mod process;
mod purchase;
mod rate;
mod raw;
mod report;
mod sample;
mod schedule;
mod servers;
mod session;
mod side;
mod spread;
mod store;
mod stub;
mod track;
mod upstream;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use arguments::{Arguments, Command};

fn main() -> Result<ExitCode> {
    let command = Arguments::parse().command;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Run(run) => return session::run(run).await,
            Command::Stub(stub) => stub::serve(stub).await?,
            Command::Echo(echo) => bare::serve_echo(echo).await?,
            Command::FanOut(fan_out) => bare::serve_fan_out(fan_out).await?,
            Command::Commits(commits) => commits::serve(commits).await?,
        }
        Ok(ExitCode::SUCCESS)
    })
}
