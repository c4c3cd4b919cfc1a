//! The sample orders: each is a request as the contract has it, and its values
//! are ones that the model takes.

use std::fs;

use parcelgate::api::proto::{DESCRIPTOR_SET, v1};
use parcelgate_kit::model::{
    CountryCode, Eori, Gtin, HsCode, Identifier, IossNumber, Party, PartyParts, Postcode,
};
use prost_reflect::{DescriptorPool, DynamicMessage};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/orders");

/// Reads proto JSON as a request; unknown fields and values are errors.
fn parse(json: &str) -> Result<v1::RateRequest, Box<dyn std::error::Error>> {
    let pool = DescriptorPool::decode(DESCRIPTOR_SET)?;
    let kind = pool.get_message_by_name("parcelgate.v1.RateRequest").ok_or("no RateRequest")?;
    let mut reader = serde_json::Deserializer::from_str(json);
    let message = DynamicMessage::deserialize(kind, &mut reader)?;
    reader.end()?;
    Ok(message.transcode_to()?)
}

pub(crate) fn order(name: &str) -> v1::RateRequest {
    parse(&fs::read_to_string(format!("{FOLDER}/{name}.json")).unwrap()).unwrap()
}

fn all() -> Vec<(String, v1::RateRequest)> {
    let names = fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter_map(|name| name.strip_suffix(".json").map(str::to_owned)).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), order(&name))).collect()
}

fn check_party(file: &str, field: &str, party: Option<&v1::Party>) {
    let party = party.unwrap();
    let parts = PartyParts {
        name: &party.name,
        company: &party.company,
        lines: party.lines.iter().map(String::as_str).collect(),
        city: &party.city,
        subdivision: &party.subdivision,
        postcode: &party.postcode,
        country: &party.country,
        phone: &party.phone,
        email: &party.email,
        residential: party.residential,
    };
    if let Err(bad) = Party::parse(field, &parts) {
        let bad: Vec<_> = bad.iter().map(ToString::to_string).collect();
        unreachable!("{file}: {}", bad.join("; "));
    }
}

fn check_identifier(file: &str, on_file: &v1::IdentifierOnFile) {
    match on_file.r#type() {
        v1::IdentifierType::Ioss => {
            let number = IossNumber::parse(&on_file.value).unwrap();
            assert_eq!(number.check_digit_fits(), Some(true), "{file}");
        }
        v1::IdentifierType::Eori => assert!(Eori::parse(&on_file.value).is_ok(), "{file}"),
        _ => assert!(Identifier::parse(&on_file.value).is_ok(), "{file}"),
    }
    assert_ne!(on_file.holder(), v1::IdentifierHolder::Unspecified, "{file}");
}

fn check_item(file: &str, item: &v1::Item) {
    assert!(item.quantity > 0 && item.unit_value.is_some(), "{file}");
    if let Some(v1::item::ProductCode::Gtin(gtin)) = &item.product_code {
        Gtin::parse(gtin).unwrap();
    }
    if !item.hs_code.is_empty() {
        HsCode::parse(&item.hs_code).unwrap();
        CountryCode::parse(&item.origin_country).unwrap();
    }
}

#[test]
fn every_order_is_a_request_of_right_values() {
    let orders = all();
    assert!(orders.len() >= 10, "{} orders", orders.len());
    for (file, request) in &orders {
        check_party(file, "ship_from", request.ship_from.as_ref());
        check_party(file, "ship_to", request.ship_to.as_ref());
        assert!(!request.parcels.is_empty(), "{file}");
        request.items.iter().for_each(|item| check_item(file, item));
        request.identifiers.iter().for_each(|on_file| check_identifier(file, on_file));
    }
}

/// A date in a file would be past one day, and the file with it.
#[test]
fn no_order_has_a_date_that_rots() {
    for (file, request) in all() {
        assert_eq!(request.ship_at, None, "{file}");
        let order = request.order.unwrap_or_default();
        let dates = [order.ordered_at, order.paid_at, order.ship_by, order.deliver_by_promised];
        assert!(dates.iter().all(Option::is_none), "{file}");
    }
}

/// Units and nanos of all goods together.
fn goods_value(request: &v1::RateRequest) -> (i64, i64) {
    request.items.iter().fold((0, 0), |(units, nanos), item| {
        let one = item.unit_value.clone().unwrap();
        let count = i64::from(item.quantity);
        (units + one.units * count, nanos + i64::from(one.nanos) * count)
    })
}

#[test]
fn the_orders_around_the_threshold_are_what_their_names_say() {
    for (name, value) in [("cn-to-de-50-eur", 50), ("cn-to-de-180-eur", 180)] {
        let request = order(name);
        assert_eq!(goods_value(&request), (value, 0), "{name}");
        assert!(request.items.iter().all(|item| item.unit_value.as_ref().unwrap().currency_code == "EUR"));
        let sale = request.order.unwrap();
        assert_eq!(sale.deemed_supplier_marketplace_id, sale.marketplace_id, "{name}");
        assert_eq!(request.identifiers[0].holder(), v1::IdentifierHolder::Marketplace, "{name}");
        assert_eq!(request.identifiers[0].marketplace_id, sale.marketplace_id, "{name}");
    }
    let islands = order("cn-to-canary-islands").ship_to.unwrap();
    let postcode = Postcode::parse(CountryCode::parse(&islands.country).unwrap(), &islands.postcode).unwrap();
    assert_eq!(islands.country, "ES");
    assert!(postcode.as_str().starts_with("35"));
}

#[test]
fn a_misspelt_field_is_refused() {
    assert!(parse(r#"{"shipFrom": {"postcode": "10119"}}"#).is_ok());
    assert!(parse(r#"{"shipFrom": {"postalCode": "10119"}}"#).is_err());
    assert!(parse(r#"{"contentType": "CONTENT_TYPE_TREASURE"}"#).is_err());
}
