//! Tracking numbers in PostgreSQL: merged against a version, polled on a schedule.
//!
//! It never merges events itself: the caller does, and tries again on a conflict. Start at [`Merge`].

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::failure::Failure;
use super::values::{Columns, limited, micros, stored};
use super::write::{Done, Operation, Told};
use crate::store::{NewEvent, StoreError, TrackedRow, Tracking};

pub(super) const INSERT: &str = "INSERT INTO tracking
        (tenant, carrier, number, shipment, status, body, as_of, next_poll_at, delivered_at, version)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::bigint + 1)
    ON CONFLICT DO NOTHING RETURNING shipment";

pub(super) const UPDATE: &str =
    "UPDATE tracking SET shipment = coalesce($4, shipment), status = $5, body = $6, as_of = $7,
        next_poll_at = $8, delivered_at = $9, version = version + 1
    WHERE tenant = $1 AND carrier = $2 AND number = $3 AND version = $10
    RETURNING shipment";

/// Writes what is now known of a number.
pub(super) struct Merge {
    pub(super) tracking: Tracking,
    pub(super) expected: u64,
    pub(super) event: Option<NewEvent>,
}

#[async_trait]
impl Operation for Merge {
    type Output = u64;

    fn key(&self) -> &str {
        &self.tracking.number
    }

    async fn run(&self, client: &ClientWrapper) -> Result<Done<u64>, Failure> {
        let (tracking, expected) = (&self.tracking, self.expected);
        let statement = client.prepare_cached(if expected == 0 { INSERT } else { UPDATE }).await?;
        let row = client
            .query_opt(
                &statement,
                &[
                    &tracking.tenant,
                    &tracking.carrier,
                    &tracking.number,
                    &tracking.shipment,
                    &tracking.status,
                    &tracking.body,
                    &micros(tracking.as_of),
                    &tracking.next_poll_at.map(micros),
                    &tracking.delivered_at.map(micros),
                    &stored(expected),
                ],
            )
            .await?;
        let Some(row) = row else {
            return Err(StoreError::conflict(format!(
                "the tracking of `{}` number `{}` is no longer at version {expected}",
                tracking.carrier, tracking.number
            ))
            .into());
        };
        let shipment = row.value("shipment")?;
        let event = self.event.clone().map(|event| Told {
            tenant: tracking.tenant.clone(),
            shipment,
            event,
            at: tracking.as_of,
        });
        Ok(Done { output: expected.saturating_add(1), event })
    }
}

pub(super) async fn get(
    client: &ClientWrapper,
    tenant: &str,
    carrier: &str,
    number: &str,
) -> Result<Option<TrackedRow>, Failure> {
    let statement = client
        .prepare_cached("SELECT * FROM tracking WHERE tenant = $1 AND carrier = $2 AND number = $3")
        .await?;
    client.query_opt(&statement, &[&tenant, &carrier, &number]).await?.as_ref().map(read).transpose()
}

pub(super) async fn claim_polls(
    client: &ClientWrapper,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<TrackedRow>, Failure> {
    let statement = client
        .prepare_cached(
            "WITH due AS (
                 SELECT tenant, carrier, number, next_poll_at AS was_due_at FROM tracking WHERE next_poll_at <= $1
                 ORDER BY next_poll_at, tenant, carrier, number LIMIT $3 FOR UPDATE SKIP LOCKED),
             put_off AS (
                 UPDATE tracking SET next_poll_at = $2 FROM due
                 WHERE (tracking.tenant, tracking.carrier, tracking.number) = (due.tenant, due.carrier, due.number)
                 RETURNING tracking.*, due.was_due_at)
             SELECT * FROM put_off ORDER BY was_due_at, tenant, carrier, number",
        )
        .await?;
    let rows = client.query(&statement, &[&micros(now), &micros(until), &limited(limit)]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<TrackedRow, Failure> {
    Ok(TrackedRow {
        tracking: Tracking {
            tenant: row.value("tenant")?,
            carrier: row.value("carrier")?,
            number: row.value("number")?,
            shipment: row.value("shipment")?,
            status: row.value("status")?,
            body: row.value("body")?,
            as_of: row.time("as_of")?,
            next_poll_at: row.time_opt("next_poll_at")?,
            delivered_at: row.time_opt("delivered_at")?,
        },
        version: row.count("version")?,
    })
}
