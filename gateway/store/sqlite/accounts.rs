//! Carrier accounts in SQLite. Each function is the body of one transaction; start anywhere. It never unseals a secret.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::values::{micros, time};
use crate::store::{AccountRow, Result};

pub(super) fn put(connection: &Connection, account: &AccountRow) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO accounts (tenant, id, carrier, name, settings, sealed_secrets, updated_at)
             VALUES (:tenant, :id, :carrier, :name, :settings, :sealed_secrets, :updated_at)
             ON CONFLICT (tenant, id) DO UPDATE SET carrier = excluded.carrier, name = excluded.name,
                 settings = excluded.settings, sealed_secrets = excluded.sealed_secrets,
                 updated_at = excluded.updated_at",
        )?
        .execute(named_params! {
            ":tenant": account.tenant,
            ":id": account.id,
            ":carrier": account.carrier,
            ":name": account.name,
            ":settings": account.settings,
            ":sealed_secrets": account.sealed_secrets,
            ":updated_at": micros(account.updated_at),
        })?;
    Ok(())
}

pub(super) fn get(connection: &Connection, tenant: &str, id: &str) -> Result<Option<AccountRow>> {
    let mut statement = connection.prepare_cached("SELECT * FROM accounts WHERE tenant = ?1 AND id = ?2")?;
    Ok(statement.query_row((tenant, id), read).optional()?)
}

pub(super) fn list(connection: &Connection, tenant: &str) -> Result<Vec<AccountRow>> {
    let mut statement = connection.prepare_cached("SELECT * FROM accounts WHERE tenant = ?1 ORDER BY id")?;
    Ok(statement.query_map([tenant], read)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn named(connection: &Connection, carrier: &str, id: &str) -> Result<Vec<AccountRow>> {
    let mut statement = connection
        .prepare_cached("SELECT * FROM accounts WHERE carrier = ?1 AND id = ?2 ORDER BY tenant LIMIT 16")?;
    Ok(statement.query_map([carrier, id], read)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn delete(connection: &Connection, tenant: &str, id: &str) -> Result<bool> {
    let mut statement = connection.prepare_cached("DELETE FROM accounts WHERE tenant = ?1 AND id = ?2")?;
    Ok(statement.execute((tenant, id))? > 0)
}

fn read(row: &Row<'_>) -> rusqlite::Result<AccountRow> {
    Ok(AccountRow {
        tenant: row.get("tenant")?,
        id: row.get("id")?,
        carrier: row.get("carrier")?,
        name: row.get("name")?,
        settings: row.get("settings")?,
        sealed_secrets: row.get("sealed_secrets")?,
        updated_at: time(row, "updated_at")?,
    })
}
