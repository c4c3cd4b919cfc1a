//! The shipment that is rated, bought and tracked.

use jiff::ZonedDateTime;
use serde::{Deserialize, Serialize};

use super::{CustomsDeclaration, Item, Money, MoneyError, Parcel, Party, RegionalIds, Weight};

/// One consignment: parcels from one place to another on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    /// Where the parcels start.
    pub ship_from: Party,
    /// The consignee.
    pub ship_to: Party,
    /// One or more boxes.
    pub parcels: Vec<Parcel>,
    /// The goods; may be empty within one customs area.
    #[serde(default)]
    pub items: Vec<Item>,
    /// When the carrier gets them, in the zone of the origin.
    pub ship_at: ZonedDateTime,
    /// The customs block; present exactly when a customs border is crossed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customs: Option<CustomsDeclaration>,
    /// Identifiers to attach, chosen by the regional decision.
    #[serde(default, skip_serializing_if = "RegionalIds::is_empty")]
    pub regional_ids: RegionalIds,
    /// What the caller asks of the service.
    #[serde(default)]
    pub requirements: Requirements,
}

impl Shipment {
    /// Weight of all parcels, in the unit of the first.
    pub fn total_weight(&self) -> Option<Weight> {
        Weight::total(self.parcels.iter().map(|parcel| parcel.weight))
    }

    /// Value of all goods; `None` without items.
    ///
    /// # Errors
    /// When the items are in different currencies or the sum does not fit.
    pub fn goods_value(&self) -> Result<Option<Money>, MoneyError> {
        let lines = self.items.iter().map(Item::line_value).collect::<Result<Vec<_>, _>>()?;
        Money::sum(lines)
    }

    /// Whether both ends are in one country. Customs borders can run inside a
    /// country: ask [`Shipment::customs`] for those.
    pub fn is_domestic(&self) -> bool {
        self.ship_from.country == self.ship_to.country
    }
}

/// What the caller asks of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Requirements {
    /// Proof of delivery.
    pub confirmation: Confirmation,
    /// Deliver on Saturday.
    pub saturday_delivery: bool,
    /// Collect money at the door.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cash_on_delivery: bool,
    /// Check at the door that the consignee is of age.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub age_check: bool,
}

/// Proof of delivery that the caller asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Confirmation {
    /// None beyond the scan.
    #[default]
    None,
    /// Somebody's signature.
    Signature,
    /// The signature of an adult.
    AdultSignature,
}
