//! Failures in words: what, which fields, why, what to do.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::StatusExt;

use super::{render, show};

/// Tells `error` on standard error.
pub(super) fn tell(error: &anyhow::Error) {
    match error.downcast_ref::<Status>() {
        Some(status) => lines(status).iter().for_each(show::note),
        None => show::note(format!("error: {error:#}")),
    }
}

/// The failure in a few lines: its code and words, each bad field, what the
/// carrier said, the way out.
pub(super) fn lines(status: &Status) -> Vec<String> {
    let details = status.get_error_details();
    let info = details.error_info();
    let reason = info.map(|info| info.reason.as_str()).unwrap_or_default();
    let code = if reason.is_empty() { code_name(status.code()) } else { reason };
    let fields = details.bad_request().map(|bad| bad.field_violations.as_slice()).unwrap_or_default();
    let mut lines = if fields.is_empty() {
        vec![format!("{code}: {}", status.message())]
    } else {
        vec![format!("{code}: {} to mend in the request", render::count(fields.len(), "field"))]
    };
    lines.extend(fields.iter().map(|bad| format!("  {}: {}", bad.field, bad.description)));
    if let Some(info) = info {
        lines.extend(carriers_own(&info.metadata, status.message()));
    }
    if let Some(delay) = details.retry_info().and_then(|retry| retry.retry_delay) {
        lines.push(format!("  try again in {}", render::count(whole(delay), "second")));
    }
    lines.extend(way_out(reason, status).map(|words| format!("  {words}")));
    if info.is_some_and(|info| info.domain == "parcelgate") {
        lines.push(format!("  more: docs/errors/{reason}.md"));
    }
    lines
}

fn whole(delay: std::time::Duration) -> usize {
    usize::try_from(delay.as_secs()).unwrap_or(usize::MAX).max(1)
}

/// What the carrier said, unless the words hold it already.
fn carriers_own(metadata: &HashMap<String, String>, told: &str) -> Vec<String> {
    let names = [
        ("carrier_code", "the carrier's code"),
        ("carrier_words", "the carrier's words"),
        ("field", "the carrier's field"),
        ("shipment_id", "the shipment"),
    ];
    let said = |(key, words): &(&str, &str)| {
        let value = metadata.get(*key).filter(|value| !told.contains(value.as_str()))?;
        Some(format!("  {words}: {value}"))
    };
    names.iter().filter_map(said).collect()
}

/// What to do next, where the words do not say it.
fn way_out(reason: &str, status: &Status) -> Option<&'static str> {
    match reason {
        "OFFER_EXPIRED" => Some("rate again and buy an offer of the new quote"),
        "PRICE_CHANGED" => Some("raise --max-total, or choose another offer"),
        "NO_ELIGIBLE_OFFER" => Some("`parcelgate rate FILE` shows what is offered, and why the rest is not"),
        "REGIONAL_BLOCK" => Some("`parcelgate customs FILE` shows what is missing"),
        "LABEL_FORMAT_NOT_OFFERED" => Some("`parcelgate carriers` shows the formats of each carrier"),
        "UNAUTHENTICATED" => Some("give the token with --token or PARCELGATE_TOKEN"),
        "DEADLINE_PASSED" => {
            Some("give it longer with --timeout; a purchase is repeated with the same --key")
        }
        "" => unreached(status),
        _ => None,
    }
}

/// A failure that no gateway told: the way there is at fault.
fn unreached(status: &Status) -> Option<&'static str> {
    let words = status.message();
    match status.code() {
        Code::Cancelled if !words.contains("Timeout") => Some(
            "the connection was closed: a gateway with mutual TLS asks for --tls-cert and --tls-key; \
             a purchase is repeated with the same --key",
        ),
        Code::DeadlineExceeded | Code::Cancelled => {
            Some("give it longer with --timeout; a purchase is repeated with the same --key")
        }
        _ if words.contains("InvalidContentType") => {
            Some("what answers there speaks no TLS: is --server http:// and not https://?")
        }
        _ if words.contains("certificate") => Some("name the authority that signed it with --tls-ca"),
        Code::Unavailable => Some("is a gateway running there? `parcelgate serve --sandbox` starts one"),
        Code::Unknown => Some("what answers at --server is no gateway, or wants TLS (https://)"),
        _ => None,
    }
}

/// The code as the protocol writes it.
fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::{ErrorDetails, StatusExt};

    use super::*;

    fn told(code: Code, reason: &str, details: ErrorDetails) -> Vec<String> {
        let mut details = details;
        details.set_error_info(reason, "parcelgate", HashMap::new());
        lines(&Status::with_error_details(code, "words", details))
    }

    #[test]
    fn every_bad_field_has_its_line() {
        let mut details = ErrorDetails::new();
        details.add_bad_request_violation("ship_to.city", "must not be empty");
        details.add_bad_request_violation("parcels", "has 0 parcels");
        let lines = told(Code::InvalidArgument, "INVALID_REQUEST", details);
        assert_eq!(
            lines,
            [
                "INVALID_REQUEST: 2 fields to mend in the request",
                "  ship_to.city: must not be empty",
                "  parcels: has 0 parcels",
                "  more: docs/errors/INVALID_REQUEST.md",
            ]
        );
    }

    #[test]
    fn a_refusal_tells_the_carriers_words_once_and_the_way_out() {
        let metadata = [("carrier_code", "111210"), ("carrier_words", "words")];
        let metadata = metadata.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        let lines = carriers_own(&metadata, "these words are told already");
        assert_eq!(lines, ["  the carrier's code: 111210"]);
        let lines = told(Code::FailedPrecondition, "OFFER_EXPIRED", ErrorDetails::new());
        assert!(lines.iter().any(|line| line.contains("rate again")), "{lines:?}");
    }

    #[test]
    fn each_way_that_leads_nowhere_has_its_hint() {
        let hint = |code, words: &str| lines(&Status::new(code, words)).pop().unwrap();
        assert!(hint(Code::Unavailable, "tcp connect error").contains("serve --sandbox"));
        assert!(hint(Code::Unavailable, "corrupt message of type InvalidContentType").contains("http://"));
        assert!(hint(Code::Unavailable, "invalid peer certificate").contains("--tls-ca"));
        assert!(hint(Code::Cancelled, "Timeout expired").contains("--timeout"));
        assert!(hint(Code::Cancelled, "operation was canceled").contains("--tls-cert"));
    }
}
