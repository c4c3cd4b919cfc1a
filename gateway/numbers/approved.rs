//! Which carriers a marketplace follows, from dated lists with their sources.
//!
//! Being listed is necessary for a parcel to count as tracked, not sufficient:
//! the carrier must scan it too. What no list says is not guessed. Start with
//! [`Approved::list`].

use jiff::civil::Date;
use parcelgate_kit::model::CountryCode;
use serde::Deserialize;

use super::catalog::TableError;
use super::formats::Confidence;

const TABLE: &str = include_str!("data/approved.toml");

/// Every list, and where being listed is a must.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approved {
    requirement: Vec<Requirement>,
    list: Vec<ListRow>,
}

/// A rule that a carrier must be listed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Countries of the marketplaces.
    marketplaces: Vec<CountryCode>,
    /// First day.
    from: Option<Date>,
    /// First day on which it no longer holds.
    until: Option<Date>,
    /// It holds only for parcels that enter the European Union.
    #[serde(default)]
    into_eu: bool,
    /// What it says.
    pub words: String,
    /// Where it is written.
    pub source: String,
    /// How sure it is.
    pub confidence: Confidence,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListRow {
    /// Countries of the marketplaces; empty for all that have any list.
    marketplaces: Vec<CountryCode>,
    /// The list is for parcels that start here, and then the only one.
    #[serde(default)]
    origins: Vec<CountryCode>,
    from: Option<Date>,
    until: Option<Date>,
    source: String,
    verified_on: Date,
    confidence: Confidence,
    carriers: Vec<CarrierRow>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CarrierRow {
    id: String,
    name: String,
    /// What the marketplace's own list calls it, the usual one first; its name when empty.
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    reach: Reach,
    from: Option<Date>,
    until: Option<Date>,
    #[serde(default)]
    note: String,
}

/// Where a listed carrier delivers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reach {
    #[default]
    Any,
    Domestic,
    Abroad,
}

/// What is asked of the lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovedQuery {
    /// Country of the marketplace.
    pub marketplace: CountryCode,
    /// Where the parcel goes; `None` for anywhere.
    pub destination: Option<CountryCode>,
    /// Where it starts; `None` for the marketplace's own country.
    pub origin: Option<CountryCode>,
    /// The day, at the marketplace.
    pub date: Date,
}

/// A carrier that a marketplace follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovedCarrier {
    /// Its id: that of the adapter where one is compiled in.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What the marketplace's own list calls it, the usual one first.
    pub codes: Vec<String>,
    /// First day that the source tells of, if any.
    pub from: Option<Date>,
    /// First day on which it is no longer listed, if known.
    pub until: Option<Date>,
    /// What is special about it.
    pub note: String,
    /// Where it is written.
    pub source: String,
    /// When the source was last read.
    pub verified_on: Date,
    /// How sure it is.
    pub confidence: Confidence,
}

impl ApprovedCarrier {
    /// Whether somebody who types `name` means it: letters and digits alone are compared.
    pub fn is_called(&self, name: &str) -> bool {
        let bare = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let name = bare(name);
        !name.is_empty()
            && [&self.id, &self.name].into_iter().chain(&self.codes).any(|known| bare(known) == name)
    }

    /// What to pick from the marketplace's list.
    pub fn first_code(&self) -> &str {
        self.codes.first().unwrap_or(&self.name)
    }
}

fn holds(from: Option<Date>, until: Option<Date>, date: Date) -> bool {
    from.is_none_or(|from| from <= date) && until.is_none_or(|until| date < until)
}

impl Approved {
    /// Reads the embedded table.
    ///
    /// # Errors
    /// [`TableError`] when it cannot be read.
    pub fn new() -> Result<Self, TableError> {
        toml::from_str(TABLE).map_err(|problem| TableError::Unreadable { table: "approved.toml", problem })
    }

    /// Countries of the marketplaces that have a list of their own, in order.
    pub fn marketplaces(&self) -> Vec<CountryCode> {
        let mut all: Vec<_> = self.list.iter().flat_map(|list| list.marketplaces.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Id and name of every carrier on any list.
    pub(super) fn carriers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().flat_map(|list| &list.carriers).map(|row| (row.id.as_str(), row.name.as_str()))
    }

    /// The carriers that the marketplace follows on that day, in the order of
    /// their ids; empty when no list of it is known.
    pub fn list(&self, query: &ApprovedQuery) -> Vec<ApprovedCarrier> {
        if !self.marketplaces().contains(&query.marketplace) {
            return Vec::new();
        }
        let own =
            query.origin.is_some_and(|origin| self.list.iter().any(|list| list.origins.contains(&origin)));
        let applies = |list: &&ListRow| {
            let here = list.marketplaces.is_empty() || list.marketplaces.contains(&query.marketplace);
            let from_here = match query.origin.filter(|_| own) {
                Some(origin) => list.origins.contains(&origin),
                None => list.origins.is_empty(),
            };
            here && from_here && holds(list.from, list.until, query.date)
        };
        let mut found: Vec<ApprovedCarrier> = Vec::new();
        for list in self.list.iter().filter(applies) {
            let carriers = list.carriers.iter().filter(|row| row.serves(query));
            found.extend(carriers.map(|row| list.entry(row)));
        }
        // of two sources the surer one
        found.sort_by(|a, b| a.id.cmp(&b.id).then(b.confidence.cmp(&a.confidence)));
        found.dedup_by(|later, kept| later.id == kept.id);
        found
    }

    /// The rule by which a carrier that is not listed makes a parcel invalid, if one holds.
    pub fn requirement(&self, query: &ApprovedQuery) -> Option<&Requirement> {
        let origin = query.origin.unwrap_or(query.marketplace);
        let enters_eu =
            !origin.is_eu_member() && query.destination.is_some_and(|destination| destination.is_eu_member());
        self.requirement.iter().find(|rule| {
            rule.marketplaces.contains(&query.marketplace)
                && holds(rule.from, rule.until, query.date)
                && (!rule.into_eu || enters_eu)
        })
    }
}

impl ListRow {
    fn entry(&self, row: &CarrierRow) -> ApprovedCarrier {
        let codes = if row.codes.is_empty() { vec![row.name.clone()] } else { row.codes.clone() };
        ApprovedCarrier {
            id: row.id.clone(),
            name: row.name.clone(),
            codes,
            from: row.from.or(self.from),
            until: row.until.or(self.until),
            note: row.note.clone(),
            source: self.source.clone(),
            verified_on: self.verified_on,
            confidence: self.confidence,
        }
    }
}

impl CarrierRow {
    fn serves(&self, query: &ApprovedQuery) -> bool {
        let start = query.origin.unwrap_or(query.marketplace);
        let reaches = match (self.reach, query.destination) {
            (Reach::Any, _) | (_, None) => true,
            (Reach::Domestic, Some(destination)) => destination == start,
            (Reach::Abroad, Some(destination)) => destination != start,
        };
        reaches && holds(self.from, self.until, query.date)
    }
}
