//! Labels and papers, and the messages of label recovery.

use serde::{Deserialize, Serialize};

use parcelgate_kit::codec::json::one_or_many;

use super::rate::Request;
use super::{Coded, Head};

/// The label wanted. The published schema asks for the stock always, though it
/// matters to printer languages only.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LabelSpecification {
    pub(crate) label_image_format: Coded,
    #[serde(rename = "HTTPUserAgent")]
    pub(crate) http_user_agent: &'static str,
    pub(crate) label_stock_size: StockSize,
}

/// Inches.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StockSize {
    pub(crate) height: &'static str,
    pub(crate) width: &'static str,
}

impl LabelSpecification {
    /// 4 by 6 inches in the format of this code.
    pub(crate) fn of(code: &str) -> Self {
        Self {
            label_image_format: Coded::new(code),
            http_user_agent: "Mozilla/4.5",
            label_stock_size: StockSize { height: "6", width: "4" },
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RecoveryEnvelope {
    pub(crate) label_recovery_request: RecoveryRequest,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RecoveryRequest {
    pub(crate) request: Request,
    pub(crate) label_specification: LabelSpecification,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tracking_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference_values: Option<ReferenceValues>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReferenceValues {
    pub(crate) reference_number: super::ship::ReferenceNumber,
    pub(crate) shipper_number: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RecoveryReply {
    pub(crate) label_recovery_response: RecoveryResponse,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct RecoveryResponse {
    pub(crate) response: Head,
    pub(crate) shipment_identification_number: String,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) label_results: Vec<LabelResult>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) tracking_candidate: Vec<Candidate>,
    pub(crate) form: Option<Paper>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct LabelResult {
    pub(crate) tracking_number: String,
    pub(crate) label_image: Option<Image>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Candidate {
    pub(crate) tracking_number: String,
}

/// Bytes as base64, with their format.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Image {
    #[serde(alias = "LabelImageFormat")]
    pub(crate) image_format: Option<Coded>,
    pub(crate) graphic_image: String,
}

/// A paper whose image stands one level deeper.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Paper {
    pub(crate) image: Option<Image>,
}
