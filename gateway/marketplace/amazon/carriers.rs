//! How this marketplace names carriers: dated data, `data/carriers.toml`.
//!
//! A carrier that has no row is "Other", with its own name. Start at [`Carriers::name`].

use jiff::civil::Date;
use serde::Deserialize;

use crate::marketplace::Content;

/// The table that is compiled in.
const BUILT_IN: &str = include_str!("data/carriers.toml");

/// Every name there is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Carriers {
    carrier: Vec<Row>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    country: String,
    from: toml::value::Datetime,
    until: Option<toml::value::Datetime>,
    code: String,
    method: Option<String>,
    #[allow(dead_code, reason = "read by people: where the row comes from")]
    source: String,
    #[allow(dead_code, reason = "read by people: how sure it is")]
    confidence: String,
}

/// A carrier as the marketplace is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) code: String,
    /// Only beside "Other".
    pub(super) name: Option<String>,
    pub(super) method: String,
}

impl Carriers {
    pub(super) fn built_in() -> Result<Self, toml::de::Error> {
        toml::from_str(BUILT_IN)
    }

    /// The name of a content's carrier on a day.
    pub(super) fn name(&self, content: &Content, day: Date) -> Named {
        let country = content.country.map(|country| country.as_str().to_owned());
        let found = self.carrier.iter().find(|row| row.fits(&content.carrier, country.as_deref(), day));
        match found {
            Some(row) => Named {
                code: row.code.clone(),
                name: None,
                method: row.method.clone().unwrap_or_else(|| content.service_name.clone()),
            },
            None => Named {
                code: "Other".to_owned(),
                name: Some(content.carrier_name.clone()),
                method: content.service_name.clone(),
            },
        }
    }
}

impl Row {
    fn fits(&self, carrier: &str, country: Option<&str>, day: Date) -> bool {
        let date = |raw: &toml::value::Datetime| raw.to_string().parse::<Date>().ok();
        self.id == carrier
            && (self.country == "*" || Some(self.country.as_str()) == country)
            && date(&self.from).is_some_and(|from| from <= day)
            && self.until.as_ref().is_none_or(|until| date(until).is_some_and(|until| day <= until))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::tests::content;
    use super::*;

    #[test]
    fn the_built_in_table_reads_and_every_day_is_one() {
        let table = Carriers::built_in().unwrap();
        assert!(!table.carrier.is_empty());
        for row in &table.carrier {
            assert!(row.fits(&row.id, Some(&row.country), date(2026, 11, 26)), "{row:?}");
            assert!(!row.code.is_empty() && row.code != "Other", "{row:?}");
        }
    }

    #[test]
    fn the_first_row_that_fits_names_the_carrier() {
        let text = "
            [[carrier]]\nid='acme'\ncountry='DE'\nfrom=2026-01-01\nuntil=2026-06-30\ncode='ACME-DE'\nmethod='Paket'\nsource=''\nconfidence=''
            [[carrier]]\nid='acme'\ncountry='*'\nfrom=2026-01-01\ncode='ACME'\nsource=''\nconfidence=''";
        let table: Carriers = toml::from_str(text).unwrap();
        let named = |day| table.name(&content(), day);
        assert_eq!(
            named(date(2026, 6, 30)),
            Named { code: "ACME-DE".into(), name: None, method: "Paket".into() }
        );
        assert_eq!(
            named(date(2026, 7, 1)),
            Named { code: "ACME".into(), name: None, method: "Acme Ground".into() }
        );
        let other =
            Named { code: "Other".into(), name: Some("Acme Parcels".into()), method: "Acme Ground".into() };
        assert_eq!(named(date(2025, 12, 31)), other);
    }
}
