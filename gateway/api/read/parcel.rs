//! Parcels and items.

use parcelgate_kit::model::{
    CountryCode, Gtin, HsCode, Item, ItemFlags, Parcel, ProductCode, SatProductCode, Text,
};

use super::{Reading, value};
use crate::api::proto::v1;

/// The boxes, at least one.
pub(super) fn parcels(reading: &mut Reading, raw: &[v1::Parcel]) -> Option<Vec<Parcel>> {
    let most = reading.limits.parcels;
    if raw.is_empty() || raw.len() > most {
        reading.note("parcels", format!("has {} parcels, 1 to {most} are allowed", raw.len()));
        return None;
    }
    let read: Vec<_> = raw.iter().enumerate().map(|(index, raw)| parcel(reading, index, raw)).collect();
    read.into_iter().collect()
}

fn parcel(reading: &mut Reading, index: usize, raw: &v1::Parcel) -> Option<Parcel> {
    let path = format!("parcels[{index}]");
    if raw.weight.is_none() {
        reading.note(format!("{path}.weight"), "is required");
    }
    let weight = value::weight(reading, &format!("{path}.weight"), raw.weight.as_ref());
    let dimensions = value::dimensions(reading, &format!("{path}.dimensions"), raw.dimensions.as_ref());
    let carrier_packaging =
        optional(reading, &format!("{path}.carrier_packaging"), &raw.carrier_packaging, 10);
    let insured_value = value::amount(reading, &format!("{path}.insured_value"), raw.insured_value.as_ref());
    let reference = optional(reading, &format!("{path}.reference"), &raw.reference, 35);
    Some(Parcel { weight: weight?, dimensions, carrier_packaging, insured_value, reference })
}

/// A text that may be left out.
pub(super) fn optional(reading: &mut Reading, field: &str, raw: &str, max: usize) -> Option<Text> {
    if raw.is_empty() { None } else { reading.take(field, Text::parse(raw, max)) }
}

/// The goods.
pub(super) fn items(reading: &mut Reading, raw: &[v1::Item], parcels: usize) -> Option<Vec<Item>> {
    let most = reading.limits.items;
    if raw.len() > most {
        reading.note("items", format!("has {} lines, at most {most} are allowed", raw.len()));
        return None;
    }
    let read: Vec<_> =
        raw.iter().enumerate().map(|(index, raw)| item(reading, index, raw, parcels)).collect();
    let items: Vec<Item> = read.into_iter().collect::<Option<_>>()?;
    let first = items.first().map(|item| item.unit_value.currency());
    for (index, item) in items.iter().enumerate() {
        let currency = item.unit_value.currency();
        if Some(currency) != first {
            let words = format!("is in {currency}, the first item is in another currency: use one for all");
            reading.note(format!("items[{index}].unit_value"), words);
        }
    }
    Some(items)
}

fn item(reading: &mut Reading, index: usize, raw: &v1::Item, parcels: usize) -> Option<Item> {
    let path = |field: &str| format!("items[{index}].{field}");
    let description = reading.take(path("description"), Text::parse(&raw.description, 256));
    if raw.quantity == 0 || raw.quantity > 1_000_000 {
        reading.note(path("quantity"), format!("is {}, 1 to 1000000 are allowed", raw.quantity));
    }
    if raw.unit_value.is_none() {
        reading.note(path("unit_value"), "is required");
    }
    let unit_value = value::amount(reading, &path("unit_value"), raw.unit_value.as_ref());
    let hs_code =
        (!raw.hs_code.is_empty()).then(|| reading.take(path("hs_code"), HsCode::parse(&raw.hs_code)));
    let origin = (!raw.origin_country.is_empty())
        .then(|| reading.take(path("origin_country"), CountryCode::parse(&raw.origin_country)));
    let net_weight = value::weight(reading, &path("net_weight"), raw.net_weight.as_ref());
    let sku = optional(reading, &path("sku"), &raw.sku, 64);
    let manufacturer_id = optional(reading, &path("manufacturer_id"), &raw.manufacturer_id, 64);
    let sat_product = (!raw.sat_product_code.is_empty())
        .then(|| reading.take(path("sat_product_code"), SatProductCode::parse(&raw.sat_product_code)));
    let product_code = product_code(reading, &path("gtin"), raw.product_code.as_ref());
    let parcel = raw.parcel_index.and_then(|at| {
        let fits = usize::try_from(at).is_ok_and(|at| at < parcels);
        // Without any parcel that is what is wrong, not the item.
        if !fits && parcels > 0 {
            reading
                .note(path("parcel_index"), format!("is {at}, there are {parcels} parcels counted from 0"));
        }
        u16::try_from(at).ok().filter(|_| fits)
    });
    let flags = raw.flags.unwrap_or_default();
    Some(Item {
        description: description?,
        quantity: raw.quantity,
        unit_value: unit_value?,
        hs_code: hs_code.flatten(),
        origin: origin.flatten(),
        net_weight,
        sku,
        manufacturer_id,
        product_code,
        sat_product: sat_product.flatten(),
        flags: ItemFlags {
            excise: flags.excise,
            restricted: flags.restricted,
            dangerous: flags.dangerous,
            food: flags.food,
            preferential_origin: flags.preferential_origin,
        },
        parcel,
    })
}

fn product_code(reading: &mut Reading, field: &str, raw: Option<&v1::item::ProductCode>) -> ProductCode {
    match raw {
        None => ProductCode::Unstated,
        Some(v1::item::ProductCode::NoGtinExists(true)) => ProductCode::NoneExists,
        Some(v1::item::ProductCode::NoGtinExists(false)) => ProductCode::Unstated,
        Some(v1::item::ProductCode::Gtin(raw)) => {
            reading.take(field, Gtin::parse(raw)).map_or(ProductCode::Unstated, ProductCode::Gtin)
        }
    }
}
