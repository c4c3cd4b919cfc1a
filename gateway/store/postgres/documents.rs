//! Documents in PostgreSQL: their bytes once under their SHA-256, which is compared at every read.
//!
//! It never changes a byte of them. Start at [`store`].

use std::collections::BTreeMap;

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::alarms::{self, About};
use super::failure::Failure;
use super::values::{Columns, limited, micros};
use super::write::{Done, Operation};
use crate::store::{Alarms, DocumentRow, NewDocument, StoreError};

/// Bytes that are there already are compared, so that damaged ones are mended and never shared.
pub(super) const BLOBS: &str = "INSERT INTO blobs (sha256, bytes)
    SELECT sha256, bytes FROM unnest($1::bytea[], $2::bytea[]) AS new (sha256, bytes)
    ON CONFLICT (sha256) DO UPDATE SET bytes = excluded.bytes WHERE blobs.bytes <> excluded.bytes";

pub(super) const INSERT: &str = "INSERT INTO documents
        (tenant, id, shipment, kind, format, parcel, sha256, size, created_at)
    SELECT $1, id, $2, kind, format, parcel, sha256, size, $9
    FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bytea[], $8::bigint[])
        WITH ORDINALITY AS new (id, kind, format, parcel, sha256, size, place)
    ORDER BY place
    ON CONFLICT DO NOTHING";

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

/// Adds the documents to the shipment inside the caller's transaction.
pub(super) async fn store(
    client: &ClientWrapper,
    tenant: &str,
    shipment: &str,
    hashed: &[Hashed],
    at: Timestamp,
) -> Result<(), Failure> {
    if hashed.is_empty() {
        return Ok(());
    }
    let (blobs, insert) = (client.prepare_cached(BLOBS).await?, client.prepare_cached(INSERT).await?);
    // Each once and in one order for all gateways.
    let bytes: BTreeMap<&[u8], &[u8]> =
        hashed.iter().map(|one| (&one.sha256[..], one.document.bytes.as_slice())).collect();
    let (keys, bytes): (Vec<&[u8]>, Vec<&[u8]>) = bytes.into_iter().unzip();
    let (mut ids, mut kinds, mut formats) = (Vec::new(), Vec::new(), Vec::new());
    let (mut parcels, mut hashes, mut sizes) = (Vec::new(), Vec::new(), Vec::new());
    for Hashed { document, sha256 } in hashed {
        ids.push(document.id.as_str());
        kinds.push(document.kind.as_str());
        formats.push(document.format.as_str());
        parcels.push(document.parcel.map(i64::from));
        hashes.push(&sha256[..]);
        sizes.push(i64::try_from(document.bytes.len()).unwrap_or(i64::MAX));
    }
    let at = micros(at);
    let kept: [&(dyn ToSql + Sync); 2] = [&keys, &bytes];
    let rows: [&(dyn ToSql + Sync); 9] =
        [&tenant, &shipment, &ids, &kinds, &formats, &parcels, &hashes, &sizes, &at];
    let (kept, written) =
        futures::future::join(client.execute(&blobs, &kept), client.execute(&insert, &rows)).await;
    kept?;
    if usize::try_from(written?).is_ok_and(|written| written == hashed.len()) {
        return Ok(());
    }
    let names = ids.join("`, `");
    Err(Failure::Undo(StoreError::conflict(format!("one of the documents `{names}` is there already"))))
}

pub(super) async fn get(
    client: &ClientWrapper,
    tenant: &str,
    id: &str,
) -> Result<Option<(DocumentRow, Vec<u8>)>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT documents.*, blobs.bytes FROM documents JOIN blobs ON blobs.sha256 = documents.sha256
             WHERE tenant = $1 AND id = $2",
        )
        .await?;
    let Some(row) = client.query_opt(&statement, &[&tenant, &id]).await? else { return Ok(None) };
    let (document, bytes) = (read(&row)?, row.value::<Vec<u8>>("bytes")?);
    if Sha256::digest(&bytes)[..] == document.sha256 {
        return Ok(Some((document, bytes)));
    }
    let what = format!("document `{}` of shipment `{}`", document.id, document.shipment);
    Err(StoreError::damaged(what).into())
}

pub(super) async fn list(
    client: &ClientWrapper,
    tenant: &str,
    shipment: &str,
) -> Result<Vec<DocumentRow>, Failure> {
    let statement = client
        .prepare_cached("SELECT * FROM documents WHERE tenant = $1 AND shipment = $2 ORDER BY position")
        .await?;
    client.query(&statement, &[&tenant, &shipment]).await?.iter().map(read).collect()
}

/// Documents at which nobody has looked yet.
pub(super) async fn unchecked(client: &ClientWrapper, limit: u32) -> Result<Vec<DocumentRow>, Failure> {
    let statement = client
        .prepare_cached("SELECT * FROM documents WHERE flaws IS NULL ORDER BY position LIMIT $1")
        .await?;
    client.query(&statement, &[&limited(limit)]).await?.iter().map(read).collect()
}

pub(super) const CHECKED: &str = "UPDATE documents SET flaws = $3 WHERE tenant = $1 AND id = $2
    RETURNING shipment, (SELECT carrier FROM purchases WHERE purchases.id = documents.shipment) AS carrier";

/// Writes down what somebody saw who looked, and raises the alarms about it.
pub(super) struct Checked {
    pub(super) tenant: String,
    pub(super) id: String,
    pub(super) flaws: String,
    pub(super) alarms: Alarms,
    pub(super) at: Timestamp,
}

#[async_trait]
impl Operation for Checked {
    type Output = bool;

    fn key(&self) -> &str {
        &self.id
    }

    async fn run(&self, client: &ClientWrapper) -> Result<Done<bool>, Failure> {
        let statement = client.prepare_cached(CHECKED).await?;
        let row = client.query_opt(&statement, &[&self.tenant, &self.id, &self.flaws]).await?;
        let Some(row) = row else { return Ok(Done::silent(false)) };
        let (purchase, carrier): (String, String) = (row.value("shipment")?, row.value("carrier")?);
        let about = About { tenant: &self.tenant, purchase: &purchase, carrier: &carrier };
        alarms::write(client, &about, &self.alarms, self.at).await?;
        Ok(Done::silent(true))
    }
}

fn read(row: &Row) -> Result<DocumentRow, Failure> {
    let parcel: Option<i64> = row.value("parcel")?;
    Ok(DocumentRow {
        tenant: row.value("tenant")?,
        id: row.value("id")?,
        shipment: row.value("shipment")?,
        kind: row.value("kind")?,
        format: row.value("format")?,
        parcel: parcel.map(u32::try_from).transpose().map_err(|_| {
            Failure::Refused(StoreError::damaged("a stored `parcel` is none that this program writes"))
        })?,
        sha256: row.hash("sha256")?,
        size: row.count("size")?,
        created_at: row.time("created_at")?,
        flaws: row.value("flaws")?,
    })
}
