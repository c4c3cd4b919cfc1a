//! Imports into the EU: into its VAT area, and into the parts of its customs
//! territory outside of it. First matching case wins, in the order below.

use parcelgate_kit::model::{ContentType, Currency, IdKind};

use super::super::case::{Case, Flow};
use super::super::decision::{Border, DutyLine};
use super::super::goods;
use super::super::identifiers::DropReason;
use super::super::query::{GoodsLine, Seller, StandardId, TaxPolicy};
use super::super::rules::{Rule, RuleValue};
use super::{eu_ioss, gate, is_business};

/// Into the EU's VAT area or to Northern Ireland.
pub(super) fn import(case: &mut Case<'_>) -> Flow {
    if case.dest.territory.is("NI") {
        case.rule("xi.import_reform");
    }
    if case.border == Border::IntraUnionFiscal {
        case.rule("eu.fiscal_border");
        case.need(&["T2_STATUS"]);
    }
    let query = case.query;
    if query.content == ContentType::Return {
        return returned(case);
    }
    if query.seller == Seller::PrivatePerson {
        return between_persons(case);
    }
    if query.content == ContentType::Gift {
        case.code("W_GIFT_SUSPECT");
        case.note("A shop cannot send a gift of its own: the parcel is treated as a sale.");
    }
    if is_business(case) {
        return business(case, "EU_B2B_STD");
    }
    if query.goods.iter().any(|line| line.under_excise()) {
        return excise(case);
    }
    let value = case.consignment_value("EUR")?;
    let Some(rule) = case.limit("eu.ioss", value) else { return above(case) };
    if !rule.admits(value) {
        case.note(format!("The goods are worth EUR {value}, more than EUR {}.", rule.limit()));
        case.drop_all(IdKind::Ioss, DropReason::Over150)?;
        return above(case);
    }
    if query.content == ContentType::Sample {
        return sample(case);
    }
    case.note(format!("The goods are worth EUR {value}, not more than EUR {}.", rule.limit()));
    gate::same_day(case, value, rule, "EUR")?;
    eu_ioss::low_value(case)
}

/// Above the limit: tariff and VAT at the border.
fn above(case: &mut Case<'_>) -> Flow {
    if case.query.content == ContentType::Sample {
        return sample(case);
    }
    gate::split(case, "eu.ioss", "EUR")?;
    case.scheme("EU_STD_B2C");
    case.need_standard();
    case.need(&["INVOICE"]);
    distance_sale(case, false)?;
    if case.border == Border::Customs {
        case.due(&["I_TARIFF"]);
    }
    case.due(&["I_VAT_AT_IMPORT"]);
    Ok(())
}

fn returned(case: &mut Case<'_>) -> Flow {
    case.scheme("EU_RETURN");
    case.need_standard();
    case.need(&["RETURN_REFERENCE"]);
    case.note("The importer claims relief for returned goods with proof of their export.");
    case.drop_all(IdKind::Ioss, DropReason::Content)
}

fn between_persons(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    case.drop_all(IdKind::Ioss, DropReason::NotDistanceSale)?;
    if case.query.content == ContentType::Other {
        case.need(&["CONTENT_EXPLANATION"]);
    }
    if case.query.content == ContentType::Gift {
        let value = case.consignment_value("EUR")?;
        if case.limit("eu.gift", value).is_some_and(|rule| rule.admits(value)) {
            case.scheme("EU_C2C_GIFT");
            return Ok(());
        }
        case.code("W_GIFT_OVER");
    }
    case.scheme("EU_C2C_STD");
    case.due(&["I_VAT_AT_IMPORT"]);
    let value = case.consignment_value("EUR")?;
    if case.border == Border::Customs
        && case.rule("eu.private_flat_rate").is_some_and(|rule| !rule.admits(value))
    {
        case.due(&["I_TARIFF"]);
    }
    Ok(())
}

fn business(case: &mut Case<'_>, scheme: &'static str) -> Flow {
    case.rule("eu.business_import");
    case.scheme(scheme);
    case.need_standard();
    case.need(&["INVOICE", "EORI_IMPORTER"]);
    if scheme == "EU_B2B_STD" {
        case.drop_all(IdKind::Ioss, DropReason::B2b)?;
    }
    if let Some(index) = case.recipient_id(IdKind::Vat) {
        case.attach(index)?;
    }
    let Some(index) = case.recipient_id(IdKind::Eori) else {
        case.lacks("EORI_IMPORTER");
        case.code_with("E_FIELD", "EORI_IMPORTER");
        return Ok(());
    };
    case.attach(index)?;
    if case.border == Border::Customs {
        case.due(&["I_TARIFF"]);
    }
    case.due(&["I_VAT_AT_IMPORT"]);
    Ok(())
}

fn excise(case: &mut Case<'_>) -> Flow {
    case.rule("eu.excise");
    case.drop_all(IdKind::Ioss, DropReason::Excise)?;
    gate::excise(case, "EU_EXCISE_STD")?;
    let value = case.consignment_value("EUR")?;
    case.scheme("EU_EXCISE_STD");
    case.need_standard();
    case.need(&["HS10", "EXCISE_DATA"]);
    if case.limit("eu.ioss", value).is_some_and(|rule| rule.admits(value)) {
        low_value_duty(case, true, |_| true);
    } else if case.border == Border::Customs {
        case.due(&["I_TARIFF"]);
    }
    distance_sale(case, false)?;
    case.due(&["I_VAT_AT_IMPORT"]);
    Ok(())
}

fn sample(case: &mut Case<'_>) -> Flow {
    case.drop_all(IdKind::Ioss, DropReason::NotDistanceSale)?;
    let value = case.consignment_value("EUR")?;
    let low = case.rule("eu.ioss").is_some_and(|rule| rule.admits(value));
    case.scheme(if low { "EU_STD_B2C_LOW" } else { "EU_STD_B2C" });
    case.need_standard();
    if !low {
        case.need(&["INVOICE"]);
    }
    let relieved = low && case.rule("eu.low_value_duty").is_some_and(|rule| rule.value == RuleValue::Relief);
    case.due(&[if relieved { "I_EUR150_RELIEF" } else { "I_TARIFF" }, "I_VAT_AT_IMPORT"]);
    Ok(())
}

/// Duty of a distance sale up to the limit, on the lines for which `flat` is
/// true where it is asked by the line; `falls_due` where somebody is asked for
/// it at the border under the terms.
pub(super) fn low_value_duty(case: &mut Case<'_>, falls_due: bool, flat: fn(&GoodsLine) -> bool) {
    if case.border == Border::IntraUnionFiscal {
        case.note("Union goods pay no duty.");
        return;
    }
    let Some(rule) = case.rule("eu.low_value_duty") else { return };
    let unrelieved = case.rule("eu.relief_excludes").map(Rule::headings).unwrap_or_default();
    let unrelieved = case.query.goods.iter().any(|line| line.hs_starts(unrelieved) || line.under_excise());
    match rule.value {
        RuleValue::PerLine(amount, currency) => {
            let mut lines = goods::declaration_lines(case.query);
            lines.retain(|line| flat(line));
            case.code_with("I_EUR3", lines.len().to_string());
            let currency = Currency::parse(currency).unwrap_or(Currency::EUR);
            for line in lines {
                case.add_duty(DutyLine {
                    hs6: goods::hs6(line),
                    description: line.description.clone(),
                    origin: line.origin,
                    amount,
                    currency,
                    words: rule.words.to_owned(),
                });
            }
        }
        RuleValue::Relief if unrelieved => {
            case.need(&["HS10"]);
            case.code("I_TARIFF");
        }
        RuleValue::Relief => {
            case.code("I_EUR150_RELIEF");
            return;
        }
        _ => case.code("I_TARIFF"),
    }
    if falls_due {
        case.due(&[]);
    }
}

/// What the EU asks of every distance sale from outside: product identifiers,
/// a fee that may come, licences. `low` below the limit, where gaps may refuse.
pub(super) fn distance_sale(case: &mut Case<'_>, low: bool) -> Flow {
    let query = case.query;
    if query.goods.iter().any(|line| line.restricted) {
        case.need(&["HS10", "LICENCE_DATA"]);
    }
    if case.border == Border::IntraUnionFiscal {
        return Ok(());
    }
    if case.rule("eu.product_ids").is_some() {
        case.need(&["PID_M", "PID_NS", "PID_S_OR_Y081"]);
        if query.carrier.enforces_product_ids {
            case.need(&["COMMERCE_TYPE"]);
        }
        let lacks = |test: fn(&GoodsLine) -> bool| query.goods.iter().any(test);
        let gaps = [
            ("PID_M", lacks(|line| !line.merchant_id)),
            ("PID_NS", lacks(|line| !line.manufacturer_id)),
            ("PID_S_OR_Y081", lacks(|line| line.standard_id == StandardId::Unstated)),
        ];
        for (key, _) in gaps.iter().filter(|(_, missing)| *missing) {
            if low && (query.carrier.enforces_product_ids || query.policy == TaxPolicy::Strict) {
                let mut required = vec![*key];
                required.extend(query.carrier.enforces_product_ids.then_some("COMMERCE_TYPE"));
                return Err(case.refuse("E_FIELD", key, &required));
            }
            case.lacks(key);
            case.code("W_PID_MISSING");
        }
    }
    if case.rule("eu.handling_fee").is_some() {
        case.code("I_FEE_UNION");
    }
    if low {
        national_fee(case);
    }
    Ok(())
}

/// Fees of single states on low-value parcels: told, as they decide nothing.
/// The code stands where the recipient is asked at the border anyway.
fn national_fee(case: &mut Case<'_>) {
    let topic = match case.dest.country.as_str() {
        "FR" => "fr.handling_fee",
        "RO" => "ro.handling_fee",
        _ => return,
    };
    if let Some(rule) = case.rule(topic) {
        case.note(format!("By {}, {}.", rule.source, rule.words));
        if !case.has_code("I_VAT_PREPAID") {
            case.code("I_FEE_NATIONAL");
        }
    }
}

/// Into the EU's customs territory outside of its VAT area: its tariff and
/// product identifiers, a local tax, and never IOSS.
pub(super) fn customs_only(case: &mut Case<'_>) -> Flow {
    let query = case.query;
    if query.content == ContentType::Return {
        return returned(case);
    }
    if query.seller != Seller::PrivatePerson && is_business(case) {
        return business(case, "EU_CUSTOMS_ONLY");
    }
    gate::excise(case, "EU_CUSTOMS_ONLY")?;
    case.scheme("EU_CUSTOMS_ONLY");
    case.need_standard();
    case.note("The EU's tariff applies here and its VAT does not: a local tax is due at import.");
    let value = case.consignment_value("EUR")?;
    if query.seller == Seller::PrivatePerson {
        let gift = query.content == ContentType::Gift;
        if gift && !case.limit("eu.gift", value).is_some_and(|rule| rule.admits(value)) {
            case.code("W_GIFT_OVER");
        }
        case.due(&["I_VAT_AT_IMPORT"]);
        return Ok(());
    }
    if case.limit("eu.ioss", value).is_some_and(|rule| rule.admits(value)) {
        low_value_duty(case, true, |_| true);
        distance_sale(case, true)?;
    } else {
        case.need(&["INVOICE"]);
        case.due(&["I_TARIFF"]);
        distance_sale(case, false)?;
    }
    case.due(&["I_VAT_AT_IMPORT"]);
    Ok(())
}
