//! A place in a tenant's events, and how it is handed to callers.
//!
//! Callers get it sealed: nobody can make one up, use another tenant's, or read
//! from it how much others ship. Start with [`Cursor`].

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::seal::{SealError, Sealer};
use crate::tenancy::TenantId;

/// What a cursor is sealed as.
const RECORD: &str = "event-cursor";
/// Longer texts are no cursors, in bytes.
const LONGEST: usize = 256;

/// A place behind an event, or before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor(pub(super) u64);

/// Text that is no cursor of this tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no cursor that an event of yours came with: leave it empty to begin with the first event")]
pub struct BadCursor;

impl Cursor {
    /// Before the first event.
    pub const BEGINNING: Self = Self(0);

    /// The cursor as callers get it: letters, digits, hyphens and underscores.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn seal(self, sealer: &Sealer, tenant: &TenantId) -> Result<String, SealError> {
        let sealed = sealer.seal(&[tenant.as_str(), RECORD], &self.0.to_be_bytes())?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The cursor that callers bring back.
    ///
    /// # Errors
    /// [`BadCursor`]; also when it was sealed with a key that is gone.
    pub fn open(text: &str, sealer: &Sealer, tenant: &TenantId) -> Result<Self, BadCursor> {
        if text.len() > LONGEST {
            return Err(BadCursor);
        }
        let sealed = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCursor)?;
        let plain = sealer.open(&[tenant.as_str(), RECORD], &sealed).map_err(|_| BadCursor)?;
        let bytes: [u8; 8] = plain.as_slice().try_into().map_err(|_| BadCursor)?;
        Ok(Self(u64::from_be_bytes(bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::SealKey;

    #[test]
    fn a_cursor_is_its_tenants_alone_and_cannot_be_made_up() {
        let key = SealKey::generate().unwrap();
        let sealer = Sealer::new(&key, &[]);
        let [a, b] = ["a", "b"].map(|name| TenantId::parse(name).unwrap());
        let cursor = Cursor(4711);
        let text = cursor.seal(&sealer, &a).unwrap();
        assert_eq!(Cursor::open(&text, &sealer, &a), Ok(cursor));
        assert_eq!(Cursor::open(&text, &sealer, &b), Err(BadCursor));
        let newer = Sealer::new(&SealKey::generate().unwrap(), &[key]);
        assert_eq!(Cursor::open(&text, &newer, &a), Ok(cursor), "a new key ends no subscription");
        let spoilt = [&text[..text.len() - 1], "!", "4711", &"A".repeat(300)];
        for spoilt in spoilt {
            assert_eq!(Cursor::open(spoilt, &sealer, &a), Err(BadCursor), "{spoilt}");
        }
    }
}
