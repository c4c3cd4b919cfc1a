//! Imports into territories without a rule of their own.

use super::super::case::{Case, Flow};
use super::super::query::Seller;

/// Countries of which it is known that parcels need nothing special there.
const ORDINARY: &[&str] = &[
    "AL", "AW", "BA", "BQ", "CW", "HK", "IN", "MD", "ME", "MK", "RS", "SX", "UA", "XK", "VI", "GU", "AS",
    "MP",
];

/// Ordinary import.
pub(super) fn import(case: &mut Case<'_>) -> Flow {
    let to = case.dest.territory;
    case.need_standard();
    if !to.is_listed() && !ORDINARY.contains(&to.as_str()) {
        case.note(format!("There is no special rule for {} here: ordinary import is assumed.", to.name()));
    }
    case.scheme("OTHER_STD");
    if to.is("GIBRALTAR") {
        case.rule("gi.treaty");
    }
    match to.as_str() {
        // A free port: neither duty nor tax on ordinary goods.
        "HK" => case.note("Hong Kong asks for neither duty nor tax on ordinary goods."),
        // No duty on ordinary goods; goods and services tax at arrival.
        "JERSEY" | "GUERNSEY" => case.due(&["I_VAT_AT_IMPORT"]),
        _ if case.query.seller == Seller::PrivatePerson => case.due(&["I_VAT_AT_IMPORT"]),
        _ => case.due(&["I_TARIFF", "I_VAT_AT_IMPORT"]),
    }
    Ok(())
}
