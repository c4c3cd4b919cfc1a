//! What the country of dispatch asks for.

use std::collections::BTreeMap;

use parcelgate_kit::model::{ContentType, Currency, IdKind, IdRole};
use rust_decimal::Decimal;

use super::super::case::{Case, Flow};
use super::super::query::Seller;

/// No currency in use is worth more than this many US dollars (the dinar of
/// Kuwait is worth a little over three): a bound for amounts without a rate.
const DEAREST_CURRENCY: u32 = 4;

/// Evaluates the export side.
pub(super) fn evaluate(case: &mut Case<'_>) -> Flow {
    let from = case.origin.territory;
    match from.as_str() {
        "US" | "PR" => return united_states(case),
        "IN" => return india(case),
        _ => {}
    }
    let area = from.customs_area();
    if case.query.seller != Seller::PrivatePerson && matches!(area, "EU" | "GB") {
        return exporter_eori(case);
    }
    Ok(())
}

/// The exporter's EORI number of the area of dispatch; another area's is of no
/// use here.
fn exporter_eori(case: &mut Case<'_>) -> Flow {
    let british = case.origin.territory.customs_area() == "GB";
    let northern = case.origin.territory.is("NI");
    let found = case.query.ids.iter().position(|id| {
        let prefix = id.value.expose().get(..2).unwrap_or_default();
        let fits = match prefix {
            "GB" => british,
            "XI" => northern,
            _ => !british,
        };
        id.kind == IdKind::Eori && matches!(id.role, IdRole::Seller | IdRole::Shipper) && fits
    });
    found.map_or(Ok(()), |index| case.attach(index))
}

/// Export filing with the US census: by classification, over a limit.
fn united_states(case: &mut Case<'_>) -> Flow {
    let to = case.dest.territory;
    if case.rule("us.export_embargoed").is_some_and(|rule| rule.names(to.as_str())) {
        return filed(case);
    }
    if case.query.goods.iter().any(|line| line.restricted) && case.rule("us.export_licence").is_some() {
        case.note("Goods that need a licence are filed at any value and for every destination.");
        return filed(case);
    }
    match case.query.content {
        ContentType::Gift if case.query.seller == Seller::PrivatePerson => {
            case.export_note = Some("NOEEI 30.37(h)".to_owned());
            return Ok(());
        }
        ContentType::Documents => return Ok(()),
        _ => {}
    }
    let mut classes: BTreeMap<String, Decimal> = BTreeMap::new();
    for (index, line) in case.query.goods.iter().enumerate() {
        // By the full code as far as it was given: a line without one stands alone.
        let class =
            line.hs_code.as_ref().map_or_else(|| format!("line {index}"), |code| code.as_str().to_owned());
        let sum = classes.entry(class).or_default();
        *sum = sum.saturating_add(line.line_value().unwrap_or(Decimal::MAX));
    }
    let largest = classes.into_values().max().unwrap_or_default();
    let most = largest.saturating_mul(Decimal::from(DEAREST_CURRENCY));
    let surely_under = case.rule("us.export_filing").is_some_and(|rule| rule.admits(most));
    if !case.can_convert(Currency::USD) && surely_under {
        case.note("No rate to US dollars is known; the value is below the export limit in any currency.");
        case.export_note = Some("NOEEI 30.37(a)".to_owned());
        return Ok(());
    }
    let value = case.convert(largest, "USD")?;
    if case.dest.territory.is("CA") {
        case.rule("us.export_to_canada");
        case.export_note = Some("NOEEI 30.36".to_owned());
        return Ok(());
    }
    let Some(rule) = case.limit("us.export_filing", value) else { return Ok(()) };
    if rule.admits(value) {
        case.export_note = Some("NOEEI 30.37(a)".to_owned());
        return Ok(());
    }
    filed(case)
}

/// The number of the filing goes along.
fn filed(case: &mut Case<'_>) -> Flow {
    match case.query.ids.iter().position(|id| id.kind == IdKind::Itn) {
        Some(index) => {
            case.need(&["ITN"]);
            case.attach(index)
        }
        None => Err(case.refuse("E_EEI", "", &["ITN"])),
    }
}

/// Commercial exports by courier from India.
fn india(case: &mut Case<'_>) -> Flow {
    let commercial =
        case.query.content == ContentType::Merchandise && case.query.seller != Seller::PrivatePerson;
    if !commercial || case.rule("in.csb_v").is_none() {
        return Ok(());
    }
    if let Some(cap) = case.rule("in.csb_v_cap") {
        let value = case.consignment_value("INR")?;
        if !cap.admits(value) {
            return Err(case.refuse("E_NOT_CARRIED", "", &["FORMAL_ENTRY"]));
        }
    }
    case.need(&["CSB_V_DATA"]);
    for (kind, key) in [(IdKind::Gstin, "GSTIN"), (IdKind::Iec, "CSB_V_DATA"), (IdKind::AdCode, "CSB_V_DATA")]
    {
        match case.query.ids.iter().position(|id| id.kind == kind) {
            Some(index) => case.attach(index)?,
            None => return Err(case.refuse_field(key)),
        }
    }
    Ok(())
}
