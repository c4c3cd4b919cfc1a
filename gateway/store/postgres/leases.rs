//! Leases of purchases in PostgreSQL: taken by one gateway at a time, under a fence that only grows.
//!
//! Who looks for work passes rows that another one has in its hands. It never reads a clock. Start at [`claim_due`].

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;

use super::failure::Failure;
use super::listing::{self, read};
use super::purchases::fenced;
use super::values::{limited, micros, stored};
use super::write::{Done, Operation};
use crate::store::{Claimed, Due, Hold, Lease, PurchaseRow, StoreError};

pub(super) const RENEW: &str =
    "UPDATE purchases SET lease_until = $4 WHERE id = $1 AND fence = $2 AND lease_owner = $3";

pub(super) const RELEASE: &str =
    "UPDATE purchases SET lease_owner = NULL, lease_until = NULL, next_action_at = $4
    WHERE id = $1 AND fence = $2 AND lease_owner = $3";

/// How often a claim is tried while others take and leave the purchase.
const TRIES: usize = 3;

pub(super) async fn claim(
    client: &ClientWrapper,
    tenant: &str,
    id: &str,
    lease: &Lease,
    now: Timestamp,
) -> Result<Option<Claimed>, Failure> {
    let statement = client
        .prepare_cached(
            "UPDATE purchases SET fence = fence + 1, lease_owner = $3, lease_until = $4
             WHERE tenant = $1 AND id = $2 AND state NOT IN ('REFUSED', 'VOIDED')
                 AND (lease_until IS NULL OR lease_until <= $5)
             RETURNING *",
        )
        .await?;
    for _ in 0..TRIES {
        let until = micros(lease.until);
        let taken = client.query_opt(&statement, &[&tenant, &id, &lease.owner, &until, &micros(now)]).await?;
        if let Some(row) = taken {
            let row = read(&row)?;
            let hold = Hold { purchase: row.id.clone(), owner: lease.owner.clone(), fence: row.fence };
            return Ok(Some(Claimed::Taken(hold, Box::new(row))));
        }
        let Some(row) = listing::get(client, tenant, id).await? else { return Ok(None) };
        if row.state.is_terminal() {
            return Ok(Some(Claimed::Terminal(Box::new(row))));
        }
        if row.lease.as_ref().is_some_and(|lease| lease.until > now) {
            return Ok(Some(Claimed::Held(Box::new(row))));
        }
        // It was held when it was to be taken and was free when it was read.
    }
    let what = format!("others take and leave purchase `{id}` all the time");
    Err(StoreError::Busy { what }.into())
}

pub(super) async fn claim_due(
    client: &ClientWrapper,
    lease: &Lease,
    due: &Due,
    limit: u32,
) -> Result<Vec<PurchaseRow>, Failure> {
    let statement = client
        .prepare_cached(
            "WITH due AS (
                 SELECT id, work_at AS was_due_at FROM purchases
                 WHERE work_at <= $1 AND (lease_until IS NULL OR lease_until <= $2) AND id <> ALL ($6)
                 ORDER BY work_at, id LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED),
             taken AS (
                 UPDATE purchases SET fence = fence + 1, lease_owner = $4, lease_until = $5 FROM due
                 WHERE purchases.id = due.id RETURNING purchases.*, due.was_due_at)
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

/// Frees the keys that were answered before the time.
pub(super) async fn expire_keys(
    client: &ClientWrapper,
    before: Timestamp,
    limit: u32,
) -> Result<u64, Failure> {
    let statement = client
        .prepare_cached(
            "UPDATE purchases SET idempotency_key = NULL, answer = NULL, answered_at = NULL WHERE id IN
             (SELECT id FROM purchases
              WHERE idempotency_key IS NOT NULL AND answered_at < $1 AND work_at IS NULL AND lease_owner IS NULL
              ORDER BY answered_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)",
        )
        .await?;
    Ok(client.execute(&statement, &[&micros(before), &limited(limit)]).await?)
}

/// Moves the end of a lease.
pub(super) struct Renew {
    pub(super) hold: Hold,
    pub(super) until: Timestamp,
}

#[async_trait]
impl Operation for Renew {
    type Output = ();

    fn key(&self) -> &str {
        &self.hold.purchase
    }

    async fn run(&self, client: &ClientWrapper) -> Result<Done<()>, Failure> {
        let statement = client.prepare_cached(RENEW).await?;
        let hold = &self.hold;
        let written = client
            .execute(&statement, &[&hold.purchase, &stored(hold.fence), &hold.owner, &micros(self.until)])
            .await?;
        if written > 0 { Ok(Done::silent(())) } else { Err(fenced(hold)) }
    }
}

/// Ends a lease before its time.
pub(super) struct Release {
    pub(super) hold: Hold,
    pub(super) next_action_at: Option<Timestamp>,
}

#[async_trait]
impl Operation for Release {
    type Output = ();

    fn key(&self) -> &str {
        &self.hold.purchase
    }

    async fn run(&self, client: &ClientWrapper) -> Result<Done<()>, Failure> {
        let statement = client.prepare_cached(RELEASE).await?;
        let hold = &self.hold;
        let next = self.next_action_at.map(micros);
        let written =
            client.execute(&statement, &[&hold.purchase, &stored(hold.fence), &hold.owner, &next]).await?;
        if written > 0 { Ok(Done::silent(())) } else { Err(fenced(hold)) }
    }
}
