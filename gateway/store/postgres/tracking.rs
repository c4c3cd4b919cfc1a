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
use crate::store::{Following, NewEvent, PutOff, StoreError, TrackedRow, Tracking};

pub(super) const INSERT: &str = "INSERT INTO tracking
        (tenant, carrier, number, shipment, status, body, as_of, next_poll_at, delivered_at, version, account, failures)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::bigint + 1, $11, $12)
    ON CONFLICT DO NOTHING RETURNING shipment";

pub(super) const UPDATE: &str =
    "UPDATE tracking SET shipment = coalesce($4, shipment), status = $5, body = $6, as_of = $7,
        next_poll_at = $8, delivered_at = $9, version = version + 1, account = coalesce($11, account),
        failures = $12
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
                    &tracking.account,
                    &i64::from(tracking.failures),
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

/// In the order of their keys, so that two gateways that give back do not wait for each other.
pub(super) async fn put_off(client: &ClientWrapper, polls: &[PutOff]) -> Result<(), Failure> {
    let statement = client
        .prepare_cached(
            "WITH given (tenant, carrier, number, claimed, next, failures) AS (
                 SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[])),
             held AS (
                 SELECT t.tenant, t.carrier, t.number, g.next, g.failures FROM tracking AS t JOIN given AS g
                 ON (t.tenant, t.carrier, t.number, t.next_poll_at) = (g.tenant, g.carrier, g.number, g.claimed)
                 ORDER BY t.tenant, t.carrier, t.number FOR UPDATE OF t)
             UPDATE tracking SET next_poll_at = held.next, failures = held.failures FROM held
             WHERE (tracking.tenant, tracking.carrier, tracking.number) = (held.tenant, held.carrier, held.number)",
        )
        .await?;
    let texts = |of: fn(&PutOff) -> &str| polls.iter().map(of).collect::<Vec<_>>();
    let claimed: Vec<i64> = polls.iter().map(|poll| micros(poll.claimed_until)).collect();
    let next: Vec<Option<i64>> = polls.iter().map(|poll| poll.next_poll_at.map(micros)).collect();
    let failures: Vec<i64> = polls.iter().map(|poll| i64::from(poll.failures)).collect();
    let (tenants, carriers, numbers) =
        (texts(|poll| &poll.tenant), texts(|poll| &poll.carrier), texts(|poll| &poll.number));
    client.execute(&statement, &[&tenants, &carriers, &numbers, &claimed, &next, &failures]).await?;
    Ok(())
}

pub(super) async fn next_poll(client: &ClientWrapper) -> Result<Option<Timestamp>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT min(next_poll_at) AS next_poll_at FROM tracking WHERE next_poll_at IS NOT NULL",
        )
        .await?;
    client.query_one(&statement, &[]).await?.time_opt("next_poll_at")
}

pub(super) const FOLLOW: &str = "INSERT INTO tracking AS known
        (tenant, carrier, number, shipment, account, status, body, as_of, next_poll_at, failures, version)
    SELECT $1, new.carrier, new.number, p.id, p.account, 'UNKNOWN', ''::bytea, $5, $6, 0, 1
    FROM purchases AS p, unnest($3::text[], $4::text[]) AS new (carrier, number) WHERE p.id = $2
    ORDER BY new.carrier, new.number
    ON CONFLICT (tenant, carrier, number) DO UPDATE SET
        shipment = excluded.shipment, account = excluded.account, next_poll_at = excluded.next_poll_at,
        failures = 0, version = known.version + 1,
        status = CASE WHEN coalesce(known.shipment, excluded.shipment) = excluded.shipment THEN known.status
            ELSE excluded.status END,
        body = CASE WHEN coalesce(known.shipment, excluded.shipment) = excluded.shipment THEN known.body ELSE excluded.body END,
        as_of = CASE WHEN coalesce(known.shipment, excluded.shipment) = excluded.shipment THEN known.as_of
            ELSE excluded.as_of END,
        delivered_at = CASE WHEN coalesce(known.shipment, excluded.shipment) = excluded.shipment THEN known.delivered_at END";

pub(super) const STOP: &str = "UPDATE tracking SET next_poll_at = NULL
    FROM unnest($3::text[], $4::text[]) AS new (carrier, number)
    WHERE tracking.tenant = $1 AND tracking.carrier = new.carrier AND tracking.number = new.number AND shipment = $2";

/// Follows the numbers of a purchase, or stops to.
pub(super) async fn follow(
    client: &ClientWrapper,
    tenant: &str,
    purchase: &str,
    parcels: (&[&str], &[&str]),
    following: Following,
    at: Timestamp,
) -> Result<(), Failure> {
    let (carriers, numbers) = parcels;
    match following {
        Following::Unchanged => {}
        Following::From(first) => {
            let statement = client.prepare_cached(FOLLOW).await?;
            let (at, first) = (micros(at), micros(first));
            client.execute(&statement, &[&tenant, &purchase, &carriers, &numbers, &at, &first]).await?;
        }
        Following::Stopped => {
            let statement = client.prepare_cached(STOP).await?;
            client.execute(&statement, &[&tenant, &purchase, &carriers, &numbers]).await?;
        }
    }
    Ok(())
}

fn read(row: &Row) -> Result<TrackedRow, Failure> {
    Ok(TrackedRow {
        tracking: Tracking {
            tenant: row.value("tenant")?,
            carrier: row.value("carrier")?,
            number: row.value("number")?,
            shipment: row.value("shipment")?,
            account: row.value("account")?,
            status: row.value("status")?,
            body: row.value("body")?,
            as_of: row.time("as_of")?,
            next_poll_at: row.time_opt("next_poll_at")?,
            failures: u32::try_from(row.count("failures")?).unwrap_or(u32::MAX),
            delivered_at: row.time_opt("delivered_at")?,
        },
        version: row.count("version")?,
    })
}
