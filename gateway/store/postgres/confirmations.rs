//! Confirmations to marketplaces in PostgreSQL: written with a purchase's end, held by a lease and a fence, with
//! evidence.
//!
//! Who looks for work passes rows that another gateway has in its hands. It never sends, waits or reads a clock. Start
//! at [`insert`] and [`Settle`].

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::alarms::{self, About};
use super::failure::Failure;
use super::values::{Columns, limited, micros, stored};
use super::write::{Done, Operation, Told};
use crate::store::{
    ConfirmationChange, ConfirmationRow, ConfirmationState, ConfirmationsOf, Due, EvidenceRow, Lease,
    NewConfirmation, StoreError,
};

/// Two gateways that number the parcels of one order do so one after the other.
pub(super) const NUMBERING: &str =
    "SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(chr(31), $1::text, $2::text, $3::text), 0))";

pub(super) const INSERT: &str = "WITH old AS (
        SELECT id, package FROM confirmations AS voided
        WHERE tenant = $2 AND marketplace = $3 AND order_id = $4 AND voided_at IS NOT NULL AND shipment <> $5
            AND NOT EXISTS (SELECT 1 FROM confirmations AS newer WHERE newer.replaces = voided.id)
        ORDER BY package, id LIMIT 1)
    INSERT INTO confirmations (id, tenant, marketplace, order_id, shipment, parcel, carrier, number, package,
        replaces, state, content, content_sha256, created_at, updated_at, alarm_at, next_attempt_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
        coalesce((SELECT package FROM old),
            (SELECT coalesce(max(package), 0) + 1 FROM confirmations
             WHERE tenant = $2 AND marketplace = $3 AND order_id = $4)),
        (SELECT id FROM old), 'PENDING', $9, $10, $11, $11, $12, $13)";

pub(super) const VOID: &str =
    "UPDATE confirmations SET voided_at = $2::bigint, updated_at = $2::bigint, alarm_at = NULL,
        next_attempt_at = CASE WHEN state = 'PENDING' AND attempts = 0 AND lease_owner IS NULL
            THEN NULL ELSE $2::bigint END,
        state = CASE WHEN state = 'PENDING' AND attempts = 0 AND lease_owner IS NULL
            THEN 'WITHDRAWN' ELSE state END
    WHERE shipment = $1 AND voided_at IS NULL AND state NOT IN ('WITHDRAWN', 'SUPERSEDED')";

pub(super) const SETTLE: &str = "UPDATE confirmations SET state = $4::text, attempts = $5, looks = $6, resent = $7,
        by_hand = by_hand AND $4::text IN ('PENDING', 'SENT'), fault = $8, fault_words = $9, updated_at = $10::bigint,
        sent_at = coalesce(sent_at, $11), confirmed_at = coalesce(confirmed_at, $12), alarm_at = $13,
        next_attempt_at = CASE
            WHEN (voided_at IS NOT NULL) = $15 AND (scanned_at IS NOT NULL) = $16 THEN $14::bigint
            ELSE $10::bigint END,
        lease_owner = NULL, lease_until = NULL
    WHERE id = $1 AND fence = $2 AND lease_owner = $3";

pub(super) const SUPERSEDE: &str = "UPDATE confirmations SET state = 'SUPERSEDED', updated_at = $3,
        next_attempt_at = NULL, alarm_at = NULL
    WHERE id = $1 AND tenant = $2";

pub(super) const KEEP: &str = "INSERT INTO confirmation_evidence
        (confirmation, number, kind, sent_at, answered_at, request, request_sha256, outcome, response)
    SELECT $1::text, coalesce(max(number), 0) + 1, $2::text, $3::bigint, $4::bigint, $5::bytea, $6::bytea, $7::text,
        $8::bytea
    FROM confirmation_evidence WHERE confirmation = $1::text";

/// Writes them, inside the caller's transaction. One takes the place of the order's oldest voided parcel that none has
/// replaced yet.
pub(super) async fn insert(
    client: &ClientWrapper,
    about: &About<'_>,
    new: &[NewConfirmation],
    at: Timestamp,
) -> Result<(), Failure> {
    for one in new {
        let lock = client.prepare_cached(NUMBERING).await?;
        client.query(&lock, &[&about.tenant, &one.marketplace, &one.order]).await?;
        let statement = client.prepare_cached(INSERT).await?;
        client
            .execute(
                &statement,
                &[
                    &one.id,
                    &about.tenant,
                    &one.marketplace,
                    &one.order,
                    &about.purchase,
                    &i64::from(one.parcel),
                    &about.carrier,
                    &one.number,
                    &one.content,
                    &&one.content_sha256[..],
                    &micros(at),
                    &one.alarm_at.map(micros),
                    &one.next_attempt_at.map(micros),
                ],
            )
            .await?;
    }
    Ok(())
}

/// Marks those of a purchase whose label was voided, inside the caller's transaction. What was surely never sent is
/// withdrawn at once; the rest is due.
pub(super) async fn void(client: &ClientWrapper, purchase: &str, at: Timestamp) -> Result<(), Failure> {
    let statement = client.prepare_cached(VOID).await?;
    client.execute(&statement, &[&purchase, &micros(at)]).await?;
    Ok(())
}

/// The carrier has the parcel in its hands: what waits for that is due. Said twice it changes nothing.
pub(super) async fn handed_over(
    client: &ClientWrapper,
    tenant: &str,
    carrier: &str,
    number: &str,
    scanned_at: Timestamp,
    now: Timestamp,
) -> Result<(), Failure> {
    let statement = client
        .prepare_cached(
            "UPDATE confirmations SET scanned_at = $4,
                 next_attempt_at = CASE WHEN state = 'PENDING' AND voided_at IS NULL
                     THEN coalesce(next_attempt_at, $5) ELSE next_attempt_at END
             WHERE tenant = $1 AND carrier = $2 AND number = $3 AND scanned_at IS NULL",
        )
        .await?;
    client.execute(&statement, &[&tenant, &carrier, &number, &micros(scanned_at), &micros(now)]).await?;
    Ok(())
}

/// Takes the leases of what is due. An attempt that may now be made counts from here on.
pub(super) async fn claim(
    client: &ClientWrapper,
    lease: &Lease,
    due: &Due,
    limit: u32,
) -> Result<Vec<ConfirmationRow>, Failure> {
    let statement = client
        .prepare_cached(
            "WITH due AS (
                 SELECT id, work_at AS was_due_at FROM confirmations
                 WHERE work_at <= $1 AND (lease_until IS NULL OR lease_until <= $2) AND id <> ALL ($6)
                 ORDER BY work_at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED),
             taken AS (
                 UPDATE confirmations SET fence = fence + 1, lease_owner = $4, lease_until = $5,
                     attempts = attempts + CASE
                         WHEN state = 'PENDING' AND voided_at IS NULL AND next_attempt_at <= $1 THEN 1
                         ELSE 0 END
                 FROM due WHERE confirmations.id = due.id RETURNING confirmations.*, due.was_due_at)
             SELECT * FROM taken ORDER BY was_due_at, id",
        )
        .await?;
    let rows = client
        .query(
            &statement,
            &[
                &micros(due.work_at),
                &micros(due.lease_at),
                &limited(limit),
                &lease.owner,
                &micros(lease.until),
                &due.except,
            ],
        )
        .await?;
    rows.iter().map(read).collect()
}

/// Writes what work on a claimed one came to, and ends its lease.
pub(super) struct Settle {
    pub(super) row: ConfirmationRow,
    pub(super) change: ConfirmationChange,
}

impl Settle {
    /// The row itself; whether it was still held.
    async fn update(&self, client: &ClientWrapper) -> Result<bool, Failure> {
        let Settle { row, change } = self;
        let (fault, words) = change.fault.clone().unzip();
        let owner = row.lease.as_ref().map(|lease| lease.owner.clone());
        let statement = client.prepare_cached(SETTLE).await?;
        let written = client
            .execute(
                &statement,
                &[
                    &row.id,
                    &stored(row.fence),
                    &owner,
                    &change.state.name(),
                    &i64::from(change.attempts),
                    &i64::from(change.looks),
                    &i64::from(change.resent),
                    &fault,
                    &words,
                    &micros(change.at),
                    &change.sent_at.map(micros),
                    &change.confirmed_at.map(micros),
                    &change.alarm_at.map(micros),
                    &change.next_attempt_at.map(micros),
                    &row.voided_at.is_some(),
                    &row.scanned_at.is_some(),
                ],
            )
            .await?;
        Ok(written > 0)
    }

    async fn keep(&self, client: &ClientWrapper) -> Result<(), Failure> {
        let Some(evidence) = &self.change.evidence else { return Ok(()) };
        let statement = client.prepare_cached(KEEP).await?;
        client
            .execute(
                &statement,
                &[
                    &self.row.id,
                    &evidence.kind,
                    &micros(evidence.sent_at),
                    &micros(self.change.at),
                    &evidence.request,
                    &&evidence.request_sha256[..],
                    &evidence.outcome,
                    &evidence.response,
                ],
            )
            .await?;
        Ok(())
    }
}

#[async_trait]
impl Operation for Settle {
    type Output = ();

    fn key(&self) -> &str {
        &self.row.id
    }

    async fn run(&self, client: &ClientWrapper) -> Result<Done<()>, Failure> {
        let Settle { row, change } = self;
        if !self.update(client).await? {
            let what = format!("the lease on confirmation `{}` is no longer held", row.id);
            return Err(StoreError::conflict(what).into());
        }
        if let Some(old) = &change.supersedes {
            let statement = client.prepare_cached(SUPERSEDE).await?;
            client.execute(&statement, &[old, &row.tenant, &micros(change.at)]).await?;
        }
        self.keep(client).await?;
        let about = About { tenant: &row.tenant, purchase: &row.shipment, carrier: &row.carrier };
        alarms::write(client, &about, &change.alarms, change.at).await?;
        let event = change.event.clone().map(|event| Told {
            tenant: row.tenant.clone(),
            shipment: Some(row.shipment.clone()),
            event,
            at: change.at,
        });
        Ok(Done { output: (), event })
    }
}

/// Sends one anew by hand: what was refused, or waits.
pub(super) async fn retry(
    client: &ClientWrapper,
    tenant: &str,
    id: &str,
    at: Timestamp,
) -> Result<Option<ConfirmationRow>, Failure> {
    let statement = client
        .prepare_cached(
            "UPDATE confirmations SET state = 'PENDING', by_hand = true, looks = 0, resent = 0, updated_at = $3,
                 next_attempt_at = $3
             WHERE tenant = $1 AND id = $2 AND state IN ('PENDING', 'SENT', 'REFUSED') AND voided_at IS NULL
                 AND lease_owner IS NULL
             RETURNING *",
        )
        .await?;
    client.query_opt(&statement, &[&tenant, &id, &micros(at)]).await?.as_ref().map(read).transpose()
}

pub(super) async fn get(
    client: &ClientWrapper,
    tenant: &str,
    id: &str,
) -> Result<Option<ConfirmationRow>, Failure> {
    let statement =
        client.prepare_cached("SELECT * FROM confirmations WHERE tenant = $1 AND id = $2").await?;
    client.query_opt(&statement, &[&tenant, &id]).await?.as_ref().map(read).transpose()
}

/// The one that takes the place of this one.
pub(super) async fn replacement(
    client: &ClientWrapper,
    tenant: &str,
    id: &str,
) -> Result<Option<ConfirmationRow>, Failure> {
    let statement =
        client.prepare_cached("SELECT * FROM confirmations WHERE tenant = $1 AND replaces = $2").await?;
    client.query_opt(&statement, &[&tenant, &id]).await?.as_ref().map(read).transpose()
}

pub(super) async fn list(
    client: &ClientWrapper,
    tenant: &str,
    of: &ConfirmationsOf,
    limit: u32,
) -> Result<Vec<ConfirmationRow>, Failure> {
    let (sql, key) = match of {
        ConfirmationsOf::Shipment(id) => {
            ("SELECT * FROM confirmations WHERE tenant = $1 AND shipment = $2 ORDER BY parcel LIMIT $3", id)
        }
        ConfirmationsOf::Order(id) => (
            "SELECT * FROM confirmations WHERE tenant = $1 AND order_id = $2
             ORDER BY marketplace, package, created_at, id LIMIT $3",
            id,
        ),
    };
    let statement = client.prepare_cached(sql).await?;
    client.query(&statement, &[&tenant, key, &limited(limit)]).await?.iter().map(read).collect()
}

pub(super) async fn evidence(
    client: &ClientWrapper,
    tenant: &str,
    id: &str,
) -> Result<Vec<EvidenceRow>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT evidence.* FROM confirmation_evidence AS evidence
             JOIN confirmations ON confirmations.id = evidence.confirmation
             WHERE confirmations.tenant = $1 AND evidence.confirmation = $2 ORDER BY evidence.number",
        )
        .await?;
    let read = |row: &Row| {
        Ok(EvidenceRow {
            number: small(row, "number")?,
            kind: row.value("kind")?,
            sent_at: row.time("sent_at")?,
            answered_at: row.time("answered_at")?,
            request: row.value("request")?,
            request_sha256: row.hash("request_sha256")?,
            outcome: row.value("outcome")?,
            response: row.value("response")?,
        })
    };
    client.query(&statement, &[&tenant, &id]).await?.iter().map(read).collect()
}

fn small(row: &Row, column: &str) -> Result<u32, Failure> {
    Ok(u32::try_from(row.count(column)?).unwrap_or(u32::MAX))
}

fn read(row: &Row) -> Result<ConfirmationRow, Failure> {
    let state = ConfirmationState::from_name(&row.value::<String>("state")?).ok_or_else(|| {
        Failure::Undo(StoreError::damaged("a confirmation has a state that this program does not write"))
    })?;
    let owner: Option<String> = row.value("lease_owner")?;
    let (fault, words): (Option<String>, Option<String>) = (row.value("fault")?, row.value("fault_words")?);
    Ok(ConfirmationRow {
        tenant: row.value("tenant")?,
        id: row.value("id")?,
        marketplace: row.value("marketplace")?,
        order: row.value("order_id")?,
        shipment: row.value("shipment")?,
        parcel: small(row, "parcel")?,
        carrier: row.value("carrier")?,
        number: row.value("number")?,
        package: small(row, "package")?,
        replaces: row.value("replaces")?,
        state,
        content: row.value("content")?,
        content_sha256: row.hash("content_sha256")?,
        attempts: small(row, "attempts")?,
        looks: small(row, "looks")?,
        resent: small(row, "resent")?,
        by_hand: row.value("by_hand")?,
        fault: fault.zip(words),
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        scanned_at: row.time_opt("scanned_at")?,
        sent_at: row.time_opt("sent_at")?,
        confirmed_at: row.time_opt("confirmed_at")?,
        voided_at: row.time_opt("voided_at")?,
        alarm_at: row.time_opt("alarm_at")?,
        next_attempt_at: row.time_opt("next_attempt_at")?,
        fence: row.count("fence")?,
        lease: owner.zip(row.time_opt("lease_until")?).map(|(owner, until)| Lease { owner, until }),
    })
}
