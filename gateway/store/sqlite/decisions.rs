//! Decisions in SQLite. Each function is the body of one transaction. Start at [`append`].

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row};

use super::values::{count, limited, micros, stored, time};
use super::{SqliteStore, outbox};
use crate::store::{
    DecisionRow, DecisionStore, KeyRow, MeasuredPlace, NewEvent, Reconsider, Result, StoreError,
};

#[async_trait]
impl DecisionStore for SqliteStore {
    async fn append_decision(
        &self,
        decision: DecisionRow,
        facts_version: u64,
        key: KeyRow,
        event: NewEvent,
    ) -> Result<()> {
        self.write(move |connection| append(connection, &decision, facts_version, &key, &event)).await
    }

    async fn decision(&self, tenant: &str, id: &str) -> Result<Option<DecisionRow>> {
        let (tenant, id) = (tenant.to_owned(), id.to_owned());
        self.read(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT * FROM decisions WHERE tenant = ?1 AND id = ?2")?;
            Ok(statement.query_row((&tenant, &id), read).optional()?)
        })
        .await
    }

    async fn decisions_of(&self, place: &MeasuredPlace, order: &str) -> Result<Vec<DecisionRow>> {
        let (place, order) = (place.clone(), order.to_owned());
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT * FROM decisions WHERE tenant = ?1 AND marketplace = ?2 AND order_id = ?3
                 ORDER BY sequence",
            )?;
            let rows = statement.query_map((&place.tenant, &place.marketplace, &order), read)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn signing_keys(&self) -> Result<Vec<KeyRow>> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT * FROM signing_keys ORDER BY first_used_at, kid")?;
            let rows = statement.query_map([], |row| {
                Ok(KeyRow {
                    kid: row.get("kid")?,
                    public: row.get("public")?,
                    first_used_at: time(row, "first_used_at")?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn to_reconsider(&self, limit: u32) -> Result<Vec<Reconsider>> {
        self.read(move |connection| {
            let mut statement =
                connection.prepare_cached("SELECT * FROM reconsidering ORDER BY id LIMIT ?1")?;
            let rows = statement.query_map([limited(limit)], |row| {
                let place =
                    MeasuredPlace { tenant: row.get("tenant")?, marketplace: row.get("marketplace")? };
                Ok(Reconsider { id: count(row, "id")?, place, order: row.get("order_id")? })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    async fn forget_reconsidered(&self, ids: Vec<u64>) -> Result<()> {
        self.write(move |connection| {
            let mut statement = connection.prepare_cached("DELETE FROM reconsidering WHERE id = ?1")?;
            for id in ids {
                statement.execute([stored(id)])?;
            }
            Ok(())
        })
        .await
    }
}

fn append(
    connection: &Connection,
    decision: &DecisionRow,
    facts_version: u64,
    key: &KeyRow,
    event: &NewEvent,
) -> Result<()> {
    let DecisionRow { place, order, sequence, id, kind, subject, decided_at, document, input } = decision;
    let version = connection
        .prepare_cached(
            "SELECT version FROM measured_orders WHERE tenant = ?1 AND marketplace = ?2 AND order_id = ?3",
        )?
        .query_row((&place.tenant, &place.marketplace, order), |row| count(row, "version"))
        .optional()?;
    if version.unwrap_or(0) != facts_version {
        let what = format!("the facts of order `{order}` are no longer at version {facts_version}");
        return Err(StoreError::conflict(what));
    }
    let taken = connection
        .prepare_cached(
            "SELECT coalesce(max(sequence), 0) FROM decisions
             WHERE tenant = ?1 AND marketplace = ?2 AND order_id = ?3",
        )?
        .query_row((&place.tenant, &place.marketplace, order), |row| row.get::<_, u32>(0))?;
    if taken.checked_add(1) != Some(*sequence) {
        return Err(StoreError::conflict(format!("order `{order}` has {taken} decisions already")));
    }
    connection
        .prepare_cached(
            "INSERT INTO decisions (tenant, marketplace, order_id, sequence, id, kind, subject, decided_at,
                 document, input)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute((
            &place.tenant,
            &place.marketplace,
            order,
            sequence,
            id,
            kind,
            subject,
            micros(*decided_at),
            document,
            input,
        ))?;
    connection
        .prepare_cached(
            "INSERT INTO signing_keys (kid, public, first_used_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute((&key.kid, &key.public, micros(key.first_used_at)))?;
    outbox::append(connection, &place.tenant, None, Some(event), *decided_at)
}

fn read(row: &Row<'_>) -> rusqlite::Result<DecisionRow> {
    Ok(DecisionRow {
        place: MeasuredPlace { tenant: row.get("tenant")?, marketplace: row.get("marketplace")? },
        order: row.get("order_id")?,
        sequence: row.get("sequence")?,
        id: row.get("id")?,
        kind: row.get("kind")?,
        subject: row.get("subject")?,
        decided_at: time(row, "decided_at")?,
        document: row.get("document")?,
        input: row.get("input")?,
    })
}
