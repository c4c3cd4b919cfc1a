//! The files of a checkout, and Rust files as tokens with their lines.
//!
//! Tokens, not text: a rule must not see comments, and must see through line
//! breaks. Start with [`Tree::read`].

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Folders and files that rules look at; build output and hidden folders are not among them.
const PLACES: [&str; 8] =
    ["adapters", "benches", "build.rs", "docs/errors", "gateway", "proto", "tests", "xtask"];

/// The files that rules look at.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Sorted by path.
    pub(super) files: Vec<Source>,
}

/// One file.
#[derive(Debug)]
pub(super) struct Source {
    /// From the root of the checkout, with `/` between.
    pub(super) path: String,
    /// Empty when it is no UTF-8.
    pub(super) text: String,
    /// Of a Rust file that parses.
    pub(super) tokens: Vec<Token>,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    /// Which kind.
    pub(super) kind: Kind,
    /// The word, the sign, the literal, or the bracket.
    pub(super) text: String,
    /// From 1.
    pub(super) line: usize,
}

/// Kinds of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or keyword.
    Word,
    /// One sign of punctuation.
    Sign,
    /// A string or number, with its quotes.
    Literal,
    /// An opening bracket; macros' invisible groups have none.
    Open,
    /// A closing bracket.
    Close,
}

impl Tree {
    /// Reads what rules look at under a root.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        for place in PLACES {
            let path = root.join(place);
            if path.is_dir() {
                tree.add_folder(root, &path)?;
            } else if path.is_file() {
                tree.add_file(root, &path)?;
            }
        }
        tree.files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(tree)
    }

    /// A file by its path.
    pub(super) fn get(&self, path: &str) -> Option<&Source> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The Rust files under a folder, given with its `/`.
    pub(super) fn rust<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Source> {
        self.files.iter().filter(move |file| file.path.starts_with(folder) && file.is_rust())
    }

    fn add_folder(&mut self, root: &Path, folder: &Path) -> Result<()> {
        let entries = fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name.starts_with('.') || name == "target" || name == "node_modules" {
                continue;
            }
            if path.is_dir() { self.add_folder(root, &path)? } else { self.add_file(root, &path)? }
        }
        Ok(())
    }

    fn add_file(&mut self, root: &Path, path: &Path) -> Result<()> {
        let bytes = fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let name = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
        self.files.push(Source::new(&name, String::from_utf8(bytes).unwrap_or_default()));
        Ok(())
    }
}

impl Source {
    /// A file's text under its path.
    pub(super) fn new(path: &str, text: String) -> Self {
        let tokens = if path.ends_with(".rs") { tokens(&text) } else { Vec::new() };
        Self { path: path.to_owned(), text, tokens }
    }

    /// Whether it is Rust.
    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The file's name without its folders.
    pub(super) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// String literals with their lines, without quotes; raw and byte strings too.
    pub(super) fn strings(&self) -> impl Iterator<Item = (&str, usize)> {
        self.tokens.iter().filter(|token| token.kind == Kind::Literal).filter_map(|token| {
            let (_, rest) = token.text.split_once('"')?;
            let (inside, _) = rest.rsplit_once('"')?;
            Some((inside, token.line))
        })
    }
}

impl Token {
    /// Whether it is this word.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    // what does not parse is the compiler's to report
    if let Ok(stream) = text.parse::<TokenStream>() {
        flatten(stream, &mut found);
    }
    found
}

fn flatten(stream: TokenStream, found: &mut Vec<Token>) {
    for tree in stream {
        let (kind, line) = (Kind::Word, tree.span().start().line);
        match tree {
            TokenTree::Ident(word) => found.push(Token { kind, text: word.to_string(), line }),
            TokenTree::Punct(sign) => {
                found.push(Token { kind: Kind::Sign, text: sign.as_char().to_string(), line });
            }
            TokenTree::Literal(literal) => {
                found.push(Token { kind: Kind::Literal, text: literal.to_string(), line });
            }
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                found.push(Token { kind: Kind::Open, text: open.to_owned(), line });
                let end = group.span_close().end().line;
                flatten(group.stream(), found);
                found.push(Token { kind: Kind::Close, text: close.to_owned(), line: end });
            }
        }
    }
}
