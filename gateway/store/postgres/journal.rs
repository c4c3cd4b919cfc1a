//! The journal of exchanges in PostgreSQL: an intent before the sending, a reply after it, each once.
//!
//! Both hold the purchase's row while they write, so that nobody takes over in between. It never reads a request or a
//! reply. Start at [`Intent`].

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::failure::Failure;
use super::purchases::held;
use super::values::{Columns, limited, micros, stored};
use super::write::{Done, Operation};
use crate::store::{Hold, JournalRow, NewIntent, NewReply, StoreError};

pub(super) const INTENT: &str = "WITH held AS (
        SELECT id, state FROM purchases WHERE id = $1 AND fence = $2 AND lease_owner = $3 FOR NO KEY UPDATE),
    moved AS (
        UPDATE purchases SET state = 'SENDING', updated_at = $9 FROM held
        WHERE purchases.id = held.id AND held.state = 'INTENT')
    INSERT INTO journal (purchase, operation, step, name, request, request_sha256, intent_at)
    SELECT id, $4, $5, $6, $7, $8, $9 FROM held ON CONFLICT DO NOTHING";

pub(super) const REPLY: &str = "WITH held AS (
        SELECT id FROM purchases WHERE id = $1 AND fence = $2 AND lease_owner = $3 FOR NO KEY UPDATE)
    UPDATE journal SET reply = $6, reply_at = $7 FROM held
    WHERE purchase = held.id AND operation = $4 AND step = $5 AND (reply IS NULL OR $8)";

const ANSWERED: &str =
    "SELECT reply IS NOT NULL AS answered FROM journal WHERE purchase = $1 AND operation = $2 AND step = $3";

/// Writes down an exchange that is about to be sent.
pub(super) struct Intent {
    pub(super) hold: Hold,
    pub(super) intent: NewIntent,
}

#[async_trait]
impl Operation for Intent {
    type Output = ();

    fn key(&self) -> &str {
        &self.hold.purchase
    }

    async fn run(&self, client: &ClientWrapper) -> Result<Done<()>, Failure> {
        let Intent { hold, intent } = self;
        let statement = client.prepare_cached(INTENT).await?;
        let written = client
            .execute(
                &statement,
                &[
                    &hold.purchase,
                    &stored(hold.fence),
                    &hold.owner,
                    &intent.operation,
                    &i64::from(intent.step),
                    &intent.name,
                    &intent.request,
                    &&intent.request_sha256[..],
                    &micros(intent.at),
                ],
            )
            .await?;
        if written > 0 {
            return Ok(Done::silent(()));
        }
        held(client, hold).await?;
        Err(conflict(hold, &intent.operation, intent.step, "has an intent already"))
    }
}

/// Writes down the reply of an exchange.
pub(super) struct Reply {
    pub(super) hold: Hold,
    pub(super) reply: NewReply,
}

#[async_trait]
impl Operation for Reply {
    type Output = ();

    fn key(&self) -> &str {
        &self.hold.purchase
    }

    async fn run(&self, client: &ClientWrapper) -> Result<Done<()>, Failure> {
        let Reply { hold, reply } = self;
        let (statement, step) = (client.prepare_cached(REPLY).await?, i64::from(reply.step));
        let written = client
            .execute(
                &statement,
                &[
                    &hold.purchase,
                    &stored(hold.fence),
                    &hold.owner,
                    &reply.operation,
                    &step,
                    &reply.reply,
                    &micros(reply.at),
                    &reply.replaces,
                ],
            )
            .await?;
        if written > 0 {
            return Ok(Done::silent(()));
        }
        held(client, hold).await?;
        let statement = client.prepare_cached(ANSWERED).await?;
        let there = client.query_opt(&statement, &[&hold.purchase, &reply.operation, &step]).await?;
        let why = if there.is_some() { "has a reply already" } else { "has no intent" };
        Err(conflict(hold, &reply.operation, reply.step, why))
    }
}

pub(super) async fn list(
    client: &ClientWrapper,
    purchase: &str,
    operation: &str,
) -> Result<Vec<JournalRow>, Failure> {
    let statement = client
        .prepare_cached("SELECT * FROM journal WHERE purchase = $1 AND operation = $2 ORDER BY step")
        .await?;
    client.query(&statement, &[&purchase, &operation]).await?.iter().map(read).collect()
}

pub(super) async fn purge(client: &ClientWrapper, before: Timestamp, limit: u32) -> Result<u64, Failure> {
    let statement = client
        .prepare_cached(
            "DELETE FROM journal WHERE (purchase, operation, step) IN
             (SELECT journal.purchase, journal.operation, journal.step
              FROM journal JOIN purchases ON purchases.id = journal.purchase
              WHERE journal.intent_at < $1 AND purchases.work_at IS NULL AND purchases.state <> 'IN_DOUBT'
              ORDER BY journal.intent_at LIMIT $2 FOR UPDATE OF journal SKIP LOCKED)",
        )
        .await?;
    Ok(client.execute(&statement, &[&micros(before), &limited(limit)]).await?)
}

fn conflict(hold: &Hold, operation: &str, step: u32, what: &str) -> Failure {
    StoreError::conflict(format!("step {step} of `{operation}` of purchase `{}` {what}", hold.purchase))
        .into()
}

fn read(row: &Row) -> Result<JournalRow, Failure> {
    let reply: Option<Vec<u8>> = row.value("reply")?;
    Ok(JournalRow {
        step: u32::try_from(row.value::<i64>("step")?)
            .map_err(|_| StoreError::damaged("a stored `step` is none that this program writes"))?,
        name: row.value("name")?,
        request: row.value("request")?,
        request_sha256: row.hash("request_sha256")?,
        intent_at: row.time("intent_at")?,
        reply: reply.zip(row.time_opt("reply_at")?),
    })
}
