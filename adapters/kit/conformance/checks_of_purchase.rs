//! Behaviour of buying and cancelling with a carrier that works.

use super::behaviour::{Check, Ending, Rig, RigMaker, ensure};
use super::orders::Orders;
use crate::descriptor::Descriptor;
use crate::fault::{FaultKind, Phase};
use crate::label::read_back::read_barcodes;
use crate::model::{AttachedId, DocumentKind, IdRole, Identifier, RegionalIds};
use crate::operation::{PurchaseOrder, Purchased, VoidOrder};
use crate::sim::{FaultRule, SimFault};

pub(super) fn all() -> Vec<Check> {
    vec![
        Check { name: "purchase::label_is_the_parcels", applies: buys, run: |m, o| Box::pin(labels(m, o)) },
        Check { name: "purchase::every_label_format", applies: buys, run: |m, o| Box::pin(formats(m, o)) },
        Check { name: "purchase::same_key_buys_once", applies: buys, run: |m, o| Box::pin(same_key(m, o)) },
        Check { name: "purchase::throttled_buys_once", applies: buys, run: |m, o| Box::pin(throttled(m, o)) },
        Check {
            name: "purchase::wrong_secret_buys_nothing",
            applies: buys,
            run: |m, o| Box::pin(locked_out(m, o)),
        },
        Check {
            name: "purchase::echoed_numbers_are_masked",
            applies: carries,
            run: |m, o| Box::pin(echoed(m, o)),
        },
        Check { name: "void::label_is_cancelled", applies: voids, run: |m, o| Box::pin(cancelled(m, o)) },
        Check { name: "void::too_late_is_refused", applies: voids, run: |m, o| Box::pin(too_late(m, o)) },
    ]
}

pub(super) fn buys(descriptor: &Descriptor) -> bool {
    descriptor.capabilities.purchase
}

/// Whether a tax or customs number of somebody can be on its wire.
fn carries(descriptor: &Descriptor) -> bool {
    buys(descriptor) && descriptor.services.iter().any(|service| !service.carries.is_empty())
}

/// A carrier repeats each number that it is sent in its refusal: nothing that is
/// told of it may.
async fn echoed(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let descriptor = maker.descriptor();
    let lane = |order: &PurchaseOrder| {
        let (from, to) = (order.shipment.ship_from.country, order.shipment.ship_to.country);
        descriptor.service(&order.service, from, to).map_or(&[][..], |service| service.carries)
    };
    let crosses = |order: &&PurchaseOrder| order.shipment.customs.is_some() && !lane(order).is_empty();
    let Some(order) = orders.purchases.iter().find(crosses) else {
        return Err("needs a golden purchase with customs and a service that carries numbers".to_owned());
    };
    let Some((reply, words)) = orders.refusals.first() else {
        return Err("needs a golden purchase that the carrier refuses in words".to_owned());
    };
    let mut repeated = 0;
    for kind in lane(order) {
        let value = Identifier::parse("QX77K9Z7PW").map_err(|problem| problem.to_string())?;
        let mut order = order.clone();
        let holder = IdRole::Seller;
        order.shipment.regional_ids =
            RegionalIds(vec![AttachedId { kind: *kind, value: value.clone(), holder, issuer: None }]);
        let said = String::from_utf8_lossy(&reply.body).replace(words, &format!("{} is bad", value.expose()));
        let rig = maker.make().await;
        let refuses = SimFault::Say {
            status: reply.status,
            content_type: reply.header("content-type").unwrap_or("text/plain").to_owned(),
            body: said,
        };
        rig.world().inject(FaultRule::always(order.reference.as_str(), refuses));
        match rig.purchase("echo", &order, None).await {
            Ending::Refused(fault) => {
                let told = format!("{fault:?} {fault}");
                ensure!(!told.contains(value.expose()), "a refused {kind} number is repeated: {told}");
                repeated += usize::from(told.contains(&value.masked()));
            }
            other => return Err(format!("a refusal gave {other:?}")),
        }
    }
    ensure!(repeated > 0, "no refusal came through with its words");
    Ok(())
}

fn voids(descriptor: &Descriptor) -> bool {
    buys(descriptor) && descriptor.capabilities.void
}

pub(super) async fn bought(rig: &dyn Rig, key: &str, order: &PurchaseOrder) -> Result<Purchased, String> {
    match rig.purchase(key, order, None).await {
        Ending::Purchased(purchased) => Ok(*purchased),
        other => Err(format!("a healthy carrier gave {other:?}")),
    }
}

async fn labels(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    for (index, order) in orders.purchases.iter().enumerate() {
        let rig = maker.make().await;
        let purchased = bought(rig.as_ref(), &format!("order {index}"), order).await?;
        check_labels(order, &purchased)?;
        let world = rig.world();
        let mut truth: Vec<_> = world.parcels.keys().cloned().collect();
        let mut told: Vec<_> = purchased.tracking.iter().map(|number| number.as_str().to_owned()).collect();
        truth.sort();
        told.sort();
        ensure!(told == truth, "the gateway says {told:?}, the carrier made {truth:?}");
        let found = world.by_reference(order.reference.as_str()).count();
        ensure!(found > 0, "the carrier did not get the reference");
    }
    Ok(())
}

fn check_labels(order: &PurchaseOrder, purchased: &Purchased) -> Result<(), String> {
    let parcels = order.shipment.parcels.len();
    ensure!(
        purchased.tracking.len() == parcels,
        "{} numbers for {parcels} parcels",
        purchased.tracking.len()
    );
    let labels: Vec<_> = purchased.documents.iter().filter(|d| d.kind == DocumentKind::Label).collect();
    ensure!(!labels.is_empty(), "no label came");
    let mut read = Vec::new();
    for label in &labels {
        let really = crate::sniff::sniff(&label.bytes);
        ensure!(really == Some(label.format), "a label is called {:?} and is {really:?}", label.format);
        read.extend(read_barcodes(&label.bytes, label.format).map_err(|error| error.to_string())?);
    }
    for number in &purchased.tracking {
        let there = read.iter().any(|text| text.replace(' ', "").contains(number.as_str()));
        ensure!(there, "no barcode holds {number}; they hold {read:?}");
    }
    Ok(())
}

async fn formats(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    for format in maker.descriptor().labels {
        // A reference is never used for two orders, and carriers hold to that: each format has its own world.
        let rig = maker.make().await;
        let mut order = orders.purchase()?.clone();
        order.label.format = *format;
        let purchased = bought(rig.as_ref(), &format!("{format:?}"), &order).await?;
        check_labels(&order, &purchased)?;
        let first = purchased.documents.iter().find(|d| d.kind == DocumentKind::Label);
        let got = first.map(|label| label.format);
        ensure!(got == Some(*format), "asked for {format:?} and got {got:?}");
    }
    Ok(())
}

async fn same_key(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let rig = maker.make().await;
    let first = bought(rig.as_ref(), "one key", orders.purchase()?).await?;
    let second = bought(rig.as_ref(), "one key", orders.purchase()?).await?;
    ensure!(first.tracking == second.tracking, "the second answer has other numbers");
    let made = rig.world().shipments.len();
    ensure!(made == 1, "{made} shipments were made");
    Ok(())
}

async fn throttled(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let rig = maker.make().await;
    rig.world().inject(FaultRule::once("", SimFault::Throttle(None)));
    bought(rig.as_ref(), "throttled", orders.purchase()?).await?;
    let made = rig.world().shipments.len();
    ensure!(made == 1, "{made} shipments were made");
    Ok(())
}

async fn locked_out(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let rig = maker.make().await;
    rig.world().inject(FaultRule::always("", SimFault::ErrorBefore(401)));
    match rig.purchase("locked out", orders.purchase()?, None).await {
        Ending::Refused(fault) if fault.phase != Phase::InDoubt => Ok(()),
        other => Err(format!("a 401 without end gave {other:?}")),
    }
}

async fn cancelled(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let rig = maker.make().await;
    let purchased = bought(rig.as_ref(), "to be voided", orders.purchase()?).await?;
    let order = VoidOrder::new(purchased.carrier_shipment_id.clone(), purchased.tracking.clone());
    rig.void("to be voided", &order).await.map_err(|fault| format!("the void was refused: {fault}"))?;
    let live = rig.world().live_shipments();
    ensure!(live == 0, "{live} labels are still good");
    Ok(())
}

async fn too_late(maker: &dyn RigMaker, orders: &Orders) -> Result<(), String> {
    let rig = maker.make().await;
    let purchased = bought(rig.as_ref(), "under way", orders.purchase()?).await?;
    rig.advance(40 * 24 * 3600);
    let order = VoidOrder::new(purchased.carrier_shipment_id.clone(), purchased.tracking.clone());
    match rig.void("under way", &order).await {
        Err(fault) if matches!(fault.kind, FaultKind::Refused | FaultKind::NotFound) => {
            ensure!(
                fault.carrier_code.is_some() || fault.carrier_words.is_some(),
                "the carrier's words are lost"
            );
            Ok(())
        }
        other => Err(format!("voiding a delivered parcel gave {other:?}")),
    }
}
