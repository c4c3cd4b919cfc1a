//! Opens the store that the configuration names, with the keys that seal what it keeps.
//!
//! It knows every kind of store and no table of theirs. Start at [`open`].

use std::sync::Arc;

use anyhow::{Context, Result};

use crate::config::{self, CarrierTls, Place, Roots, SealKeys};
use crate::seal::{Sealer, key_file};
use crate::store::Store;
use crate::store::postgres::{PostgresOptions, PostgresStore};
use crate::store::sqlite::{SqliteOptions, SqliteStore};
use crate::tls;

/// Opens the store and brings it to this program's schema.
pub(crate) async fn open(store: &config::Store) -> Result<Arc<dyn Store>> {
    match &store.place {
        Place::Sqlite(path) => {
            let opened = SqliteStore::open(&SqliteOptions::new(path));
            let opened = opened.with_context(|| format!("cannot open the store `{}`", path.display()))?;
            Ok(Arc::new(opened))
        }
        Place::Postgres(postgres) => {
            let opened = PostgresStore::open(&options(postgres)?).await;
            Ok(Arc::new(opened.context("cannot open the store in PostgreSQL")?))
        }
    }
}

/// What stands in the configuration, with the authorities of its certificate read.
pub(crate) fn options(postgres: &config::Postgres) -> Result<PostgresOptions> {
    let roots = match &postgres.ca {
        Some(path) => Roots::File(path.clone()),
        None => Roots::Webpki,
    };
    let authorities = tls::carrier_client(&CarrierTls { roots, extra_ca: Vec::new() }, None)?;
    let mut options = PostgresOptions::new(&postgres.url).tls(authorities);
    options.password.clone_from(&postgres.password);
    options.connections = postgres.connections;
    Ok(options)
}

/// The keys of the store. A key file is made where there is neither it nor the database.
pub(crate) fn sealer(store: &config::Store) -> Result<Sealer> {
    Ok(match (&store.seal_keys, &store.place) {
        (SealKeys::Given { key, older }, _) => Sealer::new(key, older),
        (SealKeys::KeyFile(path), Place::Sqlite(database)) => {
            Sealer::new(&key_file::load_or_create(path, database)?, &[])
        }
        // The configuration refuses it before.
        (SealKeys::KeyFile(_), Place::Postgres(_)) => {
            anyhow::bail!("`store.seal_key` is missing: gateways that share a database share its key")
        }
    })
}
