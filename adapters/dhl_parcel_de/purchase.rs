//! Buys labels: one call for all parcels of an order, each a shipment of its own at the carrier.
//!
//! The carrier remembers no key and finds nothing by reference, so a lost answer stays in doubt. It makes some
//! parcels of a call and refuses others; here an order is bought whole or not at all. Start with [`purchase`].

use jiff::civil::Date;
use jiff::tz::TimeZone;
use parcelgate_kit::account::Account;
use parcelgate_kit::exchange::{Effect, Exchange, Guard};
use parcelgate_kit::fault::{Fault, Phase};
use parcelgate_kit::model::{
    Confirmation, Currency, Incoterm, LabelFormat, LabelSize, LabelSpec, Parcel, TrackingNumber,
};
use parcelgate_kit::operation::{PurchaseOrder, Purchased};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};
use rust_decimal::Decimal;

use crate::reply::{self, Outcome};
use crate::wire::{Details, Dim, Grams, Order, Orders, Services};
use crate::{address, customs, settings, void};

/// Nothing keeps a second call from making a second set of labels.
pub(crate) const GUARD: Guard = Guard::None;
/// Where labels are made and cancelled.
pub(crate) const ORDERS: &str = "/parcel/de/shipping/v2/orders";
/// Highest insured value, in euros.
const INSURED: u32 = 25_000;
/// Longest note that is printed on a label, in characters.
const NOTE: usize = 50;

/// Buys what `order` asks for, all of it or nothing.
pub(crate) async fn purchase(cx: &mut Cx<'_>, order: &PurchaseOrder) -> Result<Purchased, Fault> {
    let berlin = TimeZone::get("Europe/Berlin")
        .map_err(|_| Fault::new(parcelgate_kit::fault::FaultKind::Internal, "there is no time zone data"))?;
    // The carrier refuses days that are over: a label bought late is handed over today at the earliest.
    let today = cx.now().to_zoned_datetime(berlin.clone()).date();
    let ship_on = order.shipment.ship_at.timestamp().to_zoned_datetime(berlin).date().max(today);
    match cx.send(&CreateOrders { ship_on }, order).await? {
        Outcome::Whole(bought) => Ok(*bought),
        Outcome::Partly { made, refusal } => undo(cx, made, refusal).await,
    }
}

/// Cancels what was made of an order that was refused in part, and tells the refusal. What cannot be
/// cancelled leaves the order in doubt: labels exist that nobody asked for alone.
async fn undo(cx: &mut Cx<'_>, made: Vec<String>, refusal: Fault) -> Result<Purchased, Fault> {
    let left = match cx.send(&void::DeleteOrders, made.as_slice()).await {
        Ok(deleted) => {
            deleted.left.into_iter().filter(|kept| !kept.unknown).map(|kept| kept.number).collect()
        }
        Err(_) => made,
    };
    if left.is_empty() {
        return Err(refusal.at(Phase::Answered));
    }
    let mut doubt = refusal;
    doubt.message = format!("{}; cancel {} in the carrier's portal", doubt.message, left.join(", "));
    Err(doubt.at(Phase::InDoubt))
}

struct CreateOrders {
    ship_on: Date,
}

impl Exchange for CreateOrders {
    type In = PurchaseOrder;
    type Out = Outcome;
    const NAME: &'static str = "create_orders";
    const EFFECT: Effect = Effect::Creates(GUARD);

    fn build(&self, account: &Account, order: &PurchaseOrder) -> Result<Wire, Fault> {
        let billing = account.require(&settings::billing_setting(&order.service))?;
        let parcels = order.shipment.parcels.iter().enumerate();
        let shipments = parcels
            .map(|(index, parcel)| self.parcel(account, billing, order, (index, parcel)))
            .collect::<Result<_, _>>()?;
        let orders = Orders { profile: settings::profile(account), shipments };
        // Without a print format the account's own would decide how the label looks.
        Ok(HttpCall::post_json(ORDERS, &orders)?
            .query("includeDocs", "include")
            .query("docFormat", document_format(&order.label)?)
            .query("printFormat", print_format(&order.label)?)
            .header("accept-language", "en-US")
            .auth(settings::bearer(account)?)
            .into())
    }

    fn parse(&self, _: &Account, order: &PurchaseOrder, reply: &Reply) -> Result<Outcome, Fault> {
        reply::created(order, reply)
    }
}

impl CreateOrders {
    fn parcel<'a>(
        &self,
        account: &'a Account,
        billing: &'a str,
        order: &'a PurchaseOrder,
        (index, parcel): (usize, &'a Parcel),
    ) -> Result<Order<'a>, Fault> {
        let shipment = &order.shipment;
        if order.service == "V54EPAK" && shipment.ship_to.company.is_none() {
            return Err(Fault::unfit("ship_to.company", "is required: Europaket goes to businesses only"));
        }
        let note = parcel.reference.as_ref().map(|text| text.as_str());
        if note.is_some_and(|note| note.chars().count() > NOTE) {
            let words = format!("has more than {NOTE} characters");
            return Err(Fault::unfit(format!("parcels[{index}].reference"), words));
        }
        Ok(Order {
            product: &order.service,
            billing_number: billing,
            ref_no: order.reference.as_str(),
            cost_center: note,
            creation_software: "Parcelgate",
            ship_date: self.ship_on,
            shipper: address::shipper(&shipment.ship_from)?,
            consignee: address::consignee(&shipment.ship_to, !shipment.is_domestic())?,
            details: details(parcel),
            services: Some(services(account, order, (index, parcel))?)
                .filter(|services| !services.is_empty()),
            customs: customs::declaration(shipment, &order.service, index)?,
        })
    }
}

fn details(parcel: &Parcel) -> Details {
    let dim = parcel.dimensions.as_ref().map(|sides| Dim {
        uom: "mm",
        height: sides.height.millimetres(),
        length: sides.length.millimetres(),
        width: sides.width.millimetres(),
    });
    Details { dim, weight: Grams::of(parcel.weight.grams()) }
}

fn services<'a>(
    account: &'a Account,
    order: &PurchaseOrder,
    (index, parcel): (usize, &Parcel),
) -> Result<Services<'a>, Fault> {
    let shipment = &order.shipment;
    let confirmation = shipment.requirements.confirmation;
    if confirmation != Confirmation::None && order.service != "V01PAK" {
        return Err(Fault::unfit("requirements.confirmation", "is offered by DHL Paket (V01PAK) only"));
    }
    if shipment.requirements.saturday_delivery {
        return Err(Fault::unfit("requirements.saturday_delivery", "is no service of this carrier"));
    }
    let field = format!("parcels[{index}].insured_value");
    if let Some(value) = parcel.insured_value {
        let euros = value.currency() == Currency::EUR && value.amount() <= Decimal::from(INSURED);
        if order.service == "V62KP" || !euros {
            let words = format!("is insured up to {INSURED} EUR, and not at all in a Kleinpaket");
            return Err(Fault::unfit(field, words));
        }
    }
    let paid = shipment.customs.as_ref().is_some_and(|declared| declared.incoterm == Incoterm::Ddp);
    let international = order.service == "V53WPAK";
    Ok(Services {
        visual_check_of_age: (confirmation == Confirmation::AdultSignature).then_some("A18"),
        signed_for_by_recipient: confirmation != Confirmation::None,
        endorsement: international.then(|| settings::endorsement(account)),
        additional_insurance: parcel.insured_value.map(customs::amount).transpose()?,
        postal_delivery_duty_paid: international && paid,
    })
}

fn document_format(label: &LabelSpec) -> Result<&'static str, Fault> {
    match label.format {
        LabelFormat::Pdf => Ok("PDF"),
        LabelFormat::Zpl => Ok("ZPL2"),
        _ => Err(Fault::unfit("label.format", "is neither PDF nor ZPL, the formats of this carrier")),
    }
}

/// The stock: 103 x 150 mm, 105 x 148 mm or a sheet.
fn print_format(label: &LabelSpec) -> Result<&'static str, Fault> {
    match label.size {
        LabelSize::Inch4x6 => Ok("910-300-400"),
        LabelSize::A6 => Ok("910-300-300"),
        LabelSize::A4 => Ok("A4"),
        _ => Err(Fault::unfit("label.size", "is none of 4x6 inches, A6, A4")),
    }
}

/// Digits as a tracking number: parts of the carrier drop the leading zeros.
///
/// # Errors
/// When it is none.
pub(crate) fn tracking_number(raw: &str) -> Result<TrackingNumber, Fault> {
    let short = raw.len() == 18 && raw.starts_with("340434") && raw.bytes().all(|b| b.is_ascii_digit());
    Ok(TrackingNumber::parse(&if short { format!("00{raw}") } else { raw.to_owned() })?)
}
