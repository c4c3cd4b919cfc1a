//! Every known form of every known carrier: the tables and the compiled-in adapters together.
//!
//! An adapter is the authority for its own carrier: where both know a form, the
//! adapter's word counts, and the table adds what a part of the number says.
//! Never names a carrier itself. Start with [`Catalog::new`].

use std::collections::BTreeMap;

use parcelgate_kit::descriptor::Descriptor;

use super::approved::Approved;
use super::formats::{Format, FormatTable};
use super::posts::Posts;

/// The tables, by the name of their file.
pub(super) const TABLES: [(&str, &str); 4] = [
    ("formats/global.toml", include_str!("data/formats/global.toml")),
    ("formats/americas.toml", include_str!("data/formats/americas.toml")),
    ("formats/europe.toml", include_str!("data/formats/europe.toml")),
    ("formats/asia_pacific.toml", include_str!("data/formats/asia_pacific.toml")),
];
const POSTS: &str = include_str!("data/posts.toml");

/// A table of this room that cannot be read: a mistake in the data, found by
/// the room's tests.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It is no table of its kind.
    #[error("table `{table}` of tracking numbers cannot be read; mend it: {problem}")]
    Unreadable {
        /// Name of the file.
        table: &'static str,
        /// What is wrong.
        problem: toml::de::Error,
    },
    /// A pattern is no regular expression.
    #[error("the pattern of form `{form}` cannot be read; mend it: {problem}")]
    Pattern {
        /// Carrier and form.
        form: String,
        /// What is wrong.
        problem: regex::Error,
    },
}

/// A carrier with the forms of its numbers.
#[derive(Clone, Debug)]
pub struct Courier {
    /// Its id: an adapter's where one is compiled in.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it works, ISO 3166-1; empty for many parts of the world or unknown.
    pub countries: Vec<String>,
    /// What a compiled-in adapter says of it.
    pub adapter: Option<&'static Descriptor>,
    /// Forms of the adapter.
    pub(super) own: Vec<Format>,
    /// Forms of the tables.
    pub(super) known: Vec<Format>,
}

impl Courier {
    fn named(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            countries: Vec::new(),
            adapter: None,
            own: Vec::new(),
            known: Vec::new(),
        }
    }

    /// Whether parcels can be followed through this gateway.
    pub fn has_real_time_status(&self) -> bool {
        self.adapter.is_some_and(|adapter| adapter.capabilities.track)
    }
}

/// Every carrier whose numbers are known.
#[derive(Clone, Debug)]
pub struct Catalog {
    pub(super) couriers: BTreeMap<String, Courier>,
    pub(super) posts: Posts,
}

impl Catalog {
    /// The tables, and the forms of the compiled-in adapters.
    ///
    /// # Errors
    /// [`TableError`] when a table or a pattern cannot be read.
    pub fn new(adapters: &[&'static Descriptor]) -> Result<Self, TableError> {
        let mut couriers = BTreeMap::new();
        for (table, text) in TABLES {
            let table: FormatTable =
                toml::from_str(text).map_err(|problem| TableError::Unreadable { table, problem })?;
            for row in table.courier {
                let mut courier = Courier { countries: row.countries, ..Courier::named(&row.id, &row.name) };
                for format in row.format {
                    let form = format!("{}/{}", row.id, format.id);
                    let format =
                        Format::of_row(format).map_err(|problem| TableError::Pattern { form, problem })?;
                    courier.known.push(format);
                }
                couriers.insert(row.id, courier);
            }
        }
        let posts =
            Posts::parse(POSTS).map_err(|problem| TableError::Unreadable { table: "posts.toml", problem })?;
        let mut catalog = Self { couriers, posts };
        catalog.add_posts();
        for adapter in adapters {
            catalog.add_adapter(adapter)?;
        }
        Ok(catalog)
    }

    fn add_posts(&mut self) {
        let couriers = &mut self.couriers;
        for (country, id, name) in self.posts.iter() {
            let courier = couriers.entry(id.to_owned()).or_insert_with(|| Courier::named(id, name));
            if !courier.countries.iter().any(|known| known == country) {
                courier.countries.push(country.to_owned());
            }
        }
    }

    /// Also the carriers that marketplaces list and whose numbers are not known.
    #[must_use]
    pub fn with_listed(mut self, approved: &Approved) -> Self {
        for (id, name) in approved.carriers() {
            self.couriers.entry(id.to_owned()).or_insert_with(|| Courier::named(id, name));
        }
        self
    }

    fn add_adapter(&mut self, adapter: &'static Descriptor) -> Result<(), TableError> {
        let own = adapter.numbers.iter().map(|format| {
            Format::of_adapter(format).map_err(|problem| TableError::Pattern {
                form: format!("{}/{}", adapter.id, format.name),
                problem,
            })
        });
        let own = own.collect::<Result<_, _>>()?;
        let courier = self
            .couriers
            .entry(adapter.id.to_owned())
            .or_insert_with(|| Courier::named(adapter.id, adapter.name));
        adapter.name.clone_into(&mut courier.name);
        courier.countries = adapter.countries.iter().map(ToString::to_string).collect();
        courier.adapter = Some(adapter);
        courier.own = own;
        Ok(())
    }

    /// The carrier of this id.
    pub fn courier(&self, id: &str) -> Option<&Courier> {
        self.couriers.get(id)
    }

    /// Every carrier, in the order of the ids.
    pub fn couriers(&self) -> impl Iterator<Item = &Courier> {
        self.couriers.values()
    }
}
