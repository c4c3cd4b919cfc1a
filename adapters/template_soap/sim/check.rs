//! What the carrier checks in every shipment, priced or bought.
//!
//! Must refuse what the documentation calls required, too long or unknown. Start with [`shipment`].
// file only with rate|purchase

use parcelgate_kit::sim::{json_at, json_text};
use serde_json::Value;

use super::{CONTRACT, Refused};

/// Most characters of a line of an address.
const LINE: usize = 35;

/// A refusal of a field.
pub(super) fn invalid(words: impl Into<String>) -> Refused {
    Refused::new("INVALID", words)
}

/// The parts of a shipment that every call has.
pub(super) fn shipment(body: &Value) -> Result<(), Refused> {
    if json_text(body, "contract") != CONTRACT {
        return Err(Refused::new("UNKNOWN_CONTRACT", "the contract is not known"));
    }
    for side in ["shipFrom", "shipTo"] {
        for field in ["name", "city", "country"] {
            required(body, &format!("{side}.{field}"), LINE)?;
        }
        let lines = items(body, &format!("{side}.street"));
        if lines.is_empty()
            || lines.len() > 3
            || lines.iter().any(|line| line.as_str().is_none_or(|line| line.chars().count() > LINE))
        {
            return Err(invalid(format!("{side}.street takes one to three lines of {LINE} characters")));
        }
    }
    if !["DE", "GB"].contains(&json_text(body, "shipFrom.country").as_str()) {
        return Err(Refused::new("NO_DEPOT", "there is no depot in that country"));
    }
    let parcels = items(body, "parcel");
    if parcels.is_empty() || parcels.len() > 10 {
        return Err(invalid("parcel takes 1 to 10"));
    }
    if parcels.iter().any(|parcel| grams(parcel).is_none_or(|grams| grams == 0 || grams > 31_500)) {
        return Err(invalid("parcel.weightKg is above 0 and at most 31.5"));
    }
    let day = json_text(body, "handOverOn");
    day.parse::<jiff::civil::Date>().map_err(|_| invalid("handOverOn is no day"))?;
    Ok(())
}

/// Whether the shipment leaves its country.
pub(super) fn crosses(body: &Value) -> bool {
    json_text(body, "shipFrom.country") != json_text(body, "shipTo.country")
}

/// A text that must be there, of at most `most` characters.
pub(super) fn required(body: &Value, path: &str, most: usize) -> Result<String, Refused> {
    let text = json_text(body, path);
    match text.chars().count() {
        0 => Err(invalid(format!("{path} is required"))),
        length if length > most => Err(invalid(format!("{path} has {length} characters, at most {most}"))),
        _ => Ok(text),
    }
}

/// The elements at a path: one, several or none.
pub(super) fn items<'a>(body: &'a Value, path: &str) -> &'a [Value] {
    match json_at(body, path) {
        Some(Value::Array(several)) => several,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// Weight of a parcel; `weightKg` is a text of at most two decimals.
pub(super) fn grams(parcel: &Value) -> Option<u64> {
    let text = json_text(parcel, "weightKg");
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    if decimals.len() > 2 {
        return None;
    }
    let parse = |digits: &str| digits.parse::<u64>().ok();
    Some(parse(whole)? * 1_000 + parse(&format!("{decimals:0<2}"))? * 10)
}
