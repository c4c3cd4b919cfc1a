//! What carriers pushed, in PostgreSQL: kept once, taken by one, removed by age. Each function is one statement; it
//! never reads a body. Start at [`put`].

use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::failure::Failure;
use super::values::{Columns, limited, micros, stored};
use crate::store::{HookRow, HookState, NewHook};

pub(super) async fn put(client: &ClientWrapper, hook: &NewHook) -> Result<Option<u64>, Failure> {
    let statement = client
        .prepare_cached(
            "INSERT INTO hooks (tenant, carrier, account, fingerprint, body, received_at, state, attempts, due_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'KEPT', 0, $6) ON CONFLICT DO NOTHING RETURNING id",
        )
        .await?;
    let fingerprint = hook.fingerprint.as_slice();
    let at = micros(hook.received_at);
    let row = client
        .query_opt(&statement, &[&hook.tenant, &hook.carrier, &hook.account, &fingerprint, &hook.body, &at])
        .await?;
    row.map(|row| row.count("id")).transpose()
}

pub(super) async fn claim(
    client: &ClientWrapper,
    now: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<HookRow>, Failure> {
    let statement = client
        .prepare_cached(
            "WITH due AS (
                 SELECT id FROM hooks WHERE due_at <= $1 ORDER BY due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED),
             taken AS (
                 UPDATE hooks SET due_at = $2, attempts = attempts + 1 FROM due WHERE hooks.id = due.id
                 RETURNING hooks.*)
             SELECT * FROM taken ORDER BY received_at, id",
        )
        .await?;
    let rows = client.query(&statement, &[&micros(now), &micros(until), &limited(limit)]).await?;
    rows.iter().map(read).collect()
}

pub(super) async fn settle(client: &ClientWrapper, id: u64, state: HookState) -> Result<(), Failure> {
    let statement = client.prepare_cached("UPDATE hooks SET state = $2, due_at = NULL WHERE id = $1").await?;
    client.execute(&statement, &[&stored(id), &state.name()]).await?;
    Ok(())
}

pub(super) async fn purge(client: &ClientWrapper, before: Timestamp, limit: u32) -> Result<u64, Failure> {
    let statement = client
        .prepare_cached(
            "DELETE FROM hooks WHERE id IN
             (SELECT id FROM hooks WHERE received_at < $1 ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        )
        .await?;
    Ok(client.execute(&statement, &[&micros(before), &limited(limit)]).await?)
}

fn read(row: &Row) -> Result<HookRow, Failure> {
    let state: String = row.value("state")?;
    Ok(HookRow {
        id: row.count("id")?,
        hook: NewHook {
            tenant: row.value("tenant")?,
            carrier: row.value("carrier")?,
            account: row.value("account")?,
            fingerprint: row.hash("fingerprint")?,
            body: row.value("body")?,
            received_at: row.time("received_at")?,
        },
        // The column allows no other name.
        state: HookState::from_name(&state).unwrap_or(HookState::Kept),
        attempts: u32::try_from(row.count("attempts")?).unwrap_or(u32::MAX),
    })
}
