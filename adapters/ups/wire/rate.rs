//! Messages of the rating interface.

use serde::{Deserialize, Serialize};

use parcelgate_kit::codec::json::one_or_many;
use parcelgate_kit::model::Money;

use super::{
    Address, Amount, Coded, DeliveryConfirmation, Flag, Head, Payment, Remark, Sides, WeightIn, money,
    present,
};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RateEnvelope {
    pub(crate) rate_request: RateRequest,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RateRequest {
    pub(crate) request: Request,
    pub(crate) pickup_type: Coded,
    pub(crate) shipment: RateShipment,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Request {
    pub(crate) request_option: &'static str,
    pub(crate) sub_version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RateShipment {
    pub(crate) shipper: RateParty,
    pub(crate) ship_to: RateParty,
    pub(crate) ship_from: RateParty,
    pub(crate) payment_details: Payment,
    pub(crate) shipment_total_weight: WeightIn,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) documents_only_indicator: Option<Flag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoice_line_total: Option<Amount>,
    pub(crate) package: Vec<RatePackage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipment_service_options: Option<RateOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipment_rating_options: Option<RatingOptions>,
    pub(crate) tax_information_indicator: Option<Flag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_time_information: Option<DeliveryTime>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RateParty {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipper_number: Option<String>,
    pub(crate) address: Address,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RatePackage {
    pub(crate) packaging_type: Coded,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dimensions: Option<Sides>,
    pub(crate) package_weight: WeightIn,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) package_service_options: Option<RatePackageOptions>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RatePackageOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_confirmation: Option<DeliveryConfirmation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) declared_value: Option<Amount>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RateOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) saturday_delivery_indicator: Option<Flag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_confirmation: Option<DeliveryConfirmation>,
}

/// Asks for the account's own prices beside the published ones.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RatingOptions {
    pub(crate) negotiated_rates_indicator: Option<Flag>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeliveryTime {
    pub(crate) package_bill_type: &'static str,
    pub(crate) pickup: Pickup,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Pickup {
    pub(crate) date: String,
    pub(crate) time: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RateReply {
    pub(crate) rate_response: RateResponse,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RateResponse {
    #[serde(default)]
    pub(crate) response: Head,
    #[serde(default, deserialize_with = "one_or_many")]
    pub(crate) rated_shipment: Vec<RatedShipment>,
}

#[derive(Deserialize)]
#[serde(from = "FlatShipment")]
pub(crate) struct RatedShipment {
    pub(crate) service: Coded,
    pub(crate) prices: Prices,
    pub(crate) rated_shipment_alert: Vec<Remark>,
    pub(crate) disclaimer: Vec<Remark>,
    pub(crate) rated_package: Vec<RatedPackage>,
    pub(crate) time_in_transit: Option<TimeInTransit>,
    pub(crate) guaranteed_delivery: Option<GuaranteedDelivery>,
}

/// [`RatedShipment`] as it lies on the wire, the prices beside all else. They
/// are named here one by one: serde's `flatten` would keep every value of a
/// long answer a second time on its way.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FlatShipment {
    service: Coded,
    #[serde(default, deserialize_with = "one_or_many")]
    base_service_charge: Vec<Amount>,
    #[serde(default, deserialize_with = "one_or_many")]
    itemized_charges: Vec<ItemizedCharge>,
    #[serde(default, deserialize_with = "one_or_many")]
    tax_charges: Vec<TaxCharge>,
    total_charges: Option<Amount>,
    total_charges_with_taxes: Option<Amount>,
    negotiated_rate_charges: Option<NegotiatedPrices>,
    #[serde(default, deserialize_with = "one_or_many")]
    rated_shipment_alert: Vec<Remark>,
    #[serde(default, deserialize_with = "one_or_many")]
    disclaimer: Vec<Remark>,
    #[serde(default, deserialize_with = "one_or_many")]
    rated_package: Vec<RatedPackage>,
    time_in_transit: Option<TimeInTransit>,
    guaranteed_delivery: Option<GuaranteedDelivery>,
}

impl From<FlatShipment> for RatedShipment {
    fn from(flat: FlatShipment) -> Self {
        let prices = Prices {
            base_service_charge: flat.base_service_charge,
            itemized_charges: flat.itemized_charges,
            tax_charges: flat.tax_charges,
            total_charges: flat.total_charges,
            total_charges_with_taxes: flat.total_charges_with_taxes,
            negotiated_rate_charges: flat.negotiated_rate_charges,
        };
        Self {
            service: flat.service,
            prices,
            rated_shipment_alert: flat.rated_shipment_alert,
            disclaimer: flat.disclaimer,
            rated_package: flat.rated_package,
            time_in_transit: flat.time_in_transit,
            guaranteed_delivery: flat.guaranteed_delivery,
        }
    }
}

/// The published price and, where the account has one, its own.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Prices {
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) base_service_charge: Vec<Amount>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) itemized_charges: Vec<ItemizedCharge>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) tax_charges: Vec<TaxCharge>,
    pub(crate) total_charges: Option<Amount>,
    pub(crate) total_charges_with_taxes: Option<Amount>,
    pub(crate) negotiated_rate_charges: Option<NegotiatedPrices>,
}

/// The account's own price. Its total is called in the singular.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct NegotiatedPrices {
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) base_service_charge: Vec<Amount>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) itemized_charges: Vec<ItemizedCharge>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) tax_charges: Vec<TaxCharge>,
    pub(crate) total_charge: Option<Amount>,
    pub(crate) total_charges_with_taxes: Option<Amount>,
}

/// A surcharge; `Code` has three digits.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ItemizedCharge {
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) currency_code: String,
    #[serde(default)]
    pub(crate) monetary_value: String,
}

impl ItemizedCharge {
    /// The amount; `None` when it is empty or no money.
    pub(crate) fn money(&self) -> Option<Money> {
        money(&self.currency_code, &self.monetary_value)
    }
}

/// A tax on carriage, in the currency of the total.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TaxCharge {
    #[serde(default)]
    pub(crate) r#type: String,
    #[serde(default)]
    pub(crate) monetary_value: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct RatedPackage {
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) itemized_charges: Vec<ItemizedCharge>,
    pub(crate) negotiated_charges: NegotiatedItems,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct NegotiatedItems {
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) itemized_charges: Vec<ItemizedCharge>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TimeInTransit {
    pub(crate) service_summary: Option<ServiceSummary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ServiceSummary {
    #[serde(default, deserialize_with = "present")]
    pub(crate) guaranteed_indicator: bool,
    pub(crate) estimated_arrival: Option<EstimatedArrival>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EstimatedArrival {
    pub(crate) arrival: Option<Arrival>,
    #[serde(default)]
    pub(crate) business_days_in_transit: String,
}

/// The clock at the destination: `YYYYMMDD` and `HHMMSS`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Arrival {
    #[serde(default)]
    pub(crate) date: String,
    #[serde(default)]
    pub(crate) time: String,
}

/// What guaranteed services tell without a time-in-transit request.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct GuaranteedDelivery {
    pub(crate) business_days_in_transit: String,
    pub(crate) scheduled_delivery_date: String,
}
