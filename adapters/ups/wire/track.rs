//! The answer of the tracking interface.

use serde::Deserialize;

use parcelgate_kit::codec::json::one_or_many;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrackReply {
    pub(crate) track_response: TrackResponse,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct TrackResponse {
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) shipment: Vec<TrackedShipment>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct TrackedShipment {
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) package: Vec<TrackedPackage>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) warnings: Vec<super::CarrierError>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct TrackedPackage {
    pub(crate) tracking_number: String,
    pub(crate) current_status: Option<Status>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) activity: Vec<Activity>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) delivery_date: Vec<DeliveryDate>,
    pub(crate) delivery_time: Option<DeliveryTime>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) alternate_tracking_number: Vec<AlternateNumber>,
}

/// Three layers: the type (a letter or two), the scan code (two characters),
/// the status code (three digits).
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Status {
    pub(crate) r#type: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) status_code: Option<String>,
    pub(crate) description: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Activity {
    pub(crate) date: Option<String>,
    pub(crate) time: Option<String>,
    pub(crate) gmt_date: Option<String>,
    pub(crate) gmt_time: Option<String>,
    pub(crate) location: Option<Location>,
    pub(crate) status: Status,
    pub(crate) logical_scan: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Location {
    pub(crate) address: Option<ScanAddress>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ScanAddress {
    pub(crate) city: Option<String>,
    pub(crate) state_province: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) country_code: Option<String>,
    pub(crate) country: Option<String>,
}

/// `SDD` scheduled, `RDD` rescheduled, `DEL` delivered.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeliveryDate {
    pub(crate) r#type: String,
    pub(crate) date: String,
}

/// `HHMMSS` at the destination.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DeliveryTime {
    pub(crate) start_time: Option<String>,
    pub(crate) end_time: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct AlternateNumber {
    pub(crate) number: String,
}

/// What Track Alert pushes. Only what is read; it has more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Alert {
    pub(crate) tracking_number: String,
    pub(crate) activity_status: Status,
    pub(crate) local_activity_date: Option<String>,
    pub(crate) local_activity_time: Option<String>,
    pub(crate) gmt_activity_date: Option<String>,
    pub(crate) gmt_activity_time: Option<String>,
    pub(crate) activity_location: Option<ScanAddress>,
    pub(crate) scheduled_delivery_date: Option<String>,
    pub(crate) delivery_start_time: Option<String>,
    pub(crate) delivery_end_time: Option<String>,
}
