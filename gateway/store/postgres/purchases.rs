//! Purchases in PostgreSQL: begun once a key, held by a lease and a fence, moved only along legal ways.
//!
//! Every write is one conditional statement, which the server repeats on the newest row when another gateway was
//! faster; only a refusal reads again to say why. It never sends, waits or reads a clock. Start at [`Begin`]; how
//! purchases are claimed is in `leases.rs`, how they are found in `listing.rs`.

use async_trait::async_trait;
use deadpool_postgres::ClientWrapper;

use super::alarms::{self, About};
use super::confirmations;
use super::documents::{self, Hashed};
use super::failure::Failure;
use super::values::{Columns, micros, names, stored};
use super::write::{Done, Operation, Told};
use super::{listing, tracking};
use crate::store::{Begun, Change, Finished, Hold, NewPurchase, PurchaseState, StoreError};

pub(super) const INSERT: &str =
    "INSERT INTO purchases (id, tenant, idempotency_key, fingerprint, carrier, account, service, reference,
        state, body, created_at, updated_at, fence, lease_owner, lease_until)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'INTENT', $9, $10, $10, 1, $11, $12)
    ON CONFLICT DO NOTHING";

pub(super) const HELD: &str = "SELECT state FROM purchases WHERE id = $1 AND fence = $2 AND lease_owner = $3";

pub(super) const MOVE: &str =
    "UPDATE purchases SET state = $5, body = coalesce($6, body), next_action_at = $7, updated_at = $8
    WHERE id = $1 AND fence = $2 AND lease_owner = $3 AND state = ANY ($4)
    RETURNING tenant, carrier";

pub(super) const FINISH: &str =
    "UPDATE purchases SET state = $5, body = coalesce($6, body), answer = coalesce($7::bytea, answer),
        answered_at = CASE WHEN $7::bytea IS NULL THEN answered_at ELSE $8 END,
        updated_at = $8, lease_owner = NULL, lease_until = NULL, next_action_at = $9
    WHERE id = $1 AND fence = $2 AND lease_owner = $3 AND state = ANY ($4)
        AND ($7::bytea IS NULL OR answer IS NULL)
    RETURNING tenant, carrier";

pub(super) const NUMBERS: &str = "INSERT INTO tracking_numbers (tenant, carrier, number, purchase, stored_at)
    SELECT $1, carrier, number, $2, $5 FROM unnest($3::text[], $4::text[]) AS new (carrier, number)
    ON CONFLICT DO NOTHING";

/// The state of the purchase, when the hold is the present one.
pub(super) async fn held(client: &ClientWrapper, hold: &Hold) -> Result<PurchaseState, Failure> {
    let statement = client.prepare_cached(HELD).await?;
    match client.query_opt(&statement, &[&hold.purchase, &stored(hold.fence), &hold.owner]).await? {
        Some(row) => row.state("state"),
        None => Err(fenced(hold)),
    }
}

pub(super) fn fenced(hold: &Hold) -> Failure {
    StoreError::Fenced { purchase: hold.purchase.clone(), fence: hold.fence }.into()
}

/// Writes a purchase in `Intent`.
pub(super) struct Begin(pub(super) NewPurchase);

#[async_trait]
impl Operation for Begin {
    type Output = Begun;

    fn key(&self) -> &str {
        &self.0.idempotency_key
    }

    async fn run(&self, client: &ClientWrapper) -> Result<Done<Begun>, Failure> {
        let new = &self.0;
        let statement = client.prepare_cached(INSERT).await?;
        let written = client
            .execute(
                &statement,
                &[
                    &new.id,
                    &new.tenant,
                    &new.idempotency_key,
                    &&new.fingerprint[..],
                    &new.carrier,
                    &new.account,
                    &new.service,
                    &new.reference,
                    &new.body,
                    &micros(new.created_at),
                    &new.lease.owner,
                    &micros(new.lease.until),
                ],
            )
            .await?;
        if written > 0 {
            let owner = new.lease.owner.clone();
            return Ok(Done::silent(Begun::Started(Hold { purchase: new.id.clone(), owner, fence: 1 })));
        }
        // A repeated call may bring the same id as well: then too the key decides.
        match listing::by_key(client, &new.tenant, &new.idempotency_key).await? {
            Some(row) => Ok(Done::silent(Begun::Existing(Box::new(row)))),
            None => Err(StoreError::conflict(format!("purchase `{}` is there already", new.id)).into()),
        }
    }
}

/// Moves a purchase on.
pub(super) struct Move {
    pub(super) hold: Hold,
    pub(super) change: Change,
}

#[async_trait]
impl Operation for Move {
    type Output = ();

    fn key(&self) -> &str {
        &self.hold.purchase
    }

    async fn run(&self, client: &ClientWrapper) -> Result<Done<()>, Failure> {
        let Move { hold, change } = self;
        let from = names(change.from.iter().copied().filter(|state| state.may_become(change.to)));
        let statement = client.prepare_cached(MOVE).await?;
        let row = client
            .query_opt(
                &statement,
                &[
                    &hold.purchase,
                    &stored(hold.fence),
                    &hold.owner,
                    &from,
                    &change.to.name(),
                    &change.body,
                    &change.next_action_at.map(micros),
                    &micros(change.at),
                ],
            )
            .await?;
        let Some(row) = row else {
            return Err(illegal(hold, held(client, hold).await?, change.to));
        };
        let (tenant, carrier): (String, String) = (row.value("tenant")?, row.value("carrier")?);
        let about = About { tenant: &tenant, purchase: &hold.purchase, carrier: &carrier };
        alarms::write(client, &about, &change.alarms, change.at).await?;
        let event = change.event.clone().map(|event| Told {
            tenant,
            shipment: Some(hold.purchase.clone()),
            event,
            at: change.at,
        });
        Ok(Done { output: (), event })
    }
}

/// Ends a purchase or its void. The documents of `finished` come hashed, apart.
pub(super) struct Finish {
    pub(super) hold: Hold,
    pub(super) finished: Finished,
    pub(super) hashed: Vec<Hashed>,
}

impl Finish {
    /// From where it may end so: from nowhere when the end itself is none.
    fn from(&self) -> Vec<&'static str> {
        let end = self.finished.state;
        let watched_wrongly = self.finished.watch_at.is_some() && end != PurchaseState::Refused;
        if end.is_open() || watched_wrongly {
            return Vec::new();
        }
        names(PurchaseState::ALL.into_iter().filter(|state| state.may_become(end)))
    }

    /// Why it was refused.
    fn refusal(&self, state: PurchaseState) -> Failure {
        let (hold, end) = (&self.hold, self.finished.state);
        if end.is_open() || !state.may_become(end) {
            return illegal(hold, state, end);
        }
        let what = if self.finished.watch_at.is_some() && end != PurchaseState::Refused {
            "only a refused purchase is watched".to_owned()
        } else {
            format!("purchase `{}` has its answer already", hold.purchase)
        };
        StoreError::conflict(what).into()
    }

    async fn number(&self, client: &ClientWrapper, tenant: &str) -> Result<(), Failure> {
        if self.finished.tracking.is_empty() {
            return Ok(());
        }
        let (carriers, numbers): (Vec<&str>, Vec<&str>) = self
            .finished
            .tracking
            .iter()
            .map(|(carrier, number)| (carrier.as_str(), number.as_str()))
            .unzip();
        let statement = client.prepare_cached(NUMBERS).await?;
        let at = micros(self.finished.at);
        client.execute(&statement, &[&tenant, &self.hold.purchase, &carriers, &numbers, &at]).await?;
        let (following, at) = (self.finished.following, self.finished.at);
        tracking::follow(client, tenant, &self.hold.purchase, (&carriers, &numbers), following, at).await
    }
}

#[async_trait]
impl Operation for Finish {
    type Output = ();

    fn key(&self) -> &str {
        &self.hold.purchase
    }

    async fn run(&self, client: &ClientWrapper) -> Result<Done<()>, Failure> {
        let Finish { hold, finished, hashed } = self;
        let statement = client.prepare_cached(FINISH).await?;
        let row = client
            .query_opt(
                &statement,
                &[
                    &hold.purchase,
                    &stored(hold.fence),
                    &hold.owner,
                    &self.from(),
                    &finished.state.name(),
                    &finished.body,
                    &finished.answer,
                    &micros(finished.at),
                    &finished.watch_at.map(micros),
                ],
            )
            .await?;
        let Some(row) = row else {
            return Err(self.refusal(held(client, hold).await?));
        };
        let (tenant, carrier): (String, String) = (row.value("tenant")?, row.value("carrier")?);
        let about = About { tenant: &tenant, purchase: &hold.purchase, carrier: &carrier };
        let (numbered, stored, alarmed) = futures::future::join3(
            self.number(client, &tenant),
            documents::store(client, &tenant, &hold.purchase, hashed, finished.at),
            alarms::write(client, &about, &finished.alarms, finished.at),
        )
        .await;
        numbered.and(stored).and(alarmed)?;
        confirmations::insert(client, &about, &finished.confirmations, finished.at).await?;
        if finished.state == PurchaseState::Voided {
            confirmations::void(client, &hold.purchase, finished.at).await?;
        }
        let event = finished.event.clone().map(|event| Told {
            tenant,
            shipment: Some(hold.purchase.clone()),
            event,
            at: finished.at,
        });
        Ok(Done { output: (), event })
    }
}

fn illegal(hold: &Hold, from: PurchaseState, to: PurchaseState) -> Failure {
    StoreError::conflict(format!(
        "purchase `{}` is {from} and may not become {to} by this call",
        hold.purchase
    ))
    .into()
}
