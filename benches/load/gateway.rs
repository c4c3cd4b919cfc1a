//! The subject: the built program, with a configuration of its own, a store of its own and many accounts.
//!
//! Limits on how often a carrier is asked are set out of the way; all else is as it comes. Start with [`start`].

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};
use parcelgate_adapters::all;
use tokio::process::Command;

use crate::arguments::Run;
use crate::process::Served;

/// The variable that holds the key of these throw-away stores.
const SEAL_KEY: &str = "LOAD_SEAL_KEY";

/// The simulated carriers, in a process of their own.
///
/// # Errors
/// When they do not come up.
pub(crate) async fn sandbox(run: &Run) -> Result<Served> {
    let mut command = Command::new(&run.gateway);
    command.args(["sandbox", "--listen", "127.0.0.1:0", "--seed"]).arg(run.seed.to_string());
    Served::start(command, "base_url = ").await
}

/// The id of a carrier's account.
pub(crate) fn account_id(carrier: &str, number: usize) -> String {
    format!("{}-{number}", carrier.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_"))
}

/// A gateway whose files lie in `folder`, with so many accounts of each carrier that answers at `carriers`.
///
/// # Errors
/// When it does not come up.
pub(crate) async fn start(run: &Run, folder: &Path, carriers: SocketAddr, accounts: usize) -> Result<Served> {
    start_build(&run.gateway, run, folder, carriers, accounts).await
}

/// As [`start`], of the build that a change is measured against; none when there is no such build.
///
/// # Errors
/// When it does not come up.
pub(crate) async fn before(
    run: &Run,
    folder: &Path,
    carriers: SocketAddr,
    accounts: usize,
) -> Result<Option<Served>> {
    match &run.before {
        Some(program) => start_build(program, run, folder, carriers, accounts).await.map(Some),
        None => Ok(None),
    }
}

async fn start_build(
    program: &Path,
    run: &Run,
    folder: &Path,
    carriers: SocketAddr,
    accounts: usize,
) -> Result<Served> {
    let path = folder.join("gateway.toml");
    let mut command = Command::new(program);
    command.arg("serve").arg("--config").arg(&path).current_dir(folder);
    let text = configuration(run, folder, carriers, accounts, &mut command)?;
    std::fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    Served::start(command, "gRPC on ").await
}

fn configuration(
    run: &Run,
    folder: &Path,
    carriers: SocketAddr,
    accounts: usize,
    command: &mut Command,
) -> Result<String> {
    let mut text = String::from(
        "[server.grpc]\nlisten = \"127.0.0.1:0\"\n[server.admin]\nlisten = \"127.0.0.1:0\"\n[hooks]\nlisten = \"127.0.0.1:0\"\n[store]\n",
    );
    // Given, not found in a file: a store may be filled before its gateway first starts.
    writeln!(text, "seal_key = {{ env = \"{SEAL_KEY}\" }}")?;
    command.env(SEAL_KEY, (0..32_u8).map(|byte| format!("{byte:02x}")).collect::<String>());
    text.push_str(&toml::to_string(&run.store.section(folder)?)?);
    for entry in all() {
        let id = entry.id();
        write!(
            text,
            "[carriers.{id}]\nbase_url = \"http://{carriers}/{id}\"\nmax_concurrent = 1024\n\
             [carriers.{id}.rate_limit]\nrequests = 100000\nper = \"100ms\"\n"
        )?;
        let sample = entry.sim.account();
        for number in 0..accounts {
            let name = account_id(id, number);
            writeln!(text, "[[accounts]]\nid = \"{name}\"\ncarrier = \"{id}\"\n[accounts.settings]")?;
            for (setting, value) in &sample.settings {
                writeln!(text, "{setting} = {}", toml::Value::from(value.as_str()))?;
            }
            writeln!(text, "[accounts.secrets]")?;
            for (secret, value) in &sample.secrets {
                let variable = format!("LOAD_{}_{}", id.to_uppercase(), secret.to_uppercase());
                writeln!(text, "{secret} = {{ env = \"{variable}\" }}")?;
                command.env(variable, value);
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::arguments::{Arguments, Command as Chosen};

    #[test]
    fn every_carrier_has_its_accounts_and_secrets_stay_out_of_the_file() {
        let Chosen::Run(run) = Arguments::parse_from(["load", "run", "--gateway", "g"]).command else {
            panic!("`run` was asked for");
        };
        let mut command = Command::new("g");
        let at = SocketAddr::from(([127, 0, 0, 1], 9));
        let text = configuration(&run, Path::new("f"), at, 3, &mut command).unwrap();
        let table: toml::Table = text.parse().unwrap();
        assert_eq!(table["accounts"].as_array().unwrap().len(), 3 * all().len());
        assert_eq!(table["carriers"].as_table().unwrap().len(), all().len());
        for (_, secret) in all().iter().flat_map(|entry| entry.sim.account().secrets) {
            assert!(!text.contains(secret), "a secret stands in the file");
        }
    }
}
