//! A carrier's `spec.toml`: which of its requests are checked against what, and
//! where the published schema is known to be wrong.
//!
//! Never guesses: a request without a check fails, and so does an exception that
//! excuses nothing. Start with [`Plan`].

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::case::Request;
use super::problem::Problem;

/// The whole file.
#[derive(Debug)]
pub(super) struct Plan {
    /// In the file's order; the first that matches counts.
    pub(super) checks: Vec<Check>,
    /// Contradictions between the published schema and the carrier's real traffic.
    pub(super) exceptions: Vec<Exception>,
}

/// How requests of one kind are checked.
#[derive(Debug)]
pub(super) struct Check {
    /// `POST /api/rating/*`; `*` stands for any text.
    pub(super) request: String,
    /// Against what.
    pub(super) kind: Kind,
}

/// What requests are checked against.
#[derive(Debug)]
pub(super) enum Kind {
    /// A Swagger 2, OpenAPI 3.0 or 3.1 document.
    OpenApi(OpenApi),
    /// An XML schema.
    Xsd(Xsd),
    /// Nothing was published. The file says why.
    None,
}

/// A place in an OpenAPI document.
#[derive(Debug)]
pub(super) struct OpenApi {
    /// Under the folder of specifications.
    pub(super) file: String,
    /// `#/components/schemas/X`: the body's schema, when not the operation's own.
    pub(super) schema: Option<String>,
    /// `POST /rating/{version}`: gives the body's schema and the parameters.
    pub(super) operation: Option<String>,
}

/// An element of an XML schema.
#[derive(Debug)]
pub(super) struct Xsd {
    /// Under the folder of specifications.
    pub(super) file: String,
    /// Schemas that `file` imports without saying where they are.
    pub(super) also: Vec<String>,
    /// The local name that the message (the SOAP body's first child) must have.
    pub(super) element: String,
}

/// A place where the published schema is wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exception {
    /// As a problem's path; `*` stands for any one name or index.
    pub(super) path: String,
    /// As a problem's keyword.
    pub(super) keyword: String,
    /// Why the carrier's real traffic is right.
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    check: Vec<RawCheck>,
    #[serde(default)]
    exception: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheck {
    request: String,
    kind: String,
    file: Option<String>,
    schema: Option<String>,
    operation: Option<String>,
    element: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    reason: Option<String>,
}

impl Plan {
    /// Reads a `spec.toml`.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        Self::parse(&text).context("in spec.toml")
    }

    /// Reads the text of a `spec.toml`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        for exception in &file.exception {
            if exception.reason.trim().is_empty() {
                bail!("exception `{}` has no reason; say what the real traffic does", exception.path);
            }
        }
        let checks = file.check.into_iter().map(RawCheck::refine).collect::<Result<_>>()?;
        Ok(Self { checks, exceptions: file.exception })
    }

    /// The first check that matches a request.
    pub(super) fn check_for(&self, request: &Request) -> Option<&Check> {
        let line = format!("{} {}", request.method, request.path);
        // Several SOAP operations share a path: the one that the body calls.
        self.checks.iter().find(|check| matches(&check.request, &line) && check.is_called_by(&request.body))
    }

    /// Whether an exception covers a problem; counts it in `uses`.
    pub(super) fn excuse(&self, problem: &Problem, uses: &mut [usize]) -> bool {
        for (exception, uses) in self.exceptions.iter().zip(uses) {
            if exception.keyword == problem.keyword && same_place(&exception.path, &problem.path) {
                *uses += 1;
                return true;
            }
        }
        false
    }
}

impl Check {
    /// Whether the body holds the element that the check is of; checks of other
    /// kinds are not chosen by the body.
    fn is_called_by(&self, body: &str) -> bool {
        let Kind::Xsd(Xsd { element, .. }) = &self.kind else { return true };
        let named = |before: char| {
            [' ', '>', '/', '\n'].iter().any(|after| body.contains(&format!("{before}{element}{after}")))
        };
        named('<') || named(':')
    }
}

impl RawCheck {
    fn refine(self) -> Result<Check> {
        let request = self.request;
        let file = |file: Option<String>| file.with_context(|| format!("check `{request}` has no `file`"));
        let kind = match self.kind.as_str() {
            "openapi" => {
                if self.schema.is_none() && self.operation.is_none() {
                    bail!("check `{request}` has neither `schema` nor `operation`; give one");
                }
                Kind::OpenApi(OpenApi {
                    file: file(self.file)?,
                    schema: self.schema,
                    operation: self.operation,
                })
            }
            "xsd" => {
                let element = self.element.with_context(|| format!("check `{request}` has no `element`"))?;
                Kind::Xsd(Xsd { file: file(self.file)?, also: self.also, element })
            }
            "none" => match self.reason {
                Some(reason) if !reason.trim().is_empty() => Kind::None,
                _ => bail!("check `{request}` is of kind `none` without a `reason`"),
            },
            other => bail!("check `{request}` has kind `{other}`; known are `openapi`, `xsd` and `none`"),
        };
        Ok(Check { request, kind })
    }
}

/// Whether `line` is `pattern`, where `*` stands for any text, also none.
fn matches(pattern: &str, line: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == line };
    let Some(rest) = line.strip_prefix(before) else { return false };
    rest.char_indices()
        .map(|(at, _)| at)
        .chain([rest.len()])
        .any(|at| rest.get(at..).is_some_and(|rest| matches(after, rest)))
}

fn same_place(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.trim_matches('/').split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some("*"), Some(_)) => {}
            (Some(left), Some(right)) if left == right => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("POST /api/*/Shop", "POST /api/v1/x/Shop"));
        assert!(matches("POST /api/*", "POST /api/"));
        assert!(!matches("POST /api/*/Shop", "POST /api/Shop"));
        assert!(!matches("POST /api", "POST /api/x"));
    }

    #[test]
    fn an_exception_names_one_place() {
        assert!(same_place("A/*/B", "A/0/B"));
        assert!(!same_place("A/*", "A/0/B"));
        assert!(!same_place("A/B/C", "A/B"));
    }

    #[test]
    fn what_is_not_checked_needs_a_reason() {
        let none = "[[check]]\nrequest = \"GET /x\"\nkind = \"none\"\n";
        assert!(Plan::parse(none).is_err());
        assert!(Plan::parse(&format!("{none}reason = \"the carrier publishes no schema\"\n")).is_ok());
        let exception = "[[exception]]\npath = \"a\"\nkeyword = \"enum\"\nreason = \" \"\n";
        assert!(Plan::parse(exception).is_err());
    }

    #[test]
    fn a_check_names_what_it_checks_against() {
        for text in [
            "kind = \"openapi\"\nfile = \"a.yaml\"",
            "kind = \"xsd\"\nfile = \"a.xsd\"",
            "kind = \"openapi\"\nschema = \"#/a\"",
            "kind = \"wsdl\"\nfile = \"a\"",
        ] {
            assert!(Plan::parse(&format!("[[check]]\nrequest = \"GET /x\"\n{text}\n")).is_err(), "{text}");
        }
    }
}
