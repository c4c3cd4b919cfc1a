//! The answer of the token request.

use serde::Deserialize;

/// A token and its life, in seconds that stand in a text.
#[derive(Deserialize)]
pub(crate) struct TokenReply {
    pub(crate) access_token: String,
    pub(crate) expires_in: Seconds,
}

/// Seconds as UPS writes them, in a text, or as a number as the standard says.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Seconds {
    Text(String),
    Number(u64),
}
