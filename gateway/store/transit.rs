//! What a store keeps of how long parcels took: its trait and its rows.
//!
//! Each parcel is a row, so that a scan that was corrected corrects it; counts of them change in the same transaction, so
//! that asking costs by lanes and not by parcels. Start at [`TransitStore`].

use async_trait::async_trait;
use jiff::civil::Date;

use super::Result;

/// How long parcels took. Each method is one transaction.
#[async_trait]
pub trait TransitStore: Send + Sync + 'static {
    /// Puts how long a parcel took in the place of what was known of it.
    async fn put_transit(&self, transit: TransitRow) -> Result<()>;

    /// How many parcels of each service took how many days between two countries, of those delivered in the month of
    /// `since` and later.
    async fn transits(&self, asked: &TransitsAsked) -> Result<Vec<TransitCount>>;
}

/// One end of a parcel's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneEnd {
    /// The country.
    pub country: String,
    /// The part of it; empty when it is not known.
    pub part: String,
}

/// How long a parcel took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitRow {
    /// Whose it was.
    pub tenant: String,
    /// The shipment.
    pub shipment: String,
    /// The parcel within it, from 1.
    pub parcel: u32,
    /// The carrier's id.
    pub carrier: String,
    /// The carrier's code of the service.
    pub service: String,
    /// Where it started.
    pub origin: LaneEnd,
    /// Where it ended.
    pub destination: LaneEnd,
    /// Days of work that it took.
    pub days: u16,
    /// The day on which it arrived.
    pub delivered_on: Date,
}

/// Which parcels are asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitsAsked {
    /// Whose.
    pub tenant: String,
    /// The country that they started in.
    pub origin: String,
    /// The country that they ended in.
    pub destination: String,
    /// Of this day's month, and later.
    pub since: Date,
}

/// How many parcels took so many days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransitCount {
    /// The carrier's id.
    pub carrier: String,
    /// The carrier's code of the service.
    pub service: String,
    /// The part that they started in.
    pub origin_part: String,
    /// The part that they ended in.
    pub destination_part: String,
    /// Days of work.
    pub days: u16,
    /// Parcels.
    pub parcels: u64,
}

/// The month of a day, as it is stored and compared.
pub(super) fn month(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}
