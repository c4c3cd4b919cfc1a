//! Messages of the shipping interface.

use serde::{Deserialize, Serialize};

use parcelgate_kit::codec::json::one_or_many;

use super::rate::{Prices, RatingOptions, Request};
use super::{Address, Amount, Coded, DeliveryConfirmation, Flag, Head, Payment, Remark, Sides, WeightIn};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShipEnvelope {
    pub(crate) shipment_request: ShipmentRequest,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShipmentRequest {
    pub(crate) request: Request,
    pub(crate) shipment: ShipShipment,
    pub(crate) label_specification: super::label::LabelSpecification,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShipShipment {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) documents_only_indicator: Option<Flag>,
    pub(crate) shipper: ShipParty,
    pub(crate) ship_to: ShipParty,
    pub(crate) ship_from: ShipParty,
    pub(crate) payment_information: Payment,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) global_tax_information: Option<GlobalTaxInformation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipment_rating_options: Option<RatingOptions>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) reference_number: Vec<ReferenceNumber>,
    pub(crate) service: Coded,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoice_line_total: Option<Amount>,
    pub(crate) tax_information_indicator: Option<Flag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipment_service_options: Option<ShipOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipment_value_threshold_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipper_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) consignee_type: Option<&'static str>,
    pub(crate) shipment_date: String,
    pub(crate) package: Vec<ShipPackage>,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShipParty {
    pub(crate) name: String,
    pub(crate) attention_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<PhoneNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipper_number: Option<String>,
    #[serde(rename = "EMailAddress", skip_serializing_if = "Option::is_none")]
    pub(crate) e_mail_address: Option<String>,
    pub(crate) address: Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vendor_info: Option<VendorInfo>,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PhoneNumber {
    pub(crate) number: String,
}

/// The registration under which the seller has taken import tax already.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VendorInfo {
    #[serde(rename = "VendorCollectIDTypeCode")]
    pub(crate) vendor_collect_id_type_code: &'static str,
    #[serde(rename = "VendorCollectIDNumber")]
    pub(crate) vendor_collect_id_number: String,
    pub(crate) consignee_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GlobalTaxInformation {
    pub(crate) agent_tax_identification_number: Vec<AgentTaxIds>,
}

/// The numbers of one party: `20` ship-from, `30` consignee.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AgentTaxIds {
    pub(crate) agent_role: &'static str,
    pub(crate) tax_identification_number: Vec<TaxId>,
}

#[derive(Serialize)]
pub(crate) struct TaxId {
    #[serde(rename = "IdentificationNumber")]
    pub(crate) number: String,
    #[serde(rename = "IDNumberCustomerRole")]
    pub(crate) customer_role: &'static str,
    #[serde(rename = "IDNumberEncryptionIndicator")]
    pub(crate) encryption: &'static str,
    #[serde(rename = "IDNumberIssuingCntryCd", skip_serializing_if = "Option::is_none")]
    pub(crate) issuing_country: Option<&'static str>,
    #[serde(rename = "IDNumberPurposeCode")]
    pub(crate) purpose: &'static str,
    #[serde(rename = "IDNumberRequestingCntryCd")]
    pub(crate) requesting_country: &'static str,
    #[serde(rename = "IDNumberTypeCode")]
    pub(crate) type_code: &'static str,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReferenceNumber {
    pub(crate) value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShipOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) saturday_delivery_indicator: Option<Flag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) international_forms: Option<InternationalForms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery_confirmation: Option<DeliveryConfirmation>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InternationalForms {
    pub(crate) form_type: Vec<&'static str>,
    pub(crate) contacts: Contacts,
    pub(crate) product: Vec<Product>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invoice_number: Option<String>,
    pub(crate) invoice_date: String,
    pub(crate) terms_of_shipment: &'static str,
    pub(crate) reason_for_export: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) freight_charges: Option<FormAmount>,
    pub(crate) currency_code: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Contacts {
    pub(crate) sold_to: ShipParty,
}

/// An amount in the currency of the form.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct FormAmount {
    pub(crate) monetary_value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Product {
    pub(crate) description: Vec<String>,
    pub(crate) unit: ProductUnit,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commodity_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) part_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) origin_country_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) product_identifier: Vec<ProductIdentifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commodity_field_special_condition_code: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ProductUnit {
    pub(crate) number: String,
    pub(crate) unit_of_measurement: Coded,
    pub(crate) value: String,
}

/// `0100` is the merchant's, `0200` the manufacturer's, `0300` a standard's.
#[derive(Serialize)]
pub(crate) struct ProductIdentifier {
    #[serde(rename = "ProductID")]
    pub(crate) id: String,
    #[serde(rename = "ProductIDTypeCode")]
    pub(crate) type_code: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShipPackage {
    pub(crate) packaging: Coded,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dimensions: Option<Sides>,
    pub(crate) package_weight: WeightIn,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) reference_number: Vec<ReferenceNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) package_service_options: Option<super::rate::RatePackageOptions>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShipReply {
    pub(crate) shipment_response: ShipmentResponse,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ShipmentResponse {
    #[serde(default)]
    pub(crate) response: Head,
    #[serde(default)]
    pub(crate) shipment_results: Option<ShipmentResults>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ShipmentResults {
    pub(crate) shipment_identification_number: String,
    pub(crate) shipment_charges: Prices,
    pub(crate) negotiated_rate_charges: Option<super::rate::NegotiatedPrices>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) package_results: Vec<PackageResult>,
    pub(crate) form: Option<super::label::Paper>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) control_log_receipt: Vec<super::label::Image>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) disclaimer: Vec<Remark>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct PackageResult {
    pub(crate) tracking_number: String,
    pub(crate) shipping_label: Option<super::label::Image>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) itemized_charges: Vec<super::rate::ItemizedCharge>,
    pub(crate) negotiated_charges: super::rate::NegotiatedItems,
}
