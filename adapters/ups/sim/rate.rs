//! Rating: one service or all, with the time in transit.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use parcelgate_kit::sim::{World, json_text};

use super::check::{self, country, flag, list};
use super::tariff::{self, Extras, Priced, Product, money};
use super::{Answer, Refusal};

/// A shipment that has passed the checks.
pub(super) struct Checked {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) zone: u8,
    pub(super) weights: Vec<Decimal>,
    pub(super) extras: Extras,
    /// What the prices are multiplied by, in per cent.
    pub(super) percent: u32,
}

/// Checks what rating and shipping share, whose names differ.
pub(super) fn checked(shipment: &Value, payment: &str, packaging: &str) -> Result<Checked, Refusal> {
    for role in ["Shipper", "ShipTo", "ShipFrom"] {
        check::party(shipment, role)?;
    }
    check::account(shipment, payment)?;
    let (from, to) = (country(shipment, "ShipFrom"), country(shipment, "ShipTo"));
    let packages = list(shipment, "Package");
    if packages.is_empty() || packages.len() > 200 {
        return Err(Refusal::bad("120601", "Missing or invalid number of packages"));
    }
    let weights = packages
        .iter()
        .map(|package| check::package(package, packaging, &from))
        .collect::<Result<Vec<_>, _>>()?;
    check::confirmation(shipment, &from, &to)?;
    let confirmed = |value: &Value, path: &str| flag(value, &format!("{path}.DeliveryConfirmation"));
    let of_packages = packages.iter().filter(|package| confirmed(package, "PackageServiceOptions")).count();
    let of_shipment = usize::from(confirmed(shipment, "ShipmentServiceOptions"));
    let extras = Extras {
        residential: flag(shipment, "ShipTo.Address.ResidentialAddressIndicator"),
        signatures: i64::try_from(of_packages.max(of_shipment)).unwrap_or_default(),
        declared: packages.iter().map(|package| declared(package)).sum(),
        tax: if flag(shipment, "TaxInformationIndicator") && check::is_eu(&from) && from == to {
            19
        } else {
            0
        },
    };
    let code = |role: &str| json_text(shipment, &format!("{role}.Address.PostalCode"));
    let zone = tariff::zone((&from, &code("ShipFrom")), (&to, &code("ShipTo")));
    Ok(Checked { from, to, zone, weights, extras, percent: 100 })
}

fn declared(package: &Value) -> i64 {
    let text = json_text(package, "PackageServiceOptions.DeclaredValue.MonetaryValue");
    let value: Decimal = text.parse().unwrap_or_default();
    i64::try_from(value.trunc().normalize().mantissa()).unwrap_or_default()
}

/// Answers a rating request of this option.
pub(super) fn rate(world: &World, body: &Value, option: &str) -> Answer {
    let request = body.get("RateRequest").unwrap_or(&Value::Null);
    let all = matches!(option, "Shop" | "Shoptimeintransit");
    if !all && !matches!(option, "Rate" | "Ratetimeintransit") {
        return Err(Refusal::bad("10002", "Invalid request option"));
    }
    let shipment = request.get("Shipment").unwrap_or(&Value::Null);
    let mut checked = checked(shipment, "PaymentDetails", "PackagingType")?;
    checked.percent = world.price_percent;
    let transit = if option.ends_with("timeintransit") { Some(pickup(shipment, &checked)?) } else { None };
    let mut products = tariff::products(&checked.from, &checked.to);
    if flag(shipment, "ShipmentServiceOptions.SaturdayDeliveryIndicator") {
        products.retain(|product| matches!(product.code, "14" | "01" | "02" | "07" | "54"));
    }
    if !all {
        let wanted = json_text(shipment, "Service.Code");
        products.retain(|product| product.code == wanted);
    }
    if products.is_empty() {
        let message = "The requested service is unavailable between the selected locations.";
        return Err(Refusal::bad("111210", message));
    }
    let negotiated = flag(shipment, "ShipmentRatingOptions.NegotiatedRatesIndicator");
    let rated: Vec<Value> =
        products.into_iter().map(|product| rated(product, &checked, negotiated, transit)).collect();
    Ok(json!({ "RateResponse": {
        "Response": {
            "ResponseStatus": { "Code": "1", "Description": "Success" },
            "Alert": [{ "Code": "110971", "Description": "Your invoice may vary from the displayed reference rates" }],
        },
        "RatedShipment": rated,
    } }))
}

fn pickup(shipment: &Value, checked: &Checked) -> Result<Date, Refusal> {
    if json_text(shipment, "DeliveryTimeInformation.PackageBillType").len() != 2 {
        return Err(Refusal::bad("111546", "Missing or invalid package bill type"));
    }
    let abroad = checked.from != checked.to;
    if abroad
        && !(flag(shipment, "InvoiceLineTotal.MonetaryValue") && flag(shipment, "ShipmentTotalWeight.Weight"))
    {
        let message =
            "Invoice line total and shipment total weight are required for international time in transit";
        return Err(Refusal::bad("111547", message));
    }
    Date::strptime("%Y%m%d", json_text(shipment, "DeliveryTimeInformation.Pickup.Date"))
        .map_err(|_| Refusal::bad("111548", "Missing or invalid pickup date"))
}

fn rated(product: Product, checked: &Checked, negotiated: bool, transit: Option<Date>) -> Value {
    let currency = tariff::currency(&checked.from);
    let mut rated = charges(product, checked, negotiated);
    let weight: Decimal = checked.weights.iter().copied().sum();
    let unit = if matches!(checked.from.as_str(), "US" | "PR") { "LBS" } else { "KGS" };
    rated.insert("Service".into(), json!({ "Code": product.code, "Description": "" }));
    rated.insert("Zone".into(), json!(checked.zone.to_string()));
    rated.insert(
        "BillingWeight".into(),
        json!({ "UnitOfMeasurement": { "Code": unit, "Description": unit }, "Weight": weight.to_string() }),
    );
    rated.insert("RatedPackage".into(), packages(product, checked, negotiated, currency));
    if let Some(date) = transit {
        let arrival = tariff::business_days_after(date, product.days);
        let mut summary = json!({
            "Service": { "Description": "" },
            "EstimatedArrival": {
                "Arrival": { "Date": arrival.strftime("%Y%m%d").to_string(), "Time": product.by },
                "BusinessDaysInTransit": product.days.to_string(),
                "Pickup": { "Date": date.strftime("%Y%m%d").to_string(), "Time": "180000" },
                "DayOfWeek": arrival.strftime("%a").to_string().to_uppercase(),
            },
            "SaturdayDelivery": "0",
        });
        if let (true, Some(fields)) = (product.guaranteed, summary.as_object_mut()) {
            fields.insert("GuaranteedIndicator".into(), json!(""));
        }
        let date = date.strftime("%Y%m%d").to_string();
        rated.insert("TimeInTransit".into(), json!({ "PickupDate": date, "ServiceSummary": summary }));
    }
    Value::Object(rated)
}

fn item(code: &str, cents: i64, currency: &str) -> Option<Value> {
    let value =
        json!({ "Code": code, "CurrencyCode": currency, "MonetaryValue": money(cents), "SubType": "" });
    (cents != 0).then_some(value)
}

/// The totals and the surcharges of the shipment, published and, if asked for,
/// the account's own at 64 per cent.
pub(super) fn charges(product: Product, checked: &Checked, negotiated: bool) -> Map<String, Value> {
    let currency = tariff::currency(&checked.from);
    let amount = |cents| json!({ "CurrencyCode": currency, "MonetaryValue": money(cents) });
    let price = |share: i64| {
        let share = share * i64::from(checked.percent) / 100;
        Priced::of(product, checked.zone, &checked.weights, checked.extras, share)
    };
    let items = |price: &Priced| -> Vec<Value> {
        [item("375", price.fuel, currency), item("270", price.residential, currency)]
            .into_iter()
            .flatten()
            .collect()
    };
    let published = price(100);
    let options = published.residential + published.signature + published.declared;
    let mut fields = Map::new();
    fields.insert("TransportationCharges".into(), amount(published.base + published.fuel));
    fields.insert("BaseServiceCharge".into(), amount(published.base));
    fields.insert("ItemizedCharges".into(), Value::Array(items(&published)));
    fields.insert("ServiceOptionsCharges".into(), amount(options));
    fields.insert("TotalCharges".into(), amount(published.untaxed()));
    taxed(&mut fields, &published, currency);
    if negotiated {
        let own = price(64);
        let mut charges = Map::new();
        charges.insert("BaseServiceCharge".into(), json!([amount(own.base)]));
        charges.insert("ItemizedCharges".into(), Value::Array(items(&own)));
        charges.insert("TotalCharge".into(), amount(own.untaxed()));
        taxed(&mut charges, &own, currency);
        fields.insert("NegotiatedRateCharges".into(), Value::Object(charges));
    }
    fields
}

fn taxed(fields: &mut Map<String, Value>, price: &Priced, currency: &str) {
    if price.tax > 0 {
        let total = price.untaxed() + price.tax;
        let taxes = json!([{ "Type": "VAT", "MonetaryValue": money(price.tax) }]);
        fields.insert("TaxCharges".into(), taxes);
        let total = json!({ "CurrencyCode": currency, "MonetaryValue": money(total) });
        fields.insert("TotalChargesWithTaxes".into(), total);
    }
}

/// The packages; surcharges of single packages stand at the first.
pub(super) fn packages(product: Product, checked: &Checked, negotiated: bool, currency: &str) -> Value {
    let extras = Priced::of(product, checked.zone, &checked.weights, checked.extras, 100);
    let items: Vec<Value> = [item("120", extras.signature, currency), item("400", extras.declared, currency)]
        .into_iter()
        .flatten()
        .collect();
    let package = |(index, weight): (usize, &Decimal)| {
        let mut package = json!({ "Weight": weight.to_string() });
        if let (0, false, Some(fields)) = (index, items.is_empty(), package.as_object_mut()) {
            fields.insert("ItemizedCharges".into(), Value::Array(items.clone()));
            if negotiated {
                fields.insert("NegotiatedCharges".into(), json!({ "ItemizedCharges": items }));
            }
        }
        package
    };
    Value::Array(checked.weights.iter().enumerate().map(package).collect())
}
