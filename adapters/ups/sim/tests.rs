//! The simulator refuses what UPS refuses.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use parcelgate_kit::sim::{Sim, World, json_text};

use super::{CLIENT, UpsSim};

fn post(world: &mut World, path: &str, token: &str, body: &Value) -> (u16, Value) {
    let request = http::Request::post(format!("http://carrier{path}"))
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_string()))
        .unwrap();
    let response = UpsSim.handle(world, &request);
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

fn code(answer: &(u16, Value)) -> String {
    json_text(&answer.1, "response.errors.0.code")
}

/// The body of a golden request.
fn golden(case: &str) -> Value {
    let text =
        std::fs::read_to_string(format!("{}/cases/{case}/request.http", env!("CARGO_MANIFEST_DIR"))).unwrap();
    serde_json::from_str(text.split_once("\n\n").unwrap().1).unwrap()
}

/// Sets or, with `null`, takes away what stands at a pointer.
fn set(body: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}"));
    match (parent, value) {
        (Value::Object(fields), Value::Null) => drop(fields.remove(name)),
        (Value::Object(fields), value) => drop(fields.insert(name.to_owned(), value)),
        (parent, value) => *parent.get_mut(name.parse::<usize>().unwrap()).unwrap() = value,
    }
}

#[test]
fn a_shipment_that_ups_refuses_is_refused() {
    let shipment = "/ShipmentRequest/Shipment";
    let form = "/ShipmentRequest/Shipment/ShipmentServiceOptions/InternationalForms";
    let long = "x".repeat(36);
    let rows = [
        (shipment, "/Shipper/ShipperNumber", json!("ZZZZZ9"), "120100"),
        (shipment, "/ShipTo/Name", json!(long), "10002"),
        (shipment, "/ShipTo/Name", Value::Null, "120201"),
        (shipment, "/ShipTo/Phone", Value::Null, "120217"),
        (shipment, "/ShipTo/Address/AddressLine/0", json!(long), "120205"),
        (shipment, "/ShipTo/Address/PostalCode", json!("101 19"), "120209"),
        (shipment, "/Description", Value::Null, "120300"),
        (shipment, "/InvoiceLineTotal", json!({ "CurrencyCode": "EUR", "MonetaryValue": "1" }), "120310"),
        (shipment, "/Package/0/PackageWeight/UnitOfMeasurement/Code", json!("LBS"), "111057"),
        (shipment, "/Package/0/PackageWeight/Weight", json!("70.1"), "111035"),
        (shipment, "/Package/0/Dimensions/Width", json!("31"), "120611"),
        (shipment, "/Package/0/ReferenceNumber", json!([{ "Value": "A" }]), "120541"),
        (
            shipment,
            "/Package/0/PackageServiceOptions",
            json!({ "DeliveryConfirmation": { "DCISType": "2" } }),
            "120920",
        ),
        (shipment, "/Service/Code", json!("03"), "111210"),
        (shipment, "/ConsigneeType", Value::Null, "9264050"),
        (shipment, "/ShipFrom/VendorInfo/VendorCollectIDTypeCode", json!("0355"), "9264060"),
        (shipment, "/ShipFrom/VendorInfo/VendorCollectIDNumber", json!("EU372000022"), "9264060"),
        (shipment, "/ShipmentServiceOptions", Value::Null, "9264000"),
        (form, "/ReasonForExport", Value::Null, "9264010"),
        (form, "/Contacts/SoldTo/Phone", Value::Null, "9264010"),
        (form, "/Product/0/Description", json!([long]), "9264010"),
        (form, "/Product", json!([]), "9264010"),
        ("/ShipmentRequest", "/LabelSpecification/LabelImageFormat/Code", json!("PDF"), "120702"),
    ];
    let mut world = World::new(Timestamp::UNIX_EPOCH, 1);
    let token = world.issue_token(60);
    for (root, pointer, value, wanted) in rows {
        let mut body = golden("purchase/cn_de_ioss");
        set(&mut body, &format!("{root}{pointer}"), value);
        let answer = post(&mut world, "/api/shipments/v2409/ship", &token, &body);
        assert_eq!((answer.0, code(&answer).as_str()), (400, wanted), "{pointer}");
    }
    assert_eq!(world.live_shipments(), 0);
    let whole = golden("purchase/cn_de_ioss");
    assert_eq!(post(&mut world, "/api/shipments/v2409/ship", &token, &whole).0, 200);
}

#[test]
fn only_a_fresh_token_opens_the_door() {
    let mut world = World::new(Timestamp::UNIX_EPOCH, 1);
    let body = golden("rate/us_domestic");
    let path = "/api/rating/v2409/Shoptimeintransit";
    let token = world.issue_token(60);
    assert_eq!(post(&mut world, path, &token, &body).0, 200);
    world.now += jiff::SignedDuration::from_secs(61);
    let answer = post(&mut world, path, &token, &body);
    assert_eq!((answer.0, code(&answer).as_str()), (401, "251004"));

    let request = http::Request::post("http://carrier/security/v1/oauth/token")
        .header("authorization", format!("Basic {}", CLIENT.0))
        .body(Bytes::from_static(b"grant_type=client_credentials"))
        .unwrap();
    assert_eq!(UpsSim.handle(&mut world, &request).status(), 401);
}
