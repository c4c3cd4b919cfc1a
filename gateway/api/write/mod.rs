//! Answers into messages.

mod carrier;
mod confirmation;
mod decision;
mod duty;
mod element;
mod event;
mod offer;
mod performance;
mod remedy;
mod shipment;
mod tracking;
mod value;

pub(super) use carrier::{carrier, check_verdict};
pub(super) use confirmation::{confirmation, standing};
pub(super) use decision::decision;
pub(super) use duty::preview;
pub(super) use event::subscribe_response;
pub(super) use offer::{carrier_report, ineligible, offer, quote, rate_response};
pub(super) use performance::{ahead, defect, fact_outcome, report};
pub(super) use shipment::{document, shipment};
pub(super) use tracking::track_response;
pub(super) use value::{duration, instant};
