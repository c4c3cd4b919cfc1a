//! The tables are whole, and what is told of a number is what they say.

use std::collections::BTreeMap;

use parcelgate_kit::model::{CountryCode, TrackingNumber};
use proptest::prelude::*;
use serde::Deserialize;

use super::approved::{Approved, ApprovedQuery};
use super::formats::FormatTable;
use super::*;

fn catalog() -> Catalog {
    Catalog::new(&[]).unwrap()
}

fn number(raw: &str) -> TrackingNumber {
    TrackingNumber::parse(raw).unwrap()
}

/// The carrier that a number is most likely of.
fn whose<'c>(catalog: &'c Catalog, raw: &str) -> &'c Courier {
    catalog.identify(&number(raw), None)[0].courier
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

/// A number of `data/cases.toml` and whose it may be.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    number: String,
    #[serde(default)]
    country: Option<String>,
    /// The likeliest.
    #[serde(default)]
    first: Option<String>,
    /// Among the candidates.
    #[serde(default)]
    among: Vec<String>,
    /// Not among them.
    #[serde(default)]
    never: Vec<String>,
    /// How sure the likeliest is.
    sure: Option<Confidence>,
    /// What the number says of the service.
    #[serde(default)]
    service: Option<String>,
    /// Parts of the likeliest reading.
    #[serde(default)]
    parts: BTreeMap<String, String>,
    why: String,
}

#[test]
fn numbers_are_told_as_the_cases_say() {
    #[derive(Deserialize)]
    struct Cases {
        case: Vec<Case>,
    }
    let catalog = catalog();
    let cases: Cases = toml::from_str(include_str!("data/cases.toml")).unwrap();
    for case in cases.case {
        let found = catalog.identify(&number(&case.number), case.country.as_deref());
        let ids: Vec<_> = found.iter().map(|candidate| candidate.courier.id.as_str()).collect();
        let at = format!("{} ({}): {ids:?}", case.number, case.why);
        for id in &case.among {
            assert!(ids.contains(&id.as_str()), "{id} is missing, {at}");
        }
        for id in &case.never {
            assert!(!ids.contains(&id.as_str()), "{id} is there, {at}");
        }
        let Some(likeliest) = found.first() else {
            assert!(case.first.is_none() && case.sure.is_none(), "{at}");
            continue;
        };
        assert!(case.first.is_none_or(|first| likeliest.courier.id == first), "{at}");
        assert!(case.sure.is_none_or(|sure| likeliest.confidence == sure), "{at}");
        if let Some(service) = &case.service {
            assert_eq!(&likeliest.service.as_ref().unwrap().name, service, "{at}");
        }
        for (name, value) in &case.parts {
            assert!(likeliest.parts.iter().any(|part| part.name == *name && part.value == *value), "{at}");
        }
    }
}

/// Of the American post, of the parcel network with a 28-digit label, and of one
/// whose check digit real numbers break.
const POST: &str = "9400111201080805483016";
const LABEL: &str = "008182709980000020045327276N";
const DOUBTFUL: &str = "42249018928";
/// Of a service that its two characters after the account name.
const SERVICE: &str = "1Z5R89390357567127";

#[test]
fn each_finding_can_be_brought_about() {
    let catalog = catalog();
    let check = |raw: &'static str, like: &str| {
        let courier = Some(whose(&catalog, like));
        validate(&catalog, &Claim { number: raw, courier, ..Claim::default() })
    };
    assert_eq!(codes(&check("  ", POST)), [Code::NoTrackingId]);
    assert_eq!(codes(&check("9400包裹", POST)), [Code::BadCharacters]);
    assert_eq!(codes(&check("123", POST)), [Code::FormatMismatch]);
    assert_eq!(codes(&check("9400111201080805483017", POST)), [Code::CheckDigit]);
    assert_eq!(codes(&check(POST, LABEL)), [Code::FormatMismatch, Code::CarrierServiceMismatch]);
    assert!(check(POST, POST).findings.is_empty());

    // hyphens are put aside, and told of
    let written = check("9400-1112-0108-0805-4830-16", POST);
    assert!(written.is_valid() && codes(&written) == [Code::BadCharacters], "{written:?}");

    let used = Claim {
        number: POST,
        courier: Some(whose(&catalog, POST)),
        used_by: Some("s_1"),
        ..Claim::default()
    };
    assert_eq!(codes(&validate(&catalog, &used)), [Code::DuplicateId]);
}

#[test]
fn a_rule_that_real_numbers_break_is_no_proof() {
    let catalog = catalog();
    let courier = catalog.identify(&number(DOUBTFUL), Some("DE"))[0].courier;
    let claim = Claim { number: "42249018927", courier: Some(courier), ..Claim::default() };
    let doubtful = validate(&catalog, &claim);
    assert!(doubtful.is_valid() && codes(&doubtful) == [Code::CheckDigit], "{doubtful:?}");
}

#[test]
fn a_number_of_another_service_is_told_of() {
    let catalog = catalog();
    let with = |service: &'static str| {
        let courier = Some(whose(&catalog, SERVICE));
        codes(&validate(
            &catalog,
            &Claim { number: SERVICE, courier, service: Some(service), ..Claim::default() },
        ))
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
        |query: &ApprovedQuery| approved.list(query).into_iter().map(|row| row.name).collect::<Vec<_>>();
    let has = |list: &[String], name: &str| list.iter().any(|known| known == name);
    let germany = named(&query("DE", None, None, "2026-11-01"));
    assert!(has(&germany, "Hermes") && !has(&germany, "Yamato"), "{germany:?}");
    // a carrier that stays in its country is not listed for parcels that leave it
    assert!(has(&named(&query("DE", Some("DE"), None, "2026-11-01")), "Der Kurier"));
    assert!(!has(&named(&query("DE", Some("FR"), None, "2026-11-01")), "Der Kurier"));
    // parcels from a country with a list of its own go by that list
    let from_china = named(&query("DE", None, Some("CN"), "2026-11-01"));
    assert!(has(&from_china, "Yanwen") && !has(&from_china, "Hermes"), "{from_china:?}");
    assert_eq!(named(&query("ZW", None, None, "2026-11-01")), [""; 0]);
}

#[test]
fn a_list_holds_from_its_first_day_to_the_day_before_its_end() {
    let table = r#"
        requirement = []
        [[list]]
        marketplaces = ["DE"]
        until = "2026-07-01"
        source = "a page"
        verified_on = "2026-01-01"
        confidence = "high"
        carriers = [{ id = "a", name = "A" }, { id = "b", name = "B", from = "2026-02-01" }]
        [[list]]
        marketplaces = ["DE"]
        source = "a rumour"
        verified_on = "2026-01-01"
        confidence = "low"
        carriers = [{ id = "a", name = "A too" }]
    "#;
    let approved: Approved = toml::from_str(table).unwrap();
    let on = |date| -> Vec<_> {
        approved.list(&query("DE", None, None, date)).into_iter().map(|row| (row.name, row.source)).collect()
    };
    let entry = |name: &str, source: &str| (name.to_owned(), source.to_owned());
    assert_eq!(on("2026-01-31"), [entry("A", "a page")]);
    assert_eq!(on("2026-02-01"), [entry("A", "a page"), entry("B", "a page")]);
    assert_eq!(on("2026-06-30").len(), 2);
    assert_eq!(on("2026-07-01"), [entry("A too", "a rumour")]);
}

#[test]
fn being_listed_is_a_must_only_while_the_rule_holds() {
    let (catalog, approved) = (catalog(), Approved::new().unwrap());
    let unlisted = whose(&catalog, "D576002440000001428004");
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
