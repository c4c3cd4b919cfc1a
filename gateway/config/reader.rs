//! Reads sections key by key, notes each value's origin, and gathers every error.
//! It must never stop at the first error, nor show what stands in a secret's place.
//! Start at [`Reader::root`] and [`Section`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use super::error::{ConfigError, Origin};
use super::secret::SecretRef;
use super::tree::{Kind, Node};
use super::value::{self, Value};

/// How alike two names must be for one to be suggested for the other (0 to 1).
const ALIKE: f64 = 0.7;

/// One line of `check-config`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// The key, with its sections (`carriers.acme.timeouts.connect`).
    pub path: String,
    /// The value in force; a secret shows as its reference.
    pub value: String,
    /// Where it came from.
    pub origin: Origin,
}

/// What the sections report to.
#[derive(Default)]
pub(super) struct Reader {
    errors: RefCell<Vec<ConfigError>>,
    rows: RefCell<Vec<Row>>,
}

impl Reader {
    /// A reader that begins with the errors of parsing.
    pub(super) fn new(errors: Vec<ConfigError>) -> Self {
        Self { errors: RefCell::new(errors), rows: RefCell::default() }
    }

    /// The tree as the section of all sections.
    pub(super) fn root(&self, tree: BTreeMap<String, Node>) -> Section<'_> {
        Section {
            reader: self,
            path: String::new(),
            origin: Origin::Default,
            entries: tree,
            known: Vec::new(),
        }
    }

    /// Notes an error.
    pub(super) fn error(&self, key: &str, origin: &Origin, problem: impl Into<String>) {
        let error = ConfigError { key: key.to_owned(), origin: origin.clone(), problem: problem.into() };
        self.errors.borrow_mut().push(error);
    }

    /// Notes an error about the value of `key` that was read already.
    pub(super) fn error_at(&self, key: &str, problem: impl Into<String>) {
        let origin = self.rows.borrow().iter().find(|row| row.path == key).map(|row| row.origin.clone());
        self.error(key, &origin.unwrap_or(Origin::Default), problem);
    }

    /// Notes a value in force.
    pub(super) fn row(&self, path: String, value: String, origin: Origin) {
        self.rows.borrow_mut().push(Row { path, value, origin });
    }

    /// Puts another value and origin in the row of `path`.
    pub(super) fn replace_row(&self, path: &str, value: &str, origin: Origin) {
        let mut rows = self.rows.borrow_mut();
        if let Some(row) = rows.iter_mut().find(|row| row.path == path) {
            row.value = value.to_owned();
            row.origin = origin;
        }
    }

    /// Every value, or everything that is wrong.
    pub(super) fn finish(self) -> Result<Vec<Row>, Vec<ConfigError>> {
        let errors = self.errors.into_inner();
        if errors.is_empty() { Ok(self.rows.into_inner()) } else { Err(errors) }
    }
}

/// A table whose keys are taken one by one; [`Section::finish`] refuses the rest.
pub(super) struct Section<'r> {
    pub(super) reader: &'r Reader,
    pub(super) path: String,
    /// Where the section begins.
    pub(super) origin: Origin,
    entries: BTreeMap<String, Node>,
    known: Vec<String>,
}

impl<'r> Section<'r> {
    /// The full name of a key of this section.
    pub(super) fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn take(&mut self, key: &str) -> Option<Node> {
        self.known.push(key.to_owned());
        self.entries.remove(key)
    }

    /// Whether the key is set.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Puts the key aside unread; whether it was set.
    pub(super) fn drop(&mut self, key: &str) -> bool {
        self.entries.remove(key).is_some()
    }

    /// The value of `key`, or `default`.
    pub(super) fn value<T: Value>(&mut self, key: &str, default: T) -> T {
        match self.optional(key) {
            Some(value) => value,
            None => {
                self.reader.row(self.key(key), default.show(), Origin::Default);
                default
            }
        }
    }

    /// The value of `key`, or `default`; refused outside of `range`.
    pub(super) fn within<T: Value + PartialOrd>(
        &mut self,
        key: &str,
        default: T,
        range: RangeInclusive<T>,
    ) -> T {
        let value = self.value(key, default);
        if !range.contains(&value) {
            let (least, most) = (range.start().show(), range.end().show());
            let problem = format!("is `{}`; it takes `{least}` to `{most}`", value.show());
            self.reader.error_at(&self.key(key), problem);
        }
        value
    }

    /// The value of `key`, if it is set and right.
    pub(super) fn optional<T: Value>(&mut self, key: &str) -> Option<T> {
        let node = self.take(key)?;
        let path = self.key(key);
        match value::read::<T>(&node) {
            Ok(value) => {
                self.reader.row(path, value.show(), node.origin);
                Some(value)
            }
            Err(problem) => {
                self.reader.error(&path, &node.origin, problem);
                None
            }
        }
    }

    /// The value of `key`, which must be set.
    pub(super) fn required<T: Value>(&mut self, key: &str) -> Option<T> {
        if !self.has(key) {
            self.known.push(key.to_owned());
            self.reader.error(&self.key(key), &self.origin, format!("is missing; it takes {}", T::WANT));
            return None;
        }
        self.optional(key)
    }

    /// The section `key`; empty when it is not set.
    pub(super) fn section(&mut self, key: &str) -> Section<'r> {
        let path = self.key(key);
        let node = self.take(key);
        table(self.reader, path, node, &self.origin)
    }

    /// The sections of the list `key`.
    pub(super) fn sections(&mut self, key: &str) -> Vec<Section<'r>> {
        let path = self.key(key);
        let nodes = self.nodes(key, "a list of tables, as in `[[tenants]]`");
        let sections = (0..).zip(nodes).map(|(at, node): (usize, Node)| {
            let origin = node.origin.clone();
            table(self.reader, format!("{path}[{at}]"), Some(node), &origin)
        });
        sections.collect()
    }

    /// The values of the list `key`, each with its full name and origin. They
    /// are not shown: that is the caller's decision.
    pub(super) fn nodes(&mut self, key: &str, want: &str) -> Vec<Node> {
        match self.take(key) {
            None => Vec::new(),
            Some(Node { kind: Kind::List(nodes), .. }) => nodes,
            // A list of plain texts can be one variable, separated by commas.
            Some(Node { kind: Kind::Text(text), origin: origin @ Origin::Environment(_) }) => text
                .split(',')
                .map(|part| Node { origin: origin.clone(), kind: Kind::Text(part.trim().to_owned()) })
                .collect(),
            Some(Node { kind, origin }) => {
                self.reader.error(&self.key(key), &origin, format!("is {}; it takes {want}", kind.name()));
                Vec::new()
            }
        }
    }

    /// The values of the list `key`, each shown.
    pub(super) fn list<T: Value>(&mut self, key: &str, want: &str) -> Vec<T> {
        let path = self.key(key);
        let nodes = self.nodes(key, want);
        let read = (0usize..).zip(nodes).filter_map(|(at, node)| {
            let path = format!("{path}[{at}]");
            match value::read::<T>(&node) {
                Ok(value) => {
                    self.reader.row(path, value.show(), node.origin);
                    Some(value)
                }
                Err(problem) => {
                    self.reader.error(&path, &node.origin, problem);
                    None
                }
            }
        });
        read.collect()
    }

    /// The secret that `key` refers to, if it is set and right.
    pub(super) fn secret(&mut self, key: &str) -> Option<(SecretRef, Origin)> {
        let node = self.take(key)?;
        secret(self.reader, &self.key(key), node)
    }

    /// Every entry that is left, for sections whose keys are names.
    pub(super) fn rest(&mut self) -> Vec<(String, Node)> {
        std::mem::take(&mut self.entries).into_iter().collect()
    }

    /// Refuses the keys that nobody took.
    pub(super) fn finish(self) {
        for (key, node) in &self.entries {
            self.reader.error(&self.key(key), &node.origin, unknown(key, "key", &self.known));
        }
    }
}

/// The words that refuse a name, with the nearest that would do.
pub(super) fn unknown(name: &str, what: &str, known: &[String]) -> String {
    let alike = |candidate: &String| (strsim::jaro_winkler(name, candidate), candidate.clone());
    let best = known.iter().map(alike).max_by(|one, other| one.0.total_cmp(&other.0));
    match best {
        Some((score, best)) if score >= ALIKE => format!("is no known {what}; did you mean `{best}`?"),
        _ if known.is_empty() => format!("is no known {what}; there is none here"),
        _ => format!("is no known {what}; there are `{}`", known.join("`, `")),
    }
}

/// A node as a section, named `path`.
pub(super) fn table<'r>(
    reader: &'r Reader,
    path: String,
    node: Option<Node>,
    parent: &Origin,
) -> Section<'r> {
    let (entries, origin) = match node {
        None => (BTreeMap::new(), parent.clone()),
        Some(Node { kind: Kind::Table(entries), origin }) => (entries, origin),
        Some(Node { kind, origin }) => {
            reader.error(&path, &origin, format!("is {}; it takes a table", kind.name()));
            (BTreeMap::new(), origin)
        }
    };
    Section { reader, path, origin, entries, known: Vec::new() }
}

/// Reads a reference to a secret. A literal is refused and not repeated.
pub(super) fn secret(reader: &Reader, path: &str, node: Node) -> Option<(SecretRef, Origin)> {
    let Kind::Table(_) = node.kind else {
        let way_out = "is given in clear; name where it stands instead, as in `{ env = \"NAME\" }` or \
                       `{ file = \"/run/secrets/name\" }`";
        reader.error(path, &node.origin, way_out);
        return None;
    };
    let origin = node.origin.clone();
    let mut section = table(reader, path.to_owned(), Some(node), &origin);
    // Taken without a row: the reference is one row of its own.
    let (mut env, mut file) = (section.take("env"), section.take("file"));
    // A variable that names the other place overrides the file's choice.
    let overlaid =
        |node: &Option<Node>| node.as_ref().is_some_and(|node| matches!(node.origin, Origin::Environment(_)));
    match (overlaid(&env), overlaid(&file)) {
        (true, false) => file = None,
        (false, true) => env = None,
        _ => {}
    }
    let found = match (env, file) {
        (Some(node), None) => value::read::<String>(&node).map(|name| (SecretRef::Env(name), node.origin)),
        (None, Some(node)) => value::read::<PathBuf>(&node).map(|file| (SecretRef::File(file), node.origin)),
        _ => Err("takes either `env` or `file`".to_owned()),
    };
    section.finish();
    match found {
        Ok((reference, origin)) => {
            reader.row(path.to_owned(), reference.to_string(), origin.clone());
            Some((reference, origin))
        }
        Err(problem) => {
            reader.error(path, &origin, problem);
            None
        }
    }
}
