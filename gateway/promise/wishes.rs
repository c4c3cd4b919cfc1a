//! What a caller wants of a service beyond the shipment itself.

use jiff::civil::{Date, DateTime};
use parcelgate_kit::model::Money;

/// What the caller wants beyond the shipment itself.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Carriers or `carrier/service` pairs to use; empty for all.
    pub allowed: Vec<String>,
    /// Carriers or `carrier/service` pairs not to use.
    pub blocked: Vec<String>,
    /// Whether a service without tracking will not do.
    pub must_be_tracked: bool,
    /// Whether an offer without every protection of its marketplace will not do.
    pub must_be_protected: bool,
    /// The most it may cost.
    pub price_cap: Option<Money>,
    /// When it must be there, in the destination's local time.
    pub deliver_by: Option<DateTime>,
    /// Until when it must be handed over, in the origin's local time.
    pub ship_by: Option<DateTime>,
    /// The present day at the origin.
    pub today: Option<Date>,
    /// The carriers that the marketplace approves on this day; none where it
    /// keeps no list.
    pub approved: Option<Approved>,
}

/// The carriers that a marketplace approves on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approved {
    /// The list, by name and version.
    pub list: String,
    /// Ids of the carriers on it.
    pub carriers: Vec<String>,
}
