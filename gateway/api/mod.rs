//! The gRPC edge: the only room that knows proto.
//!
//! `read/` turns messages into parsed values and collects every bad field,
//! `write/` turns answers into messages, `status` turns errors into statuses
//! with details. The services hold no logic of their own: each method reads,
//! calls a use case, writes. Start with [`shipping`].

mod caller;
mod carrier;
mod customs;
mod events;
mod identifier;
mod marketplace;
mod measure;
mod operator;
mod performance;
mod protection;
pub mod proto;
mod read;
mod serve;
mod shipping;
mod sink;
mod status;
mod write;

pub use read::Limits;
pub use serve::{Api, ApiSettings, serve};
pub use sink::{GrpcSink, NAME as SINK};
