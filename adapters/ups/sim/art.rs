//! What is printed on the labels and invoices that the simulator hands out.

use bytes::Bytes;
use jiff::tz::TimeZone;
use serde_json::Value;

use parcelgate_kit::label::{CustomsLine, FormFace, FormKind, LabelFace, Watermark, draw, draw_form};
use parcelgate_kit::model::{LabelFormat, LabelSpec};
use parcelgate_kit::sim::{SimShipment, json_at, json_text};

use super::check::list;

fn block(party: &Value) -> Vec<String> {
    let text = |path: &str| json_text(party, path);
    let mut lines = vec![text("Name")];
    if text("AttentionName") != text("Name") {
        lines.push(text("AttentionName"));
    }
    let street = list(party, "Address.AddressLine").into_iter().filter_map(|line| line.as_str());
    lines.extend(street.map(str::to_owned));
    let state = text("Address.StateProvinceCode");
    lines.push(format!("{} {state} {}", text("Address.City"), text("Address.PostalCode")));
    lines.push(text("Address.CountryCode"));
    lines
}

fn party(shipment: &SimShipment, role: &str) -> Vec<String> {
    block(json_at(&shipment.memory, role).unwrap_or(&Value::Null))
}

fn day(shipment: &SimShipment) -> String {
    shipment.created.to_zoned_datetime(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
}

/// The label of one package.
pub(super) fn label(shipment: &SimShipment, number: &str, format: &str) -> Bytes {
    let index = shipment.tracking.iter().position(|own| own == number).unwrap_or_default();
    let package = json_at(&shipment.memory, &format!("Package.{index}")).unwrap_or(&Value::Null);
    let count = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
    let unit = json_text(package, "PackageWeight.UnitOfMeasurement.Code");
    let face = LabelFace {
        carrier: "UPS".to_owned(),
        service: format!("UPS {}", shipment.service),
        from: party(shipment, "ShipFrom"),
        to: party(shipment, "ShipTo"),
        tracking: number.to_owned(),
        references: vec![shipment.reference.clone()],
        parcel: (count(index + 1), count(shipment.tracking.len())),
        weight: format!("{} {unit}", json_text(package, "PackageWeight.Weight")),
        date: day(shipment),
        watermark: Watermark::Sandbox,
        ..LabelFace::default()
    };
    let format = match format {
        "PDF" => LabelFormat::Pdf,
        "PNG" => LabelFormat::Png,
        "ZPL" => LabelFormat::Zpl,
        _ => LabelFormat::Gif,
    };
    draw(&face, LabelSpec { format, ..LabelSpec::default() })
}

/// The commercial invoice, where one was asked for.
pub(super) fn invoice(shipment: &SimShipment) -> Option<Bytes> {
    let form = json_at(&shipment.memory, "Form").filter(|form| form.is_object())?;
    let text = |path: &str| json_text(form, path);
    let currency = text("CurrencyCode");
    let line = |product: &Value| CustomsLine {
        description: list(product, "Description")
            .into_iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" "),
        quantity: json_text(product, "Unit.Number"),
        value: format!("{} {currency}", json_text(product, "Unit.Value")),
        tariff: json_text(product, "CommodityCode"),
        origin: json_text(product, "OriginCountryCode"),
        ..CustomsLine::default()
    };
    Some(draw_form(&FormFace {
        kind: FormKind::CommercialInvoice,
        carrier: "UPS".to_owned(),
        tracking: shipment.id.clone(),
        number: text("InvoiceNumber"),
        date: text("InvoiceDate"),
        from: party(shipment, "ShipFrom"),
        to: block(json_at(form, "Contacts.SoldTo").unwrap_or(&Value::Null)),
        facts: vec![
            ("Terms of shipment".to_owned(), text("TermsOfShipment")),
            ("Reason for export".to_owned(), text("ReasonForExport")),
        ],
        lines: list(form, "Product").into_iter().map(line).collect(),
        watermark: Watermark::Sandbox,
        ..FormFace::default()
    }))
}
