//! Quotes in SQLite. Each function is the body of one transaction; start anywhere. It never judges an expiry: it stores it.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

use super::values::{limited, micros, time};
use crate::store::{QuoteRow, Result, StoreError};

pub(super) fn put(connection: &Connection, quote: &QuoteRow) -> Result<()> {
    let written = connection
        .prepare_cached(
            "INSERT INTO quotes (tenant, id, created_at, expires_at, fingerprint, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        )?
        .execute((
            &quote.tenant,
            &quote.id,
            micros(quote.created_at),
            micros(quote.expires_at),
            quote.fingerprint,
            &quote.body,
        ))?;
    match written {
        0 => Err(StoreError::conflict(format!("quote `{}` is there already", quote.id))),
        _ => Ok(()),
    }
}

pub(super) fn get(connection: &Connection, tenant: &str, id: &str) -> Result<Option<QuoteRow>> {
    let mut statement = connection.prepare_cached("SELECT * FROM quotes WHERE tenant = ?1 AND id = ?2")?;
    Ok(statement.query_row((tenant, id), read).optional()?)
}

pub(super) fn purge(connection: &Connection, before: Timestamp, limit: u32) -> Result<u64> {
    connection
        .prepare_cached(
            "DELETE FROM quotes WHERE rowid IN
             (SELECT rowid FROM quotes WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)",
        )?
        .execute((micros(before), limited(limit)))?;
    Ok(connection.changes())
}

fn read(row: &Row<'_>) -> rusqlite::Result<QuoteRow> {
    Ok(QuoteRow {
        tenant: row.get("tenant")?,
        id: row.get("id")?,
        created_at: time(row, "created_at")?,
        expires_at: time(row, "expires_at")?,
        fingerprint: row.get("fingerprint")?,
        body: row.get("body")?,
    })
}
