//! Exchange rates in PostgreSQL. Each function is one statement; start anywhere. It reads no rate.

use deadpool_postgres::ClientWrapper;
use jiff::civil::Date;
use tokio_postgres::Row;

use super::failure::Failure;
use super::values::Columns;
use crate::store::{RateDay, StoreError};

pub(super) async fn put(client: &ClientWrapper, days: &[RateDay]) -> Result<(), Failure> {
    let statement = client
        .prepare_cached(
            "INSERT INTO exchange_rates (source, day, rates)
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS new (source, day, rates)
             ORDER BY source, day
             ON CONFLICT (source, day) DO UPDATE SET rates = excluded.rates",
        )
        .await?;
    let sources: Vec<&str> = days.iter().map(|day| day.source.as_str()).collect();
    let dates: Vec<String> = days.iter().map(|day| day.day.to_string()).collect();
    let rates: Vec<&str> = days.iter().map(|day| day.rates.as_str()).collect();
    client.execute(&statement, &[&sources, &dates, &rates]).await?;
    Ok(())
}

pub(super) async fn since(
    client: &ClientWrapper,
    source: &str,
    since: Date,
) -> Result<Vec<RateDay>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT source, day, rates FROM exchange_rates WHERE source = $1 AND day >= $2 ORDER BY day LIMIT 4000",
        )
        .await?;
    client.query(&statement, &[&source, &since.to_string()]).await?.iter().map(read).collect()
}

pub(super) async fn purge(client: &ClientWrapper, before: Date) -> Result<u64, Failure> {
    let statement = client.prepare_cached("DELETE FROM exchange_rates WHERE day < $1").await?;
    Ok(client.execute(&statement, &[&before.to_string()]).await?)
}

fn read(row: &Row) -> Result<RateDay, Failure> {
    let day: String = row.value("day")?;
    let day = day.parse().map_err(|error| StoreError::damaged(format!("day `{day}`: {error}")))?;
    Ok(RateDay { source: row.value("source")?, day, rates: row.value("rates")? })
}
