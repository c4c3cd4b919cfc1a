//! Labels.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

use parcelgate_kit::check_digit;
use parcelgate_kit::codec::xml::Writer;
use parcelgate_kit::label::{LabelFace, Watermark, draw};
use parcelgate_kit::model::{LabelFormat, LabelSize, LabelSpec};
use parcelgate_kit::sim::{SimParcel, SimShipment, World};

use super::envelope::{in_order, text};
use super::{Answer, OTHER, Refusal, knows, tariff};

const MESSAGE: &[&str] = &[
    "esdValue",
    "headerValue",
    "shipperValue",
    "customerValue",
    "recipientValue",
    "refValue",
    "skybillValue",
    "skybillParamsValue",
    "password",
    "modeRetour",
    "numberOfParcel",
    "version",
    "multiParcel",
    "scheduledValue",
    "recipientLocalValue",
    "customsValue",
];
const HEADER: &[&str] = &["accountNumber", "idEmit", "identWebPro", "subAccount", "iv4OrderId"];
const REFERENCES: &[&str] =
    &["customerSkybillNumber", "PCardTransactionNumber", "recipientRef", "shipperRef", "idRelais"];
#[rustfmt::skip]
const PARCEL: &[&str] = &[
    "bulkNumber", "codCurrency", "codValue", "content1", "content2", "content3", "content4", "content5",
    "customsCurrency", "customsValue", "evtCode", "insuredCurrency", "insuredValue", "latitude", "longitude",
    "masterSkybillNumber", "objectType", "portCurrency", "portValue", "productCode", "qualite", "service",
    "shipDate", "shipHour", "skybillRank", "source", "weight", "weightUnit", "height", "length", "width", "as",
    "subAccount", "toTheOrderOf", "skybillNumber", "carrier", "skybillBackNumber", "alternateProductCode",
    "labelNumber",
];
#[rustfmt::skip]
const CUSTOMS: &[&str] = &[
    "articlesValue", "bagNumber", "clearanceCleared", "currency", "description", "descriptionInLanguage", "eori",
    "incoterm", "language", "numberOfItems", "value", "vatNumber",
];
#[rustfmt::skip]
const ARTICLE: &[&str] = &[
    "content", "contentInLanguage", "grossWeight", "hscode", "netWeight", "origin", "position", "quantity",
    "regime", "value",
];
/// What a party's element names end with, in order, and how long each may be.
#[rustfmt::skip]
const PARTY: &[(&str, usize)] = &[
    ("Adress1", 38), ("Adress2", 38), ("City", 30), ("Civility", 1), ("ContactName", 35), ("Country", 2),
    ("CountryName", 35), ("Email", 254), ("MobilePhone", 20), ("Name", 35), ("Name2", 35), ("Phone", 20),
    ("PreAlert", 2), ("ZipCode", 12), ("Type", 1),
];

/// Answers `shippingMultiParcelV5`.
pub(super) fn ship(world: &mut World, message: Node<'_, '_>) -> Answer {
    let order = Order::read(message)?;
    let product = tariff::products(&order.from.country, &order.to.country)
        .iter()
        .find(|product| product.shipping_code() == order.product && product.price.is_some())
        .ok_or_else(|| Refusal::code(33, "Invalid accesColis account number"))?;
    let numbers: Vec<String> = order.parcels.iter().map(|_| number(world)).collect();
    let id = numbers.first().cloned().unwrap_or_default();
    let mut result = Writer::fragment();
    result.text("errorCode", "0").text("errorMessage", "");
    for ((tracking, parcel), rank) in numbers.iter().zip(&order.parcels).zip(1_u16..) {
        let label = label(&order, product.name, tracking, parcel, rank);
        result
            .open("resultMultiParcelValue", &[])
            .text("codeDepot", "0075")
            .text("codeService", "226")
            .text("destinationDepot", "0031")
            .text("pdfEtiquette", &STANDARD.encode(label))
            .text("serviceName", product.name)
            .text("skybillNumber", tracking)
            .close("resultMultiParcelValue");
    }
    let parcels: Vec<_> = numbers
        .iter()
        .map(|tracking| SimParcel {
            tracking: tracking.clone(),
            shipment: id.clone(),
            created: world.now,
            from: order.from.place(),
            to: order.to.place(),
            crosses_border: order.has_customs,
            transit_days: product.days,
            ..SimParcel::default()
        })
        .collect();
    let shipment = SimShipment {
        id,
        reference: order.reference,
        tracking: numbers,
        service: order.product,
        created: world.now,
        ..SimShipment::default()
    };
    world.record(shipment, parcels);
    Ok(result)
}

/// `XP`, eight digits, their S10 check digit, `FR`.
fn number(world: &mut World) -> String {
    let serial = format!("{:08}", 71_000_000 + world.next_number("skybill"));
    let check = check_digit::s10_for(&serial).unwrap_or_default();
    format!("XP{serial}{check}FR")
}

struct Order {
    from: End,
    to: End,
    product: String,
    reference: String,
    parcels: Vec<String>,
    label: LabelSpec,
    date: String,
    has_customs: bool,
}

struct End {
    lines: Vec<String>,
    city: String,
    country: String,
}

impl End {
    fn place(&self) -> (String, String) {
        (self.city.clone(), self.country.clone())
    }
}

impl Order {
    fn read(message: Node<'_, '_>) -> Result<Self, Refusal> {
        in_order(message, MESSAGE)?;
        let one = |name: &str| {
            let node = message.children().find(|child| child.tag_name().name() == name);
            node.ok_or_else(|| Refusal::code(OTHER, format!("{name} is mandatory")))
        };
        let header = one("headerValue")?;
        in_order(header, HEADER)?;
        whole(header, "subAccount")?;
        if !knows(&text(header, "accountNumber"), &text(message, "password")) {
            return Err(Refusal::code(33, "Invalid accesColis account number"));
        }
        let from = end(one("shipperValue")?, "shipper")?;
        end(one("customerValue")?, "customer")?;
        let to = end(one("recipientValue")?, "recipient")?;
        let label = one("skybillParamsValue")?;
        in_order(label, &["duplicata", "mode", "withReservation"])?;
        whole(label, "withReservation")?;
        let parcels: Vec<_> =
            message.children().filter(|child| child.tag_name().name() == "skybillValue").collect();
        let first = one("skybillValue")?;
        let (weights, reference) = (weights(message, &parcels)?, reference(message, parcels.len())?);
        Ok(Self {
            product: text(first, "productCode"),
            date: text(first, "shipDate").chars().take(10).collect(),
            has_customs: customs(message, &to.country, parcels.len())?,
            label: mode(&text(label, "mode"))?,
            parcels: weights,
            reference,
            from,
            to,
        })
    }
}

/// A whole number must be there.
fn whole(node: Node<'_, '_>, name: &str) -> Result<i64, Refusal> {
    text(node, name).parse().map_err(|_| Refusal::Message(format!("Unmarshalling Error: {name} is no int")))
}

fn end(node: Node<'_, '_>, role: &str) -> Result<End, Refusal> {
    let names: Vec<String> = PARTY.iter().map(|(name, _)| format!("{role}{name}")).collect();
    let mut sequence: Vec<&str> = names.iter().map(String::as_str).collect();
    if role == "customer" {
        sequence.pop();
    }
    in_order(node, &sequence)?;
    whole(node, &format!("{role}PreAlert"))?;
    let part = |name: &str| text(node, &format!("{role}{name}"));
    for (name, longest) in PARTY {
        let value = part(name);
        if value.len() > *longest || !value.is_ascii() {
            return Err(Refusal::code(OTHER, format!("invalid value of {role}{name}")));
        }
    }
    for name in ["Name", "Adress1", "City", "Country"] {
        if part(name).is_empty() {
            return Err(Refusal::code(OTHER, format!("{role}{name} is mandatory")));
        }
    }
    let town = format!("{} {} {}", part("Country"), part("ZipCode"), part("City"));
    let lines = [part("Name"), part("Name2"), part("Adress1"), part("Adress2"), town];
    let lines = lines.into_iter().filter(|line| !line.is_empty()).collect();
    Ok(End { lines, city: part("City"), country: part("Country") })
}

/// Weights as printed, one a parcel, after a look at ranks and counts.
fn weights(message: Node<'_, '_>, parcels: &[Node<'_, '_>]) -> Result<Vec<String>, Refusal> {
    let count = i64::try_from(parcels.len()).unwrap_or_default();
    let several = if count > 1 { "Y" } else { "N" };
    if whole(message, "numberOfParcel")? != count || text(message, "multiParcel") != several {
        return Err(Refusal::code(OTHER, "numberOfParcel and multiParcel do not match the parcels"));
    }
    if !matches!(text(message, "modeRetour").as_str(), "1" | "2" | "3") || text(message, "version") != "2.0" {
        return Err(Refusal::code(OTHER, "invalid modeRetour or version"));
    }
    let product = parcels.first().map(|first| text(*first, "productCode")).unwrap_or_default();
    let mut weights = Vec::new();
    for (parcel, rank) in parcels.iter().zip(1_i64..) {
        in_order(*parcel, PARCEL)?;
        whole(*parcel, "shipHour")?;
        let grams = tariff::grams(&text(*parcel, "weight")).unwrap_or_default();
        let sides =
            ["height", "length", "width"].map(|side| tariff::grams(&text(*parcel, side)).unwrap_or(0));
        let is_right = text(*parcel, "evtCode") == "DC"
            && matches!(text(*parcel, "objectType").as_str(), "MAR" | "DOC")
            && text(*parcel, "weightUnit") == "KGM"
            && text(*parcel, "bulkNumber") == count.to_string()
            && text(*parcel, "skybillRank") == rank.to_string()
            && text(*parcel, "productCode") == product
            && text(*parcel, "shipDate").len() >= 19
            && (1..=30_000).contains(&grams)
            && !sides.contains(&0);
        if !is_right {
            return Err(Refusal::code(OTHER, format!("invalid skybillValue {rank}")));
        }
        weights.push(format!("{} kg", text(*parcel, "weight")));
    }
    Ok(weights)
}

/// The sender's reference, the same on every parcel.
fn reference(message: Node<'_, '_>, parcels: usize) -> Result<String, Refusal> {
    let mut references = Vec::new();
    for node in message.children().filter(|child| child.tag_name().name() == "refValue") {
        in_order(node, REFERENCES)?;
        if text(node, "shipperRef").len() > 35 || text(node, "recipientRef").len() > 35 {
            return Err(Refusal::code(OTHER, "a reference is too long"));
        }
        references.push(text(node, "shipperRef"));
    }
    if references.len() != parcels {
        return Err(Refusal::code(OTHER, "one refValue is needed for each parcel"));
    }
    Ok(references.into_iter().next().unwrap_or_default())
}

/// Whether customs are told of the goods, as they must out of the Union.
fn customs(message: Node<'_, '_>, to: &str, parcels: usize) -> Result<bool, Refusal> {
    let blocks: Vec<_> =
        message.children().filter(|child| child.tag_name().name() == "customsValue").collect();
    if blocks.is_empty() {
        return if tariff::is_taxed(to) {
            Ok(false)
        } else {
            Err(Refusal::code(OTHER, "customs data are mandatory for this country"))
        };
    }
    if blocks.len() != parcels {
        return Err(Refusal::code(OTHER, "one customsValue is needed for each parcel"));
    }
    for block in blocks {
        in_order(block, CUSTOMS)?;
        let articles = block.children().filter(|child| child.tag_name().name() == "articlesValue");
        let mut positions = 0;
        for (article, position) in articles.zip(1_i64..) {
            in_order(article, ARTICLE)?;
            if whole(article, "position")? != position || whole(article, "quantity")? < 1 {
                return Err(Refusal::code(OTHER, "invalid article"));
            }
            positions += 1;
        }
        let is_right = positions > 0
            && text(block, "currency").len() == 3
            && matches!(text(block, "incoterm").as_str(), "DAP" | "DDP")
            && !text(block, "value").is_empty();
        if !is_right {
            return Err(Refusal::code(OTHER, "invalid customs data"));
        }
    }
    Ok(true)
}

fn mode(mode: &str) -> Result<LabelSpec, Refusal> {
    let (format, size, dpi) = match mode {
        "PDF" | "SPD" => (LabelFormat::Pdf, LabelSize::A4, 203),
        "THE" => (LabelFormat::Pdf, LabelSize::Inch4x6, 203),
        "Z2D" => (LabelFormat::Zpl, LabelSize::Inch4x6, 203),
        "ZPL300" => (LabelFormat::Zpl, LabelSize::Inch4x6, 300),
        _ => return Err(Refusal::code(OTHER, "invalid mode")),
    };
    Ok(LabelSpec { format, size, dpi })
}

fn label(order: &Order, service: &str, tracking: &str, weight: &str, rank: u16) -> bytes::Bytes {
    let face = LabelFace {
        carrier: "Chronopost".into(),
        service: service.into(),
        from: order.from.lines.clone(),
        to: order.to.lines.clone(),
        tracking: tracking.into(),
        routing: Some(order.to.country.clone()),
        references: vec![order.reference.clone()],
        parcel: (rank, u16::try_from(order.parcels.len()).unwrap_or(rank)),
        weight: weight.into(),
        date: order.date.clone(),
        watermark: Watermark::Sandbox,
        ..LabelFace::default()
    };
    draw(&face, order.label)
}
