//! Where a carrier is reached. It must never exist with plain http to another machine.
//! Start at [`BaseUrl::parse`].

use std::fmt;
use std::net::IpAddr;

use http::Uri;

use super::value::Value;

/// Text that is no base URL of a carrier.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a base URL is `https://host/path`, or `http://` to loopback only, without user, query and fragment")]
pub struct BadBaseUrl;

/// The address that a carrier's paths are put behind: https, or plain http to
/// this machine. It has no user, query, fragment, nor a slash at its end.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Parses an address; slashes at its end are put aside.
    ///
    /// # Errors
    /// [`BadBaseUrl`], which does not repeat the text: it may hold a password.
    pub fn parse(raw: &str) -> Result<Self, BadBaseUrl> {
        if raw.contains(['#', '?', '@', '\\']) {
            return Err(BadBaseUrl);
        }
        let uri: Uri = raw.parse().map_err(|_| BadBaseUrl)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(BadBaseUrl)?;
        let authority = uri.authority().ok_or(BadBaseUrl)?;
        let after_host = authority.as_str().strip_prefix(host).ok_or(BadBaseUrl)?;
        let port = after_host.strip_prefix(':').map(str::parse::<u16>);
        if !after_host.is_empty() && !matches!(port, Some(Ok(1..))) {
            return Err(BadBaseUrl);
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(host) => {}
            _ => return Err(BadBaseUrl),
        }
        Ok(Self(raw.trim_end_matches('/').to_owned()))
    }

    /// The address without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the connection is encrypted.
    pub fn is_https(&self) -> bool {
        self.0.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
    }
}

/// Whether a host of a URL is this machine: a loopback address, or `localhost`
/// (RFC 6761, 6.3).
fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value for BaseUrl {
    const WANT: &'static str = "`https://host/path`, or `http://` to loopback only, without user and query";
    const HIDE_WRONG: bool = true;

    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn https_anywhere_and_http_on_loopback_only() {
        for good in [
            "https://onlinetools.acme.com/api",
            "https://10.0.0.1",
            "HTTPS://example.com",
            "http://127.0.0.1:8080/x/",
            "http://127.9.9.9",
            "http://[::1]:80",
            "http://localhost:1",
            "http://[::ffff:127.0.0.1]",
        ] {
            let url = BaseUrl::parse(good).unwrap();
            assert_eq!(url.as_str(), good.trim_end_matches('/'));
            assert_eq!(url.is_https(), good.to_lowercase().starts_with("https"));
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for bad in [
            "",
            "example.com",
            "/path",
            "ftp://127.0.0.1",
            "http://example.com",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://127.0.0.1@example.com",
            "http://0.0.0.0",
            "http://10.0.0.1",
            "http://[::2]",
            "https://user:password@example.com",
            "https://example.com?x=1",
            "https://example.com#x",
            "https://example.com:99999",
            "https://example.com:0",
            "https://",
            "https://exa mple.com",
            "http:\\\\127.0.0.1",
        ] {
            assert!(BaseUrl::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn plain_http_never_leaves_the_machine(host in "[a-z0-9.@:\\[\\]-]{1,20}") {
            if let Ok(url) = BaseUrl::parse(&format!("http://{host}/")) {
                let uri: Uri = url.as_str().parse().unwrap();
                prop_assert!(is_loopback(uri.host().unwrap()));
            }
        }
    }
}
