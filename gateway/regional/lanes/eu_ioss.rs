//! Distance sales into the EU up to EUR 150: whose IOSS number, if any.
//!
//! A number is sent only when it belongs to the party that is liable for the
//! VAT of this very sale, and was valid when the goods were sold.

use jiff::ToSpan;
use jiff::civil::Date;
use parcelgate_kit::model::{Currency, IdKind, Incoterm, IossNumber};

use super::super::case::{Case, Flow, Stop};
use super::super::identifiers::DropReason;
use super::super::query::{IdOnFile, SaleCurrency, Seller, TaxPolicy};
use super::super::rules::RuleValue;
use super::eu::{distance_sale, low_value_duty};
use super::gate;

/// A sale to a consumer up to the limit.
pub(super) fn low_value(case: &mut Case<'_>) -> Flow {
    let chosen = choose(case)?;
    case.need_standard();
    match chosen {
        Some(index) => collected(case, index)?,
        None => at_border(case),
    }
    distance_sale(case, true)?;
    if case.query.currency != SaleCurrency::InUse(Currency::EUR) {
        case.code("I_EUR_ON_INVOICE");
    }
    Ok(())
}

/// VAT was collected with the sale.
fn collected(case: &mut Case<'_>, index: usize) -> Flow {
    case.attach(index)?;
    let marketplace = matches!(case.query.seller, Seller::DeemedMarketplace { .. });
    case.scheme(if marketplace { "EU_IOSS_MARKETPLACE" } else { "EU_IOSS_SELLER" });
    case.need(&["IOSS_ELECTRONIC"]);
    if gate::is_one_of_several(case.query) {
        case.need(&["ORDER_REFERENCE"]);
        case.note("Each parcel of the order carries the number, declares its own goods and names the order.");
    }
    case.code("I_VAT_PREPAID");
    low_value_duty(case, false, |_| true);
    // Since duty is due on every parcel, IOSS alone no longer clears one.
    let duty_is_due = case.has_code("I_EUR3")
        || case.rule("eu.low_value_duty").is_some_and(|rule| rule.value == RuleValue::Tariff);
    if duty_is_due && case.query.incoterm == Incoterm::Dap {
        case.code("W_TERMS");
        case.note("IOSS covers the VAT alone: under DAP the recipient may be asked for the duty.");
    }
    Ok(())
}

/// No usable number: VAT is due at the border.
fn at_border(case: &mut Case<'_>) {
    let prepaid = case.query.incoterm == Incoterm::Ddp;
    let preferential = case.query.goods.iter().any(|line| line.preferential);
    let collects = case.query.carrier.special_arrangements && !prepaid && !preferential;
    if collects && case.rule("eu.special_arrangements").is_some() {
        case.scheme("EU_SPECIAL_ARR");
    } else {
        case.scheme("EU_STD_B2C_LOW");
    }
    case.due(&["I_VAT_AT_IMPORT"]);
    let flat = matches!(case.rule("eu.low_value_duty").map(|rule| rule.value), Some(RuleValue::PerLine(..)));
    if preferential && flat {
        case.note(
            "Preferential origin is claimed on a full declaration: its rate goes before the flat duty.",
        );
        case.need(&["HS10", "ORIGIN_STATEMENT"]);
        case.due(&["I_TARIFF"]);
        if case.query.goods.iter().any(|line| !line.preferential) {
            low_value_duty(case, true, |line| !line.preferential);
        }
    } else {
        low_value_duty(case, true, |_| true);
    }
}

/// The number of the liable party, if one is usable.
fn choose(case: &mut Case<'_>) -> Result<Option<usize>, Stop> {
    let on_file = case.on_file(IdKind::Ioss);
    let wrong_party = on_file.iter().any(|(_, id)| id.demanded && !case.is_liable(id));
    if wrong_party || case.query.seller == Seller::Mixed {
        case.note("The number of another party than the one that is liable for this sale must not be used.");
        return Err(case.refuse("E_ID_PARTY", "IOSS", &[]));
    }
    if matches!(case.query.seller, Seller::DeemedMarketplace { .. }) {
        case.rule("eu.deemed_supplier");
    }
    let (mut valid, mut in_tail, mut ended) = (None, None, Vec::new());
    for (index, id) in on_file {
        if !case.is_liable(id) {
            case.drop_quietly(index, DropReason::OtherParty);
            continue;
        }
        match validity(case, id) {
            Validity::Valid => valid = valid.or(Some((index, id))),
            Validity::InTail => in_tail = in_tail.or(Some((index, id))),
            Validity::NotYet => case.drop_quietly(index, DropReason::NotYetValid),
            Validity::Ended => {
                case.drop_quietly(index, DropReason::Expired);
                ended.push(index);
            }
        }
    }
    if let Some((index, id)) = valid.or(in_tail) {
        if valid.is_none() {
            case.code("W_IOSS_GRACE");
        }
        let number = IossNumber::parse(id.value.expose());
        if number.is_ok_and(|number| number.check_digit_fits() == Some(false)) {
            case.code("W_IOSS_CHECKDIGIT");
        }
        return Ok(Some(index));
    }
    for index in ended {
        case.drop_warned(index, DropReason::Expired)?;
    }
    if case.has_code("W_IOSS_DROPPED") {
        return Ok(None);
    }
    if case.query.policy == TaxPolicy::Strict {
        return Err(case.refuse_field("IOSS"));
    }
    case.code("W_IOSS_MISSING");
    Ok(None)
}

/// Whether a number can serve a sale and its import.
enum Validity {
    Valid,
    /// Its registration ended after the sale, and its time for imports runs.
    InTail,
    NotYet,
    Ended,
}

fn validity(case: &mut Case<'_>, id: &IdOnFile) -> Validity {
    let dates = case.query.dates;
    if id.valid_from.is_some_and(|from| dates.sale < from) {
        return Validity::NotYet;
    }
    let Some(end) = id.valid_to else { return Validity::Valid };
    if dates.sale > end {
        return Validity::Ended;
    }
    if dates.import <= end {
        return Validity::Valid;
    }
    let months = match case.rule("eu.ioss_tail").map(|rule| rule.value) {
        Some(RuleValue::Months(months)) => months,
        _ => 0,
    };
    let last: Date = end.checked_add(months.months()).unwrap_or(end);
    if id.excluded || dates.import > last { Validity::Ended } else { Validity::InTail }
}
