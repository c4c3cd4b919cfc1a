//! Between Great Britain and Northern Ireland.

use parcelgate_kit::model::{IdKind, IdRole, WeightUnit};
use rust_decimal::Decimal;

use super::super::case::{Case, Flow};
use super::super::decision::Border;
use super::super::identifiers::DropReason;
use super::super::query::BuyerKind;
use super::super::rules::RuleValue;

/// From Great Britain to Northern Ireland.
pub(super) fn inward(case: &mut Case<'_>) -> Flow {
    case.border = Border::Customs;
    case.drop_all(IdKind::Ioss, DropReason::Territory)?;
    if case.rule("ni.parcels").is_none() {
        case.rule("ni.parcels_before");
        case.scheme("NI_TRANSITIONAL");
        case.need(&["DESC", "SENDER_FULL", "RECIPIENT_FULL"]);
        case.code("I_NO_CUSTOMS");
        return Ok(());
    }
    let restricted = case.query.goods.iter().any(|line| line.restricted);
    let light = within_weight(case);
    match case.query.buyer.kind {
        BuyerKind::Unknown => Err(case.refuse_field("BUYER_TYPE")),
        BuyerKind::Consumer if !restricted && light => {
            case.scheme("NI_UKC");
            case.need(&[
                "BUYER_TYPE",
                "DESC",
                "HS6",
                "LINE_QTY",
                "GROSS_WEIGHT",
                "SENDER_FULL",
                "RECIPIENT_FULL",
            ]);
            case.code("I_NO_CUSTOMS");
            Ok(())
        }
        BuyerKind::Consumer => full(case),
        BuyerKind::Business => business(case, restricted),
    }
}

/// Whether the parcel is within the weights of the authorised carriers' scheme;
/// without a weight it is taken to be.
fn within_weight(case: &mut Case<'_>) -> bool {
    let Some(RuleValue::Grams(several, single)) = case.rule("ni.parcel_weight").map(|rule| rule.value) else {
        return true;
    };
    let pieces: u64 = case.query.goods.iter().map(|line| u64::from(line.quantity)).sum();
    let most = if pieces > 1 { several } else { single };
    case.query.gross_weight.is_none_or(|weight| weight.in_unit(WeightUnit::G) <= Decimal::from(most))
}

fn business(case: &mut Case<'_>, restricted: bool) -> Flow {
    let scheme_number = case.query.ids.iter().position(|id| id.kind == IdKind::Ukims);
    let Some(index) = scheme_number.filter(|_| !restricted) else { return full(case) };
    case.scheme("NI_UKIMS");
    case.need(&["DESC", "HS6", "LINE_VALUE", "COO", "GROSS_WEIGHT"]);
    case.attach(index)?;
    attach_eori(case)?;
    case.code("I_NO_CUSTOMS");
    Ok(())
}

fn full(case: &mut Case<'_>) -> Flow {
    case.scheme("NI_FULL");
    case.need_standard();
    case.need(&["HS10"]);
    attach_eori(case)?;
    case.note("VAT is the United Kingdom's own; the EU's tariff may apply.");
    case.due(&["I_TARIFF"]);
    Ok(())
}

/// The mover's number: of Northern Ireland or of Great Britain.
fn attach_eori(case: &mut Case<'_>) -> Flow {
    let british = |raw: &str| raw.starts_with("GB") || raw.starts_with("XI");
    let found = case.query.ids.iter().position(|id| {
        id.kind == IdKind::Eori && id.role != IdRole::Marketplace && british(id.value.expose())
    });
    found.map_or(Ok(()), |index| case.attach(index))
}

/// From Northern Ireland to Great Britain.
pub(super) fn outward(case: &mut Case<'_>) -> Flow {
    case.border = Border::Domestic;
    case.rule("ni.unfettered");
    case.scheme("NI_GB_UNFETTERED");
    case.code("I_NO_CUSTOMS");
    case.drop_all(IdKind::Ioss, DropReason::Territory)
}
