//! Requests for events.

use super::Reading;
use crate::api::proto::v1;
use crate::shipping::{Kinds, ShippingError, Since};

/// Most kinds that one request names.
const MOST_KINDS: usize = 20;
/// Longest name of a kind, in bytes.
const LONGEST_KIND: usize = 64;

/// Where to begin and which kinds are wanted.
pub(in crate::api) fn subscribe_request(raw: v1::SubscribeRequest) -> Result<(Since, Kinds), ShippingError> {
    let mut reading = Reading::default();
    let from = match (raw.cursor.is_empty(), raw.from_now) {
        (true, false) => Since::Beginning,
        (true, true) => Since::Now,
        (false, false) => Since::Cursor(raw.cursor),
        (false, true) => {
            reading.note("from_now", "goes without `cursor`: name one of the two");
            Since::Now
        }
    };
    if raw.kinds.len() > MOST_KINDS {
        reading.note("kinds", format!("has {} kinds, at most {MOST_KINDS} are allowed", raw.kinds.len()));
    }
    for (index, kind) in raw.kinds.iter().enumerate().take(MOST_KINDS) {
        let name = kind.strip_suffix(".*").unwrap_or(kind);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '.');
        if name.is_empty() || name.len() > LONGEST_KIND || !name.chars().all(plain) {
            let words = "is no kind such as `shipment.purchased` or `shipment.*`";
            reading.note(format!("kinds[{index}]"), words);
        }
    }
    reading.finish(Some((from, Kinds::new(raw.kinds))))
}
