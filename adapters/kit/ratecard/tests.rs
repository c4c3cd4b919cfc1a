//! Rate cards: prices, refusals, and what a bad card is told.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::model::{Party, PartyParts, Requirements};

const CARD: &str = r#"{
  "currency": "EUR", "valid_from": "2026-01-01", "valid_until": "2026-12-31",
  "zones": [{"name": "DE", "countries": ["DE"]}, {"name": "world"}],
  "services": [
    {"service": "P", "zone": "DE", "steps": [{"up_to_kg": "2", "price": "5.19"}, {"up_to_kg": "5", "price": "6.99"}]},
    {"service": "P", "zone": "world", "steps": [{"up_to_kg": "1", "price": "20"}], "per_kg_above": "3.50"}
  ],
  "surcharges": [{"name": "Fuel", "kind": "FUEL", "percent": "2.5"}, {"name": "Saturday", "kind": "ACCESSORIAL", "amount": "3", "when": "saturday"}],
  "tax_percent": "19"
}"#;

fn shipment(to: &str, kilograms: &[&str]) -> Shipment {
    let party = |country: &str| {
        let postcode = if country == "DE" { "10115" } else { "75001" };
        let parts = PartyParts {
            name: "A",
            lines: vec!["Street 1"],
            city: "X",
            postcode,
            country,
            ..Default::default()
        };
        Party::parse("p", &parts).unwrap()
    };
    let parcel = |kg: &&str| crate::model::Parcel {
        weight: Weight::new(kg.parse().unwrap(), WeightUnit::Kg).unwrap(),
        dimensions: None,
        carrier_packaging: None,
        insured_value: None,
        reference: None,
    };
    Shipment {
        ship_from: party("DE"),
        ship_to: party(to),
        parcels: kilograms.iter().map(parcel).collect(),
        items: Vec::new(),
        ship_at: "2026-09-01T10:00[Europe/Berlin]".parse().unwrap(),
        customs: None,
        regional_ids: crate::model::RegionalIds::default(),
        requirements: Requirements::default(),
    }
}

fn amounts(charges: &[Charge]) -> Vec<String> {
    charges.iter().map(|charge| charge.amount.plain()).collect()
}

#[test]
fn a_price_is_made_of_step_surcharges_and_tax() {
    let cards = RateCards::parse(CARD).unwrap();
    let day = date(2026, 9, 1);
    let charges = cards.price("P", &shipment("DE", &["2", "2.001"]), day).unwrap();
    assert_eq!(amounts(&charges), ["12.18", "0.30", "2.37"]);
    let charges = cards.price("P", &shipment("FR", &["2.2"]), day).unwrap();
    assert_eq!(amounts(&charges), ["27.00", "0.68", "5.26"]);
}

#[test]
fn what_has_no_price_says_why() {
    let cards = RateCards::parse(CARD).unwrap();
    let code =
        |service: &str, kg: &str, day| cards.price(service, &shipment("DE", &[kg]), day).unwrap_err().code;
    assert_eq!(code("P", "5.1", date(2026, 9, 1)), "OVER_RATE_WEIGHT");
    assert_eq!(code("Q", "1", date(2026, 9, 1)), "NO_RATE_FOR_ZONE");
    assert_eq!(code("P", "1", date(2027, 1, 1)), "RATE_CARD_EXPIRED");
}

#[test]
fn every_problem_of_a_card_is_told() {
    let bad = CARD
        .replace("\"EUR\"", "\"EUX\"")
        .replace("\"5.19\"", "\"-1\"")
        .replace("\"up_to_kg\": \"5\"", "\"up_to_kg\": \"1\"")
        .replace("\"saturday\"", "\"sunday\"");
    let fields: Vec<_> = RateCards::parse(&bad).unwrap_err().into_iter().map(|bad| bad.field).collect();
    assert_eq!(
        fields,
        [
            "rate_card[0].currency",
            "rate_card[0].services[0].steps[0].price",
            "rate_card[0].services[0].steps[1].up_to_kg",
            "rate_card[0].surcharges[1].when"
        ]
    );
    assert!(
        RateCards::parse(&format!("[{CARD},{CARD}]")).unwrap_err()[0]
            .problem
            .to_string()
            .contains("overlaps")
    );
}

proptest! {
    #[test]
    fn charges_have_the_currencys_decimals(grams in 1u32..5000, parcels in 1usize..4) {
        let cards = RateCards::parse(CARD).unwrap();
        let kilograms = Decimal::new(i64::from(grams), 3).to_string();
        let charges = cards.price("P", &shipment("DE", &vec![kilograms.as_str(); parcels]), date(2026, 9, 1)).unwrap();
        for charge in &charges {
            prop_assert_eq!(charge.amount, charge.amount.to_minor());
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}") {
        let _ = RateCards::parse(&text);
    }
}
