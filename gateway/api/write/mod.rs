//! Answers into messages.

mod carrier;
mod confirmation;
mod decision;
mod duty;
mod element;
mod event;
mod number;
mod offer;
mod performance;
mod prospect;
mod protection;
mod remedy;
mod shipment;
mod tracking;
mod value;

pub(super) use carrier::carrier;
pub(super) use confirmation::{confirmation, standing};
pub(super) use decision::decision;
pub(super) use duty::preview;
pub(super) use event::subscribe_response;
pub(super) use number::{approved, candidate, validation};
pub(super) use offer::{carrier_report, ineligible, offer, quote, rate_response};
pub(super) use performance::{ahead, defect, fact_outcome, report};
pub(super) use protection::{decision_of, flip, progress};
pub(super) use shipment::{document, shipment};
pub(super) use tracking::{track_response, watch_response};
pub(super) use value::{date, duration, instant};
