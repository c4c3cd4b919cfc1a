//! Tracking numbers in SQLite: merged against a version, polled on a schedule.
//!
//! It never merges events itself: the caller does, and tries again on a conflict. Start at [`merge`].

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::outbox;
use super::values::{count, limited, micros, stored, time, time_opt};
use crate::store::{Following, NewEvent, PutOff, Result, StoreError, TrackedRow, Tracking};

const INSERT: &str = "INSERT INTO tracking
        (tenant, carrier, number, shipment, account, status, body, as_of, next_poll_at, failures, delivered_at, version)
    VALUES (:tenant, :carrier, :number, :shipment, :account, :status, :body, :as_of, :next_poll_at, :failures,
        :delivered_at, :expected + 1)
    ON CONFLICT DO NOTHING RETURNING shipment";

const UPDATE: &str =
    "UPDATE tracking SET shipment = coalesce(:shipment, shipment), account = coalesce(:account, account),
        status = :status, body = :body, as_of = :as_of, next_poll_at = :next_poll_at, failures = :failures,
        delivered_at = :delivered_at, version = version + 1
    WHERE tenant = :tenant AND carrier = :carrier AND number = :number AND version = :expected
    RETURNING shipment";

const FOLLOW: &str = "INSERT INTO tracking
        (tenant, carrier, number, shipment, account, status, body, as_of, next_poll_at, failures, version)
    SELECT ?1, ?2, ?3, id, account, 'UNKNOWN', x'', ?5, ?6, 0, 1 FROM purchases WHERE id = ?4
    ON CONFLICT (tenant, carrier, number) DO UPDATE SET
        shipment = excluded.shipment, account = excluded.account, next_poll_at = excluded.next_poll_at,
        failures = 0, version = version + 1,
        status = iif(coalesce(shipment, excluded.shipment) = excluded.shipment, status, excluded.status),
        body = iif(coalesce(shipment, excluded.shipment) = excluded.shipment, body, excluded.body),
        as_of = iif(coalesce(shipment, excluded.shipment) = excluded.shipment, as_of, excluded.as_of),
        delivered_at = iif(coalesce(shipment, excluded.shipment) = excluded.shipment, delivered_at, NULL)";

pub(super) fn get(
    connection: &Connection,
    tenant: &str,
    carrier: &str,
    number: &str,
) -> Result<Option<TrackedRow>> {
    let mut statement = connection
        .prepare_cached("SELECT * FROM tracking WHERE tenant = ?1 AND carrier = ?2 AND number = ?3")?;
    Ok(statement.query_row((tenant, carrier, number), read).optional()?)
}

pub(super) fn merge(
    connection: &Connection,
    tracking: &Tracking,
    expected: u64,
    event: Option<&NewEvent>,
) -> Result<u64> {
    let shipment: Option<Option<String>> = connection
        .prepare_cached(if expected == 0 { INSERT } else { UPDATE })?
        .query_row(
            named_params! {
                ":tenant": tracking.tenant,
                ":carrier": tracking.carrier,
                ":number": tracking.number,
                ":shipment": tracking.shipment,
                ":account": tracking.account,
                ":status": tracking.status,
                ":body": tracking.body,
                ":as_of": micros(tracking.as_of),
                ":next_poll_at": tracking.next_poll_at.map(micros),
                ":failures": tracking.failures,
                ":delivered_at": tracking.delivered_at.map(micros),
                ":expected": stored(expected),
            },
            |row| row.get(0),
        )
        .optional()?;
    let Some(shipment) = shipment else {
        return Err(StoreError::conflict(format!(
            "the tracking of `{}` number `{}` is no longer at version {expected}",
            tracking.carrier, tracking.number
        )));
    };
    outbox::append(connection, &tracking.tenant, shipment.as_deref(), event, tracking.as_of)?;
    Ok(expected.saturating_add(1))
}

pub(super) fn claim_polls(
    connection: &Connection,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<TrackedRow>> {
    let due: Vec<i64> = connection
        .prepare_cached(
            "SELECT rowid FROM tracking WHERE next_poll_at <= ?1 ORDER BY next_poll_at, rowid LIMIT ?2",
        )?
        .query_map((micros(now), limited(limit)), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut put_off =
        connection.prepare_cached("UPDATE tracking SET next_poll_at = ?2 WHERE rowid = ?1 RETURNING *")?;
    let mut taken = Vec::with_capacity(due.len());
    for rowid in due {
        taken.push(put_off.query_row((rowid, micros(until)), read)?);
    }
    Ok(taken)
}

pub(super) fn put_off(connection: &Connection, polls: &[PutOff]) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "UPDATE tracking SET next_poll_at = ?5, failures = ?6
         WHERE tenant = ?1 AND carrier = ?2 AND number = ?3 AND next_poll_at = ?4",
    )?;
    for poll in polls {
        statement.execute((
            &poll.tenant,
            &poll.carrier,
            &poll.number,
            micros(poll.claimed_until),
            poll.next_poll_at.map(micros),
            poll.failures,
        ))?;
    }
    Ok(())
}

pub(super) fn next_poll(connection: &Connection) -> Result<Option<Timestamp>> {
    let mut statement = connection.prepare_cached(
        "SELECT min(next_poll_at) AS next_poll_at FROM tracking WHERE next_poll_at IS NOT NULL",
    )?;
    Ok(statement.query_row([], |row| time_opt(row, "next_poll_at"))?)
}

/// Follows a number of a purchase, or stops to.
pub(super) fn follow(
    connection: &Connection,
    tenant: &str,
    purchase: &str,
    (carrier, number): (&str, &str),
    following: Following,
    at: Timestamp,
) -> Result<()> {
    match following {
        Following::Unchanged => {}
        Following::From(first) => {
            connection.prepare_cached(FOLLOW)?.execute((
                tenant,
                carrier,
                number,
                purchase,
                micros(at),
                micros(first),
            ))?;
        }
        Following::Stopped => {
            connection
                .prepare_cached(
                    "UPDATE tracking SET next_poll_at = NULL
                     WHERE tenant = ?1 AND carrier = ?2 AND number = ?3 AND shipment = ?4",
                )?
                .execute((tenant, carrier, number, purchase))?;
        }
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<TrackedRow> {
    Ok(TrackedRow {
        tracking: Tracking {
            tenant: row.get("tenant")?,
            carrier: row.get("carrier")?,
            number: row.get("number")?,
            shipment: row.get("shipment")?,
            account: row.get("account")?,
            status: row.get("status")?,
            body: row.get("body")?,
            as_of: time(row, "as_of")?,
            next_poll_at: time_opt(row, "next_poll_at")?,
            failures: row.get("failures")?,
            delivered_at: time_opt(row, "delivered_at")?,
        },
        version: count(row, "version")?,
    })
}
