//! `doctor`: is everything there that a start needs, and how is it mended.
//! It changes nothing: no file is made, no carrier is asked to do anything.

mod reach;

use std::path::PathBuf;

use anyhow::{Result, bail};
use parcelgate_kit::account::Account;
use parcelgate_kit::carrier::Entry;
use serde_json::json;

use super::{config, render, show};
use crate::config::{Config, SealKeys};
use crate::seal::key_file;
use crate::store::StoreError;
use crate::store::sqlite::SqliteStore;
use crate::tls;

/// How one check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    Ok,
    Warn,
    Bad,
}

impl Health {
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

#[derive(Debug)]
struct Line {
    health: Health,
    what: String,
    words: String,
}

fn line(health: Health, what: impl Into<String>, words: impl Into<String>) -> Line {
    Line { health, what: what.into(), words: words.into() }
}

pub(super) async fn run(file: Option<PathBuf>, json: bool) -> Result<()> {
    let lines = match config::read(file) {
        Ok(loaded) => examine(&loaded.config).await,
        Err(errors) => {
            errors.0.iter().map(|error| line(Health::Bad, "configuration", error.to_string())).collect()
        }
    };
    print(&lines, json)?;
    let bad = lines.iter().filter(|line| line.health == Health::Bad).count();
    if bad > 0 {
        bail!("{} failed", render::count(bad, "check"));
    }
    Ok(())
}

async fn examine(config: &Config) -> Vec<Line> {
    let entries = parcelgate_adapters::all();
    let mut lines = vec![line(Health::Ok, "configuration", "every value is right"), store(config)];
    lines.push(seal_key(config));
    lines.push(listener_tls(config));
    accounts(config, &entries, &mut lines);
    lines.extend(reach::carriers_and_clock(config).await);
    lines
}

fn print(lines: &[Line], json: bool) -> Result<()> {
    if json {
        let row =
            |line: &Line| json!({ "check": line.what, "health": line.health.name(), "words": line.words });
        let rows: Vec<_> = lines.iter().map(row).collect();
        show::json(&serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    let mut table = render::table(&["", "Check", "Result"]);
    for line in lines {
        table.add_row([line.health.name(), &line.what, &line.words]);
    }
    show::line(table.to_string());
    Ok(())
}

fn store(config: &Config) -> Line {
    let path = &config.store.path;
    let shown = path.display();
    match SqliteStore::open_read_only(path) {
        Ok(_) => line(Health::Ok, "store", format!("{shown} opens")),
        Err(StoreError::Io { .. }) if !path.exists() => {
            line(Health::Ok, "store", format!("{shown} will be made at the first start"))
        }
        Err(error) => line(Health::Bad, "store", format!("{shown}: {error}")),
    }
}

fn seal_key(config: &Config) -> Line {
    let (what, database) = ("seal key", &config.store.path);
    match &config.store.seal_keys {
        SealKeys::Given { .. } => line(Health::Ok, what, "given by reference"),
        SealKeys::KeyFile(key) if !key.exists() && !database.exists() => {
            line(Health::Ok, what, format!("{} will be made at the first start", key.display()))
        }
        // One of the two is there, so nothing is made here.
        SealKeys::KeyFile(key) => match key_file::load_or_create(key, database) {
            Ok(_) => {
                line(Health::Ok, what, format!("{} holds a key that only its owner reads", key.display()))
            }
            Err(error) => line(Health::Bad, what, error.to_string()),
        },
    }
}

fn listener_tls(config: &Config) -> Line {
    let (what, listen) = ("gRPC TLS", config.server.grpc.listen);
    match &config.server.grpc.tls {
        None if listen.ip().is_loopback() => {
            line(Health::Ok, what, format!("off; only this machine reaches {listen}"))
        }
        None => {
            let words = format!("off, and other machines reach {listen}: sure that a mesh encrypts?");
            line(Health::Warn, what, words)
        }
        Some(files) => match tls::grpc_server(files) {
            Ok(_) => line(Health::Ok, what, "certificate and key belong together"),
            Err(error) => line(Health::Bad, what, error.to_string()),
        },
    }
}

fn accounts(config: &Config, entries: &[Entry], lines: &mut Vec<Line>) {
    if config.accounts.is_empty() {
        let words = "none: no carrier will be asked; add [[accounts]], or start with --sandbox";
        lines.push(line(Health::Warn, "accounts", words));
    }
    for account in &config.accounts {
        let what = format!("account {}", account.id);
        let Some(entry) = entries.iter().find(|entry| entry.id() == account.carrier) else { continue };
        let seen = Account::new(account.settings.clone(), account.secrets.keys().cloned());
        lines.push(match seen.check(entry.carrier.descriptor().account) {
            Ok(()) => line(Health::Ok, what, "every setting is there"),
            Err(bad) => {
                let words: Vec<_> = bad.iter().map(ToString::to_string).collect();
                line(Health::Bad, what, words.join("; "))
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(folder: &std::path::Path) -> Config {
        let mut config = config::defaults().unwrap();
        config.store.path = folder.join("gateway.sqlite");
        config.store.seal_keys = SealKeys::KeyFile(key_file::path_beside(&config.store.path));
        config
    }

    #[tokio::test]
    async fn a_fresh_machine_is_healthy_and_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let lines = examine(&at(folder.path())).await;
        assert!(lines.iter().all(|line| line.health != Health::Bad), "{lines:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a check makes no file");
    }

    #[test]
    fn what_stands_in_the_way_of_a_start_is_bad() {
        let folder = tempfile::tempdir().unwrap();
        let config = at(folder.path());
        std::fs::write(&config.store.path, "no database").unwrap();
        assert_eq!(store(&config).health, Health::Bad);
        let lost = seal_key(&config);
        assert!(lost.health == Health::Bad && lost.words.contains("restore"), "{lost:?}");
    }
}
