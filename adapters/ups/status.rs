//! What UPS's codes mean for a parcel.
//!
//! Three layers: the status code of three digits says most, the scan code of
//! two characters stands in where it is missing, and the type decides what no
//! table knows; such a code is then reported as unknown. Must never guess a
//! delivery: a type `D` can be a van being loaded. Start with [`read`].

use parcelgate_kit::model::TrackStatus as S;
use parcelgate_kit::model::TrackStatus;
use parcelgate_kit::status::{Row as R, StatusTable};

use crate::wire::track::Status;

/// What one activity says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// State it puts the parcel in, if any.
    pub(crate) status: Option<TrackStatus>,
    /// Whether UPS had the parcel in its hands.
    pub(crate) is_physical: bool,
    /// The code, when no table has it.
    pub(crate) unknown: Option<String>,
}

/// Status codes of three digits.
#[rustfmt::skip]
const STATUS_CODES: StatusTable = StatusTable::new(&[
    R::remark("000", "status not available"),
    R::notice("003", S::PreTransit, "label made"),
    R::scan("005", S::InTransit, "on the way"),
    R::scan("006", S::OutForDelivery, "out for delivery"),
    R::notice("007", S::Cancelled, "label voided"),
    R::scan("010", S::InTransit, "on the way"),
    R::scan("011", S::Delivered, "delivered"),
    R::scan("012", S::Customs, "clearance in progress"),
    R::notice("013", S::Exception, "exception"),
    R::scan("014", S::InTransit, "cleared"),
    R::scan("016", S::InTransit, "in a warehouse"),
    R::scan("017", S::AvailableForPickup, "held for pickup"),
    R::remark("018", "hold for pickup asked for"),
    R::remark("019", "held for a later delivery"),
    R::remark("020", "later delivery asked for"),
    R::scan("021", S::OutForDelivery, "out for delivery"),
    R::scan("022", S::Attempted, "first attempt"),
    R::scan("023", S::Attempted, "second attempt"),
    R::scan("024", S::Attempted, "last attempt"),
    R::scan("025", S::InTransit, "on the way"),
    R::scan("026", S::Delivered, "delivered by the post"),
    R::remark("027", "change of address asked for"),
    R::remark("028", "address changed"),
    R::notice("029", S::Exception, "exception, action needed"),
    R::notice("030", S::Exception, "exception at the post"),
    R::notice("032", S::Exception, "weather may delay it"),
    R::notice("033", S::Returning, "return asked for"),
    R::scan("034", S::Returned, "returned to the shipper"),
    R::scan("035", S::Returning, "on its way back"),
    R::scan("036", S::Returning, "on its way back"),
    R::scan("037", S::OutForDelivery, "out for delivery"),
    R::scan("038", S::Accepted, "picked up"),
    R::scan("039", S::InTransit, "on the way"),
    R::scan("040", S::AvailableForPickup, "ready for pickup"),
    R::remark("041", "upgrade asked for"),
    R::notice("042", S::InTransit, "service upgraded"),
    R::notice("043", S::Cancelled, "pickup voided"),
    R::notice("044", S::PreTransit, "on its way to UPS"),
    R::notice("045", S::PreTransit, "on its way to UPS"),
    R::notice("046", S::Exception, "delay"),
    R::scan("047", S::InTransit, "on the way"),
    R::notice("048", S::Exception, "delay"),
    R::notice("049", S::Exception, "delay, action needed"),
    R::notice("050", S::Exception, "address information needed"),
    R::notice("051", S::Exception, "delay by an emergency"),
    R::notice("052", S::Exception, "delay by weather"),
    R::notice("053", S::Exception, "delay by weather"),
    R::remark("054", "change of delivery asked for"),
    R::remark("055", "delivery planned anew"),
    R::remark("056", "upgrade asked for"),
    R::scan("057", S::InTransit, "on the way to an access point"),
    R::scan("058", S::Customs, "information needed for clearance"),
    R::scan("059", S::Damaged, "damage reported"),
    R::scan("060", S::Attempted, "delivery attempted"),
    R::scan("061", S::Attempted, "attempted, an adult must sign"),
    R::scan("062", S::Attempted, "attempted, money is due"),
    R::remark("063", "change of delivery done"),
    R::scan("064", S::Refused, "refused by the consignee"),
    R::notice("065", S::PreTransit, "pickup attempted"),
    R::scan("066", S::Attempted, "attempted by the post"),
    R::scan("067", S::Returned, "returned to the shipper by the post"),
    R::notice("068", S::Lost, "sent to lost and found"),
    R::notice("069", S::Exception, "cannot be delivered"),
    R::remark("070", "not yet at the access point"),
    R::scan("071", S::InTransit, "being prepared for delivery"),
    R::scan("072", S::OutForDelivery, "loaded for delivery"),
    R::scan("073", S::InTransit, "on the way to a partner"),
    R::scan("074", S::InTransit, "a partner has it"),
    R::scan("075", S::InTransit, "delivery planned"),
    R::notice("076", S::Exception, "exception at a partner"),
    R::notice("077", S::PreTransit, "pickup planned for today"),
    R::scan("078", S::OutForDelivery, "driver is near"),
    R::notice("079", S::PreTransit, "order processed, on its way to UPS"),
    R::notice("080", S::PreTransit, "order processed, ready for UPS"),
    R::scan("081", S::Returned, "returned damaged"),
    R::remark("082", "instructions received"),
    R::notice("083", S::Exception, "held"),
    R::scan("084", S::InTransit, "cleared"),
    R::remark("085", "held for payment on delivery"),
    R::notice("086", S::Exception, "delay"),
    R::scan("087", S::InTransit, "on the way"),
    R::remark("088", "test"),
    R::scan("089", S::OutForDelivery, "out for delivery"),
    R::notice("090", S::Exception, "delay"),
    R::scan("091", S::OutForDelivery, "out for delivery"),
    R::scan("092", S::Customs, "clearance in progress"),
    R::remark("093", "recovery in progress"),
    R::remark("094", "recovery done"),
    R::remark("095", "one more attempt asked for"),
    R::remark("096", "change of address confirmed"),
    R::remark("097", "change of address asked for"),
    R::remark("098", "first address asked for again"),
    R::remark("099", "first address confirmed"),
    R::remark("100", "hold at access point confirmed"),
    R::remark("101", "hold at access point asked for"),
    R::remark("102", "hold for courier asked for"),
    R::remark("103", "hold for courier confirmed"),
    R::remark("104", "hold for instructions confirmed"),
    R::remark("105", "hold for instructions asked for"),
    R::remark("106", "hold for pickup confirmed"),
    R::remark("107", "hold for pickup asked for"),
    R::remark("108", "hold for pickup today confirmed"),
    R::remark("109", "hold for pickup today asked for"),
    R::remark("110", "cooling confirmed"),
    R::remark("111", "cooling asked for"),
    R::remark("112", "new ice confirmed"),
    R::remark("113", "new ice asked for"),
    R::remark("114", "request cancelled"),
    R::remark("115", "new delivery day confirmed"),
    R::remark("116", "new delivery day asked for"),
    R::remark("117", "return by Saturday confirmed"),
    R::notice("118", S::Returning, "return confirmed"),
    R::notice("119", S::Returning, "return asked for"),
    R::remark("120", "Saturday delivery confirmed"),
    R::remark("121", "Saturday delivery asked for"),
    R::remark("122", "upgrade confirmed"),
    R::scan("123", S::Customs, "waits for release by a broker"),
    R::scan("124", S::Customs, "information needed for clearance"),
    R::scan("125", S::Customs, "information needed for clearance"),
    R::scan("126", S::Customs, "waits for release by an authority"),
    R::remark("127", "investigation closed"),
    R::remark("128", "investigation cancelled"),
    R::remark("129", "investigation opened"),
    R::remark("130", "claim in progress"),
    R::notice("131", S::PreTransit, "last pickup attempt made"),
    R::notice("132", S::Exception, "delay by airport security"),
    R::remark("133", "return label handed out"),
    R::scan("134", S::InTransit, "cleared for import"),
    R::notice("135", S::PreTransit, "second pickup attempt made"),
    R::remark("136", "delivery moved to Saturday"),
    R::scan("137", S::InTransit, "handed to a partner"),
    R::scan("138", S::InTransit, "waits for its departure"),
    R::scan("139", S::Attempted, "attempted, access is needed"),
    R::remark("140", "claim paid"),
    R::remark("141", "papers are incomplete"),
    R::remark("142", "claim voided"),
    R::scan("143", S::AvailableForPickup, "delivered to an agent"),
    R::scan("144", S::AvailableForPickup, "delivered to a post office for pickup"),
    R::scan("145", S::Attempted, "delivery attempted"),
    R::scan("146", S::OutForDelivery, "out for delivery"),
    R::notice("147", S::Exception, "seized by the police"),
    R::remark("148", "no information"),
    R::notice("149", S::Exception, "destroyed, prohibited contents"),
    R::remark("153", "new delivery time"),
    R::remark("154", "new delivery day"),
    R::remark("155", "photo of the delivery"),
    R::scan("156", S::Delivered, "delivered indoors"),
    R::notice("157", S::PreTransit, "label made"),
    R::scan("158", S::InTransit, "on the way"),
    R::scan("159", S::InTransit, "on the way"),
    R::scan("160", S::Accepted, "UPS has it"),
    R::scan("161", S::AvailableForPickup, "delivered to an access point"),
    R::scan("162", S::OutForDelivery, "out for delivery"),
    R::remark("163", "no information"),
    R::scan("164", S::InTransit, "on the way"),
    R::scan("165", S::InTransit, "on the way"),
    R::notice("166", S::PreTransit, "label made for Roadie"),
    R::scan("167", S::Accepted, "dropped off at a store"),
    R::scan("168", S::Accepted, "dropped off at a shop"),
    R::scan("169", S::Accepted, "dropped off at an access point"),
]);

/// Scan codes, for activities without a status code.
#[rustfmt::skip]
const SCAN_CODES: StatusTable = StatusTable::new(&[
    R::scan("2Q", S::AvailableForPickup, "delivered to an access point"),
    R::scan("2W", S::Delivered, "picked up at an access point"),
    R::scan("AG", S::InTransit, "on the way to a depot"),
    R::scan("AR", S::InTransit, "arrived"),
    R::scan("AT", S::InTransit, "in the air"),
    R::remark("CA", "arrival taken back"),
    R::remark("CD", "departure taken back"),
    R::remark("CL", "unloading taken back"),
    R::scan("DL", S::OutForDelivery, "loaded"),
    R::scan("DP", S::InTransit, "departed"),
    R::scan("DS", S::InTransit, "at the last depot"),
    R::scan("EP", S::InTransit, "left the country"),
    R::scan("F4", S::Delivered, "delivered"),
    R::scan("FS", S::Delivered, "delivered"),
    R::scan("HU", S::InTransit, "scanned at a hub"),
    R::scan("IP", S::InTransit, "entered the country"),
    R::scan("KB", S::Delivered, "delivered"),
    R::scan("LC", S::InTransit, "scanned"),
    R::scan("LM", S::InTransit, "scanned"),
    R::notice("MP", S::PreTransit, "label made"),
    R::notice("OC", S::PreTransit, "label made"),
    R::scan("OD", S::OutForDelivery, "loaded for delivery"),
    R::scan("OF", S::OutForDelivery, "out for delivery"),
    R::scan("OR", S::Accepted, "scanned at the origin"),
    R::scan("OT", S::OutForDelivery, "out for delivery"),
    R::scan("PC", S::Accepted, "picked up by a van"),
    R::notice("PL", S::PreTransit, "label made"),
    R::scan("PT", S::Accepted, "picked up by a trailer"),
    R::scan("PU", S::Accepted, "picked up"),
    R::remark("PX", "photo of the delivery"),
    R::notice("RD", S::PreTransit, "label made for Roadie"),
    R::notice("SP", S::PreTransit, "pickup planned"),
    R::remark("UA", "arrival corrected"),
    R::remark("UD", "departure corrected"),
    R::scan("UL", S::InTransit, "unloaded"),
    R::remark("UP", "new delivery day"),
    R::remark("UT", "new delivery time"),
    R::notice("VP", S::Cancelled, "label voided"),
    R::scan("WH", S::InTransit, "in a warehouse"),
    R::scan("XA", S::InTransit, "at the post"),
    R::scan("XD", S::Accepted, "dropped off"),
    R::scan("XR", S::InTransit, "received by the post"),
    R::scan("YF", S::OutForDelivery, "out for delivery by the post"),
    R::scan("YH", S::InTransit, "received by the post"),
    R::scan("YI", S::OutForDelivery, "out for delivery to an access point"),
    R::scan("YM", S::InTransit, "on the way to the post"),
    R::scan("YN", S::InTransit, "in the postal network"),
    R::scan("YP", S::InTransit, "being prepared for delivery"),
]);

/// Types, for codes that are in neither table. `D` is not here: it can be a van
/// that is being loaded.
const TYPES: StatusTable = StatusTable::new(&[
    R::notice("M", S::PreTransit, "announced"),
    R::notice("MV", S::Cancelled, "voided"),
    R::scan("I", S::InTransit, "on the way"),
    R::notice("X", S::Exception, "exception"),
    R::remark("U", "update"),
    R::remark("NA", "not available"),
]);

/// The status code, wherever it stands: the current status keeps it in `code`.
/// Leading zeros may be lost.
fn status_code(status: &Status) -> Option<String> {
    let is_number = |text: &&str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let given = [&status.status_code, &status.code].into_iter().flatten().map(|code| code.trim());
    given.map(|code| code.to_owned()).find(|code| is_number(&code.as_str())).map(|code| format!("{code:0>3}"))
}

/// What `status` means.
pub(crate) fn read(status: &Status) -> Meaning {
    let kind = status.r#type.as_deref().unwrap_or_default().trim();
    let scan = status.code.as_deref().unwrap_or_default().trim();
    let number = status_code(status);
    let by_number = STATUS_CODES.look_up(number.as_deref().unwrap_or_default(), "");
    let known = if by_number.known {
        by_number
    } else if (kind, scan) == ("M", "DP") {
        // One scan code, two meanings: the manifest was processed, or a departure.
        TYPES.look_up(kind, "")
    } else {
        SCAN_CODES.look_up(scan, "")
    };
    let (found, unknown) = if known.known {
        (known, None)
    } else {
        let code =
            [number.as_deref().unwrap_or_default(), scan, kind].into_iter().find(|code| !code.is_empty());
        (TYPES.look_up(kind, ""), Some(code.unwrap_or_default().to_owned()))
    };
    // "Delivered to an access point" is the end of the way when UPS says `D`.
    let at_access_point = kind == "D" && number.as_deref() == Some("161");
    Meaning {
        status: if at_access_point { Some(S::Delivered) } else { found.status },
        // An electronic notice is no scan, whatever its code says.
        is_physical: found.physical && !matches!(kind, "M" | "MV" | "U"),
        unknown,
    }
}

/// Whether the label was cancelled.
pub(crate) fn is_voided(status: &Status) -> bool {
    read(status).status == Some(S::Cancelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(kind: &str, code: &str, number: &str) -> Status {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Status { r#type: some(kind), code: some(code), status_code: some(number), description: None }
    }

    #[test]
    fn the_tables_are_sound() {
        for table in [STATUS_CODES, SCAN_CODES, TYPES] {
            assert!(table.doubles().is_empty(), "{:?}", table.doubles());
        }
    }

    #[test]
    fn the_layers_stand_in_for_each_other() {
        for (given, wanted) in [
            (status("D", "FS", "011"), Some(S::Delivered)),
            (status("I", "OT", "021"), Some(S::OutForDelivery)),
            (status("I", "DP", ""), Some(S::InTransit)),
            (status("M", "DP", ""), Some(S::PreTransit)),
            (status("D", "OD", ""), Some(S::OutForDelivery)),
            (status("", "011", ""), Some(S::Delivered)),
            (status("I", "DP", "5"), Some(S::InTransit)),
            (status("X", "2Q", "161"), Some(S::AvailableForPickup)),
            (status("D", "2Q", "161"), Some(S::Delivered)),
            (status("U", "UP", "154"), None),
        ] {
            let meaning = read(&given);
            assert_eq!((meaning.status, meaning.unknown), (wanted, None));
        }
    }

    #[test]
    fn what_no_table_knows_is_reported_and_never_a_delivery() {
        let meaning = read(&status("D", "ZZ", "999"));
        assert_eq!((meaning.status, meaning.unknown.as_deref()), (Some(S::Unknown), Some("999")));
        assert!(!read(&status("M", "OR", "038")).is_physical);
    }
}
