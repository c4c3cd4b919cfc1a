//! The answer of the void interface.

use serde::Deserialize;

use parcelgate_kit::codec::json::one_or_many;

use super::Coded;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VoidReply {
    pub(crate) void_shipment_response: VoidResponse,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct VoidResponse {
    pub(crate) summary_result: Option<Outcome>,
    #[serde(deserialize_with = "one_or_many")]
    pub(crate) package_level_results: Vec<Outcome>,
}

/// `1` is voided, or voided before.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Outcome {
    pub(crate) status: Option<Coded>,
}

impl Outcome {
    /// Whether it is voided. The test environment is known to send carriage
    /// returns around the code.
    pub(crate) fn is_voided(&self) -> bool {
        let is_noise = |c: char| c.is_whitespace() || "&#xD;".contains(c);
        self.status.as_ref().is_some_and(|status| status.code.trim_matches(is_noise) == "1")
    }
}
