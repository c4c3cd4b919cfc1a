//! What UPS refuses in addresses, packages and options.

use rust_decimal::Decimal;
use serde_json::Value;

use parcelgate_kit::sim::{json_at, json_text};

use super::{ACCOUNT, Refusal};

/// Members of the EU, as the simulator knows them.
const EU: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
    "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

pub(super) fn is_eu(country: &str) -> bool {
    EU.contains(&country)
}

/// Elements of a list, a bare element counting as a list of one.
pub(super) fn list<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    match json_at(value, path) {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(one) => vec![one],
    }
}

/// Whether an indicator is on: whatever it holds.
pub(super) fn flag(value: &Value, path: &str) -> bool {
    json_at(value, path).is_some_and(|value| !value.is_null())
}

fn length(value: &Value, path: &str, most: usize, code: &'static str) -> Result<String, Refusal> {
    let text = json_text(value, path);
    let length = text.chars().count();
    if length == 0 {
        return Err(Refusal::bad(code, format!("Missing or invalid {path}")));
    }
    if length > most {
        return Err(Refusal::bad("10002", format!("{path} exceeds the maximum length of {most}")));
    }
    Ok(text)
}

/// A party, `role` being `Shipper`, `ShipTo` or `ShipFrom`.
pub(super) fn party(shipment: &Value, role: &str) -> Result<(), Refusal> {
    let party = json_at(shipment, role)
        .ok_or_else(|| Refusal::bad("120101", format!("Missing or invalid {role} information")))?;
    length(party, "Name", 35, "120201")?;
    if flag(party, "AttentionName") {
        length(party, "AttentionName", 35, "120202")?;
    }
    if flag(party, "Phone") {
        let phone = length(party, "Phone.Number", 15, "120203")?;
        if !phone.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Refusal::bad("120203", format!("Missing or invalid {role} phone number")));
        }
    }
    address(json_at(party, "Address").unwrap_or(&Value::Null), role)
}

fn address(address: &Value, role: &str) -> Result<(), Refusal> {
    let lines = list(address, "AddressLine");
    if lines.is_empty() || lines.len() > 3 {
        return Err(Refusal::bad("120205", format!("Missing or invalid {role} address line")));
    }
    for line in lines {
        if line.as_str().is_none_or(|line| line.is_empty() || line.chars().count() > 35) {
            return Err(Refusal::bad("120205", format!("Missing or invalid {role} address line")));
        }
    }
    length(address, "City", 30, "120206")?;
    let country = length(address, "CountryCode", 2, "120207")?;
    if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(Refusal::bad("120207", format!("Missing or invalid {role} country code")));
    }
    let state = json_text(address, "StateProvinceCode");
    if matches!(country.as_str(), "US" | "CA") && state.len() != 2 {
        return Err(Refusal::bad("120208", format!("Missing or invalid {role} state province code")));
    }
    let postcode = json_text(address, "PostalCode");
    let plain = postcode.bytes().all(|b| b.is_ascii_alphanumeric()) && postcode.len() <= 9;
    let needed = matches!(country.as_str(), "US" | "CA" | "DE" | "FR" | "GB" | "IT" | "ES" | "NL" | "PL");
    if !plain || (needed && postcode.is_empty()) {
        return Err(Refusal::bad("120209", format!("Missing or invalid {role} postal code")));
    }
    Ok(())
}

/// Country of a party.
pub(super) fn country(shipment: &Value, role: &str) -> String {
    json_text(shipment, &format!("{role}.Address.CountryCode"))
}

/// The account, in the shipper and in what pays.
pub(super) fn account(shipment: &Value, payment: &str) -> Result<(), Refusal> {
    if json_text(shipment, "Shipper.ShipperNumber") != ACCOUNT {
        return Err(Refusal::bad("120100", "Missing or invalid shipper number"));
    }
    let charges = list(shipment, &format!("{payment}.ShipmentCharge"));
    let pays = |kind: &str| {
        charges.iter().any(|charge| {
            json_text(charge, "Type") == kind && json_text(charge, "BillShipper.AccountNumber") == ACCOUNT
        })
    };
    let known = charges.iter().all(|charge| matches!(json_text(charge, "Type").as_str(), "01" | "02"));
    if !pays("01") || !known || charges.len() > 2 {
        return Err(Refusal::bad("120410", "Missing or invalid payment information"));
    }
    Ok(())
}

/// A package: its weight in the unit of the origin, whole and tenths.
pub(super) fn package(package: &Value, packaging: &str, origin: &str) -> Result<Decimal, Refusal> {
    let code = json_text(package, &format!("{packaging}.Code"));
    let codes = ["00", "01", "02", "03", "04", "21", "24", "25", "30", "2a", "2b", "2c"];
    if !codes.contains(&code.as_str()) {
        return Err(Refusal::bad("120602", "Missing or invalid package type"));
    }
    let imperial = matches!(origin, "US" | "PR");
    let units = (json_text(package, "PackageWeight.UnitOfMeasurement.Code"), imperial);
    let fits = matches!((units.0.as_str(), units.1), ("LBS", true) | ("KGS", false)) || origin == "CA";
    if !fits {
        let message = "This measurement system is not valid for the selected country.";
        return Err(Refusal::bad("111057", message));
    }
    let weight = length(package, "PackageWeight.Weight", 5, "120604")?;
    let weight: Decimal = weight.parse().map_err(|_| Refusal::bad("120604", "Invalid package weight"))?;
    let most = if imperial { Decimal::from(150) } else { Decimal::from(70) };
    if weight <= Decimal::ZERO || weight > most {
        let message = format!("The maximum per package weight for the selected country is {most}.");
        return Err(Refusal::bad("111035", message));
    }
    if flag(package, "Dimensions") {
        sides(package, imperial)?;
    }
    Ok(weight)
}

fn sides(package: &Value, imperial: bool) -> Result<(), Refusal> {
    let unit = json_text(package, "Dimensions.UnitOfMeasurement.Code");
    let mut found = Vec::new();
    for side in ["Length", "Width", "Height"] {
        let text = length(package, &format!("Dimensions.{side}"), 3, "120611")?;
        let value: u32 = text.parse().map_err(|_| Refusal::bad("120611", "Invalid package dimensions"))?;
        found.push(value);
    }
    let longest = found.iter().max().copied().unwrap_or_default();
    let unit_fits = unit == if imperial { "IN" } else { "CM" };
    if !unit_fits || found.first() != Some(&longest) || found.contains(&0) {
        return Err(Refusal::bad("120611", "Invalid package dimensions"));
    }
    Ok(())
}

/// The signature: at one level only, which the lane decides.
pub(super) fn confirmation(shipment: &Value, from: &str, to: &str) -> Result<(), Refusal> {
    let at_package = matches!((from, to), ("US" | "PR", "US" | "PR") | ("CA", "CA"));
    let of_shipment = json_text(shipment, "ShipmentServiceOptions.DeliveryConfirmation.DCISType");
    let of_packages: Vec<String> = list(shipment, "Package")
        .into_iter()
        .map(|package| json_text(package, "PackageServiceOptions.DeliveryConfirmation.DCISType"))
        .filter(|kind| !kind.is_empty())
        .collect();
    let wrong = if at_package {
        !of_shipment.is_empty() || of_packages.iter().any(|kind| !matches!(kind.as_str(), "2" | "3"))
    } else {
        !of_packages.is_empty() || !matches!(of_shipment.as_str(), "" | "1" | "2")
    };
    if wrong {
        let message =
            "Delivery Confirmation is invalid at this level or of this type for the selected countries.";
        return Err(Refusal::bad("120920", message));
    }
    Ok(())
}
