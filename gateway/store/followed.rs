//! Rows of what is followed: tracking numbers with their schedule, and what carriers pushed.
//!
//! As in `rows.rs`, bodies are opaque and sealed by the caller. Start at [`Tracking`].

use std::fmt;

use jiff::Timestamp;

/// What the end of a purchase means for the following of its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Following {
    /// Nothing: it stays as it is.
    #[default]
    Unchanged,
    /// They are followed, and first asked for at this time of the gateway's clock. A number that was followed for
    /// another purchase begins anew: carriers use numbers again.
    From(Timestamp),
    /// They leave the schedule; what is known of them stays.
    Stopped,
}

/// What is known of a tracking number, as it is written.
#[derive(Clone, PartialEq, Eq)]
pub struct Tracking {
    /// Who asked for it.
    pub tenant: String,
    /// The carrier's id.
    pub carrier: String,
    /// The carrier's number.
    pub number: String,
    /// The purchase it came from; none when it was bought elsewhere, or leaves the one stored before.
    pub shipment: Option<String>,
    /// The account that the carrier is asked with; none for any of the carrier's, or leaves the one stored before.
    pub account: Option<String>,
    /// The canonical status.
    pub status: String,
    /// The events. Empty while nothing was heard.
    pub body: Vec<u8>,
    /// When the carrier was last heard, or since when it is followed.
    pub as_of: Timestamp,
    /// When it is asked next; none takes it off the schedule.
    pub next_poll_at: Option<Timestamp>,
    /// How often in a row the carrier failed to answer.
    pub failures: u32,
    /// When it was delivered.
    pub delivered_at: Option<Timestamp>,
}

/// What is known of a tracking number, with the version to merge against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackedRow {
    /// What is known.
    pub tracking: Tracking,
    /// Grows with each merge, from 1.
    pub version: u64,
}

/// A claimed poll that is given back unanswered. It is written only while the claim is still the caller's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutOff {
    /// Whose number it is.
    pub tenant: String,
    /// The carrier's id.
    pub carrier: String,
    /// The carrier's number.
    pub number: String,
    /// Until when it was claimed.
    pub claimed_until: Timestamp,
    /// When it is due again; none takes it off the schedule.
    pub next_poll_at: Option<Timestamp>,
    /// How often in a row the carrier failed to answer, this time included.
    pub failures: u32,
}

/// What became of something that a carrier pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookState {
    /// Kept, not yet looked at.
    Kept,
    /// Its proof is right, and what it says is merged.
    Merged,
    /// Its proof is wrong or missing: it was not read.
    Refused,
    /// Its proof is right, and it cannot be read.
    Unreadable,
}

impl HookState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Kept, Self::Merged, Self::Refused, Self::Unreadable];

    /// The name that is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "KEPT",
            Self::Merged => "MERGED",
            Self::Refused => "REFUSED",
            Self::Unreadable => "UNREADABLE",
        }
    }

    /// The state of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Something that a carrier pushed.
#[derive(Clone, PartialEq, Eq)]
pub struct NewHook {
    /// Whose account it came for.
    pub tenant: String,
    /// The carrier's id.
    pub carrier: String,
    /// The account's id.
    pub account: String,
    /// SHA-256 of what makes it the same: a second one of an account is not kept.
    pub fingerprint: [u8; 32],
    /// Its headers and bytes, sealed by the caller.
    pub body: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
}

/// Something that a carrier pushed, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookRow {
    /// Its number, from 1.
    pub id: u64,
    /// What came.
    pub hook: NewHook,
    /// What became of it.
    pub state: HookState,
    /// How often it was claimed.
    pub attempts: u32,
}

impl fmt::Debug for Tracking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracking")
            .field("tenant", &self.tenant)
            .field("carrier", &self.carrier)
            .field("number", &self.number)
            .field("status", &self.status)
            .field("as_of", &self.as_of)
            .field("next_poll_at", &self.next_poll_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NewHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewHook")
            .field("tenant", &self.tenant)
            .field("carrier", &self.carrier)
            .field("account", &self.account)
            .field("received_at", &self.received_at)
            .finish_non_exhaustive()
    }
}
