//! Imports into the United States, Mexico and Brazil.

use parcelgate_kit::model::{ContentType, IdKind, Incoterm};
use rust_decimal::Decimal;

use super::super::case::{Case, Flow};
use super::super::query::Seller;

/// Into the United States, Puerto Rico included.
pub(super) fn united_states(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    let query = case.query;
    let value = case.consignment_value("USD")?;
    if query.content == ContentType::Gift {
        if query.seller != Seller::PrivatePerson {
            case.code("W_GIFT_SUSPECT");
        } else if case.limit("us.gift", value).is_some_and(|rule| rule.admits(value)) {
            case.scheme("US_GIFT");
            return Ok(());
        } else {
            case.code("W_GIFT_OVER");
        }
    }
    let chinese = query.goods.iter().any(|line| line.origin.is_none_or(|made| made == "CN" || made == "HK"))
        && case.rule("us.china_dutiable").is_some();
    if case.rule("us.de_minimis").is_some_and(|rule| rule.admits(value)) && !chinese {
        case.scheme("US_SECTION321");
        return Ok(());
    }
    let inside = case.limit("us.informal", value).is_some_and(|rule| rule.admits(value));
    let all_dutiable = case.rule("us.all_dutiable").is_some();
    if query.carrier.post && !inside {
        return Err(case.refuse("E_NOT_CARRIED", "", &["FORMAL_ENTRY"]));
    }
    if query.carrier.post && all_dutiable && query.incoterm == Incoterm::Dap {
        return Err(case.refuse("E_DDP_REQUIRED", "", &["DDP"]));
    }
    let ten_digits = !query.carrier.post || case.rule("us.postal_hts10").is_some();
    if ten_digits {
        if query.goods.iter().any(|line| !line.has_ten_digits()) {
            return Err(case.refuse_field("HTS10"));
        }
        case.need(&["HTS10"]);
    }
    if !inside {
        return formal(case);
    }
    case.scheme(if query.carrier.post { "US_POSTAL_INFORMAL" } else { "US_EXPRESS_INFORMAL" });
    case.due(&["I_TARIFF"]);
    Ok(())
}

fn formal(case: &mut Case<'_>) -> Flow {
    case.scheme("US_FORMAL");
    case.need(&["IOR_NUMBER", "INVOICE"]);
    let Some(index) = case.query.ids.iter().position(|id| id.kind == IdKind::Ein) else {
        case.lacks("IOR_NUMBER");
        case.code_with("E_FIELD", "IOR_NUMBER");
        return Ok(());
    };
    case.attach(index)?;
    case.need(&["MID"]);
    case.due(&["I_TARIFF"]);
    Ok(())
}

/// Into Mexico.
pub(super) fn mexico(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    case.attach_required(IdKind::Rfc)?;
    let value = case.consignment_value("USD")?;
    case.scheme("MX_COURIER");
    if case.rule("mx.courier").is_some_and(|rule| !rule.admits(value)) {
        return Err(case.refuse("E_NOT_CARRIED", "", &["FORMAL_ENTRY"]));
    }
    let neighbour = matches!(case.origin.territory.customs_area(), "US" | "CA");
    if neighbour && case.rule("mx.usmca_free").is_some_and(|rule| rule.admits(value)) {
        return Ok(());
    }
    case.due(&["I_TARIFF", "I_VAT_AT_IMPORT"]);
    Ok(())
}

/// Into Brazil.
pub(super) fn brazil(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    case.attach_required(IdKind::BrTax)?;
    let value: Decimal = case.consignment_value("USD")?;
    if !case.limit("br.simplified", value).is_some_and(|rule| rule.admits(value)) {
        return Err(case.refuse_as("BR_FORMAL", "E_NOT_CARRIED", "", &["FORMAL_ENTRY"]));
    }
    let certified = matches!(case.query.seller, Seller::DeemedMarketplace { remessa_conforme: true, .. });
    if certified && case.rule("br.remessa_conforme").is_some() {
        if let Some(index) = case.liable_id(&[IdKind::BrCertificate])? {
            case.attach(index)?;
        }
        case.scheme("BR_PRC");
        case.code("I_VAT_PREPAID");
        return Ok(());
    }
    case.scheme("BR_RTS");
    case.due(&["I_TARIFF", "I_VAT_AT_IMPORT"]);
    Ok(())
}
