//! What is known of territories without a rule of their own.

use jiff::civil::date;

use super::{Confidence, Rule, RuleValue, Trigger};

/// The rows.
pub(super) const RULES: &[Rule] = &[Rule {
    topic: "other.ordinary",
    words: "parcels need nothing special in these territories",
    from: date(2026, 1, 1),
    until: None,
    trigger: Trigger::Import,
    value: RuleValue::Countries(ORDINARY),
    source: "the postal and express networks' published country pages",
    verified_on: date(2026, 10, 10),
    confidence: Confidence::Medium,
}];

#[rustfmt::skip]
const ORDINARY: &[&str] = &[
    "AL", "AW", "BA", "BQ", "CW", "HK", "IN", "MD", "ME", "MK", "RS", "SX", "UA", "XK", "VI", "GU", "AS", "MP",
];
