//! What a SOAP fault means.
//!
//! Must keep the carrier's code and words: they are what the caller can act on. Start with [`read`].

use parcelgate_kit::codec::soap::{self, Answer, SoapFault};
use parcelgate_kit::codec::xml;
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::wire::Reply;
use serde::de::DeserializeOwned;

/// The element `response` of a reply, or the fault that stands in its place.
pub(crate) fn read<T: DeserializeOwned>(reply: &Reply, response: &str) -> Result<T, Fault> {
    if matches!(reply.status, 401 | 403) {
        let words = format!("the carrier did not take the account's user (HTTP {})", reply.status);
        return Err(Fault::new(FaultKind::Account, words));
    }
    match soap::read(&reply.body, response)? {
        Answer::Body(body) => Ok(body),
        Answer::Fault(told) => Err(of(told)),
    }
}

/// Whether the reply is an envelope at all.
pub(crate) fn is_envelope(reply: &Reply) -> bool {
    let text = std::str::from_utf8(&reply.body).unwrap_or_default();
    xml::parse(text).is_ok_and(|document| document.root_element().tag_name().name() == "Envelope")
}

fn of(told: SoapFault) -> Fault {
    let kind = match told.code.as_str() {
        "UNKNOWN_CONTRACT" => FaultKind::Account,
        "NO_SUCH_SHIPMENT" => FaultKind::NotFound,
        // `soap:Server` is the service's own trouble, and says nothing about what was done.
        "Server" => return Fault::unreadable(told.words),
        _ => FaultKind::Refused,
    };
    Fault::refused(told.code, told.words).of_kind(kind)
}
