//! `demo`: the main job with nothing to set up.
//!
//! Real HTTP to simulated carriers, real gRPC to a gateway over a SQLite file:
//! the tour is a client like any other. Start with [`run`]; what happens to one
//! order is in [`tour`].

mod summary;
mod tour;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::arguments::{Connection, Demo};
use super::{config, message, render, serve, show};
use crate::api::proto::v1;
use crate::run::{self, Running, WithSandbox};
use tour::{End, Tour};

/// The sample orders, in the order of the tour.
const ORDERS: &[(&str, &str)] = &[
    ("us-domestic", include_str!("../../../examples/orders/us-domestic.json")),
    ("us-to-ca", include_str!("../../../examples/orders/us-to-ca.json")),
    ("cn-to-de-50-eur", include_str!("../../../examples/orders/cn-to-de-50-eur.json")),
    ("cn-to-de-180-eur", include_str!("../../../examples/orders/cn-to-de-180-eur.json")),
    ("gb-to-fr", include_str!("../../../examples/orders/gb-to-fr.json")),
    ("de-domestic", include_str!("../../../examples/orders/de-domestic.json")),
    ("fr-domestic", include_str!("../../../examples/orders/fr-domestic.json")),
    ("cn-to-canary-islands", include_str!("../../../examples/orders/cn-to-canary-islands.json")),
];

pub(super) async fn run(arguments: Demo) -> Result<()> {
    let orders = orders(arguments.country.as_deref())?;
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("cannot make the folder `{}`", arguments.out.display()))?;
    let running = start(&arguments.out).await?;
    let tour = Tour { running: &running, connection: connection(&running), out: &arguments.out };
    let mut stories = Vec::new();
    for (name, order) in orders {
        stories.push(tour.tell(name, order).await?);
    }
    tour.follow_all(&mut stories).await?;
    summary::print(&stories, &arguments.out);
    let unfinished = stories.iter().filter(|story| story.end == End::Unfinished).count();
    if arguments.keep {
        show::line(format!("\nThe gateway goes on at {} (ctrl-c ends it):", tour.connection.server));
        show::line(format!("  parcelgate --server {} shipments", tour.connection.server));
        show::line(format!("  curl http://{}/metrics", running.admin));
        if let Some((_, address)) = &running.sandbox {
            show::line(format!("The simulated carriers go on at http://{address}."));
        }
        return running.run_until(serve::asked_to_stop()).await;
    }
    running.run_until(std::future::ready(())).await?;
    if unfinished > 0 {
        bail!("{} did not end DELIVERED", render::count(unfinished, "order"));
    }
    Ok(())
}

/// The sample orders that start or end in `country`, or all.
fn orders(country: Option<&str>) -> Result<Vec<(&'static str, v1::RateRequest)>> {
    let mut chosen = Vec::new();
    let mut countries = std::collections::BTreeSet::new();
    for (name, text) in ORDERS {
        let order: v1::RateRequest = message::parse("RateRequest", name, text)?;
        let ends = [order.ship_from.as_ref(), order.ship_to.as_ref()];
        let ends: Vec<_> = ends.into_iter().flatten().map(|party| party.country.clone()).collect();
        if country.is_none_or(|country| ends.iter().any(|end| end == country)) {
            chosen.push((*name, order));
        }
        countries.extend(ends);
    }
    if chosen.is_empty() {
        let known: Vec<_> = countries.into_iter().collect();
        bail!("no sample order touches {}; there are {}", country.unwrap_or_default(), known.join(", "));
    }
    Ok(chosen)
}

/// A gateway on free ports of the loopback, with its database in `out`. The
/// environment has no say: a demo is the same on every machine.
async fn start(out: &Path) -> Result<Running> {
    let mut config = config::defaults()?;
    let any_port = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    config.server.grpc.listen = any_port;
    config.server.admin.listen = any_port;
    config.hooks.listen = any_port;
    config.server.drain_time = Duration::from_secs(2);
    let database = fresh(out)?;
    config.store.seal_keys = crate::config::SealKeys::KeyFile(crate::seal::key_file::path_beside(&database));
    config.store.place = crate::config::Place::Sqlite(database);
    let running = run::start(config, Some(WithSandbox { seed: 1, speed: 1.0 })).await?;
    if let Some((sandbox, address)) = &running.sandbox {
        let carriers: Vec<_> = sandbox.carriers().collect();
        show::line(format!("Simulated carriers on http://{address}: {}", carriers.join(", ")));
    }
    show::line(format!("Gateway on {} (gRPC), its database in {}", running.grpc, out.join(FOLDER).display()));
    Ok(running)
}

/// Where in the output folder the database lies.
const FOLDER: &str = "database";

/// A database of its own for each run, so that a demo can be repeated. Only
/// what an earlier run made is removed, whatever else lies in the folder.
fn fresh(out: &Path) -> Result<PathBuf> {
    let database = out.join(FOLDER).join("demo.sqlite");
    for ending in ["", "-wal", "-shm", "-journal", ".lock", ".sealkey"] {
        let mut old = database.clone().into_os_string();
        old.push(ending);
        match std::fs::remove_file(&old) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot clear `{}`", old.display()));
            }
            _ => {}
        }
    }
    Ok(database)
}

fn connection(running: &Running) -> Connection {
    Connection {
        server: format!("http://{}", running.grpc),
        token: None,
        tls_ca: None,
        tls_cert: None,
        tls_key: None,
        timeout: Duration::from_secs(30),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_read_and_a_country_chooses_among_them() {
        assert_eq!(orders(None).unwrap().len(), ORDERS.len());
        let french: Vec<_> = orders(Some("FR")).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(french, ["gb-to-fr", "fr-domestic"]);
        let none = orders(Some("AQ")).unwrap_err().to_string();
        assert!(none.contains("AQ") && none.contains("DE"), "{none}");
    }

    #[test]
    fn a_repeated_demo_removes_nothing_but_its_own() {
        let out = tempfile::tempdir().unwrap();
        let folder = out.path().join(FOLDER);
        std::fs::create_dir(&folder).unwrap();
        for name in ["demo.sqlite", "demo.sqlite-wal", "demo.sqlite.sealkey", "mine.txt"] {
            std::fs::write(folder.join(name), "x").unwrap();
        }
        fresh(out.path()).unwrap();
        let left: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left, ["mine.txt"]);
    }
}
