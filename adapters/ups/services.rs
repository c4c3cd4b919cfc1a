//! What UPS sells, from where to where.
//!
//! One code is another product by origin, so it stands here once for each. The
//! economy services to consumers abroad, freight, Mail Innovations and the
//! couriers in Poland are left out: see the README. Start with [`ALL`].

use parcelgate_kit::descriptor::ServiceLevel::{Expedited, Express, NextDay, Standard};
use parcelgate_kit::descriptor::{Area, Border, Clearance, Feature, Lane, Limits, Service, ServiceLevel};
use parcelgate_kit::model::IdKind;

const US: Area = Area::Countries(&["US", "PR"]);
const CANADA: Area = Area::Countries(&["CA"]);
/// Origins with names of their own are the US and Canada; the rest share names.
const ELSEWHERE: Area = Area::WorldExcept(&["US", "PR", "CA"]);
#[rustfmt::skip]
const EUROPE: Area = Area::Countries(&[
    "AT", "BE", "BG", "CH", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE", "IT",
    "LI", "LT", "LU", "LV", "MC", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "TR",
]);

const WITHIN_US: &[Lane] = &[Lane { from: US, to: US, border: Border::Any }];
const FROM_US: &[Lane] = &[Lane { from: US, to: Area::WorldExcept(&["US", "PR"]), border: Border::Crossed }];
const US_GROUND_ABROAD: &[Lane] =
    &[Lane { from: US, to: Area::Countries(&["CA", "MX"]), border: Border::Crossed }];
const WITHIN_CANADA: &[Lane] = &[Lane { from: CANADA, to: CANADA, border: Border::Domestic }];
const FROM_CANADA: &[Lane] = &[Lane { from: CANADA, to: Area::WORLD, border: Border::Crossed }];
const CANADA_TO_US: &[Lane] = &[Lane { from: CANADA, to: US, border: Border::Crossed }];
const CANADA_GROUND: &[Lane] =
    &[Lane { from: CANADA, to: Area::Countries(&["CA", "US", "PR", "MX"]), border: Border::Any }];
const FROM_ELSEWHERE: &[Lane] = &[Lane { from: ELSEWHERE, to: Area::WORLD, border: Border::Any }];
const ABROAD_FROM_ELSEWHERE: &[Lane] = &[Lane { from: ELSEWHERE, to: Area::WORLD, border: Border::Crossed }];
const GROUND_ELSEWHERE: &[Lane] = &[
    Lane { from: EUROPE, to: EUROPE, border: Border::Any },
    Lane { from: Area::Countries(&["MX"]), to: Area::Countries(&["MX", "US", "CA"]), border: Border::Any },
];
const WITHIN_GERMANY: &[Lane] = &[Lane::within(&["DE"])];

/// 150 pounds; 108 inches, 165 inches with the girth.
const POUNDS: Limits = Limits {
    max_weight_g: Some(68_038),
    max_length_mm: Some(2_743),
    max_length_girth_mm: Some(4_191),
    max_parcels: Some(200),
    ..Limits::NONE
};
/// 70 kilograms; 270 centimetres, 400 centimetres with the girth.
const KILOGRAMS: Limits = Limits {
    max_weight_g: Some(70_000),
    max_length_mm: Some(2_700),
    max_length_girth_mm: Some(4_000),
    max_parcels: Some(200),
    ..Limits::NONE
};

const USUAL: &[Feature] = &[Feature::Signature, Feature::AdultSignature, Feature::Insurance];
const SATURDAY: &[Feature] =
    &[Feature::Signature, Feature::AdultSignature, Feature::Insurance, Feature::SaturdayDelivery];

/// Vendor registrations go on the ship-from party, all others into the global
/// tax information.
const IDS: &[IdKind] = &[
    IdKind::Ioss,
    IdKind::Voec,
    IdKind::GbVat,
    IdKind::Vat,
    IdKind::Eori,
    IdKind::CheVat,
    IdKind::SgGst,
    IdKind::Arn,
    IdKind::Abn,
    IdKind::NzGst,
    IdKind::MyLvg,
    IdKind::JpCorporate,
    IdKind::KrBusiness,
    IdKind::Pccc,
    IdKind::CnId,
    IdKind::Gstin,
    IdKind::Pan,
    IdKind::Ein,
    IdKind::Bn15,
    IdKind::Rfc,
    IdKind::Curp,
    IdKind::BrTax,
    IdKind::TrId,
];

/// A service without a customs block.
const fn inland(
    code: &'static str,
    name: &'static str,
    level: ServiceLevel,
    lanes: &'static [Lane],
    transit_days: Option<(u16, u16)>,
) -> Service {
    Service {
        code,
        name,
        level,
        lanes,
        limits: POUNDS,
        features: USUAL,
        carries: &[],
        clearance: Clearance::EXPRESS,
        tracked: true,
        transit_days,
    }
}

/// A service over borders. Its transit days depend on the lane: UPS tells them
/// with the price.
const fn abroad(
    code: &'static str,
    name: &'static str,
    level: ServiceLevel,
    lanes: &'static [Lane],
) -> Service {
    Service { carries: IDS, ..inland(code, name, level, lanes, None) }
}

const fn metric(service: Service) -> Service {
    Service { limits: KILOGRAMS, ..service }
}

const fn saturday(service: Service) -> Service {
    Service { features: SATURDAY, ..service }
}

/// Every service, by origin.
pub(crate) const ALL: &[Service] = &[
    saturday(inland("14", "UPS Next Day Air Early", NextDay, WITHIN_US, Some((1, 1)))),
    saturday(inland("01", "UPS Next Day Air", NextDay, WITHIN_US, Some((1, 1)))),
    inland("13", "UPS Next Day Air Saver", NextDay, WITHIN_US, Some((1, 1))),
    inland("59", "UPS 2nd Day Air A.M.", Express, WITHIN_US, Some((2, 2))),
    saturday(inland("02", "UPS 2nd Day Air", Express, WITHIN_US, Some((2, 2)))),
    inland("12", "UPS 3 Day Select", Expedited, WITHIN_US, Some((3, 3))),
    inland("03", "UPS Ground", Standard, WITHIN_US, Some((1, 5))),
    saturday(abroad("54", "UPS Worldwide Express Plus", Express, FROM_US)),
    saturday(abroad("07", "UPS Worldwide Express", Express, FROM_US)),
    abroad("65", "UPS Worldwide Saver", Express, FROM_US),
    abroad("08", "UPS Worldwide Expedited", Expedited, FROM_US),
    abroad("11", "UPS Standard", Standard, US_GROUND_ABROAD),
    saturday(inland("14", "UPS Express Early", NextDay, WITHIN_CANADA, Some((1, 2)))),
    saturday(inland("01", "UPS Express", NextDay, WITHIN_CANADA, Some((1, 2)))),
    inland("13", "UPS Express Saver", NextDay, WITHIN_CANADA, Some((1, 2))),
    inland("02", "UPS Expedited", Expedited, WITHIN_CANADA, None),
    abroad("12", "UPS 3 Day Select from Canada", Expedited, CANADA_TO_US),
    saturday(abroad("54", "UPS Worldwide Express Plus from Canada", Express, FROM_CANADA)),
    saturday(abroad("07", "UPS Worldwide Express from Canada", Express, FROM_CANADA)),
    abroad("65", "UPS Express Saver international", Express, FROM_CANADA),
    abroad("08", "UPS Worldwide Expedited from Canada", Expedited, FROM_CANADA),
    abroad("11", "UPS Standard from Canada", Standard, CANADA_GROUND),
    metric(saturday(abroad("54", "UPS Express Plus", Express, FROM_ELSEWHERE))),
    metric(inland("74", "UPS Express 12:00", NextDay, WITHIN_GERMANY, Some((1, 1)))),
    metric(saturday(abroad("07", "UPS Express", Express, FROM_ELSEWHERE))),
    metric(abroad("65", "UPS Express Saver", Express, FROM_ELSEWHERE)),
    metric(abroad("08", "UPS Expedited", Expedited, ABROAD_FROM_ELSEWHERE)),
    metric(abroad("11", "UPS Standard in Europe", Standard, GROUND_ELSEWHERE)),
];

#[cfg(test)]
mod tests {
    use super::*;
    use parcelgate_kit::model::CountryCode;

    #[test]
    fn one_code_has_one_name_on_each_lane() {
        let country = |code| CountryCode::parse(code).unwrap();
        let lanes = ["US", "CA", "DE", "GB", "CN", "MX", "PR", "PL", "FR"];
        for from in lanes {
            for to in lanes {
                let mut codes: Vec<_> = ALL
                    .iter()
                    .filter(|service| service.serves(country(from), country(to)))
                    .map(|service| service.code)
                    .collect();
                codes.sort_unstable();
                let count = codes.len();
                codes.dedup();
                assert_eq!(count, codes.len(), "{from} to {to}");
            }
        }
    }

    #[test]
    fn names_follow_the_origin() {
        let name = |code, from, to| {
            let (from, to) = (CountryCode::parse(from).unwrap(), CountryCode::parse(to).unwrap());
            ALL.iter().find(|s| s.code == code && s.serves(from, to)).map(|s| s.name)
        };
        assert_eq!(name("01", "US", "US"), Some("UPS Next Day Air"));
        assert_eq!(name("01", "CA", "CA"), Some("UPS Express"));
        assert_eq!(name("01", "DE", "DE"), None);
        assert_eq!(name("11", "GB", "FR"), Some("UPS Standard in Europe"));
        assert_eq!(name("03", "US", "CA"), None);
    }
}
