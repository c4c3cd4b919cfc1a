//! What an appeal is handed: an order's decisions, the evidence they rest on, and the keys. Start at [`Bundle`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::canonical::sha256_hex;
use super::chain::verify_chain;
use super::jws::Verified;
use super::key::KeySet;
use super::{Evidence, ProofError};

/// An order's decisions with their evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// `parcelgate.bundle/1`.
    #[serde(rename = "type")]
    pub format: String,
    /// The signed decisions, from the order's first on.
    pub decisions: Vec<String>,
    /// The facts. One that is left out is known by its hash alone.
    pub facts: Vec<BundleFact>,
    /// The keys that verify the decisions. Whoever does not trust the sender takes them from elsewhere.
    pub keys: KeySet,
}

/// A fact as it was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleFact {
    /// Its id within the order.
    pub id: String,
    /// Its version, in decimal.
    pub version: String,
    /// Its stored bytes, in base64.
    pub body: String,
}

/// What was found in a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The decisions.
    pub decisions: Vec<Verified>,
    /// Pieces of evidence whose bytes are there and are those that were signed.
    pub shown: usize,
    /// Pieces of evidence that are known by their hashes alone.
    pub hashes_only: usize,
}

impl Bundle {
    /// The format.
    pub const FORMAT: &'static str = "parcelgate.bundle/1";

    /// Reads a bundle.
    ///
    /// # Errors
    /// [`ProofError::NotJson`] or [`ProofError::OtherFormat`].
    pub fn parse(json: &[u8]) -> Result<Bundle, ProofError> {
        let bundle: Bundle =
            serde_json::from_slice(json).map_err(|error| ProofError::NotJson(error.to_string()))?;
        if bundle.format != Self::FORMAT {
            return Err(ProofError::OtherFormat(bundle.format));
        }
        Ok(bundle)
    }

    /// Verifies the chain by these keys, else by the bundle's own, and every piece of evidence by its hash.
    ///
    /// # Errors
    /// [`ProofError`] for the first thing that does not hold.
    pub fn verify(&self, keys: Option<&KeySet>) -> Result<Checked, ProofError> {
        let decisions = verify_chain(&self.decisions, keys.unwrap_or(&self.keys))?;
        let (mut shown, mut hashes_only) = (0_usize, 0_usize);
        for evidence in decisions.iter().flat_map(|decision| &decision.statement.evidence) {
            match self.body_of(evidence) {
                None => hashes_only = hashes_only.saturating_add(1),
                Some(body) if sha256_hex(&body) == evidence.sha256 => shown = shown.saturating_add(1),
                Some(_) => return Err(ProofError::AlteredEvidence { id: evidence.id.clone() }),
            }
        }
        Ok(Checked { decisions, shown, hashes_only })
    }

    /// Bytes that cannot be read are altered ones.
    fn body_of(&self, evidence: &Evidence) -> Option<Vec<u8>> {
        let is_it = |fact: &&BundleFact| fact.id == evidence.id && fact.version == evidence.version;
        let fact = self.facts.iter().find(is_it)?;
        Some(STANDARD.decode(&fact.body).unwrap_or_default())
    }
}
