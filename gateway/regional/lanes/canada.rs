//! Imports into Canada.

use parcelgate_kit::model::{ContentType, IdKind};
use rust_decimal::Decimal;

use super::super::case::{Case, Flow};
use super::super::query::Seller;
use super::is_business;

/// Into Canada.
pub(super) fn import(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    if is_business(case) {
        return business(case);
    }
    let value = case.consignment_value("CAD")?;
    let post = case.query.carrier.post;
    case.scheme(if post { "CA_POST" } else { "CA_LVS" });
    let private_gift = case.query.content == ContentType::Gift && case.query.seller == Seller::PrivatePerson;
    if private_gift && case.rule("ca.gift").is_some_and(|rule| rule.admits(value)) {
        return Ok(());
    }
    if !post && case.rule("ca.low_value").is_some_and(|rule| !rule.admits(value)) {
        case.scheme("CA_COMMERCIAL");
        case.need(&["INVOICE"]);
    }
    let neighbour = matches!(case.origin.territory.customs_area(), "US" | "MX");
    if neighbour && !post {
        return from_neighbour(case, value);
    }
    if !case.limit("ca.de_minimis", value).is_some_and(|rule| rule.admits(value)) {
        case.due(&["I_VAT_AT_IMPORT", "I_TARIFF"]);
    }
    Ok(())
}

/// By courier from the US or Mexico.
fn from_neighbour(case: &mut Case<'_>, value: Decimal) -> Flow {
    if !case.limit("ca.duty_free_courier", value).is_some_and(|rule| rule.admits(value)) {
        case.due(&["I_TARIFF"]);
    }
    if !case.limit("ca.tax_free_courier", value).is_some_and(|rule| rule.admits(value)) {
        case.due(&["I_VAT_AT_IMPORT"]);
    }
    Ok(())
}

fn business(case: &mut Case<'_>) -> Flow {
    case.scheme("CA_COMMERCIAL");
    case.need(&["INVOICE", "BN15"]);
    case.due(&["I_TARIFF", "I_VAT_AT_IMPORT"]);
    match case.query.ids.iter().position(|id| id.kind == IdKind::Bn15) {
        Some(index) => case.attach(index),
        None => {
            case.lacks("BN15");
            case.code_with("E_FIELD", "BN15");
            Ok(())
        }
    }
}
