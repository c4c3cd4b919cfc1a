//! Orders' facts, what they count and the sums of that, in PostgreSQL.
//!
//! Sums change by what an order counted and counts, never by counting anew. A recording is a transaction of its own on
//! a connection of the pool, so that no purchase waits for it. Start at [`record`].

use deadpool_postgres::{ClientWrapper, GenericClient, Transaction};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;

use super::failure::Failure;
use super::values::{Columns, limited, micros, stored};
use crate::store::{
    Asked, Counted, CountedCursor, FactRow, MeasuredOrder, MeasuredPlace, News, OrderUpdate, StoreError, Sum,
};

/// Recordings of one place pass one by one: they change the same sums, and would take each other's rows crosswise.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, 5))";

const FIRST: &str = "INSERT INTO measured_orders (tenant, marketplace, order_id, version, rule_set)
    VALUES ($1, $2, $3, $4::bigint + 1, $5) ON CONFLICT DO NOTHING";

const NEXT: &str = "UPDATE measured_orders SET version = version + 1, rule_set = $5
    WHERE tenant = $1 AND marketplace = $2 AND order_id = $3 AND version = $4";

const ADD_FACTS: &str = "INSERT INTO order_facts
        (tenant, marketplace, order_id, id, version, kind, occurred_at, recorded_at, body)
    SELECT $1, $2, $3, * FROM unnest($4::text[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[], $9::bytea[])";

const ADD_COUNTED: &str =
    "INSERT INTO measured_packages (tenant, marketplace, order_id, metric, package, category,
        day, tag, right_until, weight, exempt, is_right, at_risk_from, body)
    SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::bigint[], $11::boolean[], $12::boolean[], $13::bigint[], $14::bytea[])";

const ADD_TO_SUMS: &str = "INSERT INTO measured_sums
        (tenant, marketplace, metric, day, category, tag, right_until, counted, is_right, exempt)
    SELECT tenant, marketplace, metric, day, category, tag, right_until,
        $4::bigint * coalesce(sum(weight) FILTER (WHERE NOT exempt), 0)::bigint,
        $4::bigint * coalesce(sum(weight) FILTER (WHERE is_right), 0)::bigint,
        $4::bigint * coalesce(sum(weight) FILTER (WHERE exempt), 0)::bigint
    FROM measured_packages WHERE tenant = $1 AND marketplace = $2 AND order_id = $3
    GROUP BY tenant, marketplace, metric, day, category, tag, right_until
    ON CONFLICT (tenant, marketplace, metric, day, category, tag, right_until) DO UPDATE
        SET counted = measured_sums.counted + excluded.counted,
            is_right = measured_sums.is_right + excluded.is_right,
            exempt = measured_sums.exempt + excluded.exempt";

const FACTS: &str = "SELECT id, version, kind, occurred_at, recorded_at, body FROM order_facts
    WHERE tenant = $1 AND marketplace = $2 AND order_id = $3 ORDER BY id, version";

pub(super) async fn one(
    client: &ClientWrapper,
    place: &MeasuredPlace,
    order: &str,
) -> Result<MeasuredOrder, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT version FROM measured_orders WHERE tenant = $1 AND marketplace = $2 AND order_id = $3",
        )
        .await?;
    // The version is read first: facts that come between make the caller's recording a conflict.
    let row = client.query_opt(&statement, &[&place.tenant, &place.marketplace, &order]).await?;
    let Some(row) = row else {
        return Ok(MeasuredOrder { order: order.to_owned(), version: 0, facts: Vec::new() });
    };
    let version = row.count("version")?;
    Ok(MeasuredOrder { order: order.to_owned(), version, facts: facts(client, place, order).await? })
}

async fn facts(client: &ClientWrapper, place: &MeasuredPlace, order: &str) -> Result<Vec<FactRow>, Failure> {
    let statement = client.prepare_cached(FACTS).await?;
    let rows = client.query(&statement, &[&place.tenant, &place.marketplace, &order]).await?;
    rows.iter().map(fact).collect()
}

fn fact(row: &Row) -> Result<FactRow, Failure> {
    Ok(FactRow {
        id: row.value("id")?,
        version: row.count("version")?,
        kind: row.value("kind")?,
        occurred_at: row.time("occurred_at")?,
        recorded_at: row.time("recorded_at")?,
        body: row.value("body")?,
    })
}

pub(super) async fn all(
    client: &ClientWrapper,
    place: &MeasuredPlace,
    after: &str,
    limit: u32,
) -> Result<Vec<MeasuredOrder>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT page.order_id, page.version AS order_version, facts.* FROM (
                 SELECT * FROM measured_orders WHERE tenant = $1 AND marketplace = $2 AND order_id > $3
                 ORDER BY order_id LIMIT $4) AS page
             LEFT JOIN LATERAL (
                 SELECT id, version, kind, occurred_at, recorded_at, body FROM order_facts
                 WHERE (tenant, marketplace, order_id) = (page.tenant, page.marketplace, page.order_id))
                 AS facts ON true
             ORDER BY page.order_id, facts.id, facts.version",
        )
        .await?;
    let rows =
        client.query(&statement, &[&place.tenant, &place.marketplace, &after, &limited(limit)]).await?;
    let mut orders: Vec<MeasuredOrder> = Vec::new();
    for row in &rows {
        let order: String = row.value("order_id")?;
        if orders.last().is_none_or(|last| last.order != order) {
            orders.push(MeasuredOrder { order, version: row.count("order_version")?, facts: Vec::new() });
        }
        if let Some(last) = orders.last_mut()
            && row.value::<Option<String>>("id")?.is_some()
        {
            last.facts.push(fact(row)?);
        }
    }
    Ok(orders)
}

pub(super) async fn record(client: &mut ClientWrapper, update: &OrderUpdate) -> Result<(), Failure> {
    let step = client.transaction().await?;
    let OrderUpdate { place, order, expected, rule_set, facts, counted } = update;
    let (tenant, marketplace) = (&place.tenant, &place.marketplace);
    let lock = step.prepare_cached(LOCK).await?;
    step.query_one(&lock, &[&format!("{tenant}\n{marketplace}")]).await?;
    let bump = step.prepare_cached(if *expected == 0 { FIRST } else { NEXT }).await?;
    let moved = step.execute(&bump, &[tenant, marketplace, order, &stored(*expected), rule_set]).await?;
    if moved == 0 {
        return Err(StoreError::conflict(format!(
            "the facts of order `{order}` are no longer at version {expected}"
        ))
        .into());
    }
    put_facts(&step, place, order, facts).await?;
    let sum = step.prepare_cached(ADD_TO_SUMS).await?;
    step.execute(&sum, &[tenant, marketplace, order, &-1_i64]).await?;
    let forget = step
        .prepare_cached(
            "DELETE FROM measured_packages WHERE tenant = $1 AND marketplace = $2 AND order_id = $3",
        )
        .await?;
    step.execute(&forget, &[tenant, marketplace, order]).await?;
    put_counted(&step, place, order, counted).await?;
    step.execute(&sum, &[tenant, marketplace, order, &1_i64]).await?;
    step.commit().await?;
    Ok(())
}

async fn put_facts(
    step: &Transaction<'_>,
    place: &MeasuredPlace,
    order: &str,
    facts: &[FactRow],
) -> Result<(), Failure> {
    if facts.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = facts.iter().map(|fact| fact.id.as_str()).collect();
    let versions: Vec<i64> = facts.iter().map(|fact| stored(fact.version)).collect();
    let kinds: Vec<&str> = facts.iter().map(|fact| fact.kind.as_str()).collect();
    let occurred: Vec<i64> = facts.iter().map(|fact| micros(fact.occurred_at)).collect();
    let recorded: Vec<i64> = facts.iter().map(|fact| micros(fact.recorded_at)).collect();
    let bodies: Vec<&[u8]> = facts.iter().map(|fact| fact.body.as_slice()).collect();
    let add = step.prepare_cached(ADD_FACTS).await?;
    let (tenant, marketplace) = (&place.tenant, &place.marketplace);
    step.execute(
        &add,
        &[tenant, marketplace, &order, &ids, &versions, &kinds, &occurred, &recorded, &bodies],
    )
    .await?;
    Ok(())
}

async fn put_counted(
    step: &Transaction<'_>,
    place: &MeasuredPlace,
    order: &str,
    counted: &[Counted],
) -> Result<(), Failure> {
    if counted.is_empty() {
        return Ok(());
    }
    let texts = |of: fn(&Counted) -> &str| counted.iter().map(of).collect::<Vec<&str>>();
    let days = |of: fn(&Counted) -> Date| counted.iter().map(|one| of(one).to_string()).collect::<Vec<_>>();
    let weights: Vec<i64> = counted.iter().map(|one| i64::from(one.weight)).collect();
    let exempt: Vec<bool> = counted.iter().map(|one| one.exempt).collect();
    let right: Vec<bool> = counted.iter().map(|one| one.right).collect();
    let at_risk: Vec<i64> = counted.iter().map(|one| micros(one.at_risk_from)).collect();
    let bodies: Vec<&[u8]> = counted.iter().map(|one| one.body.as_slice()).collect();
    let add = step.prepare_cached(ADD_COUNTED).await?;
    step.execute(
        &add,
        &[
            &place.tenant,
            &place.marketplace,
            &order,
            &texts(|one| &one.metric),
            &texts(|one| &one.package),
            &texts(|one| &one.category),
            &days(|one| one.day),
            &texts(|one| &one.tag),
            &days(|one| one.right_until),
            &weights,
            &exempt,
            &right,
            &at_risk,
            &bodies,
        ],
    )
    .await?;
    Ok(())
}

pub(super) async fn sums(client: &ClientWrapper, asked: &Asked) -> Result<Vec<Sum>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT category, day, tag, right_until, counted, is_right, exempt FROM measured_sums
             WHERE tenant = $1 AND marketplace = $2 AND metric = $3 AND day BETWEEN $4 AND $5
                 AND (counted <> 0 OR exempt <> 0)
             ORDER BY category, day, tag, right_until",
        )
        .await?;
    let Asked { place, metric, first, last } = asked;
    let (first, last) = (first.to_string(), last.to_string());
    let rows = client.query(&statement, &[&place.tenant, &place.marketplace, metric, &first, &last]).await?;
    let sum = |row: &Row| {
        Ok(Sum {
            category: row.value("category")?,
            day: day(row, "day")?,
            tag: row.value("tag")?,
            right_until: day(row, "right_until")?,
            counted: row.count("counted")?,
            right: row.count("is_right")?,
            exempt: row.count("exempt")?,
        })
    };
    rows.iter().map(sum).collect()
}

pub(super) async fn wrong_ones(
    client: &ClientWrapper,
    asked: &Asked,
    today: Date,
    category: Option<&str>,
    after: Option<&CountedCursor>,
    limit: u32,
) -> Result<Vec<(String, Counted)>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT * FROM measured_packages
             WHERE tenant = $1 AND marketplace = $2 AND metric = $3 AND suspect AND day BETWEEN $4 AND $5
                 AND (NOT is_right OR right_until < $6) AND ($7::text IS NULL OR category = $7)
                 AND (day, order_id, package) > ($8, $9, $10)
             ORDER BY day, order_id, package LIMIT $11",
        )
        .await?;
    let Asked { place, metric, first, last } = asked;
    let (first, last, today) = (first.to_string(), last.to_string(), today.to_string());
    let after_day = after.map(|after| after.day.to_string()).unwrap_or_default();
    let (after_order, after_package) =
        after.map(|after| (after.order.as_str(), after.package.as_str())).unwrap_or_default();
    let rows = client
        .query(
            &statement,
            &[
                &place.tenant,
                &place.marketplace,
                metric,
                &first,
                &last,
                &today,
                &category,
                &after_day,
                &after_order,
                &after_package,
                &limited(limit),
            ],
        )
        .await?;
    rows.iter().map(|row| Ok((row.value("order_id")?, counted(row)?))).collect()
}

pub(super) async fn at_risk(
    client: &ClientWrapper,
    asked: &Asked,
    now: Timestamp,
) -> Result<Vec<(Date, u64)>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT day, sum(weight)::bigint AS n FROM measured_packages
             WHERE tenant = $1 AND marketplace = $2 AND metric = $3 AND suspect AND day BETWEEN $4 AND $5
                 AND NOT is_right AND at_risk_from <= $6
             GROUP BY day ORDER BY day",
        )
        .await?;
    let Asked { place, metric, first, last } = asked;
    let (first, last) = (first.to_string(), last.to_string());
    let rows = client
        .query(&statement, &[&place.tenant, &place.marketplace, metric, &first, &last, &micros(now)])
        .await?;
    rows.iter().map(|row| Ok((day(row, "day")?, row.count("n")?))).collect()
}

pub(super) async fn judged_otherwise(
    client: &ClientWrapper,
    rule_set: &str,
    limit: u32,
) -> Result<Vec<(MeasuredPlace, String)>, Failure> {
    // Two ranges of the index: what is equal, which is nearly everything, is not read.
    let statement = client
        .prepare_cached(
            "SELECT tenant, marketplace, order_id FROM measured_orders WHERE rule_set < $1
             UNION ALL
             SELECT tenant, marketplace, order_id FROM measured_orders WHERE rule_set > $1
             LIMIT $2",
        )
        .await?;
    let rows = client.query(&statement, &[&rule_set, &limited(limit)]).await?;
    let read = |row: &Row| {
        let place = MeasuredPlace { tenant: row.value("tenant")?, marketplace: row.value("marketplace")? };
        Ok((place, row.value("order_id")?))
    };
    rows.iter().map(read).collect()
}

pub(super) async fn note_news(client: &ClientWrapper, tenant: &str, shipment: &str) -> Result<(), Failure> {
    let statement =
        client.prepare_cached("INSERT INTO measuring_news (tenant, shipment) VALUES ($1, $2)").await?;
    client.execute(&statement, &[&tenant, &shipment]).await?;
    Ok(())
}

pub(super) async fn news(client: &ClientWrapper, limit: u32) -> Result<Vec<News>, Failure> {
    let statement =
        client.prepare_cached("SELECT id, tenant, shipment FROM measuring_news ORDER BY id LIMIT $1").await?;
    let rows = client.query(&statement, &[&limited(limit)]).await?;
    let read = |row: &Row| {
        Ok(News { id: row.count("id")?, tenant: row.value("tenant")?, shipment: row.value("shipment")? })
    };
    rows.iter().map(read).collect()
}

pub(super) async fn forget_news(client: &ClientWrapper, ids: &[u64]) -> Result<(), Failure> {
    let ids: Vec<i64> = ids.iter().map(|id| stored(*id)).collect();
    let statement = client.prepare_cached("DELETE FROM measuring_news WHERE id = ANY($1)").await?;
    client.execute(&statement, &[&ids]).await?;
    Ok(())
}

fn counted(row: &Row) -> Result<Counted, Failure> {
    Ok(Counted {
        metric: row.value("metric")?,
        package: row.value("package")?,
        category: row.value("category")?,
        day: day(row, "day")?,
        tag: row.value("tag")?,
        right_until: day(row, "right_until")?,
        weight: u32::try_from(row.count("weight")?).unwrap_or(u32::MAX),
        exempt: row.value("exempt")?,
        right: row.value("is_right")?,
        at_risk_from: row.time("at_risk_from")?,
        body: row.value("body")?,
    })
}

fn day(row: &Row, column: &str) -> Result<Date, Failure> {
    let text: String = row.value(column)?;
    text.parse().map_err(|error| StoreError::damaged(format!("day `{text}`: {error}")).into())
}
