//! Reads a tenant's events from the outbox, in their order, from any place.
//!
//! An event is written by the transaction that it tells of, so none is missing
//! and none tells of what did not happen. This room only reads: it writes no
//! event, and knows neither callers nor protocols, so that each way out (a
//! stream, later others) reads with the same [`Reader`] and remembers a
//! [`Cursor`]. Start with [`Reader`]; [`subscribe`] is the pump of a stream.

mod cursor;
mod event;
mod reader;
mod subscription;

pub use cursor::{BadCursor, Cursor};
pub use event::{ConfirmationChanged, DecisionMade, Event, Kinds, Payload, Placed};
pub use reader::{Batch, ReadError, Reader, Start};
pub use subscription::{End, Pace, Subscription, Told, subscribe};
