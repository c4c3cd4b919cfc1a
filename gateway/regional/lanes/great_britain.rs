//! Imports into Great Britain and the Isle of Man.

use parcelgate_kit::model::{ContentType, IdKind};

use super::super::case::{Case, Flow};
use super::super::identifiers::DropReason;
use super::super::query::{Seller, TaxPolicy};
use super::super::rules::{Rule, RuleValue};
use super::{gate, is_business};

/// Into Great Britain from outside of the United Kingdom.
pub(super) fn import(case: &mut Case<'_>) -> Flow {
    let query = case.query;
    case.need_standard();
    if query.content == ContentType::Return {
        case.scheme("UK_STD");
        case.need(&["RETURN_REFERENCE"]);
        return Ok(());
    }
    if query.seller == Seller::PrivatePerson {
        return between_persons(case);
    }
    if query.content == ContentType::Gift {
        case.code("W_GIFT_SUSPECT");
    }
    gate::excise(case, "UK_STD")?;
    let value = case.consignment_value("GBP")?;
    let inside = case.limit("gb.pos_vat", value).is_some_and(|rule| rule.admits(value));
    let excise = query.goods.iter().any(|line| line.under_excise());
    if !inside || excise {
        gate::split(case, "gb.pos_vat", "GBP")?;
        return above(case, excise);
    }
    if let Some(rule) = case.rule("gb.pos_vat") {
        gate::same_day(case, value, rule, "GBP")?;
    }
    if is_business(case) && case.rule("gb.business").is_some() {
        let own = case.recipient_id(IdKind::Vat).or_else(|| case.recipient_id(IdKind::GbVat));
        if let Some(index) = own {
            case.scheme("UK_B2B_REVERSE");
            drop_seller_numbers(case, DropReason::B2b)?;
            return case.attach(index);
        }
    }
    point_of_sale(case)
}

fn point_of_sale(case: &mut Case<'_>) -> Flow {
    case.scheme("UK_POS_VAT");
    if let Some(index) = case.liable_id(&[IdKind::GbVat])? {
        case.attach(index)?;
        case.code("I_VAT_PREPAID");
        let excluded = case.rule("gb.relief_excludes").map(Rule::headings).unwrap_or_default();
        let unrelieved = case.query.goods.iter().any(|line| line.hs_starts(excluded));
        if unrelieved || case.rule("gb.duty_relief").is_some_and(|rule| rule.value == RuleValue::Tariff) {
            case.code("I_TARIFF");
        }
        return Ok(());
    }
    if case.query.policy == TaxPolicy::Strict {
        return Err(case.refuse_field("GB_VAT"));
    }
    case.need(&["GB_VAT"]);
    case.lacks("GB_VAT");
    case.code("W_RECIPIENT_PAYS");
    case.note("The seller or marketplace must collect the VAT with the sale and has no number on file.");
    Ok(())
}

fn above(case: &mut Case<'_>, excise: bool) -> Flow {
    case.scheme("UK_STD");
    case.need(&["INVOICE", "HS10"]);
    if excise {
        case.need(&["EXCISE_DATA"]);
    }
    drop_seller_numbers(case, if excise { DropReason::ExcludedGoods } else { DropReason::OverLimit })?;
    if is_business(case) {
        for kind in [IdKind::Vat, IdKind::GbVat, IdKind::Eori] {
            if let Some(index) = case.recipient_id(kind) {
                case.attach(index)?;
            }
        }
        if case.recipient_id(IdKind::Eori).is_none() {
            case.need(&["EORI_IMPORTER"]);
            case.lacks("EORI_IMPORTER");
            case.note("A business imports under its own GB EORI number, which the carrier will ask for.");
        }
    }
    case.due(&["I_TARIFF", "I_VAT_AT_IMPORT"]);
    Ok(())
}

fn drop_seller_numbers(case: &mut Case<'_>, reason: DropReason) -> Flow {
    for (index, id) in case.on_file(IdKind::GbVat) {
        if case.is_liable(id) {
            case.drop_warned(index, reason)?;
        }
    }
    Ok(())
}

fn between_persons(case: &mut Case<'_>) -> Flow {
    let value = case.consignment_value("GBP")?;
    if case.query.content == ContentType::Gift {
        if case.limit("gb.gift", value).is_some_and(|rule| rule.admits(value)) {
            case.scheme("UK_GIFT");
            return Ok(());
        }
        case.code("W_GIFT_OVER");
    }
    if case.query.content == ContentType::Other {
        case.need(&["CONTENT_EXPLANATION"]);
    }
    case.scheme("UK_STD");
    // The duty relief reaches gifts up to the limit of consignments.
    if !case.limit("gb.pos_vat", value).is_some_and(|rule| rule.admits(value)) {
        case.due(&["I_TARIFF"]);
    }
    case.due(&["I_VAT_AT_IMPORT"]);
    Ok(())
}
