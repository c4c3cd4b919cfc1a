//! Carrier accounts in PostgreSQL. Each function is one statement; start anywhere. It never unseals a secret.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;

use super::failure::Failure;
use super::values::{Columns, micros};
use crate::store::AccountRow;

pub(super) async fn put(client: &ClientWrapper, account: &AccountRow) -> Result<(), Failure> {
    let statement = client
        .prepare_cached(
            "INSERT INTO accounts (tenant, id, carrier, name, settings, sealed_secrets, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (tenant, id) DO UPDATE SET carrier = excluded.carrier, name = excluded.name,
                 settings = excluded.settings, sealed_secrets = excluded.sealed_secrets,
                 updated_at = excluded.updated_at",
        )
        .await?;
    client
        .execute(
            &statement,
            &[
                &account.tenant,
                &account.id,
                &account.carrier,
                &account.name,
                &account.settings,
                &account.sealed_secrets,
                &micros(account.updated_at),
            ],
        )
        .await?;
    Ok(())
}

pub(super) async fn get(
    client: &ClientWrapper,
    tenant: &str,
    id: &str,
) -> Result<Option<AccountRow>, Failure> {
    let statement = client.prepare_cached("SELECT * FROM accounts WHERE tenant = $1 AND id = $2").await?;
    client.query_opt(&statement, &[&tenant, &id]).await?.as_ref().map(read).transpose()
}

pub(super) async fn list(client: &ClientWrapper, tenant: &str) -> Result<Vec<AccountRow>, Failure> {
    let statement = client.prepare_cached("SELECT * FROM accounts WHERE tenant = $1 ORDER BY id").await?;
    client.query(&statement, &[&tenant]).await?.iter().map(read).collect()
}

pub(super) async fn named(
    client: &ClientWrapper,
    carrier: &str,
    id: &str,
) -> Result<Vec<AccountRow>, Failure> {
    let statement = client
        .prepare_cached("SELECT * FROM accounts WHERE carrier = $1 AND id = $2 ORDER BY tenant LIMIT 16")
        .await?;
    client.query(&statement, &[&carrier, &id]).await?.iter().map(read).collect()
}

pub(super) async fn delete(client: &ClientWrapper, tenant: &str, id: &str) -> Result<bool, Failure> {
    let statement = client.prepare_cached("DELETE FROM accounts WHERE tenant = $1 AND id = $2").await?;
    Ok(client.execute(&statement, &[&tenant, &id]).await? > 0)
}

fn read(row: &Row) -> Result<AccountRow, Failure> {
    Ok(AccountRow {
        tenant: row.value("tenant")?,
        id: row.value("id")?,
        carrier: row.value("carrier")?,
        name: row.value("name")?,
        settings: row.value("settings")?,
        sealed_secrets: row.value("sealed_secrets")?,
        updated_at: row.time("updated_at")?,
    })
}
