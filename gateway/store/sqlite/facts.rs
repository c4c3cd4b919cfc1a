//! Orders' facts, what they count and the sums of that, in SQLite. Each function is the body of one transaction.
//!
//! Sums change by what an order counted and counts, never by counting anew. Start at [`record`].

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::SqliteStore;
use super::values::{count, limited, micros, stored, time};
use crate::store::{
    Asked, Counted, CountedCursor, FactRow, FactStore, MeasuredOrder, MeasuredPlace, News, OrderUpdate,
    Result, StoreError, Sum,
};

#[async_trait]
impl FactStore for SqliteStore {
    async fn facts_of(&self, place: &MeasuredPlace, order: &str) -> Result<MeasuredOrder> {
        let (place, order) = (place.clone(), order.to_owned());
        self.read(move |connection| one(connection, &place, &order)).await
    }

    async fn facts_of_all(
        &self,
        place: &MeasuredPlace,
        after: &str,
        limit: u32,
    ) -> Result<Vec<MeasuredOrder>> {
        let (place, after) = (place.clone(), after.to_owned());
        self.read(move |connection| all(connection, &place, &after, limit)).await
    }

    async fn record_facts(&self, update: OrderUpdate) -> Result<()> {
        self.write(move |connection| record(connection, &update)).await
    }

    async fn sums(&self, asked: &Asked) -> Result<Vec<Sum>> {
        let asked = asked.clone();
        self.read(move |connection| sums(connection, &asked)).await
    }

    async fn wrong_ones(
        &self,
        asked: &Asked,
        today: Date,
        category: Option<&str>,
        after: Option<&CountedCursor>,
        limit: u32,
    ) -> Result<Vec<(String, Counted)>> {
        let (asked, category, after) = (asked.clone(), category.map(str::to_owned), after.cloned());
        self.read(move |connection| {
            wrong_ones(connection, &asked, today, category.as_deref(), after.as_ref(), limit)
        })
        .await
    }

    async fn at_risk(&self, asked: &Asked, now: Timestamp) -> Result<Vec<(Date, u64)>> {
        let asked = asked.clone();
        self.read(move |connection| at_risk(connection, &asked, now)).await
    }

    async fn judged_otherwise(&self, rule_set: &str, limit: u32) -> Result<Vec<(MeasuredPlace, String)>> {
        let rule_set = rule_set.to_owned();
        self.read(move |connection| judged_otherwise(connection, &rule_set, limit)).await
    }

    async fn note_news(&self, tenant: &str, shipment: &str) -> Result<()> {
        let (tenant, shipment) = (tenant.to_owned(), shipment.to_owned());
        self.write(move |connection| {
            connection
                .prepare_cached("INSERT INTO measuring_news (tenant, shipment) VALUES (?1, ?2)")?
                .execute((&tenant, &shipment))?;
            Ok(())
        })
        .await
    }

    async fn news(&self, limit: u32) -> Result<Vec<News>> {
        self.read(move |connection| news(connection, limit)).await
    }

    async fn forget_news(&self, ids: Vec<u64>) -> Result<()> {
        self.write(move |connection| {
            let mut statement = connection.prepare_cached("DELETE FROM measuring_news WHERE id = ?1")?;
            for id in ids {
                statement.execute([stored(id)])?;
            }
            Ok(())
        })
        .await
    }
}

fn one(connection: &Connection, place: &MeasuredPlace, order: &str) -> Result<MeasuredOrder> {
    let version = connection
        .prepare_cached(
            "SELECT version FROM measured_orders WHERE tenant = ?1 AND marketplace = ?2 AND order_id = ?3",
        )?
        .query_row((&place.tenant, &place.marketplace, order), |row| count(row, "version"))
        .optional()?;
    let facts = match version {
        Some(_) => facts(connection, place, order)?,
        None => Vec::new(),
    };
    Ok(MeasuredOrder { order: order.to_owned(), version: version.unwrap_or(0), facts })
}

fn facts(connection: &Connection, place: &MeasuredPlace, order: &str) -> Result<Vec<FactRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, version, kind, occurred_at, recorded_at, body FROM order_facts
         WHERE tenant = ?1 AND marketplace = ?2 AND order_id = ?3 ORDER BY id, version",
    )?;
    let rows = statement.query_map((&place.tenant, &place.marketplace, order), |row| {
        Ok(FactRow {
            id: row.get("id")?,
            version: count(row, "version")?,
            kind: row.get("kind")?,
            occurred_at: time(row, "occurred_at")?,
            recorded_at: time(row, "recorded_at")?,
            body: row.get("body")?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn all(
    connection: &Connection,
    place: &MeasuredPlace,
    after: &str,
    limit: u32,
) -> Result<Vec<MeasuredOrder>> {
    let orders: Vec<(String, u64)> = connection
        .prepare_cached(
            "SELECT order_id, version FROM measured_orders
             WHERE tenant = ?1 AND marketplace = ?2 AND order_id > ?3 ORDER BY order_id LIMIT ?4",
        )?
        .query_map((&place.tenant, &place.marketplace, after, limited(limit)), |row| {
            Ok((row.get("order_id")?, count(row, "version")?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    orders
        .into_iter()
        .map(|(order, version)| {
            let facts = facts(connection, place, &order)?;
            Ok(MeasuredOrder { order, version, facts })
        })
        .collect()
}

fn record(connection: &Connection, update: &OrderUpdate) -> Result<()> {
    let OrderUpdate { place, order, expected, rule_set, facts, counted } = update;
    let (tenant, marketplace) = (&place.tenant, &place.marketplace);
    let moved = if *expected == 0 {
        connection.prepare_cached(
            "INSERT INTO measured_orders (tenant, marketplace, order_id, version, rule_set)
             VALUES (?1, ?2, ?3, ?4 + 1, ?5) ON CONFLICT DO NOTHING",
        )
    } else {
        connection.prepare_cached(
            "UPDATE measured_orders SET version = version + 1, rule_set = ?5
             WHERE tenant = ?1 AND marketplace = ?2 AND order_id = ?3 AND version = ?4",
        )
    }?
    .execute((tenant, marketplace, order, stored(*expected), rule_set))?;
    if moved == 0 {
        return Err(StoreError::conflict(format!(
            "the facts of order `{order}` are no longer at version {expected}"
        )));
    }
    let mut insert = connection.prepare_cached(
        "INSERT INTO order_facts (tenant, marketplace, order_id, id, version, kind, occurred_at, recorded_at, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for fact in facts {
        insert.execute((
            tenant,
            marketplace,
            order,
            &fact.id,
            stored(fact.version),
            &fact.kind,
            micros(fact.occurred_at),
            micros(fact.recorded_at),
            &fact.body,
        ))?;
    }
    add_to_sums(connection, place, order, -1)?;
    connection
        .prepare_cached(
            "DELETE FROM measured_packages WHERE tenant = ?1 AND marketplace = ?2 AND order_id = ?3",
        )?
        .execute((tenant, marketplace, order))?;
    put_counted(connection, place, order, counted)?;
    add_to_sums(connection, place, order, 1)
}

fn put_counted(
    connection: &Connection,
    place: &MeasuredPlace,
    order: &str,
    counted: &[Counted],
) -> Result<()> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO measured_packages (tenant, marketplace, order_id, metric, package, category, day, tag,
             right_until, weight, exempt, is_right, at_risk_from, body)
         VALUES (:tenant, :marketplace, :order, :metric, :package, :category, :day, :tag, :right_until, :weight,
             :exempt, :is_right, :at_risk_from, :body)",
    )?;
    for one in counted {
        insert.execute(named_params! {
            ":tenant": place.tenant,
            ":marketplace": place.marketplace,
            ":order": order,
            ":metric": one.metric,
            ":package": one.package,
            ":category": one.category,
            ":day": one.day.to_string(),
            ":tag": one.tag,
            ":right_until": one.right_until.to_string(),
            ":weight": one.weight,
            ":exempt": one.exempt,
            ":is_right": one.right,
            ":at_risk_from": micros(one.at_risk_from),
            ":body": one.body,
        })?;
    }
    Ok(())
}

/// Adds what the order counts to the sums, or takes it from them.
fn add_to_sums(connection: &Connection, place: &MeasuredPlace, order: &str, sign: i64) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO measured_sums (tenant, marketplace, metric, day, category, tag, right_until, counted,
                 is_right, exempt)
             SELECT tenant, marketplace, metric, day, category, tag, right_until,
                 ?4 * sum(weight * (1 - exempt)), ?4 * sum(weight * is_right), ?4 * sum(weight * exempt)
             FROM measured_packages WHERE tenant = ?1 AND marketplace = ?2 AND order_id = ?3
             GROUP BY tenant, marketplace, metric, day, category, tag, right_until
             ON CONFLICT DO UPDATE SET counted = counted + excluded.counted,
                 is_right = is_right + excluded.is_right, exempt = exempt + excluded.exempt",
        )?
        .execute((&place.tenant, &place.marketplace, order, sign))?;
    Ok(())
}

fn sums(connection: &Connection, asked: &Asked) -> Result<Vec<Sum>> {
    let mut statement = connection.prepare_cached(
        "SELECT category, day, tag, right_until, counted, is_right, exempt FROM measured_sums
         WHERE tenant = ?1 AND marketplace = ?2 AND metric = ?3 AND day BETWEEN ?4 AND ?5
             AND (counted <> 0 OR exempt <> 0)
         ORDER BY category, day, tag, right_until",
    )?;
    let rows = statement.query_map(parameters(asked), |row| {
        Ok(Sum {
            category: row.get("category")?,
            day: day(row, "day")?,
            tag: row.get("tag")?,
            right_until: day(row, "right_until")?,
            counted: count(row, "counted")?,
            right: count(row, "is_right")?,
            exempt: count(row, "exempt")?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn wrong_ones(
    connection: &Connection,
    asked: &Asked,
    today: Date,
    category: Option<&str>,
    after: Option<&CountedCursor>,
    limit: u32,
) -> Result<Vec<(String, Counted)>> {
    let mut statement = connection.prepare_cached(
        "SELECT * FROM measured_packages
         WHERE tenant = :tenant AND marketplace = :marketplace AND metric = :metric AND suspect = 1
             AND day BETWEEN :first AND :last AND (is_right = 0 OR right_until < :today)
             AND (:category IS NULL OR category = :category)
             AND (day, order_id, package) > (:after_day, :after_order, :after_package)
         ORDER BY day, order_id, package LIMIT :limit",
    )?;
    let rows = statement.query_map(
        named_params! {
            ":tenant": asked.place.tenant,
            ":marketplace": asked.place.marketplace,
            ":metric": asked.metric,
            ":first": asked.first.to_string(),
            ":last": asked.last.to_string(),
            ":today": today.to_string(),
            ":category": category,
            ":after_day": after.map(|after| after.day.to_string()).unwrap_or_default(),
            ":after_order": after.map(|after| after.order.as_str()).unwrap_or_default(),
            ":after_package": after.map(|after| after.package.as_str()).unwrap_or_default(),
            ":limit": limited(limit),
        },
        |row| Ok((row.get("order_id")?, counted(row)?)),
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn at_risk(connection: &Connection, asked: &Asked, now: Timestamp) -> Result<Vec<(Date, u64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT day, sum(weight) AS n FROM measured_packages
         WHERE tenant = ?1 AND marketplace = ?2 AND metric = ?3 AND suspect = 1 AND day BETWEEN ?4 AND ?5
             AND is_right = 0 AND at_risk_from <= ?6
         GROUP BY day ORDER BY day",
    )?;
    let Asked { place, metric, first, last } = asked;
    let rows = statement.query_map(
        (&place.tenant, &place.marketplace, metric, first.to_string(), last.to_string(), micros(now)),
        |row| Ok((day(row, "day")?, count(row, "n")?)),
    )?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn judged_otherwise(
    connection: &Connection,
    rule_set: &str,
    limit: u32,
) -> Result<Vec<(MeasuredPlace, String)>> {
    // Two ranges of the index: what is equal, which is nearly everything, is not read.
    let mut statement = connection.prepare_cached(
        "SELECT tenant, marketplace, order_id FROM measured_orders WHERE rule_set < ?1
         UNION ALL
         SELECT tenant, marketplace, order_id FROM measured_orders WHERE rule_set > ?1
         LIMIT ?2",
    )?;
    let rows = statement.query_map((rule_set, limited(limit)), |row| {
        let place = MeasuredPlace { tenant: row.get("tenant")?, marketplace: row.get("marketplace")? };
        Ok((place, row.get("order_id")?))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn news(connection: &Connection, limit: u32) -> Result<Vec<News>> {
    let mut statement =
        connection.prepare_cached("SELECT id, tenant, shipment FROM measuring_news ORDER BY id LIMIT ?1")?;
    let rows = statement.query_map([limited(limit)], |row| {
        Ok(News { id: count(row, "id")?, tenant: row.get("tenant")?, shipment: row.get("shipment")? })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn parameters(asked: &Asked) -> (&str, &str, &str, String, String) {
    let Asked { place, metric, first, last } = asked;
    (&place.tenant, &place.marketplace, metric, first.to_string(), last.to_string())
}

fn counted(row: &Row<'_>) -> rusqlite::Result<Counted> {
    Ok(Counted {
        metric: row.get("metric")?,
        package: row.get("package")?,
        category: row.get("category")?,
        day: day(row, "day")?,
        tag: row.get("tag")?,
        right_until: day(row, "right_until")?,
        weight: row.get("weight")?,
        exempt: row.get("exempt")?,
        right: row.get("is_right")?,
        at_risk_from: time(row, "at_risk_from")?,
        body: row.get("body")?,
    })
}

fn day(row: &Row<'_>, column: &str) -> rusqlite::Result<Date> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error: jiff::Error| {
        rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))
    })
}
