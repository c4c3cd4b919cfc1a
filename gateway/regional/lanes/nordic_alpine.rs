//! Imports into Norway, and into Switzerland with Liechtenstein.

use parcelgate_kit::model::{ContentType, IdKind, Incoterm};
use rust_decimal::Decimal;

use super::super::case::{Case, Flow, Stop};
use super::super::goods;
use super::super::identifiers::DropReason;
use super::super::query::{GoodsLine, Seller, TaxPolicy};
use super::super::rules::{Rule, RuleValue};
use super::{gate, is_business};

/// Into Norway; Svalbard and Jan Mayen have neither its VAT nor its tariff.
pub(super) fn norway(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    if case.dest.territory.is("SVALBARD") {
        case.scheme("OTHER_STD");
        case.note("Norway's VAT is not levied here, so its number for it is not used.");
        return case.drop_all(IdKind::Voec, DropReason::Territory);
    }
    gate::excise(case, "NO_STD")?;
    case.scheme("NO_STD");
    let query = case.query;
    if query.seller == Seller::PrivatePerson || query.content != ContentType::Merchandise {
        case.drop_all(IdKind::Voec, DropReason::NotDistanceSale)?;
        case.due(&["I_VAT_AT_IMPORT"]);
        return Ok(());
    }
    if is_business(case) {
        case.drop_all(IdKind::Voec, DropReason::B2b)?;
        if let Some(index) = case.recipient_id(IdKind::Vat) {
            case.attach(index)?;
        }
        case.due(&["I_VAT_AT_IMPORT"]);
        return Ok(());
    }
    let excluded = |line: &GoodsLine| line.is_food() || line.restricted || line.under_excise();
    if query.goods.iter().any(excluded) {
        case.drop_all(IdKind::Voec, DropReason::ExcludedGoods)?;
        case.due(&["I_VAT_AT_IMPORT", "I_TARIFF"]);
        return Ok(());
    }
    let mut inside = true;
    for value in case.unit_values("NOK")? {
        inside &= case.limit("no.voec", value).is_some_and(|rule| rule.admits(value));
    }
    if !inside {
        case.drop_all(IdKind::Voec, DropReason::OverLimit)?;
        case.due(&["I_VAT_AT_IMPORT", "I_TARIFF"]);
        return Ok(());
    }
    let Some(index) = case.liable_id(&[IdKind::Voec])? else {
        if query.policy == TaxPolicy::Strict {
            return Err(case.refuse_field("VOEC"));
        }
        case.due(&["I_VAT_AT_IMPORT"]);
        return Ok(());
    };
    case.attach(index)?;
    case.scheme("NO_VOEC");
    case.need(&["VOEC_ELECTRONIC"]);
    case.code("I_VAT_PREPAID");
    Ok(())
}

/// Into Switzerland, Liechtenstein, Samnaun and Büsingen.
pub(super) fn switzerland(case: &mut Case<'_>) -> Flow {
    case.need_standard();
    case.scheme("CH_STD");
    let query = case.query;
    if query.seller == Seller::PrivatePerson {
        if query.content == ContentType::Gift {
            let value = case.consignment_value("CHF")?;
            let excise = query.goods.iter().any(GoodsLine::under_excise);
            if !case.rule("ch.gift").is_some_and(|rule| rule.admits(value)) {
                case.code("W_GIFT_OVER");
            } else if !excise {
                return Ok(());
            }
        }
        return small_or_due(case);
    }
    if is_business(case) {
        for kind in [IdKind::Vat, IdKind::CheVat] {
            if let Some(index) = case.recipient_id(kind) {
                case.attach(index)?;
            }
        }
        case.due(&["I_VAT_AT_IMPORT"]);
        return Ok(());
    }
    let platform = matches!(query.seller, Seller::DeemedMarketplace { .. });
    let registered = case.rule(if platform { "ch.platform" } else { "ch.mail_order" }).is_some();
    let sold = matches!(query.content, ContentType::Merchandise | ContentType::Gift);
    match case.liable_id(&[IdKind::CheVat])?.filter(|_| registered && sold) {
        Some(index) => {
            case.attach(index)?;
            case.scheme("CH_SELLER_VAT");
            case.code("I_VAT_PREPAID");
            if query.incoterm == Incoterm::Dap {
                case.code("W_TERMS");
                case.note("The registered seller is the importer: the terms should be DDP.");
            }
            Ok(())
        }
        None => small_or_due(case),
    }
}

/// The tax on goods with transport, or none where it is too small to collect.
fn small_or_due(case: &mut Case<'_>) -> Flow {
    let tax = swiss_tax(case)?;
    if case.rule("ch.small_tax").is_some_and(|rule| rule.admits(tax)) {
        case.scheme("CH_SMALL");
        case.note(format!("Import VAT would be CHF {}, which is not collected.", tax.round_dp(2)));
        return Ok(());
    }
    if case.query.goods.iter().any(GoodsLine::is_food) {
        case.due(&["I_TARIFF"]);
    }
    case.due(&["I_VAT_AT_IMPORT"]);
    Ok(())
}

fn swiss_tax(case: &mut Case<'_>) -> Result<Decimal, Stop> {
    let headings = case.rule("ch.vat_reduced").map(Rule::headings).unwrap_or_default();
    let reduced = case
        .query
        .goods
        .iter()
        .all(|line| line.hs_starts(headings) || (line.is_food() && !line.under_excise()));
    let sum = goods::total(case.query).unwrap_or(Decimal::MAX).saturating_add(case.query.shipping_charged);
    let base = case.convert(sum, "CHF")?;
    let percent = match case.rule("ch.vat").map(|rule| rule.value) {
        Some(RuleValue::Percent(standard, low)) => {
            if reduced {
                low
            } else {
                standard
            }
        }
        _ => Decimal::ZERO,
    };
    Ok(base.saturating_mul(percent) / Decimal::ONE_HUNDRED)
}
