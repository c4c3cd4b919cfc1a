//! What the gateway remembers: accounts, quotes, purchases with their journal, documents, tracking and the outbox.
//!
//! Only this room knows SQL. It never parses a body or talks to a carrier: times, keys and sealed bytes are handed in,
//! and its own clock is only told. Start at [`Store`]; the rows are in `rows.rs`, the states of a purchase in `state.rs`.

mod confirmation;
mod decision;
mod error;
mod facts;
mod followed;
mod opaque;
pub mod postgres;
mod rows;
pub mod sqlite;
mod state;
#[cfg(test)]
mod suite;
mod transit;

use async_trait::async_trait;
use jiff::Timestamp;
use tokio::sync::watch;

pub use confirmation::{
    ConfirmationChange, ConfirmationRow, ConfirmationState, ConfirmationsOf, EvidenceRow, NewConfirmation,
    NewEvidence,
};
pub use decision::{DecisionRow, DecisionStore, KeyRow, Reconsider};
pub use error::{Result, StoreError};
pub use facts::{
    Asked, Counted, CountedCursor, FactRow, FactStore, MeasuredOrder, MeasuredPlace, News, OrderUpdate, Sum,
};
pub use followed::{Following, HookRow, HookState, NewHook, PutOff, TrackedRow, Tracking};
pub use rows::{
    AccountRow, AlarmRow, Alarms, Begun, Change, Claimed, DocumentRow, Due, EventRow, Finished, Hold,
    JournalRow, Lease, NewAlarm, NewDocument, NewEvent, NewIntent, NewPurchase, NewReply, PageCursor,
    PurchaseRow, QuoteRow, RateDay, Stats,
};
pub use state::PurchaseState;
pub use transit::{LaneEnd, TransitCount, TransitRow, TransitStore, TransitsAsked};

/// The most rows that one call returns or removes; a larger limit is taken as this one.
pub const MAX_ROWS: u32 = 500;

/// A store. Each method is one transaction: when it has answered `Ok`, what it wrote survives the loss of power.
///
/// A tenant sees its own rows alone. A write with a [`Hold`] is [`StoreError::Fenced`] unless the hold is the purchase's
/// present one, and a terminal purchase takes none. Dropping a call before it answers leaves open whether it was stored.
#[async_trait]
pub trait Store: FactStore + DecisionStore + TransitStore + Send + Sync + 'static {
    /// The store's own clock, which leases end by: the database server's where gateways share one.
    async fn now(&self) -> Result<Timestamp>;

    /// Changes when there may be new events. A hint: another gateway's may come without one, so look now and then too.
    fn told(&self) -> watch::Receiver<u64>;

    /// Writes the account, over the one of the same tenant and id.
    async fn put_account(&self, account: AccountRow) -> Result<()>;

    /// The tenant's account of this id.
    async fn account(&self, tenant: &str, id: &str) -> Result<Option<AccountRow>>;

    /// The tenant's accounts, by id.
    async fn accounts(&self, tenant: &str) -> Result<Vec<AccountRow>>;

    /// The accounts of this id that any tenant has with the carrier, at most 16, by tenant.
    async fn accounts_named(&self, carrier: &str, id: &str) -> Result<Vec<AccountRow>>;

    /// Removes the account; false when there was none.
    async fn delete_account(&self, tenant: &str, id: &str) -> Result<bool>;

    /// Writes published exchange rates, over those of the same source and day.
    async fn put_rate_days(&self, days: Vec<RateDay>) -> Result<()>;

    /// The exchange rates of a source since a day, oldest first, at most 4,000 days.
    async fn rate_days(&self, source: &str, since: jiff::civil::Date) -> Result<Vec<RateDay>>;

    /// Removes the exchange rates of days before this one, and says of how many.
    async fn purge_rate_days(&self, before: jiff::civil::Date) -> Result<u64>;

    /// Writes a quote. [`StoreError::Conflict`] when the tenant has one of the id.
    async fn put_quote(&self, quote: QuoteRow) -> Result<()>;

    /// The tenant's quote of this id, also an expired one that was not yet purged.
    async fn quote(&self, tenant: &str, id: &str) -> Result<Option<QuoteRow>>;

    /// Removes up to `limit` quotes that expired before the time, and says how many. Call it until that is zero.
    async fn purge_quotes(&self, before: Timestamp, limit: u32) -> Result<u64>;

    /// Writes a purchase in `Intent`, held by its lease, unless the tenant has used the idempotency key before.
    /// However many calls bring one key at once, one starts. [`StoreError::Conflict`] when the id is taken.
    async fn begin_purchase(&self, purchase: NewPurchase) -> Result<Begun>;

    /// The tenant's purchase of this id.
    async fn purchase(&self, tenant: &str, id: &str) -> Result<Option<PurchaseRow>>;

    /// The tenant's purchase of this idempotency key.
    async fn purchase_by_key(&self, tenant: &str, idempotency_key: &str) -> Result<Option<PurchaseRow>>;

    /// The tenant's newest purchase with this tracking number: carriers use numbers again.
    async fn purchase_by_tracking(
        &self,
        tenant: &str,
        carrier: &str,
        number: &str,
    ) -> Result<Option<PurchaseRow>>;

    /// The tenant's purchases with this tracking number, newest first.
    async fn purchases_by_tracking(
        &self,
        tenant: &str,
        carrier: &str,
        number: &str,
        limit: u32,
    ) -> Result<Vec<PurchaseRow>>;

    /// The tenant's purchases, all or those in one state, newest first, from behind the cursor.
    async fn purchases(
        &self,
        tenant: &str,
        state: Option<PurchaseState>,
        after: Option<PageCursor>,
        limit: u32,
    ) -> Result<Vec<PurchaseRow>>;

    /// The purchases of any tenant that are in doubt, oldest first, from behind the cursor.
    async fn in_doubt(&self, after: Option<PageCursor>, limit: u32) -> Result<Vec<PurchaseRow>>;

    /// Takes the lease of one purchase, with a new and larger fence, when nobody's lease runs at `now`, a time of the
    /// store's clock. None when the tenant has no such purchase.
    async fn claim_purchase(
        &self,
        tenant: &str,
        id: &str,
        lease: Lease,
        now: Timestamp,
    ) -> Result<Option<Claimed>>;

    /// Takes the leases of up to `limit` purchases of any tenant that are due, longest due first, each with a new and
    /// larger fence. Due is an open purchase, or a refused one that is watched, that nobody's lease holds, once its
    /// `next_action_at` has come; in doubt, released and off the schedule it waits for an operator and is not due.
    async fn claim_due(&self, lease: Lease, due: Due, limit: u32) -> Result<Vec<PurchaseRow>>;

    /// Moves the end of the lease. It works for an expired lease too, as long as nobody took over.
    async fn renew_lease(&self, hold: &Hold, until: Timestamp) -> Result<()>;

    /// Ends the lease before its time and sets when work is due again.
    async fn release_lease(&self, hold: &Hold, next_action_at: Option<Timestamp>) -> Result<()>;

    /// Moves the purchase on; the lease stays. [`StoreError::Conflict`] when the move is not legal from where it is.
    async fn set_state(&self, hold: &Hold, change: Change) -> Result<()>;

    /// Ends the purchase or its void, with everything that belongs to it, and the lease.
    /// [`StoreError::Conflict`] when the end is not legal from where it is, or a document's id is taken.
    async fn finish_purchase(&self, hold: &Hold, finished: Finished) -> Result<()>;

    /// Frees up to `limit` idempotency keys of purchases that were answered before the time and on which nobody has
    /// work to do, and says how many. Call it until that is zero.
    async fn expire_keys(&self, before: Timestamp, limit: u32) -> Result<u64>;

    /// The open alarms of any tenant, oldest first, from behind the id.
    async fn alarms(&self, after: u64, limit: u32) -> Result<Vec<AlarmRow>>;

    /// Closes an open alarm in the name of a person; false when none of this id is open.
    async fn close_alarm(&self, id: u64, by: &str, at: Timestamp) -> Result<bool>;

    /// Writes down an exchange that is about to be sent, once: a second intent of a step is a [`StoreError::Conflict`].
    /// A purchase in `Intent` is `Sending` from then on.
    async fn journal_intent(&self, hold: &Hold, intent: NewIntent) -> Result<()>;

    /// Writes down the reply of an exchange, once unless it says that it replaces an earlier one, and only when its
    /// intent is there: else [`StoreError::Conflict`].
    async fn journal_reply(&self, hold: &Hold, reply: NewReply) -> Result<()>;

    /// The exchanges of one plan of a purchase, in the order of their steps.
    async fn journal(&self, purchase: &str, operation: &str) -> Result<Vec<JournalRow>>;

    /// Removes up to `limit` exchanges older than the time, of purchases that nobody has work to do on, and says how
    /// many. Call it until that is zero.
    async fn purge_journal(&self, before: Timestamp, limit: u32) -> Result<u64>;

    /// The tenant's document and its bytes. [`StoreError::Damaged`] when they are not those that were stored.
    async fn document(&self, tenant: &str, id: &str) -> Result<Option<(DocumentRow, Vec<u8>)>>;

    /// The documents of the tenant's purchase, in the order in which they were stored.
    async fn documents(&self, tenant: &str, shipment: &str) -> Result<Vec<DocumentRow>>;

    /// Up to `limit` documents of any tenant at which nobody has looked yet, oldest first.
    async fn unchecked_documents(&self, limit: u32) -> Result<Vec<DocumentRow>>;

    /// Writes down what is wrong with a document, with the alarms about it. False when there is none of the id.
    async fn document_checked(
        &self,
        tenant: &str,
        id: &str,
        flaws: &str,
        alarms: Alarms,
        at: Timestamp,
    ) -> Result<bool>;

    /// What is known of the tenant's tracking number.
    async fn tracked(&self, tenant: &str, carrier: &str, number: &str) -> Result<Option<TrackedRow>>;

    /// Writes what is now known of a tracking number when its version still is `expected_version` (0: there is none),
    /// with an event about it, and returns the new version. [`StoreError::Conflict`] when somebody else was faster.
    async fn merge_tracking(
        &self,
        tracking: Tracking,
        expected_version: u64,
        event: Option<NewEvent>,
    ) -> Result<u64>;

    /// Takes up to `limit` tracking numbers of any tenant whose poll is due at `now`, longest due first, and puts their
    /// next poll off to `until`: nobody else takes them before, and somebody does then if the taker died. Versions stay.
    async fn claim_polls(&self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<TrackedRow>>;

    /// Takes the leases of up to `limit` confirmations of any tenant that are due, longest due first, each with a new and
    /// larger fence. Due is one whose `next_attempt_at` or `alarm_at` has come. An attempt that may now be made counts
    /// from here on.
    async fn claim_confirmations(&self, lease: Lease, due: Due, limit: u32) -> Result<Vec<ConfirmationRow>>;

    /// Writes what work on a claimed confirmation came to, and ends its lease. [`StoreError::Conflict`] when the lease
    /// that `row` was claimed under is no longer held: drop the work.
    async fn settle_confirmation(&self, row: ConfirmationRow, change: ConfirmationChange) -> Result<()>;

    /// The carrier has had the parcel of this number in its hands since `scanned_at`: confirmations that wait for that
    /// are due at `now`. It may be said again, which changes nothing.
    async fn handed_over(
        &self,
        tenant: &str,
        carrier: &str,
        number: &str,
        scanned_at: Timestamp,
        now: Timestamp,
    ) -> Result<()>;

    /// The tenant's confirmation of this id.
    async fn confirmation(&self, tenant: &str, id: &str) -> Result<Option<ConfirmationRow>>;

    /// The tenant's confirmation that takes, or took, the place of this one.
    async fn replacement_of(&self, tenant: &str, id: &str) -> Result<Option<ConfirmationRow>>;

    /// The tenant's confirmations of a purchase or an order, in the order of their parcels.
    async fn confirmations(
        &self,
        tenant: &str,
        of: ConfirmationsOf,
        limit: u32,
    ) -> Result<Vec<ConfirmationRow>>;

    /// What was sent and answered about a confirmation, oldest first.
    async fn confirmation_evidence(&self, tenant: &str, id: &str) -> Result<Vec<EvidenceRow>>;

    /// Makes a confirmation due once more, by a person's wish: one that was refused, or waits. None when there is none
    /// such, its label was voided, or it is being worked on.
    async fn retry_confirmation(
        &self,
        tenant: &str,
        id: &str,
        at: Timestamp,
    ) -> Result<Option<ConfirmationRow>>;
    /// Gives claimed polls back unanswered, those whose claim is still the caller's. Versions stay.
    async fn put_off_polls(&self, polls: Vec<PutOff>) -> Result<()>;

    /// When the poll that is longest due is, or will be, due; none while nothing is followed.
    async fn next_poll(&self) -> Result<Option<Timestamp>>;

    /// Keeps what a carrier pushed, due at once; none when the account has one of the same fingerprint.
    async fn put_hook(&self, hook: NewHook) -> Result<Option<u64>>;

    /// Takes up to `limit` pushed things that are due at `now`, oldest first, and puts them off to `until`, as
    /// [`claim_polls`](Store::claim_polls) does.
    async fn claim_hooks(&self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<HookRow>>;

    /// Writes down what became of something pushed; it is due no more.
    async fn settle_hook(&self, id: u64, state: HookState) -> Result<()>;

    /// Removes up to `limit` pushed things that came before the time, and says how many. Call it until that is zero.
    async fn purge_hooks(&self, before: Timestamp, limit: u32) -> Result<u64>;

    /// The tenant's events behind the cursor, in their order. No event ever appears before a cursor already read.
    async fn events(&self, tenant: &str, after: u64, limit: u32) -> Result<Vec<EventRow>>;

    /// Passes once through the writer and once through a reader.
    async fn ping(&self) -> Result<()>;

    /// What the store holds and does.
    async fn stats(&self) -> Result<Stats>;

    /// Stores what waits, then lets go of the database. Calls that come later are [`StoreError::Closed`].
    async fn close(&self) -> Result<()>;
}
