//! The outbox in SQLite: events are written by the transactions they tell of, and read by cursor.
//!
//! There is one writer, so the numbers grow in the order of the commits. It never deletes. Start at [`append`].

use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::values::{count, limited, micros, stored, time};
use crate::store::{EventRow, NewEvent, Result};

/// Adds the event, if there is one, inside the caller's transaction.
pub(super) fn append(
    connection: &Connection,
    tenant: &str,
    shipment: Option<&str>,
    event: Option<&NewEvent>,
    at: Timestamp,
) -> Result<()> {
    if let Some(event) = event {
        connection
            .prepare_cached(
                "INSERT INTO events (tenant, shipment, kind, body, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((tenant, shipment, &event.kind, &event.body, micros(at)))?;
    }
    Ok(())
}

pub(super) fn after(connection: &Connection, tenant: &str, after: u64, limit: u32) -> Result<Vec<EventRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM events WHERE tenant = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3",
    )?;
    let rows = statement.query_map((tenant, stored(after), limited(limit)), read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<EventRow> {
    Ok(EventRow {
        sequence: count(row, "sequence")?,
        tenant: row.get("tenant")?,
        shipment: row.get("shipment")?,
        kind: row.get("kind")?,
        body: row.get("body")?,
        at: time(row, "at")?,
    })
}
