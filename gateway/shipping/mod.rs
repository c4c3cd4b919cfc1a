//! The use cases: rate, purchase, track, void, documents. They read like the
//! story they tell, and know neither gRPC nor SQL nor a carrier's name.
//! Start with [`Gateway`] and [`rate`].

mod accounts;
mod alarm;
mod approving;
mod asking;
mod choosing;
mod confirming;
mod customs;
mod documents;
mod doubt;
mod duty;
mod error;
mod events;
mod gateway;
mod history;
mod holding;
mod housekeeping;
mod journal;
mod measuring;
mod operator;
mod papers;
mod price;
mod promising;
mod purchase;
mod quote;
mod rate;
mod recover;
mod request;
mod reuse;
mod running;
mod shares;
mod shipment;
mod track;
mod void;

pub use accounts::NewAccount;
pub use choosing::{Criterion, Selection};
pub use confirming::Confirmation;
pub use customs::CustomsFacts;
pub use documents::{HandedOut, Wanted};
pub use duty::{Due, DueKind, DutyPreview};
pub use error::{Cause, ShippingError, told};
pub use events::{Message, Since, Subscription};
pub use gateway::{Clocks, Gateway, Settings};
pub use operator::{InDoubt, Outcome, Resolve};
pub use promising::Prospect;
pub use purchase::{Ordered, PurchaseRequest};
pub use quote::{CarrierReport, Ineligible, Offer, Quote, RateEvent, ReportOutcome};
pub use request::{LateOffers, OrderFacts, OtherShipment, Preferences, RateRequest};
pub use shipment::{Bought, DocumentRef, Resolution, ShipmentView};
pub use track::{Followed, Heard, Knowledge, TrackTarget, WatchMessage, Watching};

/// What can be wrong with a document.
pub use crate::documents::Flaw;
/// Events, and how they are told.
pub use crate::events::{ConfirmationChanged, DecisionMade, Event, Kinds, Pace, Payload};
/// Orders as marketplaces know them.
pub use crate::marketplace::{Evidence, OrderLine, OrderReference, OrderWindows};
/// The states, cursors and failures of the store, as callers of the use cases
/// meet them.
pub use crate::store::{
    AlarmRow, ConfirmationRow, ConfirmationState, ConfirmationsOf, CountedCursor, PageCursor, PurchaseState,
    StoreError,
};
/// How an event's time is understood, and how following behaves.
pub use crate::tracking::{TrackerSettings, instant_of};
