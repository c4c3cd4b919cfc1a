//! Facts with their origin, and the trace of the rules that were held against them.
//!
//! Start at [`Told`] and [`TraceLine`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A fact, with who told it and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told<T> {
    /// What was told.
    pub value: T,
    /// Who told it, such as `marketplace`, `tracking` or `purchase`; it appears in the trace.
    pub source: String,
    /// When it became known.
    pub at: Timestamp,
}

impl<T> Told<T> {
    /// A fact.
    pub fn new(value: T, source: impl Into<String>, at: Timestamp) -> Told<T> {
        Told { value, source: source.into(), at }
    }
}

/// Who told the facts of an order, by their kind and package, and when each became known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(BTreeMap<(String, String), (String, Timestamp)>);

impl Origins {
    /// Notes who told a fact; of several of one kind and package the last that became known stands.
    pub fn note(&mut self, kind: &str, package: &str, source: &str, at: Timestamp) {
        let known =
            self.0.entry((kind.to_owned(), package.to_owned())).or_insert_with(|| (source.to_owned(), at));
        if at > known.1 {
            *known = (source.to_owned(), at);
        }
    }

    /// A value with the origin of the fact that it is from.
    pub(super) fn told<T>(&self, kind: &str, package: &str, value: T) -> Told<T> {
        match self.0.get(&(kind.to_owned(), package.to_owned())) {
            Some((source, at)) => Told::new(value, source.clone(), *at),
            None => Told::new(value, "order", Timestamp::UNIX_EPOCH),
        }
    }
}

/// Whether a rule's condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Holds {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Not known, or uncertain.
    Unknown,
}

/// A rule that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceLine {
    /// Its id.
    pub rule: String,
    /// Whether its condition holds.
    pub holds: Holds,
    /// The fact that it was held against.
    pub fact: String,
    /// The fact's value; `unknown` when nobody told it.
    pub value: String,
    /// Who told it; empty when nobody did.
    pub source: String,
    /// When it became known.
    pub at: Option<Timestamp>,
}
