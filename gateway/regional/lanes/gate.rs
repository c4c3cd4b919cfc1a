//! Whether the data of the goods is complete enough to cross a border.

use parcelgate_kit::check_digit::gs1;
use parcelgate_kit::model::ContentType;
use rust_decimal::Decimal;

use super::super::case::{Case, Flow};
use super::super::goods;
use super::super::query::{Query, SaleCurrency, SaleTerms, Seller, StandardId};
use super::super::rules::Rule;
use super::is_business;

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
    if query.goods.iter().any(|line| matches!(line.standard_id, StandardId::Both(_))) {
        case.note("A line names a standard product number and states that none exists.");
        return Err(case.refuse_field("PID_S_OR_Y081"));
    }
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

/// Parcels that are each below the limit while their order is above it.
pub(super) fn split(case: &mut Case<'_>, topic: &'static str, currency: &str) -> Flow {
    let mut parts = goods::by_parcel(case.query);
    let linked: Vec<Decimal> =
        case.query.linked.iter().filter(|other| other.same_order).map(|other| other.goods_value).collect();
    if !linked.is_empty() {
        parts.extend(linked);
        parts.push(goods::total(case.query).unwrap_or(Decimal::MAX));
    }
    let mut low = parts.len() > 1;
    for part in parts {
        let value = case.convert(part, currency)?;
        low &= case.rule(topic).is_some_and(|rule| rule.admits(value));
    }
    if low {
        case.code("W_SPLIT");
    }
    Ok(())
}

/// Shipments of other orders to the same recipient on the same day are apart in
/// law; that they are together above the limit is remarked.
pub(super) fn same_day(case: &mut Case<'_>, value: Decimal, rule: &Rule, currency: &str) -> Flow {
    let others = case.query.linked.iter().filter(|other| !other.same_order);
    let sum = others.fold(Decimal::ZERO, |sum, other| sum.saturating_add(other.goods_value));
    if !sum.is_zero() && !rule.admits(value.saturating_add(case.convert(sum, currency)?)) {
        case.code("W_SPLIT");
    }
    Ok(())
}

/// Whether the order travels in several parcels.
pub(super) fn is_one_of_several(query: &Query) -> bool {
    query.parcels > 1
        || goods::by_parcel(query).len() > 1
        || query.linked.iter().any(|other| other.same_order)
}

/// Terms of sale that do not fit a parcel, or not a parcel to a consumer.
pub(super) fn terms(case: &mut Case<'_>) {
    let words = match case.query.sale_terms {
        SaleTerms::Sea => "The terms are those of sea freight: a parcel travels under DAP or DDP.",
        SaleTerms::Business if !is_business(case) => {
            "The terms are those between businesses: a parcel to a consumer travels under DAP or DDP."
        }
        SaleTerms::Business | SaleTerms::Parcel => return,
    };
    case.code("W_TERMS");
    case.note(words);
}
