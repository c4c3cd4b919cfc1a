//! The store's methods on PostgreSQL: each hands its arguments to the function of its table, through the writer or the
//! pool.
//!
//! No SQL here. Start at the file of the table a method is about.

use async_trait::async_trait;
use deadpool_postgres::Object;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::watch;

use super::confirmations::{self, Settle};
use super::documents::{self, Checked, Hashed};
use super::failure::Failure;
use super::journal::{self, Intent, Reply};
use super::leases::{self, Release, Renew};
use super::purchases::{Begin, Finish, Move};
use super::tracking::{self, Merge};
use super::write::{Nothing, clock};
use super::{
    Patience, PostgresStore, accounts, alarms, decisions, exchange, facts, hooks, listing, outbox, quotes,
    stats, transits,
};
use crate::store::{
    AccountRow, AlarmRow, Alarms, Asked, Begun, Change, Claimed, ConfirmationChange, ConfirmationRow,
    ConfirmationsOf, Counted, CountedCursor, DecisionRow, DecisionStore, DocumentRow, Due, EventRow,
    EvidenceRow, FactStore, Finished, Hold, HookRow, HookState, JournalRow, KeyRow, Lease, MeasuredOrder,
    MeasuredPlace, NewEvent, NewHook, NewIntent, NewPurchase, NewReply, News, OrderUpdate, PageCursor,
    PurchaseRow, PurchaseState, PutOff, QuoteRow, RateDay, Reconsider, Result, Stats, Store, Sum, TrackedRow,
    Tracking, TransitCount, TransitRow, TransitStore, TransitsAsked,
};

/// A call that only reads, on a connection of the pool: tried anew while the server is away for a moment.
macro_rules! read {
    ($store:expr, $client:ident => $call:expr) => {{
        let mut patience = Patience::new();
        loop {
            let failure = match $store.client().await {
                Ok(object) => {
                    let $client = &object;
                    match $call.await {
                        Ok(answer) => break Ok(answer),
                        Err(failure) => {
                            if matches!(failure, Failure::Lost(_)) {
                                // Nobody else is to get this connection.
                                drop(Object::take(object));
                            }
                            failure
                        }
                    }
                }
                Err(failure) => failure,
            };
            if !matches!(failure, Failure::Lost(_) | Failure::Again(_)) || !patience.wait().await {
                break Err(failure.unstored());
            }
        }
    }};
}

/// A call of one statement or one transaction that writes, on a connection of the pool.
macro_rules! change {
    ($store:expr, $client:ident => $call:expr) => {{
        let mut patience = Patience::new();
        let mut object = loop {
            match $store.client().await {
                Ok(object) => break object,
                Err(failure) => {
                    if !matches!(failure, Failure::Lost(_)) || !patience.wait().await {
                        return Err(failure.unstored());
                    }
                }
            }
        };
        loop {
            let $client = &mut object;
            match $call.await {
                Ok(answer) => break Ok(answer),
                // It is a transaction of its own, which the server has undone.
                Err(Failure::Again(_)) if patience.wait().await => {}
                Err(failure) => {
                    if matches!(failure, Failure::Lost(_)) {
                        drop(Object::take(object));
                    }
                    break Err(failure.unknown());
                }
            }
        }
    }};
}

#[async_trait]
impl DecisionStore for PostgresStore {
    async fn append_decision(
        &self,
        decision: DecisionRow,
        facts_version: u64,
        key: KeyRow,
        event: NewEvent,
    ) -> Result<()> {
        change!(self, client => decisions::append(client, &decision, facts_version, &key, &event))
    }

    async fn decision(&self, tenant: &str, id: &str) -> Result<Option<DecisionRow>> {
        read!(self, client => decisions::one(client, tenant, id))
    }

    async fn decisions_of(&self, place: &MeasuredPlace, order: &str) -> Result<Vec<DecisionRow>> {
        read!(self, client => decisions::of_order(client, place, order))
    }

    async fn signing_keys(&self) -> Result<Vec<KeyRow>> {
        read!(self, client => decisions::keys(client))
    }

    async fn to_reconsider(&self, limit: u32) -> Result<Vec<Reconsider>> {
        read!(self, client => decisions::to_reconsider(client, limit))
    }

    async fn forget_reconsidered(&self, ids: Vec<u64>) -> Result<()> {
        change!(self, client => decisions::forget(client, &ids))
    }
}

#[async_trait]
impl TransitStore for PostgresStore {
    async fn put_transit(&self, transit: TransitRow) -> Result<()> {
        change!(self, client => transits::put(client, &transit))
    }

    async fn transits(&self, asked: &TransitsAsked) -> Result<Vec<TransitCount>> {
        read!(self, client => transits::counts(client, asked))
    }
}

#[async_trait]
impl FactStore for PostgresStore {
    async fn facts_of(&self, place: &MeasuredPlace, order: &str) -> Result<MeasuredOrder> {
        read!(self, client => facts::one(client, place, order))
    }

    async fn facts_of_all(
        &self,
        place: &MeasuredPlace,
        after: &str,
        limit: u32,
    ) -> Result<Vec<MeasuredOrder>> {
        read!(self, client => facts::all(client, place, after, limit))
    }

    async fn record_facts(&self, update: OrderUpdate) -> Result<()> {
        change!(self, client => facts::record(client, &update))
    }

    async fn sums(&self, asked: &Asked) -> Result<Vec<Sum>> {
        read!(self, client => facts::sums(client, asked))
    }

    async fn wrong_ones(
        &self,
        asked: &Asked,
        today: Date,
        category: Option<&str>,
        after: Option<&CountedCursor>,
        limit: u32,
    ) -> Result<Vec<(String, Counted)>> {
        read!(self, client => facts::wrong_ones(client, asked, today, category, after, limit))
    }

    async fn at_risk(&self, asked: &Asked, now: Timestamp) -> Result<Vec<(Date, u64)>> {
        read!(self, client => facts::at_risk(client, asked, now))
    }

    async fn judged_otherwise(&self, rule_set: &str, limit: u32) -> Result<Vec<(MeasuredPlace, String)>> {
        read!(self, client => facts::judged_otherwise(client, rule_set, limit))
    }

    async fn note_news(&self, tenant: &str, shipment: &str) -> Result<()> {
        change!(self, client => facts::note_news(client, tenant, shipment))
    }

    async fn news(&self, limit: u32) -> Result<Vec<News>> {
        read!(self, client => facts::news(client, limit))
    }

    async fn forget_news(&self, ids: Vec<u64>) -> Result<()> {
        change!(self, client => facts::forget_news(client, &ids))
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn now(&self) -> Result<Timestamp> {
        read!(self, client => clock(client))
    }

    fn told(&self) -> watch::Receiver<u64> {
        PostgresStore::told(self)
    }

    async fn put_account(&self, account: AccountRow) -> Result<()> {
        change!(self, client => accounts::put(client, &account))
    }

    async fn account(&self, tenant: &str, id: &str) -> Result<Option<AccountRow>> {
        read!(self, client => accounts::get(client, tenant, id))
    }

    async fn accounts(&self, tenant: &str) -> Result<Vec<AccountRow>> {
        read!(self, client => accounts::list(client, tenant))
    }

    async fn accounts_named(&self, carrier: &str, id: &str) -> Result<Vec<AccountRow>> {
        read!(self, client => accounts::named(client, carrier, id))
    }

    async fn delete_account(&self, tenant: &str, id: &str) -> Result<bool> {
        change!(self, client => accounts::delete(client, tenant, id))
    }

    async fn put_rate_days(&self, days: Vec<RateDay>) -> Result<()> {
        change!(self, client => exchange::put(client, &days))
    }

    async fn rate_days(&self, source: &str, since: Date) -> Result<Vec<RateDay>> {
        read!(self, client => exchange::since(client, source, since))
    }

    async fn purge_rate_days(&self, before: Date) -> Result<u64> {
        change!(self, client => exchange::purge(client, before))
    }

    async fn put_quote(&self, quote: QuoteRow) -> Result<()> {
        self.write(quotes::Put(quote)).await
    }

    async fn quote(&self, tenant: &str, id: &str) -> Result<Option<QuoteRow>> {
        read!(self, client => quotes::get(client, tenant, id))
    }

    async fn purge_quotes(&self, before: Timestamp, limit: u32) -> Result<u64> {
        change!(self, client => quotes::purge(client, before, limit))
    }

    async fn begin_purchase(&self, purchase: NewPurchase) -> Result<Begun> {
        self.write(Begin(purchase)).await
    }

    async fn purchase(&self, tenant: &str, id: &str) -> Result<Option<PurchaseRow>> {
        read!(self, client => listing::get(client, tenant, id))
    }

    async fn purchase_by_key(&self, tenant: &str, idempotency_key: &str) -> Result<Option<PurchaseRow>> {
        read!(self, client => listing::by_key(client, tenant, idempotency_key))
    }

    async fn purchase_by_tracking(
        &self,
        tenant: &str,
        carrier: &str,
        number: &str,
    ) -> Result<Option<PurchaseRow>> {
        let mut found: Vec<_> =
            read!(self, client => listing::by_tracking(client, tenant, carrier, number, 1))?;
        Ok(found.pop())
    }

    async fn purchases_by_tracking(
        &self,
        tenant: &str,
        carrier: &str,
        number: &str,
        limit: u32,
    ) -> Result<Vec<PurchaseRow>> {
        read!(self, client => listing::by_tracking(client, tenant, carrier, number, limit))
    }

    async fn purchases(
        &self,
        tenant: &str,
        state: Option<PurchaseState>,
        after: Option<PageCursor>,
        limit: u32,
    ) -> Result<Vec<PurchaseRow>> {
        read!(self, client => listing::page(client, tenant, state, after.as_ref(), limit))
    }

    async fn in_doubt(&self, after: Option<PageCursor>, limit: u32) -> Result<Vec<PurchaseRow>> {
        read!(self, client => listing::in_doubt(client, after.as_ref(), limit))
    }

    async fn claim_purchase(
        &self,
        tenant: &str,
        id: &str,
        lease: Lease,
        now: Timestamp,
    ) -> Result<Option<Claimed>> {
        change!(self, client => leases::claim(client, tenant, id, &lease, now))
    }

    async fn claim_due(&self, lease: Lease, due: Due, limit: u32) -> Result<Vec<PurchaseRow>> {
        change!(self, client => leases::claim_due(client, &lease, &due, limit))
    }

    async fn renew_lease(&self, hold: &Hold, until: Timestamp) -> Result<()> {
        self.write(Renew { hold: hold.clone(), until }).await
    }

    async fn release_lease(&self, hold: &Hold, next_action_at: Option<Timestamp>) -> Result<()> {
        self.write(Release { hold: hold.clone(), next_action_at }).await
    }

    async fn set_state(&self, hold: &Hold, change: Change) -> Result<()> {
        self.write(Move { hold: hold.clone(), change }).await
    }

    async fn finish_purchase(&self, hold: &Hold, mut finished: Finished) -> Result<()> {
        let hashed: Vec<Hashed> = finished.documents.drain(..).map(Hashed::new).collect();
        self.write(Finish { hold: hold.clone(), finished, hashed }).await
    }

    async fn expire_keys(&self, before: Timestamp, limit: u32) -> Result<u64> {
        change!(self, client => leases::expire_keys(client, before, limit))
    }

    async fn alarms(&self, after: u64, limit: u32) -> Result<Vec<AlarmRow>> {
        read!(self, client => alarms::open(client, after, limit))
    }

    async fn close_alarm(&self, id: u64, by: &str, at: Timestamp) -> Result<bool> {
        change!(self, client => alarms::close(client, id, by, at))
    }

    async fn journal_intent(&self, hold: &Hold, intent: NewIntent) -> Result<()> {
        self.write(Intent { hold: hold.clone(), intent }).await
    }

    async fn journal_reply(&self, hold: &Hold, reply: NewReply) -> Result<()> {
        self.write(Reply { hold: hold.clone(), reply }).await
    }

    async fn journal(&self, purchase: &str, operation: &str) -> Result<Vec<JournalRow>> {
        read!(self, client => journal::list(client, purchase, operation))
    }

    async fn purge_journal(&self, before: Timestamp, limit: u32) -> Result<u64> {
        change!(self, client => journal::purge(client, before, limit))
    }

    async fn document(&self, tenant: &str, id: &str) -> Result<Option<(DocumentRow, Vec<u8>)>> {
        read!(self, client => documents::get(client, tenant, id))
    }

    async fn documents(&self, tenant: &str, shipment: &str) -> Result<Vec<DocumentRow>> {
        read!(self, client => documents::list(client, tenant, shipment))
    }

    async fn unchecked_documents(&self, limit: u32) -> Result<Vec<DocumentRow>> {
        read!(self, client => documents::unchecked(client, limit))
    }

    async fn document_checked(
        &self,
        tenant: &str,
        id: &str,
        flaws: &str,
        alarms: Alarms,
        at: Timestamp,
    ) -> Result<bool> {
        let (tenant, id, flaws) = (tenant.to_owned(), id.to_owned(), flaws.to_owned());
        self.write(Checked { tenant, id, flaws, alarms, at }).await
    }

    async fn tracked(&self, tenant: &str, carrier: &str, number: &str) -> Result<Option<TrackedRow>> {
        read!(self, client => tracking::get(client, tenant, carrier, number))
    }

    async fn merge_tracking(
        &self,
        tracking: Tracking,
        expected_version: u64,
        event: Option<NewEvent>,
    ) -> Result<u64> {
        self.write(Merge { tracking, expected: expected_version, event }).await
    }

    async fn claim_polls(&self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<TrackedRow>> {
        change!(self, client => tracking::claim_polls(client, now, until, limit))
    }

    async fn claim_confirmations(&self, lease: Lease, due: Due, limit: u32) -> Result<Vec<ConfirmationRow>> {
        change!(self, client => confirmations::claim(client, &lease, &due, limit))
    }

    async fn settle_confirmation(&self, row: ConfirmationRow, change: ConfirmationChange) -> Result<()> {
        self.write(Settle { row, change }).await
    }

    async fn handed_over(
        &self,
        tenant: &str,
        carrier: &str,
        number: &str,
        scanned_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        change!(self, client => confirmations::handed_over(client, tenant, carrier, number, scanned_at, now))
    }

    async fn confirmation(&self, tenant: &str, id: &str) -> Result<Option<ConfirmationRow>> {
        read!(self, client => confirmations::get(client, tenant, id))
    }

    async fn replacement_of(&self, tenant: &str, id: &str) -> Result<Option<ConfirmationRow>> {
        read!(self, client => confirmations::replacement(client, tenant, id))
    }

    async fn confirmations(
        &self,
        tenant: &str,
        of: ConfirmationsOf,
        limit: u32,
    ) -> Result<Vec<ConfirmationRow>> {
        read!(self, client => confirmations::list(client, tenant, &of, limit))
    }

    async fn confirmation_evidence(&self, tenant: &str, id: &str) -> Result<Vec<EvidenceRow>> {
        read!(self, client => confirmations::evidence(client, tenant, id))
    }

    async fn retry_confirmation(
        &self,
        tenant: &str,
        id: &str,
        at: Timestamp,
    ) -> Result<Option<ConfirmationRow>> {
        change!(self, client => confirmations::retry(client, tenant, id, at))
    }

    async fn put_off_polls(&self, polls: Vec<PutOff>) -> Result<()> {
        change!(self, client => tracking::put_off(client, &polls))
    }

    async fn next_poll(&self) -> Result<Option<Timestamp>> {
        read!(self, client => tracking::next_poll(client))
    }

    async fn put_hook(&self, hook: NewHook) -> Result<Option<u64>> {
        change!(self, client => hooks::put(client, &hook))
    }

    async fn claim_hooks(&self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<HookRow>> {
        change!(self, client => hooks::claim(client, now, until, limit))
    }

    async fn settle_hook(&self, id: u64, state: HookState) -> Result<()> {
        change!(self, client => hooks::settle(client, id, state))
    }

    async fn purge_hooks(&self, before: Timestamp, limit: u32) -> Result<u64> {
        change!(self, client => hooks::purge(client, before, limit))
    }

    async fn events(&self, tenant: &str, after: u64, limit: u32) -> Result<Vec<EventRow>> {
        read!(self, client => outbox::after(client, tenant, after, limit))
    }

    async fn ping(&self) -> Result<()> {
        self.write(Nothing).await?;
        self.now().await.map(|_| ())
    }

    async fn stats(&self) -> Result<Stats> {
        let stats = read!(self, client => stats::count(client))?;
        Ok(self.with_counters(stats))
    }

    async fn close(&self) -> Result<()> {
        self.stop().await;
        Ok(())
    }
}
