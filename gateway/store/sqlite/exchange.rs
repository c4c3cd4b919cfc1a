//! Exchange rates in SQLite. Each function is the body of one transaction; start anywhere. It reads no rate.

use jiff::civil::Date;
use rusqlite::types::Type;
use rusqlite::{Connection, Row};

use crate::store::{RateDay, Result};

pub(super) fn put(connection: &Connection, days: &[RateDay]) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO exchange_rates (source, day, rates) VALUES (?1, ?2, ?3)
         ON CONFLICT (source, day) DO UPDATE SET rates = excluded.rates",
    )?;
    for day in days {
        statement.execute((&day.source, day.day.to_string(), &day.rates))?;
    }
    Ok(())
}

pub(super) fn since(connection: &Connection, source: &str, since: Date) -> Result<Vec<RateDay>> {
    let mut statement = connection.prepare_cached(
        "SELECT source, day, rates FROM exchange_rates WHERE source = ?1 AND day >= ?2 ORDER BY day LIMIT 4000",
    )?;
    Ok(statement.query_map((source, since.to_string()), read)?.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn purge(connection: &Connection, before: Date) -> Result<u64> {
    let mut statement = connection.prepare_cached("DELETE FROM exchange_rates WHERE day < ?1")?;
    Ok(u64::try_from(statement.execute([before.to_string()])?).unwrap_or(u64::MAX))
}

fn read(row: &Row<'_>) -> rusqlite::Result<RateDay> {
    let day: String = row.get("day")?;
    let day = day.parse().map_err(|error: jiff::Error| {
        rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(error))
    })?;
    Ok(RateDay { source: row.get("source")?, day, rates: row.get("rates")? })
}
