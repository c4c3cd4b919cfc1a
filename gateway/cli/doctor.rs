//! `doctor`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use parcelgate_kit::account::Account;
use parcelgate_kit::carrier::Entry;
use serde_json::json;

use super::{config, render, show};
use crate::carriers::{Clock, SystemClock};
use crate::config::{Config, SealKeys};
use crate::store::StoreError;
use crate::store::sqlite::SqliteStore;
use crate::tls;

/// How one check went.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Health {
    Ok,
    Warn,
    Bad,
}

struct Line {
    health: Health,
    what: String,
    words: String,
}

fn line(health: Health, what: impl Into<String>, words: impl Into<String>) -> Line {
    Line { health, what: what.into(), words: words.into() }
}

pub(super) async fn run(file: Option<PathBuf>, json: bool) -> Result<()> {
    let loaded = config::load(file)?;
    let entries = parcelgate_adapters::all();
    let mut lines = vec![line(Health::Ok, "configuration", "every value is right")];
    store(&loaded.config, &mut lines);
    listener_tls(&loaded.config, &mut lines);
    accounts(&loaded.config, &entries, &mut lines);
    carriers(&loaded.config, &mut lines).await;
    clock(&mut lines);
    print(&lines, json)?;
    let bad = lines.iter().filter(|line| line.health == Health::Bad).count();
    if bad > 0 {
        bail!("{bad} checks failed");
    }
    Ok(())
}

fn print(lines: &[Line], json: bool) -> Result<()> {
    let name = |health| match health {
        Health::Ok => "ok",
        Health::Warn => "warn",
        Health::Bad => "BAD",
    };
    if json {
        let rows: Vec<_> = lines
            .iter()
            .map(|line| json!({ "check": line.what, "health": name(line.health).to_lowercase(), "words": line.words }))
            .collect();
        show::line(serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    let mut table = render::table(&["", "Check", "Result"]);
    for line in lines {
        table.add_row([name(line.health), &line.what, &line.words]);
    }
    show::line(table.to_string());
    Ok(())
}

fn store(config: &Config, lines: &mut Vec<Line>) {
    let path = &config.store.path;
    let shown = path.display();
    lines.push(match SqliteStore::open_read_only(path) {
        Ok(_) => line(Health::Ok, "store", format!("{shown} opens")),
        Err(StoreError::Io { .. }) if !path.exists() => {
            line(Health::Ok, "store", format!("{shown} will be made at the first start"))
        }
        Err(error) => line(Health::Bad, "store", error.to_string()),
    });
    lines.push(match &config.store.seal_keys {
        SealKeys::Given { .. } => line(Health::Ok, "seal key", "given by reference"),
        SealKeys::KeyFile(key) if key.exists() => {
            line(Health::Ok, "seal key", format!("{} is there", key.display()))
        }
        SealKeys::KeyFile(key) if path.exists() => {
            let words =
                format!("{} is gone: bring it back, what is sealed cannot be read without it", key.display());
            line(Health::Bad, "seal key", words)
        }
        SealKeys::KeyFile(key) => {
            line(Health::Ok, "seal key", format!("{} will be made at the first start", key.display()))
        }
    });
}

fn listener_tls(config: &Config, lines: &mut Vec<Line>) {
    lines.push(match &config.server.grpc.tls {
        None => line(Health::Ok, "gRPC TLS", format!("off; listens on {}", config.server.grpc.listen)),
        Some(files) => match tls::grpc_server(files) {
            Ok(_) => line(Health::Ok, "gRPC TLS", "certificate and key belong together"),
            Err(error) => line(Health::Bad, "gRPC TLS", error.to_string()),
        },
    });
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
        match seen.check(entry.carrier.descriptor().account) {
            Ok(()) => lines.push(line(Health::Ok, what, "every setting is there")),
            Err(bad) => {
                let words: Vec<_> = bad.iter().map(ToString::to_string).collect();
                lines.push(line(Health::Bad, what, words.join("; ")));
            }
        }
    }
}

async fn carriers(config: &Config, lines: &mut Vec<Line>) {
    for (id, settings) in &config.carriers {
        if !config.accounts.iter().any(|account| account.carrier == *id) {
            continue;
        }
        let url = settings.base_url.as_str();
        let Ok(uri) = url.parse::<http::Uri>() else { continue };
        let port = uri.port_u16().unwrap_or(if settings.base_url.is_https() { 443 } else { 80 });
        let address = format!("{}:{port}", uri.host().unwrap_or_default());
        let connected = tokio::net::TcpStream::connect(&address);
        let what = format!("carrier {id}");
        lines.push(match tokio::time::timeout(Duration::from_secs(5), connected).await {
            Ok(Ok(_)) => line(Health::Ok, what, format!("{address} can be reached")),
            Ok(Err(error)) => {
                line(Health::Bad, what, format!("{address}: {error}; check network and base_url"))
            }
            Err(_) => line(Health::Bad, what, format!("{address} did not answer in 5 seconds")),
        });
    }
}

fn clock(lines: &mut Vec<Line>) {
    let now = SystemClock.now();
    let sane = now.as_second() > 1_767_225_600;
    lines.push(if sane {
        line(Health::Ok, "clock", now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
    } else {
        line(Health::Bad, "clock", format!("{now} is in the past: set the machine's clock"))
    });
}
