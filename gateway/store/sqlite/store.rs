//! The store's methods on SQLite: each hands its arguments to the function of its table, in the writer or a reader.
//!
//! No SQL here. Start at the file of the table a method is about.

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::watch;

use super::documents::{self, Hashed};
use super::{
    SqliteStore, accounts, alarms, confirmations, exchange, hooks, journal, listing, outbox, purchases,
    quotes, tracking,
};
use crate::store::{
    AccountRow, AlarmRow, Alarms, Begun, Change, Claimed, ConfirmationChange, ConfirmationRow,
    ConfirmationsOf, DocumentRow, Due, EventRow, EvidenceRow, Finished, Hold, HookRow, HookState, JournalRow,
    Lease, NewEvent, NewHook, NewIntent, NewPurchase, NewReply, PageCursor, PurchaseRow, PurchaseState,
    PutOff, QuoteRow, RateDay, Result, Stats, Store, TrackedRow, Tracking,
};

#[async_trait]
impl Store for SqliteStore {
    async fn now(&self) -> Result<Timestamp> {
        Ok(Timestamp::now())
    }

    fn told(&self) -> watch::Receiver<u64> {
        self.counters.told.subscribe()
    }

    async fn put_account(&self, account: AccountRow) -> Result<()> {
        self.write(move |connection| accounts::put(connection, &account)).await
    }

    async fn account(&self, tenant: &str, id: &str) -> Result<Option<AccountRow>> {
        let (tenant, id) = (tenant.to_owned(), id.to_owned());
        self.read(move |connection| accounts::get(connection, &tenant, &id)).await
    }

    async fn accounts(&self, tenant: &str) -> Result<Vec<AccountRow>> {
        let tenant = tenant.to_owned();
        self.read(move |connection| accounts::list(connection, &tenant)).await
    }

    async fn delete_account(&self, tenant: &str, id: &str) -> Result<bool> {
        let (tenant, id) = (tenant.to_owned(), id.to_owned());
        self.write(move |connection| accounts::delete(connection, &tenant, &id)).await
    }

    async fn put_rate_days(&self, days: Vec<RateDay>) -> Result<()> {
        self.write(move |connection| exchange::put(connection, &days)).await
    }

    async fn rate_days(&self, source: &str, since: Date) -> Result<Vec<RateDay>> {
        let source = source.to_owned();
        self.read(move |connection| exchange::since(connection, &source, since)).await
    }

    async fn purge_rate_days(&self, before: Date) -> Result<u64> {
        self.write(move |connection| exchange::purge(connection, before)).await
    }

    async fn accounts_named(&self, carrier: &str, id: &str) -> Result<Vec<AccountRow>> {
        let (carrier, id) = (carrier.to_owned(), id.to_owned());
        self.read(move |connection| accounts::named(connection, &carrier, &id)).await
    }

    async fn put_quote(&self, quote: QuoteRow) -> Result<()> {
        self.write(move |connection| quotes::put(connection, &quote)).await
    }

    async fn quote(&self, tenant: &str, id: &str) -> Result<Option<QuoteRow>> {
        let (tenant, id) = (tenant.to_owned(), id.to_owned());
        self.read(move |connection| quotes::get(connection, &tenant, &id)).await
    }

    async fn purge_quotes(&self, before: Timestamp, limit: u32) -> Result<u64> {
        self.write(move |connection| quotes::purge(connection, before, limit)).await
    }

    async fn begin_purchase(&self, purchase: NewPurchase) -> Result<Begun> {
        self.write(move |connection| purchases::begin(connection, &purchase)).await
    }

    async fn purchase(&self, tenant: &str, id: &str) -> Result<Option<PurchaseRow>> {
        let (tenant, id) = (tenant.to_owned(), id.to_owned());
        self.read(move |connection| listing::get(connection, &tenant, &id)).await
    }

    async fn purchase_by_key(&self, tenant: &str, idempotency_key: &str) -> Result<Option<PurchaseRow>> {
        let (tenant, key) = (tenant.to_owned(), idempotency_key.to_owned());
        self.read(move |connection| listing::by_key(connection, &tenant, &key)).await
    }

    async fn purchase_by_tracking(
        &self,
        tenant: &str,
        carrier: &str,
        number: &str,
    ) -> Result<Option<PurchaseRow>> {
        let (tenant, carrier, number) = (tenant.to_owned(), carrier.to_owned(), number.to_owned());
        let found = move |connection: &_| listing::by_tracking(connection, &tenant, &carrier, &number, 1);
        Ok(self.read(found).await?.pop())
    }

    async fn purchases_by_tracking(
        &self,
        tenant: &str,
        carrier: &str,
        number: &str,
        limit: u32,
    ) -> Result<Vec<PurchaseRow>> {
        let (tenant, carrier, number) = (tenant.to_owned(), carrier.to_owned(), number.to_owned());
        self.read(move |connection| listing::by_tracking(connection, &tenant, &carrier, &number, limit)).await
    }

    async fn purchases(
        &self,
        tenant: &str,
        state: Option<PurchaseState>,
        after: Option<PageCursor>,
        limit: u32,
    ) -> Result<Vec<PurchaseRow>> {
        let tenant = tenant.to_owned();
        self.read(move |connection| listing::page(connection, &tenant, state, after.as_ref(), limit)).await
    }

    async fn claim_purchase(
        &self,
        tenant: &str,
        id: &str,
        lease: Lease,
        now: Timestamp,
    ) -> Result<Option<Claimed>> {
        let (tenant, id) = (tenant.to_owned(), id.to_owned());
        self.write(move |connection| purchases::claim(connection, &tenant, &id, &lease, now)).await
    }

    async fn claim_due(&self, lease: Lease, due: Due, limit: u32) -> Result<Vec<PurchaseRow>> {
        self.write(move |connection| purchases::claim_due(connection, &lease, &due, limit)).await
    }

    async fn in_doubt(&self, after: Option<PageCursor>, limit: u32) -> Result<Vec<PurchaseRow>> {
        self.read(move |connection| listing::in_doubt(connection, after.as_ref(), limit)).await
    }

    async fn expire_keys(&self, before: Timestamp, limit: u32) -> Result<u64> {
        self.write(move |connection| purchases::expire_keys(connection, before, limit)).await
    }

    async fn alarms(&self, after: u64, limit: u32) -> Result<Vec<AlarmRow>> {
        self.read(move |connection| alarms::open(connection, after, limit)).await
    }

    async fn close_alarm(&self, id: u64, by: &str, at: Timestamp) -> Result<bool> {
        let by = by.to_owned();
        self.write(move |connection| alarms::close(connection, id, &by, at)).await
    }

    async fn unchecked_documents(&self, limit: u32) -> Result<Vec<DocumentRow>> {
        self.read(move |connection| documents::unchecked(connection, limit)).await
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
        self.write(move |connection| documents::checked(connection, &tenant, &id, &flaws, &alarms, at)).await
    }

    async fn renew_lease(&self, hold: &Hold, until: Timestamp) -> Result<()> {
        let hold = hold.clone();
        self.write(move |connection| purchases::renew(connection, &hold, until)).await
    }

    async fn release_lease(&self, hold: &Hold, next_action_at: Option<Timestamp>) -> Result<()> {
        let hold = hold.clone();
        self.write(move |connection| purchases::release(connection, &hold, next_action_at)).await
    }

    async fn set_state(&self, hold: &Hold, change: Change) -> Result<()> {
        let hold = hold.clone();
        self.write(move |connection| purchases::set_state(connection, &hold, &change)).await
    }

    async fn finish_purchase(&self, hold: &Hold, mut finished: Finished) -> Result<()> {
        let hold = hold.clone();
        let hashed: Vec<Hashed> = finished.documents.drain(..).map(Hashed::new).collect();
        self.write(move |connection| purchases::finish(connection, &hold, &finished, &hashed)).await
    }

    async fn journal_intent(&self, hold: &Hold, intent: NewIntent) -> Result<()> {
        let hold = hold.clone();
        self.write(move |connection| journal::intent(connection, &hold, &intent)).await
    }

    async fn journal_reply(&self, hold: &Hold, reply: NewReply) -> Result<()> {
        let hold = hold.clone();
        self.write(move |connection| journal::reply(connection, &hold, &reply)).await
    }

    async fn journal(&self, purchase: &str, operation: &str) -> Result<Vec<JournalRow>> {
        let (purchase, operation) = (purchase.to_owned(), operation.to_owned());
        self.read(move |connection| journal::list(connection, &purchase, &operation)).await
    }

    async fn purge_journal(&self, before: Timestamp, limit: u32) -> Result<u64> {
        self.write(move |connection| journal::purge(connection, before, limit)).await
    }

    async fn document(&self, tenant: &str, id: &str) -> Result<Option<(DocumentRow, Vec<u8>)>> {
        let (tenant, id) = (tenant.to_owned(), id.to_owned());
        self.read(move |connection| documents::get(connection, &tenant, &id)).await
    }

    async fn documents(&self, tenant: &str, shipment: &str) -> Result<Vec<DocumentRow>> {
        let (tenant, shipment) = (tenant.to_owned(), shipment.to_owned());
        self.read(move |connection| documents::list(connection, &tenant, &shipment)).await
    }

    async fn tracked(&self, tenant: &str, carrier: &str, number: &str) -> Result<Option<TrackedRow>> {
        let (tenant, carrier, number) = (tenant.to_owned(), carrier.to_owned(), number.to_owned());
        self.read(move |connection| tracking::get(connection, &tenant, &carrier, &number)).await
    }

    async fn merge_tracking(
        &self,
        tracking: Tracking,
        expected_version: u64,
        event: Option<NewEvent>,
    ) -> Result<u64> {
        self.write(move |connection| tracking::merge(connection, &tracking, expected_version, event.as_ref()))
            .await
    }

    async fn claim_polls(&self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<TrackedRow>> {
        self.write(move |connection| tracking::claim_polls(connection, now, until, limit)).await
    }

    async fn claim_confirmations(&self, lease: Lease, due: Due, limit: u32) -> Result<Vec<ConfirmationRow>> {
        self.write(move |connection| confirmations::claim(connection, &lease, &due, limit)).await
    }

    async fn settle_confirmation(&self, row: ConfirmationRow, change: ConfirmationChange) -> Result<()> {
        self.write(move |connection| confirmations::settle(connection, &row, &change)).await
    }

    async fn handed_over(
        &self,
        tenant: &str,
        carrier: &str,
        number: &str,
        scanned_at: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let (tenant, carrier, number) = (tenant.to_owned(), carrier.to_owned(), number.to_owned());
        self.write(move |connection| {
            confirmations::handed_over(connection, &tenant, &carrier, &number, scanned_at, now)
        })
        .await
    }

    async fn confirmation(&self, tenant: &str, id: &str) -> Result<Option<ConfirmationRow>> {
        let (tenant, id) = (tenant.to_owned(), id.to_owned());
        self.read(move |connection| confirmations::get(connection, &tenant, &id)).await
    }

    async fn replacement_of(&self, tenant: &str, id: &str) -> Result<Option<ConfirmationRow>> {
        let (tenant, id) = (tenant.to_owned(), id.to_owned());
        self.read(move |connection| confirmations::replacement(connection, &tenant, &id)).await
    }

    async fn confirmations(
        &self,
        tenant: &str,
        of: ConfirmationsOf,
        limit: u32,
    ) -> Result<Vec<ConfirmationRow>> {
        let tenant = tenant.to_owned();
        self.read(move |connection| confirmations::list(connection, &tenant, &of, limit)).await
    }

    async fn confirmation_evidence(&self, tenant: &str, id: &str) -> Result<Vec<EvidenceRow>> {
        let (tenant, id) = (tenant.to_owned(), id.to_owned());
        self.read(move |connection| confirmations::evidence(connection, &tenant, &id)).await
    }

    async fn retry_confirmation(
        &self,
        tenant: &str,
        id: &str,
        at: Timestamp,
    ) -> Result<Option<ConfirmationRow>> {
        let (tenant, id) = (tenant.to_owned(), id.to_owned());
        self.write(move |connection| confirmations::retry(connection, &tenant, &id, at)).await
    }

    async fn put_off_polls(&self, polls: Vec<PutOff>) -> Result<()> {
        self.write(move |connection| tracking::put_off(connection, &polls)).await
    }

    async fn next_poll(&self) -> Result<Option<Timestamp>> {
        self.read(tracking::next_poll).await
    }

    async fn put_hook(&self, hook: NewHook) -> Result<Option<u64>> {
        self.write(move |connection| hooks::put(connection, &hook)).await
    }

    async fn claim_hooks(&self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<HookRow>> {
        self.write(move |connection| hooks::claim(connection, now, until, limit)).await
    }

    async fn settle_hook(&self, id: u64, state: HookState) -> Result<()> {
        self.write(move |connection| hooks::settle(connection, id, state)).await
    }

    async fn purge_hooks(&self, before: Timestamp, limit: u32) -> Result<u64> {
        self.write(move |connection| hooks::purge(connection, before, limit)).await
    }

    async fn events(&self, tenant: &str, after: u64, limit: u32) -> Result<Vec<EventRow>> {
        let tenant = tenant.to_owned();
        self.read(move |connection| outbox::after(connection, &tenant, after, limit)).await
    }

    async fn ping(&self) -> Result<()> {
        if self.writes.is_some() {
            self.write(|_| Ok(())).await?;
        }
        self.read(|connection| Ok(connection.query_row("SELECT 1", [], |_| Ok(()))?)).await
    }

    async fn stats(&self) -> Result<Stats> {
        self.count().await
    }

    async fn close(&self) -> Result<()> {
        self.stop().await;
        Ok(())
    }
}
