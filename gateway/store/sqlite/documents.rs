//! Documents in SQLite: their bytes once under their SHA-256, which is compared at every read.
//!
//! It never changes a byte of them. Start at [`store`].

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};
use sha2::{Digest, Sha256};

use super::alarms::{self, About};
use super::values::{count, limited, micros, time};
use crate::store::{Alarms, DocumentRow, NewDocument, Result, StoreError};

/// A document with its hash, which is computed before the writer's turn comes.
pub(super) struct Hashed {
    document: NewDocument,
    sha256: [u8; 32],
}

impl Hashed {
    pub(super) fn new(document: NewDocument) -> Hashed {
        Hashed { sha256: Sha256::digest(&document.bytes).into(), document }
    }
}

/// Adds the document to the shipment inside the caller's transaction.
pub(super) fn store(
    connection: &Connection,
    tenant: &str,
    shipment: &str,
    hashed: &Hashed,
    at: Timestamp,
) -> Result<()> {
    let Hashed { document, sha256 } = hashed;
    // Bytes that are there already are compared, so that damaged ones are mended and never shared.
    connection
        .prepare_cached(
            "INSERT INTO blobs (sha256, bytes) VALUES (?1, ?2)
             ON CONFLICT (sha256) DO UPDATE SET bytes = excluded.bytes WHERE bytes <> excluded.bytes",
        )?
        .execute((sha256, &document.bytes))?;
    let size = i64::try_from(document.bytes.len()).unwrap_or(i64::MAX);
    let written = connection
        .prepare_cached(
            "INSERT INTO documents (tenant, id, shipment, kind, format, parcel, sha256, size, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
        )?
        .execute((
            tenant,
            &document.id,
            shipment,
            &document.kind,
            &document.format,
            document.parcel,
            sha256,
            size,
            micros(at),
        ))?;
    match written {
        0 => Err(StoreError::conflict(format!("document `{}` is there already", document.id))),
        _ => Ok(()),
    }
}

pub(super) fn get(connection: &Connection, tenant: &str, id: &str) -> Result<Option<(DocumentRow, Vec<u8>)>> {
    let found = connection
        .prepare_cached(
            "SELECT documents.*, blobs.bytes FROM documents JOIN blobs ON blobs.sha256 = documents.sha256
             WHERE tenant = ?1 AND id = ?2",
        )?
        .query_row((tenant, id), |row| Ok((read(row)?, row.get::<_, Vec<u8>>("bytes")?)))
        .optional()?;
    match found {
        Some((document, bytes)) if Sha256::digest(&bytes)[..] != document.sha256 => Err(StoreError::damaged(
            format!("document `{}` of shipment `{}`", document.id, document.shipment),
        )),
        other => Ok(other),
    }
}

pub(super) fn list(connection: &Connection, tenant: &str, shipment: &str) -> Result<Vec<DocumentRow>> {
    let mut statement = connection
        .prepare_cached("SELECT * FROM documents WHERE tenant = ?1 AND shipment = ?2 ORDER BY position")?;
    Ok(statement.query_map((tenant, shipment), read)?.collect::<rusqlite::Result<_>>()?)
}

/// Documents at which nobody has looked yet.
pub(super) fn unchecked(connection: &Connection, limit: u32) -> Result<Vec<DocumentRow>> {
    let mut statement = connection
        .prepare_cached("SELECT * FROM documents WHERE flaws IS NULL ORDER BY position LIMIT ?1")?;
    Ok(statement.query_map([limited(limit)], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Writes down what somebody saw who looked, and raises the alarms about it.
pub(super) fn checked(
    connection: &Connection,
    tenant: &str,
    id: &str,
    flaws: &str,
    alarms: &Alarms,
    at: Timestamp,
) -> Result<bool> {
    let shipment: Option<(String, String)> = connection
        .prepare_cached(
            "UPDATE documents SET flaws = ?3 WHERE tenant = ?1 AND id = ?2
             RETURNING shipment, (SELECT carrier FROM purchases WHERE purchases.id = shipment)",
        )?
        .query_row((tenant, id, flaws), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((purchase, carrier)) = shipment else { return Ok(false) };
    alarms::write(connection, &About { tenant, purchase: &purchase, carrier: &carrier }, alarms, at)?;
    Ok(true)
}

fn read(row: &Row<'_>) -> rusqlite::Result<DocumentRow> {
    Ok(DocumentRow {
        tenant: row.get("tenant")?,
        id: row.get("id")?,
        shipment: row.get("shipment")?,
        kind: row.get("kind")?,
        format: row.get("format")?,
        parcel: row.get("parcel")?,
        sha256: row.get("sha256")?,
        size: count(row, "size")?,
        created_at: time(row, "created_at")?,
        flaws: row.get("flaws")?,
    })
}
