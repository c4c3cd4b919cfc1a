//! Imports into Japan, South Korea, China and Taiwan.

use super::super::case::{Case, Flow};
use super::super::rules::Rule;
use super::is_business;
use parcelgate_kit::model::IdKind;

/// Into Japan.
pub(super) fn japan(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    case.need_phone()?;
    let value = case.consignment_value("JPY")?;
    if case.rule("jp.reform").is_some() {
        case.scheme("JP_PLATFORM_TAX");
        case.due(&["I_VAT_AT_IMPORT"]);
        return Ok(());
    }
    let dutiable = case.rule("jp.exemption_excludes").map(Rule::headings).unwrap_or_default();
    let excluded = case.query.goods.iter().any(|line| line.under_excise() || line.hs_starts(dutiable));
    let exempt = case.limit("jp.exemption", value).is_some_and(|rule| rule.admits(value));
    if exempt && !excluded {
        case.scheme("JP_DEMINIMIS");
        return Ok(());
    }
    case.scheme("JP_STD");
    if exempt {
        case.due(&["I_TARIFF"]);
    }
    case.due(&["I_VAT_AT_IMPORT"]);
    Ok(())
}

/// Into South Korea.
pub(super) fn korea(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    if is_business(case) {
        case.scheme("OTHER_STD");
        case.due(&["I_TARIFF", "I_VAT_AT_IMPORT"]);
        return Ok(());
    }
    case.scheme("KR_PERSONAL");
    case.attach_required(IdKind::Pccc)?;
    case.need_phone()?;
    let value = case.consignment_value("USD")?;
    let from_us = case.origin.territory.customs_area() == "US";
    let topic = if from_us { "kr.exemption_us" } else { "kr.exemption" };
    if !case.rule(topic).is_some_and(|rule| rule.admits(value)) {
        case.due(&["I_TARIFF", "I_VAT_AT_IMPORT"]);
    }
    Ok(())
}

/// Into China.
pub(super) fn china(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    if is_business(case) {
        case.scheme("OTHER_STD");
        case.due(&["I_TARIFF", "I_VAT_AT_IMPORT"]);
        return Ok(());
    }
    case.rule("cn.personal");
    case.scheme("CN_PERSONAL");
    case.attach_required(IdKind::CnId)?;
    case.need_phone()?;
    case.due(&["I_VAT_AT_IMPORT"]);
    Ok(())
}

/// Into Taiwan.
pub(super) fn taiwan(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    if case.rule("tw.authentication").is_some() && !case.query.buyer.phone {
        return Err(case.refuse("E_FIELD", "RECIPIENT_MOBILE", &["RECIPIENT_CONTACT"]));
    }
    case.scheme("OTHER_STD");
    case.due(&["I_TARIFF", "I_VAT_AT_IMPORT"]);
    Ok(())
}
