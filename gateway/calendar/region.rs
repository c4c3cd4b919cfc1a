//! The part of a country whose holidays are kept at an address.

use parcelgate_kit::model::{CountryCode, Party};

/// A country and, where its parts keep holidays of their own, the part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Region {
    country: &'static str,
    part: String,
}

/// Starts of Scottish postcodes before their first digit.
const SCOTLAND: &[&str] =
    &["AB", "DD", "DG", "EH", "FK", "G", "HS", "IV", "KA", "KW", "KY", "ML", "PA", "PH", "TD", "ZE"];

/// Starts of Welsh postcodes; those along the border are shared, and their
/// holidays are those of England.
const WALES: &[&str] = &["CF", "LD", "LL", "NP", "SA"];

/// Spanish provinces by the first two digits of the postcode, by community.
#[rustfmt::skip]
const COMMUNITIES: &[(&str, &str)] = &[
    ("PV", "01 20 48"), ("CM", "02 13 16 19 45"), ("VC", "03 12 46"), ("AN", "04 11 14 18 21 23 29 41"),
    ("CL", "05 09 24 34 37 40 42 47 49"), ("EX", "06 10"), ("IB", "07"), ("CT", "08 17 25 43"), ("GA", "15 27 32 36"),
    ("AR", "22 44 50"), ("RI", "26"), ("MD", "28"), ("MC", "30"), ("NC", "31"), ("AS", "33"), ("CN", "35 38"),
    ("CB", "39"), ("CE", "51"), ("ML", "52"),
];

impl Region {
    /// The region of an address: its subdivision where it names one, else what
    /// the postcode tells in Britain, Spain and France. German postcodes do not
    /// follow the states.
    pub fn of(party: &Party) -> Self {
        let postcode = party.postcode.as_ref().map(|code| code.compact()).unwrap_or_default();
        let subdivision = party.subdivision.as_ref().map(|code| code.as_str()).unwrap_or_default();
        Self::at(party.country, subdivision, &postcode)
    }

    /// The region of a country's part and a postcode without blanks, each
    /// possibly empty.
    pub fn at(country: CountryCode, subdivision: &str, postcode: &str) -> Self {
        let part = match country.as_str() {
            "GB" => british(subdivision, postcode).to_owned(),
            "ES" if subdivision.is_empty() => spanish(postcode).to_owned(),
            "FR" | "MC" => postcode.get(..2).unwrap_or_default().to_owned(),
            _ => subdivision.to_owned(),
        };
        Self { country: country.as_str(), part }
    }

    /// The country's code.
    pub fn country(&self) -> &'static str {
        self.country
    }

    /// The part, in the words of the tables; empty where it is not known.
    pub fn part(&self) -> &str {
        &self.part
    }
}

fn british<'a>(subdivision: &'a str, postcode: &str) -> &'a str {
    if matches!(subdivision, "ENG" | "WLS" | "SCT" | "NIR") {
        return subdivision;
    }
    let letters = postcode.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
    match letters {
        "BT" => "NIR",
        area if SCOTLAND.contains(&area) => "SCT",
        area if WALES.contains(&area) => "WLS",
        _ => "ENG",
    }
}

fn spanish(postcode: &str) -> &'static str {
    let province = postcode.get(..2).unwrap_or_default();
    let community =
        COMMUNITIES.iter().find(|(_, provinces)| provinces.split(' ').any(|known| known == province));
    community.map_or("", |(code, _)| code)
}
