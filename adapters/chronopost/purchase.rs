//! Buys a shipment: one call for all its parcels, labels in the answer.
//!
//! Chronopost remembers no key and refuses no repetition: the order's reference
//! is the sender's reference of every parcel, to be found again. Start with
//! [`purchase`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use parcelgate_kit::account::Account;
use parcelgate_kit::codec::xml::Writer;
use parcelgate_kit::exchange::{Effect, Exchange, Guard};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{
    Confirmation, Document, DocumentKind, LabelFormat, LabelSize, LabelSpec, LengthUnit, Notice, Parcel,
    Shipment, TrackingNumber,
};
use parcelgate_kit::operation::{PurchaseOrder, Purchased};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::sniff::sniff;
use parcelgate_kit::wire::{Reply, Wire};

use crate::party::Address;
use crate::wire::{SHIPPING, Shipped};
use crate::{answer, customs, fit, rate, services};

/// Found again by the sender's reference, once the announcement is loaded:
/// minutes, says the carrier, and names no number.
pub(crate) const GUARD: Guard = Guard::FindByReference { settle: 600 };

/// Buys what `order` asks for.
pub(crate) async fn purchase(cx: &mut Cx<'_>, order: &PurchaseOrder) -> Result<Purchased, Fault> {
    cx.send(&ShippingMultiParcel, order).await
}

struct ShippingMultiParcel;

impl Exchange for ShippingMultiParcel {
    type In = PurchaseOrder;
    type Out = Purchased;
    const NAME: &'static str = "shipping_multi_parcel";
    const EFFECT: Effect = Effect::Creates(GUARD);

    fn build(&self, account: &Account, order: &PurchaseOrder) -> Result<Wire, Fault> {
        let shipment = &order.shipment;
        check(order)?;
        let number = account.require("account_number")?;
        let password = account.secret("password")?.to_string();
        let mode = mode(&order.label)?;
        let sender = Address::of("ship_from", &shipment.ship_from)?;
        let consignee = Address::of("ship_to", &shipment.ship_to)?;
        let references = references(shipment)?;
        let blocks = customs::blocks(shipment)?;
        let count = shipment.parcels.len().to_string();
        let is_several = shipment.parcels.len() > 1;
        SHIPPING.call("shippingMultiParcelV5", |to| {
            to.open("headerValue", &[]).text("accountNumber", number).text("idEmit", "CHRFR");
            to.text("subAccount", account.get("sub_account").unwrap_or("0")).close("headerValue");
            to.open("shipperValue", &[]);
            sender.write("shipper", to);
            to.text("shipperType", sender.kind()).close("shipperValue");
            to.open("customerValue", &[]);
            sender.write("customer", to);
            to.close("customerValue");
            to.open("recipientValue", &[]);
            consignee.write("recipient", to);
            to.text("recipientType", consignee.kind()).close("recipientValue");
            for own in &references {
                to.open("refValue", &[]).maybe("recipientRef", own.as_deref());
                to.text("shipperRef", order.reference.as_str()).close("refValue");
            }
            for (parcel, rank) in shipment.parcels.iter().zip(1_u32..) {
                write_parcel(order, parcel, &count, rank, to);
            }
            to.open("skybillParamsValue", &[]).text("duplicata", "N").text("mode", mode);
            to.text("withReservation", "0").close("skybillParamsValue");
            to.text("password", &password)
                .text("modeRetour", if is_several { "2" } else { "1" })
                .text("numberOfParcel", &count)
                .text("version", "2.0")
                .text("multiParcel", if is_several { "Y" } else { "N" });
            for block in &blocks {
                block.write(to);
            }
        })
    }

    fn parse(&self, _: &Account, order: &PurchaseOrder, reply: &Reply) -> Result<Purchased, Fault> {
        let shipped: Shipped = answer::read(reply, "shippingMultiParcelV5Response").map_err(in_doubt)?;
        read(order, shipped)
    }
}

/// A system error does not say whether the label was made: it is looked up.
fn in_doubt(fault: Fault) -> Fault {
    if fault.kind == FaultKind::Unavailable { fault.of_kind(FaultKind::Unreadable) } else { fault }
}

/// What the protocol, or this adapter, has no word for.
fn check(order: &PurchaseOrder) -> Result<(), Fault> {
    let shipment = &order.shipment;
    if !services::ALL.iter().any(|service| service.code == order.service) {
        return Err(Fault::unfit("service", "is no service of Chronopost"));
    }
    if shipment.requirements.saturday_delivery {
        let problem = "cannot be asked for: its price is not told";
        return Err(Fault::unfit("requirements.saturday_delivery", problem));
    }
    if shipment.requirements.confirmation != Confirmation::None {
        return Err(Fault::unfit("requirements.confirmation", "cannot be asked of Chronopost"));
    }
    for (index, parcel) in shipment.parcels.iter().enumerate() {
        if parcel.insured_value.is_some() {
            let problem = "cannot be sent: the price of insurance is not told";
            return Err(Fault::unfit(format!("parcels[{index}].insured_value"), problem));
        }
        if parcel.carrier_packaging.is_some() {
            let problem = "is not known: parcels go in the shipper's own box";
            return Err(Fault::unfit(format!("parcels[{index}].carrier_packaging"), problem));
        }
    }
    Ok(())
}

/// Which printer the label is for.
fn mode(label: &LabelSpec) -> Result<&'static str, Fault> {
    match (label.format, label.size) {
        (LabelFormat::Pdf, LabelSize::Inch4x6 | LabelSize::A6) => Ok("THE"),
        (LabelFormat::Pdf, LabelSize::A4) => Ok("SPD"),
        (LabelFormat::Zpl, LabelSize::Inch4x6 | LabelSize::A6) if label.dpi == 300 => Ok("ZPL300"),
        (LabelFormat::Zpl, LabelSize::Inch4x6 | LabelSize::A6) => Ok("Z2D"),
        (LabelFormat::Zpl, _) => Err(Fault::unfit("label.size", "must be 4x6 inches or A6 for ZPL")),
        _ => Err(Fault::unfit("label.format", "is neither PDF nor ZPL")),
    }
}

/// Each parcel's own reference, as the consignee's, which is printed too.
fn references(shipment: &Shipment) -> Result<Vec<Option<String>>, Fault> {
    let own = |(index, parcel): (usize, &Parcel)| {
        let field = format!("parcels[{index}].reference");
        let reference = parcel.reference.as_ref();
        reference.map(|reference| fit::line(&field, reference.as_str(), fit::NAME)).transpose()
    };
    shipment.parcels.iter().enumerate().map(own).collect()
}

fn write_parcel(order: &PurchaseOrder, parcel: &Parcel, count: &str, rank: u32, to: &mut Writer) {
    let shipment = &order.shipment;
    // Sides must be there; one centimetre stands for those that nobody measured.
    let sides = parcel.dimensions.map_or([1.into(); 3], |it| {
        [it.height, it.length, it.width].map(|side| side.ceil_in(LengthUnit::Cm, 0))
    });
    to.open("skybillValue", &[])
        .text("bulkNumber", count)
        .text("evtCode", "DC")
        .text("objectType", if rate::is_documents(shipment) { "DOC" } else { "MAR" })
        .text("productCode", &order.service)
        .text("service", "0")
        .text("shipDate", &shipment.ship_at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
        .text("shipHour", &shipment.ship_at.hour().to_string())
        .text("skybillRank", &rank.to_string())
        .text("weight", &rate::kilograms(parcel))
        .text("weightUnit", "KGM");
    for (name, side) in ["height", "length", "width"].into_iter().zip(sides) {
        to.text(name, &side.normalize().to_string());
    }
    to.close("skybillValue");
}

/// From here on the labels exist: what cannot be read leaves the purchase in
/// doubt, and a label that cannot be read is told in a notice.
fn read(order: &PurchaseOrder, shipped: Shipped) -> Result<Purchased, Fault> {
    let (sent, came) = (order.shipment.parcels.len(), shipped.parcels.len());
    if sent != came {
        return Err(Fault::unreadable(format!("{came} parcels came back of {sent}")));
    }
    let numbers = shipped.parcels.iter().map(|parcel| TrackingNumber::parse(&parcel.skybill_number));
    let tracking: Vec<TrackingNumber> = numbers.collect::<Result<_, _>>()?;
    let id = tracking.first().map(ToString::to_string).unwrap_or_default();
    let mut bought = Purchased::new(id, tracking, Vec::new());
    let labels: Vec<_> = shipped.parcels.iter().map(|parcel| parcel.label.trim()).collect();
    // One label where several parcels went is the label of all.
    let is_joined = sent > 1 && labels.iter().filter(|label| !label.is_empty()).count() == 1;
    for (label, index) in labels.into_iter().zip(0_u16..) {
        if label.is_empty() && is_joined {
            continue;
        }
        match document(label, order.label.format) {
            Some(document) => {
                let parcel = if is_joined { None } else { Some(index) };
                bought.documents.push(Document { parcel, ..document });
            }
            None => {
                let words = format!("parcel {} came without a label that can be read", index + 1);
                bought.notices.push(Notice::new("NO_LABEL", words));
            }
        }
    }
    Ok(bought)
}

/// The label of one parcel, called what its bytes are.
fn document(label: &str, wanted: LabelFormat) -> Option<Document> {
    let compact: String = label.split_whitespace().collect();
    let bytes = STANDARD.decode(compact).ok().filter(|bytes| !bytes.is_empty())?;
    let format = sniff(&bytes).unwrap_or(wanted);
    Some(Document { kind: DocumentKind::Label, format, parcel: None, bytes: bytes.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printer_decides_the_mode() {
        let spec = |format, size, dpi| LabelSpec { format, size, dpi };
        assert_eq!(mode(&spec(LabelFormat::Pdf, LabelSize::A4, 203)).unwrap(), "SPD");
        assert_eq!(mode(&spec(LabelFormat::Pdf, LabelSize::A6, 203)).unwrap(), "THE");
        assert_eq!(mode(&spec(LabelFormat::Zpl, LabelSize::Inch4x6, 203)).unwrap(), "Z2D");
        assert_eq!(mode(&spec(LabelFormat::Zpl, LabelSize::Inch4x6, 300)).unwrap(), "ZPL300");
        assert!(mode(&spec(LabelFormat::Zpl, LabelSize::A4, 203)).is_err());
        assert!(mode(&spec(LabelFormat::Png, LabelSize::A6, 203)).is_err());
    }

    #[test]
    fn a_system_error_leaves_the_purchase_in_doubt() {
        let fault = in_doubt(answer::refusal(answer::SYSTEM_ERROR, "System Error"));
        assert_eq!(fault.kind, FaultKind::Unreadable);
        assert_eq!(fault.carrier_words.as_deref(), Some("System Error"));
        assert_eq!(in_doubt(answer::refusal("33", "no")).kind, FaultKind::Refused);
    }
}
