//! Decisions in PostgreSQL. An addition is a transaction of its own on a connection of the pool. Start at [`append`].

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;

use super::failure::Failure;
use super::outbox;
use super::values::{Columns, limited, micros, stored};
use crate::store::{DecisionRow, KeyRow, MeasuredPlace, NewEvent, Reconsider, StoreError};

const INSERT: &str =
    "INSERT INTO decisions (tenant, marketplace, order_id, sequence, id, kind, subject, decided_at,
        document, input)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
    WHERE $4 = 1 + (SELECT coalesce(max(sequence), 0) FROM decisions
        WHERE tenant = $1 AND marketplace = $2 AND order_id = $3)
    ON CONFLICT DO NOTHING";

/// It waits for who records facts, and makes the next one wait, who then finds the decision.
const VERSION: &str = "SELECT version FROM measured_orders
    WHERE tenant = $1 AND marketplace = $2 AND order_id = $3 FOR UPDATE";

const KEY: &str =
    "INSERT INTO signing_keys (kid, public, first_used_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

pub(super) async fn append(
    client: &mut ClientWrapper,
    decision: &DecisionRow,
    facts_version: u64,
    key: &KeyRow,
    event: &NewEvent,
) -> Result<(), Failure> {
    let step = client.transaction().await?;
    let DecisionRow { place, order, sequence, id, kind, subject, decided_at, document, input } = decision;
    let (insert, key_insert) = (step.prepare_cached(INSERT).await?, step.prepare_cached(KEY).await?);
    let (lock, tell) = (step.prepare_cached(outbox::LOCK).await?, step.prepare_cached(outbox::INSERT).await?);
    let at = micros(*decided_at);
    let version = step.prepare_cached(VERSION).await?;
    let version = step.query_opt(&version, &[&place.tenant, &place.marketplace, order]).await?;
    let version = version.map(|row| row.count("version")).transpose()?.unwrap_or(0);
    if version != facts_version {
        let what = format!("the facts of order `{order}` are no longer at version {facts_version}");
        return Err(StoreError::conflict(what).into());
    }
    let added = step
        .execute(
            &insert,
            &[
                &place.tenant,
                &place.marketplace,
                order,
                &i64::from(*sequence),
                id,
                kind,
                subject,
                &at,
                document,
                input,
            ],
        )
        .await?;
    if added == 0 {
        let what = format!("the place {sequence} among the decisions of order `{order}` is taken");
        return Err(StoreError::conflict(what).into());
    }
    step.execute(&key_insert, &[&key.kid, &key.public, &micros(key.first_used_at)]).await?;
    step.query(&lock, &[]).await?;
    let (tenants, shipments) = (vec![place.tenant.as_str()], vec![None::<&str>]);
    let (kinds, bodies) = (vec![event.kind.as_str()], vec![event.body.as_slice()]);
    step.execute(&tell, &[&tenants, &shipments, &kinds, &bodies, &vec![at]]).await?;
    step.commit().await?;
    Ok(())
}

pub(super) async fn one(
    client: &ClientWrapper,
    tenant: &str,
    id: &str,
) -> Result<Option<DecisionRow>, Failure> {
    let statement = client.prepare_cached("SELECT * FROM decisions WHERE tenant = $1 AND id = $2").await?;
    client.query_opt(&statement, &[&tenant, &id]).await?.as_ref().map(read).transpose()
}

pub(super) async fn of_order(
    client: &ClientWrapper,
    place: &MeasuredPlace,
    order: &str,
) -> Result<Vec<DecisionRow>, Failure> {
    let statement = client
        .prepare_cached(
            "SELECT * FROM decisions WHERE tenant = $1 AND marketplace = $2 AND order_id = $3
             ORDER BY sequence",
        )
        .await?;
    let rows = client.query(&statement, &[&place.tenant, &place.marketplace, &order]).await?;
    rows.iter().map(read).collect()
}

pub(super) async fn keys(client: &ClientWrapper) -> Result<Vec<KeyRow>, Failure> {
    let statement = client.prepare_cached("SELECT * FROM signing_keys ORDER BY first_used_at, kid").await?;
    let rows = client.query(&statement, &[]).await?;
    rows.iter()
        .map(|row| {
            Ok(KeyRow {
                kid: row.value("kid")?,
                public: row.value("public")?,
                first_used_at: row.time("first_used_at")?,
            })
        })
        .collect()
}

pub(super) async fn to_reconsider(client: &ClientWrapper, limit: u32) -> Result<Vec<Reconsider>, Failure> {
    let statement = client.prepare_cached("SELECT * FROM reconsidering ORDER BY id LIMIT $1").await?;
    let rows = client.query(&statement, &[&limited(limit)]).await?;
    rows.iter()
        .map(|row| {
            let place =
                MeasuredPlace { tenant: row.value("tenant")?, marketplace: row.value("marketplace")? };
            Ok(Reconsider { id: row.count("id")?, place, order: row.value("order_id")? })
        })
        .collect()
}

pub(super) async fn forget(client: &ClientWrapper, ids: &[u64]) -> Result<(), Failure> {
    let statement = client.prepare_cached("DELETE FROM reconsidering WHERE id = ANY($1)").await?;
    let ids: Vec<i64> = ids.iter().map(|id| stored(*id)).collect();
    client.execute(&statement, &[&ids]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<DecisionRow, Failure> {
    Ok(DecisionRow {
        place: MeasuredPlace { tenant: row.value("tenant")?, marketplace: row.value("marketplace")? },
        order: row.value("order_id")?,
        sequence: u32::try_from(row.count("sequence")?).unwrap_or(u32::MAX),
        id: row.value("id")?,
        kind: row.value("kind")?,
        subject: row.value("subject")?,
        decided_at: row.time("decided_at")?,
        document: row.value("document")?,
        input: row.value("input")?,
    })
}
