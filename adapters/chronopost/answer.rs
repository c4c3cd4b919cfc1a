//! Reads answers: results, codes inside of a 200, SOAP faults.
//!
//! Must keep the carrier's code and words. Start with [`read`].

use parcelgate_kit::codec::soap::{self, Answer, SoapFault};
use parcelgate_kit::exchange::Verdict;
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::wire::Reply;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::wire::{Response, Told};

/// A system error of the carrier: whether something was done is not known.
pub(crate) const SYSTEM_ERROR: &str = "1";
/// Wrong number or password when asking for prices; elsewhere it means
/// something else.
pub(crate) const WRONG_CREDENTIALS: &str = "3";

/// The result in the element `response` of a reply, when its code is 0.
///
/// # Errors
/// The carrier's code and words when it is another, or when it is a SOAP fault;
/// [`FaultKind::Unreadable`] when it is neither.
pub(crate) fn read<T: DeserializeOwned + Told>(reply: &Reply, response: &str) -> Result<T, Fault> {
    let body: Response<T> = match soap::read(&reply.body, response) {
        Ok(Answer::Body(body)) => body,
        Ok(Answer::Fault(fault)) => return Err(of_soap(fault)),
        Err(error) => return Err(of_status(reply.status).unwrap_or_else(|| error.into())),
    };
    let result = body.result.ok_or_else(|| Fault::unreadable(format!("`{response}` is empty")))?;
    let outcome = result.outcome();
    match outcome.error_code.trim() {
        "0" => Ok(result),
        code if is_number(code) => Err(refusal(code, &outcome.error_message)),
        _ => Err(Fault::unreadable("`errorCode` is no number")),
    }
}

fn is_number(code: &str) -> bool {
    let digits = code.strip_prefix('-').unwrap_or(code);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// A code other than 0, as a fault.
pub(crate) fn refusal(code: &str, words: &str) -> Fault {
    let words = match words.trim() {
        "" => "the carrier gave no words",
        words => words,
    };
    if code == SYSTEM_ERROR {
        let message = format!("the carrier has a system error: {words} ({code})");
        return Fault::new(FaultKind::Unavailable, message).said(code, words);
    }
    Fault::refused(code, words)
}

/// A status that tells what no message does: the request was turned away before
/// the service saw it. A 408 leaves open how far it came.
fn of_status(status: u16) -> Option<Fault> {
    let words = format!("HTTP {status}");
    match status {
        401 | 403 => Some(Fault::refused(status.to_string(), words).of_kind(FaultKind::Account)),
        408 => None,
        400..=499 => Some(Fault::refused(status.to_string(), words)),
        _ => None,
    }
}

/// The sender's mistake is final; the service's own says nothing about what was
/// done.
fn of_soap(fault: SoapFault) -> Fault {
    if is_senders(&fault) {
        Fault::refused(fault.code, fault.words)
    } else {
        Fault::unreadable("it is a SOAP fault of the service").said(fault.code, fault.words)
    }
}

fn is_senders(fault: &SoapFault) -> bool {
    fault.code.split('.').next() == Some("Client")
}

/// What a reply means before it is read. SOAP faults come with a 500: one that
/// blames the message is an answer.
pub(crate) fn classify(reply: &Reply) -> Verdict {
    #[derive(Deserialize)]
    struct Nothing {}
    match Verdict::by_status(reply) {
        Verdict::Unavailable => match soap::read::<Nothing>(&reply.body, "") {
            Ok(Answer::Fault(fault)) if is_senders(&fault) => Verdict::Read,
            _ => Verdict::Unavailable,
        },
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::PriceList;

    fn reply(status: u16, inside: &str) -> Reply {
        let body = format!(
            "<soap:Envelope xmlns:soap=\"{}\"><soap:Body>{inside}</soap:Body></soap:Envelope>",
            soap::ENVELOPE
        );
        Reply { status, headers: Vec::new(), body: body.into() }
    }

    fn fault(of: &str) -> String {
        format!("<soap:Fault><faultcode>soap:{of}</faultcode><faultstring>no</faultstring></soap:Fault>")
    }

    fn asked(reply: &Reply) -> Fault {
        read::<PriceList>(reply, "calculateProductsResponse").err().unwrap()
    }

    #[test]
    fn only_the_senders_mistake_is_an_answer() {
        assert_eq!(classify(&reply(500, &fault("Client"))), Verdict::Read);
        assert_eq!(asked(&reply(500, &fault("Client"))).kind, FaultKind::Refused);
        assert_eq!(classify(&reply(500, &fault("Server"))), Verdict::Unavailable);
        assert_eq!(asked(&reply(200, &fault("Server"))).kind, FaultKind::Unreadable);
        assert_eq!(classify(&reply(503, "")), Verdict::Unavailable);
    }

    #[test]
    fn a_door_that_stays_shut_is_an_answer() {
        let at = |status| asked(&Reply { status, headers: Vec::new(), body: "<html>".into() }).kind;
        assert_eq!((at(401), at(404)), (FaultKind::Account, FaultKind::Refused));
        assert_eq!([at(408), at(302), at(200)], [FaultKind::Unreadable; 3]);
    }

    #[test]
    fn a_code_inside_of_a_200_is_seen() {
        let answer = |code: &str| {
            let inside = format!(
                "<n:calculateProductsResponse xmlns:n=\"urn:x\"><return><errorCode>{code}</errorCode>\
                 <errorMessage>words</errorMessage></return></n:calculateProductsResponse>"
            );
            asked(&reply(200, &inside))
        };
        assert_eq!(answer("33").carrier_code.as_deref(), Some("33"));
        assert_eq!(answer("1").kind, FaultKind::Unavailable);
        assert_eq!(answer("").kind, FaultKind::Unreadable);
    }
}
