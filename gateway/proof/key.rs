//! Keys: the one that signs, and those that verify. Start at [`SigningKey`] and [`KeySet`].

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::canonical::canonical;
use super::jws;
use super::{ProofError, Statement};

/// Length of a seed and of a public key, in bytes.
const LENGTH: usize = 32;

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is none.
    #[error("a signing key is 64 hexadecimal digits (the 32 bytes of an Ed25519 seed)")]
    BadKey,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes; no key was made")]
    NoRandomness,
}

/// A key that signs decisions. It never shows its secret part.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.public.kid).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Reads the 64 hexadecimal digits of a seed; space around them does not matter.
    ///
    /// # Errors
    /// [`KeyError::BadKey`].
    pub fn parse(text: &SecretString) -> Result<SigningKey, KeyError> {
        let mut seed = Zeroizing::new([0_u8; LENGTH]);
        hex::decode_to_slice(text.expose_secret().trim(), seed.as_mut_slice())
            .map_err(|_| KeyError::BadKey)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| KeyError::BadKey)?;
        let public = PublicKey::of(pair.public_key().as_ref()).ok_or(KeyError::BadKey)?;
        Ok(SigningKey { pair, public })
    }

    /// Text of a new key, as [`SigningKey::parse`] reads it.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn generate() -> Result<SecretString, KeyError> {
        let mut seed = Zeroizing::new([0_u8; LENGTH]);
        SystemRandom::new().fill(seed.as_mut_slice()).map_err(|_| KeyError::NoRandomness)?;
        Ok(SecretString::from(hex::encode(seed.as_slice())))
    }

    /// The key that verifies what this one signs.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a statement: a JWS in its compact form over canonical JSON.
    ///
    /// # Errors
    /// [`ProofError::NotJson`] when the outcome has no canonical form.
    pub fn sign(&self, statement: &Statement) -> Result<String, ProofError> {
        let signed = jws::signing_input(&self.public.kid, &canonical(statement)?)?;
        let signature = URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()));
        Ok(format!("{signed}.{signature}"))
    }
}

/// A key that verifies, as a JWK (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    /// Its thumbprint (RFC 7638): what tells keys apart.
    pub kid: String,
    /// `OKP`.
    kty: String,
    /// `Ed25519`.
    crv: String,
    /// The key's 32 bytes in base64url.
    pub x: String,
}

/// What a thumbprint is of: the members that a key needs, in their order.
#[derive(Serialize)]
struct Needed<'a> {
    crv: &'a str,
    kty: &'a str,
    x: &'a str,
}

impl PublicKey {
    /// The key of these 32 bytes.
    pub fn of(bytes: &[u8]) -> Option<PublicKey> {
        let x = (bytes.len() == LENGTH).then(|| URL_SAFE_NO_PAD.encode(bytes))?;
        let needed = canonical(&Needed { crv: "Ed25519", kty: "OKP", x: &x }).ok()?;
        let digest = ring::digest::digest(&ring::digest::SHA256, &needed);
        let kid = URL_SAFE_NO_PAD.encode(digest);
        Some(PublicKey { kid, kty: "OKP".to_owned(), crv: "Ed25519".to_owned(), x })
    }

    /// The key's 32 bytes; nothing where `x` is none.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        URL_SAFE_NO_PAD.decode(&self.x).ok().filter(|bytes| bytes.len() == LENGTH)
    }

    pub(super) fn fits(&self, signed: &[u8], signature: &[u8]) -> bool {
        let Some(bytes) = self.bytes() else { return false };
        UnparsedPublicKey::new(&ED25519, bytes).verify(signed, signature).is_ok()
    }
}

/// Keys that verify, as a JWK set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySet {
    /// The keys.
    pub keys: Vec<PublicKey>,
}

impl KeySet {
    /// Reads a JWK set, or a single JWK. A key's name is made anew from the key itself.
    ///
    /// # Errors
    /// [`ProofError::NotJson`].
    pub fn parse(json: &[u8]) -> Result<KeySet, ProofError> {
        let bad = |why: String| ProofError::NotJson(why);
        let value: serde_json::Value =
            serde_json::from_slice(json).map_err(|error| bad(error.to_string()))?;
        let listed = match value.get("keys") {
            Some(serde_json::Value::Array(keys)) => keys.clone(),
            _ => vec![value],
        };
        let mut keys = Vec::new();
        for key in listed {
            let x = key.get("x").and_then(serde_json::Value::as_str);
            let bytes = x.and_then(|x| URL_SAFE_NO_PAD.decode(x).ok());
            let found = bytes.and_then(|bytes| PublicKey::of(&bytes));
            keys.push(found.ok_or_else(|| bad("a key has no `x` of 32 bytes".to_owned()))?);
        }
        Ok(KeySet { keys })
    }

    pub(super) fn find(&self, kid: &str) -> Option<&PublicKey> {
        self.keys.iter().find(|key| key.kid == kid)
    }
}
