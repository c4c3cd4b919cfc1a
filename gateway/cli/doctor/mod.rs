//! `doctor`: is everything there that a start needs, and how is it mended.
//! It changes nothing: no file is made, no carrier is asked to do anything.

mod marketplaces;
mod rates;
mod reach;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use parcelgate_kit::account::Account;
use parcelgate_kit::carrier::Entry;
use serde_json::json;

use super::{config, render, show};
use crate::carriers::{Clock, SystemClock};
use crate::config::{Config, Place, Postgres, SealKeys, Store};
use crate::run::storage;
use crate::seal::key_file;
use crate::store::StoreError;
use crate::store::postgres::PostgresStore;
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
    let mut lines =
        vec![line(Health::Ok, "configuration", "every value is right"), store(&config.store).await];
    lines.push(seal_key(config));
    lines.push(listener_tls(config));
    lines.push(rates::line_of(config, SystemClock.now()).await);
    accounts(config, &entries, &mut lines);
    lines.extend(marketplaces::lines_of(config).await);
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

async fn store(store: &Store) -> Line {
    match &store.place {
        Place::Sqlite(path) => file(path),
        Place::Postgres(postgres) => server(postgres).await,
    }
}

fn file(path: &Path) -> Line {
    let shown = path.display();
    match SqliteStore::open_read_only(path) {
        Ok(_) => line(Health::Ok, "store", format!("{shown} opens")),
        Err(StoreError::Io { .. }) if !path.exists() => {
            line(Health::Ok, "store", format!("{shown} will be made at the first start"))
        }
        Err(error) => line(Health::Bad, "store", format!("{shown}: {error}")),
    }
}

async fn server(postgres: &Postgres) -> Line {
    let url = &postgres.url;
    let options = match storage::options(postgres) {
        Ok(options) => options,
        Err(error) => return line(Health::Bad, "store", format!("{url}: {error:#}")),
    };
    match PostgresStore::inspect(&options).await {
        Ok((0, _)) => {
            line(Health::Ok, "store", format!("{url} is empty and will be set up at the first start"))
        }
        Ok((found, newest)) if found < newest => {
            let words = format!("{url} has schema {found} and will get {newest} at the next start");
            line(Health::Ok, "store", words)
        }
        Ok(_) => line(Health::Ok, "store", format!("{url} opens, and keeps what it commits")),
        Err(error) => line(Health::Bad, "store", format!("{url}: {error}")),
    }
}

fn seal_key(config: &Config) -> Line {
    let what = "seal key";
    let (key, database) = match (&config.store.seal_keys, &config.store.place) {
        (SealKeys::Given { .. }, _) => return line(Health::Ok, what, "given by reference"),
        (SealKeys::KeyFile(key), Place::Sqlite(database)) => (key, database),
        (SealKeys::KeyFile(_), Place::Postgres(_)) => {
            return line(Health::Bad, what, "missing: gateways that share a database share its key");
        }
    };
    if !key.exists() && !database.exists() {
        return line(Health::Ok, what, format!("{} will be made at the first start", key.display()));
    }
    // One of the two is there, so nothing is made here.
    match key_file::load_or_create(key, database) {
        Ok(_) => line(Health::Ok, what, format!("{} holds a key that only its owner reads", key.display())),
        Err(error) => line(Health::Bad, what, error.to_string()),
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
        let path = folder.join("gateway.sqlite");
        config.store.seal_keys = SealKeys::KeyFile(key_file::path_beside(&path));
        config.store.place = Place::Sqlite(path);
        config
    }

    #[tokio::test]
    async fn a_fresh_machine_is_healthy_and_stays_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let lines = examine(&at(folder.path())).await;
        assert!(lines.iter().all(|line| line.health != Health::Bad), "{lines:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "a check makes no file");
    }

    #[tokio::test]
    async fn what_stands_in_the_way_of_a_start_is_bad() {
        let folder = tempfile::tempdir().unwrap();
        let config = at(folder.path());
        std::fs::write(folder.path().join("gateway.sqlite"), "no database").unwrap();
        assert_eq!(store(&config.store).await.health, Health::Bad);
        let lost = seal_key(&config);
        assert!(lost.health == Health::Bad && lost.words.contains("restore"), "{lost:?}");
    }

    #[tokio::test]
    async fn a_server_that_is_away_is_bad_and_named_without_its_password() {
        let postgres = Postgres {
            url: "postgresql://a@127.0.0.1:1/d".to_owned(),
            password: Some("hunter2".into()),
            connections: 1,
            ca: None,
        };
        let away = server(&postgres).await;
        assert!(away.health == Health::Bad && away.words.contains("127.0.0.1"), "{away:?}");
        assert!(!away.words.contains("hunter2"));
    }
}
