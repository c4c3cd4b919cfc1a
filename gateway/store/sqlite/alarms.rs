//! Alarms in SQLite: raised and settled by the transactions that have cause, closed by people.
//!
//! An open alarm of a purchase and code is there once. It never deletes. Start at [`write`].

use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::values::{count, limited, micros, stored, time};
use crate::store::{AlarmRow, Alarms, Result};

/// What an alarm is about.
pub(super) struct About<'a> {
    /// Whose purchase it is.
    pub(super) tenant: &'a str,
    /// The purchase's id.
    pub(super) purchase: &'a str,
    /// The carrier's id.
    pub(super) carrier: &'a str,
}

/// Raises and settles, inside the caller's transaction.
pub(super) fn write(
    connection: &Connection,
    about: &About<'_>,
    alarms: &Alarms,
    at: Timestamp,
) -> Result<()> {
    for alarm in &alarms.raise {
        connection
            .prepare_cached(
                "INSERT INTO alarms (tenant, purchase, carrier, code, words, raised_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
            )?
            .execute((about.tenant, about.purchase, about.carrier, alarm.code, &alarm.words, micros(at)))?;
    }
    for code in &alarms.settle {
        connection
            .prepare_cached(
                "UPDATE alarms SET closed_at = ?3, closed_by = 'the gateway'
                 WHERE purchase = ?1 AND code = ?2 AND closed_at IS NULL",
            )?
            .execute((about.purchase, code, micros(at)))?;
    }
    Ok(())
}

pub(super) fn open(connection: &Connection, after: u64, limit: u32) -> Result<Vec<AlarmRow>> {
    let mut statement = connection
        .prepare_cached("SELECT * FROM alarms WHERE closed_at IS NULL AND id > ?1 ORDER BY id LIMIT ?2")?;
    Ok(statement.query_map((stored(after), limited(limit)), read)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn close(connection: &Connection, id: u64, by: &str, at: Timestamp) -> Result<bool> {
    let closed = connection
        .prepare_cached(
            "UPDATE alarms SET closed_at = ?2, closed_by = ?3 WHERE id = ?1 AND closed_at IS NULL",
        )?
        .execute((stored(id), micros(at), by))?;
    Ok(closed > 0)
}

fn read(row: &Row<'_>) -> rusqlite::Result<AlarmRow> {
    Ok(AlarmRow {
        id: count(row, "id")?,
        tenant: row.get("tenant")?,
        purchase: row.get("purchase")?,
        carrier: row.get("carrier")?,
        code: row.get("code")?,
        words: row.get("words")?,
        raised_at: time(row, "raised_at")?,
    })
}
