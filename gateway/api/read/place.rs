//! Parties.

use parcelgate_kit::model::{Party, PartyParts};

use super::Reading;
use crate::api::proto::v1;

/// A party under `path`; missing is bad.
pub(super) fn party(reading: &mut Reading, path: &str, raw: Option<&v1::Party>) -> Option<Party> {
    let Some(raw) = raw else {
        reading.note(path, "is required");
        return None;
    };
    let parts = PartyParts {
        name: &raw.name,
        company: &raw.company,
        lines: raw.lines.iter().map(String::as_str).collect(),
        city: &raw.city,
        subdivision: &raw.subdivision,
        postcode: &raw.postcode,
        country: &raw.country,
        phone: &raw.phone,
        email: &raw.email,
        residential: raw.residential,
    };
    match Party::parse(path, &parts) {
        Ok(party) => Some(party),
        Err(bad) => {
            reading.bad.extend(bad);
            None
        }
    }
}
