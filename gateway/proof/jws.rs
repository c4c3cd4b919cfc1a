//! The signed form: a JWS in its compact form. Start at [`verify`].

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::canonical::{canonical, sha256_hex};
use super::key::KeySet;
use super::statement::{FORMAT, Statement};
use super::{ProofError, PublicKey};

const ALGORITHM: &str = "EdDSA";
const TYPE: &str = "parcelgate-decision+jws";

/// The header. Anything else in it is refused, so that nothing signed goes unread.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// A statement whose signature fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What was signed.
    pub statement: Statement,
    /// The key that signed it.
    pub key: PublicKey,
    /// SHA-256 of the signed document, which the next one of the order names.
    pub sha256: String,
}

/// What a signature is made over.
pub(super) fn signing_input(kid: &str, payload: &[u8]) -> Result<String, ProofError> {
    let header = Header { alg: ALGORITHM.to_owned(), kid: kid.to_owned(), typ: TYPE.to_owned() };
    let header = canonical(&header)?;
    Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload)))
}

/// Verifies a signed decision. Space around it does not matter.
///
/// # Errors
/// [`ProofError`], by what is wrong.
pub fn verify(document: &str, keys: &KeySet) -> Result<Verified, ProofError> {
    let document = document.trim();
    let (signed, signature) =
        document.rsplit_once('.').ok_or(ProofError::NotSigned("it has not three parts with dots between"))?;
    let (header, payload) =
        signed.split_once('.').ok_or(ProofError::NotSigned("it has not three parts with dots between"))?;
    let decode = |part: &str| {
        URL_SAFE_NO_PAD.decode(part).map_err(|_| ProofError::NotSigned("a part is not base64url"))
    };
    let (header, payload, signature) = (decode(header)?, decode(payload)?, decode(signature)?);
    let header: Header =
        serde_json::from_slice(&header).map_err(|error| ProofError::NotJson(error.to_string()))?;
    for (field, found, expected) in [("alg", &header.alg, ALGORITHM), ("typ", &header.typ, TYPE)] {
        if found != expected {
            return Err(ProofError::OtherHeader { field, found: found.clone(), expected });
        }
    }
    let key = keys.find(&header.kid).ok_or_else(|| ProofError::UnknownKey(header.kid.clone()))?;
    if !key.fits(signed.as_bytes(), &signature) {
        return Err(ProofError::BadSignature);
    }
    let statement: Statement =
        serde_json::from_slice(&payload).map_err(|error| ProofError::NotJson(error.to_string()))?;
    if statement.format != FORMAT {
        return Err(ProofError::OtherFormat(statement.format));
    }
    if canonical(&statement)? != payload {
        return Err(ProofError::NotCanonical);
    }
    Ok(Verified { statement, key: key.clone(), sha256: sha256_hex(document.as_bytes()) })
}

/// The statement of a signed decision, unverified: for whoever wrote the document.
///
/// # Errors
/// [`ProofError`] when it is no signed decision.
pub fn statement_of(document: &str) -> Result<Statement, ProofError> {
    let payload = document.split('.').nth(1);
    let payload = payload.ok_or(ProofError::NotSigned("it has not three parts with dots between"))?;
    let payload =
        URL_SAFE_NO_PAD.decode(payload).map_err(|_| ProofError::NotSigned("a part is not base64url"))?;
    serde_json::from_slice(&payload).map_err(|error| ProofError::NotJson(error.to_string()))
}
