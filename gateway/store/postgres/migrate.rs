//! Brings a database to the schema of this program: numbered files, each once, forward only, each in one transaction.
//!
//! Gateways that start together wait for one another. It never touches a database that a newer program or another
//! product made. Start at [`inspect`] and [`upgrade`].

use sha2::{Digest, Sha256};
use tokio_postgres::Client;

use super::failure::Failure;
use super::values::Columns;
use crate::store::{Result, StoreError};

/// One step of the schema. A released one never changes.
pub(super) struct Migration {
    /// Its number, from 1 without gaps.
    pub(super) version: u32,
    /// The file's name.
    pub(super) name: &'static str,
    /// What it does.
    pub(super) sql: &'static str,
}

/// Every step that this program knows.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "0001_first", sql: include_str!("migrations/0001_first.sql") },
    Migration {
        version: 2,
        name: "0002_exchange_rates",
        sql: include_str!("migrations/0002_exchange_rates.sql"),
    },
    Migration { version: 3, name: "0003_following", sql: include_str!("migrations/0003_following.sql") },
    Migration { version: 4, name: "0004_performance", sql: include_str!("migrations/0004_performance.sql") },
    Migration {
        version: 5,
        name: "0005_confirmations",
        sql: include_str!("migrations/0005_confirmations.sql"),
    },
    Migration {
        version: 6,
        name: "0006_confirmation_news",
        sql: include_str!("migrations/0006_confirmation_news.sql"),
    },
    Migration { version: 7, name: "0007_decisions", sql: include_str!("migrations/0007_decisions.sql") },
    Migration { version: 8, name: "0008_transits", sql: include_str!("migrations/0008_transits.sql") },
];

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version    bigint NOT NULL PRIMARY KEY,
    name       text NOT NULL,
    sha256     bytea NOT NULL,
    applied_at bigint NOT NULL
)";

/// Held by the one that looks and migrates. It waits longer than for anything else: the other one may have much to do.
const LOCK: &str =
    "SET statement_timeout = 0; SET lock_timeout = '10min'; SELECT pg_advisory_lock(8101830254412910447)";

/// The schema's version, 0 for an empty database. It only reads.
///
/// # Errors
/// [`StoreError::NewerSchema`] and [`StoreError::ForeignSchema`] when the program must leave it alone.
pub(super) async fn inspect(client: &Client, known: &[Migration]) -> Result<u32> {
    look(client, known).await.map_err(Failure::unstored)
}

/// Applies what is missing, while no other gateway does.
///
/// # Errors
/// Those of [`inspect`], and what PostgreSQL reports; the steps before the failing one stay.
pub(super) async fn upgrade(client: &mut Client, known: &[Migration]) -> Result<()> {
    apply(client, known).await.map_err(Failure::unstored)
}

async fn look(client: &Client, known: &[Migration]) -> std::result::Result<u32, Failure> {
    let read = "SELECT count(*) AS n, count(*) FILTER (WHERE relname = 'schema_migrations') AS ledger
                FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = current_schema()::regnamespace";
    let row = client.query_one(read, &[]).await?;
    let (tables, ledger) = (row.count("n")?, row.count("ledger")?);
    if ledger == 0 {
        return match tables {
            0 => Ok(0),
            _ => Err(foreign("it has tables but no list of migrations")),
        };
    }
    let newest = known.last().map_or(0, |migration| migration.version);
    let rows = client.query("SELECT version, sha256 FROM schema_migrations ORDER BY version", &[]).await?;
    let mut applied = Vec::with_capacity(rows.len());
    for row in &rows {
        let version = u32::try_from(row.count("version")?).unwrap_or(u32::MAX);
        applied.push((version, row.value::<Vec<u8>>("sha256")?));
    }
    let (found, listed) = (applied.last().map_or(0, |(version, _)| *version), applied.len());
    if found > newest {
        return Err(StoreError::NewerSchema { found, known: newest }.into());
    }
    if found == 0 || u32::try_from(listed) != Ok(found) {
        return Err(foreign(&format!("it lists {listed} migrations and is at version {found}")));
    }
    for migration in known.iter().filter(|migration| migration.version <= found) {
        match applied.iter().find(|(version, _)| *version == migration.version) {
            None => return Err(foreign(&format!("migration `{}` is missing", migration.name))),
            Some((_, sha256)) if *sha256 != checksum(migration) => {
                let what = format!("migration `{}` was another one when it was applied", migration.name);
                return Err(foreign(&what));
            }
            Some(_) => {}
        }
    }
    Ok(found)
}

async fn apply(client: &mut Client, known: &[Migration]) -> std::result::Result<(), Failure> {
    client.batch_execute(LOCK).await?;
    let found = look(client, known).await?;
    for migration in known.iter().filter(|migration| migration.version > found) {
        let step = client.transaction().await?;
        step.batch_execute(LEDGER).await?;
        step.batch_execute(migration.sql).await?;
        step.execute(
            "INSERT INTO schema_migrations (version, name, sha256, applied_at)
             VALUES ($1, $2, $3, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)",
            &[&i64::from(migration.version), &migration.name, &checksum(migration)],
        )
        .await?;
        step.commit().await?;
    }
    // The lock ends with the connection.
    Ok(())
}

fn checksum(migration: &Migration) -> Vec<u8> {
    Sha256::digest(migration.sql.as_bytes()).to_vec()
}

fn foreign(what: &str) -> Failure {
    StoreError::ForeignSchema { what: what.to_owned() }.into()
}
