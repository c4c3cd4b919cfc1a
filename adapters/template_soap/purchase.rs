//! Buying labels.
//!
//! Must never make a second label for one order: [`GUARD`] says what keeps that from happening.
//! Start with [`purchase`].
// file only with purchase

use parcelgate_kit::account::Account;
use parcelgate_kit::codec::soap;
use parcelgate_kit::codec::xml::Writer;
use parcelgate_kit::exchange::{Effect, Exchange, Guard};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{
    ContentType, CustomsDeclaration, Document, DocumentKind, IdKind, Incoterm, Item, LabelFormat,
    RegionalIds, Shipment, Text, TrackingNumber, WeightUnit,
};
use parcelgate_kit::operation::{PurchaseOrder, Purchased};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{Reply, Wire};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rust_decimal::Decimal;

use crate::wire::{NAMESPACE, ShipReply, write_shipment};
use crate::{fault, party, price, settings};

/// The most important decision of an adapter: what happens when the answer is lost. The carrier remembers
/// the `requestKey` for a day, so the same bytes may be sent again. Other carriers refuse a second use
/// of the reference (`RefusesDuplicates`) or can be asked for it (`FindByReference`, with a `find`); where
/// the documentation promises nothing it is `None`, and a person looks.
pub(crate) const GUARD: Guard = Guard::Key { lifetime: 86_400 };

/// Buys the label of `order`.
pub(crate) async fn purchase(cx: &mut Cx<'_>, order: &PurchaseOrder) -> Result<Purchased, Fault> {
    cx.send(&CreateShipment, order).await
}

struct CreateShipment;

impl Exchange for CreateShipment {
    type In = PurchaseOrder;
    type Out = Purchased;
    const NAME: &'static str = "create_shipment";
    const EFFECT: Effect = Effect::Creates(GUARD);

    fn build(&self, account: &Account, order: &PurchaseOrder) -> Result<Wire, Fault> {
        let shipment = &order.shipment;
        let contract = account.require("contract")?;
        let from = party::address("ship_from", &shipment.ship_from)?;
        let consignee = party::address("ship_to", &shipment.ship_to)?;
        let format = format_code(order.label.format)?;
        let goods = goods(shipment)?;
        let envelope = soap::envelope("createShipment", NAMESPACE, |to| {
            // The same at every attempt, and also when the plan runs again after a crash: never a fresh id.
            to.text("requestKey", order.reference.as_str()).text("contract", contract);
            // Always sent: it is how people and the gateway find the shipment again.
            to.text("reference", order.reference.as_str()).text("service", &order.service);
            write_shipment(&from, &consignee, shipment, to);
            to.text("labelFormat", format);
            if let Some(declared) = &shipment.customs {
                write_customs(declared, &shipment.regional_ids, &goods, to);
            }
        })?;
        Ok(settings::call(account, "createShipment", envelope)?.into())
    }

    fn parse(&self, _: &Account, order: &PurchaseOrder, reply: &Reply) -> Result<Purchased, Fault> {
        let told: ShipReply = fault::read(reply, "createShipmentResponse")?;
        // From here on the label exists. A broken part of the answer is `Unreadable`, which leaves the
        // purchase in doubt and lets the guard fetch it again.
        if told.parcels.len() != order.shipment.parcels.len() {
            let (told, asked) = (told.parcels.len(), order.shipment.parcels.len());
            return Err(Fault::unreadable(format!("{told} parcels came for {asked}")));
        }
        let (mut tracking, mut documents) = (Vec::new(), Vec::new());
        for (parcel, index) in told.parcels.iter().zip(0..) {
            tracking.push(TrackingNumber::parse(&parcel.tracking_number)?);
            let bytes =
                STANDARD.decode(&parcel.label).map_err(|_| Fault::unreadable("a label is no base64"))?;
            let (kind, format) = (DocumentKind::Label, order.label.format);
            documents.push(Document { kind, format, parcel: Some(index), bytes: bytes.into() });
        }
        let mut purchased = Purchased::new(told.shipment_id, tracking, documents);
        let (charges, total) = price::read(&told.price)?;
        purchased.charges = charges;
        purchased.total = Some(total);
        Ok(purchased)
    }
}

fn format_code(format: LabelFormat) -> Result<&'static str, Fault> {
    match format {
        LabelFormat::Pdf => Ok("PDF"),
        LabelFormat::Png => Ok("PNG"),
        LabelFormat::Zpl => Ok("ZPL2"),
        _ => Err(Fault::unfit("label.format", "is none of PDF, PNG, ZPL")),
    }
}

/// The customs data, in the order of the schema.
fn write_customs(declared: &CustomsDeclaration, ids: &RegionalIds, goods: &[Goods<'_>], to: &mut Writer) {
    let content = match declared.content {
        ContentType::Merchandise => "SALE",
        ContentType::Gift => "GIFT",
        ContentType::Sample => "SAMPLE",
        ContentType::Documents => "DOCUMENTS",
        ContentType::Return => "RETURN",
        ContentType::Other => "OTHER",
    };
    let incoterm = match declared.incoterm {
        Incoterm::Dap => "DAP",
        Incoterm::Ddp => "DDP",
    };
    // The rules of the lanes decided which identifiers go along. An adapter only knows the place of each
    // one its services carry, and takes no other.
    let ioss = ids.get(IdKind::Ioss).map(|id| id.value.expose());
    to.open("customs", &[]).text("content", content).text("incoterm", incoterm);
    to.maybe("invoiceNumber", declared.invoice_number.as_ref().map(Text::as_str));
    to.text("invoiceDate", &declared.invoice_date.to_string()).maybe("ioss", ioss);
    for line in goods {
        let item = line.item;
        to.open("goods", &[]).text("description", item.description.as_str());
        to.text("quantity", &item.quantity.to_string()).text("unitValue", &item.unit_value.plain());
        to.text("currency", item.unit_value.currency().as_str());
        to.text("netWeightKg", &line.net_weight_kg.to_string());
        to.text("hsCode", line.hs_code).text("origin", line.origin).close("goods");
    }
    to.close("customs");
}

/// An item with what the carrier requires of it.
struct Goods<'a> {
    item: &'a Item,
    net_weight_kg: Decimal,
    hs_code: &'a str,
    origin: &'a str,
}

/// The goods of a shipment that customs see. What the carrier requires and the order lacks is told before
/// anything is sent, as the caller's field.
fn goods(shipment: &Shipment) -> Result<Vec<Goods<'_>>, Fault> {
    let items = shipment.items.iter().enumerate().filter(|_| shipment.customs.is_some());
    items
        .map(|(index, item)| {
            let missing =
                |field: &str| Fault::unfit(format!("items[{index}].{field}"), "is required by this carrier");
            Ok(Goods {
                item,
                net_weight_kg: item
                    .net_weight
                    .ok_or_else(|| missing("net_weight"))?
                    .ceil_in(WeightUnit::Kg, 3),
                hs_code: item.hs_code.as_ref().ok_or_else(|| missing("hs_code"))?.as_str(),
                origin: item.origin.as_ref().ok_or_else(|| missing("origin"))?.as_str(),
            })
        })
        .collect()
}
