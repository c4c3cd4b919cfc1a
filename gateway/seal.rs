//! Sealing: how secrets and raw carrier traffic are encrypted before they reach the store.
//! It must never print a key or a plaintext, nor open a blob under another row's context.
//! Start at [`Sealer`]; where its key comes from is in [`key_file`].

pub mod key_file;

use std::fmt;

use chacha20poly1305::aead::{Aead, Generate, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// First byte of everything that this version seals.
const VERSION: u8 = 1;
/// Length of a key, in bytes.
const KEY_LEN: usize = 32;
/// Length of a key's id, in bytes.
const ID_LEN: usize = 8;
/// Length of the nonce of XChaCha20, in bytes.
const NONCE_LEN: usize = 24;
/// Version and key id: what stands before the nonce and is authenticated.
const HEADER_LEN: usize = 1 + ID_LEN;
/// Length of the Poly1305 tag, in bytes.
const TAG_LEN: usize = 16;

/// Bytes that sealing adds to a plaintext.
pub const OVERHEAD: usize = HEADER_LEN + NONCE_LEN + TAG_LEN;

/// Why something could not be sealed or opened. No variant holds key or plaintext.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes; nothing was sealed")]
    NoRandomness,
    /// The plaintext is longer than the cipher can take.
    #[error("the content is too long to be sealed")]
    TooLong,
    /// Not one of our blobs, or cut short.
    #[error("the stored content is not sealed by this program, or was cut short")]
    NotSealed,
    /// Sealed with a key that is not in the ring.
    #[error("no seal key with id `{0}` is configured; add the key to `store.old_seal_keys`")]
    UnknownKey(KeyId),
    /// Changed after sealing, or moved from another row.
    #[error("the sealed content was changed, or belongs to another record")]
    Tampered,
    /// Text that is no key.
    #[error("a seal key is 64 hexadecimal digits (32 random bytes)")]
    BadKey,
}

/// What tells two seal keys apart: a digest of the key, not a part of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct KeyId([u8; ID_LEN]);

impl KeyId {
    fn of(key: &[u8; KEY_LEN]) -> Self {
        let digest: [u8; 32] =
            Sha256::new().chain_update(b"parcelgate seal key id v1").chain_update(key).finalize().into();
        let mut id = [0; ID_LEN];
        for (to, from) in id.iter_mut().zip(digest) {
            *to = from;
        }
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// One 256-bit key. Wiped when dropped; `Debug` shows its id only.
#[derive(Clone)]
pub struct SealKey(Zeroizing<[u8; KEY_LEN]>);

impl SealKey {
    /// A fresh key from the operating system.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`].
    pub fn generate() -> Result<Self, SealError> {
        let key = <[u8; KEY_LEN]>::try_generate().map_err(|_| SealError::NoRandomness)?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// Reads a key from 64 hexadecimal digits; blanks around them are put aside.
    ///
    /// # Errors
    /// [`SealError::BadKey`], which does not repeat the text. A key of one
    /// repeated byte is refused too: it is a placeholder, not a key.
    pub fn parse(text: &SecretString) -> Result<Self, SealError> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        hex::decode_to_slice(text.expose_secret().trim(), key.as_mut_slice())
            .map_err(|_| SealError::BadKey)?;
        let first = key.first().copied();
        if key.iter().all(|byte| Some(*byte) == first) {
            return Err(SealError::BadKey);
        }
        Ok(Self(key))
    }

    /// The key as [`SealKey::parse`] reads it.
    pub fn to_text(&self) -> SecretString {
        SecretString::from(hex::encode(self.0.as_slice()))
    }

    /// The id that blobs sealed with this key carry.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.0)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealKey({})", self.id())
    }
}

/// Seals and opens blobs with XChaCha20-Poly1305 over a ring of keys: the
/// first key seals, every key opens, so that a key can be replaced without
/// rewriting the store. `Debug` shows nothing.
#[derive(Clone)]
pub struct Sealer {
    id: KeyId,
    cipher: XChaCha20Poly1305,
    older: Vec<(KeyId, XChaCha20Poly1305)>,
}

impl Sealer {
    /// A sealer that seals with `key`, and opens with `key` and `older`.
    pub fn new(key: &SealKey, older: &[SealKey]) -> Self {
        let cipher = |key: &SealKey| XChaCha20Poly1305::new((&*key.0).into());
        let older = older.iter().map(|old| (old.id(), cipher(old))).collect();
        Self { id: key.id(), cipher: cipher(key), older }
    }

    /// Seals `plain` for the row that `context` names (tenant, kind of
    /// record, id ...). The result is [`OVERHEAD`] bytes longer.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`], [`SealError::TooLong`].
    pub fn seal(&self, context: &[&str], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let nonce = <[u8; NONCE_LEN]>::try_generate().map_err(|_| SealError::NoRandomness)?;
        let mut sealed = Vec::with_capacity(plain.len().saturating_add(OVERHEAD));
        sealed.push(VERSION);
        sealed.extend_from_slice(&self.id.0);
        let aad = associated(&sealed, context);
        sealed.extend_from_slice(&nonce);
        let body = self
            .cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad })
            .map_err(|_| SealError::TooLong)?;
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    /// Opens what [`Sealer::seal`] sealed under the same `context`. The
    /// plaintext is wiped when dropped.
    ///
    /// # Errors
    /// [`SealError::NotSealed`], [`SealError::UnknownKey`], [`SealError::Tampered`].
    pub fn open(&self, context: &[&str], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        if sealed.len() < OVERHEAD {
            return Err(SealError::NotSealed);
        }
        let (header, rest) = sealed.split_at(HEADER_LEN);
        let Some((&VERSION, id)) = header.split_first() else {
            return Err(SealError::NotSealed);
        };
        let id = KeyId(id.try_into().map_err(|_| SealError::NotSealed)?);
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::NotSealed)?;
        let cipher = self.cipher_of(id).ok_or(SealError::UnknownKey(id))?;
        let aad = associated(header, context);
        cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: &aad })
            .map(Zeroizing::new)
            .map_err(|_| SealError::Tampered)
    }

    fn cipher_of(&self, id: KeyId) -> Option<&XChaCha20Poly1305> {
        if id == self.id {
            return Some(&self.cipher);
        }
        self.older.iter().find(|(old, _)| *old == id).map(|(_, cipher)| cipher)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

/// Header and context as one byte string. Every part carries its length, so
/// that `["ab", "c"]` and `["a", "bc"]` never meet.
fn associated(header: &[u8], context: &[&str]) -> Vec<u8> {
    let mut aad = header.to_vec();
    for part in context {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        aad.extend_from_slice(&length.to_be_bytes());
        aad.extend_from_slice(part.as_bytes());
    }
    aad
}

#[cfg(test)]
mod tests;
