//! Tax and customs identifiers, and which of them a parcel carries.

mod americas;
mod asia_pacific;
mod digits;
mod europe;
mod kind;
mod middle_east;
mod number;
#[cfg(test)]
mod number_tests;
mod vat;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use kind::IdKind;
pub use number::*;

use super::{CountryCode, Problem};

/// Whose identifier it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IdRole {
    /// The one who sold the goods.
    Seller,
    /// The marketplace, where the law makes it the supplier.
    Marketplace,
    /// The one who dispatches, when not the seller.
    Shipper,
    /// The one who receives.
    Consignee,
}

/// The value of an identifier. `Debug` and `Display` show its last two
/// characters: the number alone is enough for fraud.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Identifier(String);

impl Identifier {
    /// Any identifier of 3 to 40 letters, digits and the signs `-./& `.
    ///
    /// # Errors
    /// A [`Problem`]; the value is not repeated.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let trimmed = raw.trim().to_uppercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/' | ' ' | '&' | 'Ñ');
        if !(3..=40).contains(&trimmed.chars().count()) || !trimmed.chars().all(plain) {
            return Err(Problem::new("is no identifier: 3 to 40 letters and digits"));
        }
        Ok(Self(trimmed))
    }

    /// The value, for a carrier's request.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The value with all but the last two characters hidden.
    pub fn masked(&self) -> String {
        let hidden = self.0.chars().count().saturating_sub(2);
        let shown: String = self.0.chars().skip(hidden).collect();
        format!("{}{shown}", "*".repeat(hidden))
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// One identifier that the regional decision attached to a shipment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedId {
    /// What it is.
    pub kind: IdKind,
    /// Its value.
    pub value: Identifier,
    /// Whose it is.
    pub holder: IdRole,
    /// Country that issued it, where that is not in the number itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<CountryCode>,
}

/// The identifiers that a shipment must carry, chosen by rules; an adapter
/// places each exactly where its carrier wants it and adds none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionalIds(pub Vec<AttachedId>);

impl RegionalIds {
    /// The identifier of one kind, if attached.
    pub fn get(&self, kind: IdKind) -> Option<&AttachedId> {
        self.0.iter().find(|id| id.kind == kind)
    }

    /// The identifier of one kind held by one party, if attached.
    pub fn of(&self, kind: IdKind, holder: IdRole) -> Option<&AttachedId> {
        self.0.iter().find(|id| id.kind == kind && id.holder == holder)
    }

    /// Whether nothing is attached.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_never_shows_itself() {
        let id = AttachedId {
            kind: IdKind::Ioss,
            value: Identifier::parse("IM3729999902").unwrap(),
            holder: IdRole::Marketplace,
            issuer: None,
        };
        assert!(!format!("{id:?}").contains("37299999"), "{id:?}");
        assert_eq!(id.value.masked(), "**********02");
    }

    proptest! {
        #[test]
        fn parsing_never_panics(raw in "\\PC*") {
            let _ = Identifier::parse(&raw).map(|id| id.masked());
        }
    }
}
