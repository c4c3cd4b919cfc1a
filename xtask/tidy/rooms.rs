//! Which room of `gateway/` may use which, and which words belong to one room.
//!
//! The tables here are the plan: whoever needs another arrow changes the table
//! in the same commit, where a reviewer sees it. Start with [`ROOMS`].

use super::Finding;
use super::source::{Kind, Source, Token, Tree};

/// A room and the rooms that it may use besides itself.
struct Room {
    name: &'static str,
    uses: Uses,
}

enum Uses {
    /// It ties the others together.
    All,
    /// These alone.
    Only(&'static [&'static str]),
}

/// `api -> shipping -> { regional, promise, policy, carriers, store, events, documents }`.
/// The decision rooms and `documents` are pure functions over typed input: they use each other at most.
const ROOMS: &[Room] = &[
    Room {
        name: "api",
        uses: Uses::Only(&[
            "shipping",
            "marketplace",
            "calendar",
            "regional",
            "numbers",
            "promise",
            "protection",
            "proof",
            "casebook",
            "policy",
            "performance",
            "tenancy",
            "tls",
            "config",
            "telemetry",
        ]),
    },
    Room {
        name: "shipping",
        uses: Uses::Only(&[
            "numbers",
            "calendar",
            "regional",
            "promise",
            "protection",
            "proof",
            "casebook",
            "policy",
            "carriers",
            "tracking",
            "store",
            "events",
            "exchange",
            "marketplace",
            "documents",
            "performance",
            "tenancy",
            "seal",
            "config",
            "telemetry",
        ]),
    },
    Room { name: "documents", uses: Uses::Only(&[]) },
    Room { name: "exchange", uses: Uses::Only(&["regional", "carriers", "store", "config", "telemetry"]) },
    Room { name: "calendar", uses: Uses::Only(&[]) },
    Room { name: "regional", uses: Uses::Only(&["calendar"]) },
    Room { name: "numbers", uses: Uses::Only(&[]) },
    Room { name: "promise", uses: Uses::Only(&["calendar"]) },
    Room { name: "policy", uses: Uses::Only(&[]) },
    Room { name: "performance", uses: Uses::Only(&["policy", "store", "tenancy"]) },
    Room {
        name: "casebook",
        uses: Uses::Only(&["protection", "proof", "policy", "performance", "store", "tenancy", "telemetry"]),
    },
    Room { name: "protection", uses: Uses::Only(&["policy"]) },
    Room { name: "proof", uses: Uses::Only(&[]) },
    Room { name: "carriers", uses: Uses::Only(&["store", "tenancy", "seal", "tls", "config", "telemetry"]) },
    Room {
        name: "marketplace",
        uses: Uses::Only(&["carriers", "store", "tenancy", "seal", "tls", "config", "policy", "telemetry"]),
    },
    Room {
        name: "tracking",
        uses: Uses::Only(&[
            "promise",
            "carriers",
            "store",
            "events",
            "tenancy",
            "seal",
            "config",
            "telemetry",
        ]),
    },
    Room { name: "events", uses: Uses::Only(&["store", "tenancy", "seal", "config", "telemetry"]) },
    Room { name: "store", uses: Uses::Only(&["tenancy", "seal", "telemetry"]) },
    Room {
        name: "admin",
        uses: Uses::Only(&[
            "shipping",
            "carriers",
            "tracking",
            "events",
            "store",
            "tenancy",
            "config",
            "telemetry",
        ]),
    },
    Room { name: "config", uses: Uses::Only(&["tenancy", "seal", "proof"]) },
    Room { name: "run", uses: Uses::All },
    Room { name: "sandbox", uses: Uses::Only(&["carriers"]) },
    Room { name: "seal", uses: Uses::Only(&[]) },
    Room { name: "tenancy", uses: Uses::Only(&[]) },
    Room { name: "tls", uses: Uses::Only(&["config"]) },
    Room { name: "telemetry", uses: Uses::Only(&["config"]) },
    Room { name: "cli", uses: Uses::All },
    Room { name: "lib", uses: Uses::All },
    Room { name: "main", uses: Uses::All },
];

/// Words that stand for a duty, and the rooms that have it.
const WORDS: &[(&str, &[&str], &str)] = &[
    (
        "proto",
        &["api", "cli", "lib", "main"],
        "only the room `api` knows proto types, and `cli` as its client",
    ),
    (
        "prost",
        &["api", "cli", "lib", "main"],
        "only the room `api` knows proto types, and `cli` as its client",
    ),
    ("prost_types", &["api", "cli"], "only the room `api` knows proto types, and `cli` as its client"),
    ("prost_reflect", &["api", "cli"], "only the room `api` knows proto types, and `cli` as its client"),
    ("rusqlite", &["store"], "only the room `store` knows SQL"),
    ("tokio_postgres", &["store"], "only the room `store` knows SQL"),
    ("deadpool_postgres", &["store"], "only the room `store` knows SQL"),
    (
        "hyper_util",
        &["carriers", "sandbox"],
        "only the room `carriers` calls carriers, and `sandbox` stands in for them",
    ),
    ("hyper_rustls", &["carriers"], "only the room `carriers` calls carriers"),
];

/// How a statement of SQL begins.
const SQL: [&str; 7] =
    ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE", "ALTER TABLE", "PRAGMA "];

/// Paths, words and statements in rooms that must not have them.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust("gateway/") {
        let name = room_of(&file.path);
        let Some(room) = ROOMS.iter().find(|room| room.name == name) else {
            let what =
                format!("room `{name}` has no row in xtask/tidy/rooms.rs; add one with what it may use");
            findings.push(Finding::new(&file.path, 1, "rooms", what));
            continue;
        };
        findings.extend(check_paths(file, room));
        findings.extend(check_words(file, name));
        if name != "store" {
            for (text, line) in file.strings() {
                if SQL.iter().any(|begin| text.trim_start().starts_with(begin)) {
                    let what = "only the room `store` knows SQL; move the statement there";
                    findings.push(Finding::new(&file.path, line, "words", what));
                }
            }
        }
    }
    findings
}

/// `gateway/api/rate.rs` and `gateway/api.rs` are in the room `api`.
fn room_of(path: &str) -> &str {
    let path = path.strip_prefix("gateway/").unwrap_or(path);
    let first = path.split('/').next().unwrap_or_default();
    first.strip_suffix(".rs").unwrap_or(first)
}

fn check_paths(file: &Source, room: &Room) -> Vec<Finding> {
    let Uses::Only(allowed) = &room.uses else { return Vec::new() };
    let mut findings = Vec::new();
    for (used, line) in from_root(file) {
        let known = ROOMS.iter().any(|room| room.name == used);
        if known && used != room.name && !allowed.contains(&used) {
            let what = format!("room `{}` must not use room `{used}`; hand in what it needs", room.name);
            findings.push(Finding::new(&file.path, line, "rooms", what));
        }
    }
    findings
}

/// First names of the paths that start at the crate's root: `crate::a`, `crate::{a::x, b}`, `super::a::`.
pub(super) fn from_root(file: &Source) -> Vec<(&str, usize)> {
    let tokens = file.tokens.as_slice();
    let mut used = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let rest = tokens.get(index + 1..).unwrap_or_default();
        if token.is_word("crate") {
            used.extend(after_root(rest));
        } else if token.is_word("super") && !follows_super(tokens, index) {
            used.extend(after_supers(rest, depth(&file.path)));
        }
    }
    used
}

fn follows_super(tokens: &[Token], index: usize) -> bool {
    index >= 3 && tokens.get(index - 3).is_some_and(|token| token.is_word("super"))
}

/// How many `super` lead from a file to the crate's root.
fn depth(path: &str) -> usize {
    let folders = path.matches('/').count();
    if path.ends_with("/mod.rs") { folders - 1 } else { folders }
}

fn after_root(rest: &[Token]) -> Vec<(&str, usize)> {
    let Some(rest) = after_colons(rest) else { return Vec::new() };
    match rest {
        [first, ..] if first.kind == Kind::Word => vec![(first.text.as_str(), first.line)],
        [first, members @ ..] if first.text == "{" => firsts(members),
        _ => Vec::new(),
    }
}

/// The first word of each member of a `{ ... }` in a `use`.
fn firsts(members: &[Token]) -> Vec<(&str, usize)> {
    let (mut depth, mut begins, mut found) = (0_usize, true, Vec::new());
    for token in members {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close if depth == 0 => break,
            Kind::Close => depth -= 1,
            Kind::Sign if depth == 0 && token.text == "," => {
                begins = true;
                continue;
            }
            Kind::Word if depth == 0 && begins => found.push((token.text.as_str(), token.line)),
            _ => {}
        }
        begins = false;
    }
    found
}

fn after_supers(mut rest: &[Token], depth: usize) -> Option<(&str, usize)> {
    let mut supers = 1;
    loop {
        rest = after_colons(rest)?;
        let (first, more) = rest.split_first()?;
        if first.is_word("super") {
            supers += 1;
            rest = more;
            continue;
        }
        // a room is a module: what no `::` follows is a name of the file's own parent
        let room = supers == depth && first.kind == Kind::Word && after_colons(more).is_some();
        return room.then_some((first.text.as_str(), first.line));
    }
}

fn after_colons(tokens: &[Token]) -> Option<&[Token]> {
    match tokens {
        [first, second, rest @ ..] if first.text == ":" && second.text == ":" => Some(rest),
        _ => None,
    }
}

fn check_words(file: &Source, room: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, token) in file.tokens.iter().enumerate() {
        let follows = file.tokens.get(index + 1..).and_then(after_colons).is_some();
        let Some((_, rooms, why)) = WORDS.iter().find(|(word, ..)| follows && token.is_word(word)) else {
            continue;
        };
        if !rooms.contains(&room) {
            let what = format!("`{}` in room `{room}`: {why}", token.text);
            findings.push(Finding::new(&file.path, token.line, "words", what));
        }
    }
    findings
}
