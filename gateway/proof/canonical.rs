//! Canonical bytes of JSON, by RFC 8785, and their hash.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ProofError;

/// The value as canonical JSON: the same value is the same bytes.
///
/// # Errors
/// [`ProofError::NotJson`] when the value has no JSON form.
pub fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, ProofError> {
    serde_json_canonicalizer::to_vec(value).map_err(|error| ProofError::NotJson(error.to_string()))
}

/// SHA-256 in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
