//! Quotes in PostgreSQL. Each function is one statement; start anywhere. It never judges an expiry: it stores it.

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;
use jiff::Timestamp;
use tokio_postgres::Row;

use super::failure::Failure;
use super::values::{Columns, limited, micros};
use super::write::{Done, Operation};
use crate::store::{QuoteRow, StoreError};

pub(super) const INSERT: &str = "INSERT INTO quotes (tenant, id, created_at, expires_at, fingerprint, body)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";

/// Writes a quote.
pub(super) struct Put(pub(super) QuoteRow);

#[async_trait]
impl Operation for Put {
    type Output = ();

    fn key(&self) -> &str {
        &self.0.id
    }

    async fn run(&self, client: &ClientWrapper) -> Result<Done<()>, Failure> {
        let quote = &self.0;
        let statement = client.prepare_cached(INSERT).await?;
        let written = client
            .execute(
                &statement,
                &[
                    &quote.tenant,
                    &quote.id,
                    &micros(quote.created_at),
                    &micros(quote.expires_at),
                    &&quote.fingerprint[..],
                    &quote.body,
                ],
            )
            .await?;
        match written {
            0 => Err(StoreError::conflict(format!("quote `{}` is there already", quote.id)).into()),
            _ => Ok(Done::silent(())),
        }
    }
}

pub(super) async fn get(client: &ClientWrapper, tenant: &str, id: &str) -> Result<Option<QuoteRow>, Failure> {
    let statement = client.prepare_cached("SELECT * FROM quotes WHERE tenant = $1 AND id = $2").await?;
    client.query_opt(&statement, &[&tenant, &id]).await?.as_ref().map(read).transpose()
}

pub(super) async fn purge(client: &ClientWrapper, before: Timestamp, limit: u32) -> Result<u64, Failure> {
    let statement = client
        .prepare_cached(
            "DELETE FROM quotes WHERE (tenant, id) IN
             (SELECT tenant, id FROM quotes WHERE expires_at < $1 ORDER BY expires_at LIMIT $2
              FOR UPDATE SKIP LOCKED)",
        )
        .await?;
    Ok(client.execute(&statement, &[&micros(before), &limited(limit)]).await?)
}

fn read(row: &Row) -> Result<QuoteRow, Failure> {
    Ok(QuoteRow {
        tenant: row.value("tenant")?,
        id: row.value("id")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        fingerprint: row.hash("fingerprint")?,
        body: row.value("body")?,
    })
}
