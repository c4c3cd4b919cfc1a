//! What the carrier checks in a request: its form first, then each parcel by itself.
//!
//! Must refuse what the specification calls required, too long or unknown. Start with [`form`] and [`parcel`].

use jiff::civil::Date;
use parcelgate_kit::model::CountryCode;
use parcelgate_kit::sim::{json_at, json_text};
use serde_json::Value;

/// A field that is not of the specification's form.
pub(super) struct Bad {
    pub(super) path: String,
    pub(super) words: String,
}

/// A message about a parcel.
pub(super) struct Message {
    pub(super) property: &'static str,
    pub(super) words: &'static str,
    pub(super) is_error: bool,
}

/// Text fields of an address with their lengths, least and most; the first four are required.
const ADDRESS: &[(&str, usize, usize)] = &[
    ("name1", 1, 50),
    ("addressStreet", 1, 50),
    ("city", 1, 40),
    ("country", 3, 3),
    ("name2", 1, 50),
    ("name3", 1, 50),
    ("addressHouse", 1, 10),
    ("postalCode", 3, 10),
    ("email", 3, 80),
];
const RECEIVER: &[(&str, usize, usize)] = &[
    ("additionalAddressInformation1", 1, 60),
    ("additionalAddressInformation2", 1, 60),
    ("state", 1, 20),
    ("phone", 1, 20),
];

/// Everything that is wrong with the form of a request.
pub(super) fn form(body: &Value) -> Vec<Bad> {
    let mut bad = Vec::new();
    let mut note = |path: &str, words: &str| bad.push(Bad { path: path.to_owned(), words: words.to_owned() });
    if json_text(body, "profile") != super::PROFILE {
        note("profile", "The profile is not known.");
    }
    let shipments = list(body, "shipments");
    if !(1..=30).contains(&shipments.len()) {
        note("shipments", "There must be 1 to 30 shipments.");
    }
    for (index, shipment) in shipments.iter().enumerate() {
        for (path, words) in shipment_form(shipment) {
            note(&format!("shipments[{index}].{path}"), words);
        }
    }
    bad
}

type Problems = Vec<(String, &'static str)>;

fn shipment_form(shipment: &Value) -> Problems {
    let mut bad: Problems = Vec::new();
    let text = |path: &str| json_text(shipment, path);
    let mut unless = |fine: bool, path: &str, words: &'static str| {
        if !fine {
            bad.push((path.to_owned(), words));
        }
    };
    unless((8..=35).contains(&text("refNo").chars().count()), "refNo", "The length must be from 8 to 35.");
    unless(text("billingNumber").len() == 14, "billingNumber", "The billing number must have 14 characters.");
    let products = ["V01PAK", "V53WPAK", "V54EPAK", "V62KP", "V66WPI"];
    unless(products.contains(&text("product").as_str()), "product", "The product is not known.");
    unless(text("shipDate").parse::<Date>().is_ok(), "shipDate", "The date must be written as YYYY-MM-DD.");
    unless(text("costCenter").chars().count() <= 50, "costCenter", "The length must be at most 50.");
    let unit = text("details.weight.uom");
    unless(matches!(unit.as_str(), "g" | "kg"), "details.weight.uom", "The unit must be g or kg.");
    unless(
        json_at(shipment, "details.weight.value").is_some_and(Value::is_number),
        "details.weight.value",
        "A number is required.",
    );
    bad.extend(fields(shipment, "shipper", ADDRESS));
    if text("consignee.lockerID").is_empty() {
        bad.extend(fields(shipment, "consignee", ADDRESS));
        bad.extend(
            fields(shipment, "consignee", RECEIVER).into_iter().filter(|(_, words)| *words != REQUIRED),
        );
    } else {
        bad.extend(locker(shipment));
    }
    if json_at(shipment, "customs").is_some() {
        bad.extend(customs_form(shipment));
    }
    bad
}

const REQUIRED: &str = "The field is required.";

fn fields(shipment: &Value, party: &str, table: &[(&str, usize, usize)]) -> Problems {
    let mut bad: Problems = Vec::new();
    for (index, (field, least, most)) in table.iter().enumerate() {
        let path = format!("{party}.{field}");
        let length = json_text(shipment, &path).chars().count();
        let is_there = json_at(shipment, &path).is_some();
        if !is_there && index < 4 {
            bad.push((path, REQUIRED));
        } else if is_there && !(*least..=*most).contains(&length) {
            bad.push((path, "The length is not allowed."));
        }
    }
    let country = json_text(shipment, &format!("{party}.country"));
    if country.len() == 3 && CountryCode::from_alpha3(&country).is_none() {
        bad.push((format!("{party}.country"), "The country must be a code of ISO 3166-1 alpha-3."));
    }
    bad
}

fn locker(shipment: &Value) -> Problems {
    let mut bad: Problems = Vec::new();
    let text = |field: &str| json_text(shipment, &format!("consignee.{field}"));
    for field in ["name", "city", "postalCode"] {
        if text(field).is_empty() {
            bad.push((format!("consignee.{field}"), REQUIRED));
        }
    }
    let number = text("lockerID").parse::<u16>().ok();
    if !number.is_some_and(|number| (100..=999).contains(&number)) {
        bad.push(("consignee.lockerID".to_owned(), "The number must be from 100 to 999."));
    }
    let post = text("postNumber");
    if !(6..=10).contains(&post.len()) || !post.bytes().all(|b| b.is_ascii_digit()) {
        bad.push(("consignee.postNumber".to_owned(), "The post number has 6 to 10 digits."));
    }
    bad
}

fn customs_form(shipment: &Value) -> Problems {
    let mut bad: Problems = Vec::new();
    let types = ["OTHER", "PRESENT", "COMMERCIAL_SAMPLE", "DOCUMENT", "RETURN_OF_GOODS", "COMMERCIAL_GOODS"];
    let kind = json_text(shipment, "customs.exportType");
    if !types.contains(&kind.as_str()) {
        bad.push(("customs.exportType".to_owned(), "The export type is not known."));
    }
    if kind == "OTHER" && json_text(shipment, "customs.exportDescription").is_empty() {
        bad.push(("customs.exportDescription".to_owned(), REQUIRED));
    }
    for field in ["invoiceNo", "shipperCustomsRef", "consigneeCustomsRef"] {
        if json_text(shipment, &format!("customs.{field}")).chars().count() > 35 {
            bad.push((format!("customs.{field}"), "The length must be at most 35."));
        }
    }
    let items = list(shipment, "customs.items");
    if !(1..=99).contains(&items.len()) {
        bad.push(("customs.items".to_owned(), "There must be 1 to 99 items."));
    }
    let number = |value: &Value, path: &str| json_at(value, path).is_some_and(Value::is_number);
    if !number(shipment, "customs.postalCharges.value") {
        bad.push(("customs.postalCharges.value".to_owned(), "A number is required."));
    }
    for (index, item) in items.iter().enumerate() {
        let at = |field: &str| format!("customs.items[{index}].{field}");
        if !(1..=256).contains(&json_text(item, "itemDescription").chars().count()) {
            bad.push((at("itemDescription"), "The length must be from 1 to 256."));
        }
        for field in ["packagedQuantity", "itemValue.value", "itemWeight.value"] {
            if !number(item, field) {
                bad.push((at(field), "A number is required."));
            }
        }
        let code = json_text(item, "hsCode");
        if !code.is_empty() && !(6..=11).contains(&code.len()) {
            bad.push((at("hsCode"), "The length must be from 6 to 11."));
        }
    }
    bad
}

/// What is said of a parcel whose form is right. An error among it: no label is made.
pub(super) fn parcel(shipment: &Value, today: Date) -> Vec<Message> {
    let mut said = Vec::new();
    let text = |path: &str| json_text(shipment, path);
    let (product, billing) = (text("product"), text("billingNumber"));
    let mut say = |happens: bool, property, words, is_error| {
        if happens {
            said.push(Message { property, words, is_error });
        }
    };
    let procedure = product.get(1..3).unwrap_or_default();
    say(
        billing.get(10..12) != Some(procedure) || !billing.starts_with("3333333333"),
        "billingNumber",
        "The billing number does not fit the product.",
        true,
    );
    let most = if product == "V62KP" { 1_000 } else { 31_500 };
    say(grams(shipment) > most, "details.weight", "The weight is above the maximum of the product.", true);
    let longest = if product == "V62KP" { 353 } else { 1_200 };
    say(
        millimetres(shipment) > longest,
        "details.dim",
        "The size is above the maximum of the product.",
        true,
    );
    say(
        text("shipDate").parse::<Date>().is_ok_and(|day| day < today),
        "shipDate",
        "The date is in the past.",
        true,
    );
    say(text("shipper.country") != "DEU", "shipper.country", "The shipment must start in Germany.", true);
    let abroad = text("consignee.country") != "DEU";
    let domestic = matches!(product.as_str(), "V01PAK" | "V62KP");
    say(abroad == domestic, "consignee.country", "The product does not go to this country.", true);
    let services = ["signedForByRecipient", "visualCheckOfAge", "additionalInsurance"];
    let booked = services.iter().any(|service| json_at(shipment, &format!("services.{service}")).is_some());
    say(product == "V62KP" && booked, "services", "The service is not available for the product.", true);
    let (undeclared, mixed) = customs(shipment);
    say(undeclared, "customs", "Customs data is required for this country.", true);
    say(mixed, "customs.postalCharges", "All amounts must be in the same currency.", true);
    let endorsed = json_at(shipment, "services.endorsement").is_some();
    say(product == "V53WPAK" && !endorsed, "services.endorsement", "RETURN is assumed.", false);
    let house = format!(
        "{}{}{}",
        text("consignee.addressStreet"),
        text("consignee.addressHouse"),
        text("consignee.lockerID")
    );
    let has_number = house.bytes().any(|b| b.is_ascii_digit());
    say(!abroad && !has_number, "consignee", "The house number entered could not be found.", false);
    said
}

/// Whether a declaration is missing, and whether one is in several currencies.
fn customs(shipment: &Value) -> (bool, bool) {
    let country = CountryCode::from_alpha3(&json_text(shipment, "consignee.country"));
    let needs = country.is_some_and(|country| !country.is_eu_member() && country != "MC");
    let charged = json_text(shipment, "customs.postalCharges.currency");
    let odd = |item: &Value| json_text(item, "itemValue.currency") != charged;
    (needs && json_at(shipment, "customs").is_none(), list(shipment, "customs.items").iter().any(odd))
}

/// Weight of a parcel.
pub(super) fn grams(shipment: &Value) -> u64 {
    let value = json_at(shipment, "details.weight.value").and_then(Value::as_u64).unwrap_or(u64::MAX);
    if json_text(shipment, "details.weight.uom") == "kg" { value.saturating_mul(1_000) } else { value }
}

/// Longest side of a parcel; 0 when it is not told.
fn millimetres(shipment: &Value) -> u64 {
    let side = |name: &str| json_at(shipment, &format!("details.dim.{name}")).and_then(Value::as_u64);
    let longest = ["length", "width", "height"].into_iter().filter_map(side).max().unwrap_or(0);
    if json_text(shipment, "details.dim.uom") == "cm" { longest.saturating_mul(10) } else { longest }
}

/// The list at a path, empty when there is none.
pub(super) fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    json_at(value, path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
