//! Telephone numbers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{CountryCode, Problem};

/// A telephone number in E.164 form (`+4930123456`).
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(String);

impl Phone {
    /// Parses a number written nationally in `country` or internationally.
    ///
    /// # Errors
    /// A [`Problem`] when it is no possible number; the number is not repeated.
    pub fn parse(country: CountryCode, raw: &str) -> Result<Self, Problem> {
        let refuse = || {
            Problem::new(format!(
                "is no telephone number of {country}; write it internationally, such as +4930901820"
            ))
        };
        if raw.len() > 40 {
            return Err(refuse());
        }
        let region = phonenumber::country::Id::from_str(country.as_str()).ok();
        let number = phonenumber::parse(region, raw).map_err(|_| refuse())?;
        if !phonenumber::is_viable(raw) || !(6..=15).contains(&number.national().value().to_string().len()) {
            return Err(refuse());
        }
        Ok(Self(number.format().mode(phonenumber::Mode::E164).to_string()))
    }

    /// The number in E.164 form.
    pub fn e164(&self) -> &str {
        &self.0
    }

    /// The digits of the E.164 form, without the plus.
    pub fn digits(&self) -> &str {
        self.0.trim_start_matches('+')
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[phone]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_and_international_forms_are_one_number() {
        let germany = CountryCode::parse("DE").unwrap();
        let national = Phone::parse(germany, "030 901820").unwrap();
        assert_eq!(national.e164(), "+4930901820");
        assert_eq!(Phone::parse(germany, "+49 30 901820").unwrap(), national);
        assert_eq!(format!("{national:?}"), "[phone]");
    }

    #[test]
    fn words_are_no_numbers() {
        let us = CountryCode::parse("US").unwrap();
        for bad in ["", "call me", "12", "+", "0000000000000000000000000"] {
            assert!(Phone::parse(us, bad).is_err(), "{bad}");
        }
    }
}
