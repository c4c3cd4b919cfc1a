//! States, provinces and the like.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CountryCode, Problem, currency::shown};

/// The part of an ISO 3166-2 code behind the country (`CA` of `US-CA`).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subdivision(String);

/// States, the federal district and the insular areas that post as states,
/// and the codes of military mail. Source: USPS Publication 28, appendix B.
#[rustfmt::skip]
const US: &[&str] = &[
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS",
    "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC",
    "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY",
    "AS", "GU", "MP", "PR", "VI", "FM", "MH", "PW", "AA", "AE", "AP",
];

/// Provinces and territories. Source: ISO 3166-2:CA.
const CA: &[&str] = &["AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"];

impl Subdivision {
    /// Parses the code of a subdivision of `country`, one to three letters or
    /// digits, with or without the `XX-` of the country before it.
    ///
    /// # Errors
    /// A [`Problem`] when it is not of that shape or, in the US and Canada, no
    /// state, province or territory.
    pub fn parse(country: CountryCode, raw: &str) -> Result<Self, Problem> {
        let upper = raw.trim().to_ascii_uppercase();
        let bare =
            upper.strip_prefix(country.as_str()).and_then(|rest| rest.strip_prefix('-')).unwrap_or(&upper);
        let shape_ok = (1..=3).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_alphanumeric());
        let known = match country.as_str() {
            "US" => Some(US),
            "CA" => Some(CA),
            _ => None,
        };
        if !shape_ok || known.is_some_and(|codes| !codes.contains(&bare)) {
            return Err(Problem::new(format!(
                "`{}` is no ISO 3166-2 subdivision code of {country}",
                shown(raw)
            )));
        }
        Ok(Self(bare.to_owned()))
    }

    /// The code without the country.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether an address in `country` needs one to be delivered.
    pub fn is_required_in(country: CountryCode) -> bool {
        matches!(country.as_str(), "US" | "CA")
    }
}

impl fmt::Display for Subdivision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Subdivision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_states() {
        let us = CountryCode::parse("US").unwrap();
        assert_eq!(Subdivision::parse(us, "us-ca").unwrap().as_str(), "CA");
        assert!(Subdivision::parse(us, "ZZ").is_err());
        assert!(Subdivision::parse(us, "California").is_err());
        assert!(Subdivision::parse(CountryCode::parse("IT").unwrap(), "MI").is_ok());
    }
}
