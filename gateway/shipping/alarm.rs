//! What operators are told, each with its code and the thing to do.
//!
//! An alarm is written in the transaction that has its cause, so that none is
//! lost. Codes are listed in docs/operations.md.

use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::Money;

use crate::store::{Alarms, NewAlarm};

/// Nobody but a person can find out whether a label was bought.
pub(super) const IN_DOUBT: &str = "IN_DOUBT";
/// A purchase that counted as refused has a label after all.
pub(super) const LATE_LABEL: &str = "LATE_LABEL";
/// The carrier charged more than the caller allows, and keeps the label.
pub(super) const PRICE_ABOVE_MAX: &str = "PRICE_ABOVE_MAX";
/// What the carrier charged cannot be held against what was allowed or said.
pub(super) const CHARGE_UNCLEAR: &str = "CHARGE_UNCLEAR";
/// A label that nobody wants could not be cancelled.
pub(super) const VOID_FAILED: &str = "VOID_FAILED";
/// A document is not what it claims to be.
#[expect(dead_code, reason = "raised by the check of documents, which lands next")]
pub(super) const DOCUMENT_FLAWED: &str = "DOCUMENT_FLAWED";

/// One alarm.
pub(super) fn raise(code: &'static str, words: impl Into<String>) -> Alarms {
    Alarms { raise: vec![NewAlarm { code, words: words.into() }], settle: Vec::new() }
}

/// The purchase waits for a person.
pub(super) fn in_doubt(fault: &Fault) -> Alarms {
    let words = format!(
        "{}; look for the reference in the carrier's portal and settle it with `parcelgate operator resolve`",
        fault.message
    );
    raise(IN_DOUBT, words)
}

/// A label of a refused purchase turned up, and what became of it.
pub(super) fn late_label(reference: &str, void: Result<(), &Fault>) -> Alarms {
    let what = match void {
        Ok(()) => "it was cancelled".to_owned(),
        Err(fault) => format!("it could not be cancelled, do it in the carrier's portal: {}", fault.message),
    };
    raise(
        LATE_LABEL,
        format!("the label of the refused purchase `{reference}` turned up at the carrier: {what}"),
    )
}

/// The label costs too much and cannot be given back.
pub(super) fn above_max(total: Money, max: Money, why: &str) -> Alarms {
    raise(PRICE_ABOVE_MAX, format!("the carrier charged {total}, the caller allows {max}; {why}"))
}

/// Both, one behind the other.
pub(super) fn and(mut first: Alarms, second: Alarms) -> Alarms {
    first.raise.extend(second.raise);
    first.settle.extend(second.settle);
    first
}
