//! Brings a database to the schema of this program: numbered files, each once, forward only, each in one transaction.
//!
//! It never touches a database that a newer program or another product made. Start at [`inspect`] and [`upgrade`].

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use sha2::{Digest, Sha256};

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
        name: "0002_watch_and_alarms",
        sql: include_str!("migrations/0002_watch_and_alarms.sql"),
    },
    Migration {
        version: 3,
        name: "0003_exchange_rates",
        sql: include_str!("migrations/0003_exchange_rates.sql"),
    },
    Migration { version: 4, name: "0004_following", sql: include_str!("migrations/0004_following.sql") },
    Migration { version: 5, name: "0005_performance", sql: include_str!("migrations/0005_performance.sql") },
    Migration {
        version: 6,
        name: "0006_confirmations",
        sql: include_str!("migrations/0006_confirmations.sql"),
    },
    Migration {
        version: 7,
        name: "0007_confirmation_news",
        sql: include_str!("migrations/0007_confirmation_news.sql"),
    },
    Migration { version: 8, name: "0008_decisions", sql: include_str!("migrations/0008_decisions.sql") },
    Migration { version: 9, name: "0009_transits", sql: include_str!("migrations/0009_transits.sql") },
];

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version    INTEGER NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    sha256     BLOB NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT";

/// The schema's version, 0 for an empty database. It only reads.
///
/// # Errors
/// [`StoreError::NewerSchema`] and [`StoreError::ForeignSchema`] when the program must leave it alone.
pub(super) fn inspect(connection: &Connection, known: &[Migration]) -> Result<u32> {
    let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let ledger = connection
        .query_row(
            "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'",
            [],
            |_| Ok(()),
        )
        .optional()?;
    if ledger.is_none() {
        return match tables {
            0 => Ok(0),
            _ => Err(foreign("it has tables but no list of migrations")),
        };
    }
    let newest = known.last().map_or(0, |migration| migration.version);
    let (found, listed): (u32, u32) = connection.query_row(
        "SELECT coalesce(max(version), 0), count(*) FROM schema_migrations",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if found > newest {
        return Err(StoreError::NewerSchema { found, known: newest });
    }
    if found == 0 || listed != found {
        return Err(foreign(&format!("it lists {listed} migrations and is at version {found}")));
    }
    let mut statement = connection.prepare("SELECT sha256 FROM schema_migrations WHERE version = ?1")?;
    for migration in known.iter().filter(|migration| migration.version <= found) {
        let applied: Option<Vec<u8>> =
            statement.query_row([migration.version], |row| row.get(0)).optional()?;
        match applied {
            None => return Err(foreign(&format!("migration `{}` is missing", migration.name))),
            Some(applied) if applied != checksum(migration) => {
                return Err(foreign(&format!(
                    "migration `{}` was another one when it was applied",
                    migration.name
                )));
            }
            Some(_) => {}
        }
    }
    Ok(found)
}

/// Applies what is missing.
///
/// # Errors
/// Those of [`inspect`], and what SQLite reports; the steps before the failing one stay.
pub(super) fn upgrade(connection: &mut Connection, known: &[Migration]) -> Result<()> {
    let found = inspect(connection, known)?;
    // A step may put a new table in the place of an old one that others refer to: it is checked as a whole instead.
    connection.pragma_update(None, "foreign_keys", false)?;
    let applied = apply(connection, known, found);
    connection.pragma_update(None, "foreign_keys", true)?;
    applied
}

fn apply(connection: &mut Connection, known: &[Migration], found: u32) -> Result<()> {
    for migration in known.iter().filter(|migration| migration.version > found) {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(LEDGER)?;
        step.execute_batch(migration.sql)?;
        step.execute(
            "INSERT INTO schema_migrations (version, name, sha256, applied_at)
             VALUES (?1, ?2, ?3, unixepoch() * 1000000)",
            (migration.version, migration.name, checksum(migration)),
        )?;
        let dangling: Option<String> =
            step.query_row("PRAGMA foreign_key_check", [], |row| row.get(0)).optional()?;
        if let Some(table) = dangling {
            return Err(StoreError::damaged(format!("`{table}` refers to rows that are not there")));
        }
        step.commit()?;
    }
    Ok(())
}

fn checksum(migration: &Migration) -> Vec<u8> {
    Sha256::digest(migration.sql.as_bytes()).to_vec()
}

fn foreign(what: &str) -> StoreError {
    StoreError::ForeignSchema { what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{MIGRATIONS, Migration, inspect, upgrade};
    use crate::store::StoreError;
    use rusqlite::Connection;

    const ONE: Migration = Migration { version: 1, name: "one", sql: "CREATE TABLE one (a INTEGER)" };
    const TWO: Migration = Migration { version: 2, name: "two", sql: "ALTER TABLE one ADD COLUMN b INTEGER" };
    const BAD: Migration =
        Migration { version: 2, name: "bad", sql: "CREATE TABLE half (a INTEGER); NONSENSE" };

    #[test]
    fn the_known_ones_are_numbered_without_gaps() {
        for (index, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(usize::try_from(migration.version).unwrap(), index + 1, "{}", migration.name);
            assert!(migration.name.starts_with(&format!("{:04}_", migration.version)), "{}", migration.name);
        }
    }

    #[test]
    fn each_is_applied_once_and_in_order() {
        let mut connection = Connection::open_in_memory().unwrap();
        upgrade(&mut connection, &[ONE]).unwrap();
        upgrade(&mut connection, &[ONE, TWO]).unwrap();
        upgrade(&mut connection, &[ONE, TWO]).unwrap();
        assert_eq!(inspect(&connection, &[ONE, TWO]), Ok(2));
        connection.execute("INSERT INTO one (a, b) VALUES (1, 2)", []).unwrap();
    }

    #[test]
    fn one_that_fails_leaves_nothing_behind() {
        let mut connection = Connection::open_in_memory().unwrap();
        upgrade(&mut connection, &[ONE, BAD]).unwrap_err();
        assert_eq!(inspect(&connection, &[ONE, TWO]), Ok(1));
        let half: i64 = connection
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'half'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(half, 0);
    }

    #[test]
    fn newer_changed_and_strange_schemas_are_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        upgrade(&mut connection, &[ONE, TWO]).unwrap();
        assert_eq!(inspect(&connection, &[ONE]), Err(StoreError::NewerSchema { found: 2, known: 1 }));
        assert!(matches!(inspect(&connection, &[ONE, BAD]), Err(StoreError::ForeignSchema { .. })));
        let strange = Connection::open_in_memory().unwrap();
        strange.execute_batch("CREATE TABLE cats (name TEXT)").unwrap();
        assert!(matches!(inspect(&strange, &[ONE]), Err(StoreError::ForeignSchema { .. })));
    }
}
