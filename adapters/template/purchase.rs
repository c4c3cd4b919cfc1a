//! Buying labels.
//!
//! Must never make a second label for one order: [`GUARD`] says what keeps that from happening.
//! Start with [`purchase`].
// file only with purchase

use parcelgate_kit::account::Account;
use parcelgate_kit::codec::json;
use parcelgate_kit::exchange::{Effect, Exchange, Guard};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{
    ContentType, Document, DocumentKind, IdKind, Incoterm, Item, LabelFormat, Shipment, TrackingNumber,
    WeightUnit,
};
use parcelgate_kit::operation::{PurchaseOrder, Purchased};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::wire::{Customs, Goods, ShipReply, ShipRequest, parcels};
use crate::{fault, party, price, settings};

/// The most important decision of an adapter: what happens when the answer is lost. The carrier remembers
/// the `idempotency-key` for a day, so the same bytes may be sent again. Other carriers refuse a second use
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
        let request = ShipRequest {
            contract: account.require("contract")?,
            // Always sent: it is how people and the gateway find the shipment again.
            reference: order.reference.as_str(),
            service: &order.service,
            ship_from: party::address("ship_from", &shipment.ship_from)?,
            ship_to: party::address("ship_to", &shipment.ship_to)?,
            parcels: parcels(shipment),
            signature: crate::wire::signature(shipment),
            hand_over_on: shipment.ship_at.date(),
            label_format: format_code(order.label.format)?,
            customs: customs(shipment)?,
        };
        // The same at every attempt, and also when the plan runs again after a crash: never a fresh id.
        let call = HttpCall::post_json("/v1/shipments", &request)?
            .header("idempotency-key", order.reference.as_str());
        Ok(settings::sign(call, account)?.into())
    }

    fn parse(&self, _: &Account, order: &PurchaseOrder, reply: &Reply) -> Result<Purchased, Fault> {
        if !reply.is_success() {
            return Err(fault::of(reply));
        }
        let told: ShipReply = json::read(&reply.body)?;
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

/// The customs data, when the shipment has some.
fn customs(shipment: &Shipment) -> Result<Option<Customs>, Fault> {
    let Some(declared) = &shipment.customs else { return Ok(None) };
    // The rules of the lanes decided which identifiers go along. An adapter only knows the place of each
    // one its services carry, and takes no other.
    let ioss = shipment.regional_ids.get(IdKind::Ioss).map(|id| id.value.expose().to_owned());
    Ok(Some(Customs {
        content: match declared.content {
            ContentType::Merchandise => "SALE",
            ContentType::Gift => "GIFT",
            ContentType::Sample => "SAMPLE",
            ContentType::Documents => "DOCUMENTS",
            ContentType::Return => "RETURN",
            ContentType::Other => "OTHER",
        },
        incoterm: match declared.incoterm {
            Incoterm::Dap => "DAP",
            Incoterm::Ddp => "DDP",
        },
        invoice_number: declared.invoice_number.as_ref().map(ToString::to_string),
        invoice_date: declared.invoice_date,
        ioss,
        goods: shipment.items.iter().enumerate().map(goods).collect::<Result<_, _>>()?,
    }))
}

fn goods((index, item): (usize, &Item)) -> Result<Goods, Fault> {
    // What the carrier requires and the order lacks is told before anything is sent, as the caller's field.
    let missing =
        |field: &str| Fault::unfit(format!("items[{index}].{field}"), "is required by this carrier");
    Ok(Goods {
        description: item.description.to_string(),
        quantity: item.quantity,
        unit_value: item.unit_value.plain(),
        currency: item.unit_value.currency().as_str(),
        net_weight_kg: item.net_weight.ok_or_else(|| missing("net_weight"))?.ceil_in(WeightUnit::Kg, 3),
        hs_code: item.hs_code.as_ref().ok_or_else(|| missing("hs_code"))?.as_str().to_owned(),
        origin: item.origin.ok_or_else(|| missing("origin"))?.as_str(),
    })
}
