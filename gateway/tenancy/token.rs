//! Bearer tokens and their hashes. It must never store a token, only its hash.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::Generate;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// What every token begins with, so that a leaked one is recognised.
const PREFIX: &str = "pg_";
/// Characters of 32 random bytes in base64url.
const MIN_BODY: usize = 43;

/// Text that is no token, or no hash of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadToken {
    /// A token that could be guessed.
    #[error("a token is `pg_` and at least 32 random bytes as 43 characters of base64url")]
    Weak,
    /// A hash of another form.
    #[error("a token hash is the SHA-256 of the token's text as 64 hexadecimal digits, never the token")]
    Hash,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes; no token was made")]
    NoRandomness,
}

/// A new token: `pg_` and 32 random bytes in base64url. It is shown once, to
/// its owner; the gateway keeps [`TokenHash::of_token`] of it.
///
/// # Errors
/// [`BadToken::NoRandomness`].
pub fn generate_token() -> Result<SecretString, BadToken> {
    let bytes = <[u8; 32]>::try_generate().map_err(|_| BadToken::NoRandomness)?;
    let bytes = Zeroizing::new(bytes);
    Ok(SecretString::from(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes.as_slice()))))
}

/// The SHA-256 of a token. A fast hash is right here, because tokens are 256
/// random bits and cannot be guessed. `Debug` shows nothing, and equality
/// takes the same time whatever differs.
#[derive(Clone)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The hash of a token to be configured.
    ///
    /// # Errors
    /// [`BadToken::Weak`] unless it is `pg_` and at least 43 characters of base64url.
    pub fn of_token(token: &str) -> Result<Self, BadToken> {
        let body = token.strip_prefix(PREFIX).ok_or(BadToken::Weak)?;
        let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_');
        if body.len() < MIN_BODY || !body.bytes().all(plain) {
            return Err(BadToken::Weak);
        }
        Ok(Self::of(token))
    }

    /// Reads a hash from 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`BadToken::Hash`], which does not repeat the text: it may be a token.
    pub fn parse(raw: &str) -> Result<Self, BadToken> {
        let mut hash = [0; 32];
        hex::decode_to_slice(raw.trim(), &mut hash).map_err(|_| BadToken::Hash)?;
        Ok(Self(hash))
    }

    /// The hash as 64 hexadecimal digits, for the configuration.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// The hash of whatever a caller showed.
    pub(super) fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Whether both are the same, in constant time.
    pub(super) fn ct_eq(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash")
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_hash_is_plain_sha_256_of_the_text() {
        // SHA-256 of "abc" from FIPS 180-2, appendix B.1.
        let want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(TokenHash::of("abc").to_hex(), want);
        assert_eq!(TokenHash::parse(want).unwrap(), TokenHash::of("abc"));
        assert_ne!(TokenHash::of("abd"), TokenHash::of("abc"));
    }

    #[test]
    fn weak_tokens_are_refused() {
        let good = generate_token().unwrap();
        let good = good.expose_secret();
        assert_eq!(good.len(), PREFIX.len() + MIN_BODY);
        assert!(TokenHash::of_token(good).is_ok());
        for bad in ["", "pg_", "hunter2", &good[..good.len() - 1], &good[3..], &format!("{good} ")] {
            assert!(TokenHash::of_token(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_in_place_of_its_hash_is_refused_and_not_repeated() {
        let token = generate_token().unwrap();
        let error = TokenHash::parse(token.expose_secret()).unwrap_err();
        assert!(!error.to_string().contains(token.expose_secret()));
    }
}
