//! What UPS's codes mean for a parcel.
//!
//! Three layers: the status code of three digits says most, the scan code of
//! two characters stands in where it is missing, and the type decides what no
//! table knows; such a code is then reported as unknown. Must never guess a
//! delivery: a type `D` can be a van being loaded. Start with [`read`].

use parcelgate_kit::model::TrackStatus;

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

use TrackStatus as S;

type Row = (Option<TrackStatus>, bool, &'static [&'static str]);

/// Status codes: state, whether the parcel was in UPS's hands, codes.
#[rustfmt::skip]
const STATUS_CODES: &[Row] = &[
    (Some(S::PreTransit), false, &["003", "044", "045", "065", "077", "079", "080", "131", "135", "157", "166"]),
    (Some(S::Accepted), true, &["038", "160", "167", "168", "169"]),
    (Some(S::InTransit), true, &[
        "005", "010", "014", "016", "025", "039", "042", "047", "057", "071", "073", "074", "075", "084", "087",
        "134", "137", "138", "158", "159", "164", "165",
    ]),
    (Some(S::Customs), true, &["012", "058", "092", "123", "124", "125", "126"]),
    (Some(S::OutForDelivery), true, &["006", "021", "037", "072", "078", "089", "091", "146", "162"]),
    (Some(S::Attempted), true, &["022", "023", "024", "060", "061", "062", "066", "139", "145"]),
    (Some(S::AvailableForPickup), true, &["017", "040", "143", "144", "161"]),
    (Some(S::Delivered), true, &["011", "026", "156"]),
    (Some(S::Refused), true, &["064"]),
    (Some(S::Returning), true, &["035", "036"]),
    (Some(S::Returning), false, &["033", "118", "119"]),
    (Some(S::Returned), true, &["034", "067", "081"]),
    (Some(S::Damaged), true, &["059"]),
    (Some(S::Lost), false, &["068"]),
    (Some(S::Cancelled), false, &["007", "043"]),
    (Some(S::Exception), false, &[
        "013", "029", "030", "032", "046", "048", "049", "050", "051", "052", "053", "069", "076", "083", "086",
        "090", "132", "147", "149",
    ]),
    (None, false, &[
        "000", "018", "019", "020", "027", "028", "041", "054", "055", "056", "063", "070", "082", "085", "088",
        "093", "094", "095", "096", "097", "098", "099", "100", "101", "102", "103", "104", "105", "106", "107",
        "108", "109", "110", "111", "112", "113", "114", "115", "116", "117", "120", "121", "122", "127", "128",
        "129", "130", "133", "136", "140", "141", "142", "148", "153", "154", "155", "163",
    ]),
];

/// Scan codes, for activities without a status code.
#[rustfmt::skip]
const SCAN_CODES: &[Row] = &[
    (Some(S::PreTransit), false, &["MP", "OC", "PL", "RD", "SP"]),
    (Some(S::Accepted), true, &["OR", "PC", "PT", "PU", "XD"]),
    (Some(S::InTransit), true, &[
        "AG", "AR", "AT", "DP", "DS", "EP", "HU", "IP", "LC", "LM", "UL", "WH", "XA", "XR", "YH", "YM", "YN", "YP",
    ]),
    (Some(S::OutForDelivery), true, &["DL", "OD", "OF", "OT", "YF", "YI"]),
    (Some(S::AvailableForPickup), true, &["2Q"]),
    (Some(S::Delivered), true, &["2W", "F4", "FS", "KB"]),
    (Some(S::Cancelled), false, &["VP"]),
    (None, false, &["CA", "CD", "CL", "PX", "UA", "UD", "UP", "UT"]),
];

fn look_up(table: &[Row], code: &str) -> Option<Meaning> {
    table.iter().find(|(_, _, codes)| codes.contains(&code)).map(|(status, is_physical, _)| Meaning {
        status: *status,
        is_physical: *is_physical,
        unknown: None,
    })
}

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
    let number = status_code(status);
    let known = number.as_deref().and_then(|code| look_up(STATUS_CODES, code));
    let scan = status.code.as_deref().unwrap_or_default().trim();
    let mut meaning = match known.or_else(|| by_scan(kind, scan)) {
        Some(meaning) => meaning,
        None => by_type(kind, number.as_deref().unwrap_or(scan)),
    };
    // An electronic notice is no scan, whatever its code says.
    meaning.is_physical &= !matches!(kind, "M" | "MV" | "U");
    // "Delivered to Access Point" is the end of the way when UPS says `D`.
    if kind == "D" && number.as_deref() == Some("161") {
        meaning.status = Some(S::Delivered);
    }
    meaning
}

fn by_scan(kind: &str, scan: &str) -> Option<Meaning> {
    match (kind, scan) {
        // One code, two meanings: the manifest was processed, or a departure.
        ("M", "DP") => Some(Meaning { status: Some(S::PreTransit), is_physical: false, unknown: None }),
        _ => look_up(SCAN_CODES, scan),
    }
}

fn by_type(kind: &str, code: &str) -> Meaning {
    let status = match kind {
        "M" => Some(S::PreTransit),
        "MV" => Some(S::Cancelled),
        "I" => Some(S::InTransit),
        "X" => Some(S::Exception),
        "U" | "NA" => None,
        _ => Some(S::Unknown),
    };
    let code = if code.is_empty() { kind } else { code };
    Meaning { status, is_physical: kind == "I", unknown: Some(code.to_owned()) }
}

/// Whether the label was cancelled.
pub(crate) fn is_voided(status: &Status) -> bool {
    read(status).status == Some(S::Cancelled)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn status(kind: &str, code: &str, number: &str) -> Status {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Status { r#type: some(kind), code: some(code), status_code: some(number), description: None }
    }

    #[test]
    fn a_code_stands_in_one_row_only() {
        for table in [STATUS_CODES, SCAN_CODES] {
            let all: Vec<_> = table.iter().flat_map(|(_, _, codes)| codes.iter()).collect();
            assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len());
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
