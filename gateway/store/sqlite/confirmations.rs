//! Confirmations to marketplaces in SQLite: written with a purchase's end, held by a lease and a fence, with evidence.
//!
//! It never sends, waits or reads a clock. Start at [`insert`] and [`settle`].

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::alarms::{self, About};
use super::outbox;
use super::values::{count, limited, micros, stored, time, time_opt};
use crate::store::{
    ConfirmationChange, ConfirmationRow, ConfirmationState, ConfirmationsOf, Due, EvidenceRow, Lease,
    NewConfirmation, NewEvidence, Result, StoreError,
};

/// Writes them, inside the caller's transaction. One takes the place of the order's oldest voided parcel that none has
/// replaced yet.
pub(super) fn insert(
    connection: &Connection,
    about: &About<'_>,
    new: &[NewConfirmation],
    at: Timestamp,
) -> Result<()> {
    for one in new {
        connection
            .prepare_cached(
                "WITH old AS (
                     SELECT id, package FROM confirmations AS voided
                     WHERE tenant = :tenant AND marketplace = :marketplace AND order_id = :order
                         AND voided_at IS NOT NULL AND shipment <> :shipment
                         AND NOT EXISTS (SELECT 1 FROM confirmations AS newer WHERE newer.replaces = voided.id)
                     ORDER BY package, id LIMIT 1)
                 INSERT INTO confirmations (id, tenant, marketplace, order_id, shipment, parcel, carrier, number,
                     package, replaces, state, content, content_sha256, created_at, updated_at, alarm_at,
                     next_attempt_at)
                 VALUES (:id, :tenant, :marketplace, :order, :shipment, :parcel, :carrier, :number,
                     coalesce((SELECT package FROM old),
                         (SELECT coalesce(max(package), 0) + 1 FROM confirmations
                          WHERE tenant = :tenant AND marketplace = :marketplace AND order_id = :order)),
                     (SELECT id FROM old), 'PENDING', :content, :sha256, :at, :at, :alarm_at, :next)",
            )?
            .execute(named_params! {
                ":id": one.id,
                ":tenant": about.tenant,
                ":marketplace": one.marketplace,
                ":order": one.order,
                ":shipment": about.purchase,
                ":parcel": one.parcel,
                ":carrier": about.carrier,
                ":number": one.number,
                ":content": one.content,
                ":sha256": one.content_sha256,
                ":at": micros(at),
                ":alarm_at": one.alarm_at.map(micros),
                ":next": one.next_attempt_at.map(micros),
            })?;
    }
    Ok(())
}

/// Marks those of a purchase whose label was voided, inside the caller's transaction. What was surely never sent is
/// withdrawn at once; the rest is due.
pub(super) fn void(connection: &Connection, purchase: &str, at: Timestamp) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE confirmations SET voided_at = ?2, updated_at = ?2, alarm_at = NULL,
                 next_attempt_at = CASE WHEN state = 'PENDING' AND attempts = 0 AND lease_owner IS NULL
                     THEN NULL ELSE ?2 END,
                 state = CASE WHEN state = 'PENDING' AND attempts = 0 AND lease_owner IS NULL
                     THEN 'WITHDRAWN' ELSE state END
             WHERE shipment = ?1 AND voided_at IS NULL AND state NOT IN ('WITHDRAWN', 'SUPERSEDED')",
        )?
        .execute((purchase, micros(at)))?;
    Ok(())
}

/// The carrier has the parcel in its hands: what waits for that is due. Said twice it changes nothing.
pub(super) fn handed_over(
    connection: &Connection,
    tenant: &str,
    carrier: &str,
    number: &str,
    scanned_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE confirmations SET scanned_at = ?4,
                 next_attempt_at = CASE WHEN state = 'PENDING' AND voided_at IS NULL
                     THEN coalesce(next_attempt_at, ?5) ELSE next_attempt_at END
             WHERE tenant = ?1 AND carrier = ?2 AND number = ?3 AND scanned_at IS NULL",
        )?
        .execute((tenant, carrier, number, micros(scanned_at), micros(now)))?;
    Ok(())
}

/// Takes the leases of what is due. An attempt that may now be made counts from here on.
pub(super) fn claim(
    connection: &Connection,
    lease: &Lease,
    due: &Due,
    limit: u32,
) -> Result<Vec<ConfirmationRow>> {
    let limit = usize::try_from(limited(limit)).unwrap_or_default();
    let among = i64::try_from(limit.saturating_add(due.except.len())).unwrap_or(i64::MAX);
    let found: Vec<String> = connection
        .prepare_cached(
            "SELECT id FROM confirmations WHERE work_at <= ?1 AND (lease_until IS NULL OR lease_until <= ?2)
             ORDER BY work_at, id LIMIT ?3",
        )?
        .query_map((micros(due.work_at), micros(due.lease_at), among), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut take = connection.prepare_cached(
        "UPDATE confirmations SET fence = fence + 1, lease_owner = ?2, lease_until = ?3,
             attempts = attempts + (state = 'PENDING' AND voided_at IS NULL AND coalesce(next_attempt_at <= ?4, 0))
         WHERE id = ?1 RETURNING *",
    )?;
    let mut taken = Vec::new();
    for id in found.iter().filter(|id| !due.except.contains(id)).take(limit) {
        taken.push(take.query_row((id, &lease.owner, micros(lease.until), micros(due.work_at)), read)?);
    }
    Ok(taken)
}

/// Writes what work on a claimed one came to, and ends its lease.
pub(super) fn settle(
    connection: &Connection,
    row: &ConfirmationRow,
    change: &ConfirmationChange,
) -> Result<()> {
    let owner = row.lease.as_ref().map(|lease| lease.owner.as_str());
    let (fault, words) = change.fault.clone().unzip();
    let written = connection
        .prepare_cached(
            "UPDATE confirmations SET state = :state, attempts = :attempts, looks = :looks, resent = :resent,
                 by_hand = by_hand AND :state IN ('PENDING', 'SENT'), fault = :fault, fault_words = :words,
                 updated_at = :at, sent_at = coalesce(sent_at, :sent_at),
                 confirmed_at = coalesce(confirmed_at, :confirmed_at), alarm_at = :alarm_at,
                 next_attempt_at = CASE
                     WHEN (voided_at IS NOT NULL) = :voided AND (scanned_at IS NOT NULL) = :scanned THEN :next
                     ELSE :at END,
                 lease_owner = NULL, lease_until = NULL
             WHERE id = :id AND fence = :fence AND lease_owner = :owner",
        )?
        .execute(named_params! {
            ":id": row.id,
            ":fence": stored(row.fence),
            ":owner": owner,
            ":state": change.state.name(),
            ":attempts": change.attempts,
            ":looks": change.looks,
            ":resent": change.resent,
            ":fault": fault,
            ":words": words,
            ":at": micros(change.at),
            ":sent_at": change.sent_at.map(micros),
            ":confirmed_at": change.confirmed_at.map(micros),
            ":alarm_at": change.alarm_at.map(micros),
            ":next": change.next_attempt_at.map(micros),
            ":voided": row.voided_at.is_some(),
            ":scanned": row.scanned_at.is_some(),
        })?;
    if written == 0 {
        return Err(StoreError::conflict(format!(
            "the lease on confirmation `{}` is no longer held",
            row.id
        )));
    }
    if let Some(old) = &change.supersedes {
        connection
            .prepare_cached(
                "UPDATE confirmations SET state = 'SUPERSEDED', updated_at = ?3, next_attempt_at = NULL,
                     alarm_at = NULL
                 WHERE id = ?1 AND tenant = ?2",
            )?
            .execute((old, &row.tenant, micros(change.at)))?;
    }
    if let Some(evidence) = &change.evidence {
        keep(connection, &row.id, evidence, change.at)?;
    }
    outbox::append(connection, &row.tenant, Some(&row.shipment), change.event.as_ref(), change.at)?;
    let about = About { tenant: &row.tenant, purchase: &row.shipment, carrier: &row.carrier };
    alarms::write(connection, &about, &change.alarms, change.at)
}

fn keep(connection: &Connection, id: &str, evidence: &NewEvidence, at: Timestamp) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO confirmation_evidence (confirmation, number, kind, sent_at, answered_at, request,
                 request_sha256, outcome, response)
             SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
             FROM confirmation_evidence WHERE confirmation = ?1",
        )?
        .execute((
            id,
            evidence.kind,
            micros(evidence.sent_at),
            micros(at),
            &evidence.request,
            evidence.request_sha256,
            evidence.outcome,
            &evidence.response,
        ))?;
    Ok(())
}

/// Sends one anew by hand: what was refused, or waits.
pub(super) fn retry(
    connection: &Connection,
    tenant: &str,
    id: &str,
    at: Timestamp,
) -> Result<Option<ConfirmationRow>> {
    let mut statement = connection.prepare_cached(
        "UPDATE confirmations SET state = 'PENDING', by_hand = 1, looks = 0, resent = 0, updated_at = ?3,
             next_attempt_at = ?3
         WHERE tenant = ?1 AND id = ?2 AND state IN ('PENDING', 'SENT', 'REFUSED') AND voided_at IS NULL
             AND lease_owner IS NULL
         RETURNING *",
    )?;
    Ok(statement.query_row((tenant, id, micros(at)), read).optional()?)
}

pub(super) fn get(connection: &Connection, tenant: &str, id: &str) -> Result<Option<ConfirmationRow>> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM confirmations WHERE tenant = ?1 AND id = ?2")?;
    Ok(statement.query_row((tenant, id), read).optional()?)
}

/// The one that takes the place of this one.
pub(super) fn replacement(
    connection: &Connection,
    tenant: &str,
    id: &str,
) -> Result<Option<ConfirmationRow>> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM confirmations WHERE tenant = ?1 AND replaces = ?2")?;
    Ok(statement.query_row((tenant, id), read).optional()?)
}

pub(super) fn list(
    connection: &Connection,
    tenant: &str,
    of: &ConfirmationsOf,
    limit: u32,
) -> Result<Vec<ConfirmationRow>> {
    let (sql, key) = match of {
        ConfirmationsOf::Shipment(id) => {
            ("SELECT * FROM confirmations WHERE tenant = ?1 AND shipment = ?2 ORDER BY parcel LIMIT ?3", id)
        }
        ConfirmationsOf::Order(id) => (
            "SELECT * FROM confirmations WHERE tenant = ?1 AND order_id = ?2
             ORDER BY marketplace, package, created_at, id LIMIT ?3",
            id,
        ),
    };
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map((tenant, key, limited(limit)), read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn evidence(connection: &Connection, tenant: &str, id: &str) -> Result<Vec<EvidenceRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT evidence.* FROM confirmation_evidence AS evidence
         JOIN confirmations ON confirmations.id = evidence.confirmation
         WHERE confirmations.tenant = ?1 AND evidence.confirmation = ?2 ORDER BY evidence.number",
    )?;
    let rows = statement.query_map((tenant, id), |row| {
        Ok(EvidenceRow {
            number: row.get("number")?,
            kind: row.get("kind")?,
            sent_at: time(row, "sent_at")?,
            answered_at: time(row, "answered_at")?,
            request: row.get("request")?,
            request_sha256: row.get("request_sha256")?,
            outcome: row.get("outcome")?,
            response: row.get("response")?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<ConfirmationRow> {
    let owner: Option<String> = row.get("lease_owner")?;
    let (fault, words): (Option<String>, Option<String>) = (row.get("fault")?, row.get("fault_words")?);
    let state: String = row.get("state")?;
    let state = ConfirmationState::from_name(&state).ok_or_else(|| {
        let error = StoreError::damaged("a confirmation has a state that this program does not write");
        rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
    })?;
    Ok(ConfirmationRow {
        tenant: row.get("tenant")?,
        id: row.get("id")?,
        marketplace: row.get("marketplace")?,
        order: row.get("order_id")?,
        shipment: row.get("shipment")?,
        parcel: row.get("parcel")?,
        carrier: row.get("carrier")?,
        number: row.get("number")?,
        package: row.get("package")?,
        replaces: row.get("replaces")?,
        state,
        content: row.get("content")?,
        content_sha256: row.get("content_sha256")?,
        attempts: row.get("attempts")?,
        looks: row.get("looks")?,
        resent: row.get("resent")?,
        by_hand: row.get("by_hand")?,
        fault: fault.zip(words),
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        scanned_at: time_opt(row, "scanned_at")?,
        sent_at: time_opt(row, "sent_at")?,
        confirmed_at: time_opt(row, "confirmed_at")?,
        voided_at: time_opt(row, "voided_at")?,
        alarm_at: time_opt(row, "alarm_at")?,
        next_attempt_at: time_opt(row, "next_attempt_at")?,
        fence: count(row, "fence")?,
        lease: owner.zip(time_opt(row, "lease_until")?).map(|(owner, until)| Lease { owner, until }),
    })
}
