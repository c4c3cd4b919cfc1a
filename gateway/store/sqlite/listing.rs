//! How purchases are found in SQLite: by id, key, tracking number, and page by page.
//!
//! It only reads, and never another tenant's rows. Start at [`page`].

use rusqlite::{Connection, OptionalExtension};

use super::purchases::read;
use super::values::{limited, micros};
use crate::store::{PageCursor, PurchaseRow, PurchaseState, Result};

pub(super) fn get(connection: &Connection, tenant: &str, id: &str) -> Result<Option<PurchaseRow>> {
    let mut statement = connection.prepare_cached("SELECT * FROM purchases WHERE id = ?2 AND tenant = ?1")?;
    Ok(statement.query_row((tenant, id), read).optional()?)
}

pub(super) fn by_key(connection: &Connection, tenant: &str, key: &str) -> Result<Option<PurchaseRow>> {
    let mut statement =
        connection.prepare_cached("SELECT * FROM purchases WHERE tenant = ?1 AND idempotency_key = ?2")?;
    Ok(statement.query_row((tenant, key), read).optional()?)
}

pub(super) fn by_tracking(
    connection: &Connection,
    tenant: &str,
    carrier: &str,
    number: &str,
    limit: u32,
) -> Result<Vec<PurchaseRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT purchases.* FROM tracking_numbers JOIN purchases ON purchases.id = tracking_numbers.purchase
         WHERE tracking_numbers.tenant = ?1 AND tracking_numbers.carrier = ?2 AND tracking_numbers.number = ?3
         ORDER BY tracking_numbers.stored_at DESC, purchases.id DESC LIMIT ?4",
    )?;
    let rows = statement.query_map((tenant, carrier, number, limited(limit)), read)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn page(
    connection: &Connection,
    tenant: &str,
    state: Option<PurchaseState>,
    after: Option<&PageCursor>,
    limit: u32,
) -> Result<Vec<PurchaseRow>> {
    let (created_at, id) =
        after.map_or((i64::MAX, ""), |cursor| (micros(cursor.created_at), cursor.id.as_str()));
    let limit = limited(limit);
    let rows = match state {
        None => connection
            .prepare_cached(
                "SELECT * FROM purchases WHERE tenant = ?1 AND (created_at, id) < (?2, ?3)
                 ORDER BY created_at DESC, id DESC LIMIT ?4",
            )?
            .query_map((tenant, created_at, id, limit), read)?
            .collect::<rusqlite::Result<_>>()?,
        Some(state) => connection
            .prepare_cached(
                "SELECT * FROM purchases WHERE tenant = ?1 AND state = ?5 AND (created_at, id) < (?2, ?3)
                 ORDER BY created_at DESC, id DESC LIMIT ?4",
            )?
            .query_map((tenant, created_at, id, limit, state.name()), read)?
            .collect::<rusqlite::Result<_>>()?,
    };
    Ok(rows)
}

/// The purchases in doubt of any tenant.
pub(super) fn in_doubt(
    connection: &Connection,
    after: Option<&PageCursor>,
    limit: u32,
) -> Result<Vec<PurchaseRow>> {
    let (created_at, id) =
        after.map_or((i64::MIN, ""), |cursor| (micros(cursor.created_at), cursor.id.as_str()));
    let mut statement = connection.prepare_cached(
        "SELECT * FROM purchases WHERE state = 'IN_DOUBT' AND (created_at, id) > (?1, ?2)
         ORDER BY created_at, id LIMIT ?3",
    )?;
    Ok(statement.query_map((created_at, id, limited(limit)), read)?.collect::<rusqlite::Result<_>>()?)
}
