//! Labels, papers, and label recovery.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use parcelgate_kit::sim::{SimShipment, World, json_text};

use super::{ACCOUNT, Answer, Refusal, art, success};

/// The label format that is asked for.
pub(super) fn format(request: &Value, known: &[&str]) -> Result<String, Refusal> {
    let format = json_text(request, "LabelSpecification.LabelImageFormat.Code");
    if !known.contains(&format.as_str()) {
        return Err(Refusal::bad("120702", "Missing or invalid label image format code"));
    }
    let stock = |side: &str| json_text(request, &format!("LabelSpecification.LabelStockSize.{side}"));
    let thermal = matches!(format.as_str(), "ZPL" | "EPL" | "SPL");
    if thermal && !(stock("Width") == "4" && matches!(stock("Height").as_str(), "6" | "8")) {
        return Err(Refusal::bad("120704", "Missing or invalid label stock size"));
    }
    if format == "GIF" && json_text(request, "LabelSpecification.HTTPUserAgent").is_empty() {
        return Err(Refusal::bad("120705", "Missing HTTPUserAgent"));
    }
    Ok(format)
}

/// The label of one package in base64.
pub(super) fn image(shipment: &SimShipment, number: &str, format: &str) -> String {
    STANDARD.encode(art::label(shipment, number, format))
}

/// An image in its container.
pub(super) fn with_format(name: &str, format: &str, image: String) -> Value {
    json!({ name: { "Code": format, "Description": format }, "GraphicImage": image })
}

/// The commercial invoice, where one was asked for.
pub(super) fn form(shipment: &SimShipment) -> Option<Value> {
    let pdf = STANDARD.encode(art::invoice(shipment)?);
    Some(json!({ "Code": "01", "Image": with_format("ImageFormat", "PDF", pdf) }))
}

/// Gives labels a second time.
pub(super) fn recover(world: &World, body: &Value) -> Answer {
    let request = body.get("LabelRecoveryRequest").unwrap_or(&Value::Null);
    let format = format(request, &["GIF", "PDF", "ZPL", "EPL", "SPL"])?;
    let number = json_text(request, "TrackingNumber");
    if !number.is_empty() {
        let shipment = world.parcels.get(&number).and_then(|parcel| world.shipments.get(&parcel.shipment));
        let shipment = shipment.filter(|shipment| !shipment.voided);
        return shipment.map(|shipment| one(shipment, &number, &format)).ok_or_else(unknown);
    }
    let reference = json_text(request, "ReferenceValues.ReferenceNumber.Value");
    if reference.is_empty() || json_text(request, "ReferenceValues.ShipperNumber") != ACCOUNT {
        return Err(Refusal::bad(
            "300007",
            "Tracking number or reference number with shipper number is required",
        ));
    }
    let fits: Vec<(&SimShipment, &String)> = world
        .by_reference(&reference)
        .filter(|shipment| !shipment.voided)
        .flat_map(|shipment| shipment.tracking.iter().map(move |number| (shipment, number)))
        .collect();
    match fits.as_slice() {
        [] => Err(unknown()),
        [(shipment, number)] => Ok(one(shipment, number, &format)),
        several => Ok(candidates(several)),
    }
}

fn unknown() -> Refusal {
    Refusal::bad("300022", "No label was found for the given tracking or reference number")
}

fn one(shipment: &SimShipment, number: &str, format: &str) -> Value {
    let image = with_format("LabelImageFormat", format, image(shipment, number, format));
    let mut response = json!({
        "Response": success(),
        "ShipmentIdentificationNumber": shipment.id,
        "LabelResults": [{ "TrackingNumber": number, "LabelImage": image }],
    });
    if let Some(fields) = response.as_object_mut() {
        fields.extend(form(shipment).map(|form| ("Form".to_owned(), form)));
    }
    json!({ "LabelRecoveryResponse": response })
}

fn candidates(several: &[(&SimShipment, &String)]) -> Value {
    let candidates: Vec<Value> = several
        .iter()
        .map(|(shipment, number)| {
            let to = |field: &str| json_text(&shipment.memory, &format!("ShipTo.Address.{field}"));
            let day =
                shipment.created.to_zoned_datetime(jiff::tz::TimeZone::UTC).strftime("%Y%m%d").to_string();
            json!({
                "TrackingNumber": number,
                "DestinationPostalCode": to("PostalCode"),
                "DestinationCountryCode": to("CountryCode"),
                "PickupDateRange": { "BeginDate": day, "EndDate": day },
            })
        })
        .collect();
    json!({ "LabelRecoveryResponse": {
        "Response": success(), "LabelResults": [], "TrackingCandidate": candidates,
    } })
}
