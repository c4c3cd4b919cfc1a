//! Australia, New Zealand, Singapore and Malaysia: tax on items up to a limit
//! is collected with the sale. One procedure, four sets of names.

use parcelgate_kit::model::{ContentType, IdKind};

use super::super::case::{Case, Flow};
use super::super::identifiers::DropReason;
use super::super::query::{BuyerKind, Seller, TaxPolicy};
use super::gate;

struct Country {
    code: &'static str,
    topic: &'static str,
    currency: &'static str,
    /// Kinds of numbers that sellers register under.
    numbers: &'static [IdKind],
    /// Data element that asks for the first of them.
    number_key: &'static str,
    collected: &'static str,
    ordinary: &'static str,
    flag: &'static str,
    above_needs: &'static [&'static str],
    above_dues: &'static [&'static str],
}

#[rustfmt::skip]
const COUNTRIES: &[Country] = &[
    Country {
        code: "AU", topic: "au.lvig", currency: "AUD", numbers: &[IdKind::Arn, IdKind::Abn], number_key: "ARN",
        collected: "AU_LVIG", ordinary: "AU_STD", flag: "GST_PAID_FLAG",
        above_needs: &["FULL_DECLARATION"], above_dues: &["I_TARIFF", "I_VAT_AT_IMPORT"],
    },
    Country {
        code: "NZ", topic: "nz.low_value", currency: "NZD", numbers: &[IdKind::NzGst], number_key: "NZGST",
        collected: "NZ_GST", ordinary: "OTHER_STD", flag: "GST_PAID_FLAG",
        above_needs: &[], above_dues: &["I_TARIFF", "I_VAT_AT_IMPORT"],
    },
    Country {
        code: "SG", topic: "sg.low_value", currency: "SGD", numbers: &[IdKind::SgGst], number_key: "SGOVR",
        collected: "SG_OVR", ordinary: "SG_STD", flag: "GST_PAID_FLAG",
        above_needs: &[], above_dues: &["I_VAT_AT_IMPORT"],
    },
    Country {
        code: "MY", topic: "my.low_value", currency: "MYR", numbers: &[IdKind::MyLvg], number_key: "LVG_NUMBER",
        collected: "MY_LVG", ordinary: "MY_STD", flag: "LVG_NUMBER",
        above_needs: &[], above_dues: &["I_TARIFF", "I_VAT_AT_IMPORT"],
    },
];

/// Into one of the four.
pub(super) fn import(case: &mut Case<'_>) -> Flow {
    let Some(country) = COUNTRIES.iter().find(|row| case.dest.territory.is(row.code)) else { return Ok(()) };
    gate::excise(case, country.ordinary)?;
    case.need_standard();
    case.scheme(country.ordinary);
    if case.query.seller == Seller::PrivatePerson || case.query.content == ContentType::Return {
        return drop_numbers(case, country, DropReason::NotDistanceSale);
    }
    if country.code == "AU" && australian_business(case, country)? {
        return Ok(());
    }
    let mut inside = Vec::new();
    for value in case.unit_values(country.currency)? {
        inside.push(case.limit(country.topic, value).is_some_and(|rule| rule.admits(value)));
    }
    let excluded = case.query.goods.iter().any(|line| line.under_excise());
    let mixed = country.code == "SG" && inside.contains(&true) && inside.contains(&false);
    if excluded || (inside.contains(&false) && !mixed) {
        let reason = if excluded { DropReason::ExcludedGoods } else { DropReason::OverLimit };
        drop_numbers(case, country, reason)?;
        case.need(country.above_needs);
        case.due(country.above_dues);
        return Ok(());
    }
    let Some(index) = case.liable_id(country.numbers)? else { return unregistered(case, country) };
    case.attach(index)?;
    case.need(&[country.flag]);
    if mixed {
        case.scheme("SG_MIXED");
        case.code("W_SPLIT");
        case.note("Low value and other items in one parcel need two permits: send them apart.");
        return Ok(());
    }
    case.scheme(country.collected);
    case.code("I_VAT_PREPAID");
    total_needs_declaration(case, country)
}

/// Australia asks for a declaration where low value items add up.
fn total_needs_declaration(case: &mut Case<'_>, country: &Country) -> Flow {
    let value = case.consignment_value(country.currency)?;
    if country.code == "AU" && case.rule(country.topic).is_some_and(|rule| !rule.admits(value)) {
        case.need(&["FULL_DECLARATION"]);
        case.note("Together the items need an import declaration; the tax collected is stated on it.");
    }
    Ok(())
}

fn unregistered(case: &mut Case<'_>, country: &Country) -> Flow {
    if case.query.policy == TaxPolicy::Strict {
        return Err(case.refuse_field(country.number_key));
    }
    case.note("No registration of the seller is on file: a seller below the turnover limit needs none.");
    Ok(())
}

fn australian_business(case: &mut Case<'_>, country: &Country) -> Result<bool, super::super::case::Stop> {
    let Some(index) = case.recipient_id(IdKind::Abn) else { return Ok(false) };
    if case.query.buyer.kind == BuyerKind::Consumer {
        return Ok(false);
    }
    case.attach(index)?;
    case.scheme("AU_B2B");
    drop_numbers(case, country, DropReason::B2b)?;
    Ok(true)
}

fn drop_numbers(case: &mut Case<'_>, country: &Country, reason: DropReason) -> Flow {
    for kind in country.numbers {
        for (index, id) in case.on_file(*kind) {
            if case.is_liable(id) {
                case.drop_warned(index, reason)?;
            }
        }
    }
    Ok(())
}
