//! Labels and customs forms.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use parcelgate_kit::label::{CustomsLine, FormFace, FormKind, LabelFace, Watermark, draw, draw_form};
use parcelgate_kit::model::{LabelFormat, LabelSize, LabelSpec};
use parcelgate_kit::sim::json_text;
use serde_json::{Value, json};

use super::check::{grams, list};

/// The label in the format and on the stock asked for.
pub(super) fn label(shipment: &Value, tracking: &str, format: &str, stock: &str) -> Value {
    let face = LabelFace {
        carrier: "DHL".to_owned(),
        service: product(shipment).to_owned(),
        from: party(shipment, "shipper"),
        to: party(shipment, "consignee"),
        tracking: tracking.to_owned(),
        routing: Some(json_text(shipment, "consignee.postalCode")).filter(|code| !code.is_empty()),
        references: ["refNo", "costCenter"]
            .into_iter()
            .map(|field| json_text(shipment, field))
            .filter(|text| !text.is_empty())
            .collect(),
        parcel: (1, 1),
        weight: weight(grams(shipment)),
        date: json_text(shipment, "shipDate"),
        watermark: Watermark::Sandbox,
        ..LabelFace::default()
    };
    let size = match stock {
        "A4" => LabelSize::A4,
        "910-300-300" | "910-300-300-oz" => LabelSize::A6,
        _ => LabelSize::Inch4x6,
    };
    let stock = if stock.is_empty() { "910-300-700" } else { stock };
    if format == "ZPL2" {
        let bytes = draw(&face, LabelSpec { format: LabelFormat::Zpl, size, ..LabelSpec::default() });
        // Plain text, where a PDF is base64.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        return json!({ "zpl2": text, "fileFormat": "ZPL2", "printFormat": stock });
    }
    let bytes = draw(&face, LabelSpec { format: LabelFormat::Pdf, size, ..LabelSpec::default() });
    json!({ "b64": STANDARD.encode(bytes), "fileFormat": "PDF", "printFormat": stock })
}

/// The CN23 of Paket International, always on A4.
pub(super) fn customs_form(shipment: &Value, tracking: &str) -> Option<Value> {
    let customs = shipment.get("customs")?;
    let currency = json_text(customs, "postalCharges.currency");
    let facts = [
        ("Export type", "exportType"),
        ("Shipping conditions", "shippingConditions"),
        ("Sender's customs number", "shipperCustomsRef"),
        ("Receiver's customs number", "consigneeCustomsRef"),
    ];
    let lines = list(customs, "items").iter().map(|item| CustomsLine {
        description: json_text(item, "itemDescription").chars().take(50).collect(),
        quantity: json_text(item, "packagedQuantity"),
        weight: weight(item.pointer("/itemWeight/value").and_then(Value::as_u64).unwrap_or_default()),
        value: format!("{} {currency}", json_text(item, "itemValue.value")),
        tariff: json_text(item, "hsCode"),
        origin: json_text(item, "countryOfOrigin"),
    });
    let face = FormFace {
        kind: FormKind::Cn23,
        carrier: "DHL".to_owned(),
        tracking: tracking.to_owned(),
        number: json_text(customs, "invoiceNo"),
        date: json_text(shipment, "shipDate"),
        from: party(shipment, "shipper"),
        to: party(shipment, "consignee"),
        facts: facts
            .into_iter()
            .map(|(name, field)| (name.to_owned(), json_text(customs, field)))
            .filter(|(_, text)| !text.is_empty())
            .collect(),
        lines: lines.collect(),
        total_weight: weight(grams(shipment)),
        total_value: String::new(),
        watermark: Watermark::Sandbox,
    };
    Some(json!({ "b64": STANDARD.encode(draw_form(&face)), "fileFormat": "PDF", "printFormat": "A4" }))
}

fn product(shipment: &Value) -> &'static str {
    match json_text(shipment, "product").as_str() {
        "V01PAK" => "Paket",
        "V62KP" => "Kleinpaket",
        "V53WPAK" => "Paket International",
        _ => "Europaket",
    }
}

fn weight(grams: u64) -> String {
    format!("{}.{:03} kg", grams / 1_000, grams % 1_000)
}

fn party(shipment: &Value, side: &str) -> Vec<String> {
    let at = |field: &str| json_text(shipment, &format!("{side}.{field}"));
    let locker = at("lockerID");
    let mut lines = vec![at("name"), at("name1"), at("name2"), at("name3")];
    if !locker.is_empty() {
        lines.extend([at("postNumber"), format!("Packstation {locker}")]);
    }
    lines.extend([
        at("additionalAddressInformation1"),
        at("additionalAddressInformation2"),
        format!("{} {}", at("addressStreet"), at("addressHouse")),
        format!("{} {}", at("postalCode"), at("city")),
        at("country"),
    ]);
    lines.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}
