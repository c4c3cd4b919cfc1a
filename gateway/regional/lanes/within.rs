//! Where no customs border is crossed: inside one area, between member states,
//! and into the EU's territories outside of its VAT area.

use super::super::case::{Case, Flow};
use super::super::goods;
use super::super::identifiers::DropReason;
use super::exports;
use parcelgate_kit::model::{ContentType, IdKind};

/// Inside one customs and VAT area.
pub(super) fn domestic(case: &mut Case<'_>) -> Flow {
    case.scheme("DOM");
    if case.dest.territory.is("IN") {
        return india(case);
    }
    // Puerto Rico is inside the US, and still counted in its export statistics.
    if case.origin.territory != case.dest.territory {
        exports::evaluate(case)?;
    }
    if case.dest.military {
        case.need_standard();
        case.note("Mail to post offices of the US forces travels with a customs form, and pays no duty.");
    }
    if case.dest.territory.is("MX") && case.rule("mx.carta_porte").is_some() {
        carta_porte(case)?;
    }
    if !case.dest.military {
        case.code("I_NO_CUSTOMS");
    }
    if case.dest.territory.in_eu_vat_area() {
        case.drop_all(IdKind::Ioss, DropReason::IntraEu)?;
    } else {
        case.drop_all(IdKind::Ioss, DropReason::Territory)?;
    }
    Ok(())
}

/// The consignment note of Mexico names each line by the tax authority's code.
fn carta_porte(case: &mut Case<'_>) -> Flow {
    if case.query.content == ContentType::Documents {
        return Ok(());
    }
    if case.query.goods.iter().any(|line| !line.sat_product) {
        return Err(case.refuse_field("SAT_PRODUCT"));
    }
    case.need(&["SAT_PRODUCT"]);
    Ok(())
}

fn india(case: &mut Case<'_>) -> Flow {
    case.need(&["INVOICE_NUMBER"]);
    let Some(value) = goods::total(case.query).filter(|value| !value.is_zero()) else { return Ok(()) };
    let value = case.convert(value, "INR")?;
    let Some(rule) = case.limit("in.eway_bill", value) else { return Ok(()) };
    if rule.admits(value) {
        return Ok(());
    }
    match case.query.ids.iter().position(|id| id.kind == IdKind::EwayBill) {
        Some(index) => {
            case.need(&["EWAY_BILL"]);
            case.attach(index)
        }
        None => Err(case.refuse_field("EWAY_BILL")),
    }
}

/// Between member states, Northern Ireland included.
pub(super) fn intra_eu(case: &mut Case<'_>) -> Flow {
    case.scheme("INTRA_EU");
    case.rule("eu.internal");
    case.code("I_NO_CUSTOMS");
    case.note("Union goods move between member states without customs data.");
    case.drop_all(IdKind::Ioss, DropReason::IntraEu)
}

/// From the EU into one of its customs territories outside of its VAT area.
pub(super) fn fiscal(case: &mut Case<'_>) -> Flow {
    case.scheme("EU_FISCAL_BORDER");
    case.rule("eu.fiscal_border");
    case.need(&["DESC", "HS6", "COO", "LINE_VALUE", "T2_STATUS"]);
    case.note("The goods keep their Union status; the local tax is due on arrival.");
    case.due(&["I_VAT_AT_IMPORT"]);
    case.drop_all(IdKind::Ioss, DropReason::Territory)
}
