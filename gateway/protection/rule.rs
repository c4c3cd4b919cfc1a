//! Rules as data, whatever they set: rows, and sets of them that can be written, read and named.
//!
//! Start at [`Rule`] and [`RuleSet`]; the rows are in `claim/rules.rs` and `review/rules.rs`.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::policy::Marketplace;
use crate::policy::rules::Confidence;

/// One version of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule<S> {
    /// Its id; versions of one rule share it.
    pub id: String,
    /// Keys of the marketplaces; all when empty.
    #[serde(default)]
    pub markets: Vec<String>,
    /// What it says, in plain words.
    pub words: String,
    /// First day; none when no start is known. Which days are meant, the set says.
    #[serde(default)]
    pub from: Option<Date>,
    /// First day on which it no longer holds.
    #[serde(default)]
    pub until: Option<Date>,
    /// What it sets.
    pub sets: S,
    /// Where it is written.
    pub source: String,
    /// When the source was last read.
    pub seen_on: Date,
    /// How sure it is: `H`, `M` or `L`. What a rule of `L` decides is uncertain.
    #[serde(with = "super::confidence")]
    pub confidence: Confidence,
}

impl<S> Rule<S> {
    /// A row that always holds, read when all of them were.
    pub(super) fn new(
        id: &str,
        markets: &[&str],
        words: &str,
        sets: S,
        source: &str,
        confidence: Confidence,
    ) -> Rule<S> {
        Rule {
            id: id.to_owned(),
            markets: markets.iter().map(|key| (*key).to_owned()).collect(),
            words: words.to_owned(),
            from: None,
            until: None,
            sets,
            source: source.to_owned(),
            seen_on: date(2026, 10, 10),
            confidence,
        }
    }

    /// Whether it holds on a marketplace on a day.
    pub fn holds(&self, market: &Marketplace, day: Date) -> bool {
        (self.markets.is_empty() || self.markets.iter().any(|key| key == market.key))
            && self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day < until)
    }
}

/// A set of rules. It is named once, since every decision tells its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Rows<S>", bound(deserialize = "S: Deserialize<'de> + Serialize"))]
pub struct RuleSet<S> {
    rows: Vec<Rule<S>>,
    #[serde(skip_serializing)]
    version: String,
}

/// A set as it is written.
#[derive(Deserialize)]
struct Rows<S> {
    rows: Vec<Rule<S>>,
}

impl<S: Serialize> From<Rows<S>> for RuleSet<S> {
    fn from(read: Rows<S>) -> Self {
        Self::of(read.rows)
    }
}

impl<S: Serialize> RuleSet<S> {
    /// These rows, in the order in which they are looked at.
    pub fn of(rows: Vec<Rule<S>>) -> Self {
        let newest = rows.iter().map(|rule| rule.seen_on).max().unwrap_or(Date::MIN);
        // A row always has a form in JSON, which does not change with the compiler.
        let written = serde_json::to_vec(&rows).unwrap_or_default();
        let digest = hex::encode(Sha256::digest(written));
        let version = format!("{newest}.{}", digest.get(..8).unwrap_or_default());
        Self { rows, version }
    }
}

impl<S> RuleSet<S> {
    /// The rows.
    pub fn rows(&self) -> &[Rule<S>] {
        &self.rows
    }

    /// The rows that hold on a marketplace on a day, in their order.
    pub fn find<'a>(&'a self, market: &'a Marketplace, day: Date) -> impl Iterator<Item = &'a Rule<S>> {
        self.rows.iter().filter(move |rule| rule.holds(market, day))
    }

    /// Names the rows: the day on which the newest was read, and a hash that changes whenever a row does.
    pub fn version(&self) -> &str {
        &self.version
    }
}
