//! A plan's journal in the store, requests and replies sealed.

use futures::future::BoxFuture;
use jiff::Timestamp;
use parcelgate_kit::wire::{Reply, Wire};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::gateway::Gateway;
use super::holding::Holding;
use crate::carriers::{Journal, JournalFailure, Past, PlanId};
use crate::store::{JournalRow, NewIntent, NewReply};

/// The journal of one plan of one purchase.
pub(super) struct StoreJournal<'a> {
    pub(super) gateway: &'a Gateway,
    pub(super) held: &'a Holding,
    pub(super) operation: &'a str,
    /// When the plan was first started.
    pub(super) started: Timestamp,
    /// What was there when this run began, read once: nobody else writes to it
    /// while this gateway holds the purchase.
    pub(super) past: OnceCell<Vec<JournalRow>>,
}

impl<'a> StoreJournal<'a> {
    /// The journal of a plan that may have been run before.
    pub(super) fn resumed(
        gateway: &'a Gateway,
        held: &'a Holding,
        operation: &'a str,
        started: Timestamp,
    ) -> Self {
        Self { gateway, held, operation, started, past: OnceCell::new() }
    }

    /// The journal of a plan that was never run.
    pub(super) fn fresh(
        gateway: &'a Gateway,
        held: &'a Holding,
        operation: &'a str,
        started: Timestamp,
    ) -> Self {
        Self {
            past: OnceCell::new_with(Some(Vec::new())),
            ..Self::resumed(gateway, held, operation, started)
        }
    }
}

fn failed(error: impl std::fmt::Display) -> JournalFailure {
    JournalFailure(error.to_string())
}

impl StoreJournal<'_> {
    fn seal<T: serde::Serialize>(&self, part: &str, value: &T) -> Result<Vec<u8>, JournalFailure> {
        self.gateway.seal(&[&self.held.hold.purchase, "journal", self.operation, part], value).map_err(failed)
    }

    fn open<T: serde::de::DeserializeOwned>(&self, part: &str, sealed: &[u8]) -> Result<T, JournalFailure> {
        self.gateway
            .open(&[&self.held.hold.purchase, "journal", self.operation, part], sealed)
            .map_err(failed)
    }

    async fn past(&self, number: u32) -> Result<Option<Past>, JournalFailure> {
        let load = || self.gateway.store.journal(&self.held.hold.purchase, self.operation);
        let rows = self.past.get_or_try_init(load).await.map_err(failed)?;
        let newest = rows.last().map(|row| row.step);
        let Some(row) = rows.iter().find(|row| row.step == number) else { return Ok(None) };
        let reply = match &row.reply {
            Some((sealed, _)) => Some(self.open::<Reply>("reply", sealed)?),
            None => None,
        };
        Ok(Some(Past {
            name: row.name.clone(),
            wire: self.open("request", &row.request)?,
            intended_at: row.intent_at,
            reply,
            is_newest: newest == Some(number),
        }))
    }

    async fn write_intent(&self, number: u32, name: &str, wire: &Wire) -> Result<(), JournalFailure> {
        let plain = serde_json::to_vec(wire).map_err(failed)?;
        let intent = NewIntent {
            operation: self.operation.to_owned(),
            step: number,
            name: name.to_owned(),
            request: self.seal("request", wire)?,
            request_sha256: Sha256::digest(plain).into(),
            at: self.gateway.now(),
        };
        self.gateway.store.journal_intent(&self.held.hold, intent).await.map_err(failed)
    }

    async fn write_reply(&self, number: u32, reply: &Reply, replaces: bool) -> Result<(), JournalFailure> {
        let reply = NewReply {
            operation: self.operation.to_owned(),
            step: number,
            reply: self.seal("reply", reply)?,
            replaces,
            at: self.gateway.now(),
        };
        self.gateway.store.journal_reply(&self.held.hold, reply).await.map_err(failed)
    }
}

impl Journal for StoreJournal<'_> {
    fn plan(&self) -> PlanId {
        let id = Uuid::new_v5(
            &Uuid::NAMESPACE_OID,
            format!("{}/{}", self.held.hold.purchase, self.operation).as_bytes(),
        );
        PlanId { id, started: self.started }
    }

    fn recall(&self, number: u32) -> BoxFuture<'_, Result<Option<Past>, JournalFailure>> {
        Box::pin(self.past(number))
    }

    fn intend<'a>(
        &'a self,
        number: u32,
        name: &'a str,
        wire: &'a Wire,
    ) -> BoxFuture<'a, Result<(), JournalFailure>> {
        Box::pin(self.write_intent(number, name, wire))
    }

    fn answer<'a>(
        &'a self,
        number: u32,
        reply: &'a Reply,
        replaces: bool,
    ) -> BoxFuture<'a, Result<(), JournalFailure>> {
        Box::pin(self.write_reply(number, reply, replaces))
    }

    fn confirm(&self) -> BoxFuture<'_, Result<(), JournalFailure>> {
        Box::pin(async { self.gateway.confirm(self.held).await.map_err(failed) })
    }
}
