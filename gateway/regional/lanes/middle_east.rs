//! Imports into Türkiye, Saudi Arabia and the United Arab Emirates.

use super::super::case::{Case, Flow, Stop};
use super::super::rules::Rule;
use super::is_business;
use parcelgate_kit::model::IdKind;

/// Into Türkiye.
pub(super) fn turkiye(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    case.attach_required(IdKind::TrId)?;
    case.need_phone()?;
    let simplified = match case.rule("tr.simplified") {
        Some(rule) => {
            let value = case.consignment_value("EUR")?;
            rule.admits(value) && !is_business(case)
        }
        None => flat_rate_goods(case)?,
    };
    if simplified {
        case.scheme("TR_SIMPLIFIED");
    } else {
        case.rule("tr.declaration");
        case.scheme("TR_DECLARATION");
        case.due(&["I_TARIFF"]);
    }
    case.due(&["I_VAT_AT_IMPORT"]);
    if !is_business(case) {
        case.code("W_RECIPIENT_PAYS");
    }
    Ok(())
}

/// Medicines and food supplements alone, up to a limit, keep the flat rates.
fn flat_rate_goods(case: &mut Case<'_>) -> Result<bool, Stop> {
    let kept = case.rule("tr.flat_rate_goods").map(Rule::headings).unwrap_or_default();
    if is_business(case) || !case.query.goods.iter().all(|line| line.hs_starts(kept)) {
        return Ok(false);
    }
    let value = case.consignment_value("EUR")?;
    Ok(case.rule("tr.flat_rate_limit").is_some_and(|rule| rule.admits(value)))
}

/// Into Saudi Arabia.
pub(super) fn saudi_arabia(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    case.scheme("SA_STD");
    if case.rule("sa.national_address").is_some() {
        case.attach_required(IdKind::SaAddress)?;
    }
    case.need_phone()?;
    let value = case.consignment_value("SAR")?;
    if !case.rule("sa.exemption").is_some_and(|rule| rule.admits(value)) {
        case.due(&["I_TARIFF"]);
    }
    case.due(&["I_VAT_AT_IMPORT"]);
    Ok(())
}

/// Into the United Arab Emirates.
pub(super) fn emirates(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    case.scheme("AE_STD");
    case.need_phone()?;
    let value = case.consignment_value("AED")?;
    if !case.limit("ae.exemption", value).is_some_and(|rule| rule.admits(value)) {
        case.due(&["I_TARIFF"]);
    }
    case.due(&["I_VAT_AT_IMPORT"]);
    Ok(())
}
