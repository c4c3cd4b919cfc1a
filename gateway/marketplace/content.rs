//! What a marketplace is told, as values.
//!
//! A content is fixed when its parcel is bought and never changes: what is told twice is the same. Start at [`Content`].

use jiff::Timestamp;
use parcelgate_kit::model::CountryCode;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// An order as its marketplace knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderReference {
    /// The marketplace, as it names itself to the seller.
    pub marketplace: String,
    /// The country that it sells in.
    #[serde(default)]
    pub country: Option<CountryCode>,
    /// The order's id there.
    pub order: String,
    /// The seller's id there.
    #[serde(default)]
    pub seller: Option<String>,
    /// What of the order is in the parcels; empty when that was not said.
    #[serde(default)]
    pub lines: Vec<OrderLine>,
    /// Its windows.
    #[serde(default)]
    pub windows: OrderWindows,
    /// The seller's settings that it was sold under.
    #[serde(default)]
    pub settings: SellerSettings,
}

/// A seller's settings at a marketplace, as far as they were said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SellerSettings {
    /// The marketplace sets the transit times.
    pub automated_transit: bool,
    /// The marketplace sets the handling times.
    pub automated_handling: bool,
    /// Days of handling that the seller states.
    pub handling_days: Option<u16>,
}

/// Until when what of an order is to happen, as far as it was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderWindows {
    /// When it was placed.
    pub ordered_at: Option<Timestamp>,
    /// Until when it must be handed over.
    pub ship_by: Option<Timestamp>,
    /// The delivery promise that the buyer was shown.
    pub promised: Option<Timestamp>,
    /// The delivery promise of the seller's own settings.
    pub promised_by_seller: Option<Timestamp>,
}

/// So many of one line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// The line's id at the marketplace.
    pub id: String,
    /// How many of it, at least 1.
    pub quantity: u32,
    /// Index of the parcel that they are in, from 0; absent where there is one parcel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<u16>,
}

/// What is told of one parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The marketplace, as the order names it.
    pub marketplace: String,
    /// The country that it sells in.
    pub country: Option<CountryCode>,
    /// The order's id.
    pub order: String,
    /// The seller's id.
    pub seller: Option<String>,
    /// The shipment's id here.
    pub shipment: String,
    /// The parcel, counted from 1.
    pub parcel: u32,
    /// How many parcels the shipment has.
    pub parcels: u32,
    /// The carrier's id here.
    pub carrier: String,
    /// The carrier's name.
    pub carrier_name: String,
    /// The carrier's code of the service.
    pub service: String,
    /// The service's name.
    pub service_name: String,
    /// The tracking number.
    pub number: String,
    /// When it was to be handed over, and no later than it was bought: a marketplace takes no day to come.
    pub ships_at: Timestamp,
    /// What of the order is in it; empty when that was not said.
    pub lines: Vec<OrderLine>,
}

impl Content {
    /// The content as canonical JSON: the same content is the same bytes.
    ///
    /// # Errors
    /// Never in practice: every part of it has a JSON form.
    pub fn canonical(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(self)
    }

    /// The context that the content of a tenant's confirmation is sealed under.
    pub fn seal_context<'a>(tenant: &'a str, confirmation: &'a str) -> [&'a str; 4] {
        [tenant, "confirmation", confirmation, "content"]
    }

    /// SHA-256 of canonical bytes.
    pub fn sha256(bytes: &[u8]) -> [u8; 32] {
        Sha256::digest(bytes).into()
    }
}
