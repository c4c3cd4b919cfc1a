//! Messages into parsed values. Every bad field of a message is collected.

mod document;
mod event;
mod fact;
mod number;
mod order;
mod parcel;
mod place;
mod protection;
mod purchase;
mod rate;
mod tracking;
mod value;

pub(super) use document::wanted_document;
pub(super) use event::subscribe_request;
pub(super) use fact::{marketplace, metric, order_facts};
pub(super) use number::{Whose, list_approved, number_claim, optional_country};
pub(super) use protection::{asked_review, rules};
pub(super) use purchase::purchase_request;
pub(super) use rate::{assess_request, preview_request, rate_request};
pub(super) use tracking::{
    page_token, shipment_state, track_target, tracking_number, watch_target, write_page_token,
};

use parcelgate_kit::model::{Invalid, Problem};

use crate::shipping::ShippingError;

/// How much of a thing one request may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Parcels of a shipment.
    pub parcels: usize,
    /// Lines of goods of a shipment.
    pub items: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { parcels: 200, items: 1000 }
    }
}

/// Collects bad fields while a message is read.
#[derive(Default)]
pub(super) struct Reading {
    bad: Vec<Invalid>,
    limits: Limits,
}

impl Reading {
    /// A reading within `limits`.
    fn within(limits: Limits) -> Self {
        Self { bad: Vec::new(), limits }
    }

    /// Notes that `field` is bad.
    pub(super) fn note(&mut self, field: impl Into<String>, problem: impl Into<String>) {
        self.bad.push(Invalid::new(field, Problem::new(problem)));
    }

    /// The parsed value, or a note.
    pub(super) fn take<T>(&mut self, field: impl Into<String>, parsed: Result<T, Problem>) -> Option<T> {
        parsed.map_err(|problem| self.bad.push(Invalid::new(field, problem))).ok()
    }

    /// Ends the reading: the value when nothing was bad.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, ShippingError> {
        match value {
            Some(value) if self.bad.is_empty() => Ok(value),
            _ => Err(ShippingError::Invalid(self.bad)),
        }
    }
}

/// As [`required_id`], or nothing where it is empty.
pub(super) fn optional_id(field: &str, raw: &str, max: usize) -> Result<Option<String>, ShippingError> {
    if raw.trim().is_empty() { Ok(None) } else { required_id(field, raw, max).map(Some) }
}

/// A required text such as an id: trimmed, 1 to `max` printable characters.
pub(super) fn required_id(field: &str, raw: &str, max: usize) -> Result<String, ShippingError> {
    let mut reading = Reading::default();
    let text = reading.take(field, parcelgate_kit::model::Text::parse(raw, max));
    reading.finish(text.map(|text| text.as_str().to_owned()))
}

/// Most rows of one page.
const MOST_OF_PAGE: u32 = 200;
/// Rows of a page when the caller does not say.
const USUAL_PAGE: u32 = 50;

/// How many rows a page is to have.
pub(super) fn page_size(raw: i32) -> Result<u32, ShippingError> {
    if raw == 0 {
        return Ok(USUAL_PAGE);
    }
    u32::try_from(raw).ok().filter(|size| *size <= MOST_OF_PAGE).ok_or_else(|| {
        let words = format!("is {raw}, 0 (for {USUAL_PAGE}) to {MOST_OF_PAGE} are allowed");
        ShippingError::invalid("page_size", words)
    })
}
