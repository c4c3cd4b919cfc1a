//! Imports into territories without a rule of their own.

use super::super::case::{Case, Flow};
use super::super::query::Seller;

/// Ordinary import.
pub(super) fn import(case: &mut Case<'_>) -> Flow {
    let to = case.dest.territory;
    case.need_standard();
    if !to.is_listed() && !case.rule("other.ordinary").is_some_and(|rule| rule.names(to.as_str())) {
        case.note(format!("There is no special rule for {} here: ordinary import is assumed.", to.name()));
    }
    case.scheme("OTHER_STD");
    if to.is("GIBRALTAR") {
        case.rule("gi.treaty");
    }
    match to.as_str() {
        // A free port: neither duty nor tax on ordinary goods.
        "HK" => case.note("Hong Kong asks for neither duty nor tax on ordinary goods."),
        "JERSEY" => {
            let value = case.consignment_value("GBP")?;
            if !case.rule("je.gst_relief").is_some_and(|rule| rule.admits(value)) {
                case.due(&["I_VAT_AT_IMPORT"]);
            }
        }
        "GUERNSEY" => {
            case.note("Guernsey has no tax on goods, and no duty on ordinary ones from Great Britain.")
        }
        _ if case.query.seller == Seller::PrivatePerson => case.due(&["I_VAT_AT_IMPORT"]),
        _ => case.due(&["I_TARIFF", "I_VAT_AT_IMPORT"]),
    }
    Ok(())
}
