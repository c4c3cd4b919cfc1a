//! How long parcels took, in PostgreSQL. A parcel is put in a transaction of its own. Start at [`put`].

use deadpool_postgres::ClientWrapper;

use super::failure::Failure;
use super::values::Columns;
use crate::store::transit::month;
use crate::store::{TransitCount, TransitRow, TransitsAsked};

/// Gateways that put one parcel pass one by one, so that it is counted once.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 6))";

/// Counts the parcel as its row is, once more or once less.
const COUNT: &str = "INSERT INTO transit_counts (tenant, origin, destination, month, carrier, service, origin_part,
        destination_part, days, parcels)
    SELECT tenant, origin, destination, month, carrier, service, origin_part, destination_part, days, $4::bigint
    FROM transits WHERE tenant = $1 AND shipment = $2 AND parcel = $3
    ON CONFLICT (tenant, origin, destination, month, carrier, service, origin_part, destination_part, days)
        DO UPDATE SET parcels = transit_counts.parcels + excluded.parcels";

const SAME: &str = "SELECT 1 FROM transits
    WHERE tenant = $1 AND shipment = $2 AND parcel = $3 AND month = $4 AND days = $5";

const PUT: &str =
    "INSERT INTO transits (tenant, shipment, parcel, origin, destination, month, carrier, service,
        origin_part, destination_part, days)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (tenant, shipment, parcel) DO UPDATE SET month = excluded.month, days = excluded.days";

pub(super) async fn put(client: &mut ClientWrapper, transit: &TransitRow) -> Result<(), Failure> {
    let TransitRow { tenant, shipment, carrier, service, origin, destination, .. } = transit;
    let (parcel, days) = (i64::from(transit.parcel), i64::from(transit.days));
    let delivered = month(transit.delivered_on);
    let same = client.prepare_cached(SAME).await?;
    // Each news of a parcel tells it again, and hardly any changes it.
    if client.query_opt(&same, &[tenant, shipment, &parcel, &delivered, &days]).await?.is_some() {
        return Ok(());
    }
    let step = client.transaction().await?;
    let (lock, count, put) = (
        step.prepare_cached(LOCK).await?,
        step.prepare_cached(COUNT).await?,
        step.prepare_cached(PUT).await?,
    );
    step.query_one(&lock, &[&format!("{tenant}\n{shipment}")]).await?;
    step.execute(&count, &[tenant, shipment, &parcel, &-1_i64]).await?;
    step.execute(
        &put,
        &[
            tenant,
            shipment,
            &parcel,
            &origin.country,
            &destination.country,
            &delivered,
            carrier,
            service,
            &origin.part,
            &destination.part,
            &days,
        ],
    )
    .await?;
    step.execute(&count, &[tenant, shipment, &parcel, &1_i64]).await?;
    step.commit().await?;
    Ok(())
}

pub(super) async fn counts(
    client: &ClientWrapper,
    asked: &TransitsAsked,
) -> Result<Vec<TransitCount>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT carrier, service, origin_part, destination_part, days, sum(parcels)::bigint AS parcels
             FROM transit_counts WHERE tenant = $1 AND origin = $2 AND destination = $3 AND month >= $4
             GROUP BY carrier, service, origin_part, destination_part, days HAVING sum(parcels) > 0
             ORDER BY carrier, service, origin_part, destination_part, days",
        )
        .await?;
    let since = month(asked.since);
    let rows = client.query(&statement, &[&asked.tenant, &asked.origin, &asked.destination, &since]).await?;
    rows.iter()
        .map(|row| {
            Ok(TransitCount {
                carrier: row.value("carrier")?,
                service: row.value("service")?,
                origin_part: row.value("origin_part")?,
                destination_part: row.value("destination_part")?,
                days: u16::try_from(row.count("days")?).unwrap_or(u16::MAX),
                parcels: row.count("parcels")?,
            })
        })
        .collect()
}
