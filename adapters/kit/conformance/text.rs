//! Messages as text files: readable, comparable, without secrets.

use std::fmt::Write as _;

use bytes::Bytes;
use serde_json::Value;

use crate::account::{CLOSE, OPEN};
use crate::wire::{Auth, HttpCall, Reply, Wire};

/// A request as it stands in `request.http`. Secrets show as `{secret:name}`,
/// JSON and XML bodies are laid out one element a line.
pub(super) fn of_request(wire: &Wire) -> String {
    let Wire::Http(call) = wire;
    let bare = HttpCall { auth: Auth::None, ..call.clone() };
    let mut text = String::new();
    let target =
        match bare.complete("http://carrier", &|name| Some(format!("{{secret:{name}}}").into()), None) {
            Ok(request) => request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
            Err(fault) => format!("{} ({fault})", call.path),
        };
    let target = target.replace("%7Bsecret:", "{secret:").replace("%7D", "}");
    let _ = writeln!(text, "{} {target} HTTP/1.1", call.method);
    for (name, value) in call.headers.iter().chain(&shown_auth(&call.auth)) {
        let _ = writeln!(text, "{name}: {}", shown(value));
    }
    let body = shown(&String::from_utf8_lossy(&call.body));
    if !body.is_empty() {
        let _ = write!(text, "\n{}", laid_out(&body));
    }
    text.trim_end().to_owned() + "\n"
}

fn shown_auth(auth: &Auth) -> Vec<(String, String)> {
    let authorization = |value: String| vec![("authorization".to_owned(), value)];
    match auth {
        Auth::None => Vec::new(),
        Auth::Basic { user, password } => authorization(format!("Basic {user}:{password}")),
        Auth::Headers(headers) => headers.clone(),
        Auth::OAuth2(oauth) => authorization(format!("Bearer {{token:{}}}", oauth.scope)),
    }
}

fn shown(text: &str) -> String {
    text.replace(&format!("{OPEN}x:"), "{secret:").replace(OPEN, "{secret:").replace(CLOSE, "}")
}

/// JSON indented, XML with one tag a line; anything else as it is.
fn laid_out(body: &str) -> String {
    if let Ok(value) = serde_json::from_str::<Value>(body) {
        return serde_json::to_string_pretty(&value).unwrap_or_else(|_| body.to_owned());
    }
    if body.trim_start().starts_with('<') {
        return body.replace("><", ">\n<");
    }
    body.to_owned()
}

/// The reply that stands in a `reply.http`.
pub(super) fn to_reply(text: &str) -> Result<Reply, String> {
    let text = text.replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end(), ""));
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1.1 "))
        .and_then(|rest| rest.get(..3))
        .and_then(|code| code.parse().ok())
        .ok_or("starts with no line such as `HTTP/1.1 200 OK`")?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Ok(Reply { status, headers, body: Bytes::from(body.trim_end().to_owned()) })
}

/// A reply as it stands in a `reply.http`.
pub(super) fn of_reply(reply: &Reply) -> String {
    let mut text = format!("HTTP/1.1 {}\n", reply.status);
    for (name, value) in &reply.headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    let _ = write!(text, "\n{}", laid_out(&String::from_utf8_lossy(&reply.body)));
    text.trim_end().to_owned() + "\n"
}
