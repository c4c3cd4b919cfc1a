//! Whether the data of the goods is complete enough to cross a border.

use parcelgate_kit::check_digit::gs1;
use parcelgate_kit::model::ContentType;
use rust_decimal::Decimal;

use super::super::case::{Case, Flow};
use super::super::goods;
use super::super::query::{SaleCurrency, Seller, StandardId};

/// Contents that contradict themselves, and values that are none.
pub(super) fn contents(case: &mut Case<'_>) -> Flow {
    let query = case.query;
    if query.content == ContentType::Other && !query.content_explained {
        return Err(case.refuse_field("CONTENT_EXPLANATION"));
    }
    if query.content == ContentType::Return && !query.return_referenced {
        return Err(case.refuse_field("RETURN_REFERENCE"));
    }
    if query.goods.is_empty() {
        return Err(case.refuse_field("DESC"));
    }
    if let SaleCurrency::Unusable(what) = &query.currency {
        case.note(format!("The amounts cannot be converted: {what}."));
        return Err(case.refuse("E_FX", "", &["CURRENCY"]));
    }
    if query.goods.iter().any(|line| line.unit_value <= Decimal::ZERO) || goods::total(query).is_none() {
        return Err(case.refuse_field("LINE_VALUE"));
    }
    Ok(())
}

/// Descriptions, codes, origins, weights and contacts. Where security data is
/// demanded before loading, a gap refuses; elsewhere it is listed.
pub(super) fn goods(case: &mut Case<'_>) -> Flow {
    let query = case.query;
    let bad_gtin = |id: &StandardId| {
        matches!(id, StandardId::Gtin(digits)
            if !matches!(digits.len(), 8 | 12 | 13 | 14) || !gs1(digits))
    };
    if query.goods.iter().any(|line| bad_gtin(&line.standard_id)) {
        return Err(case.refuse("E_ID_CHECK", "GTIN", &["PID_S_OR_Y081"]));
    }
    let to = case.dest.territory;
    let screened =
        to.in_eu_customs_area() || matches!(to.customs_area(), "NO" | "CH" | "SVALBARD" | "SAMNAUN");
    let secured = screened && case.rule("eu.security_data").is_some();
    let private = query.seller == Seller::PrivatePerson;
    let mut gaps = Vec::new();
    if query.goods.iter().any(|line| goods::is_vague(&line.description)) {
        if !secured {
            case.code("W_DESC_VAGUE");
        }
        gaps.push("DESC");
    }
    if query.goods.iter().any(|line| line.hs_code.is_none()) {
        gaps.push("HS6");
    }
    if query.goods.iter().any(|line| line.origin.is_none()) {
        gaps.push("COO");
    }
    if query.goods.iter().any(|line| !line.weighed) {
        gaps.push("LINE_NET_WEIGHT");
    }
    if !query.buyer.contact {
        gaps.push("RECIPIENT_CONTACT");
    }
    for gap in &gaps {
        case.lacks(gap);
    }
    // Posts' data sets let private senders leave the code out.
    let blocking: Vec<&'static str> =
        gaps.into_iter().filter(|gap| secured && !(private && *gap == "HS6")).collect();
    if blocking.is_empty() {
        return Ok(());
    }
    let mut stop = None;
    for gap in &blocking {
        stop = Some(case.refuse("E_FIELD", gap, &blocking));
    }
    stop.map_or(Ok(()), Err)
}

/// Excise goods travel only with a carrier that has a service for them.
pub(super) fn excise(case: &mut Case<'_>, scheme: &'static str) -> Flow {
    let any = case.query.goods.iter().any(|line| line.under_excise());
    if any && !case.query.carrier.excise {
        return Err(case.refuse_as(scheme, "E_NOT_CARRIED", "", &["EXCISE_SERVICE"]));
    }
    Ok(())
}
