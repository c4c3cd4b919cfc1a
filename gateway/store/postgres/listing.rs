//! How purchases are found in PostgreSQL: by id, key, tracking number, and page by page.
//!
//! It only reads, and never another tenant's rows where a tenant asks. Start at [`page`].

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;

use super::failure::Failure;
use super::values::{Columns, limited, micros};
use crate::store::{Lease, PageCursor, PurchaseRow, PurchaseState};

pub(super) const BY_KEY: &str = "SELECT * FROM purchases WHERE tenant = $1 AND idempotency_key = $2";

pub(super) async fn get(
    client: &ClientWrapper,
    tenant: &str,
    id: &str,
) -> Result<Option<PurchaseRow>, Failure> {
    let statement = client.prepare_cached("SELECT * FROM purchases WHERE id = $2 AND tenant = $1").await?;
    client.query_opt(&statement, &[&tenant, &id]).await?.as_ref().map(read).transpose()
}

pub(super) async fn by_key(
    client: &ClientWrapper,
    tenant: &str,
    key: &str,
) -> Result<Option<PurchaseRow>, Failure> {
    let statement = client.prepare_cached(BY_KEY).await?;
    client.query_opt(&statement, &[&tenant, &key]).await?.as_ref().map(read).transpose()
}

pub(super) async fn by_tracking(
    client: &ClientWrapper,
    tenant: &str,
    carrier: &str,
    number: &str,
    limit: u32,
) -> Result<Vec<PurchaseRow>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT purchases.* FROM tracking_numbers JOIN purchases ON purchases.id = tracking_numbers.purchase
             WHERE tracking_numbers.tenant = $1 AND tracking_numbers.carrier = $2 AND tracking_numbers.number = $3
             ORDER BY tracking_numbers.stored_at DESC, purchases.id DESC LIMIT $4",
        )
        .await?;
    let rows = client.query(&statement, &[&tenant, &carrier, &number, &limited(limit)]).await?;
    rows.iter().map(read).collect()
}

pub(super) async fn page(
    client: &ClientWrapper,
    tenant: &str,
    state: Option<PurchaseState>,
    after: Option<&PageCursor>,
    limit: u32,
) -> Result<Vec<PurchaseRow>, Failure> {
    let (created_at, id) =
        after.map_or((i64::MAX, ""), |cursor| (micros(cursor.created_at), cursor.id.as_str()));
    let limit = limited(limit);
    let rows = match state {
        None => {
            let statement = client
                .prepare_cached(
                    "SELECT * FROM purchases WHERE tenant = $1 AND (created_at, id) < ($2, $3)
                     ORDER BY created_at DESC, id DESC LIMIT $4",
                )
                .await?;
            client.query(&statement, &[&tenant, &created_at, &id, &limit]).await?
        }
        Some(state) => {
            let statement = client
                .prepare_cached(
                    "SELECT * FROM purchases WHERE tenant = $1 AND state = $5 AND (created_at, id) < ($2, $3)
                     ORDER BY created_at DESC, id DESC LIMIT $4",
                )
                .await?;
            client.query(&statement, &[&tenant, &created_at, &id, &limit, &state.name()]).await?
        }
    };
    rows.iter().map(read).collect()
}

/// The purchases in doubt of any tenant.
pub(super) async fn in_doubt(
    client: &ClientWrapper,
    after: Option<&PageCursor>,
    limit: u32,
) -> Result<Vec<PurchaseRow>, Failure> {
    let (created_at, id) =
        after.map_or((i64::MIN, ""), |cursor| (micros(cursor.created_at), cursor.id.as_str()));
    let statement = client
        .prepare_cached(
            "SELECT * FROM purchases WHERE state = 'IN_DOUBT' AND (created_at, id) > ($1, $2)
             ORDER BY created_at, id LIMIT $3",
        )
        .await?;
    client.query(&statement, &[&created_at, &id, &limited(limit)]).await?.iter().map(read).collect()
}

/// A whole row.
pub(super) fn read(row: &Row) -> Result<PurchaseRow, Failure> {
    let owner: Option<String> = row.value("lease_owner")?;
    Ok(PurchaseRow {
        tenant: row.value("tenant")?,
        id: row.value("id")?,
        idempotency_key: row.value("idempotency_key")?,
        fingerprint: row.hash("fingerprint")?,
        carrier: row.value("carrier")?,
        account: row.value("account")?,
        service: row.value("service")?,
        reference: row.value("reference")?,
        state: row.state("state")?,
        body: row.value("body")?,
        answer: row.value("answer")?,
        answered_at: row.time_opt("answered_at")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        fence: row.count("fence")?,
        lease: owner.zip(row.time_opt("lease_until")?).map(|(owner, until)| Lease { owner, until }),
        next_action_at: row.time_opt("next_action_at")?,
    })
}
