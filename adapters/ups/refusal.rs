//! What UPS means when it says no, and what a reply means before it is read.
//!
//! Must never decide that something was not done without UPS saying so: an
//! answer of 5xx leaves a purchase in doubt. Start with [`classify`].

use parcelgate_kit::codec::json;
use parcelgate_kit::exchange::Verdict;
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::wire::Reply;

use crate::wire::{CarrierError, ErrorReply, Head};

/// Codes of a bearer token or client that was not taken.
const UNAUTHORISED: &[&str] = &["250002", "250003", "251004", "UJ0001"];

/// What a reply means before it is read.
pub(crate) fn classify(reply: &Reply) -> Verdict {
    let by_status = Verdict::by_status(reply);
    if reply.is_success() || by_status != Verdict::Read {
        return by_status;
    }
    let codes = errors(reply);
    if codes.iter().any(|error| UNAUTHORISED.contains(&error.code.as_str())) {
        Verdict::Unauthorized
    } else if codes.iter().any(|error| error.code == "10429") {
        Verdict::Throttled(reply.retry_after())
    } else {
        Verdict::Read
    }
}

/// The errors of an envelope; none when the reply has another shape.
pub(crate) fn errors(reply: &Reply) -> Vec<CarrierError> {
    json::read::<ErrorReply>(&reply.body).map(|read| read.response.errors).unwrap_or_default()
}

/// The code of the first error, `""` without one.
pub(crate) fn first_code(fault: &Fault) -> &str {
    fault.carrier_code.as_deref().unwrap_or_default()
}

/// The fault of a reply that is no success.
pub(crate) fn fault(reply: &Reply) -> Fault {
    let all = errors(reply);
    let Some(first) = all.first() else {
        return Fault::unreadable(format!("status {} without an error of UPS", reply.status));
    };
    let words = all.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("; ");
    let fault = Fault::refused(&*first.code, words);
    match reply.status {
        401 | 403 => fault.of_kind(FaultKind::Account),
        404 => fault.of_kind(FaultKind::NotFound),
        500.. => fault.of_kind(FaultKind::Unavailable).later(reply.retry_after()),
        _ => fault,
    }
}

/// The fault of a 200 whose head is no success.
pub(crate) fn of_head(head: &Head) -> Fault {
    match head.alert.first() {
        Some(alert) => Fault::refused(&*alert.code, &*alert.description),
        None => Fault::unreadable("the reply tells neither success nor a reason"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, code: &str) -> Reply {
        let body = format!(r#"{{"response":{{"errors":[{{"code":"{code}","message":"words"}}]}}}}"#);
        Reply { status, headers: Vec::new(), body: body.into() }
    }

    #[test]
    fn codes_count_where_the_status_does_not_tell() {
        assert_eq!(classify(&reply(400, "250002")), Verdict::Unauthorized);
        assert_eq!(classify(&reply(401, "whatever")), Verdict::Unauthorized);
        assert_eq!(classify(&reply(429, "10429")), Verdict::Throttled(None));
        assert_eq!(classify(&reply(400, "120100")), Verdict::Read);
    }

    #[test]
    fn out_of_order_is_never_taken_for_did_nothing() {
        for code in ["10004", "20001", "VSS100"] {
            assert_eq!(classify(&reply(500, code)), Verdict::Unavailable);
        }
    }
}
