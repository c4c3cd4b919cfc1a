//! The marks by which a sample says what belongs to which operation.
//!
//! A mark is a comment at the end of a line; it never reaches the copy. Must never drop a line that has no
//! mark. Start with [`strip`]; the marks are
//!
//! - `only with a|b` keeps its line when an operation of the list is wanted,
//! - `without a: text` replaces its line by `text` when none is wanted; alone on its line it stands for nothing,
//! - `begin a|b` and `end a|b`, each alone on its line, do the same for what is between them,
//! - `file only with a|b` does it for the whole file.
//!
//! The operation `original` is never wanted: it marks words about the sample itself.

use anyhow::{Result, bail, ensure};

/// The text without its marks and without what is not wanted; `None` when the whole file is not wanted.
///
/// # Errors
/// Marks that do not pair.
pub(super) fn strip(text: &str, wanted: &[&str]) -> Result<Option<String>> {
    let wants = |list: &str| list.split('|').any(|operation| wanted.contains(&operation.trim()));
    let mut kept = String::new();
    let mut open: Vec<(&str, bool)> = Vec::new();
    for line in text.lines() {
        let mark = Mark::of(line);
        let inside = open.iter().all(|(_, keep)| *keep);
        match mark {
            Some(Mark { word: Word::File(list), .. }) if !wants(list) => return Ok(None),
            Some(Mark { word: Word::File(_), .. }) => {}
            Some(Mark { word: Word::Begin(list), .. }) => open.push((list, wants(list))),
            Some(Mark { word: Word::End(list), .. }) => match open.pop() {
                Some((begun, _)) if begun == list => {}
                _ => bail!("`end {list}` closes nothing that was begun"),
            },
            _ if !inside => {}
            Some(Mark { word: Word::Only(list), before }) if wants(list) => {
                push(&mut kept, before.trim_end())
            }
            Some(Mark { word: Word::Only(_), .. }) => {}
            Some(Mark { word: Word::Without(list, instead), before }) => {
                let indent = before.len() - before.trim_start().len();
                match (wants(list), before.trim().is_empty()) {
                    (true, true) => {}
                    (true, false) => push(&mut kept, before.trim_end()),
                    (false, _) => push(&mut kept, &format!("{}{instead}", " ".repeat(indent))),
                }
            }
            None => push(&mut kept, line),
        }
    }
    ensure!(open.is_empty(), "`begin {}` has no end", open.first().map_or("", |(list, _)| list));
    Ok(Some(kept))
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

struct Mark<'a> {
    /// The line in front of the mark.
    before: &'a str,
    word: Word<'a>,
}

enum Word<'a> {
    Only(&'a str),
    Without(&'a str, &'a str),
    Begin(&'a str),
    End(&'a str),
    File(&'a str),
}

impl<'a> Mark<'a> {
    fn of(line: &'a str) -> Option<Self> {
        ["// ", "<!-- ", "# "].iter().find_map(|opening| {
            let (before, words) = line.rsplit_once(opening)?;
            let words = words.strip_suffix("-->").unwrap_or(words).trim();
            let word = Word::of(words)?;
            let alone = matches!(word, Word::Begin(_) | Word::End(_) | Word::File(_));
            (!alone || before.trim().is_empty()).then_some(Self { before, word })
        })
    }
}

impl<'a> Word<'a> {
    fn of(words: &'a str) -> Option<Self> {
        let list = |rest: &'a str| (!rest.is_empty() && !rest.contains(' ')).then_some(rest);
        if let Some(rest) = words.strip_prefix("only with ") {
            return list(rest).map(Self::Only);
        }
        if let Some(rest) = words.strip_prefix("file only with ") {
            return list(rest).map(Self::File);
        }
        if let Some(rest) = words.strip_prefix("begin ") {
            return list(rest).map(Self::Begin);
        }
        if let Some(rest) = words.strip_prefix("end ") {
            return list(rest).map(Self::End);
        }
        let (of, instead) = words.strip_prefix("without ")?.split_once(": ")?;
        list(of).map(|of| Self::Without(of, instead.trim()))
    }
}
