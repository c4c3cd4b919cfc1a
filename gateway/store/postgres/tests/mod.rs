//! The suite on PostgreSQL, and what only a server can suffer: strange schemas, many gateways, falls.

mod falls;
mod gateways;
mod restore;
mod schema;

use std::sync::Arc;

use parcelgate_test_postgres::Database;
use tokio::runtime::Handle;

use super::migrate::MIGRATIONS;
use super::{PostgresOptions, PostgresStore};
use crate::store::suite::{Place, store_suite};
use crate::store::{Result, Store};

/// A database of its own on the server of this run.
pub(super) struct Cluster(Database);

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| Handle::current().block_on(work))
}

fn few(url: &str) -> PostgresOptions {
    PostgresOptions { connections: 4, ..PostgresOptions::new(url) }
}

async fn open(database: &Database) -> Result<PostgresStore> {
    PostgresStore::open(&few(database.url())).await
}

/// The name of the template of this schema: another schema gets another one, also on a server that goes on running.
fn template() -> String {
    use sha2::{Digest, Sha256};
    let all: String = MIGRATIONS.iter().map(|migration| migration.sql).collect();
    format!("parcelgate_{}", hex::encode(&Sha256::digest(all)[..6]))
}

/// An empty store at this program's schema.
fn fresh() -> Database {
    let make = |url: &str| {
        wait(async {
            let store = PostgresStore::open(&few(url)).await?;
            store.close().await
        })
        .map_err(Into::into)
    };
    Database::cloned(&template(), make).unwrap()
}

impl Place for Cluster {
    fn new() -> Cluster {
        Cluster(fresh())
    }

    fn open(&self) -> Arc<dyn Store> {
        Arc::new(wait(open(&self.0)).unwrap())
    }

    fn damage_documents(&self) {
        self.0.run("UPDATE blobs SET bytes = bytes || 'x'").unwrap();
    }
}

store_suite!(Cluster);
