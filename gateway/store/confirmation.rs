//! The rows of confirmations: what a marketplace was told, or is to be told, of one parcel of an order.
//!
//! A confirmation comes with the purchase that it is about, in its transaction, and lives on by its own lease and
//! schedule. Contents, requests and responses are opaque bytes that the caller has sealed. It never decides *when* one
//! is sent. Start at [`ConfirmationRow`].

use std::fmt::{Debug, Formatter};

use jiff::Timestamp;

use super::{Alarms, Lease, NewEvent};

/// Where a confirmation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConfirmationState {
    /// It waits for its moment or for its next attempt. An attempt may have been made.
    Pending,
    /// The marketplace has taken it, and has not yet shown that it kept it.
    Sent,
    /// The marketplace shows it, or has said that it keeps it.
    Confirmed,
    /// The marketplace refused it, or it was given up: a person is needed.
    Refused,
    /// Its label was voided, and the marketplace does not have it, or no longer.
    Withdrawn,
    /// The confirmation of a replacement took its place.
    Superseded,
}

impl ConfirmationState {
    /// Every state, in the order of a confirmation's life.
    pub const ALL: [ConfirmationState; 6] = [
        ConfirmationState::Pending,
        ConfirmationState::Sent,
        ConfirmationState::Confirmed,
        ConfirmationState::Refused,
        ConfirmationState::Withdrawn,
        ConfirmationState::Superseded,
    ];

    /// The name under which it is stored, e.g. `PENDING`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ConfirmationState::Pending => "PENDING",
            ConfirmationState::Sent => "SENT",
            ConfirmationState::Confirmed => "CONFIRMED",
            ConfirmationState::Refused => "REFUSED",
            ConfirmationState::Withdrawn => "WITHDRAWN",
            ConfirmationState::Superseded => "SUPERSEDED",
        }
    }

    /// The state of this stored name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<ConfirmationState> {
        ConfirmationState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the marketplace has it, as far as it is known.
    #[must_use]
    pub fn is_there(self) -> bool {
        matches!(self, ConfirmationState::Sent | ConfirmationState::Confirmed)
    }
}

/// A confirmation about to be written, with the end of its purchase.
#[derive(Clone, PartialEq, Eq)]
pub struct NewConfirmation {
    /// Unique in the whole store.
    pub id: String,
    /// The configured marketplace's id.
    pub marketplace: String,
    /// The order's id there.
    pub order: String,
    /// The parcel, counted from 1.
    pub parcel: u32,
    /// Its tracking number.
    pub number: String,
    /// What is to be told, sealed by the caller.
    pub content: Vec<u8>,
    /// SHA-256 of it before it was sealed.
    pub content_sha256: [u8; 32],
    /// When it is to be sent; none: when the carrier first has the parcel in its hands.
    pub next_attempt_at: Option<Timestamp>,
    /// When operators are told unless it is confirmed by then.
    pub alarm_at: Option<Timestamp>,
}

/// A confirmation.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfirmationRow {
    /// Whose it is.
    pub tenant: String,
    /// Unique in the whole store.
    pub id: String,
    /// The configured marketplace's id.
    pub marketplace: String,
    /// The order's id there.
    pub order: String,
    /// The purchase's id.
    pub shipment: String,
    /// The parcel, counted from 1.
    pub parcel: u32,
    /// The carrier's id.
    pub carrier: String,
    /// Its tracking number.
    pub number: String,
    /// The parcel's number within the order, from 1. A replacement has that of the parcel that it replaces.
    pub package: u32,
    /// The confirmation of the voided parcel whose place it takes.
    pub replaces: Option<String>,
    /// Where it stands.
    pub state: ConfirmationState,
    /// What is told, sealed.
    pub content: Vec<u8>,
    /// SHA-256 of it before it was sealed.
    pub content_sha256: [u8; 32],
    /// How often it was sent, or was about to be.
    pub attempts: u32,
    /// How often the marketplace was looked at for it since it was last sent.
    pub looks: u32,
    /// How often it was sent anew because the marketplace had not kept it.
    pub resent: u32,
    /// Whether a person asked for it to be sent again, whatever stands against it.
    pub by_hand: bool,
    /// Why it is not confirmed, for a machine and in words; free of personal data.
    pub fault: Option<(String, String)>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When the carrier first had the parcel in its hands.
    pub scanned_at: Option<Timestamp>,
    /// When the marketplace first took it.
    pub sent_at: Option<Timestamp>,
    /// When it was first known to be kept.
    pub confirmed_at: Option<Timestamp>,
    /// When the label was voided.
    pub voided_at: Option<Timestamp>,
    /// When operators are told unless it is confirmed by then.
    pub alarm_at: Option<Timestamp>,
    /// When it is to be worked on; none when it rests.
    pub next_attempt_at: Option<Timestamp>,
    /// The newest fence given out.
    pub fence: u64,
    /// The lease, also an expired one; none when nobody holds it.
    pub lease: Option<Lease>,
}

/// What a piece of work on a confirmation came to. It ends the lease.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfirmationChange {
    /// The state that it gets.
    pub state: ConfirmationState,
    /// As in the row.
    pub attempts: u32,
    /// As in the row.
    pub looks: u32,
    /// As in the row.
    pub resent: u32,
    /// As in the row.
    pub fault: Option<(String, String)>,
    /// As in the row; an earlier one stays.
    pub sent_at: Option<Timestamp>,
    /// As in the row; an earlier one stays.
    pub confirmed_at: Option<Timestamp>,
    /// As in the row.
    pub alarm_at: Option<Timestamp>,
    /// As in the row. What happened to the row since it was claimed makes it due at once.
    pub next_attempt_at: Option<Timestamp>,
    /// The confirmation whose place it has now taken.
    pub supersedes: Option<String>,
    /// What was sent and answered.
    pub evidence: Option<NewEvidence>,
    /// What the subscribers are told, in the same transaction.
    pub event: Option<NewEvent>,
    /// What operators are told of the shipment, in the same transaction.
    pub alarms: Alarms,
    /// When it happened.
    pub at: Timestamp,
}

impl ConfirmationChange {
    /// No change to the row but the end of its lease.
    #[must_use]
    pub fn none(row: &ConfirmationRow, at: Timestamp) -> ConfirmationChange {
        ConfirmationChange {
            state: row.state,
            attempts: row.attempts,
            looks: row.looks,
            resent: row.resent,
            fault: row.fault.clone(),
            sent_at: None,
            confirmed_at: None,
            alarm_at: row.alarm_at,
            next_attempt_at: row.next_attempt_at,
            supersedes: None,
            evidence: None,
            event: None,
            alarms: Alarms::default(),
            at,
        }
    }
}

/// An exchange with a marketplace, about to be written.
#[derive(Clone, PartialEq, Eq)]
pub struct NewEvidence {
    /// What was asked, e.g. `CONFIRM`.
    pub kind: &'static str,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// What was sent, without any secret, sealed by the caller.
    pub request: Vec<u8>,
    /// SHA-256 of it before it was sealed.
    pub request_sha256: [u8; 32],
    /// What came of it, in a word, e.g. `TAKEN`.
    pub outcome: &'static str,
    /// What was answered, sealed by the caller.
    pub response: Vec<u8>,
}

/// An exchange with a marketplace, as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Its number among those of the confirmation, from 1.
    pub number: u32,
    /// What was asked.
    pub kind: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When its answer, or the failure, was there.
    pub answered_at: Timestamp,
    /// What was sent, sealed.
    pub request: Vec<u8>,
    /// SHA-256 of it before it was sealed.
    pub request_sha256: [u8; 32],
    /// What came of it.
    pub outcome: String,
    /// What was answered, sealed.
    pub response: Vec<u8>,
}

/// Which confirmations are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmationsOf {
    /// Those of one purchase.
    Shipment(String),
    /// Those of one order, at whichever configured marketplaces.
    Order(String),
}

impl Debug for NewConfirmation {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewConfirmation")
            .field("id", &self.id)
            .field("parcel", &self.parcel)
            .finish_non_exhaustive()
    }
}

impl Debug for ConfirmationRow {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfirmationRow")
            .field("tenant", &self.tenant)
            .field("id", &self.id)
            .field("marketplace", &self.marketplace)
            .field("shipment", &self.shipment)
            .field("package", &self.package)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("fault", &self.fault.as_ref().map(|(code, _)| code))
            .field("next_attempt_at", &self.next_attempt_at)
            .field("alarm_at", &self.alarm_at)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

impl Debug for ConfirmationChange {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfirmationChange")
            .field("state", &self.state)
            .field("next_attempt_at", &self.next_attempt_at)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl Debug for NewEvidence {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewEvidence")
            .field("kind", &self.kind)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

impl Debug for EvidenceRow {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EvidenceRow")
            .field("number", &self.number)
            .field("kind", &self.kind)
            .field("outcome", &self.outcome)
            .field("answered_at", &self.answered_at)
            .finish_non_exhaustive()
    }
}
