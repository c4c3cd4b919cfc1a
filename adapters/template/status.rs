//! The carrier's tracking codes as data.
//!
//! Must never guess: a code that is not here is told as unknown, with the carrier's own words.
//! Start with [`TABLE`].
// file only with track

use parcelgate_kit::model::TrackStatus;
use parcelgate_kit::status::{Row, StatusTable};

/// Every published code. `physical` is the fact that the carrier had the parcel in its hands: buyers' terms
/// and refunds hang on it, so say `true` only where the carrier's own text means a scan.
pub(crate) const TABLE: StatusTable = StatusTable::new(&[
    row("ANN", Some(TrackStatus::PreTransit), false, "shipment announced"),
    row("RCV", Some(TrackStatus::Accepted), true, "received at depot"),
    row("DEP", Some(TrackStatus::InTransit), true, "left depot"),
    row("CUS", Some(TrackStatus::Customs), true, "with customs"),
    row("ARR", Some(TrackStatus::InTransit), true, "arrived at depot"),
    row("OUT", Some(TrackStatus::OutForDelivery), true, "on the van"),
    row("ATT", Some(TrackStatus::Attempted), true, "nobody was there"),
    row("REF", Some(TrackStatus::Refused), true, "refused by the consignee"),
    row("RTS", Some(TrackStatus::Returning), true, "on the way back"),
    row("RTD", Some(TrackStatus::Returned), true, "back with the sender"),
    row("DLV", Some(TrackStatus::Delivered), true, "delivered"),
    row("CAN", Some(TrackStatus::Cancelled), false, "label cancelled"),
    // A remark says nothing about the state: `None` leaves it as it is.
    row("RMK", None, false, "remark"),
]);

const fn row(code: &'static str, status: Option<TrackStatus>, physical: bool, words: &'static str) -> Row {
    Row { code, detail: "", status, physical, words }
}
