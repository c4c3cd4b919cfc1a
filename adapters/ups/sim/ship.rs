//! Shipping and voiding.

use serde_json::{Value, json};

use parcelgate_kit::check_digit;
use parcelgate_kit::sim::{SimParcel, SimShipment, World, json_at, json_text};

use super::check::{self, flag, list};
use super::rate::{self, Checked};
use super::{ACCOUNT, Answer, Refusal, labels, success, tariff};

/// Makes a shipment.
pub(super) fn ship(world: &mut World, body: &Value) -> Answer {
    let request = body.get("ShipmentRequest").unwrap_or(&Value::Null);
    if !matches!(json_text(request, "Request.RequestOption").as_str(), "nonvalidate" | "validate") {
        return Err(Refusal::bad("10003", "Missing or invalid RequestOption"));
    }
    let shipment = request.get("Shipment").unwrap_or(&Value::Null);
    let mut checked = rate::checked(shipment, "PaymentInformation", "Packaging")?;
    checked.percent = world.price_percent;
    let format = labels::format(request, &["GIF", "PNG", "ZPL", "EPL", "SPL"])?;
    let code = json_text(shipment, "Service.Code");
    let products = tariff::products(&checked.from, &checked.to);
    let Some(product) = products.into_iter().find(|product| product.code == code) else {
        let message = "The requested service is unavailable between the selected locations.";
        return Err(Refusal::bad("111210", message));
    };
    contacts(shipment, &checked, &code)?;
    let reference = references(shipment, &checked)?;
    customs(shipment, &checked)?;

    let numbers: Vec<String> = checked.weights.iter().map(|_| number(world, &code)).collect();
    let id = numbers.first().cloned().unwrap_or_default();
    let city = |role: &str| json_text(shipment, &format!("{role}.Address.City"));
    let parcels = numbers.iter().map(|tracking| SimParcel {
        tracking: tracking.clone(),
        shipment: id.clone(),
        created: world.now,
        from: (city("ShipFrom"), checked.from.clone()),
        to: (city("ShipTo"), checked.to.clone()),
        crosses_border: flag(shipment, "ShipmentServiceOptions.InternationalForms"),
        transit_days: product.days,
        ..SimParcel::default()
    });
    let parcels: Vec<_> = parcels.collect();
    let keep = |path: &str| json_at(shipment, path).cloned().unwrap_or_default();
    let memory = json!({
        "ShipFrom": keep("ShipFrom"),
        "ShipTo": keep("ShipTo"),
        "Package": keep("Package"),
        "Form": keep("ShipmentServiceOptions.InternationalForms"),
    });
    let made = SimShipment {
        id: id.clone(),
        reference,
        tracking: numbers,
        service: code,
        created: world.now,
        voided: false,
        memory,
    };
    let negotiated = flag(shipment, "ShipmentRatingOptions.NegotiatedRatesIndicator");
    let results = results(&made, product, &checked, &format, negotiated);
    world.record(made, parcels);
    Ok(json!({ "ShipmentResponse": { "Response": success(), "ShipmentResults": results } }))
}

fn number(world: &mut World, service: &str) -> String {
    let payload = format!("{ACCOUNT}{service}{:07}", world.next_number("1Z") % 10_000_000);
    let check = check_digit::alphanumeric_mod10_for(payload.as_bytes()).unwrap_or_default();
    format!("1Z{payload}{check}")
}

/// The costs of shipping carry no negotiated base charge.
fn results(
    made: &SimShipment,
    product: tariff::Product,
    checked: &Checked,
    format: &str,
    negotiated: bool,
) -> Value {
    let currency = tariff::currency(&checked.from);
    let mut charges = rate::charges(product, checked, negotiated);
    let mut own = charges.remove("NegotiatedRateCharges");
    if let Some(fields) = own.as_mut().and_then(Value::as_object_mut) {
        fields.remove("BaseServiceCharge");
    }
    let rated = rate::packages(product, checked, negotiated, currency);
    let packages: Vec<Value> = made
        .tracking
        .iter()
        .zip(rated.as_array().into_iter().flatten())
        .map(|(number, rated)| {
            let mut package = rated.clone();
            if let Some(fields) = package.as_object_mut() {
                fields.remove("Weight");
                fields.insert("TrackingNumber".into(), json!(number));
                let image = labels::image(made, number, format);
                fields.insert("ShippingLabel".into(), labels::with_format("ImageFormat", format, image));
            }
            package
        })
        .collect();
    let mut results = json!({
        "ShipmentCharges": charges,
        "ShipmentIdentificationNumber": made.id,
        "PackageResults": packages,
    });
    if let Some(fields) = results.as_object_mut() {
        fields.extend(own.map(|own| ("NegotiatedRateCharges".to_owned(), own)));
        fields.extend(labels::form(made).map(|form| ("Form".to_owned(), form)));
    }
    results
}

fn contacts(shipment: &Value, checked: &Checked, service: &str) -> Result<(), Refusal> {
    let abroad = checked.from != checked.to;
    for role in ["Shipper", "ShipTo", "ShipFrom"] {
        if (abroad || service == "14") && !flag(shipment, &format!("{role}.Phone.Number")) {
            return Err(Refusal::bad("120217", format!("Missing {role} phone number")));
        }
    }
    let domestic_eu = check::is_eu(&checked.from) && check::is_eu(&checked.to) && service == "11";
    let description = json_text(shipment, "Description");
    if description.chars().count() > 50 || (abroad && !domestic_eu && description.is_empty()) {
        return Err(Refusal::bad("120300", "Missing or invalid description of goods"));
    }
    let value = flag(shipment, "InvoiceLineTotal");
    let wanted = matches!((checked.from.as_str(), checked.to.as_str()), ("US", "CA" | "PR"));
    if value != wanted {
        return Err(Refusal::bad("120310", "Missing or unexpected invoice line total"));
    }
    Ok(())
}

/// References at the level of the lane; the first one is what it is found by.
fn references(shipment: &Value, checked: &Checked) -> Result<String, Refusal> {
    let of_packages = matches!((checked.from.as_str(), checked.to.as_str()), ("US", "US") | ("PR", "PR"));
    let at_shipment = list(shipment, "ReferenceNumber");
    let at_packages: Vec<&Value> =
        list(shipment, "Package").into_iter().flat_map(|package| list(package, "ReferenceNumber")).collect();
    let (right, wrong) = if of_packages { (at_packages, at_shipment) } else { (at_shipment, at_packages) };
    if !wrong.is_empty() {
        return Err(Refusal::bad("120541", "Reference numbers are not allowed at this level for this lane"));
    }
    for reference in &right {
        let value = json_text(reference, "Value");
        if value.is_empty() || value.chars().count() > 35 {
            return Err(Refusal::bad("120542", "Missing or invalid reference number value"));
        }
    }
    Ok(right.first().map(|first| json_text(first, "Value")).unwrap_or_default())
}

fn customs(shipment: &Value, checked: &Checked) -> Result<(), Refusal> {
    vendor(shipment)?;
    tax_ids(shipment)?;
    let both_eu = check::is_eu(&checked.from) && check::is_eu(&checked.to);
    let border = checked.from != checked.to && !both_eu;
    let path = "ShipmentServiceOptions.InternationalForms";
    let Some(form) = json_at(shipment, path) else {
        return if border && !flag(shipment, "DocumentsOnlyIndicator") {
            Err(Refusal::bad("9264000", "International forms are required for this shipment"))
        } else {
            Ok(())
        };
    };
    invoice(form)?;
    let into_eu = check::is_eu(&checked.to) && !check::is_eu(&checked.from);
    for party in ["ShipperType", "ConsigneeType"] {
        if into_eu && !matches!(json_text(shipment, party).as_str(), "01" | "02" | "NA") {
            return Err(Refusal::bad("9264050", format!("{party} is required for shipments into the EU")));
        }
    }
    Ok(())
}

fn invoice(form: &Value) -> Result<(), Refusal> {
    let bad = |what: &str| Err(Refusal::bad("9264010", format!("Missing or invalid {what} on the invoice")));
    if list(form, "FormType").first().and_then(|kind| kind.as_str()) != Some("01") {
        return bad("form type");
    }
    if json_text(form, "InvoiceDate").len() != 8 || json_text(form, "CurrencyCode").len() != 3 {
        return bad("date or currency");
    }
    let reason = json_text(form, "ReasonForExport");
    if reason.is_empty() || reason.chars().count() > 20 {
        return bad("reason for export");
    }
    let terms = ["CFR", "CIF", "CIP", "CPT", "DAF", "DAP", "DDP", "DEQ", "DES", "EXW", "FAS", "FCA", "FOB"];
    if !terms.contains(&json_text(form, "TermsOfShipment").as_str()) {
        return bad("terms of shipment");
    }
    for field in ["Name", "AttentionName", "Phone.Number", "Address.City", "Address.CountryCode"] {
        if json_text(form, &format!("Contacts.SoldTo.{field}")).is_empty() {
            return bad("sold to party");
        }
    }
    let products = list(form, "Product");
    if products.is_empty() || products.len() > 50 {
        return bad("number of products");
    }
    for product in products {
        let lines = list(product, "Description");
        let too_long = |line: &&Value| line.as_str().is_none_or(|line| line.chars().count() > 35);
        if lines.is_empty() || lines.len() > 3 || lines.iter().any(too_long) {
            return bad("product description");
        }
        let number: u32 = json_text(product, "Unit.Number").parse().unwrap_or_default();
        if number == 0 || json_text(product, "Unit.UnitOfMeasurement.Code").is_empty() {
            return bad("product unit");
        }
        if json_text(product, "Unit.Value").parse::<rust_decimal::Decimal>().is_err() {
            return bad("product value");
        }
        let code = json_text(product, "CommodityCode");
        if !code.is_empty() && !(6..=15).contains(&code.len()) {
            return bad("commodity code");
        }
    }
    Ok(())
}

fn vendor(shipment: &Value) -> Result<(), Refusal> {
    let Some(vendor) = json_at(shipment, "ShipFrom.VendorInfo") else { return Ok(()) };
    let code = json_text(vendor, "VendorCollectIDTypeCode");
    let number = json_text(vendor, "VendorCollectIDNumber");
    let known = ["0000", "0356", "0357", "0358", "0359", "1051", "1052", "1053", "1054"];
    let is_ioss = number.len() == 12 && number.starts_with("IM");
    let fits = !number.is_empty() && number.len() <= 35 && (code != "0356" || is_ioss);
    if !known.contains(&code.as_str()) || !fits {
        return Err(Refusal::bad("9264060", "Missing or invalid vendor collect ID"));
    }
    if !matches!(json_text(vendor, "ConsigneeType").as_str(), "01" | "02" | "NA") {
        return Err(Refusal::bad("9264061", "Missing or invalid consignee type of vendor collect ID"));
    }
    Ok(())
}

fn tax_ids(shipment: &Value) -> Result<(), Refusal> {
    let agents = list(shipment, "GlobalTaxInformation.AgentTaxIdentificationNumber");
    for agent in agents {
        let role = json_text(agent, "AgentRole");
        for id in list(agent, "TaxIdentificationNumber") {
            let kind = json_text(id, "IDNumberTypeCode");
            let allowed = match role.as_str() {
                "20" => kind.len() == 4,
                "30" => matches!(kind.as_str(), "1002" | "1005" | "0005"),
                _ => false,
            };
            let whole = ["IdentificationNumber", "IDNumberPurposeCode", "IDNumberCustomerRole"]
                .iter()
                .all(|field| !json_text(id, field).is_empty());
            if !allowed || !whole || json_text(id, "IDNumberEncryptionIndicator") != "0" {
                return Err(Refusal::bad("9264070", "Invalid tax identification number"));
            }
        }
    }
    Ok(())
}

/// Cancels a shipment, or some of its packages.
pub(super) fn void(world: &mut World, id: &str, packages: Option<&str>) -> Answer {
    let too_late = || Refusal::bad("190102", "No shipment found within the allowed void period");
    let shipment = world.shipments.get(id).ok_or_else(too_late)?;
    let numbers = shipment.tracking.clone();
    let was_voided = shipment.voided;
    if numbers.iter().any(|number| !was_voided && world.is_handed_over(number)) {
        return Err(too_late());
    }
    let Some(packages) = packages else {
        if was_voided {
            return Err(Refusal::bad("190117", "The shipment has already been voided"));
        }
        world.void(id);
        return Ok(voided(json!([])));
    };
    let asked = packages.trim_matches(|c| matches!(c, '[' | ']')).split(',');
    let asked: Vec<&str> = asked.map(|number| number.trim_matches('"')).collect();
    if numbers.iter().all(|number| asked.contains(&number.as_str())) {
        world.void(id);
    }
    for number in &asked {
        if let Some(parcel) =
            world.parcels.get_mut(*number).filter(|_| numbers.iter().any(|own| own == number))
        {
            parcel.voided = true;
        }
    }
    let results = asked.iter().map(|number| {
        let known = numbers.iter().any(|own| own == number);
        let status = if known {
            json!({ "Code": "1", "Description": "Voided" })
        } else {
            json!({ "Code": "0", "Description": "Not Voided" })
        };
        json!({ "TrackingNumber": number, "Status": status })
    });
    Ok(voided(results.collect()))
}

fn voided(packages: Value) -> Value {
    let mut response = json!({
        "Response": success(),
        "SummaryResult": { "Status": { "Code": "1", "Description": "Voided" } },
    });
    if packages.as_array().is_some_and(|packages| !packages.is_empty())
        && let Some(fields) = response.as_object_mut()
    {
        fields.insert("PackageLevelResults".into(), packages);
    }
    json!({ "VoidShipmentResponse": response })
}
