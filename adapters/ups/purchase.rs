//! Buys a shipment: one call for all its parcels, a second one for a PDF.
//!
//! UPS remembers no key and refuses no repetition, so the reference of the
//! order goes wherever the lane takes references, to be found again. Start with
//! [`purchase`].

use parcelgate_kit::account::Account;
use parcelgate_kit::codec::json;
use parcelgate_kit::exchange::{Effect, Exchange, Guard};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{
    ContentType, DocumentKind, IdKind, Incoterm, LabelFormat, Notice, Parcel, Party, Shipment, TrackingNumber,
};
use parcelgate_kit::operation::{PurchaseOrder, Purchased};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use crate::charges::{PackageItems, Price};
use crate::lane::{Lane, Level};
use crate::settings::{CallId, wants_negotiated};
use crate::wire::label::LabelSpecification;
use crate::wire::rate::{RatingOptions, Request};
use crate::wire::ship::{
    PackageResult, PhoneNumber, ReferenceNumber, ShipEnvelope, ShipOptions, ShipPackage, ShipParty,
    ShipReply, ShipShipment, ShipmentRequest, ShipmentResults,
};
use crate::wire::{Amount, Coded, Flag, Payment};
use crate::{customs, fit, labels, rate, refusal, tax_ids};

/// Found again by its reference. UPS does not say after how long.
pub(crate) const GUARD: Guard = Guard::FindByReference { settle: 120 };
/// Longest reference, in characters.
const REFERENCE: usize = 35;

/// Buys what `order` asks for.
pub(crate) async fn purchase(cx: &mut Cx<'_>, order: &PurchaseOrder) -> Result<Purchased, Fault> {
    let call = CallId::next(cx);
    let mut bought = cx.send(&Ship(call), order).await?;
    if order.label.format == LabelFormat::Pdf {
        // The shipment exists and is paid for: whatever happens to the PDF, the
        // label that came with it is good.
        match labels::recover(cx, &bought.tracking, LabelFormat::Pdf).await {
            Ok((pdf, _)) => {
                bought.documents.retain(|document| document.kind != DocumentKind::Label);
                bought.documents.splice(0..0, pdf);
            }
            Err(fault) => {
                let words = format!("the label stayed a GIF, since UPS gave no PDF: {fault}");
                bought.notices.push(Notice::new("LABEL_FORMAT", words));
            }
        }
    }
    Ok(bought)
}

struct Ship(CallId);

impl Exchange for Ship {
    type In = PurchaseOrder;
    type Out = Purchased;
    const NAME: &'static str = "ship";
    const EFFECT: Effect = Effect::Creates(GUARD);

    fn build(&self, account: &Account, order: &PurchaseOrder) -> Result<Wire, Fault> {
        labels::check(&order.label)?;
        let envelope = ShipEnvelope {
            shipment_request: ShipmentRequest {
                request: Request { request_option: "nonvalidate", sub_version: "2205" },
                shipment: shipment(account, order)?,
                label_specification: LabelSpecification::of(labels::shipping_code(order.label.format)),
            },
        };
        let call = HttpCall::post_json("/api/shipments/v2409/ship", &envelope)?;
        Ok(self.0.sign(call, account)?.into())
    }

    fn parse(&self, _: &Account, order: &PurchaseOrder, reply: &Reply) -> Result<Purchased, Fault> {
        if reply.status >= 500 {
            return Err(Fault::unreadable(format!("status {}: the shipment may exist", reply.status)));
        }
        if !reply.is_success() {
            return Err(refusal::fault(reply));
        }
        let reply: ShipReply = json::read(&reply.body)?;
        let response = reply.shipment_response;
        let Some(results) = response.shipment_results.filter(|_| response.response.is_success()) else {
            return Err(refusal::of_head(&response.response));
        };
        let mut bought = read(order, results)?;
        bought.notices.extend(response.response.alert.into_iter().map(Notice::from));
        Ok(bought)
    }
}

fn shipment(account: &Account, order: &PurchaseOrder) -> Result<ShipShipment, Fault> {
    let number = account.require("shipper_number")?;
    let shipment = &order.shipment;
    let lane = Lane::of(shipment);
    let customs = shipment.customs.as_ref();
    let needs_phone = lane.is_abroad() || order.service == "14";
    let from = party("ship_from", &shipment.ship_from, needs_phone)?;
    let mut to = party("ship_to", &shipment.ship_to, needs_phone)?;
    to.address = fit::delivery_address(&shipment.ship_to)?;
    let into_eu = customs.is_some() && lane.is_into_eu();
    Ok(ShipShipment {
        description: description(lane, order)?,
        documents_only_indicator: Flag::when(
            customs.is_some_and(|customs| customs.content == ContentType::Documents),
        ),
        shipper: ShipParty { shipper_number: Some(number.to_owned()), ..from.clone() },
        ship_to: to,
        ship_from: ShipParty { vendor_info: customs::vendor(shipment)?, ..from },
        payment_information: Payment::by_shipper(
            number,
            customs.is_some_and(|customs| customs.incoterm == Incoterm::Ddp),
        ),
        global_tax_information: tax_ids::information(shipment)?,
        shipment_rating_options: wants_negotiated(account)
            .then(|| RatingOptions { negotiated_rates_indicator: Flag::when(true) }),
        reference_number: shipment_references(lane, order)?,
        service: Coded::new(&*order.service),
        invoice_line_total: invoice_total(lane, shipment)?,
        tax_information_indicator: Flag::when(true),
        shipment_service_options: options(lane, shipment)?,
        shipment_value_threshold_code: (into_eu && shipment.regional_ids.get(IdKind::Ioss).is_some())
            .then_some("01"),
        shipper_type: into_eu.then(|| customs::party_type(&shipment.ship_from)),
        consignee_type: into_eu.then(|| customs::party_type(&shipment.ship_to)),
        shipment_date: shipment.ship_at.strftime("%Y%m%d").to_string(),
        package: packages(lane, order)?,
    })
}

fn party(path: &str, party: &Party, needs_phone: bool) -> Result<ShipParty, Fault> {
    let e_mail_address = match &party.email {
        Some(email) => Some(fit::line(&format!("{path}.email"), email.expose(), 50)?),
        None => None,
    };
    Ok(ShipParty {
        name: fit::name(path, party)?,
        attention_name: fit::attention(path, party)?,
        phone: fit::phone(path, party, needs_phone)?.map(|number| PhoneNumber { number }),
        shipper_number: None,
        e_mail_address: e_mail_address.filter(|_| path == "ship_to"),
        address: fit::address(path, party)?,
        vendor_info: None,
    })
}

/// What is in it, in 50 characters. It is a summary, the form has it in full;
/// UPS insists on it over borders, but for its Standard service within the EU.
fn description(lane: Lane, order: &PurchaseOrder) -> Result<Option<String>, Fault> {
    let Some(item) = order.shipment.items.first() else {
        let may_lack = !lane.is_abroad() || (lane.is_within_eu() && order.service == "11");
        return if may_lack {
            Ok(None)
        } else {
            Err(Fault::unfit("items", "is empty: UPS asks for a description of the goods on this lane"))
        };
    };
    let first =
        fit::lines(item.description.as_str(), 50, usize::MAX).and_then(|lines| lines.into_iter().next());
    first
        .map(Some)
        .ok_or_else(|| Fault::unfit("items[0].description", "holds a word of more than 50 characters"))
}

fn invoice_total(lane: Lane, shipment: &Shipment) -> Result<Option<Amount>, Fault> {
    if !lane.wants_invoice_total() {
        return Ok(None);
    }
    let value = shipment.goods_value().map_err(|error| Fault::unfit("items", error.to_string()))?;
    let value =
        value.ok_or_else(|| Fault::unfit("items", "is empty: UPS asks for their value on this lane"))?;
    Ok(Some(Amount::of(value.to_minor())))
}

fn options(lane: Lane, shipment: &Shipment) -> Result<Option<ShipOptions>, Fault> {
    let options = ShipOptions {
        saturday_delivery_indicator: Flag::when(shipment.requirements.saturday_delivery),
        international_forms: customs::forms(shipment)?,
        delivery_confirmation: lane.confirmation(shipment.requirements.confirmation, Level::Shipment),
    };
    let is_empty = options.saturday_delivery_indicator.is_none()
        && options.international_forms.is_none()
        && options.delivery_confirmation.is_none();
    Ok((!is_empty).then_some(options))
}

fn packages(lane: Lane, order: &PurchaseOrder) -> Result<Vec<ShipPackage>, Fault> {
    let package = |(index, parcel)| {
        Ok(ShipPackage {
            packaging: fit::packaging(index, parcel)?,
            dimensions: fit::sides(lane, index, parcel)?,
            package_weight: fit::weight(lane, parcel),
            reference_number: package_references(lane, order, index, parcel)?,
            package_service_options: rate::package_options(lane, &order.shipment, parcel),
        })
    };
    order.shipment.parcels.iter().enumerate().map(package).collect()
}

fn reference(value: &str) -> ReferenceNumber {
    ReferenceNumber { value: value.to_owned() }
}

fn parcel_reference(index: usize, parcel: &Parcel) -> Result<Option<ReferenceNumber>, Fault> {
    let Some(own) = &parcel.reference else { return Ok(None) };
    let field = format!("parcels[{index}].reference");
    Ok(Some(ReferenceNumber { value: fit::line(&field, own.as_str(), REFERENCE)? }))
}

fn package_references(
    lane: Lane,
    order: &PurchaseOrder,
    index: usize,
    parcel: &Parcel,
) -> Result<Vec<ReferenceNumber>, Fault> {
    if lane.references() != Level::Package {
        return Ok(Vec::new());
    }
    let own = parcel_reference(index, parcel)?;
    Ok([Some(reference(order.reference.as_str())), own].into_iter().flatten().collect())
}

/// Where packages take no reference, the one of a single parcel stands beside
/// the order's; several cannot be told apart there.
fn shipment_references(lane: Lane, order: &PurchaseOrder) -> Result<Vec<ReferenceNumber>, Fault> {
    if lane.references() != Level::Shipment {
        return Ok(Vec::new());
    }
    let mut references = vec![reference(order.reference.as_str())];
    match order.shipment.parcels.as_slice() {
        [only] => references.extend(parcel_reference(0, only)?),
        several => {
            if let Some(index) = several.iter().position(|parcel| parcel.reference.is_some()) {
                let problem = "cannot be sent: UPS takes references of single parcels within the US only";
                return Err(Fault::unfit(format!("parcels[{index}].reference"), problem));
            }
        }
    }
    Ok(references)
}

fn read(order: &PurchaseOrder, results: ShipmentResults) -> Result<Purchased, Fault> {
    let (sent, came) = (order.shipment.parcels.len(), results.package_results.len());
    if sent != came || results.shipment_identification_number.is_empty() {
        return Err(Fault::unreadable(format!("{came} packages came back of {sent}")));
    }
    let numbers =
        results.package_results.iter().map(|package| TrackingNumber::parse(&package.tracking_number));
    let tracking: Vec<TrackingNumber> = numbers.collect::<Result<_, _>>()?;
    let mut bought = Purchased::new(results.shipment_identification_number, tracking, Vec::new());
    let mut items = PackageItems::default();
    for (index, package) in results.package_results.into_iter().enumerate() {
        let PackageResult { shipping_label, itemized_charges, negotiated_charges, .. } = package;
        let label =
            shipping_label.and_then(|image| labels::document(DocumentKind::Label, Some(index), &image));
        if label.is_none() {
            let words = format!("parcel {} came without a label that can be read", index + 1);
            bought.notices.push(Notice::new("NO_LABEL", words));
        }
        bought.documents.extend(label);
        items.published.extend(itemized_charges);
        items.negotiated.extend(negotiated_charges.itemized_charges);
    }
    let form = results.form.and_then(|form| form.image);
    bought.documents.extend(form.and_then(|image| labels::document(DocumentKind::Invoice, None, &image)));
    let receipts = results.control_log_receipt.iter();
    bought
        .documents
        .extend(receipts.filter_map(|image| labels::document(DocumentKind::Receipt, None, image)));
    bought.notices.extend(results.disclaimer.into_iter().map(Notice::from));
    let own = results.negotiated_rate_charges.as_ref();
    if let Some(price) = Price::of(&results.shipment_charges, own, &items)? {
        bought.total = Some(price.total);
        bought.charges = price.parts;
    }
    Ok(bought)
}
