//! `Debug` of the rows that carry opaque bytes: their keys, states and times, never the bytes or the caller's own keys.
//!
//! Start anywhere; every row reads alike.

use std::fmt::{Debug, Formatter, Result};

use super::rows::{
    AccountRow, Change, EventRow, Finished, JournalRow, NewDocument, NewEvent, NewIntent, NewPurchase,
    NewReply, PurchaseRow, QuoteRow,
};

impl Debug for AccountRow {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("AccountRow")
            .field("tenant", &self.tenant)
            .field("id", &self.id)
            .field("carrier", &self.carrier)
            .field("updated_at", &self.updated_at)
            .finish_non_exhaustive()
    }
}

impl Debug for QuoteRow {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("QuoteRow")
            .field("tenant", &self.tenant)
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Debug for NewPurchase {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("NewPurchase")
            .field("tenant", &self.tenant)
            .field("id", &self.id)
            .field("carrier", &self.carrier)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

impl Debug for PurchaseRow {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("PurchaseRow")
            .field("tenant", &self.tenant)
            .field("id", &self.id)
            .field("carrier", &self.carrier)
            .field("state", &self.state)
            .field("fence", &self.fence)
            .field("lease", &self.lease)
            .field("next_action_at", &self.next_action_at)
            .finish_non_exhaustive()
    }
}

impl Debug for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("Change")
            .field("from", &self.from)
            .field("to", &self.to)
            .field("next_action_at", &self.next_action_at)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl Debug for Finished {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("Finished").field("state", &self.state).field("at", &self.at).finish_non_exhaustive()
    }
}

impl Debug for NewDocument {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("NewDocument")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("format", &self.format)
            .field("parcel", &self.parcel)
            .finish_non_exhaustive()
    }
}

impl Debug for NewIntent {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("NewIntent")
            .field("operation", &self.operation)
            .field("step", &self.step)
            .field("name", &self.name)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl Debug for NewReply {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("NewReply")
            .field("operation", &self.operation)
            .field("step", &self.step)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

impl Debug for JournalRow {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("JournalRow")
            .field("step", &self.step)
            .field("name", &self.name)
            .field("intent_at", &self.intent_at)
            .finish_non_exhaustive()
    }
}

impl Debug for NewEvent {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("NewEvent").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Debug for EventRow {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.debug_struct("EventRow")
            .field("sequence", &self.sequence)
            .field("tenant", &self.tenant)
            .field("shipment", &self.shipment)
            .field("kind", &self.kind)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
