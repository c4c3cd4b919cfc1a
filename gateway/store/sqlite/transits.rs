//! How long parcels took, in SQLite. Each function is the body of one transaction. Start at [`put`].

use async_trait::async_trait;
use rusqlite::Connection;

use super::SqliteStore;
use super::values::count;
use crate::store::transit::month;
use crate::store::{Result, TransitCount, TransitRow, TransitStore, TransitsAsked};

#[async_trait]
impl TransitStore for SqliteStore {
    async fn put_transit(&self, transit: TransitRow) -> Result<()> {
        self.write(move |connection| put(connection, &transit)).await
    }

    async fn transits(&self, asked: &TransitsAsked) -> Result<Vec<TransitCount>> {
        let asked = asked.clone();
        self.read(move |connection| counts(connection, &asked)).await
    }
}

/// Counts the parcel as its row is, once more or once less.
const COUNT: &str =
    "INSERT INTO transit_counts (tenant, origin, destination, month, carrier, service, origin_part,
        destination_part, days, parcels)
    SELECT tenant, origin, destination, month, carrier, service, origin_part, destination_part, days, ?4
    FROM transits WHERE tenant = ?1 AND shipment = ?2 AND parcel = ?3
    ON CONFLICT DO UPDATE SET parcels = parcels + excluded.parcels";

fn put(connection: &Connection, transit: &TransitRow) -> Result<()> {
    let TransitRow { tenant, shipment, parcel, carrier, service, origin, destination, days, .. } = transit;
    let same = connection
        .prepare_cached(
            "SELECT 1 FROM transits
             WHERE tenant = ?1 AND shipment = ?2 AND parcel = ?3 AND month = ?4 AND days = ?5",
        )?
        .exists((tenant, shipment, parcel, month(transit.delivered_on), days))?;
    // Each news of a parcel tells it again, and hardly any changes it.
    if same {
        return Ok(());
    }
    let mut counting = connection.prepare_cached(COUNT)?;
    counting.execute((tenant, shipment, parcel, -1))?;
    connection
        .prepare_cached(
            "INSERT INTO transits (tenant, shipment, parcel, origin, destination, month, carrier, service,
                 origin_part, destination_part, days)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT DO UPDATE SET month = excluded.month, days = excluded.days",
        )?
        .execute((
            tenant,
            shipment,
            parcel,
            &origin.country,
            &destination.country,
            month(transit.delivered_on),
            carrier,
            service,
            &origin.part,
            &destination.part,
            days,
        ))?;
    counting.execute((tenant, shipment, parcel, 1))?;
    Ok(())
}

fn counts(connection: &Connection, asked: &TransitsAsked) -> Result<Vec<TransitCount>> {
    let mut statement = connection.prepare_cached(
        "SELECT carrier, service, origin_part, destination_part, days, sum(parcels) AS parcels
         FROM transit_counts WHERE tenant = ?1 AND origin = ?2 AND destination = ?3 AND month >= ?4
         GROUP BY carrier, service, origin_part, destination_part, days HAVING sum(parcels) > 0
         ORDER BY carrier, service, origin_part, destination_part, days",
    )?;
    let rows = statement.query_map(
        (&asked.tenant, &asked.origin, &asked.destination, month(asked.since)),
        |row| {
            Ok(TransitCount {
                carrier: row.get("carrier")?,
                service: row.get("service")?,
                origin_part: row.get("origin_part")?,
                destination_part: row.get("destination_part")?,
                days: row.get("days")?,
                parcels: count(row, "parcels")?,
            })
        },
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
