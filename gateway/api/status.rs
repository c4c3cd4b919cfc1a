//! Errors as gRPC statuses with google.rpc details.

use std::collections::BTreeMap;
use std::time::Duration;

use parcelgate_kit::fault::{Fault, FaultKind, Phase, Retry};
use prost::Message;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::shipping::{Cause, ShippingError, StoreError};

const DOMAIN: &str = "parcelgate";

type Metadata = BTreeMap<String, String>;

/// google.rpc.ErrorInfo with its metadata in order, so that a stored refusal is
/// told again byte for byte.
#[derive(Clone, PartialEq, Message)]
struct ErrorInfo {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    domain: String,
    #[prost(btree_map = "string, string", tag = "3")]
    metadata: Metadata,
}

/// A status in the making.
struct Told {
    code: Code,
    words: String,
    info: ErrorInfo,
    details: ErrorDetails,
}

fn with_cause(code: Code, words: &str, cause: Cause, metadata: Metadata) -> Told {
    let info = ErrorInfo { reason: cause.as_str().to_owned(), domain: DOMAIN.to_owned(), metadata };
    Told { code, words: words.to_owned(), info, details: ErrorDetails::new() }
}

fn build(told: Told) -> Status {
    let Told { code, words, info, details } = told;
    let rest = Status::with_error_details(code, words.as_str(), details);
    let mut whole = tonic_types::Status::decode(rest.details()).unwrap_or_default();
    let info = prost_types::Any {
        type_url: "type.googleapis.com/google.rpc.ErrorInfo".to_owned(),
        value: info.encode_to_vec(),
    };
    whole.code = code.into();
    whole.message.clone_from(&words);
    whole.details.insert(0, info);
    Status::with_details(code, words, whole.encode_to_vec().into())
}

/// No token, or none that is known; which of the two is not told.
pub(super) fn unauthenticated() -> Status {
    let words = "a known bearer token is needed: send `authorization: Bearer <token>`";
    build(with_cause(Code::Unauthenticated, words, Cause::Unauthenticated, Metadata::new()))
}

/// The status of a failed use case.
pub(super) fn of(error: ShippingError) -> Status {
    let none = Metadata::new;
    let words = error.to_string();
    match error {
        ShippingError::Invalid(bad) => {
            let words: Vec<_> = bad.iter().map(ToString::to_string).collect();
            let mut told =
                with_cause(Code::InvalidArgument, &words.join("; "), Cause::InvalidRequest, none());
            for bad in bad {
                told.details.add_bad_request_violation(bad.field, bad.problem.to_string());
            }
            build(told)
        }
        ShippingError::NotFound { what, id } => {
            let metadata = Metadata::from([("resource".to_owned(), what.to_owned()), ("id".to_owned(), id)]);
            build(with_cause(Code::NotFound, &words, Cause::NotFound, metadata))
        }
        ShippingError::Precondition { cause, words, details } => {
            let metadata = details.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let mut told = with_cause(Code::FailedPrecondition, &words, cause, metadata);
            told.details.add_precondition_failure_violation(cause.as_str(), "request", words);
            build(told)
        }
        ShippingError::Running { retry_after } | ShippingError::CutShort { retry_after, .. } => {
            let mut told = with_cause(Code::Aborted, &words, Cause::PurchaseRunning, none());
            told.details.set_retry_info(Some(retry_after));
            build(told)
        }
        ShippingError::Overloaded { retry_after } => {
            let mut told = with_cause(Code::ResourceExhausted, &words, Cause::TooMuchUnderWay, none());
            told.details.set_retry_info(Some(retry_after));
            build(told)
        }
        ShippingError::TooManyStreams { .. } => {
            build(with_cause(Code::ResourceExhausted, &words, Cause::TooMuchUnderWay, none()))
        }
        ShippingError::SlowReader { cursor } => {
            build(with_cause(Code::ResourceExhausted, &words, Cause::SlowReader, go_on_from(cursor)))
        }
        ShippingError::Stopping { cursor } => {
            let mut told = with_cause(Code::Unavailable, &words, Cause::GatewayStopping, go_on_from(cursor));
            told.details.set_retry_info(Some(Duration::from_secs(1)));
            build(told)
        }
        ShippingError::Deadline => {
            build(with_cause(Code::DeadlineExceeded, &words, Cause::DeadlinePassed, none()))
        }
        ShippingError::Carrier { carrier, fault, shipment } => of_fault(&carrier, &fault, shipment),
        ShippingError::Store(error) => of_store(&error),
        ShippingError::Internal(words) => internal(&words),
    }
}

fn go_on_from(cursor: String) -> Metadata {
    Metadata::from([("cursor".to_owned(), cursor)])
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
        // It is the answer of a purchase, the same at each time of asking.
        _ if shipment.is_some() => (Code::Internal, Cause::Internal),
        _ => return internal(&fault.to_string()),
    };
    let mut metadata = Metadata::from([
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
    let mut told = with_cause(code, &fault.to_string(), cause, metadata);
    if let Retry::Later(seconds) = fault.retry {
        told.details.set_retry_info(Some(Duration::from_secs(u64::from(seconds.unwrap_or(5)))));
    }
    if code == Code::FailedPrecondition {
        let words = told.words.clone();
        told.details.add_precondition_failure_violation(cause.as_str(), carrier, words);
    }
    build(told)
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
            let mut told =
                with_cause(Code::Unavailable, &error.to_string(), Cause::StoreUnavailable, Metadata::new());
            told.details.set_retry_info(Some(Duration::from_secs(5)));
            build(told)
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
    build(with_cause(Code::Internal, &told, Cause::Internal, Metadata::from([("error_id".to_owned(), id)])))
}
