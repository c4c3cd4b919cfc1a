//! The id of a tenant. It must never exist unparsed: it stands in every row and every log line.

use std::fmt;
use std::str::FromStr;

/// Text that is no tenant id.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a tenant id is 1 to 64 of the characters `a-z`, `0-9`, `_` and `-`")]
pub struct BadTenantId;

/// The id of a tenant: 1 to 64 of `[a-z0-9_-]`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TenantId(String);

impl TenantId {
    /// Parses an id, exactly as written.
    ///
    /// # Errors
    /// [`BadTenantId`].
    pub fn parse(raw: &str) -> Result<Self, BadTenantId> {
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'_' | b'-');
        if !(1..=64).contains(&raw.len()) || !raw.bytes().all(plain) {
            return Err(BadTenantId);
        }
        Ok(Self(raw.to_owned()))
    }

    /// The one tenant of a gateway that has none configured.
    pub fn demo() -> Self {
        Self("demo".to_owned())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TenantId {
    type Err = BadTenantId;

    fn from_str(raw: &str) -> Result<Self, BadTenantId> {
        Self::parse(raw)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keeps_what_it_accepts(raw in "[a-z0-9_-]{1,64}") {
            let id = TenantId::parse(&raw).unwrap();
            prop_assert_eq!(id.as_str(), raw.as_str());
        }

        #[test]
        fn refuses_any_other_character(before in "[a-z]{0,5}", bad in "[^a-z0-9_-]", after in "[a-z]{0,5}") {
            let raw = format!("{before}{bad}{after}");
            prop_assert!(TenantId::parse(&raw).is_err());
        }
    }

    #[test]
    fn refuses_nothing_and_too_much() {
        assert!(TenantId::parse("").is_err());
        assert!(TenantId::parse(&"a".repeat(64)).is_ok());
        assert!(TenantId::parse(&"a".repeat(65)).is_err());
    }
}
