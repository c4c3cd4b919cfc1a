//! Simulated carriers: pure functions that speak a carrier's wire format.
//!
//! A [`Sim`] turns a request into a response over a [`World`]: a virtual clock,
//! seeded randomness, number ranges, the labels really made, and switches for
//! faults. It does no I/O, so the same one runs in process, behind a socket and
//! in `parcelgate sandbox`. It must not import its adapter's wire types: it
//! reads requests by path, so that one mistake cannot cancel itself out.

mod faults;
mod host;
mod journey;
mod read;
mod world;

pub use faults::{FaultRule, SimFault};
pub use host::{Outcome, serve};
pub use journey::{Journey, Milestone, MilestoneKind};
pub use read::{json_at, json_text};
pub use world::{SimParcel, SimShipment, World};

use bytes::Bytes;

use crate::account::Account;

/// A simulated carrier.
pub trait Sim: Send + Sync + 'static {
    /// Answers one request as the carrier would, errors in its own shape.
    fn handle(&self, world: &mut World, request: &http::Request<Bytes>) -> http::Response<Bytes>;

    /// What the carrier pushes about a parcel that something has happened to,
    /// with the proof of the sample account; the path is empty. `None` where it
    /// pushes nothing.
    fn push(&self, world: &World, number: &str) -> Option<http::Request<Bytes>> {
        let _ = (world, number);
        None
    }

    /// An account that this simulator accepts.
    fn account(&self) -> SampleAccount;
}

/// An account of a simulated carrier, secrets included: they open nothing.
#[derive(Clone, Debug, Default)]
pub struct SampleAccount {
    /// Settings, as a caller would give them.
    pub settings: Vec<(&'static str, String)>,
    /// Secrets.
    pub secrets: Vec<(&'static str, &'static str)>,
}

impl SampleAccount {
    /// The account as an adapter sees it.
    pub fn account(&self) -> Account {
        Account::new(
            self.settings.iter().map(|(name, value)| ((*name).to_owned(), value.clone())),
            self.secrets.iter().map(|(name, _)| (*name).to_owned()),
        )
    }

    /// The secret of this name.
    pub fn secret(&self, name: &str) -> Option<secrecy::SecretString> {
        self.secrets.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
    }
}

/// A JSON response.
pub fn json_response(status: u16, body: &serde_json::Value) -> http::Response<Bytes> {
    response(status, "application/json", body.to_string())
}

/// A response of any content type.
pub fn response(status: u16, content_type: &str, body: impl Into<Bytes>) -> http::Response<Bytes> {
    let mut response = http::Response::new(body.into());
    *response.status_mut() =
        http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(value) = http::HeaderValue::from_str(content_type) {
        response.headers_mut().insert(http::header::CONTENT_TYPE, value);
    }
    response
}
