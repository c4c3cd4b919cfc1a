//! An event as subscribers get it, and which of them they want.
//!
//! What the outbox keeps is read leniently: an event of a newer program is told
//! by its kind alone. Start with [`Event`].

use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::Cursor;
use crate::store::{ConfirmationState, EventRow, PurchaseState};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Always the same for the same event: `ev_` and 32 hexadecimal digits.
    pub id: String,
    /// What happened, such as `shipment.purchased`.
    pub kind: String,
    /// The shipment that it is about, if it is about one.
    pub shipment: Option<String>,
    /// When it happened.
    pub at: Timestamp,
    /// More about it.
    pub payload: Payload,
}

/// More about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A shipment is in another state.
    Shipment {
        /// The carrier's id.
        carrier: String,
        /// The new state.
        state: PurchaseState,
    },
    /// What a marketplace is told of a parcel is in another state.
    Confirmation(ConfirmationChanged),
    /// More is known of a parcel.
    Tracking {
        /// The carrier's id.
        carrier: String,
        /// The carrier's number.
        number: String,
        /// Its state, by the name that is stored; none while no event names one.
        status: Option<String>,
    },
    /// A claim or a rating was decided on.
    Decision(Box<DecisionMade>),
    /// Nothing that this program knows.
    None,
}

/// A decision on a claim or a rating.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DecisionMade {
    /// Its id.
    #[serde(rename = "decision")]
    pub id: String,
    /// `CLAIM` or `REVIEW`.
    #[serde(rename = "decision_kind")]
    pub kind: String,
    /// The marketplace's name.
    pub marketplace: String,
    /// The order's id there.
    pub order: String,
    /// The claim's or the rating's id.
    pub subject: String,
    /// The decision that it takes the place of.
    #[serde(default)]
    pub supersedes: Option<String>,
}

/// A confirmation in another state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmationChanged {
    /// Its id.
    pub id: String,
    /// The configured marketplace's id.
    pub marketplace: String,
    /// The order's id there.
    pub order: String,
    /// The parcel's number within the order.
    pub package: u32,
    /// The new state.
    pub state: ConfirmationState,
}

/// An event and the cursor behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Where to go on when this event is done with.
    pub cursor: Cursor,
    /// The event.
    pub event: Event,
}

impl Placed {
    /// The event of a row of the outbox.
    pub fn of(row: EventRow) -> Self {
        let name = format!("{}/{}", row.tenant, row.sequence);
        let event = Event {
            id: format!("ev_{}", Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).simple()),
            payload: payload(&row.body),
            kind: row.kind,
            shipment: row.shipment,
            at: row.at,
        };
        Self { cursor: Cursor(row.sequence), event }
    }
}

fn payload(body: &[u8]) -> Payload {
    #[derive(Deserialize)]
    struct Shipment {
        carrier: String,
        state: String,
    }
    #[derive(Deserialize)]
    struct Parcel {
        carrier: String,
        number: String,
        status: Option<String>,
    }
    if let Ok(Parcel { carrier, number, status }) = serde_json::from_slice(body) {
        return Payload::Tracking { carrier, number, status };
    }
    let read: Option<Shipment> = serde_json::from_slice(body).ok();
    let known = read.and_then(|read| Some((PurchaseState::from_name(&read.state)?, read.carrier)));
    known
        .map(|(state, carrier)| Payload::Shipment { carrier, state })
        .or_else(|| confirmation(body).map(Payload::Confirmation))
        .or_else(|| serde_json::from_slice(body).ok().map(Box::new).map(Payload::Decision))
        .unwrap_or(Payload::None)
}

fn confirmation(body: &[u8]) -> Option<ConfirmationChanged> {
    #[derive(Deserialize)]
    struct Changed {
        confirmation: String,
        marketplace: String,
        order: String,
        package: u32,
        confirmation_state: String,
    }
    let read: Changed = serde_json::from_slice(body).ok()?;
    Some(ConfirmationChanged {
        id: read.confirmation,
        marketplace: read.marketplace,
        order: read.order,
        package: read.package,
        state: ConfirmationState::from_name(&read.confirmation_state)?,
    })
}

/// Which kinds of events are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kinds(Vec<String>);

impl Kinds {
    /// These kinds, `shipment.*` for all that begin with `shipment.`; all kinds
    /// when there are none.
    pub fn new(kinds: Vec<String>) -> Self {
        Self(kinds)
    }

    /// Whether a kind is wanted.
    pub fn hold(&self, kind: &str) -> bool {
        let fits = |wanted: &String| match wanted.strip_suffix('*') {
            Some(begin) => kind.starts_with(begin),
            None => kind == wanted,
        };
        self.0.is_empty() || self.0.iter().any(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(sequence: u64, body: &str) -> EventRow {
        EventRow {
            sequence,
            tenant: "demo".into(),
            shipment: Some("sh_1".into()),
            kind: "shipment.purchased".into(),
            body: body.as_bytes().to_vec(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_event_is_told_with_what_is_known_of_it() {
        let told = Placed::of(row(7, r#"{"shipment":"sh_1","carrier":"acme","state":"PURCHASED","more":1}"#));
        let payload = Payload::Shipment { carrier: "acme".into(), state: PurchaseState::Purchased };
        assert_eq!((told.cursor, told.event.payload), (Cursor(7), payload));
        let told = Placed::of(row(7, r#"{"carrier":"acme","number":"1Z","status":"DELIVERED","more":1}"#));
        let payload = Payload::Tracking {
            carrier: "acme".into(),
            number: "1Z".into(),
            status: Some("DELIVERED".into()),
        };
        assert_eq!(told.event.payload, payload);
        for unknown in ["", "{}", "[1]", r#"{"carrier":"acme","state":"SOLD"}"#] {
            assert_eq!(Placed::of(row(7, unknown)).event.payload, Payload::None, "{unknown}");
        }
        assert_eq!(Placed::of(row(7, "")).event.id, Placed::of(row(7, "{}")).event.id);
        assert_ne!(Placed::of(row(7, "")).event.id, Placed::of(row(8, "")).event.id);
    }

    #[test]
    fn kinds_are_named_whole_or_by_their_beginning() {
        let kinds = |wanted: &[&str]| Kinds::new(wanted.iter().map(ToString::to_string).collect());
        assert!(kinds(&[]).hold("anything"));
        assert!(kinds(&["x", "shipment.*"]).hold("shipment.voided"));
        assert!(!kinds(&["shipment.void"]).hold("shipment.voided"));
        assert!(!kinds(&["shipment.*"]).hold("shipments"));
    }
}
