//! Postcodes, in the shape of their country.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CountryCode, Problem};

/// A postcode in the form its country prints it.
///
/// Its `Debug` shows only the first two characters: a full postcode and a
/// country can be a single house.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Postcode(String);

/// Shapes per country: `9` a digit, `A` a letter, `#` either, anything else
/// itself; several shapes apart by `|`. Separators are put where the shape has
/// them, wherever the caller wrote them. Source: the UPU's addressing sheets
/// per country, state of 2026.
#[rustfmt::skip]
const SHAPES: &[(&str, &str)] = &[
    ("AD", "AD999"), ("AR", "A9999AAA|9999"), ("AT", "9999"), ("AU", "9999"), ("AX", "22999"), ("BA", "99999"),
    ("BE", "9999"), ("BG", "9999"), ("BL", "97133"), ("BR", "99999-999"), ("BY", "999999"), ("CA", "A9A 9A9"),
    ("CH", "9999"), ("CL", "9999999"), ("CN", "999999"), ("CO", "999999"), ("CR", "99999"), ("CY", "9999"),
    ("CZ", "999 99"), ("DE", "99999"), ("DK", "9999"), ("DO", "99999"), ("DZ", "99999"), ("EC", "999999"),
    ("EE", "99999"), ("EG", "99999"), ("ES", "99999"), ("FI", "99999"), ("FO", "999"), ("FR", "99999"),
    ("GB", "A9 9AA|A99 9AA|AA9 9AA|AA99 9AA|A9A 9AA|AA9A 9AA"), ("GF", "973##"), ("GG", "GY9 9AA|GY99 9AA"),
    ("GI", "GX11 1AA"), ("GL", "39##|2412"), ("GP", "971##"), ("GR", "999 99"), ("HR", "99999"), ("HU", "9999"),
    ("ID", "99999"), ("IE", "A99 ####|D6W ####"), ("IL", "9999999"), ("IM", "IM9 9AA|IM99 9AA"), ("IN", "999999"),
    ("IS", "999"), ("IT", "99999"), ("JE", "JE9 9AA|JE99 9AA"), ("JP", "999-9999"), ("KR", "99999"),
    ("KZ", "999999"), ("LI", "94##"), ("LT", "99999"), ("LU", "9999"), ("LV", "LV-9999"), ("MA", "99999"),
    ("MC", "980##"), ("MD", "9999"), ("ME", "99999"), ("MF", "97150|978##"), ("MK", "9999"), ("MQ", "972##"),
    ("MT", "AAA 9999"), ("MX", "99999"), ("MY", "99999"), ("NC", "988##"), ("NL", "9999 AA"), ("NO", "9999"),
    ("NZ", "9999"), ("PE", "99999"), ("PF", "987##"), ("PH", "9999"), ("PK", "99999"), ("PL", "99-999"),
    ("PM", "97500"), ("PR", "99999|99999-9999"), ("PT", "9999-999"), ("RE", "974##"), ("RO", "999999"),
    ("RS", "99999"), ("RU", "999999"), ("SA", "99999|99999-9999"), ("SE", "999 99"), ("SG", "999999"),
    ("SI", "9999"), ("SK", "999 99"), ("SM", "4789#"), ("TH", "99999"), ("TR", "99999"), ("TW", "999|99999|999999"),
    ("UA", "99999"), ("US", "99999|99999-9999"), ("UY", "99999"), ("VA", "00120"), ("VI", "99999|99999-9999"),
    ("VN", "99999|999999"), ("WF", "986##"), ("YT", "976##"), ("ZA", "9999"),
];

/// Letters that people write before the number in Europe.
const PREFIXES: &[(&str, &[&str])] = &[
    ("DE", &["D"]),
    ("FR", &["F"]),
    ("AT", &["A"]),
    ("CH", &["CH"]),
    ("FI", &["FI", "FIN"]),
    ("AX", &["AX"]),
    ("IT", &["I"]),
    ("ES", &["E"]),
    ("SE", &["SE", "S"]),
    ("NO", &["N", "NO"]),
    ("DK", &["DK"]),
    ("BE", &["B"]),
    ("LU", &["L"]),
    ("FO", &["FO"]),
    ("LT", &["LT"]),
    ("MC", &["MC"]),
    ("GL", &["GL"]),
];

impl Postcode {
    /// Parses a postcode of `country` and prints it that country's way
    /// (`sw1a1aa` becomes `SW1A 1AA`). Countries without a shape here take
    /// any one to twelve letters, digits, blanks and hyphens.
    ///
    /// # Errors
    /// A [`Problem`] that shows the country's shape, never the value.
    pub fn parse(country: CountryCode, raw: &str) -> Result<Self, Problem> {
        let bare: String =
            raw.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).map(|c| c.to_ascii_uppercase()).collect();
        if bare.is_empty() {
            return Err(Problem::new("must not be empty"));
        }
        let Some((_, shapes)) = SHAPES.iter().find(|(code, _)| *code == country.as_str()) else {
            return Self::free(raw, country);
        };
        let stripped = PREFIXES
            .iter()
            .filter(|(code, _)| *code == country.as_str())
            .flat_map(|(_, prefixes)| prefixes.iter())
            .filter_map(|prefix| bare.strip_prefix(prefix))
            .find(|rest| rest.bytes().all(|b| b.is_ascii_digit()) && !rest.is_empty());
        for shape in shapes.split('|') {
            if let Some(fitted) = fit(shape, stripped.unwrap_or(&bare)) {
                return Ok(Self(fitted));
            }
        }
        Err(Problem::new(format!(
            "is no postcode of {country}, which look like {} (9 a digit, A a letter)",
            shapes.replace('|', " or ")
        )))
    }

    fn free(raw: &str, country: CountryCode) -> Result<Self, Problem> {
        let trimmed = raw.trim().to_ascii_uppercase();
        let printable = trimmed.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-'));
        if printable && (1..=12).contains(&trimmed.len()) {
            Ok(Self(trimmed))
        } else {
            Err(Problem::new(format!("is no postcode of {country}: letters and digits, at most 12")))
        }
    }

    /// Whether an address in `country` needs one.
    pub fn is_required_in(country: CountryCode) -> bool {
        let optional = ["CL", "CO", "EC", "IE", "PE", "VN", "TW", "SA", "UY", "GI"];
        SHAPES.iter().any(|(code, _)| *code == country.as_str()) && !optional.contains(&country.as_str())
    }

    /// The postcode as its country prints it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The postcode without blanks and hyphens, as most carriers want it.
    pub fn compact(&self) -> String {
        self.0.chars().filter(|c| c.is_ascii_alphanumeric()).collect()
    }
}

fn fit(shape: &str, bare: &str) -> Option<String> {
    let mut given = bare.chars();
    let mut fitted = String::with_capacity(shape.len());
    for place in shape.chars() {
        let c = match place {
            ' ' | '-' => place,
            '9' => given.next().filter(char::is_ascii_digit)?,
            '#' => given.next().filter(char::is_ascii_alphanumeric)?,
            'A' if !is_literal(shape) => given.next().filter(char::is_ascii_uppercase)?,
            literal => given.next().filter(|c| *c == literal)?,
        };
        fitted.push(c);
    }
    given.next().is_none().then_some(fitted)
}

/// Andorra's `AD` is meant letter by letter; everywhere else `A` is any letter.
fn is_literal(shape: &str) -> bool {
    shape.starts_with("AD9")
}

impl fmt::Debug for Postcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start: String = self.0.chars().take(2).collect();
        write!(f, "{start}…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(country: &str, raw: &str) -> Option<String> {
        Postcode::parse(CountryCode::parse(country).unwrap(), raw).ok().map(|code| code.0)
    }

    #[test]
    fn postcodes_take_their_countrys_form() {
        for (country, raw, printed) in [
            ("GB", "sw1a1aa", "SW1A 1AA"),
            ("GB", "M1 1AE", "M1 1AE"),
            ("GB", "bt11aa", "BT1 1AA"),
            ("DE", "D-10115", "10115"),
            ("NL", "1012jd", "1012 JD"),
            ("CA", "k1a0b1", "K1A 0B1"),
            ("US", "90210-1234", "90210-1234"),
            ("US", "902101234", "90210-1234"),
            ("JP", "1000001", "100-0001"),
            ("ES", "35001", "35001"),
            ("AD", "AD500", "AD500"),
            ("LV", "1010", ""),
            ("LV", "LV1010", "LV-1010"),
            ("PL", "00-950", "00-950"),
            ("IE", "D02AF30", "D02 AF30"),
        ] {
            assert_eq!(parse(country, raw).unwrap_or_default(), printed, "{country} {raw}");
        }
    }

    #[test]
    fn foreign_shapes_are_refused_without_repeating_them() {
        let problem = Postcode::parse(CountryCode::parse("DE").unwrap(), "SW1A 1AA").unwrap_err();
        assert!(!problem.to_string().contains("SW1A"), "{problem}");
        assert_eq!(parse("US", "1234"), None);
        assert_eq!(parse("FR", ""), None);
    }

    #[test]
    fn debug_hides_most_of_it() {
        let code = Postcode::parse(CountryCode::parse("NL").unwrap(), "1012JD").unwrap();
        assert_eq!(format!("{code:?}"), "10…");
    }
}
