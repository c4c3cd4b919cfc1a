//! The tables are whole, and what is told of a number is what they say.

use parcelgate_kit::model::{CountryCode, TrackingNumber};
use proptest::prelude::*;

use super::approved::{Approved, ApprovedQuery};
use super::formats::FormatTable;
use super::*;

fn catalog() -> Catalog {
    Catalog::new(&[]).unwrap()
}

fn number(raw: &str) -> TrackingNumber {
    TrackingNumber::parse(raw).unwrap()
}

fn ids(catalog: &Catalog, raw: &str, country: Option<&str>) -> Vec<String> {
    catalog.identify(&number(raw), country).into_iter().map(|c| c.courier.id.clone()).collect()
}

fn codes(validation: &Validation<'_>) -> Vec<Code> {
    validation.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn every_form_takes_its_own_example_with_the_right_check_digit() {
    let catalog = catalog();
    let mut forms = 0;
    for courier in catalog.couriers() {
        for form in &courier.known {
            let at = format!("{}/{}: {}", courier.id, form.name, form.example);
            let read = form.read(number(&form.example).as_str()).unwrap_or_else(|| panic!("{at}"));
            assert_ne!(read.verdict, Verdict::Wrong, "{at}");
            forms += 1;
        }
    }
    assert!(forms > 90, "{forms}");
}

#[test]
fn no_carrier_is_in_two_tables() {
    let tables = super::catalog::TABLES.map(|(_, text)| toml::from_str::<FormatTable>(text).unwrap());
    let mut ids: Vec<_> = tables.iter().flat_map(|table| table.courier.iter().map(|row| &row.id)).collect();
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
}

#[test]
fn ids_of_forms_are_unique_and_countries_are_countries() {
    for courier in catalog().couriers() {
        let mut names: Vec<_> = courier.known.iter().map(|form| form.name.as_str()).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{}: {names:?}", courier.id);
        for country in &courier.countries {
            CountryCode::parse(country).unwrap();
        }
    }
}

#[test]
fn a_check_rule_that_is_reckoned_over_a_part_has_that_part() {
    // a part that is missing would leave the form without any match
    for (_, text) in super::catalog::TABLES {
        for (at, _) in text.match_indices("over = \"") {
            let part = text[at + 8..].split('"').next().unwrap();
            let pattern = text[..at].rsplit("pattern = '").next().unwrap();
            assert!(pattern.contains(&format!("(?<{part}>")), "{pattern}");
        }
    }
}

#[test]
fn an_ambiguous_number_stays_ambiguous() {
    let catalog = catalog();
    let japan = ids(&catalog, "490714955706", None);
    for slip in ["japan_post", "sagawa", "yamato"] {
        assert!(japan.iter().any(|id| id == slip), "{japan:?}");
    }
    let candidates = catalog.identify(&number("490714955706"), None);
    assert!(candidates.iter().all(|candidate| candidate.confidence < Confidence::High), "{candidates:?}");
    let both = ids(&catalog, "333349271648", None);
    assert!(both.contains(&"fedex".to_owned()) && both.contains(&"purolator".to_owned()), "{both:?}");
}

#[test]
fn a_country_brings_its_carriers_forward() {
    let catalog = catalog();
    let first = |country| ids(&catalog, "42249018991", country).into_iter().next().unwrap();
    assert_eq!(first(Some("IN")), "blue_dart");
    assert_eq!(first(Some("DE")), "gls");
}

#[test]
fn what_a_number_says_is_told() {
    let catalog = catalog();
    let post = &catalog.identify(&number("rm 7379 0627 3 in"), None)[0];
    assert_eq!((post.courier.name.as_str(), post.confidence), ("India Post", Confidence::High));
    assert_eq!(post.service.as_ref().unwrap().name, "Registered");
    assert!(post.parts.iter().any(|part| part.name == "issuer" && part.value == "IN"));

    let label = &catalog.identify(&number("008182709980000020045327276N"), None)[0];
    let part = |name: &str| label.parts.iter().find(|part| part.name == name).unwrap().value.clone();
    assert_eq!((part("service").as_str(), part("destination").as_str()), ("327", "276"));

    let routed = &catalog.identify(&number("420112139261290983497923666238"), None)[0];
    assert_eq!(routed.courier.id, "usps");
    assert_eq!(routed.service.as_ref().unwrap().name, "Parcel Select");
    assert!(routed.why.contains("check digit is right"), "{}", routed.why);
}

#[test]
fn letters_of_no_country_are_no_postal_number() {
    assert!(!catalog().identify(&number("RB123456785XX"), None).iter().any(|c| c.format == "s10"));
}

#[test]
fn each_finding_can_be_brought_about() {
    let catalog = catalog();
    let check = |raw: &'static str, id: &str| {
        let claim = Claim { number: raw, courier: catalog.courier(id), ..Claim::default() };
        validate(&catalog, &claim)
    };
    assert_eq!(codes(&check("  ", "usps")), [Code::NoTrackingId]);
    assert_eq!(codes(&check("9400包裹", "usps")), [Code::BadCharacters]);
    assert_eq!(codes(&check("123", "usps")), [Code::FormatMismatch]);
    assert_eq!(codes(&check("9400111201080805483017", "usps")), [Code::CheckDigit]);
    assert_eq!(
        codes(&check("9400111201080805483016", "dpd")),
        [Code::FormatMismatch, Code::CarrierServiceMismatch]
    );
    assert!(check("9400111201080805483016", "usps").is_valid());

    // hyphens are put aside, and told of
    let written = check("9400-1112-0108-0805-4830-16", "usps");
    assert!(written.is_valid() && codes(&written) == [Code::BadCharacters], "{written:?}");
    // a rule that real numbers break is no proof
    let doubtful = check("42249018927", "gls");
    assert!(doubtful.is_valid() && codes(&doubtful) == [Code::CheckDigit], "{doubtful:?}");

    let used = Claim {
        number: "9400111201080805483016",
        courier: catalog.courier("usps"),
        used_by: Some("s_1"),
        ..Claim::default()
    };
    assert_eq!(codes(&validate(&catalog, &used)), [Code::DuplicateId]);
}

#[test]
fn a_number_of_another_service_is_told_of() {
    let catalog = catalog();
    let spaced = catalog.couriers().find(|c| {
        c.known.iter().any(|form| form.read("1Z5R89390357567127").is_some_and(|read| read.service.is_some()))
    });
    let courier = spaced.unwrap();
    let with = |service: &'static str| {
        let claim = Claim {
            number: "1Z5R89390357567127",
            courier: Some(courier),
            service: Some(service),
            ..Claim::default()
        };
        codes(&validate(&catalog, &claim))
    };
    assert_eq!(with("03"), []);
    assert_eq!(with("01"), [Code::CarrierServiceMismatch]);
}

fn query(marketplace: &str, destination: Option<&str>, origin: Option<&str>, date: &str) -> ApprovedQuery {
    let country = |raw| CountryCode::parse(raw).unwrap();
    ApprovedQuery {
        marketplace: country(marketplace),
        destination: destination.map(country),
        origin: origin.map(country),
        date: date.parse().unwrap(),
    }
}

#[test]
fn a_marketplace_lists_its_carriers() {
    let approved = Approved::new().unwrap();
    let named =
        |query: &ApprovedQuery| approved.list(query).into_iter().map(|row| row.id).collect::<Vec<_>>();
    let germany = named(&query("DE", None, None, "2026-11-01"));
    assert!(germany.contains(&"hermes_de".to_owned()) && !germany.contains(&"yamato".to_owned()));
    assert!(germany.is_sorted(), "{germany:?}");
    // a carrier that stays in its country is not listed for parcels that leave it
    let kurier = "der_kurier".to_owned();
    assert!(named(&query("DE", Some("DE"), None, "2026-11-01")).contains(&kurier));
    assert!(!named(&query("DE", Some("FR"), None, "2026-11-01")).contains(&kurier));
    // parcels from a country with a list of its own go by that list
    let from_china = named(&query("DE", None, Some("CN"), "2026-11-01"));
    assert!(from_china.contains(&"yanwen".to_owned()) && !from_china.contains(&"hermes_de".to_owned()));
    assert_eq!(named(&query("ZW", None, None, "2026-11-01")), [""; 0]);
}

#[test]
fn being_listed_is_a_must_only_while_the_rule_holds() {
    let (catalog, approved) = (catalog(), Approved::new().unwrap());
    let unlisted = catalog.courier("canpar").unwrap();
    let at = |destination, origin, date| {
        let listing = Some(Listing { approved: &approved, query: query("DE", destination, origin, date) });
        let number = "D576002440000001428004";
        validate(&catalog, &Claim { number, courier: Some(unlisted), listing, ..Claim::default() })
    };
    let severity = |validation: &Validation<'_>| {
        assert_eq!(codes(validation), [Code::NotIntegrated]);
        validation.findings[0].severity
    };
    assert_eq!(severity(&at(None, None, "2025-01-14")), Severity::Error);
    assert_eq!(severity(&at(None, None, "2025-01-15")), Severity::Warning);
    assert_eq!(severity(&at(Some("DE"), Some("US"), "2026-06-30")), Severity::Warning);
    assert_eq!(severity(&at(Some("DE"), Some("US"), "2026-07-01")), Severity::Error);
}

#[test]
fn a_listed_carrier_that_was_typed_is_told_of() {
    let (catalog, approved) = (catalog(), Approved::new().unwrap());
    let typed = |name: &'static str| {
        let listing = Some(Listing { approved: &approved, query: query("IT", None, None, "2026-11-01") });
        let claim = Claim { number: "123456789012", typed_name: Some(name), listing, ..Claim::default() };
        validate(&catalog, &claim)
    };
    let listed = typed("bartolini");
    assert_eq!(codes(&listed), [Code::CarrierViaOther]);
    assert!(listed.findings[0].way_out.contains("BRT"), "{listed:?}");
    assert_eq!(codes(&typed("My Own Van")), [Code::NotIntegrated]);
}

/// Rules that promise to find any one changed digit, with a payload's form.
fn rules() -> Vec<(Rule, &'static str)> {
    vec![
        (Rule::Gs1, "[0-9]{17}"),
        (Rule::Luhn, "[0-9]{11}"),
        (Rule::Mod37, "[0-9]{14}"),
        (Rule::Complement { weights: vec![3, 1], add: 1 }, "[0-9]{10}"),
        (Rule::Complement { weights: vec![9, 3, 7], add: 0 }, "[0-9]{10}"),
    ]
}

fn changed(text: &str, place: usize, shift: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[place] = b'0' + (bytes[place] - b'0' + shift) % 10;
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #[test]
    fn one_changed_digit_is_found_where_that_is_promised(
        which in 0usize..5, digits in "[0-9]{20}", place in 0usize..10, shift in 1u8..10,
    ) {
        let (rule, form) = rules().swap_remove(which);
        let length: usize = form[6..].trim_end_matches('}').parse().unwrap();
        let whole = rule.complete(&digits[..length]).unwrap();
        prop_assert!(rule.fits(&whole));
        prop_assert!(!rule.fits(&changed(&whole, place, shift)), "{whole}");
    }

    #[test]
    fn modulo_7_finds_a_changed_digit_but_for_seven(digits in "[0-9]{11}", place in 0usize..11, shift in 1u8..10) {
        let whole = Rule::Mod7.complete(&digits).unwrap();
        let other = changed(&whole, place, shift);
        let (old, new) = (whole.as_bytes()[place], other.as_bytes()[place]);
        // digits that differ by seven are the same to it
        prop_assert_eq!(Rule::Mod7.fits(&other), old.abs_diff(new) == 7);
    }

    #[test]
    fn weights_modulo_11_find_a_changed_digit_but_for_ten(
        digits in "[0-9]{11}", place in 0usize..11, shift in 1u8..10,
    ) {
        let rule = Rule::Weighted { weights: vec![3, 1, 7] };
        let whole = rule.complete(&digits).unwrap();
        let other = changed(&whole, place, shift);
        // remainders 0 and 10 share the digit 0: only there it may be missed
        prop_assert!(!rule.fits(&other) || whole.ends_with('0'), "{whole} {other}");
    }

}

proptest! {
    // a case matches two texts against every form
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn nothing_panics_and_what_is_identified_is_valid(any in "\\PC{0,44}", shaped in "[0-9A-Z]{4,34}") {
        let catalog = CATALOG.with(Clone::clone);
        for raw in [any, shaped] {
            let Ok(number) = TrackingNumber::parse(&raw) else { continue };
            for candidate in catalog.identify(&number, None) {
                let claim = Claim { number: number.as_str(), courier: Some(candidate.courier), ..Claim::default() };
                let validation = validate(&catalog, &claim);
                prop_assert!(validation.is_valid(), "{raw}: {validation:?}");
                prop_assert_eq!(validation.read_as.unwrap().verdict, candidate.verdict);
            }
        }
    }
}

thread_local! {
    static CATALOG: std::rc::Rc<Catalog> = std::rc::Rc::new(catalog());
}
