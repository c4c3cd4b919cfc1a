//! The shape of files: length, opening words, names, and the length of functions.

use super::Finding;
use super::source::{Kind, Source, Token, Tree};

/// Lines that a file may have.
const FILE_LINES: usize = 500;
/// Lines that a function may have, its signature included.
const FUNCTION_LINES: usize = 70;
/// Names that say nothing.
const EMPTY_NAMES: [&str; 9] =
    ["common", "helper", "helpers", "manager", "managers", "misc", "shared", "util", "utils"];
/// Ends of type names that say nothing.
const EMPTY_ENDS: [&str; 4] = ["Manager", "Helper", "Util", "Utils"];

/// Files that may be longer, and why.
const LONG_FILES: &[(&str, &str)] = &[];

/// All findings about shape.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.is_rust()) {
        findings.extend(length(file));
        findings.extend(opening(file));
        findings.extend(path_names(file));
        findings.extend(type_names(file));
        findings.extend(functions(file));
    }
    findings
}

fn length(file: &Source) -> Option<Finding> {
    let lines = file.text.lines().count();
    let allowed = LONG_FILES.iter().any(|(path, _)| *path == file.path);
    let what = format!("{lines} lines, at most {FILE_LINES}; split it by duty");
    (lines > FILE_LINES && !allowed).then(|| Finding::new(&file.path, FILE_LINES + 1, "file-length", what))
}

fn opening(file: &Source) -> Option<Finding> {
    let what = "open with `//!`: what it is, what it must never do, where to start";
    (!file.text.starts_with("//!")).then(|| Finding::new(&file.path, 1, "opening", what))
}

fn path_names(file: &Source) -> Option<Finding> {
    let name = file.path.split('/').map(|part| part.strip_suffix(".rs").unwrap_or(part));
    let empty = name.into_iter().find(|part| EMPTY_NAMES.contains(part))?;
    let what = format!("`{empty}` says nothing about what is inside; name the duty");
    Some(Finding::new(&file.path, 1, "names", what))
}

fn type_names(file: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for window in file.tokens.windows(2) {
        let [keyword, name] = window else { continue };
        let declares = ["struct", "enum", "trait", "type"].iter().any(|word| keyword.is_word(word));
        if declares && EMPTY_ENDS.iter().any(|end| name.text.ends_with(end)) {
            let what = format!("`{}` says nothing about what it is; use a noun of the field", name.text);
            findings.push(Finding::new(&file.path, name.line, "names", what));
        }
    }
    findings
}

fn functions(file: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, token) in file.tokens.iter().enumerate() {
        let rest = file.tokens.get(index + 1..).unwrap_or_default();
        // `fn(` is a type
        let Some(name) = rest.first().filter(|next| token.is_word("fn") && next.kind == Kind::Word) else {
            continue;
        };
        let Some(end) = end_of_body(rest) else { continue };
        let lines = end - token.line + 1;
        if lines > FUNCTION_LINES {
            let what = format!("`{}` has {lines} lines, at most {FUNCTION_LINES}; name its parts", name.text);
            findings.push(Finding::new(&file.path, token.line, "function-length", what));
        }
    }
    findings
}

/// The line on which a function's body ends; none when it has no body.
fn end_of_body(tokens: &[Token]) -> Option<usize> {
    let (mut depth, mut in_body) = (0_usize, false);
    for token in tokens {
        match token.kind {
            Kind::Open => {
                in_body |= depth == 0 && token.text == "{";
                depth += 1;
            }
            Kind::Close => {
                depth = depth.checked_sub(1)?;
                if depth == 0 && in_body {
                    return Some(token.line);
                }
            }
            Kind::Sign if depth == 0 && token.text == ";" => return None,
            _ => {}
        }
    }
    None
}
