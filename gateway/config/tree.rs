//! The file and the environment as one tree in which every value knows where it came from.
//! It must know no key's meaning: that is the readers' duty. Start at [`parse_file`] and [`overlay`].

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Origin};

/// What every variable of the overlay begins with.
const PREFIX: &str = "PARCELGATE_";
/// What stands between the segments of a key in a variable's name.
const NESTING: &str = "__";

/// A value and its origin.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) origin: Origin,
    pub(super) kind: Kind,
}

/// The shapes that a value can have.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Table(BTreeMap<String, Node>),
    List(Vec<Node>),
    Text(String),
    Integer(i64),
    Bool(bool),
    /// A date, a time of day or both, as it is written.
    Moment(String),
    /// A float: no key takes one.
    Other(&'static str),
}

impl Kind {
    /// What it is called in an error.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Table(_) => "a table",
            Self::List(_) => "a list",
            Self::Text(_) => "a text",
            Self::Integer(_) => "an integer",
            Self::Bool(_) => "a boolean",
            Self::Moment(_) => "a date or time",
            Self::Other(name) => name,
        }
    }
}

/// Parses TOML. Every syntax error is reported; what could be read is kept.
pub(super) fn parse_file(
    path: &Arc<PathBuf>,
    text: &str,
    errors: &mut Vec<ConfigError>,
) -> BTreeMap<String, Node> {
    let lines = Lines { path, text };
    let (table, problems) = DeTable::parse_recoverable(text);
    for problem in problems {
        let at = problem.span().map_or(0, |span| span.start);
        errors.push(ConfigError {
            key: String::new(),
            origin: lines.origin(at),
            problem: format!("is not valid TOML: {}", problem.message()),
        });
    }
    lines.table(table.get_ref())
}

/// Turns byte positions of a file into origins.
struct Lines<'a> {
    path: &'a Arc<PathBuf>,
    text: &'a str,
}

impl Lines<'_> {
    fn origin(&self, at: usize) -> Origin {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count().saturating_add(1);
        Origin::File { path: Arc::clone(self.path), line }
    }

    fn table(&self, table: &DeTable<'_>) -> BTreeMap<String, Node> {
        let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
            let key: &Spanned<std::borrow::Cow<'_, str>> = key;
            (key.get_ref().to_string(), self.node(key.span().start, value))
        };
        table.iter().map(entry).collect()
    }

    fn node(&self, at: usize, value: &Spanned<DeValue<'_>>) -> Node {
        let kind = match value.get_ref() {
            DeValue::String(text) => Kind::Text(text.to_string()),
            DeValue::Boolean(value) => Kind::Bool(*value),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or(Kind::Other("an integer out of range"), Kind::Integer),
            DeValue::Float(_) => Kind::Other("a number with a fraction"),
            DeValue::Datetime(moment) => Kind::Moment(moment.to_string()),
            DeValue::Array(values) => {
                Kind::List(values.iter().map(|value| self.node(value.span().start, value)).collect())
            }
            DeValue::Table(table) => Kind::Table(self.table(table)),
        };
        Node { origin: self.origin(at), kind }
    }
}

/// One segment of a variable's name; indexes sort as numbers, so that a list
/// grows in order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Index(usize),
    Key(String),
}

/// Lays the variables `PARCELGATE_A__B=value` over the tree. A segment of
/// digits is a place in a list (`PARCELGATE_TENANTS__0__ID`). A variable
/// without a double underscore is none of ours: it is a flag of the program.
pub(super) fn overlay(
    tree: &mut BTreeMap<String, Node>,
    environment: &BTreeMap<String, String>,
    errors: &mut Vec<ConfigError>,
) {
    let mut settings: Vec<_> = environment
        .iter()
        .filter_map(|(name, value)| {
            let key = name.strip_prefix(PREFIX).filter(|key| key.contains(NESTING))?;
            Some((key.split(NESTING).map(segment).collect::<Vec<_>>(), name, value))
        })
        .collect();
    settings.sort();
    let table = std::mem::take(tree);
    let mut root = Node { origin: Origin::Default, kind: Kind::Table(table) };
    for (path, name, value) in settings {
        let origin = Origin::Environment(name.as_str().into());
        if let Err(problem) = set(&mut root, &path, value, &origin) {
            errors.push(ConfigError { key: dotted(&path), origin, problem });
        }
    }
    if let Kind::Table(table) = root.kind {
        *tree = table;
    }
}

fn segment(text: &str) -> Segment {
    match text.parse() {
        Ok(index) if text.bytes().all(|c| c.is_ascii_digit()) => Segment::Index(index),
        _ => Segment::Key(text.to_ascii_lowercase()),
    }
}

fn dotted(path: &[Segment]) -> String {
    let mut key = String::new();
    for segment in path {
        match segment {
            Segment::Index(index) => key.push_str(&format!("[{index}]")),
            Segment::Key(name) if key.is_empty() => key.push_str(name),
            Segment::Key(name) => key.push_str(&format!(".{name}")),
        }
    }
    key
}

fn set(node: &mut Node, path: &[Segment], value: &str, origin: &Origin) -> Result<(), String> {
    let Some((first, rest)) = path.split_first() else {
        if matches!(node.kind, Kind::Table(_)) {
            return Err("is a section, not a value; name a key of it".to_owned());
        }
        *node = Node { origin: origin.clone(), kind: Kind::Text(value.to_owned()) };
        return Ok(());
    };
    let empty = || Node {
        origin: origin.clone(),
        kind: match rest.first() {
            Some(Segment::Index(_)) => Kind::List(Vec::new()),
            Some(Segment::Key(_)) => Kind::Table(BTreeMap::new()),
            None => Kind::Text(String::new()),
        },
    };
    match (&mut node.kind, first) {
        (Kind::Table(entries), first) => {
            let name = match first {
                Segment::Key(name) => name.clone(),
                Segment::Index(index) => index.to_string(),
            };
            set(entries.entry(name).or_insert_with(empty), rest, value, origin)
        }
        (Kind::List(items), Segment::Index(index)) => {
            if *index == items.len() {
                items.push(empty());
            }
            match items.get_mut(*index) {
                Some(item) => set(item, rest, value, origin),
                None => Err("skips a place of the list; count its places from 0 without a gap".to_owned()),
            }
        }
        (Kind::List(_), Segment::Key(_)) => {
            Err("is in a list; give its place, as in `PARCELGATE_TENANTS__0__ID`".to_owned())
        }
        _ => Err("is a value already, it has no keys of its own".to_owned()),
    }
}
