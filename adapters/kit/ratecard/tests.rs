//! Tests of reading, checking and pricing rate cards.

use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use super::*;
use crate::model::{
    ChargeKind, Confirmation, Dimensions, Length, LengthUnit, Money, Parcel, Party, PartyParts, RegionalIds,
    Requirements, Weight, WeightUnit,
};

const CARD: &str = r#"
currency = "EUR"
valid_from = 2026-01-01
valid_until = "2026-12-31"
tax_percent = 19

[[zones]]
name = "home"
origins = ["DE"]
destinations = ["DE"]

[[zones]]
name = "islands"
origins = ["DE"]
destinations = [{ country = "DE", postcodes = ["26548", "2749"] }]

[[zones]]
name = "near"
origins = ["DE"]
destinations = ["AT", "FR"]

[[services]]
code = "PARCEL"
rates = [
  { zone = "home", steps = [{ up_to_kg = 2, price = "4.10" }, { up_to_kg = "31.5", price = "8.90" }] },
  { zone = "islands", steps = [{ up_to_kg = 5, price = 15 }], per_kg_above = "1.20", max_kg = 20 },
  { zone = "near", steps = [{ up_to_kg = 5, price = "17.49" }] },
]

[[services]]
code = "LETTER"
rates = [{ zone = "home", steps = [{ up_to_kg = 1, price = 1 }] }]

[[surcharges]]
code = "FUEL"
name = "Energy"
when = "fuel"
percent = "1.25"
services = ["PARCEL"]

[[surcharges]]
code = "BULKY"
name = "Bulky goods"
when = "dimension"
longest_side_over_cm = 120
length_and_girth_over_cm = 300
fixed = "22.50"

[[surcharges]]
code = "SIG"
name = "Signature"
when = "signature"
fixed = "0.50"

[[surcharges]]
code = "AT"
name = "Alpine"
when = "zone"
zones = ["near"]
fixed = 2
"#;

fn party(country: &str, postcode: &str) -> Party {
    let lines = vec!["Heidestraße 17"];
    let parts = PartyParts { name: "E", city: "X", lines, postcode, country, ..PartyParts::default() };
    Party::parse("to", &parts).unwrap()
}

fn parcel(kg: &str) -> Parcel {
    Parcel {
        weight: Weight::new(kg.parse().unwrap(), WeightUnit::Kg).unwrap(),
        dimensions: None,
        carrier_packaging: None,
        insured_value: None,
        reference: None,
    }
}

fn shipment(country: &str, postcode: &str, weights: &[&str]) -> Shipment {
    Shipment {
        ship_from: party("DE", "10115"),
        ship_to: party(country, postcode),
        parcels: weights.iter().map(|kg| parcel(kg)).collect(),
        items: Vec::new(),
        ship_at: "2026-06-01T10:00[Europe/Berlin]".parse().unwrap(),
        customs: None,
        regional_ids: RegionalIds::default(),
        requirements: Requirements::default(),
    }
}

fn card() -> RateCard {
    RateCard::parse(CARD).unwrap()
}

fn amounts(charges: &[Charge]) -> Vec<String> {
    charges.iter().map(|charge| charge.amount.plain()).collect()
}

fn price_on(day: Date, service: &str, shipment: &Shipment) -> Result<Vec<String>, Refusal> {
    card().price(service, shipment, day).map(|charges| amounts(&charges))
}

const DAY: Date = date(2026, 6, 1);

#[test]
fn each_parcel_pays_its_step_and_its_surcharges() {
    let one = card().price("PARCEL", &shipment("DE", "50667", &["2"]), DAY).unwrap();
    assert_eq!(amounts(&one), ["4.10", "0.05", "0.79"]);
    assert_eq!(one[1].kind, ChargeKind::Fuel);
    assert_eq!(one[1].code.as_deref(), Some("FUEL"));
    assert_eq!(one[2].kind, ChargeKind::Tax);
    let two = card().price("PARCEL", &shipment("DE", "50667", &["2", "2.000001"]), DAY).unwrap();
    assert_eq!(amounts(&two), ["4.10", "0.05", "8.90", "0.11", "2.50"]);
    assert_eq!(two[2].name, "carriage, parcel 2 of 2");
    let letter = price_on(DAY, "LETTER", &shipment("DE", "50667", &["0.5"]));
    assert_eq!(letter.unwrap(), ["1.00", "0.19"]);
}

#[test]
fn the_longest_prefix_takes_the_postcode() {
    let net = |to: &str, kg| price_on(DAY, "PARCEL", &shipment("DE", to, &[kg])).map(|all| all[0].clone());
    assert_eq!(net("26548", "5").unwrap(), "15.00");
    assert_eq!(net("27498", "5").unwrap(), "15.00");
    assert_eq!(net("26549", "5").unwrap(), "8.90");
    assert_eq!(net("26548", "5.1").unwrap(), "16.20");
    assert_eq!(net("26548", "7").unwrap(), "17.40");
    assert_eq!(net("26548", "20.5").unwrap_err().limit.as_deref(), Some("20 kg"));
}

#[test]
fn surcharges_are_due_when_they_say() {
    let side = |cm: i64| Length::new(Decimal::from(cm), LengthUnit::Cm).unwrap();
    let mut asked = shipment("AT", "1010", &["1"]);
    assert_eq!(price_on(DAY, "PARCEL", &asked).unwrap()[2], "2.00");
    asked.requirements.confirmation = Confirmation::AdultSignature;
    asked.parcels[0].dimensions = Some(Dimensions::new(side(120), side(45), side(45)));
    assert_eq!(price_on(DAY, "PARCEL", &asked).unwrap(), ["17.49", "0.22", "0.50", "2.00", "3.84"]);
    for sides in [[121, 1, 1], [120, 46, 45]] {
        let [a, b, c] = sides.map(side);
        asked.parcels[0].dimensions = Some(Dimensions::new(a, b, c));
        assert_eq!(price_on(DAY, "PARCEL", &asked).unwrap()[2], "22.50", "{sides:?}");
    }
    let text = CARD.replace("\"signature\"", "\"residential\"").replace("\"dimension\"", "\"saturday\"");
    let text = text.replace("longest_side_over_cm = 120", "").replace("length_and_girth_over_cm = 300", "");
    let card = RateCard::parse(&text).unwrap();
    let mut asked = shipment("DE", "50667", &["1"]);
    assert_eq!(card.price("LETTER", &asked, DAY).unwrap().len(), 2);
    asked.requirements.saturday_delivery = true;
    asked.ship_to.residential = Some(true);
    assert_eq!(amounts(&card.price("LETTER", &asked, DAY).unwrap()), ["1.00", "22.50", "0.50", "4.56"]);
}

#[test]
fn refusals_say_what_was_seen_and_the_limit() {
    let said = |refusal: Refusal| {
        let [observed, limit] = [refusal.observed, refusal.limit].map(Option::unwrap_or_default);
        (refusal.code, observed, limit)
    };
    let home = shipment("DE", "50667", &["1", "31.6"]);
    let spain = shipment("ES", "28001", &["1"]);
    for (day, service, asked, code, observed, limit) in [
        (DAY, "PARCEL", &home, "OVER_RATE_WEIGHT", "31.6 kg", "31.5 kg"),
        (DAY, "PARCEL", &spain, "NO_RATE_FOR_ZONE", "DE to ES", "home, islands, near"),
        (DAY, "EXPRESS", &home, "NO_RATE_FOR_SERVICE", "EXPRESS", "PARCEL, LETTER"),
        (date(2027, 1, 1), "PARCEL", &home, "RATE_CARD_EXPIRED", "2027-01-01", "2026-12-31"),
        (date(2025, 12, 31), "PARCEL", &home, "RATE_CARD_NOT_YET_VALID", "2025-12-31", "2026-01-01"),
    ] {
        let told = said(price_on(day, service, asked).unwrap_err());
        assert_eq!(told, (code.to_owned(), observed.to_owned(), limit.to_owned()));
    }
    let none = price_on(DAY, "PARCEL", &shipment("DE", "50667", &[])).unwrap_err();
    assert_eq!(none.code, "NO_PARCELS");
    for edge in [date(2026, 1, 1), date(2026, 12, 31)] {
        assert!(price_on(edge, "PARCEL", &shipment("DE", "50667", &["1"])).is_ok());
    }
}

#[test]
fn every_problem_is_told_with_its_path() {
    let text = r#"{"currency":"EURO","valid_from":"2026-12-31","valid_until":"2026-01-01","tax_percent":-1,
        "zones":[{"name":"a","origins":["UK"],"destinations":["XX",{"country":"DE","postcodes":[]}]},
                 {"name":"a","destinations":[]}, {"name":"b","destinations":["FR","DE"]},
                 {"name":"c","destinations":["DE"]}],
        "services":[{"code":"S","rates":[
            {"zone":"b","steps":[{"up_to_kg":2,"price":"1"},{"up_to_kg":2,"price":4.5},{"up_to_kg":1,"price":"-2"},
                                 {"up_to_kg":"1,5","price":"1"},{"up_to_kg":"1.5","price":"2"}]},
            {"zone":"c","steps":[{"up_to_kg":0}],"max_kg":"x"},
            {"zone":"d","steps":[]}]},
            {"code":"S","rates":[]}],
        "surcharges":[{"code":"x","name":"","when":"zone","fixed":"1","percent":"1"},
                      {"code":"y","name":"y","when":"never","fixed":"1","services":["T"]},
                      {"code":"z","name":"z","when":"dimension","percent":"2000"}]}"#;
    let bad = RateCard::parse(text).unwrap_err();
    let paths: Vec<&str> = bad.iter().map(|invalid| invalid.field.as_str()).collect();
    for path in [
        "currency",
        "valid_until",
        "tax_percent",
        "zones[0].origins[0]",
        "zones[0].destinations[0].country",
        "zones[0].destinations[1].postcodes",
        "zones[1].destinations",
        "zones[1].name",
        "services[0].rates[0].steps[1].price",
        "services[0].rates[0].steps[2].price",
        "services[0].rates[0].steps[3].up_to_kg",
        "services[0].rates[0].steps[4].up_to_kg",
        "services[0].rates[1].zone",
        "services[0].rates[1].steps[0].up_to_kg",
        "services[0].rates[1].steps[0].price",
        "services[0].rates[1].max_kg",
        "services[0].rates[2].zone",
        "services[0].rates[2].steps",
        "services[1].code",
        "services[1].rates",
        "surcharges[0].name",
        "surcharges[0].zones",
        "surcharges[0]",
        "surcharges[1].when",
        "surcharges[1].services[0]",
        "surcharges[2]",
        "surcharges[2].percent",
    ] {
        assert!(paths.contains(&path), "{path} in {bad:#?}");
    }
    assert_eq!(paths.len(), 27, "{bad:#?}");
}

#[test]
fn what_is_no_card_is_told_with_its_place() {
    for (text, field) in [
        ("currency = ", "rate card"),
        ("{\"currency\":", "currency"),
        ("zones = 3", "zones"),
        ("[[zones]]\nnam = \"x\"", "zones[0].nam"),
        ("{\"zones\":[{\"origins\":[3]}]}", "zones[0].origins[0]"),
        ("[[cards]]\ncurrencies = 3", "cards[0].currencies"),
    ] {
        let bad = RateCards::parse(text).unwrap_err();
        assert_eq!(bad.len(), 1, "{bad:?}");
        assert_eq!(bad[0].field, field, "{bad:?}");
    }
}

#[test]
fn cards_follow_one_another_and_never_overlap() {
    let base = card();
    let next = RateCard { valid_from: date(2027, 2, 1), valid_until: date(2027, 12, 31), ..base.clone() };
    let cards = RateCards::new(vec![next.clone(), base.clone()]).unwrap();
    let asked = shipment("DE", "50667", &["1"]);
    let code = |day| cards.price("PARCEL", &asked, day).map(|_| ()).map_err(|refusal| refusal.code);
    assert_eq!(code(DAY), Ok(()));
    assert_eq!(code(date(2027, 3, 1)), Ok(()));
    assert_eq!(code(date(2027, 1, 15)), Err("RATE_CARD_EXPIRED".to_owned()));
    assert_eq!(code(date(2028, 1, 1)), Err("RATE_CARD_EXPIRED".to_owned()));
    assert_eq!(code(date(2025, 1, 1)), Err("RATE_CARD_NOT_YET_VALID".to_owned()));
    assert_eq!(cards.price("NONE", &asked, DAY).unwrap_err().code, "NO_RATE_FOR_SERVICE");
    let overlapping = RateCard { valid_from: date(2026, 12, 31), ..next };
    assert_eq!(RateCards::new(vec![base, overlapping]).unwrap_err()[0].field, "cards[1].valid_from");
    assert!(RateCards::new(Vec::new()).is_err());
}

#[test]
fn a_text_holds_one_card_or_several() {
    assert_eq!(RateCards::parse(CARD).unwrap().services().len(), 2);
    let body = r#""currency":"EUR","zones":[{"name":"z","destinations":["DE"]}],
        "services":[{"code":"S","rates":[{"zone":"z","steps":[{"up_to_kg":1,"price":1}]}]}]"#;
    let several = |first: &str, second: &str| {
        RateCards::parse(&format!(
            r#"{{"cards":[{{"valid_from":"2026-01-01","valid_until":"{first}",{body}}},
                {{"valid_from":"{second}","valid_until":"2027-01-01",{body}}}]}}"#
        ))
    };
    assert!(several("2026-06-30", "2026-07-01").is_ok());
    assert_eq!(several("2026-06-30", "2026-06-30").unwrap_err()[0].field, "cards[1].valid_from");
    assert_eq!(several("2026-06-30", "July").unwrap_err()[0].field, "cards[1].valid_from");
}

#[test]
fn currencies_without_decimals_are_rounded_to_units() {
    let text = CARD.replace("\"EUR\"", "\"JPY\"").replace("\"4.10\"", "\"410.5\"");
    let charges =
        RateCard::parse(&text).unwrap().price("PARCEL", &shipment("DE", "50667", &["1"]), DAY).unwrap();
    assert_eq!(amounts(&charges), ["411", "5", "79"]);
}

proptest! {
    #[test]
    fn charges_are_rounded_half_up_and_add_up(
        prices in prop::collection::vec((1u32..1_000_000, 0u32..5), 1..6),
        fuel in 0u32..100_000,
        tax in 0u32..30_000,
        parcels in prop::collection::vec(1u32..6_000_000, 1..5),
    ) {
        let steps: Vec<String> = prices
            .iter()
            .enumerate()
            .map(|(kg, (price, scale))| {
                format!("{{ up_to_kg = {}, price = \"{}\" }}", kg + 1, Decimal::new(i64::from(*price), *scale))
            })
            .collect();
        let text = format!(
            "currency = \"EUR\"\nvalid_from = 2026-01-01\nvalid_until = 2026-12-31\ntax_percent = \"{}\"
            zones = [{{ name = \"z\", destinations = [\"DE\"] }}]
            services = [{{ code = \"S\", rates = [{{ zone = \"z\", steps = [{}], per_kg_above = \"0.335\" }}] }}]
            surcharges = [{{ code = \"F\", name = \"Fuel\", when = \"fuel\", percent = \"{}\" }}]",
            Decimal::new(i64::from(tax), 3), steps.join(","), Decimal::new(i64::from(fuel), 3),
        );
        let weights: Vec<String> =
            parcels.iter().map(|mg| Decimal::new(i64::from(*mg), 6).to_string()).collect();
        let weights: Vec<&str> = weights.iter().map(String::as_str).collect();
        let charges = RateCard::parse(&text).unwrap().price("S", &shipment("DE", "50667", &weights), DAY).unwrap();
        prop_assert_eq!(charges.len(), 2 * parcels.len() + 1);

        let round = |amount: Decimal| amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        let mut net = Decimal::ZERO;
        for (mg, pair) in parcels.iter().zip(charges.chunks(2)) {
            let kilos = usize::try_from(mg.div_ceil(1_000_000)).unwrap();
            let (price, scale) = prices.get(kilos - 1).or(prices.last()).copied().unwrap();
            let above = Decimal::from(kilos.saturating_sub(prices.len())) * Decimal::new(335, 3);
            let base = round(Decimal::new(i64::from(price), scale) + above);
            prop_assert_eq!(pair[0].amount.amount(), base.normalize());
            let extra = round(base * Decimal::new(i64::from(fuel), 5));
            prop_assert_eq!(pair[1].amount.amount(), extra.normalize());
            net += base + extra;
        }
        let last = charges.last().unwrap().amount.amount();
        prop_assert_eq!(last, round(net * Decimal::new(i64::from(tax), 5)).normalize());
        let total = Money::sum(charges.iter().map(|charge| charge.amount)).unwrap().unwrap();
        prop_assert_eq!(total.amount(), net + last);
        prop_assert!(charges.iter().all(|charge| charge.amount.amount().scale() <= 2));
    }

    #[test]
    fn no_text_makes_it_panic(at in 0usize..1600, byte in 32u8..127) {
        let mut text = CARD.as_bytes().to_vec();
        if let Some(place) = text.get_mut(at) {
            *place = byte;
        }
        if let Ok(cards) = RateCards::parse(&String::from_utf8_lossy(&text)) {
            let _ = cards.price("PARCEL", &shipment("DE", "26548", &["7"]), DAY);
        }
    }
}
