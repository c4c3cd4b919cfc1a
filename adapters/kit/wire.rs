//! A request as data, and the reply to it.
//!
//! What an adapter builds is an [`HttpCall`] with slots for secrets and a
//! declared [`Auth`]; [`HttpCall::complete`] is the one place where secrets and
//! tokens enter it, on the driver's way to the socket.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, FaultKind};
use crate::fill::{Part, fill};

/// How an exchange travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Wire {
    /// One HTTP request and its response.
    Http(HttpCall),
}

impl From<HttpCall> for Wire {
    fn from(call: HttpCall) -> Self {
        Self::Http(call)
    }
}

/// An HTTP request under the carrier's base URL. It serialises without its
/// [`Auth`]: that is how the journal keeps it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpCall {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: String,
    /// Path behind the base URL, encoded, with a leading slash.
    pub path: String,
    /// Query pairs, not yet encoded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, String)>,
    /// Headers, names in lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(with = "crate::wire::as_base64", default)]
    pub body: Bytes,
    /// How it proves who asks.
    #[serde(skip)]
    pub auth: Auth,
}

/// Bytes as base64 text.
pub(crate) mod as_base64 {
    use super::{Bytes, Engine, STANDARD};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        STANDARD.decode(text.as_bytes()).map(Bytes::from).map_err(D::Error::custom)
    }
}

/// What stands unencoded in a path segment, RFC 3986 `unreserved`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// What a query value must encode. A comma, colon or slash may stay.
const QUERY: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'\'')
    .add(b'[')
    .add(b']')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b';');

impl HttpCall {
    fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Bytes::new(),
            auth: Auth::None,
        }
    }

    /// A GET of `path`.
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// A DELETE of `path`.
    pub fn delete(path: &str) -> Self {
        Self::new("DELETE", path)
    }

    /// A POST to `path` of `body`.
    pub fn post(path: &str, content_type: &str, body: Bytes) -> Self {
        Self { body, ..Self::new("POST", path) }.header("content-type", content_type)
    }

    /// A PUT to `path` of `body`.
    pub fn put(path: &str, content_type: &str, body: Bytes) -> Self {
        Self { body, ..Self::new("PUT", path) }.header("content-type", content_type)
    }

    /// A POST of `value` as JSON.
    ///
    /// # Errors
    /// [`FaultKind::Unfit`] when it has no JSON form.
    pub fn post_json<T: Serialize>(path: &str, value: &T) -> Result<Self, Fault> {
        Ok(Self::post(path, "application/json", crate::codec::json::write(value)?))
    }

    /// The same call with one more path segment, encoded.
    #[must_use]
    pub fn segment(mut self, segment: &str) -> Self {
        self.path.push('/');
        self.path.extend(utf8_percent_encode(segment, SEGMENT));
        self
    }

    /// The same call with one more query pair.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    /// The same call with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.into()));
        self
    }

    /// The same call, proving who asks by `auth`.
    #[must_use]
    pub fn auth(mut self, auth: Auth) -> Self {
        self.auth = auth;
        self
    }

    /// The first header of this name.
    pub fn header_value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The request that goes over the socket: slots filled by `secrets`,
    /// authorised, under `base_url`. `token` is there exactly when the auth is
    /// [`Auth::OAuth2`].
    ///
    /// # Errors
    /// [`FaultKind::Account`] when a secret is missing or no header can hold
    /// it, [`FaultKind::Internal`] when the call is no HTTP request.
    pub fn complete(
        &self,
        base_url: &str,
        secrets: &dyn Fn(&str) -> Option<SecretString>,
        token: Option<&SecretString>,
    ) -> Result<http::Request<Bytes>, Fault> {
        let mut uri = format!("{}{}", base_url.trim_end_matches('/'), self.path);
        for (index, (name, value)) in self.query.iter().enumerate() {
            uri.push(if index == 0 { '?' } else { '&' });
            uri.extend(utf8_percent_encode(name, QUERY));
            uri.push('=');
            uri.extend(utf8_percent_encode(&fill(value, Part::Plain, secrets)?, QUERY));
        }
        let mut request = http::Request::builder().method(self.method.as_str()).uri(uri);
        for (name, value) in &self.headers {
            request = request.header(name, header_of(&fill(value, Part::Plain, secrets)?, false)?);
        }
        for (name, value) in self.auth.headers(secrets, token)? {
            request = request.header(name, value);
        }
        let body = self.filled_body(secrets)?;
        request.body(body).map_err(|error| {
            Fault::new(FaultKind::Internal, format!("the adapter built no HTTP request: {error}"))
        })
    }

    fn filled_body(&self, secrets: &dyn Fn(&str) -> Option<SecretString>) -> Result<Bytes, Fault> {
        let kind = self.header_value("content-type").unwrap_or_default();
        let part = if kind.contains("json") {
            Part::Json
        } else if kind.contains("xml") {
            Part::Xml
        } else if kind.contains("x-www-form-urlencoded") {
            Part::Form
        } else {
            return Ok(self.body.clone());
        };
        match std::str::from_utf8(&self.body) {
            Ok(text) => Ok(Bytes::from(fill(text, part, secrets)?.into_owned())),
            Err(_) => Ok(self.body.clone()),
        }
    }
}

impl fmt::Debug for HttpCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} [{} bytes]", self.method, self.path, self.body.len())
    }
}

/// How a request proves who asks: declared by the adapter, done by the driver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// Not in the headers; the body may hold slots.
    #[default]
    None,
    /// HTTP Basic, both parts with slots where they are secret.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
    /// Fixed headers, values with slots.
    Headers(Vec<(String, String)>),
    /// A bearer token that is asked for once and shared until it expires.
    OAuth2(OAuth2),
}

impl Auth {
    fn headers(
        &self,
        secrets: &dyn Fn(&str) -> Option<SecretString>,
        token: Option<&SecretString>,
    ) -> Result<Vec<(String, http::HeaderValue)>, Fault> {
        use secrecy::ExposeSecret;
        let authorization = "authorization".to_owned();
        Ok(match self {
            Self::None => Vec::new(),
            Self::Basic { user, password } => {
                let user = fill(user, Part::Plain, secrets)?;
                let password = fill(password, Part::Plain, secrets)?;
                let pair = STANDARD.encode(format!("{user}:{password}"));
                vec![(authorization, header_of(&format!("Basic {pair}"), true)?)]
            }
            Self::Headers(headers) => headers
                .iter()
                .map(|(name, value)| {
                    Ok((name.clone(), header_of(&fill(value, Part::Plain, secrets)?, true)?))
                })
                .collect::<Result<_, Fault>>()?,
            Self::OAuth2(_) => {
                let token = token.ok_or_else(|| Fault::new(FaultKind::Internal, "no token was asked for"))?;
                vec![(authorization, header_of(&format!("Bearer {}", token.expose_secret()), true)?)]
            }
        })
    }
}

fn header_of(value: &str, secret: bool) -> Result<http::HeaderValue, Fault> {
    let mut header = http::HeaderValue::from_str(value).map_err(|_| {
        Fault::new(FaultKind::Account, "a header value holds characters that HTTP does not allow")
    })?;
    header.set_sensitive(secret);
    Ok(header)
}

/// How a bearer token is asked for. One token serves all calls of the same
/// account and `scope`.
#[derive(Clone, Debug)]
pub struct OAuth2 {
    /// What the token is good for; part of the cache's key.
    pub scope: &'static str,
    /// The request that asks for it.
    pub request: Box<HttpCall>,
    /// Reads the answer.
    pub read: fn(&Reply) -> Result<Token, Fault>,
}

impl PartialEq for OAuth2 {
    fn eq(&self, other: &Self) -> bool {
        self.scope == other.scope && self.request == other.request
    }
}

impl Eq for OAuth2 {}

/// A bearer token.
#[derive(Clone, Debug)]
pub struct Token {
    /// The token.
    pub value: SecretString,
    /// Seconds it is good for, counted from the answer.
    pub lifetime: u64,
}

/// What came back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body, at most as long as the driver allows.
    #[serde(with = "crate::wire::as_base64")]
    pub body: Bytes,
}

impl Reply {
    /// The first header of this name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether the status is 2xx. Many carriers tell a failure with it too.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Seconds of a `retry-after` header, when it counts in seconds.
    pub fn retry_after(&self) -> Option<u32> {
        self.header("retry-after")?.trim().parse().ok()
    }

    /// The reply of an HTTP response.
    pub fn of(response: http::Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        let headers = parts
            .headers
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        Self { status: parts.status.as_u16(), headers, body }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{} bytes]", self.status, self.body.len())
    }
}
