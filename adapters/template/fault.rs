//! What an error reply means.
//!
//! Must keep the carrier's code and words: they are what the caller can act on. Start with [`of`].

use parcelgate_kit::codec::json;
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::wire::Reply;
use serde::de::IgnoredAny;

use crate::wire::ErrorReply;

/// The fault of a reply that is no success.
///
/// Only what is told in the carrier's own shape is a refusal. Anything else, such as a proxy's page, is
/// unreadable: after a purchase that leaves the shipment in doubt, and the guard settles it.
pub(crate) fn of(reply: &Reply) -> Fault {
    let kind = match reply.status {
        401 | 403 => FaultKind::Account,
        404 => FaultKind::NotFound,
        _ => FaultKind::Refused,
    };
    match json::read::<ErrorReply>(&reply.body) {
        Ok(told) => Fault::refused(told.error.code, told.error.message).of_kind(kind),
        Err(_) if kind == FaultKind::Account => {
            Fault::new(kind, format!("the carrier did not take the account's key (HTTP {})", reply.status))
        }
        Err(error) => Fault::unreadable(format!("HTTP {} and {error}", reply.status)),
    }
}

/// Whether the reply is JSON at all.
pub(crate) fn is_message(reply: &Reply) -> bool {
    json::read::<IgnoredAny>(&reply.body).is_ok()
}
