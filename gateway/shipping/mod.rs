//! The use cases: rate, purchase, track, void, documents. They read like the
//! story they tell, and know neither gRPC nor SQL nor a carrier's name.
//! Start with [`Gateway`] and [`rate`].

mod accounts;
mod alarm;
mod customs;
mod documents;
mod doubt;
mod error;
mod gateway;
mod holding;
mod housekeeping;
mod journal;
mod operator;
mod price;
mod purchase;
mod quote;
mod rate;
mod recover;
mod request;
mod running;
mod shares;
mod shipment;
mod track;
mod void;

pub use accounts::NewAccount;
pub use documents::StoredDocument;
pub use error::{Cause, ShippingError, told};
pub use gateway::{Clocks, Gateway, Settings};
pub use operator::{InDoubt, Outcome, Resolve};
pub use purchase::{Criterion, Ordered, PurchaseRequest, Selection};
pub use quote::{CarrierReport, Ineligible, Offer, Quote, RateEvent, ReportOutcome};
pub use request::{LateOffers, OrderFacts, Preferences, RateRequest};
pub use shipment::{Bought, DocumentRef, Resolution, ShipmentView};
pub use track::{Followed, Knowledge, TrackTarget};

/// The states, cursors and failures of the store, as callers of the use cases
/// meet them.
pub use crate::store::{AlarmRow, PageCursor, PurchaseState, StoreError};
