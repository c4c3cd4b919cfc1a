//! What Chronopost sells from France and Monaco.
//!
//! Products to relay points, by appointment, on the same day and for returns
//! are left out: see the README. Start with [`ALL`].

use parcelgate_kit::descriptor::{Area, Border, Clearance, Lane, Limits, Service, ServiceLevel};
use parcelgate_kit::model::{CountryCode, IdKind};

/// Countries that Chronopost collects in. Overseas departments are not.
pub(crate) const ORIGINS: &[&str] = &["FR", "MC"];
/// The member states without France.
#[rustfmt::skip]
const REST_OF_EU: Area = Area::Countries(&[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
]);
const FRANCE: &[Lane] = &[Lane::within(&["FR"])];
const FRANCE_AND_MONACO: &[Lane] =
    &[Lane { from: Area::Countries(ORIGINS), to: Area::Countries(ORIGINS), border: Border::Any }];
const TO_EU: &[Lane] = &[Lane::abroad(ORIGINS, REST_OF_EU)];
const TO_WORLD: &[Lane] = &[Lane::abroad(ORIGINS, Area::WorldExcept(ORIGINS))];

/// Heaviest parcel of every product here, 30 kilograms.
const HEAVIEST: Limits = Limits::weight_g(30_000);
/// VAT numbers, whoever's country issued them: they share one place.
pub(crate) const VAT: &[IdKind] = &[IdKind::Vat, IdKind::GbVat, IdKind::CheVat];
/// The customs data has places for an EORI and a VAT number, and none for an IOSS or a VOEC number.
const IDS: &[IdKind] = &[IdKind::Eori, IdKind::Vat, IdKind::GbVat, IdKind::CheVat];

const fn inland(code: &'static str, name: &'static str, lanes: &'static [Lane]) -> Service {
    Service {
        code,
        name,
        level: ServiceLevel::NextDay,
        lanes,
        limits: HEAVIEST,
        features: &[],
        carries: &[],
        clearance: Clearance::EXPRESS,
        tracked: true,
        transit_days: Some((1, 1)),
    }
}

const fn abroad(
    code: &'static str,
    name: &'static str,
    level: ServiceLevel,
    lanes: &'static [Lane],
) -> Service {
    Service { level, carries: IDS, transit_days: None, ..inland(code, name, lanes) }
}

/// Every service, by the two characters that shipping takes.
pub(crate) const ALL: &[Service] = &[
    inland("02", "Chrono 10", FRANCE),
    inland("01", "Chrono 13", FRANCE_AND_MONACO),
    inland("16", "Chrono 18", FRANCE),
    abroad("17", "Chrono Express", ServiceLevel::Express, TO_WORLD),
    abroad("44", "Chrono Classic", ServiceLevel::Standard, TO_EU),
];

/// The hour by which `code` delivers on the next business day; `None` abroad.
pub(crate) fn delivers_by(code: &str) -> Option<i8> {
    match code {
        "02" => Some(10),
        "01" => Some(13),
        "16" => Some(18),
        _ => None,
    }
}

/// A product code as shipping writes it: rating leaves leading zeros out.
pub(crate) fn padded(code: &str) -> String {
    format!("{:0>2}", code.trim())
}

/// A country as Chronopost writes it: Monaco counts as France, and two
/// territories have codes of its own.
pub(crate) fn country(code: CountryCode) -> &'static str {
    match code.as_str() {
        "MC" => "FR",
        "MF" => "PM",
        "YT" => "YO",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_one_digit_get_their_zero() {
        assert_eq!(["1", "0", "16", "4P", " 2 "].map(padded), ["01", "00", "16", "4P", "02"]);
    }

    #[test]
    fn classic_ends_at_the_border_of_the_union() {
        let code = |country| CountryCode::parse(country).unwrap();
        let sold = |service: &str, to| {
            ALL.iter().any(|known| known.code == service && known.serves(code("FR"), code(to)))
        };
        assert!(sold("44", "DE") && !sold("44", "CH") && !sold("44", "FR"));
        assert!(sold("17", "CH") && sold("17", "RE") && !sold("17", "MC") && sold("01", "MC"));
        for country in CountryCode::all().filter(CountryCode::is_eu_member) {
            assert_eq!(sold("44", country.as_str()), country.as_str() != "FR", "{country}");
        }
    }
}
