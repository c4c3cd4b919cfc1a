//! The time zone of a place, as far as its address tells.

use jiff::tz::TimeZone;
use parcelgate_kit::model::{CountryCode, Party};

/// Zones by country, and by subdivision where a country has several. Source:
/// IANA time zone database 2026a, `zone1970.tab`; the most populous zone stands
/// for a subdivision that has more than one.
#[rustfmt::skip]
const ZONES: &[(&str, &str, &str)] = &[
    ("US", "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI", "America/Chicago"),
    ("US", "CO MT NM UT WY ID", "America/Denver"),
    ("US", "AZ", "America/Phoenix"),
    ("US", "CA NV OR WA", "America/Los_Angeles"),
    ("US", "AK", "America/Anchorage"),
    ("US", "HI", "Pacific/Honolulu"),
    ("US", "", "America/New_York"),
    ("PR", "", "America/Puerto_Rico"),
    ("CA", "BC YT", "America/Vancouver"),
    ("CA", "AB NT", "America/Edmonton"),
    ("CA", "SK", "America/Regina"),
    ("CA", "MB", "America/Winnipeg"),
    ("CA", "NB NS PE", "America/Halifax"),
    ("CA", "NL", "America/St_Johns"),
    ("CA", "", "America/Toronto"),
    ("MX", "BCN", "America/Tijuana"),
    ("MX", "SON", "America/Hermosillo"),
    ("MX", "ROO", "America/Cancun"),
    ("MX", "", "America/Mexico_City"),
    ("GB", "", "Europe/London"), ("IE", "", "Europe/Dublin"), ("PT", "", "Europe/Lisbon"),
    ("DE", "", "Europe/Berlin"), ("FR", "", "Europe/Paris"), ("MC", "", "Europe/Paris"),
    ("IT", "", "Europe/Rome"), ("ES", "", "Europe/Madrid"), ("NL", "", "Europe/Amsterdam"),
    ("BE", "", "Europe/Brussels"), ("LU", "", "Europe/Luxembourg"), ("AT", "", "Europe/Vienna"),
    ("CH", "", "Europe/Zurich"), ("LI", "", "Europe/Vaduz"), ("PL", "", "Europe/Warsaw"),
    ("CZ", "", "Europe/Prague"), ("SK", "", "Europe/Bratislava"), ("HU", "", "Europe/Budapest"),
    ("SI", "", "Europe/Ljubljana"), ("HR", "", "Europe/Zagreb"), ("DK", "", "Europe/Copenhagen"),
    ("SE", "", "Europe/Stockholm"), ("NO", "", "Europe/Oslo"), ("FI", "", "Europe/Helsinki"),
    ("EE", "", "Europe/Tallinn"), ("LV", "", "Europe/Riga"), ("LT", "", "Europe/Vilnius"),
    ("RO", "", "Europe/Bucharest"), ("BG", "", "Europe/Sofia"), ("GR", "", "Europe/Athens"),
    ("CY", "", "Asia/Nicosia"), ("MT", "", "Europe/Malta"), ("IS", "", "Atlantic/Reykjavik"),
    ("TR", "", "Europe/Istanbul"), ("UA", "", "Europe/Kyiv"), ("RS", "", "Europe/Belgrade"),
    ("CN", "", "Asia/Shanghai"), ("HK", "", "Asia/Hong_Kong"), ("MO", "", "Asia/Macau"),
    ("TW", "", "Asia/Taipei"), ("JP", "", "Asia/Tokyo"), ("KR", "", "Asia/Seoul"),
    ("SG", "", "Asia/Singapore"), ("MY", "", "Asia/Kuala_Lumpur"), ("TH", "", "Asia/Bangkok"),
    ("VN", "", "Asia/Ho_Chi_Minh"), ("PH", "", "Asia/Manila"), ("ID", "", "Asia/Jakarta"),
    ("IN", "", "Asia/Kolkata"), ("AE", "", "Asia/Dubai"), ("SA", "", "Asia/Riyadh"),
    ("IL", "", "Asia/Jerusalem"), ("ZA", "", "Africa/Johannesburg"),
    ("AU", "QLD", "Australia/Brisbane"), ("AU", "SA", "Australia/Adelaide"),
    ("AU", "WA", "Australia/Perth"), ("AU", "NT", "Australia/Darwin"), ("AU", "", "Australia/Sydney"),
    ("NZ", "", "Pacific/Auckland"), ("BR", "", "America/Sao_Paulo"), ("AR", "", "America/Argentina/Buenos_Aires"),
    ("CL", "", "America/Santiago"), ("CO", "", "America/Bogota"),
];

/// The zone of a party's address. Postcodes 35 and 38 of Spain are the
/// Canaries. A country that is not in the table is taken as UTC, which is what
/// its dates are told in then.
pub fn zone_of(party: &Party) -> TimeZone {
    let country = party.country.as_str();
    let postcode = party.postcode.as_ref().map(|postcode| postcode.as_str()).unwrap_or_default();
    if country == "ES" && (postcode.starts_with("35") || postcode.starts_with("38")) {
        return TimeZone::get("Atlantic/Canary").unwrap_or(TimeZone::UTC);
    }
    let subdivision = party.subdivision.as_ref().map(|subdivision| subdivision.as_str()).unwrap_or_default();
    ZONES
        .iter()
        .find(|(code, parts, _)| {
            *code == country && (parts.is_empty() || parts.split(' ').any(|part| part == subdivision))
        })
        .and_then(|(.., name)| TimeZone::get(name).ok())
        .unwrap_or(TimeZone::UTC)
}

/// Countries of the table that have more zones than stand there.
const MORE_ZONES: [&str; 8] = ["ES", "PT", "ID", "NZ", "BR", "CL", "UA", "CY"];

/// The name of the one zone of a country; none where it has several, or is not in the table.
pub fn only_zone_of(country: CountryCode) -> Option<&'static str> {
    let country = country.as_str();
    let mut of_it = ZONES.iter().filter(|(code, ..)| *code == country);
    let (_, _, name) = of_it.next()?;
    (of_it.next().is_none() && !MORE_ZONES.contains(&country)).then_some(*name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_of_the_table_exists() {
        for (country, _, name) in ZONES {
            assert!(TimeZone::get(name).is_ok(), "{country} {name}");
        }
    }

    #[test]
    fn the_whole_country_comes_after_its_parts() {
        for (index, (country, parts, _)) in ZONES.iter().enumerate() {
            let later_part = ZONES[index + 1..].iter().any(|(other, ..)| other == country);
            assert!(!(parts.is_empty() && later_part), "{country}");
        }
    }
}
