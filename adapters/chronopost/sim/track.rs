//! Events, look-up by reference, and cancelling.

use jiff::tz::{Offset, TimeZone};
use roxmltree::Node;

use parcelgate_kit::check_digit;
use parcelgate_kit::codec::xml::Writer;
use parcelgate_kit::sim::{Milestone, MilestoneKind, SimParcel, World};

use super::envelope::{in_order, text};
use super::{Answer, Refusal, credentials, knows};

/// Seconds until an announcement is loaded.
const LOADED_AFTER: i64 = 300;

/// Code and French label of what happens on the way. Some codes come with a
/// blank behind them.
fn code(kind: MilestoneKind) -> (&'static str, &'static str) {
    use MilestoneKind as K;
    match kind {
        K::Announced => ("DC", "Envoi en cours de préparation chez l'expéditeur"),
        K::HandedOver => ("PC", "Envoi pris en charge par Chronopost"),
        K::Departed => ("TS ", "Envoi en cours d'acheminement"),
        K::Customs => ("SJ", "Informations douanières reçues, dédouanement en cours"),
        K::Arrived => ("SD", "Envoi trié sur le site de distribution"),
        K::OutForDelivery => ("TA ", "Envoi en cours de livraison"),
        K::Attempted => ("P", "Tentative de livraison, destinataire absent"),
        K::Refused => ("P", "Envoi refusé par le destinataire"),
        K::Returning => ("R", "Envoi en retour vers l'expéditeur"),
        K::Returned => ("D", "Livraison effectuée"),
        K::Delivered => ("D", "Livraison effectuée"),
    }
}

/// Answers `trackSkybillV2`, to anybody.
pub(super) fn skybill(world: &World, operation: Node<'_, '_>) -> Answer {
    in_order(operation, &["language", "skybillNumber"])?;
    let number = text(operation, "skybillNumber");
    let mut result = Writer::fragment();
    result.text("errorCode", "0").open("listEventInfoComp", &[]);
    if let Some(parcel) = world.parcels.get(&number) {
        for milestone in events(world, parcel) {
            write_event(parcel, &milestone, true, &mut result);
        }
    }
    result.text("skybillNumber", &number).close("listEventInfoComp");
    Ok(result)
}

fn events(world: &World, parcel: &SimParcel) -> Vec<Milestone> {
    let happened = world.milestones(&parcel.tracking).unwrap_or_default();
    happened.into_iter().take(if parcel.voided { 1 } else { usize::MAX }).collect()
}

fn write_event(parcel: &SimParcel, milestone: &Milestone, with_remarks: bool, to: &mut Writer) {
    let (code, label) = code(milestone.kind);
    let is_announcement = milestone.kind == MilestoneKind::Announced;
    let (city, _) = if milestone.kind.at_origin() { &parcel.from } else { &parcel.to };
    let at = milestone.at.to_zoned_datetime(TimeZone::fixed(Offset::constant(1)));
    let office =
        if is_announcement { "Web Services".to_owned() } else { city.to_uppercase() + " CHRONOPOST" };
    let is_high = matches!(milestone.kind, MilestoneKind::Delivered | MilestoneKind::Returned);
    to.open("events", &[])
        .text("code", code)
        .text("eventDate", &at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
        .text("eventLabel", label)
        .text("highPriority", if is_high { "true" } else { "false" })
        .text("NPC", "")
        .text("officeLabel", &office)
        .text("zipCode", "");
    if with_remarks && is_announcement && parcel.from.1 != parcel.to.1 {
        to.open("infoCompList", &[])
            .text("name", "Numéro partenaire")
            .text("value", &format!("GEO/{}", partner(&parcel.tracking)))
            .close("infoCompList");
    }
    to.close("events");
}

/// The number of the partner abroad, with its ISO 7064 check character.
fn partner(tracking: &str) -> String {
    let digits: String = tracking.chars().filter(char::is_ascii_digit).collect();
    let payload = format!("XT{digits:0>12}");
    let checks = ('0'..='9').chain('A'..='Z').map(|check| format!("{payload}{check}"));
    checks.into_iter().find(|number| check_digit::mod37_36(number)).unwrap_or(payload)
}

/// Answers `trackWithSenderRef` with what is loaded by now.
pub(super) fn by_reference(world: &World, operation: Node<'_, '_>) -> Answer {
    in_order(operation, &["accountNumber", "password", "language", "sendersRef"])?;
    let (number, password) = credentials(operation);
    if !knows(&number, &password) {
        return Err(Refusal::code(3, "invalid account or password"));
    }
    let mut result = Writer::fragment();
    result.text("errorCode", "0");
    let reference = text(operation, "sendersRef");
    let loaded = |seconds: i64| seconds >= LOADED_AFTER;
    for shipment in world.by_reference(&reference) {
        if reference.is_empty() || !loaded(world.now.as_second() - shipment.created.as_second()) {
            continue;
        }
        for parcel in shipment.tracking.iter().filter_map(|number| world.parcels.get(number)) {
            result.open("listParcel", &[]);
            for milestone in events(world, parcel) {
                write_event(parcel, &milestone, false, &mut result);
            }
            result.text("skybillNumber", &parcel.tracking).close("listParcel");
        }
    }
    Ok(result)
}

/// Answers `cancelSkybill`. A parcel that is cancelled is not found again. The
/// first minutes, in which a new parcel may not be found either, are left out:
/// nothing says how many they are.
pub(super) fn cancel(world: &mut World, operation: Node<'_, '_>) -> Answer {
    in_order(operation, &["accountNumber", "password", "language", "skybillNumber"])?;
    let (account, password) = credentials(operation);
    let number = text(operation, "skybillNumber");
    let parcel = world.parcels.get(&number).filter(|parcel| !parcel.voided && knows(&account, &password));
    let Some(shipment) = parcel.map(|parcel| parcel.shipment.clone()) else {
        return Err(Refusal::code(2, "the parcel doesn't match account or parcel information not found"));
    };
    if world.is_handed_over(&number) {
        return Err(Refusal::code(3, "the parcel has already been taken over by Chronopost"));
    }
    if let Some(parcel) = world.parcels.get_mut(&number) {
        parcel.voided = true;
    }
    if world.parcels.values().all(|parcel| parcel.shipment != shipment || parcel.voided) {
        world.void(&shipment);
    }
    let mut result = Writer::fragment();
    result.text("errorCode", "0").text("errorMessage", "").text("statusCode", "0");
    Ok(result)
}
