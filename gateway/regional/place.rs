//! From an address to its territory.
//!
//! The country code is a hint; the postcode wins, the more specific row
//! first. City names are read only for the three enclaves that kept an old
//! shared postcode. Start with [`Place::locate`].

use std::fmt;

use parcelgate_kit::model::{CountryCode, Party, Postcode, Problem, Subdivision};

use super::territory::Territory;

/// What the rules read of an address.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    country: CountryCode,
    /// The code as the caller wrote it, where it is no country (`UK`, `IC`).
    alias: Option<&'static str>,
    postcode: String,
    subdivision: String,
    city: String,
}

/// Where a [`Place`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) territory: Territory,
    /// The country whose code belongs on customs data.
    pub(super) country: CountryCode,
    /// The caller's country code was changed to another.
    pub(super) remapped: bool,
    /// The postcode is missing or its territory disputed.
    pub(super) guessed: bool,
    /// A post office of the US forces: inside the US for tax, and still behind
    /// a customs form. Source: USPS International Mail Manual 703.2.
    pub(super) military: bool,
}

/// Codes that are no countries: what to write and which territory they mean.
#[rustfmt::skip]
const ALIASES: &[(&str, &str, Option<&str>)] = &[
    ("UK", "GB", None), ("EL", "GR", None), ("XI", "GB", Some("NI")), ("IC", "ES", Some("CANARY")),
    ("EA", "ES", Some("CEUTA")), ("XC", "ES", Some("CEUTA")), ("XL", "ES", Some("MELILLA")),
    ("FX", "FR", None),
];

/// Country, start of the postcode, its full length (0: any), territory, and
/// the country that the address should have carried. First match wins.
/// Source: the postal authorities' published postcode ranges.
#[rustfmt::skip]
const POSTCODES: &[(&str, &str, usize, &str, &str)] = &[
    ("ES", "35", 5, "CANARY", ""), ("ES", "38", 5, "CANARY", ""),
    ("ES", "51", 5, "CEUTA", ""), ("ES", "52", 5, "MELILLA", ""),
    ("DE", "27498", 5, "HELIGOLAND", ""), ("DE", "78266", 5, "BUESINGEN", ""), ("CH", "8238", 4, "BUESINGEN", "DE"),
    ("IT", "23041", 5, "LIVIGNO", ""), ("IT", "22061", 5, "CAMPIONE", ""), ("CH", "6911", 4, "CAMPIONE", "IT"),
    ("IT", "4789", 5, "SAN_MARINO", "SM"), ("IT", "00120", 5, "VATICAN", "VA"),
    ("FI", "22", 5, "ALAND", "AX"), ("GR", "63086", 5, "ATHOS", ""), ("GR", "63087", 5, "ATHOS", ""),
    ("FR", "97133", 5, "SAINT_BARTH", "BL"), ("FR", "97150", 5, "SAINT_MARTIN", "MF"),
    ("FR", "971", 5, "GUADELOUPE", "GP"), ("FR", "972", 5, "MARTINIQUE", "MQ"),
    ("FR", "973", 5, "FRENCH_GUIANA", "GF"), ("FR", "974", 5, "REUNION", "RE"),
    ("FR", "975", 5, "SAINT_PIERRE_MIQUELON", "PM"), ("FR", "976", 5, "MAYOTTE", "YT"),
    ("FR", "977", 5, "SAINT_BARTH", "BL"), ("FR", "978", 5, "SAINT_MARTIN", "MF"),
    ("FR", "980", 5, "MONACO", "MC"), ("FR", "984", 5, "FRENCH_SOUTHERN", "TF"),
    ("FR", "986", 5, "WALLIS_FUTUNA", "WF"), ("FR", "987", 5, "FRENCH_POLYNESIA", "PF"),
    ("FR", "988", 5, "NEW_CALEDONIA", "NC"),
    ("GP", "97133", 5, "SAINT_BARTH", "BL"), ("GP", "97150", 5, "SAINT_MARTIN", "MF"),
    ("DK", "39", 4, "GREENLAND", "GL"), ("DK", "2412", 4, "GREENLAND", "GL"), ("DK", "1", 3, "FAROE", "FO"), ("DK", "2", 3, "FAROE", "FO"), ("DK", "3", 3, "FAROE", "FO"), ("DK", "4", 3, "FAROE", "FO"), ("DK", "5", 3, "FAROE", "FO"), ("DK", "6", 3, "FAROE", "FO"), ("DK", "7", 3, "FAROE", "FO"), ("DK", "8", 3, "FAROE", "FO"), ("DK", "90", 3, "FAROE", "FO"), ("DK", "91", 3, "FAROE", "FO"), ("DK", "92", 3, "FAROE", "FO"), ("DK", "93", 3, "FAROE", "FO"), ("DK", "94", 3, "FAROE", "FO"), ("DK", "95", 3, "FAROE", "FO"), ("DK", "96", 3, "FAROE", "FO"), ("DK", "970", 3, "FAROE", "FO"),
    ("GB", "BT", 0, "NI", ""), ("GB", "IM", 0, "ISLE_OF_MAN", "IM"), ("GB", "JE", 0, "JERSEY", "JE"),
    ("GB", "GY", 0, "GUERNSEY", "GG"), ("GB", "GX", 0, "GIBRALTAR", "GI"),
    ("GB", "BFPO57", 6, "UK_BASES_CYPRUS", ""), ("GB", "BFPO58", 6, "UK_BASES_CYPRUS", ""),
    ("NO", "9170", 4, "SVALBARD", "SJ"), ("NO", "9171", 4, "SVALBARD", "SJ"),
    ("NO", "9172", 4, "SVALBARD", "SJ"), ("NO", "9173", 4, "SVALBARD", "SJ"), ("NO", "9174", 4, "SVALBARD", "SJ"),
    ("NO", "9175", 4, "SVALBARD", "SJ"), ("NO", "9176", 4, "SVALBARD", "SJ"), ("NO", "9177", 4, "SVALBARD", "SJ"),
    ("NO", "9178", 4, "SVALBARD", "SJ"), ("NO", "8099", 4, "SVALBARD", "SJ"),
    ("CH", "7562", 4, "SAMNAUN", ""), ("CH", "7563", 4, "SAMNAUN", ""),
    ("TR", "99", 5, "NORTH_CYPRUS", ""), ("CY", "99", 5, "NORTH_CYPRUS", ""),
    ("ES", "AD", 5, "ANDORRA", "AD"), ("FR", "AD", 5, "ANDORRA", "AD"), ("ES", "GX", 0, "GIBRALTAR", "GI"),
    ("US", "006", 0, "PR", ""), ("US", "007", 0, "PR", ""), ("US", "009", 0, "PR", ""), ("US", "008", 0, "VI", ""),
    ("US", "9691", 0, "GU", ""), ("US", "9692", 0, "GU", ""), ("US", "9693", 0, "GU", ""), ("US", "9695", 0, "MP", ""),
    ("US", "96799", 0, "AS", ""),
];

/// Enclaves whose old postcode was shared with places outside of them.
const BY_CITY: &[(&str, &str, &str, &str)] = &[
    ("IT", "23030", "LIVIGNO", "LIVIGNO"),
    ("IT", "22060", "CAMPIONE", "CAMPIONE"),
    ("DE", "78266", "BUSINGEN", "BUESINGEN"),
];

/// Countries with parts outside of their own customs or VAT area: without a
/// postcode the territory is not certain.
const SPLIT: &[&str] = &["ES", "FR", "DE", "IT", "FI", "DK", "GR", "PT", "GB"];

impl Place {
    /// What the rules read of a party's address.
    pub fn of(party: &Party) -> Self {
        let mut place = Self::new(party.country, party.postcode.as_ref(), party.subdivision.as_ref());
        place.city = party.city.expose().to_uppercase();
        place
    }

    /// A place by its typed parts.
    pub fn new(country: CountryCode, postcode: Option<&Postcode>, subdivision: Option<&Subdivision>) -> Self {
        Self {
            country,
            alias: None,
            postcode: postcode.map(Postcode::compact).unwrap_or_default(),
            subdivision: subdivision.map(|code| code.as_str().to_owned()).unwrap_or_default(),
            city: String::new(),
        }
    }

    /// A place as a caller wrote it, codes that are no countries included
    /// (`UK`, `EL`, `XI`, `IC`, `EA`); the decision then says what it read.
    ///
    /// # Errors
    /// When the code is neither a country nor such an alias.
    pub fn parse(country: &str, postcode: &str) -> Result<Self, Problem> {
        let alias = ALIASES.iter().find(|(code, ..)| *code == country);
        let country = CountryCode::parse(alias.map_or(country, |(_, right, _)| right))?;
        let bare: String =
            postcode.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
        Ok(Self {
            country,
            alias: alias.map(|(code, ..)| *code),
            postcode: without_prefix(&bare).to_owned(),
            subdivision: String::new(),
            city: String::new(),
        })
    }

    /// Whether the address names a postcode.
    pub fn has_postcode(&self) -> bool {
        !self.postcode.is_empty()
    }

    /// The country as the address has it.
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// The territory of the address.
    pub fn territory(&self) -> Territory {
        self.locate().territory
    }

    pub(super) fn locate(&self) -> Located {
        let letters = self.country.as_str();
        let plain = Territory::of_country(self.country);
        let alias = ALIASES.iter().find(|(code, ..)| Some(*code) == self.alias);
        let guessed = !self.has_postcode() && alias.is_none() && SPLIT.contains(&letters);
        let at = |territory, country, remapped, guessed| Located {
            territory,
            country,
            remapped: remapped || alias.is_some(),
            guessed,
            military: letters == "US" && self.is_military(),
        };
        let by_city = BY_CITY.iter().find(|(country, postcode, city, _)| {
            *country == letters && *postcode == self.postcode && self.city.contains(city)
        });
        if let Some((.., code)) = by_city {
            return at(Territory::coded(code), self.country, false, false);
        }
        if let Some((.., code, proper)) = POSTCODES.iter().find(|row| self.matches(row)) {
            let country = CountryCode::parse(proper).unwrap_or(self.country);
            let disputed = *code == "NORTH_CYPRUS";
            return at(Territory::coded(code), country, country != self.country, disputed);
        }
        if let Some(code) = alias.and_then(|(.., territory)| *territory) {
            // `EA` is Ceuta and Melilla: only the postcode tells them apart.
            return at(Territory::coded(code), self.country, true, self.alias == Some("EA"));
        }
        match (letters, self.subdivision.as_str()) {
            ("GB", "NIR") => at(Territory::coded("NI"), self.country, false, false),
            ("US", "PR") => at(Territory::coded("PR"), self.country, false, false),
            ("US", "VI" | "GU" | "AS" | "MP") => {
                let country = CountryCode::parse(&self.subdivision).unwrap_or(self.country);
                at(Territory::of_country(country), country, false, false)
            }
            _ => at(plain, self.country, false, guessed),
        }
    }

    fn is_military(&self) -> bool {
        const STARTS: &[&str] = &[
            "340", "090", "091", "092", "093", "094", "095", "096", "097", "098", "962", "963", "964", "965",
            "966",
        ];
        matches!(self.subdivision.as_str(), "AA" | "AE" | "AP")
            || (self.subdivision.is_empty() && STARTS.iter().any(|start| self.postcode.starts_with(start)))
    }

    fn matches(&self, row: &(&str, &str, usize, &str, &str)) -> bool {
        let (country, start, length, ..) = row;
        let rest = self.postcode.strip_prefix(start);
        // `BT1` is in Northern Ireland, a made-up `BTX` is not.
        let letters_end = start.ends_with(|c: char| c.is_ascii_digit())
            || start.is_empty()
            || rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let length_fits = *length == 0 || self.postcode.len() == *length;
        self.country == **country && rest.is_some() && letters_end && length_fits
    }
}

/// `F-75001`, `FIN-22100`, `MC-98000`: the letters before a number in Europe.
fn without_prefix(bare: &str) -> &str {
    const PREFIXES: &[&str] =
        &["FIN", "FI", "AX", "FO", "MC", "DK", "CH", "F", "D", "A", "I", "E", "N", "L", "B"];
    PREFIXES
        .iter()
        .filter_map(|prefix| bare.strip_prefix(prefix))
        .find(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or(bare)
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A full postcode with its country can be a single house.
        let shown: String = self.postcode.chars().take(2).collect();
        write!(f, "{} {shown}…", self.alias.unwrap_or(self.country.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(country: &str, postcode: &str) -> &'static str {
        Place::parse(country, postcode).unwrap().territory().as_str()
    }

    #[test]
    fn islands_and_enclaves_are_told_from_their_mainland() {
        for (country, postcode, territory) in [
            ("ES", "35001", "CANARY"),
            ("ES", "38660", "CANARY"),
            ("ES", "51001", "CEUTA"),
            ("ES", "52006", "MELILLA"),
            ("ES", "07001", "EU_MAIN"),
            ("IC", "", "CANARY"),
            ("DE", "27498", "HELIGOLAND"),
            ("DE", "78266", "BUESINGEN"),
            ("CH", "8238", "BUESINGEN"),
            ("DE", "10115", "EU_MAIN"),
            ("IT", "23041", "LIVIGNO"),
            ("IT", "23032", "EU_MAIN"),
            ("IT", "22061", "CAMPIONE"),
            ("IT", "47890", "SAN_MARINO"),
            ("IT", "00120", "VATICAN"),
            ("FI", "22100", "ALAND"),
            ("FI", "21600", "EU_MAIN"),
            ("AX", "22100", "ALAND"),
            ("GR", "630 86", "ATHOS"),
            ("EL", "10557", "EU_MAIN"),
            ("FR", "97133", "SAINT_BARTH"),
            ("FR", "97150", "SAINT_MARTIN"),
            ("FR", "97110", "GUADELOUPE"),
            ("FR", "F-98000", "MONACO"),
            ("FR", "98800", "NEW_CALEDONIA"),
            ("FR", "20000", "EU_MAIN"),
            ("DK", "FO-100", "FAROE"),
            ("DK", "3900", "GREENLAND"),
            ("DK", "2100", "EU_MAIN"),
            ("GB", "BT1 5GS", "NI"),
            ("GB", "IM1 1AA", "ISLE_OF_MAN"),
            ("UK", "SW1A 1AA", "GB"),
            ("GB", "JE2 3QA", "JERSEY"),
            ("GB", "B7 4AA", "GB"),
            ("NO", "9170", "SVALBARD"),
            ("NO", "9178", "SVALBARD"),
            ("NO", "9179", "NO"),
            ("DK", "100", "FAROE"),
            ("DK", "970", "FAROE"),
            ("DK", "971", "EU_MAIN"),
            ("DK", "ABC", "EU_MAIN"),
            ("NO", "0150", "NO"),
            ("LI", "9490", "CH"),
            ("CH", "7562", "SAMNAUN"),
            ("TR", "99010", "NORTH_CYPRUS"),
            ("CY", "99300", "NORTH_CYPRUS"),
            ("CY", "1010", "EU_MAIN"),
            ("FR", "AD500", "ANDORRA"),
            ("TR", "34000", "TR"),
            ("US", "00901", "PR"),
            ("US", "10001", "US"),
            ("PT", "9000", "EU_MAIN"),
            ("AT", "6691", "EU_MAIN"),
            ("XI", "", "NI"),
            ("EA", "52001", "MELILLA"),
        ] {
            assert_eq!(code(country, postcode), territory, "{country} {postcode}");
        }
    }

    #[test]
    fn a_missing_postcode_is_a_guess_where_a_country_is_split() {
        assert!(Place::parse("ES", "").unwrap().locate().guessed);
        assert!(!Place::parse("PL", "").unwrap().locate().guessed);
    }

    #[test]
    fn post_offices_of_the_us_forces_are_known() {
        let military = |country, postcode| Place::parse(country, postcode).unwrap().locate().military;
        assert!(military("US", "09012") && military("US", "96301") && military("US", "34002"));
        assert!(!military("US", "10001") && !military("US", "96799") && !military("DE", "09112"));
    }

    #[test]
    fn only_changed_country_codes_are_remapped() {
        let remapped = |country, postcode| Place::parse(country, postcode).unwrap().locate().remapped;
        assert!(remapped("FR", "98000") && remapped("UK", "SW1A1AA") && remapped("CH", "8238"));
        assert!(!remapped("MC", "98000") && !remapped("ES", "35001") && !remapped("DE", "78266"));
    }

    proptest! {
        #[test]
        fn no_postcode_panics(country in "[A-Z]{2}", postcode in "\\PC{0,12}") {
            if let Ok(place) = Place::parse(&country, &postcode) {
                let _ = place.locate();
                let _ = format!("{place:?}");
            }
        }
    }
}
