//! The outbox in PostgreSQL: events are written by the transactions they tell of, and read by cursor.
//!
//! Every gateway writes events under one lock that the server keeps until their commit, so their numbers grow in the
//! order of the commits and no reader ever passes one that is still to come. It never deletes. Start at [`append`].

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;

use super::failure::Failure;
use super::values::{Columns, limited, micros, stored};
use super::write::Told;
use crate::store::EventRow;

/// The channel on which a commit says that there are new events.
pub(super) const CHANNEL: &str = "parcelgate_events";

/// Waits until no other gateway is between its events and its commit, and announces the events to the others.
pub(super) const LOCK: &str =
    "SELECT pg_advisory_xact_lock(8101830254412910446), pg_notify('parcelgate_events', '')";

pub(super) const INSERT: &str = "INSERT INTO events (tenant, shipment, kind, body, at)
    SELECT tenant, shipment, kind, body, at
    FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bigint[])
        WITH ORDINALITY AS new (tenant, shipment, kind, body, at, position)
    ORDER BY position";

/// Writes the events. Its statements are sent when it is first polled, without waiting for one another, so that what
/// follows it can be sent along: a gateway that stops here does not keep the lock.
pub(super) async fn append(client: &ClientWrapper, told: &[Told]) -> Result<(), Failure> {
    let (lock, insert) = (client.prepare_cached(LOCK).await?, client.prepare_cached(INSERT).await?);
    let tenants: Vec<&str> = told.iter().map(|told| told.tenant.as_str()).collect();
    let shipments: Vec<Option<&str>> = told.iter().map(|told| told.shipment.as_deref()).collect();
    let kinds: Vec<&str> = told.iter().map(|told| told.event.kind.as_str()).collect();
    let bodies: Vec<&[u8]> = told.iter().map(|told| told.event.body.as_slice()).collect();
    let times: Vec<i64> = told.iter().map(|told| micros(told.at)).collect();
    let (locked, inserted) = futures::future::join(
        client.query(&lock, &[]),
        client.execute(&insert, &[&tenants, &shipments, &kinds, &bodies, &times]),
    )
    .await;
    // The first failure is the cause of the second.
    locked?;
    inserted?;
    Ok(())
}

pub(super) async fn after(
    client: &ClientWrapper,
    tenant: &str,
    after: u64,
    limit: u32,
) -> Result<Vec<EventRow>, Failure> {
    let statement = client
        .prepare_cached("SELECT * FROM events WHERE tenant = $1 AND sequence > $2 ORDER BY sequence LIMIT $3")
        .await?;
    let rows = client.query(&statement, &[&tenant, &stored(after), &limited(limit)]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<EventRow, Failure> {
    Ok(EventRow {
        sequence: row.count("sequence")?,
        tenant: row.value("tenant")?,
        shipment: row.value("shipment")?,
        kind: row.value("kind")?,
        body: row.value("body")?,
        at: row.time("at")?,
    })
}
