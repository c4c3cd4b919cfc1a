//! What a SQLite store holds, counted. It only reads. Start at [`count_rows`].

use rusqlite::Connection;

use super::values::{count, state};
use crate::store::{PurchaseState, Result};

const TABLES: [&str; 19] = [
    "accounts",
    "quotes",
    "purchases",
    "tracking_numbers",
    "journal",
    "blobs",
    "documents",
    "tracking",
    "events",
    "alarms",
    "exchange_rates",
    "measured_orders",
    "order_facts",
    "measured_packages",
    "measured_sums",
    "measuring_news",
    "confirmations",
    "confirmation_evidence",
    "hooks",
];

/// Table and number of rows.
pub(super) fn count_rows(connection: &Connection) -> Result<Vec<(String, u64)>> {
    let mut rows = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let mut statement = connection.prepare_cached(&format!("SELECT count(*) AS n FROM {table}"))?;
        rows.push((table.to_owned(), statement.query_row([], |row| count(row, "n"))?));
    }
    Ok(rows)
}

/// State and number of purchases in it.
pub(super) fn count_states(connection: &Connection) -> Result<Vec<(PurchaseState, u64)>> {
    let mut statement = connection
        .prepare_cached("SELECT state, count(*) AS n FROM purchases GROUP BY state ORDER BY state")?;
    let rows = statement.query_map([], |row| Ok((state(row, "state")?, count(row, "n")?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Bytes of the database without its log.
pub(super) fn database_bytes(connection: &Connection) -> Result<u64> {
    let mut statement = connection
        .prepare_cached("SELECT page_count * page_size AS n FROM pragma_page_count, pragma_page_size")?;
    Ok(statement.query_row([], |row| count(row, "n"))?)
}
