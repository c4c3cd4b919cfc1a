//! The rows that go into a store and come out of it.
//!
//! They hold typed keys, states and times; a `body`, `answer`, `request` or `reply` is opaque bytes that only the caller
//! reads, and that the caller has sealed where it is private. `Debug` of a row with such bytes shows its keys alone.
//! Times are kept to the microsecond. Start at [`PurchaseRow`].

use jiff::Timestamp;

use super::{Following, NewConfirmation, PurchaseState};

/// A carrier account of a tenant.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Who it belongs to.
    pub tenant: String,
    /// Unique within the tenant.
    pub id: String,
    /// The carrier's id.
    pub carrier: String,
    /// The name people gave it.
    pub name: String,
    /// What is not secret.
    pub settings: Vec<u8>,
    /// What is secret, sealed by the caller.
    pub sealed_secrets: Vec<u8>,
    /// When it was last written.
    pub updated_at: Timestamp,
}

/// The answer to a Rate, kept so that its offers can be bought.
#[derive(Clone, PartialEq, Eq)]
pub struct QuoteRow {
    /// Who it belongs to.
    pub tenant: String,
    /// Unique within the tenant.
    pub id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it cannot be bought, and may be purged.
    pub expires_at: Timestamp,
    /// SHA-256 over the canonical request.
    pub fingerprint: [u8; 32],
    /// The offers.
    pub body: Vec<u8>,
}

/// Who works on a purchase, and until when the others leave it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The worker, unique among all processes that share the store.
    pub owner: String,
    /// When it ends unless it is renewed, by the store's own clock ([`Store::now`](super::Store::now)).
    pub until: Timestamp,
}

/// What is due, by two clocks: leases end by the store's, which all gateways share and nobody moves; work is scheduled
/// by the gateway's, which a sandbox moves at will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Leases until then or earlier are over. By the store's clock.
    pub lease_at: Timestamp,
    /// Work scheduled for then or earlier is due. By the gateway's clock.
    pub work_at: Timestamp,
    /// Purchases that the caller has in its hands already, whatever their leases say: a process that was held up must
    /// not take its own work from itself.
    pub except: Vec<String>,
}

/// The right to write to a purchase: valid until another worker takes over, or the purchase is finished or released.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hold {
    /// The purchase's id.
    pub purchase: String,
    /// The worker of the lease.
    pub owner: String,
    /// The fence that the store gave with the lease; every later holder's is larger.
    pub fence: u64,
}

/// A purchase about to begin.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPurchase {
    /// Who buys.
    pub tenant: String,
    /// Unique in the whole store.
    pub id: String,
    /// Unique within the tenant: what makes a repeated call the same purchase.
    pub idempotency_key: String,
    /// SHA-256 over the canonical request.
    pub fingerprint: [u8; 32],
    /// The carrier's id.
    pub carrier: String,
    /// The account's id.
    pub account: String,
    /// The carrier's service code.
    pub service: String,
    /// The reference by which the carrier can find it.
    pub reference: String,
    /// The purchase as the flow keeps it.
    pub body: Vec<u8>,
    /// When the call came.
    pub created_at: Timestamp,
    /// The first holder.
    pub lease: Lease,
}

/// What beginning a purchase found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is new, and the caller holds it.
    Started(Hold),
    /// The key was used before: nothing was written. The caller compares the fingerprints.
    Existing(Box<PurchaseRow>),
}

/// What claiming one purchase found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// The caller holds it now; the row is as it stands after the claim.
    Taken(Hold, Box<PurchaseRow>),
    /// Somebody else's lease still runs; the row says whose and until when.
    Held(Box<PurchaseRow>),
    /// It is terminal: nobody can hold it.
    Terminal(Box<PurchaseRow>),
}

/// A purchase.
#[derive(Clone, PartialEq, Eq)]
pub struct PurchaseRow {
    /// Who bought.
    pub tenant: String,
    /// Unique in the whole store.
    pub id: String,
    /// Unique within the tenant; absent once it has expired.
    pub idempotency_key: Option<String>,
    /// SHA-256 over the canonical request.
    pub fingerprint: [u8; 32],
    /// The carrier's id.
    pub carrier: String,
    /// The account's id.
    pub account: String,
    /// The carrier's service code.
    pub service: String,
    /// The reference by which the carrier can find it.
    pub reference: String,
    /// Where it stands.
    pub state: PurchaseState,
    /// The purchase as the flow keeps it.
    pub body: Vec<u8>,
    /// The answer that was given when the purchase ended, to be given again byte for byte until the key expires.
    pub answer: Option<Vec<u8>>,
    /// When the answer was given first.
    pub answered_at: Option<Timestamp>,
    /// When the call came.
    pub created_at: Timestamp,
    /// When the row last changed its state or body.
    pub updated_at: Timestamp,
    /// The newest fence given out.
    pub fence: u64,
    /// The lease, also an expired one; none when nobody holds it.
    pub lease: Option<Lease>,
    /// When work on it is due, if it is scheduled.
    pub next_action_at: Option<Timestamp>,
}

impl PurchaseRow {
    /// The row of a purchase that has just begun, as the store writes it.
    #[must_use]
    pub fn begun(new: &NewPurchase) -> PurchaseRow {
        let kept = |time: Timestamp| Timestamp::from_microsecond(time.as_microsecond()).unwrap_or(time);
        PurchaseRow {
            tenant: new.tenant.clone(),
            id: new.id.clone(),
            idempotency_key: Some(new.idempotency_key.clone()),
            fingerprint: new.fingerprint,
            carrier: new.carrier.clone(),
            account: new.account.clone(),
            service: new.service.clone(),
            reference: new.reference.clone(),
            state: PurchaseState::Intent,
            body: new.body.clone(),
            answer: None,
            answered_at: None,
            created_at: kept(new.created_at),
            updated_at: kept(new.created_at),
            fence: 1,
            lease: Some(Lease { until: kept(new.lease.until), ..new.lease.clone() }),
            next_action_at: None,
        }
    }

    /// The hold that the row's lease and fence make, for the worker that claimed it.
    #[must_use]
    pub fn hold(&self) -> Option<Hold> {
        let owner = self.lease.as_ref()?.owner.clone();
        Some(Hold { purchase: self.id.clone(), owner, fence: self.fence })
    }
}

/// Where a page of a listing ended: the next one begins behind it, whatever was added meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageCursor {
    /// The last row's creation.
    pub created_at: Timestamp,
    /// The last row's id.
    pub id: String,
}

/// A move of a purchase that goes on.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// The states it may be in now; in another one the move is a conflict.
    pub from: Vec<PurchaseState>,
    /// The state that it gets.
    pub to: PurchaseState,
    /// The new body; none leaves it.
    pub body: Option<Vec<u8>>,
    /// When work on it is due; none takes it off the schedule.
    pub next_action_at: Option<Timestamp>,
    /// What the subscribers are told, in the same transaction.
    pub event: Option<NewEvent>,
    /// What operators are told, in the same transaction.
    pub alarms: Alarms,
    /// When it happened.
    pub at: Timestamp,
}

/// What operators are told of a purchase.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alarms {
    /// Raised, unless one of the same code is open already.
    pub raise: Vec<NewAlarm>,
    /// Codes whose open alarm is closed, because its cause is gone.
    pub settle: Vec<&'static str>,
}

/// An alarm about to be raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlarm {
    /// Why, for a machine, e.g. `VOID_FAILED`.
    pub code: &'static str,
    /// Why, and what is to be done; free of personal data.
    pub words: String,
}

/// An open alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmRow {
    /// Unique in the whole store; grows.
    pub id: u64,
    /// Whose purchase it is about.
    pub tenant: String,
    /// The purchase's id.
    pub purchase: String,
    /// The carrier's id.
    pub carrier: String,
    /// Why, for a machine.
    pub code: String,
    /// Why, and what is to be done.
    pub words: String,
    /// When it was raised.
    pub raised_at: Timestamp,
}

/// The end of a purchase, or of its void. It ends the lease and the schedule too.
#[derive(Clone, PartialEq, Eq)]
pub struct Finished {
    /// `Purchased`, `Refused` or `Voided`.
    pub state: PurchaseState,
    /// The new body; none leaves it.
    pub body: Option<Vec<u8>>,
    /// The answer to give again for the same key. It is set once: a second one is a conflict.
    pub answer: Option<Vec<u8>>,
    /// Carrier id and tracking number of each parcel; the ones stored before stay.
    pub tracking: Vec<(String, String)>,
    /// Whether those numbers are followed, in the same transaction.
    pub following: Following,
    /// The labels and forms; the ones stored before stay.
    pub documents: Vec<NewDocument>,
    /// What marketplaces are to be told; only with a purchase that was bought. A void marks those that are there.
    pub confirmations: Vec<NewConfirmation>,
    /// When a refused purchase is looked at again, in case its label turns up after all; none for every other.
    pub watch_at: Option<Timestamp>,
    /// What the subscribers are told, in the same transaction.
    pub event: Option<NewEvent>,
    /// What operators are told, in the same transaction.
    pub alarms: Alarms,
    /// When it happened.
    pub at: Timestamp,
}

/// A document about to be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct NewDocument {
    /// Unique within the tenant.
    pub id: String,
    /// What it is, e.g. `LABEL`.
    pub kind: String,
    /// What its bytes are, e.g. `PDF`.
    pub format: String,
    /// The parcel it belongs to, counted from 1; none when it is the whole shipment's.
    pub parcel: Option<u32>,
    /// Its bytes as the carrier gave them.
    pub bytes: Vec<u8>,
}

/// A stored document without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// Who it belongs to.
    pub tenant: String,
    /// Unique within the tenant.
    pub id: String,
    /// The purchase's id.
    pub shipment: String,
    /// What it is.
    pub kind: String,
    /// What its bytes are.
    pub format: String,
    /// The parcel it belongs to, counted from 1.
    pub parcel: Option<u32>,
    /// SHA-256 of its bytes, under which they are stored once.
    pub sha256: [u8; 32],
    /// How many bytes it has.
    pub size: u64,
    /// When it was stored.
    pub created_at: Timestamp,
    /// Codes of what is wrong with its bytes, with commas between: empty when nothing is, absent until somebody looked.
    pub flaws: Option<String>,
}

/// An exchange about to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct NewIntent {
    /// The plan, e.g. `purchase` or `void`.
    pub operation: String,
    /// The exchange's number in the plan.
    pub step: u32,
    /// The exchange's name.
    pub name: String,
    /// The built request without its authorisation, sealed by the caller.
    pub request: Vec<u8>,
    /// SHA-256 of the request before it was sealed, so that a resumed plan can be compared.
    pub request_sha256: [u8; 32],
    /// When it was written down.
    pub at: Timestamp,
}

/// The answer to an exchange whose intent is in the journal.
#[derive(Clone, PartialEq, Eq)]
pub struct NewReply {
    /// The plan of the intent.
    pub operation: String,
    /// The number of the intent.
    pub step: u32,
    /// The raw reply, sealed by the caller.
    pub reply: Vec<u8>,
    /// Whether it may take the place of an earlier reply, that of an exchange which was allowed to be sent again.
    pub replaces: bool,
    /// When it came.
    pub at: Timestamp,
}

/// An exchange in the journal.
#[derive(Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// The exchange's number in the plan.
    pub step: u32,
    /// The exchange's name.
    pub name: String,
    /// The sealed request.
    pub request: Vec<u8>,
    /// SHA-256 of the request before it was sealed.
    pub request_sha256: [u8; 32],
    /// When it was about to be sent.
    pub intent_at: Timestamp,
    /// The sealed reply and when it came; none means that the exchange is in doubt.
    pub reply: Option<(Vec<u8>, Timestamp)>,
}

/// Something that subscribers are told.
#[derive(Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened, e.g. `shipment.purchased`.
    pub kind: String,
    /// The event.
    pub body: Vec<u8>,
}

/// An event in the outbox.
#[derive(Clone, PartialEq, Eq)]
pub struct EventRow {
    /// The cursor: grows in the order of the commits.
    pub sequence: u64,
    /// Who may see it.
    pub tenant: String,
    /// The purchase it is about, if it is about one.
    pub shipment: Option<String>,
    /// What happened.
    pub kind: String,
    /// The event.
    pub body: Vec<u8>,
    /// When it happened.
    pub at: Timestamp,
}

/// What a store holds and does. Counting takes a time that grows with the rows: ask seldom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Table and number of rows, by table name.
    pub rows: Vec<(String, u64)>,
    /// How many purchases are in each state that has any.
    pub states: Vec<(PurchaseState, u64)>,
    /// Bytes of the database, without its log.
    pub database_bytes: u64,
    /// Bytes of the log that is not yet in the database.
    pub log_bytes: u64,
    /// Writes that wait for their turn.
    pub queued: u64,
    /// Writes that were stored since the store was opened.
    pub writes: u64,
    /// Commits since the store was opened; many writes share one.
    pub commits: u64,
}

/// The exchange rates that one source published for one day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RateDay {
    /// Who published them.
    pub source: String,
    /// The day.
    pub day: jiff::civil::Date,
    /// Units of each currency for one euro, as JSON.
    pub rates: String,
}
