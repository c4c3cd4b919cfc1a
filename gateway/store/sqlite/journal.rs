//! The journal of exchanges in SQLite: an intent before the sending, a reply after it, each once.
//!
//! It never reads a request or a reply. Start at [`intent`].

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

use super::purchases::held;
use super::values::{limited, micros, time, time_opt};
use crate::store::{Hold, JournalRow, NewIntent, NewReply, Result, StoreError};

pub(super) fn intent(connection: &Connection, hold: &Hold, intent: &NewIntent) -> Result<()> {
    held(connection, hold)?;
    let written = connection
        .prepare_cached(
            "INSERT INTO journal (purchase, operation, step, name, request, request_sha256, intent_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        )?
        .execute((
            &hold.purchase,
            &intent.operation,
            intent.step,
            &intent.name,
            &intent.request,
            intent.request_sha256,
            micros(intent.at),
        ))?;
    if written == 0 {
        return Err(conflict(hold, &intent.operation, intent.step, "has an intent already"));
    }
    connection
        .prepare_cached(
            "UPDATE purchases SET state = 'SENDING', updated_at = ?2 WHERE id = ?1 AND state = 'INTENT'",
        )?
        .execute((&hold.purchase, micros(intent.at)))?;
    Ok(())
}

pub(super) fn reply(connection: &Connection, hold: &Hold, reply: &NewReply) -> Result<()> {
    held(connection, hold)?;
    let answered: Option<bool> = connection
        .prepare_cached(
            "SELECT reply IS NOT NULL FROM journal WHERE purchase = ?1 AND operation = ?2 AND step = ?3",
        )?
        .query_row((&hold.purchase, &reply.operation, reply.step), |row| row.get(0))
        .optional()?;
    match answered {
        None => return Err(conflict(hold, &reply.operation, reply.step, "has no intent")),
        Some(true) if !reply.replaces => {
            return Err(conflict(hold, &reply.operation, reply.step, "has a reply already"));
        }
        Some(_) => {}
    }
    connection
        .prepare_cached(
            "UPDATE journal SET reply = ?4, reply_at = ?5 WHERE purchase = ?1 AND operation = ?2 AND step = ?3",
        )?
        .execute((&hold.purchase, &reply.operation, reply.step, &reply.reply, micros(reply.at)))?;
    Ok(())
}

pub(super) fn list(connection: &Connection, purchase: &str, operation: &str) -> Result<Vec<JournalRow>> {
    let mut statement = connection
        .prepare_cached("SELECT * FROM journal WHERE purchase = ?1 AND operation = ?2 ORDER BY step")?;
    Ok(statement.query_map((purchase, operation), read)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn purge(connection: &Connection, before: Timestamp, limit: u32) -> Result<u64> {
    connection
        .prepare_cached(
            "DELETE FROM journal WHERE rowid IN
             (SELECT journal.rowid FROM journal JOIN purchases ON purchases.id = journal.purchase
              WHERE journal.intent_at < ?1 AND purchases.work_at IS NULL AND purchases.state <> 'IN_DOUBT'
              ORDER BY journal.intent_at LIMIT ?2)",
        )?
        .execute((micros(before), limited(limit)))?;
    Ok(connection.changes())
}

fn conflict(hold: &Hold, operation: &str, step: u32, what: &str) -> StoreError {
    StoreError::conflict(format!("step {step} of `{operation}` of purchase `{}` {what}", hold.purchase))
}

fn read(row: &Row<'_>) -> rusqlite::Result<JournalRow> {
    let reply: Option<Vec<u8>> = row.get("reply")?;
    Ok(JournalRow {
        step: row.get("step")?,
        name: row.get("name")?,
        request: row.get("request")?,
        request_sha256: row.get("request_sha256")?,
        intent_at: time(row, "intent_at")?,
        reply: reply.zip(time_opt(row, "reply_at")?),
    })
}
