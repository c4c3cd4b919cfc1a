//! What carriers pushed, in SQLite: kept once, taken by one, removed by age. It never reads a body. Start at [`put`].

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::values::{count, limited, micros, stored, time};
use crate::store::{HookRow, HookState, NewHook, Result};

pub(super) fn put(connection: &Connection, hook: &NewHook) -> Result<Option<u64>> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO hooks (tenant, carrier, account, fingerprint, body, received_at, state, attempts, due_at)
         VALUES (:tenant, :carrier, :account, :fingerprint, :body, :at, 'KEPT', 0, :at)
         ON CONFLICT DO NOTHING RETURNING id",
    )?;
    let values = named_params! {
        ":tenant": hook.tenant,
        ":carrier": hook.carrier,
        ":account": hook.account,
        ":fingerprint": hook.fingerprint,
        ":body": hook.body,
        ":at": micros(hook.received_at),
    };
    Ok(statement.query_row(values, |row| count(row, "id")).optional()?)
}

pub(super) fn claim(
    connection: &Connection,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<HookRow>> {
    let due: Vec<i64> = connection
        .prepare_cached("SELECT id FROM hooks WHERE due_at <= ?1 ORDER BY due_at, id LIMIT ?2")?
        .query_map((micros(now), limited(limit)), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut take = connection
        .prepare_cached("UPDATE hooks SET due_at = ?2, attempts = attempts + 1 WHERE id = ?1 RETURNING *")?;
    let rows = due.into_iter().map(|id| take.query_row((id, micros(until)), read));
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn settle(connection: &Connection, id: u64, state: HookState) -> Result<()> {
    connection
        .prepare_cached("UPDATE hooks SET state = ?2, due_at = NULL WHERE id = ?1")?
        .execute((stored(id), state.name()))?;
    Ok(())
}

pub(super) fn purge(connection: &Connection, before: Timestamp, limit: u32) -> Result<u64> {
    let removed = connection
        .prepare_cached(
            "DELETE FROM hooks WHERE id IN
             (SELECT id FROM hooks WHERE received_at < ?1 ORDER BY received_at LIMIT ?2)",
        )?
        .execute((micros(before), limited(limit)))?;
    Ok(u64::try_from(removed).unwrap_or(u64::MAX))
}

fn read(row: &Row<'_>) -> rusqlite::Result<HookRow> {
    let state: String = row.get("state")?;
    Ok(HookRow {
        id: count(row, "id")?,
        hook: NewHook {
            tenant: row.get("tenant")?,
            carrier: row.get("carrier")?,
            account: row.get("account")?,
            fingerprint: row.get("fingerprint")?,
            body: row.get("body")?,
            received_at: time(row, "received_at")?,
        },
        // The column allows no other name.
        state: HookState::from_name(&state).unwrap_or(HookState::Kept),
        attempts: row.get("attempts")?,
    })
}
