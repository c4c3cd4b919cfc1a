//! From one territory to another: which lane a consignment takes.
//!
//! Each file is a destination or a kind of border. A lane reads facts from the
//! case, asks for rules by topic, and writes codes; it holds no dates and no
//! thresholds of its own. Start with [`run`].

mod americas;
mod asia_pacific;
mod canada;
mod eu;
mod eu_ioss;
mod exports;
mod gate;
mod great_britain;
mod low_value_gst;
mod middle_east;
mod nordic_alpine;
mod northern_ireland;
mod other;
mod within;

use parcelgate_kit::model::{ContentType, IdKind};

use super::case::{Case, Flow};
use super::decision::Border;
use super::identifiers::DropReason;
use super::query::BuyerKind;

/// Evaluates one consignment.
pub(super) fn run(case: &mut Case<'_>) -> Flow {
    if case.dest.remapped || case.origin.remapped {
        case.code("W_TERRITORY_REMAP");
    }
    if case.dest.guessed {
        case.code("W_TERRITORY_GUESS");
    }
    let (from, to) = (case.origin.territory, case.dest.territory);
    let british = |area: &str| area == "GB";
    if british(from.vat_area()) && to.is("NI") {
        return northern_ireland::inward(case);
    }
    if from.is("NI") && british(to.vat_area()) {
        return northern_ireland::outward(case);
    }
    case.border = border(case);
    match case.border {
        Border::Domestic => within::domestic(case),
        Border::IntraEu => within::intra_eu(case),
        Border::IntraUnionFiscal if !to.in_eu_vat_area() => within::fiscal(case),
        Border::IntraUnionFiscal | Border::Customs => across(case),
    }
}

fn border(case: &Case<'_>) -> Border {
    let (from, to) = (case.origin.territory, case.dest.territory);
    let same_country = case.origin.country == case.dest.country;
    if case.query.under_customs {
        Border::Customs
    } else if from == to && (same_country || !to.is("EU_MAIN")) {
        Border::Domestic
    } else if from.customs_area() == to.customs_area() && from.vat_area() == to.vat_area() {
        if to.in_eu_vat_area() { Border::IntraEu } else { Border::Domestic }
    } else if from.in_eu_customs_area() && to.in_eu_customs_area() {
        Border::IntraUnionFiscal
    } else {
        Border::Customs
    }
}

/// Across a customs border, or into the EU's VAT area from one of its outer
/// territories.
fn across(case: &mut Case<'_>) -> Flow {
    if case.query.content == ContentType::Documents {
        return documents(case);
    }
    gate::contents(case)?;
    gate::terms(case);
    let to = case.dest.territory;
    if case.dest.guessed && to.in_eu_vat_area() {
        return Err(case.refuse_field("DEST_POSTCODE"));
    }
    if !to.in_eu_vat_area() {
        case.drop_all(IdKind::Ioss, DropReason::Territory)?;
    }
    gate::goods(case)?;
    exports::evaluate(case)?;
    if to.in_eu_vat_area() {
        return eu::import(case);
    }
    if to.in_eu_customs_area() {
        return eu::customs_only(case);
    }
    match to.as_str() {
        "GB" | "ISLE_OF_MAN" => great_britain::import(case),
        "NO" | "SVALBARD" => nordic_alpine::norway(case),
        "CH" | "SAMNAUN" | "BUESINGEN" => nordic_alpine::switzerland(case),
        "AU" | "NZ" | "SG" | "MY" => low_value_gst::import(case),
        "JP" => asia_pacific::japan(case),
        "KR" => asia_pacific::korea(case),
        "CN" => asia_pacific::china(case),
        "TW" => asia_pacific::taiwan(case),
        "TR" => middle_east::turkiye(case),
        "SA" => middle_east::saudi_arabia(case),
        "AE" => middle_east::emirates(case),
        "US" | "PR" => americas::united_states(case),
        "CA" => canada::import(case),
        "MX" => americas::mexico(case),
        "BR" => americas::brazil(case),
        _ => other::import(case),
    }
}

/// Papers have no customs value and carry no tax number. What has a price or a
/// class of goods is goods, printed books among them.
fn documents(case: &mut Case<'_>) -> Flow {
    if case.query.goods.iter().any(|line| !line.unit_value.is_zero() || line.hs_code.is_some()) {
        case.note("Papers have no value and no tariff code: declare what has either as merchandise.");
        return Err(case.refuse("E_CONTENT", "", &["CONTENT_TYPE"]));
    }
    case.need(&["SENDER_FULL", "RECIPIENT_FULL"]);
    case.drop_all(IdKind::Ioss, DropReason::Content)?;
    let to = case.dest.territory;
    case.scheme(match to.as_str() {
        _ if to.in_eu_customs_area() => "EU_DOCS",
        "GB" | "ISLE_OF_MAN" => "UK_DOCS",
        _ => "OTHER_STD",
    });
    case.note("Papers without value need no customs declaration of goods.");
    Ok(())
}

/// Whether the buyer is to be treated as a business: it says so, or it gave a
/// tax number of a business.
fn is_business(case: &Case<'_>) -> bool {
    let given = |kind| case.recipient_id(kind).is_some();
    case.query.buyer.kind == BuyerKind::Business
        || (case.query.buyer.kind == BuyerKind::Unknown && given(IdKind::Vat))
}
