//! What a PostgreSQL store holds, counted. It only reads. Start at [`count`].

use deadpool_postgres::ClientWrapper;

use super::failure::Failure;
use super::values::Columns;
use crate::store::Stats;

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

/// Rows of each table, purchases of each state, bytes of the database. The rest is left at zero.
pub(super) async fn count(client: &ClientWrapper) -> Result<Stats, Failure> {
    let mut stats = Stats::default();
    for table in TABLES {
        let row = client.query_one(&format!("SELECT count(*) AS n FROM {table}"), &[]).await?;
        stats.rows.push((table.to_owned(), row.count("n")?));
    }
    let states = "SELECT state, count(*) AS n FROM purchases GROUP BY state ORDER BY state";
    for row in client.query(states, &[]).await? {
        stats.states.push((row.state("state")?, row.count("n")?));
    }
    let row = client.query_one("SELECT pg_database_size(current_database()) AS n", &[]).await?;
    stats.database_bytes = row.count("n")?;
    Ok(stats)
}
