//! The messages of UPS as far as this adapter uses them, and what they share.
//!
//! Every number and every amount is a JSON string. Fields that UPS calls
//! indicators are on when they are present, whatever they hold, so they are
//! [`Flag`]s, never booleans. Replies must be read leniently: a list of one may
//! come as the bare element, and blanks may stand around values.

pub(crate) mod label;
pub(crate) mod rate;
pub(crate) mod ship;
pub(crate) mod token;
pub(crate) mod track;
pub(crate) mod void;

use serde::{Deserialize, Deserializer, Serialize};

use parcelgate_kit::codec::json::one_or_many;
use parcelgate_kit::model::{Currency, Money, Notice};

/// An indicator: there means yes.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Flag(&'static str);

impl Flag {
    /// The indicator when `on`, nothing otherwise.
    pub(crate) fn when(on: bool) -> Option<Self> {
        on.then_some(Self(""))
    }
}

/// A code on its own.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Coded {
    #[serde(default)]
    pub(crate) code: String,
}

impl Coded {
    pub(crate) fn new(code: impl Into<String>) -> Self {
        Self { code: code.into() }
    }
}

/// A unit; its description is required by the published schema.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Unit {
    pub(crate) code: &'static str,
    pub(crate) description: &'static str,
}

/// A weight with its unit.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct WeightIn {
    pub(crate) unit_of_measurement: Unit,
    pub(crate) weight: String,
}

/// The sides of a package, the longest as length.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Sides {
    pub(crate) unit_of_measurement: Unit,
    pub(crate) length: String,
    pub(crate) width: String,
    pub(crate) height: String,
}

/// An amount with its currency, both ways.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Amount {
    #[serde(default)]
    pub(crate) currency_code: String,
    #[serde(default)]
    pub(crate) monetary_value: String,
}

impl Amount {
    pub(crate) fn of(money: Money) -> Self {
        Self { currency_code: money.currency().to_string(), monetary_value: money.plain() }
    }

    /// The amount; `None` when it is empty or no money.
    pub(crate) fn money(&self) -> Option<Money> {
        money(&self.currency_code, &self.monetary_value)
    }
}

/// An amount in its two halves; `None` when one is empty or they are no money.
fn money(currency: &str, value: &str) -> Option<Money> {
    Money::parse(value, Currency::parse(currency.trim()).ok()?).ok()
}

/// An address as requests have it.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Address {
    pub(crate) address_line: Vec<String>,
    pub(crate) city: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state_province_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) postal_code: Option<String>,
    pub(crate) country_code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) residential_address_indicator: Option<Flag>,
}

/// Who pays, and for what.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Payment {
    pub(crate) shipment_charge: Vec<ShipmentCharge>,
}

/// `01` is transport, `02` duties and taxes.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShipmentCharge {
    r#type: &'static str,
    bill_shipper: BillShipper,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
struct BillShipper {
    account_number: String,
}

impl Payment {
    /// The shipper pays transport, and duties too where it was so agreed;
    /// without a line `02` the consignee pays them.
    pub(crate) fn by_shipper(account: &str, duties: bool) -> Self {
        let charge = |r#type| ShipmentCharge {
            r#type,
            bill_shipper: BillShipper { account_number: account.to_owned() },
        };
        let mut shipment_charge = vec![charge("01")];
        shipment_charge.extend(duties.then(|| charge("02")));
        Self { shipment_charge }
    }
}

/// What is asked of the delivery; the code's meaning depends on the level.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeliveryConfirmation {
    #[serde(rename = "DCISType")]
    pub(crate) dcis_type: &'static str,
}

/// Head of every reply of the shipping and rating interfaces.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Head {
    pub(crate) response_status: Option<Coded>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) alert: Vec<Remark>,
}

impl Head {
    /// Whether UPS says that it did what it was asked.
    pub(crate) fn is_success(&self) -> bool {
        self.response_status.as_ref().is_some_and(|status| status.code.trim() == "1")
    }
}

/// An alert or a disclaimer.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Remark {
    pub(crate) code: String,
    pub(crate) description: String,
}

impl From<Remark> for Notice {
    fn from(remark: Remark) -> Self {
        Self::new(remark.code, remark.description)
    }
}

/// The envelope of every error.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorReply {
    pub(crate) response: Errors,
}

/// What stands in an [`ErrorReply`].
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Errors {
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) errors: Vec<CarrierError>,
}

/// One error of UPS.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct CarrierError {
    pub(crate) code: String,
    pub(crate) message: String,
}

/// Reads an indicator: present is yes, `null` is no.
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Option::<serde::de::IgnoredAny>::deserialize(deserializer).map(|value| value.is_some())
}
