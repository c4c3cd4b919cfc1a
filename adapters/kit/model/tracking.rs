//! Where a parcel is.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use super::{CountryCode, Problem};

/// A tracking number: 4 to 40 capital letters and digits, blanks and
/// hyphens put aside. Which carrier's it is, formats and check digits tell.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TrackingNumber(String);

impl TrackingNumber {
    /// Parses and normalises.
    ///
    /// # Errors
    /// A [`Problem`] when something else than letters and digits is left, or
    /// too few or many.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        if raw.len() > 80 {
            return Err(Problem::new("is no tracking number: 4 to 40 letters and digits"));
        }
        let bare: String = raw
            .trim()
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '.'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if !(4..=40).contains(&bare.len()) || !bare.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(Problem::new("is no tracking number: 4 to 40 letters and digits"));
        }
        Ok(Self(bare))
    }

    /// The normalised number.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TrackingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TrackingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for TrackingNumber {
    type Error = Problem;
    fn try_from(raw: String) -> Result<Self, Problem> {
        Self::parse(&raw)
    }
}

impl From<TrackingNumber> for String {
    fn from(number: TrackingNumber) -> Self {
        number.0
    }
}

/// What state a parcel is in, whoever carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TrackStatus {
    /// The carrier knows of it and does not have it.
    PreTransit,
    /// The carrier has it.
    Accepted,
    /// On the way.
    InTransit,
    /// With customs.
    Customs,
    /// On the van.
    OutForDelivery,
    /// Delivery was tried and failed; it will be tried again.
    Attempted,
    /// Waiting at a pick-up point.
    AvailableForPickup,
    /// Delivered.
    Delivered,
    /// The consignee refused it.
    Refused,
    /// On the way back.
    Returning,
    /// Back with the sender.
    Returned,
    /// Something is wrong.
    Exception,
    /// Lost.
    Lost,
    /// Damaged.
    Damaged,
    /// The label was cancelled.
    Cancelled,
    /// The carrier's code is not in the table.
    Unknown,
}

/// When an event happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocalTime {
    /// The carrier told the instant.
    Instant(Timestamp),
    /// The carrier told the clock on the wall, not which wall.
    Local(DateTime),
}

impl LocalTime {
    /// What events are ordered by: local times are taken as if in UTC, which
    /// can be wrong by half a day and is all that is known.
    pub fn sort_key(&self) -> Timestamp {
        match self {
            Self::Instant(instant) => *instant,
            Self::Local(clock) => jiff::tz::TimeZone::UTC.to_timestamp(*clock).unwrap_or(Timestamp::MIN),
        }
    }
}

/// How an event came to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventSource {
    /// The carrier pushed it.
    Push,
    /// We asked.
    Poll,
    /// It came in a file.
    File,
    /// A person entered it.
    Manual,
}

/// Where an event happened, as far as the carrier says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// City or depot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subdivision: Option<String>,
    /// Postcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
}

/// One thing that happened to a parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackEvent {
    /// State it puts the parcel in; absent when it says nothing about that (a
    /// text message was sent).
    pub status: Option<TrackStatus>,
    /// The carrier's own code.
    pub carrier_code: String,
    /// The carrier's own words.
    pub carrier_words: String,
    /// When it happened.
    pub occurred: LocalTime,
    /// Where it happened.
    #[serde(default)]
    pub place: Place,
    /// Whether the carrier had the parcel in its hands: an electronic notice,
    /// a prediction or a label print is none.
    pub is_physical_scan: bool,
    /// What it is the same event by, however the carrier tells it: the
    /// carrier's own id, or what the adapter knows to be unique. Told again
    /// with other content it is corrected. Absent: all of it counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}
