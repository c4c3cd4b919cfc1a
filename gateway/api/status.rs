//! Errors as gRPC statuses with google.rpc details.

use std::collections::HashMap;
use std::time::Duration;

use parcelgate_kit::fault::{Fault, FaultKind, Phase, Retry};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::shipping::{Cause, ShippingError, StoreError};

const DOMAIN: &str = "parcelgate";

fn with_cause(
    code: Code,
    words: &str,
    cause: Cause,
    metadata: HashMap<String, String>,
) -> (Code, String, ErrorDetails) {
    let mut details = ErrorDetails::new();
    details.set_error_info(cause.as_str(), DOMAIN, metadata);
    (code, words.to_owned(), details)
}

fn build((code, words, details): (Code, String, ErrorDetails)) -> Status {
    Status::with_error_details(code, words, details)
}

/// No token, or none that is known; which of the two is not told.
pub(super) fn unauthenticated() -> Status {
    let words = "a known bearer token is needed: send `authorization: Bearer <token>`";
    build(with_cause(Code::Unauthenticated, words, Cause::Unauthenticated, HashMap::new()))
}

/// The status of a failed use case.
pub(super) fn of(error: ShippingError) -> Status {
    let none = HashMap::new;
    let words = error.to_string();
    match error {
        ShippingError::Invalid(bad) => {
            let words: Vec<_> = bad.iter().map(ToString::to_string).collect();
            let (code, words, mut details) =
                with_cause(Code::InvalidArgument, &words.join("; "), Cause::InvalidRequest, none());
            for bad in bad {
                details.add_bad_request_violation(bad.field, bad.problem.to_string());
            }
            build((code, words, details))
        }
        ShippingError::NotFound { what, id } => {
            let metadata = HashMap::from([("resource".to_owned(), what.to_owned()), ("id".to_owned(), id)]);
            build(with_cause(Code::NotFound, &words, Cause::NotFound, metadata))
        }
        ShippingError::Precondition { cause, words, details } => {
            let metadata = details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let (code, words, mut details) = with_cause(Code::FailedPrecondition, &words, cause, metadata);
            details.add_precondition_failure_violation(cause.as_str(), "request", words.clone());
            build((code, words, details))
        }
        ShippingError::Running { retry_after } => {
            let (code, words, mut details) =
                with_cause(Code::Aborted, &words, Cause::PurchaseRunning, none());
            details.set_retry_info(Some(retry_after));
            build((code, words, details))
        }
        ShippingError::Overloaded { retry_after } => {
            let (code, words, mut details) =
                with_cause(Code::ResourceExhausted, &words, Cause::TooMuchUnderWay, none());
            details.set_retry_info(Some(retry_after));
            build((code, words, details))
        }
        ShippingError::Deadline => {
            build(with_cause(Code::DeadlineExceeded, &words, Cause::DeadlinePassed, none()))
        }
        ShippingError::Carrier { carrier, fault, shipment } => of_fault(&carrier, &fault, shipment),
        ShippingError::Store(error) => of_store(&error),
        ShippingError::Internal(words) => internal(&words),
    }
}

fn of_fault(carrier: &str, fault: &Fault, shipment: Option<String>) -> Status {
    let (code, cause) = match fault.kind {
        FaultKind::Refused => (Code::FailedPrecondition, Cause::CarrierRefused),
        FaultKind::Unfit => (Code::FailedPrecondition, Cause::ShipmentUnfit),
        FaultKind::NotFound => (Code::FailedPrecondition, Cause::NotFoundAtCarrier),
        FaultKind::Account => (Code::FailedPrecondition, Cause::AccountRejected),
        FaultKind::Unsupported => (Code::FailedPrecondition, Cause::NotOffered),
        FaultKind::Throttled => (Code::ResourceExhausted, Cause::CarrierUnavailable),
        FaultKind::Unavailable | FaultKind::Unreachable | FaultKind::TimedOut => {
            (Code::Unavailable, Cause::CarrierUnavailable)
        }
        FaultKind::Unreadable => (Code::Unavailable, Cause::CarrierUnavailable),
        _ => return internal(&fault.to_string()),
    };
    let mut metadata = HashMap::from([
        ("carrier".to_owned(), carrier.to_owned()),
        ("phase".to_owned(), phase(fault.phase).to_owned()),
    ]);
    let optional = [
        ("carrier_code", fault.carrier_code.clone()),
        ("carrier_words", fault.carrier_words.clone()),
        ("field", fault.field.clone()),
        ("shipment_id", shipment),
    ];
    metadata.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    let (code, words, mut details) = with_cause(code, &fault.to_string(), cause, metadata);
    if let Retry::Later(seconds) = fault.retry {
        details.set_retry_info(Some(Duration::from_secs(u64::from(seconds.unwrap_or(5)))));
    }
    if code == Code::FailedPrecondition {
        details.add_precondition_failure_violation(cause.as_str(), carrier, words.clone());
    }
    build((code, words, details))
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::NotSent => "NOT_SENT",
        Phase::InDoubt => "IN_DOUBT",
        Phase::Answered => "ANSWERED",
    }
}

fn of_store(error: &StoreError) -> Status {
    match error {
        StoreError::Full | StoreError::ReadOnly | StoreError::Busy { .. } | StoreError::Closed => {
            let (code, words, mut details) =
                with_cause(Code::Unavailable, &error.to_string(), Cause::StoreUnavailable, HashMap::new());
            details.set_retry_info(Some(Duration::from_secs(5)));
            build((code, words, details))
        }
        StoreError::Fenced { .. } => of(ShippingError::Running { retry_after: Duration::from_secs(2) }),
        _ => internal(&error.to_string()),
    }
}

/// What went wrong goes to the log under an id, the id goes to the caller.
fn internal(words: &str) -> Status {
    let id = uuid::Uuid::now_v7().to_string();
    tracing::error!(error_id = id, words, "a call failed inside the gateway");
    let told = format!("the gateway failed; its log has the reason under {id}");
    build(with_cause(Code::Internal, &told, Cause::Internal, HashMap::from([("error_id".to_owned(), id)])))
}
