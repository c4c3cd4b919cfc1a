//! Alarms in PostgreSQL: raised and settled by the transactions that have cause, closed by people.
//!
//! An open alarm of a purchase and code is there once. It never deletes. Start at [`write`].

use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::failure::Failure;
use super::values::{Columns, limited, micros, stored};
use crate::store::{AlarmRow, Alarms};

pub(super) const RAISE: &str = "INSERT INTO alarms (tenant, purchase, carrier, code, words, raised_at)
    SELECT $1, $2, $3, code, words, $6
    FROM unnest($4::text[], $5::text[]) WITH ORDINALITY AS new (code, words, position) ORDER BY position
    ON CONFLICT DO NOTHING";

pub(super) const SETTLE: &str = "UPDATE alarms SET closed_at = $3, closed_by = 'the gateway'
    WHERE purchase = $1 AND code = ANY ($2) AND closed_at IS NULL";

/// What an alarm is about.
pub(super) struct About<'a> {
    /// Whose purchase it is.
    pub(super) tenant: &'a str,
    /// The purchase's id.
    pub(super) purchase: &'a str,
    /// The carrier's id.
    pub(super) carrier: &'a str,
}

/// Raises and settles, inside the caller's transaction.
pub(super) async fn write(
    client: &ClientWrapper,
    about: &About<'_>,
    alarms: &Alarms,
    at: Timestamp,
) -> Result<(), Failure> {
    if !alarms.raise.is_empty() {
        let codes: Vec<&str> = alarms.raise.iter().map(|alarm| alarm.code).collect();
        let words: Vec<&str> = alarms.raise.iter().map(|alarm| alarm.words.as_str()).collect();
        let statement = client.prepare_cached(RAISE).await?;
        client
            .execute(
                &statement,
                &[&about.tenant, &about.purchase, &about.carrier, &codes, &words, &micros(at)],
            )
            .await?;
    }
    if !alarms.settle.is_empty() {
        let statement = client.prepare_cached(SETTLE).await?;
        client.execute(&statement, &[&about.purchase, &alarms.settle, &micros(at)]).await?;
    }
    Ok(())
}

pub(super) async fn open(client: &ClientWrapper, after: u64, limit: u32) -> Result<Vec<AlarmRow>, Failure> {
    let statement = client
        .prepare_cached("SELECT * FROM alarms WHERE closed_at IS NULL AND id > $1 ORDER BY id LIMIT $2")
        .await?;
    client.query(&statement, &[&stored(after), &limited(limit)]).await?.iter().map(read).collect()
}

pub(super) async fn close(client: &ClientWrapper, id: u64, by: &str, at: Timestamp) -> Result<bool, Failure> {
    let statement = client
        .prepare_cached(
            "UPDATE alarms SET closed_at = $2, closed_by = $3 WHERE id = $1 AND closed_at IS NULL",
        )
        .await?;
    Ok(client.execute(&statement, &[&stored(id), &micros(at), &by]).await? > 0)
}

fn read(row: &Row) -> Result<AlarmRow, Failure> {
    Ok(AlarmRow {
        id: row.count("id")?,
        tenant: row.value("tenant")?,
        purchase: row.value("purchase")?,
        carrier: row.value("carrier")?,
        code: row.value("code")?,
        words: row.value("words")?,
        raised_at: row.time("raised_at")?,
    })
}
