//! Tracking by number and by reference.

use jiff::tz::{Offset, TimeZone};
use serde_json::{Value, json};

use parcelgate_kit::check_digit;
use parcelgate_kit::sim::{Milestone, MilestoneKind, SimParcel, World};

use super::{ACCOUNT, Answer, Refusal};

/// Type, scan code, status code and words of what happens on the way.
fn codes(kind: MilestoneKind) -> (&'static str, &'static str, &'static str, &'static str) {
    use MilestoneKind as K;
    match kind {
        K::Announced => ("M", "MP", "003", "Shipper created a label, UPS has not received the package yet. "),
        K::HandedOver => ("I", "OR", "160", "Origin Scan"),
        K::Departed => ("I", "DP", "005", "Departed from Facility"),
        K::Customs => ("I", "IP", "012", "Clearance in progress"),
        K::Arrived => ("I", "AR", "005", "Arrived at Facility"),
        K::OutForDelivery => ("I", "OT", "021", "Out For Delivery Today"),
        K::Attempted => ("X", "48", "022", "The receiver was not available for delivery."),
        K::Refused => ("X", "53", "064", "The receiver does not want the product and refused the delivery."),
        K::Returning => ("I", "DP", "035", "Returning to Sender"),
        K::Returned => ("D", "FS", "034", "Returned to Sender"),
        K::Delivered => ("D", "FS", "011", "DELIVERED"),
    }
}

fn offset_of(country: &str) -> Offset {
    match country {
        "US" | "CA" | "PR" => Offset::constant(-5),
        "CN" | "HK" | "SG" => Offset::constant(8),
        _ => Offset::constant(1),
    }
}

/// Answers for one number.
pub(super) fn details(world: &World, number: &str) -> Answer {
    if !(7..=34).contains(&number.len()) || !is_number(number) {
        return Err(Refusal::new(404, "TV1002", "Invalid inquiry number"));
    }
    Ok(match world.parcels.get(number) {
        Some(parcel) => {
            json!({ "trackResponse": { "shipment": [{ "inquiryNumber": number, "package": [package(world, parcel)] }] } })
        }
        None => not_found(number),
    })
}

fn is_number(number: &str) -> bool {
    match number.strip_prefix("1Z") {
        Some(rest) => number.len() == 18 && check_digit::alphanumeric_mod10(rest),
        None => number.bytes().all(|b| b.is_ascii_digit()),
    }
}

fn not_found(number: &str) -> Value {
    let warning = json!({ "code": "TW0001", "message": "Tracking Information Not Found" });
    json!({ "trackResponse": { "shipment": [{ "inquiryNumber": number, "warnings": [warning] }] } })
}

/// Answers for the shipper's reference.
pub(super) fn by_reference(world: &World, reference: &str, shipper: Option<&str>) -> Answer {
    if shipper != Some(ACCOUNT) {
        return Err(Refusal::bad("TV1010", "Invalid shipper number"));
    }
    let shipments: Vec<Value> = world
        .by_reference(reference)
        .map(|shipment| {
            let parcels = shipment.tracking.iter().filter_map(|number| world.parcels.get(number));
            let packages: Vec<Value> = parcels.map(|parcel| package(world, parcel)).collect();
            json!({ "inquiryNumber": reference, "package": packages })
        })
        .collect();
    if shipments.is_empty() {
        Ok(not_found(reference))
    } else {
        Ok(json!({ "trackResponse": { "shipment": shipments } }))
    }
}

fn package(world: &World, parcel: &SimParcel) -> Value {
    let happened = world.milestones(&parcel.tracking).unwrap_or_default();
    let mut activity: Vec<Value> = happened.iter().map(|milestone| event(parcel, milestone)).collect();
    let mut current = happened.last().map(|last| codes(last.kind)).unwrap_or(codes(MilestoneKind::Announced));
    if parcel.voided {
        current = ("MV", "VP", "007", "Shipment Information Voided");
        let milestone = Milestone { kind: MilestoneKind::Announced, at: world.now };
        activity = vec![scan(parcel, &milestone, current)];
    }
    activity.reverse();
    let delivered = happened.iter().find(|milestone| milestone.kind == MilestoneKind::Delivered);
    let zone = TimeZone::fixed(offset_of(&parcel.to.1));
    let due =
        parcel.created.checked_add(jiff::SignedDuration::from_hours(24 * i64::from(parcel.transit_days)));
    let due = due.unwrap_or(parcel.created).to_zoned_datetime(zone.clone()).strftime("%Y%m%d").to_string();
    let (date, time) = match delivered {
        Some(delivered) => {
            let at = delivered.at.to_zoned_datetime(zone);
            let date = json!([{ "type": "DEL", "date": at.strftime("%Y%m%d").to_string() }]);
            (date, json!({ "type": "DEL", "endTime": at.strftime("%H%M%S").to_string() }))
        }
        None => (json!([{ "type": "SDD", "date": due }]), json!({ "type": "EOD", "endTime": "233000" })),
    };
    json!({
        "trackingNumber": parcel.tracking,
        "deliveryDate": date,
        "deliveryTime": time,
        "activity": activity,
        "currentStatus": { "code": current.2, "description": current.3, "simplifiedTextDescription": current.3 },
        "packageCount": 1,
    })
}

/// What Track Alert pushes of the newest thing that happened.
pub(super) fn alert(world: &World, number: &str) -> Option<Value> {
    let parcel = world.parcels.get(number).filter(|parcel| !parcel.voided)?;
    let happened = world.milestones(number)?;
    let milestone = happened.last()?;
    let (kind, code, _, words) = codes(milestone.kind);
    let (city, country) = if milestone.kind.at_origin() { &parcel.from } else { &parcel.to };
    let local = milestone.at.to_zoned_datetime(TimeZone::fixed(offset_of(country)));
    let gmt = milestone.at.to_zoned_datetime(TimeZone::UTC);
    let (day, clock) = ("%Y%m%d", "%H%M%S");
    Some(json!({
        "trackingNumber": number,
        "localActivityDate": local.strftime(day).to_string(),
        "localActivityTime": local.strftime(clock).to_string(),
        "activityLocation": { "city": city, "stateProvince": "", "postalCode": "", "country": country },
        "activityStatus": { "type": kind, "code": code, "description": words, "descriptionCode": 1 },
        "gmtActivityDate": gmt.strftime(day).to_string(),
        "gmtActivityTime": gmt.strftime(clock).to_string(),
        "gmtOffset": local.strftime("%:z").to_string().replace(':', "."),
        "receivedBy": "",
    }))
}

fn event(parcel: &SimParcel, milestone: &Milestone) -> Value {
    scan(parcel, milestone, codes(milestone.kind))
}

fn scan(parcel: &SimParcel, milestone: &Milestone, codes: (&str, &str, &str, &str)) -> Value {
    let (city, country) = if milestone.kind.at_origin() { &parcel.from } else { &parcel.to };
    let offset = offset_of(country);
    let local = milestone.at.to_zoned_datetime(TimeZone::fixed(offset));
    let gmt = milestone.at.to_zoned_datetime(TimeZone::UTC);
    // UPS is seen to lose a leading zero here.
    let gmt_time = gmt.strftime("%H%M%S").to_string();
    let gmt_time = gmt_time.strip_prefix('0').unwrap_or(&gmt_time).to_owned();
    let (kind, code, number, words) = codes;
    json!({
        "location": { "address": { "city": city, "countryCode": country, "country": country }, "slic": "1234" },
        "status": { "type": kind, "code": code, "statusCode": number, "description": words },
        "date": local.strftime("%Y%m%d").to_string(),
        "time": local.strftime("%H%M%S").to_string(),
        "gmtDate": gmt.strftime("%Y%m%d").to_string(),
        "gmtOffset": local.strftime("%:z").to_string(),
        "gmtTime": gmt_time,
    })
}
