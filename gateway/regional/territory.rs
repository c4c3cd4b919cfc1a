//! The territories that customs and tax law tell apart.
//!
//! Data only: which customs area and which VAT area a territory is in. How an
//! address finds its territory is in `place.rs`.

use std::fmt;

use parcelgate_kit::model::CountryCode;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A territory, such as `EU_MAIN`, `CANARY`, `NI`, or the letters of a country
/// that is one territory.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Territory(&'static str);

/// A territory's code, customs area, VAT area and name. Areas that nobody
/// shares have the territory's own code. Sources: Union Customs Code article
/// 4, VAT Directive articles 5 to 8, state of 2026.
#[rustfmt::skip]
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("EU_MAIN", "EU", "EU", "the EU's customs and VAT area"),
    ("MONACO", "EU", "EU", "Monaco, treated as France"),
    ("UK_BASES_CYPRUS", "EU", "EU", "the UK's bases in Cyprus, treated as Cyprus"),
    // For goods only: Windsor Framework.
    ("NI", "EU", "EU", "Northern Ireland"),
    ("CANARY", "EU", "CANARY", "the Canary Islands"),
    ("CEUTA", "CEUTA", "CEUTA", "Ceuta"),
    ("MELILLA", "MELILLA", "MELILLA", "Melilla"),
    ("HELIGOLAND", "HELIGOLAND", "HELIGOLAND", "Heligoland"),
    ("BUESINGEN", "CH", "CH", "Büsingen, in practice part of the Swiss area"),
    ("LIVIGNO", "LIVIGNO", "LIVIGNO", "Livigno"),
    ("CAMPIONE", "EU", "CAMPIONE", "Campione d'Italia"),
    ("ALAND", "EU", "ALAND", "the Åland Islands"),
    ("ATHOS", "EU", "ATHOS", "Mount Athos"),
    ("GUADELOUPE", "EU", "GUADELOUPE", "Guadeloupe"),
    ("MARTINIQUE", "EU", "MARTINIQUE", "Martinique"),
    ("FRENCH_GUIANA", "EU", "FRENCH_GUIANA", "French Guiana"),
    ("REUNION", "EU", "REUNION", "Réunion"),
    ("MAYOTTE", "EU", "MAYOTTE", "Mayotte"),
    ("SAINT_MARTIN", "EU", "SAINT_MARTIN", "Saint Martin"),
    ("SAINT_BARTH", "SAINT_BARTH", "SAINT_BARTH", "Saint Barthélemy"),
    ("SAINT_PIERRE_MIQUELON", "SAINT_PIERRE_MIQUELON", "SAINT_PIERRE_MIQUELON", "Saint Pierre and Miquelon"),
    ("NEW_CALEDONIA", "NEW_CALEDONIA", "NEW_CALEDONIA", "New Caledonia"),
    ("FRENCH_POLYNESIA", "FRENCH_POLYNESIA", "FRENCH_POLYNESIA", "French Polynesia"),
    ("WALLIS_FUTUNA", "WALLIS_FUTUNA", "WALLIS_FUTUNA", "Wallis and Futuna"),
    ("FRENCH_SOUTHERN", "FRENCH_SOUTHERN", "FRENCH_SOUTHERN", "the French Southern Territories"),
    ("FAROE", "FAROE", "FAROE", "the Faroe Islands"),
    ("GREENLAND", "GREENLAND", "GREENLAND", "Greenland"),
    ("SAN_MARINO", "SAN_MARINO", "SAN_MARINO", "San Marino"),
    ("VATICAN", "VATICAN", "VATICAN", "the Vatican"),
    ("ANDORRA", "ANDORRA", "ANDORRA", "Andorra"),
    ("GIBRALTAR", "GIBRALTAR", "GIBRALTAR", "Gibraltar"),
    ("NORTH_CYPRUS", "NORTH_CYPRUS", "NORTH_CYPRUS", "the north of Cyprus"),
    ("GB", "GB", "GB", "Great Britain"),
    ("ISLE_OF_MAN", "GB", "GB", "the Isle of Man"),
    ("JERSEY", "JERSEY", "JERSEY", "Jersey"),
    ("GUERNSEY", "GUERNSEY", "GUERNSEY", "Guernsey"),
    ("NO", "NO", "NO", "Norway"),
    ("SVALBARD", "SVALBARD", "SVALBARD", "Svalbard and Jan Mayen"),
    ("CH", "CH", "CH", "Switzerland with Liechtenstein"),
    ("SAMNAUN", "SAMNAUN", "CH", "Samnaun"),
    ("US", "US", "US", "the United States"),
    ("PR", "US", "US", "Puerto Rico"),
];

/// Territories that have a country code of their own.
#[rustfmt::skip]
const BY_COUNTRY: &[(&str, &str)] = &[
    ("AX", "ALAND"), ("MC", "MONACO"), ("SM", "SAN_MARINO"), ("VA", "VATICAN"), ("AD", "ANDORRA"),
    ("GI", "GIBRALTAR"), ("IM", "ISLE_OF_MAN"), ("JE", "JERSEY"), ("GG", "GUERNSEY"), ("GP", "GUADELOUPE"),
    ("MQ", "MARTINIQUE"), ("GF", "FRENCH_GUIANA"), ("RE", "REUNION"), ("YT", "MAYOTTE"),
    ("MF", "SAINT_MARTIN"), ("BL", "SAINT_BARTH"), ("PM", "SAINT_PIERRE_MIQUELON"), ("NC", "NEW_CALEDONIA"),
    ("PF", "FRENCH_POLYNESIA"), ("WF", "WALLIS_FUTUNA"), ("TF", "FRENCH_SOUTHERN"), ("FO", "FAROE"),
    ("GL", "GREENLAND"), ("SJ", "SVALBARD"), ("LI", "CH"),
];

/// The member states of the EU, state of 2026.
#[rustfmt::skip]
const MEMBERS: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

impl Territory {
    /// A territory of the table; another code is a mistake in this room.
    pub(super) const fn coded(code: &'static str) -> Self {
        Self(code)
    }

    /// The territory of a country, postcode left aside.
    pub fn of_country(country: CountryCode) -> Self {
        let letters = country.as_str();
        if MEMBERS.contains(&letters) {
            return Self("EU_MAIN");
        }
        BY_COUNTRY.iter().find(|(code, _)| *code == letters).map_or(Self(letters), |(_, code)| Self(code))
    }

    /// The code.
    pub fn as_str(&self) -> &'static str {
        self.0
    }

    /// Its name in plain words.
    pub fn name(&self) -> &'static str {
        match self.row() {
            Some(row) => row.3,
            None => CountryCode::parse(self.0).map_or(self.0, |country| country.name()),
        }
    }

    /// The customs area it belongs to (`EU`, `CH`, its own code).
    pub fn customs_area(&self) -> &'static str {
        self.row().map_or(self.0, |row| row.1)
    }

    /// The VAT area it belongs to.
    pub fn vat_area(&self) -> &'static str {
        self.row().map_or(self.0, |row| row.2)
    }

    /// Whether goods here are inside the EU's VAT area, where alone an IOSS
    /// number has a meaning.
    pub fn in_eu_vat_area(&self) -> bool {
        self.vat_area() == "EU"
    }

    /// Whether it is inside the EU's customs territory (or treated so).
    pub fn in_eu_customs_area(&self) -> bool {
        self.customs_area() == "EU"
    }

    /// Whether the table of territories, rather than the list of countries, names it.
    pub(super) fn is_listed(&self) -> bool {
        self.row().is_some()
    }

    pub(super) fn is(&self, code: &str) -> bool {
        self.0 == code
    }

    fn row(&self) -> Option<&'static (&'static str, &'static str, &'static str, &'static str)> {
        TABLE.iter().find(|row| row.0 == self.0)
    }
}

impl fmt::Display for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Territory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Territory {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Territory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(deserializer)?;
        if let Some(row) = TABLE.iter().find(|row| row.0 == raw) {
            return Ok(Self(row.0));
        }
        CountryCode::parse(&raw).map(|country| Self(country.as_str())).map_err(serde::de::Error::custom)
    }
}
