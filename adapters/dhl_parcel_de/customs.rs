//! The customs declaration: each parcel has its own.
//!
//! Values and weights are those of one unit; all amounts are in one currency, or the carrier makes no label.
//! Must never send a tax number elsewhere than in the two customs references. Start with [`declaration`].

use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{
    AttachedId, ContentType, CountryCode, CustomsDeclaration, IdRole, Incoterm, Item, Money, Shipment,
};
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use crate::services::IDS;
use crate::wire::{Amount, Customs, Goods, Grams};

/// Most lines of goods.
const LINES: usize = 99;
/// Longest description of goods, in characters.
const DESCRIPTION: usize = 256;
/// Longest description of the export, invoice number or customs number.
const EXPORT: usize = 80;
const REFERENCE: usize = 35;
/// Highest value of one unit.
const VALUE: u32 = 100_000;

/// The declaration of the parcel at `index`, when there is one.
///
/// # Errors
/// Unfit, when one is needed and missing, or cannot be said in the carrier's fields.
pub(crate) fn declaration(
    shipment: &Shipment,
    service: &str,
    index: usize,
) -> Result<Option<Customs>, Fault> {
    if !is_declared(service) {
        return Ok(None);
    }
    let Some(declared) = &shipment.customs else {
        if is_in_customs_union(shipment.ship_to.country) {
            return Ok(None);
        }
        return Err(Fault::unfit(
            "customs",
            "is required outside of the customs territory of the European Union",
        ));
    };
    let goods = goods_of(shipment, index)?;
    let currency = shared_currency(shipment, declared)?;
    // One amount is charged for all parcels: it stands on the first one's form.
    let charged = declared.shipping_charged.filter(|_| index == 0).unwrap_or(Money::zero(currency));
    let reference = |field: &str, text: &str| bounded(field, text, REFERENCE);
    let invoice = declared.invoice_number.as_ref();
    Ok(Some(Customs {
        invoice_no: invoice.map(|text| reference("customs.invoice_number", text.as_str())).transpose()?,
        export_type: export_type(declared.content),
        export_description: export_description(declared, goods.first().map(|(_, item)| *item))?,
        shipping_conditions: (service == "V54EPAK").then_some(match declared.incoterm {
            Incoterm::Dap => "DAP",
            Incoterm::Ddp => "DDP",
        }),
        postal_charges: amount(charged)?,
        shipper_customs_ref: reference_of(shipment, Side::Sender)?,
        consignee_customs_ref: reference_of(shipment, Side::Consignee)?,
        items: goods.into_iter().map(line).collect::<Result<_, _>>()?,
    }))
}

/// Whether a service has a customs form.
pub(crate) fn is_declared(service: &str) -> bool {
    matches!(service, "V53WPAK" | "V54EPAK")
}

/// Member states, and Monaco, which is in their customs territory.
fn is_in_customs_union(country: CountryCode) -> bool {
    country.is_eu_member() || country == "MC"
}

/// The goods in one parcel, with their places in the shipment.
fn goods_of(shipment: &Shipment, index: usize) -> Result<Vec<(usize, &Item)>, Fault> {
    let items = shipment.items.iter().enumerate();
    if shipment.parcels.len() < 2 {
        return bounded_list("items", items.collect());
    }
    if let Some((at, _)) = items.clone().find(|(_, item)| item.parcel.is_none()) {
        let words = "is required for several parcels: each has a customs declaration of its own";
        return Err(Fault::unfit(format!("items[{at}].parcel"), words));
    }
    let here = items.filter(|(_, item)| item.parcel.map(usize::from) == Some(index)).collect();
    bounded_list(&format!("parcels[{index}]"), here)
}

fn bounded_list<'a>(field: &str, goods: Vec<(usize, &'a Item)>) -> Result<Vec<(usize, &'a Item)>, Fault> {
    match goods.len() {
        0 => Err(Fault::unfit(field, "has no goods to declare")),
        count if count > LINES => {
            Err(Fault::unfit(field, format!("has {count} lines of goods, at most {LINES} are taken")))
        }
        _ => Ok(goods),
    }
}

/// The one currency of all amounts.
fn shared_currency(
    shipment: &Shipment,
    declared: &CustomsDeclaration,
) -> Result<parcelgate_kit::model::Currency, Fault> {
    let first = shipment.items.first().ok_or_else(|| Fault::unfit("items", "has no goods to declare"))?;
    let currency = first.unit_value.currency();
    let odd = shipment.items.iter().position(|item| item.unit_value.currency() != currency);
    let words = format!("is not in {currency} as the first item is; the carrier takes one currency");
    if let Some(at) = odd {
        return Err(Fault::unfit(format!("items[{at}].unit_value"), words));
    }
    if declared.shipping_charged.is_some_and(|charged| charged.currency() != currency) {
        return Err(Fault::unfit("customs.shipping_charged", words));
    }
    Ok(currency)
}

fn export_type(content: ContentType) -> &'static str {
    match content {
        ContentType::Merchandise => "COMMERCIAL_GOODS",
        ContentType::Gift => "PRESENT",
        ContentType::Sample => "COMMERCIAL_SAMPLE",
        ContentType::Documents => "DOCUMENT",
        ContentType::Return => "RETURN_OF_GOODS",
        ContentType::Other => "OTHER",
    }
}

/// `OTHER` wants words: those of the first goods.
fn export_description(declared: &CustomsDeclaration, first: Option<&Item>) -> Result<Option<String>, Fault> {
    let first = first.filter(|_| declared.content == ContentType::Other);
    first.map(|item| bounded("items[0].description", item.description.as_str(), EXPORT)).transpose()
}

/// The two parties that have a customs reference.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Sender,
    Consignee,
}

/// The number by which customs and tax offices know a party: each has one place, and what it means depends on
/// the destination.
///
/// # Errors
/// Unfit, when a party has two numbers, or one that is too long.
fn reference_of(shipment: &Shipment, side: Side) -> Result<Option<String>, Fault> {
    let of_side = |id: &&AttachedId| {
        let holder = if id.holder == IdRole::Consignee { Side::Consignee } else { Side::Sender };
        holder == side && IDS.contains(&id.kind)
    };
    let mut ids = shipment.regional_ids.0.iter().filter(of_side);
    let Some(id) = ids.next() else { return Ok(None) };
    if let Some(second) = ids.next() {
        let words = format!(
            "holds both {} and {} of one party: the carrier has one place for them, leave out the one that the \
             destination does not ask for, or choose another carrier",
            id.kind, second.kind
        );
        return Err(Fault::unfit("regional_ids", words));
    }
    bounded("regional_ids", id.value.expose(), REFERENCE).map(Some)
}

/// What a customs form could not say of the numbers.
///
/// # Errors
/// Unfit, as [`declaration`] would be.
pub(crate) fn check_references(shipment: &Shipment) -> Result<(), Fault> {
    for side in [Side::Sender, Side::Consignee] {
        reference_of(shipment, side)?;
    }
    Ok(())
}

fn line((index, item): (usize, &Item)) -> Result<Goods, Fault> {
    let at = |field: &str| format!("items[{index}].{field}");
    let weight =
        item.net_weight.ok_or_else(|| Fault::unfit(at("net_weight"), "is required by this carrier"))?;
    if item.unit_value.amount() > Decimal::from(VALUE) {
        return Err(Fault::unfit(at("unit_value"), format!("is above {VALUE}, the most that is taken")));
    }
    Ok(Goods {
        item_description: bounded(&at("description"), item.description.as_str(), DESCRIPTION)?,
        country_of_origin: item.origin.map(|country| country.alpha3()),
        hs_code: item.hs_code.as_ref().map(|code| code.as_str().to_owned()),
        packaged_quantity: item.quantity,
        item_value: amount(item.unit_value)?,
        item_weight: Grams::of(weight.grams()),
    })
}

/// The amount with its digits as they are.
///
/// # Errors
/// Internal, when the digits are no JSON number, which they always are.
pub(crate) fn amount(money: Money) -> Result<Amount, Fault> {
    let value = RawValue::from_string(money.plain())
        .map_err(|_| Fault::new(FaultKind::Internal, "an amount is no JSON number"))?;
    Ok(Amount { currency: money.currency().as_str(), value })
}

fn bounded(field: &str, text: &str, most: usize) -> Result<String, Fault> {
    match text.chars().count() {
        length if length > most => {
            Err(Fault::unfit(field, format!("has {length} characters, at most {most} are taken")))
        }
        _ => Ok(text.to_owned()),
    }
}
