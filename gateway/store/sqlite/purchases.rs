//! Purchases in SQLite: begun once a key, held by a lease and a fence, moved only along legal ways.
//!
//! It never sends, waits or reads a clock. Start at [`begin`]; how purchases are found is in `listing.rs`.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::alarms;
use super::confirmations;
use super::documents::{self, Hashed};
use super::listing;
use super::outbox;
use super::tracking;
use super::values::{count, limited, micros, state, stored, time, time_opt};
use crate::store::{
    Begun, Change, Claimed, Due, Finished, Hold, Lease, NewPurchase, PurchaseRow, PurchaseState, Result,
    StoreError,
};

/// What a hold was checked against.
pub(super) struct Held {
    tenant: String,
    carrier: String,
    state: PurchaseState,
}

impl Held {
    /// What an alarm or a confirmation of this purchase is about.
    fn about<'a>(&'a self, hold: &'a Hold) -> alarms::About<'a> {
        alarms::About { tenant: &self.tenant, purchase: &hold.purchase, carrier: &self.carrier }
    }
}

/// Checks that the hold is the present one. A purchase at its end has none, unless it is watched.
pub(super) fn held(connection: &Connection, hold: &Hold) -> Result<Held> {
    connection
        .prepare_cached(
            "SELECT tenant, carrier, state FROM purchases WHERE id = ?1 AND fence = ?2 AND lease_owner = ?3",
        )?
        .query_row((&hold.purchase, stored(hold.fence), &hold.owner), |row| {
            Ok(Held { tenant: row.get("tenant")?, carrier: row.get("carrier")?, state: state(row, "state")? })
        })
        .optional()?
        .ok_or_else(|| StoreError::Fenced { purchase: hold.purchase.clone(), fence: hold.fence })
}

pub(super) fn begin(connection: &Connection, new: &NewPurchase) -> Result<Begun> {
    let written = connection
        .prepare_cached(
            "INSERT INTO purchases (id, tenant, idempotency_key, fingerprint, carrier, account, service, reference,
                 state, body, created_at, updated_at, fence, lease_owner, lease_until)
             VALUES (:id, :tenant, :key, :fingerprint, :carrier, :account, :service, :reference,
                 'INTENT', :body, :created_at, :created_at, 1, :owner, :until)
             ON CONFLICT (tenant, idempotency_key) DO NOTHING",
        )?
        .execute(named_params! {
            ":id": new.id,
            ":tenant": new.tenant,
            ":key": new.idempotency_key,
            ":fingerprint": new.fingerprint,
            ":carrier": new.carrier,
            ":account": new.account,
            ":service": new.service,
            ":reference": new.reference,
            ":body": new.body,
            ":created_at": micros(new.created_at),
            ":owner": new.lease.owner,
            ":until": micros(new.lease.until),
        });
    match written {
        Ok(0) => {}
        Ok(_) => {
            let owner = new.lease.owner.clone();
            return Ok(Begun::Started(Hold { purchase: new.id.clone(), owner, fence: 1 }));
        }
        // A repeated call may bring the same id as well: then too the key decides.
        Err(error) => match StoreError::from(error) {
            StoreError::Conflict { .. } => {}
            other => return Err(other),
        },
    }
    match listing::by_key(connection, &new.tenant, &new.idempotency_key)? {
        Some(row) => Ok(Begun::Existing(Box::new(row))),
        None => Err(StoreError::conflict(format!("purchase `{}` is there already", new.id))),
    }
}

pub(super) fn claim(
    connection: &Connection,
    tenant: &str,
    id: &str,
    lease: &Lease,
    now: Timestamp,
) -> Result<Option<Claimed>> {
    let Some(row) = listing::get(connection, tenant, id)? else { return Ok(None) };
    if row.state.is_terminal() {
        return Ok(Some(Claimed::Terminal(Box::new(row))));
    }
    if row.lease.as_ref().is_some_and(|lease| lease.until > now) {
        return Ok(Some(Claimed::Held(Box::new(row))));
    }
    let row = take(connection, id, lease)?;
    let hold = Hold { purchase: row.id.clone(), owner: lease.owner.clone(), fence: row.fence };
    Ok(Some(Claimed::Taken(hold, Box::new(row))))
}

pub(super) fn claim_due(
    connection: &Connection,
    lease: &Lease,
    due: &Due,
    limit: u32,
) -> Result<Vec<PurchaseRow>> {
    let limit = usize::try_from(limited(limit)).unwrap_or_default();
    let among = i64::try_from(limit.saturating_add(due.except.len())).unwrap_or(i64::MAX);
    let found: Vec<String> = connection
        .prepare_cached(
            "SELECT id FROM purchases WHERE work_at <= ?1 AND (lease_until IS NULL OR lease_until <= ?2)
             ORDER BY work_at, id LIMIT ?3",
        )?
        .query_map((micros(due.work_at), micros(due.lease_at), among), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    found
        .iter()
        .filter(|id| !due.except.contains(id))
        .take(limit)
        .map(|id| take(connection, id, lease))
        .collect()
}

/// Frees the keys that were answered before the time.
pub(super) fn expire_keys(connection: &Connection, before: Timestamp, limit: u32) -> Result<u64> {
    let freed = connection
        .prepare_cached(
            "UPDATE purchases SET idempotency_key = NULL, answer = NULL, answered_at = NULL WHERE rowid IN
             (SELECT rowid FROM purchases
              WHERE idempotency_key IS NOT NULL AND answered_at < ?1 AND work_at IS NULL AND lease_owner IS NULL
              ORDER BY answered_at LIMIT ?2)",
        )?
        .execute((micros(before), limited(limit)))?;
    Ok(u64::try_from(freed).unwrap_or(u64::MAX))
}

/// Gives the lease to the worker under the next fence.
fn take(connection: &Connection, id: &str, lease: &Lease) -> Result<PurchaseRow> {
    let row = connection
        .prepare_cached(
            "UPDATE purchases SET fence = fence + 1, lease_owner = ?2, lease_until = ?3 WHERE id = ?1 RETURNING *",
        )?
        .query_row((id, &lease.owner, micros(lease.until)), read)?;
    Ok(row)
}

pub(super) fn renew(connection: &Connection, hold: &Hold, until: Timestamp) -> Result<()> {
    held(connection, hold)?;
    connection
        .prepare_cached("UPDATE purchases SET lease_until = ?2 WHERE id = ?1")?
        .execute((&hold.purchase, micros(until)))?;
    Ok(())
}

pub(super) fn release(connection: &Connection, hold: &Hold, next_action_at: Option<Timestamp>) -> Result<()> {
    held(connection, hold)?;
    connection
        .prepare_cached(
            "UPDATE purchases SET lease_owner = NULL, lease_until = NULL, next_action_at = ?2 WHERE id = ?1",
        )?
        .execute((&hold.purchase, next_action_at.map(micros)))?;
    Ok(())
}

pub(super) fn set_state(connection: &Connection, hold: &Hold, change: &Change) -> Result<()> {
    let held = held(connection, hold)?;
    if !change.from.contains(&held.state) || !held.state.may_become(change.to) {
        return Err(illegal(hold, held.state, change.to));
    }
    connection
        .prepare_cached(
            "UPDATE purchases SET state = ?2, body = coalesce(?3, body), next_action_at = ?4, updated_at = ?5
             WHERE id = ?1",
        )?
        .execute((
            &hold.purchase,
            change.to.name(),
            &change.body,
            change.next_action_at.map(micros),
            micros(change.at),
        ))?;
    outbox::append(connection, &held.tenant, Some(&hold.purchase), change.event.as_ref(), change.at)?;
    alarms::write(connection, &held.about(hold), &change.alarms, change.at)
}

/// Ends the purchase. The documents of `finished` come hashed, apart.
pub(super) fn finish(
    connection: &Connection,
    hold: &Hold,
    finished: &Finished,
    hashed: &[Hashed],
) -> Result<()> {
    let held = held(connection, hold)?;
    if finished.state.is_open() || !held.state.may_become(finished.state) {
        return Err(illegal(hold, held.state, finished.state));
    }
    if finished.watch_at.is_some() && finished.state != PurchaseState::Refused {
        return Err(StoreError::conflict("only a refused purchase is watched"));
    }
    let written = connection
        .prepare_cached(
            "UPDATE purchases SET state = :state, body = coalesce(:body, body), answer = coalesce(:answer, answer),
                 answered_at = CASE WHEN :answer IS NULL THEN answered_at ELSE :at END,
                 updated_at = :at, lease_owner = NULL, lease_until = NULL, next_action_at = :watch_at
             WHERE id = :id AND (:answer IS NULL OR answer IS NULL)",
        )?
        .execute(named_params! {
            ":id": hold.purchase,
            ":state": finished.state.name(),
            ":body": finished.body,
            ":answer": finished.answer,
            ":at": micros(finished.at),
            ":watch_at": finished.watch_at.map(micros),
        })?;
    if written == 0 {
        return Err(StoreError::conflict(format!("purchase `{}` has its answer already", hold.purchase)));
    }
    for (carrier, number) in &finished.tracking {
        connection
            .prepare_cached(
                "INSERT INTO tracking_numbers (tenant, carrier, number, purchase, stored_at)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            )?
            .execute((&held.tenant, carrier, number, &hold.purchase, micros(finished.at)))?;
        let parcel = (carrier.as_str(), number.as_str());
        tracking::follow(connection, &held.tenant, &hold.purchase, parcel, finished.following, finished.at)?;
    }
    for document in hashed {
        documents::store(connection, &held.tenant, &hold.purchase, document, finished.at)?;
    }
    confirmations::insert(connection, &held.about(hold), &finished.confirmations, finished.at)?;
    if finished.state == PurchaseState::Voided {
        confirmations::void(connection, &hold.purchase, finished.at)?;
    }
    outbox::append(connection, &held.tenant, Some(&hold.purchase), finished.event.as_ref(), finished.at)?;
    alarms::write(connection, &held.about(hold), &finished.alarms, finished.at)
}

fn illegal(hold: &Hold, from: PurchaseState, to: PurchaseState) -> StoreError {
    StoreError::conflict(format!(
        "purchase `{}` is {from} and may not become {to} by this call",
        hold.purchase
    ))
}

/// A whole row.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<PurchaseRow> {
    let owner: Option<String> = row.get("lease_owner")?;
    Ok(PurchaseRow {
        tenant: row.get("tenant")?,
        id: row.get("id")?,
        idempotency_key: row.get("idempotency_key")?,
        fingerprint: row.get("fingerprint")?,
        carrier: row.get("carrier")?,
        account: row.get("account")?,
        service: row.get("service")?,
        reference: row.get("reference")?,
        state: state(row, "state")?,
        body: row.get("body")?,
        answer: row.get("answer")?,
        answered_at: time_opt(row, "answered_at")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        fence: count(row, "fence")?,
        lease: owner.zip(time_opt(row, "lease_until")?).map(|(owner, until)| Lease { owner, until }),
        next_action_at: time_opt(row, "next_action_at")?,
    })
}
