//! The commands of the program. Client commands go through the public gRPC
//! contract like anybody else's; they know no use case and no store.
//!
//! Exit codes: 0 done, 1 refused or failed (the reason is on stderr), 2 usage.
//! Start with [`main`].

mod approved;
mod arguments;
mod backup;
mod buy;
mod calibrate;
mod carriers;
mod config;
mod confirmations;
mod connect;
mod customs;
mod demo;
mod doctor;
mod events;
mod failure;
mod label;
mod message;
mod migrate;
mod numbers;
mod operator;
mod protect;
mod rate;
mod render;
mod serve;
mod shipments;
mod show;
mod track;
mod vtr;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Cli, Command};

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let run = || -> anyhow::Result<()> {
        crate::tls::install_provider()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(run(cli))
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            failure::tell(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let Cli { connection, json, command } = cli;
    match command {
        Command::Demo(arguments) => Box::pin(demo::run(arguments)).await,
        Command::Serve(arguments) => serve::gateway(arguments).await,
        Command::Sandbox(arguments) => serve::sandbox(arguments).await,
        Command::Rate { file } => rate::run(&connection, json, &file).await,
        Command::Buy(arguments) => buy::run(&connection, json, arguments).await,
        Command::Track { target, number } => track::run(&connection, json, target, number).await,
        Command::Watch { target, number, from } => {
            watch::run(&connection, json, watch::Asked { target, number, from }).await
        }
        Command::Void { shipment } => shipments::void(&connection, json, shipment).await,
        Command::Shipments { id: Some(id), .. } => shipments::show(&connection, json, id).await,
        Command::Shipments { id: None, limit } => shipments::list(&connection, json, limit).await,
        Command::Label { id, out, joined, format } => {
            label::run(&connection, json, label::Asked { id, out, joined, format }).await
        }
        Command::Confirmations { order, shipment, retry, exchanges } => {
            let asked = confirmations::Asked { order, shipment, retry, exchanges };
            confirmations::run(&connection, json, asked).await
        }
        Command::Events { from, follow, kinds } => {
            events::run(&connection, json, events::Asked { from, follow, kinds }).await
        }
        Command::Customs { file } => customs::run(&connection, json, &file).await,
        Command::Carriers { command: Some(command), .. } => approved::run(&connection, json, command).await,
        Command::Carriers { id, command: None } => carriers::run(&connection, json, id).await,
        Command::Numbers { command } => numbers::run(&connection, json, command).await,
        Command::Vtr { marketplace, metric, as_of, defects } => {
            vtr::run(&connection, json, vtr::Asked { marketplace, metric, as_of, defects }).await
        }
        Command::Calibrate { file } => calibrate::run(json, &file),
        Command::Protect { command } => protect::run(&connection, json, command).await,
        Command::Operator { command } => operator::run(&connection, json, command).await,
        Command::Backup { config, out } => backup::run(config, &out),
        Command::Migrate { config } => migrate::run(config).await,
        Command::CheckConfig { config } => config::check(config, json),
        Command::Doctor { config } => doctor::run(config, json).await,
    }
}
