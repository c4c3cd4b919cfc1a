//! Golden cases as they lie in a carrier's folder, and the HTTP messages in them.
//!
//! Reads only what this check needs: requests, and whether the carrier published
//! the sample. What a case means for the adapter is the conformance suite's work.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// One case: an operation's requests.
#[derive(Debug)]
pub(super) struct Case {
    /// `rate`, `purchase`, ...: the folder that the case lies in.
    pub(super) operation: String,
    /// The case's own folder.
    pub(super) name: String,
    /// Whether the messages restate a sample that the carrier published.
    pub(super) published: bool,
    /// File name and request, in the order of the exchanges.
    pub(super) requests: Vec<(String, Request)>,
}

/// A request message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// `POST`.
    pub(super) method: String,
    /// Without the query.
    pub(super) path: String,
    /// Names and values, still percent-encoded.
    pub(super) query: Vec<(String, String)>,
    /// Names in lower case, values trimmed.
    pub(super) headers: Vec<(String, String)>,
    /// What follows the empty line, trimmed at its end.
    pub(super) body: String,
}

#[derive(Deserialize)]
struct About {
    source: String,
    #[serde(default)]
    published: bool,
}

/// All cases under `carrier/cases`, sorted. A carrier without the folder has none.
pub(super) fn read_all(carrier: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for operation in sorted(&carrier.join("cases"))?.into_iter().filter(|path| path.is_dir()) {
        for folder in sorted(&operation)?.into_iter().filter(|path| path.is_dir()) {
            cases.push(read(name(&operation), &folder)?);
        }
    }
    Ok(cases)
}

fn read(operation: String, folder: &Path) -> Result<Case> {
    let about = folder.join("case.toml");
    let text = fs::read_to_string(&about).with_context(|| format!("cannot read `{}`", about.display()))?;
    let about: About = toml::from_str(&text).with_context(|| format!("in `{}`", about.display()))?;
    ensure!(!about.source.trim().is_empty(), "`{}` has an empty `source`", folder.display());
    let mut requests = Vec::new();
    for path in sorted(folder)? {
        let file = name(&path);
        if file.starts_with("request") && file.ends_with(".http") {
            let text = fs::read_to_string(&path)?;
            let request = Request::parse(&text).with_context(|| format!("in `{}`", path.display()))?;
            requests.push((file, request));
        }
    }
    requests.sort_by_key(|(file, _)| exchange_number(file));
    Ok(Case { operation, name: name(folder), published: about.published, requests })
}

/// `request.http` comes first, then `request.2.http` up to `request.10.http`.
fn exchange_number(file: &str) -> usize {
    file.split('.').nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

impl Request {
    /// Reads a message: request line, headers, an empty line, a body.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let text = text.replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((text.as_str(), ""));
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (method, target, version) = (words.next(), words.next(), words.next());
        let (Some(method), Some(target), Some("HTTP/1.1"), None) = (method, target, version, words.next())
        else {
            anyhow::bail!("the first line is not like `POST /path?query HTTP/1.1`");
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = Vec::new();
        for line in lines.filter(|line| !line.trim().is_empty()) {
            let (name, value) = line.split_once(':').with_context(|| format!("no header: `{line}`"))?;
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
        Ok(Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect(),
            headers,
            body: body.trim_end().to_owned(),
        })
    }
}

fn pair(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (name.to_owned(), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_its_parts() {
        let text = "POST /api/rate?a=1&b HTTP/1.1\nContent-Type: application/json\n\n{\n\n}\n";
        let request = Request::parse(text).unwrap();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/api/rate"));
        assert_eq!(request.query, [("a".into(), "1".into()), ("b".into(), String::new())]);
        assert_eq!(request.headers, [("content-type".into(), "application/json".into())]);
        assert_eq!(request.body, "{\n\n}");
    }

    #[test]
    fn a_message_that_is_no_request_is_refused() {
        for text in ["", "HTTP/1.1 200 OK\n\n", "POST /a b HTTP/1.1\n", "POST /a HTTP/1.1\nno header\n"] {
            assert!(Request::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn exchanges_are_in_their_order() {
        let mut files = ["request.10.http", "request.2.http", "request.http"];
        files.sort_by_key(|file| exchange_number(file));
        assert_eq!(files, ["request.http", "request.2.http", "request.10.http"]);
    }
}
