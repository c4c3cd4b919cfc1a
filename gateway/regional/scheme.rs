//! The schemes under which goods cross a border.
//!
//! A scheme is a name and words; what it asks for is in `lanes/`.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One scheme, such as `EU_IOSS_SELLER`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scheme(&'static str);

/// Names and what they mean.
#[rustfmt::skip]
const TABLE: &[(&str, &str)] = &[
    ("none", "no scheme"),
    ("DOM", "within one customs and tax area"),
    ("INTRA_EU", "Union goods between member states"),
    ("EU_IOSS_SELLER", "import into the EU, VAT collected by the seller (IOSS)"),
    ("EU_IOSS_MARKETPLACE", "import into the EU, VAT collected by the marketplace (IOSS)"),
    ("EU_SPECIAL_ARR", "import into the EU, the carrier collects VAT from the recipient"),
    ("EU_STD_B2C_LOW", "import into the EU up to EUR 150 with ordinary import VAT"),
    ("EU_STD_B2C", "import into the EU above EUR 150"),
    ("EU_B2B_STD", "import into the EU by a business"),
    ("EU_EXCISE_STD", "import of excise goods into the EU"),
    ("EU_RETURN", "goods that come back to the EU"),
    ("EU_DOCS", "documents to the EU"),
    ("EU_C2C_GIFT", "gift between persons within the relief"),
    ("EU_C2C_STD", "between persons, above or outside of the relief"),
    ("EU_CUSTOMS_ONLY", "import into a part of the EU customs territory outside of its VAT area"),
    ("EU_FISCAL_BORDER", "Union goods across a tax border inside the EU customs territory"),
    ("UK_POS_VAT", "import into Great Britain, VAT collected with the sale"),
    ("UK_B2B_REVERSE", "import into Great Britain, the business recipient accounts for VAT"),
    ("UK_GIFT", "gift to Great Britain within the relief"),
    ("UK_STD", "import into Great Britain with import VAT"),
    ("UK_DOCS", "documents to Great Britain"),
    ("NI_UKC", "Great Britain to Northern Ireland by an authorised carrier"),
    ("NI_UKIMS", "Great Britain to Northern Ireland under the internal market scheme"),
    ("NI_FULL", "Great Britain to Northern Ireland with a full declaration"),
    ("NI_TRANSITIONAL", "Great Britain to Northern Ireland before May 2025"),
    ("NI_GB_UNFETTERED", "Northern Ireland to Great Britain"),
    ("NO_VOEC", "import into Norway, VAT collected with the sale (VOEC)"),
    ("NO_STD", "import into Norway with import VAT"),
    ("CH_SELLER_VAT", "import into Switzerland, the registered seller is importer"),
    ("CH_SMALL", "import into Switzerland, tax too small to be collected"),
    ("CH_STD", "import into Switzerland with import VAT"),
    ("AU_LVIG", "import into Australia, GST collected with the sale"),
    ("AU_B2B", "import into Australia by a registered business"),
    ("AU_STD", "import into Australia"),
    ("NZ_GST", "import into New Zealand, GST collected with the sale"),
    ("SG_OVR", "import into Singapore, GST collected with the sale"),
    ("SG_MIXED", "import into Singapore of low value and other goods in one parcel"),
    ("SG_STD", "import into Singapore"),
    ("MY_LVG", "import into Malaysia, sales tax collected with the sale"),
    ("MY_STD", "import into Malaysia"),
    ("JP_DEMINIMIS", "import into Japan free of duty and tax"),
    ("JP_STD", "import into Japan"),
    ("JP_PLATFORM_TAX", "import into Japan under the reform of 2028"),
    ("KR_PERSONAL", "personal import into South Korea"),
    ("CN_PERSONAL", "personal import into China"),
    ("US_EXPRESS_INFORMAL", "import into the US by express, informal entry"),
    ("US_POSTAL_INFORMAL", "import into the US by post, informal entry"),
    ("US_FORMAL", "import into the US, formal entry"),
    ("US_GIFT", "gift to the US within the relief"),
    ("US_SECTION321", "import into the US under the former de minimis"),
    ("CA_LVS", "import into Canada by courier, low value shipment"),
    ("CA_POST", "import into Canada by post"),
    ("CA_COMMERCIAL", "commercial import into Canada"),
    ("BR_PRC", "import into Brazil, tax collected by a certified platform"),
    ("BR_RTS", "import into Brazil, simplified taxation"),
    ("BR_FORMAL", "import into Brazil, formal entry"),
    ("MX_COURIER", "import into Mexico by courier"),
    ("SA_STD", "import into Saudi Arabia"),
    ("AE_STD", "import into the United Arab Emirates"),
    ("TR_DECLARATION", "import into Türkiye with a declaration"),
    ("TR_SIMPLIFIED", "import into Türkiye, simplified"),
    ("OTHER_STD", "ordinary import"),
];

/// Every scheme.
pub fn all_schemes() -> impl Iterator<Item = Scheme> {
    TABLE.iter().map(|(name, _)| Scheme(name))
}

impl Scheme {
    /// No scheme: refused before one was fixed, or no rule for the destination.
    pub const NONE: Self = Self("none");

    /// A scheme of the table; another name is a mistake in this room.
    pub(super) const fn named(name: &'static str) -> Self {
        Self(name)
    }

    /// Finds a scheme by its name.
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|(known, _)| *known == name).map(|(known, _)| Self(known))
    }

    /// The name (`EU_IOSS_SELLER`, `none`).
    pub fn as_str(&self) -> &'static str {
        self.0
    }

    /// What it means, in plain words.
    pub fn words(&self) -> &'static str {
        TABLE.iter().find(|(known, _)| *known == self.0).map_or("", |(_, words)| words)
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Scheme {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Scheme {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(deserializer)?;
        Self::from_name(&raw).ok_or_else(|| serde::de::Error::custom(format!("`{raw}` is no scheme")))
    }
}
