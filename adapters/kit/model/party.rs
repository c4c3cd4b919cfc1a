//! The people and places at either end of a parcel.

use serde::{Deserialize, Serialize};

use super::{CountryCode, Invalid, Personal, Phone, Postcode, Subdivision};

/// A person or company at an address.
///
/// All text is [`Personal`]: `Debug` never shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Name of the person; carriers that want a company first fall back on it.
    pub name: Personal,
    /// Name of the company, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<Personal>,
    /// Street lines, one to three.
    pub lines: Vec<Personal>,
    /// City or town.
    pub city: Personal,
    /// State or province, where the country has them in addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdivision: Option<Subdivision>,
    /// Postcode; absent only where the country has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<Postcode>,
    /// Country.
    pub country: CountryCode,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal>,
    /// Whether it is a home (`Some(true)`), a business, or not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residential: Option<bool>,
}

/// A [`Party`] as the caller wrote it, still unchecked text.
#[derive(Clone, Default)]
pub struct PartyParts<'a> {
    /// See [`Party::name`].
    pub name: &'a str,
    /// See [`Party::company`]; empty for none, as all below.
    pub company: &'a str,
    /// See [`Party::lines`].
    pub lines: Vec<&'a str>,
    /// See [`Party::city`].
    pub city: &'a str,
    /// See [`Party::subdivision`].
    pub subdivision: &'a str,
    /// See [`Party::postcode`].
    pub postcode: &'a str,
    /// See [`Party::country`].
    pub country: &'a str,
    /// See [`Party::phone`].
    pub phone: &'a str,
    /// See [`Party::email`].
    pub email: &'a str,
    /// See [`Party::residential`].
    pub residential: Option<bool>,
}

/// Longest name, company, street line or city, in characters. Carriers take
/// 30 to 50; adapters fit or refuse, they never cut silently.
const LONGEST: usize = 100;

impl Party {
    /// Parses all parts, collecting every problem with its field under `path`.
    ///
    /// # Errors
    /// Every bad field at once.
    pub fn parse(path: &str, parts: &PartyParts<'_>) -> Result<Self, Vec<Invalid>> {
        let mut bad = Vec::new();
        let mut text = |field: &str, raw: &str, max: usize| match Personal::parse(raw, max) {
            Ok(text) => Some(text),
            Err(problem) => {
                bad.push(Invalid::new(format!("{path}.{field}"), problem));
                None
            }
        };
        let name = text("name", if parts.name.is_empty() { parts.company } else { parts.name }, LONGEST);
        let company = (!parts.company.is_empty()).then(|| text("company", parts.company, LONGEST)).flatten();
        let city = text("city", parts.city, LONGEST);
        let email = (!parts.email.is_empty()).then(|| text("email", parts.email, 254)).flatten();
        let mut lines = Vec::new();
        for (index, line) in parts.lines.iter().enumerate() {
            lines.extend(text(&format!("lines[{index}]"), line, LONGEST));
        }
        check_lines(path, parts, &mut bad);
        check_email(path, email.as_ref(), &mut bad);
        let country = CountryCode::parse(parts.country)
            .map_err(|problem| bad.push(Invalid::new(format!("{path}.country"), problem)))
            .ok();
        let located = country.map(|country| locate(path, country, parts, &mut bad));
        match (name, city, country, located) {
            (Some(name), Some(city), Some(country), Some((subdivision, postcode, phone)))
                if bad.is_empty() =>
            {
                let residential = parts.residential;
                Ok(Self {
                    name,
                    company,
                    lines,
                    city,
                    subdivision,
                    postcode,
                    country,
                    phone,
                    email,
                    residential,
                })
            }
            _ => Err(bad),
        }
    }

    /// The company if there is one, else the person: what most carriers print
    /// first.
    pub fn first_name_line(&self) -> &Personal {
        self.company.as_ref().unwrap_or(&self.name)
    }
}

fn check_lines(path: &str, parts: &PartyParts<'_>, bad: &mut Vec<Invalid>) {
    use super::Problem;
    if parts.lines.is_empty() {
        bad.push(Invalid::new(format!("{path}.lines"), Problem::new("needs at least one street line")));
    }
    if parts.lines.len() > 3 {
        bad.push(Invalid::new(
            format!("{path}.lines"),
            Problem::new(format!("has {} lines, at most 3 are allowed", parts.lines.len())),
        ));
    }
}

fn check_email(path: &str, email: Option<&Personal>, bad: &mut Vec<Invalid>) {
    use super::Problem;
    let looks_right = |raw: &str| {
        raw.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && host.contains('.') && !host.contains('@') && !raw.contains(' ')
        })
    };
    if email.is_some_and(|email| !looks_right(email.expose())) {
        bad.push(Invalid::new(format!("{path}.email"), Problem::new("is no e-mail address")));
    }
}

type Located = (Option<Subdivision>, Option<Postcode>, Option<Phone>);

fn locate(path: &str, country: CountryCode, parts: &PartyParts<'_>, bad: &mut Vec<Invalid>) -> Located {
    use super::Problem;
    let mut note = |field: &str, problem: Problem| bad.push(Invalid::new(format!("{path}.{field}"), problem));
    let subdivision = match parts.subdivision {
        "" if Subdivision::is_required_in(country) => {
            note("subdivision", Problem::new(format!("is required in {country}")));
            None
        }
        "" => None,
        raw => Subdivision::parse(country, raw).map_err(|problem| note("subdivision", problem)).ok(),
    };
    let postcode = match parts.postcode {
        "" if Postcode::is_required_in(country) => {
            note("postcode", Problem::new(format!("is required in {country}")));
            None
        }
        "" => None,
        raw => Postcode::parse(country, raw).map_err(|problem| note("postcode", problem)).ok(),
    };
    let phone = match parts.phone {
        "" => None,
        raw => Phone::parse(country, raw).map_err(|problem| note("phone", problem)).ok(),
    };
    (subdivision, postcode, phone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_is_named_at_once() {
        let parts = PartyParts { country: "US", postcode: "1", email: "x", ..PartyParts::default() };
        let fields: Vec<_> =
            Party::parse("ship_to", &parts).unwrap_err().into_iter().map(|invalid| invalid.field).collect();
        for field in ["name", "city", "lines", "subdivision", "postcode", "email"] {
            assert!(fields.contains(&format!("ship_to.{field}")), "{field} in {fields:?}");
        }
    }

    #[test]
    fn debug_shows_no_person() {
        let parts = PartyParts {
            name: "Erika Mustermann",
            lines: vec!["Heidestraße 17"],
            city: "Köln",
            postcode: "51147",
            country: "DE",
            email: "erika@example.org",
            ..PartyParts::default()
        };
        let shown = format!("{:?}", Party::parse("ship_to", &parts).unwrap());
        for secret in ["Erika", "Heide", "Köln", "51147", "example"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
