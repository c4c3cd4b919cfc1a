//! What holds for every shipment, whatever its lane.

use jiff::civil::{Date, date};
use parcelgate_kit::model::{
    ContentType, CountryCode, Currency, HsCode, IdKind, IdRole, Identifier, Incoterm, Weight, WeightUnit,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;

fn rates() -> RateTable {
    let rates: Vec<(Currency, Decimal)> = [
        ("USD", 110),
        ("GBP", 86),
        ("CHF", 95),
        ("NOK", 1150),
        ("AUD", 165),
        ("NZD", 180),
        ("SGD", 145),
        ("MYR", 490),
        ("JPY", 16_000),
        ("CAD", 150),
        ("SAR", 412),
        ("AED", 404),
        ("INR", 9_500),
    ]
    .map(|(code, cents)| (Currency::parse(code).unwrap(), Decimal::new(cents, 2)))
    .to_vec();
    RateTable::fixed("a fixed table", date(2026, 9, 14), &rates)
}

fn ioss(role: IdRole, holder: Option<&str>) -> IdOnFile {
    IdOnFile {
        kind: IdKind::Ioss,
        value: Identifier::parse(if role == IdRole::Marketplace { "IM3729999902" } else { "IM2761234567" })
            .unwrap(),
        role,
        holder: holder.map(str::to_owned),
        issuer: None,
        valid_from: None,
        valid_to: None,
        excluded: false,
        demanded: false,
    }
}

fn query(destination: Place, value: Decimal) -> Query {
    Query {
        origin: Place::parse("CN", "518000").unwrap(),
        destination,
        dates: Dates { sale: date(2026, 9, 14), label: date(2026, 9, 14), import: date(2026, 9, 18) },
        content: ContentType::Merchandise,
        content_explained: false,
        return_referenced: false,
        goods: vec![GoodsLine {
            description: "cotton T-shirt".to_owned(),
            quantity: 1,
            unit_value: value,
            hs_code: Some(HsCode::parse("610910").unwrap()),
            origin: Some(CountryCode::parse("CN").unwrap()),
            weighed: true,
            merchant_id: true,
            manufacturer_id: true,
            standard_id: StandardId::NoneExists,
            excise: false,
            restricted: false,
            food: false,
            preferential: false,
            sat_product: true,
            parcel: None,
        }],
        currency: SaleCurrency::InUse(Currency::EUR),
        shipping_charged: Decimal::ZERO,
        parcels: 1,
        gross_weight: None,
        buyer: Buyer { kind: BuyerKind::Consumer, contact: true, phone: true },
        seller: Seller::OwnStore,
        ids: vec![ioss(IdRole::Seller, None), ioss(IdRole::Marketplace, Some("Bazaar"))],
        linked: Vec::new(),
        under_customs: false,
        carrier: CarrierFacts::default(),
        incoterm: Incoterm::Ddp,
        sale_terms: SaleTerms::Parcel,
        policy: TaxPolicy::Auto,
    }
}

fn berlin(value: i64) -> Query {
    query(Place::parse("DE", "10115").unwrap(), Decimal::from(value))
}

#[test]
fn the_number_of_the_liable_party_is_sent_and_the_other_explained() {
    let mut query = berlin(50);
    query.seller = Seller::DeemedMarketplace { name: "Bazaar".to_owned(), remessa_conforme: false };
    let decision = decide(&query, &rates());
    let ids = decision.regional_ids();
    assert_eq!(ids.0.len(), 1);
    assert_eq!((ids.0[0].holder, ids.0[0].value.expose()), (IdRole::Marketplace, "IM3729999902"));
    let [left_out] = decision.not_attached.as_slice() else { panic!("{:?}", decision.not_attached) };
    assert_eq!((left_out.reason, left_out.role), (DropReason::OtherParty, IdRole::Seller));
    assert!(decision.rules.iter().any(|rule| rule.id == "eu.deemed_supplier"));
}

#[test]
fn an_identifier_never_shows_in_debug_or_in_the_explanation() {
    for value in [50, 500] {
        let decision = decide(&berlin(value), &rates());
        let shown = format!("{decision:?} {:?} {}", berlin(value), decision.explanation.join("\n"));
        for secret in ["2761234567", "3729999902"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}

#[test]
fn a_decision_reads_back_as_it_was_stored() {
    for query in [berlin(50), berlin(500), query(Place::parse("BW", "").unwrap(), Decimal::TEN)] {
        let decision = decide(&query, &rates());
        let stored = serde_json::to_string(&decision).unwrap();
        assert_eq!(serde_json::from_str::<Decision>(&stored).unwrap(), decision);
    }
}

#[test]
fn no_rate_refuses_and_guesses_nothing() {
    let mut query = berlin(50);
    query.currency = SaleCurrency::InUse(Currency::parse("TRY").unwrap());
    let decision = decide(&query, &rates());
    assert_eq!(decision.severity, Severity::Block);
    assert!(decision.codes.iter().any(|code| code.name() == "E_FX"));
    assert!(decision.attached.is_empty() && decision.scheme == Scheme::NONE);
}

#[test]
fn parcels_of_one_order_count_together() {
    let mut query = berlin(90);
    query.linked = vec![Linked { same_order: true, goods_value: Decimal::from(90) }];
    let decision = decide(&query, &rates());
    assert!(decision.attached.is_empty());
    assert!(decision.codes.iter().any(|code| code.name() == "W_SPLIT"), "{:?}", decision.codes);
    query.linked[0].same_order = false;
    assert_eq!(decide(&query, &rates()).attached.len(), 1);
}

#[test]
fn each_line_of_duty_is_named() {
    let decision = decide(&berlin(50), &rates());
    let [line] = decision.duty.as_slice() else { panic!("{:?}", decision.duty) };
    assert_eq!((line.hs6.as_str(), line.amount, line.currency), ("610910", Decimal::from(3), Currency::EUR));
}

fn any_date() -> impl Strategy<Value = Date> {
    (2019i16..2031, 1i8..13, 1i8..29).prop_map(|(year, month, day)| date(year, month, day))
}

fn any_place() -> impl Strategy<Value = Place> {
    let countries: Vec<CountryCode> = CountryCode::all().collect();
    let known = prop::sample::select(vec![
        ("DE", "10115"),
        ("ES", "35001"),
        ("ES", "51001"),
        ("FR", "97110"),
        ("GB", "BT1 5GS"),
        ("GB", "SW1A 1AA"),
        ("IT", "23041"),
        ("FI", "22100"),
        ("NO", "0150"),
        ("CH", "8001"),
        ("US", "10001"),
        ("CN", "518000"),
    ]);
    prop_oneof![
        known.prop_map(|(country, postcode)| Place::parse(country, postcode).unwrap()),
        (prop::sample::select(countries), "[A-Z0-9]{0,7}").prop_map(|(country, postcode)| Place::parse(
            country.as_str(),
            &postcode
        )
        .unwrap()),
    ]
}

prop_compose! {
    fn any_facts()(
        origin in any_place(),
        destination in any_place(),
        sale in any_date(),
        label in any_date(),
        import in any_date(),
        cents in prop_oneof![0i64..40_000, Just(i64::MAX), -5i64..5],
        quantity in prop_oneof![1u32..4, Just(u32::MAX)],
        code in "[1-4][0-9]{5}|8[0-9]{9}",
        description in "\\PC{0,20}",
        content in prop::sample::select(vec![
            ContentType::Merchandise, ContentType::Gift, ContentType::Sample, ContentType::Documents,
            ContentType::Return, ContentType::Other,
        ]),
        currency in prop::sample::select(vec!["EUR", "USD", "GBP", "JPY", "KWD"]),
        buyer in prop::sample::select(vec![BuyerKind::Consumer, BuyerKind::Business, BuyerKind::Unknown]),
        seller in 0u8..4,
        flags in any::<[bool; 8]>(),
    ) -> Query {
        let mut query = query(destination, Decimal::new(cents, 2));
        query.origin = origin;
        query.dates = Dates { sale, label, import };
        query.content = content;
        query.currency = SaleCurrency::InUse(Currency::parse(currency).unwrap());
        query.buyer.kind = buyer;
        query.seller = match seller {
            0 => Seller::OwnStore,
            1 => Seller::DeemedMarketplace { name: "Bazaar".to_owned(), remessa_conforme: false },
            2 => Seller::PrivatePerson,
            _ => Seller::Mixed,
        };
        let [excise, post, strict, dap, demanded, supervised, carries, explained] = flags;
        query.carrier.post = post;
        query.carrier.excise = carries;
        query.policy = if strict { TaxPolicy::Strict } else { TaxPolicy::Auto };
        query.incoterm = if dap { Incoterm::Dap } else { Incoterm::Ddp };
        query.under_customs = supervised;
        query.content_explained = explained;
        query.return_referenced = explained;
        query.ids[0].demanded = demanded;
        query.ids[1].valid_to = Some(date(2026, 9, 14));
        for line in &mut query.goods {
            line.quantity = quantity;
            line.hs_code = HsCode::parse(&code).ok();
            line.description.clone_from(&description);
            line.excise = excise;
        }
        query
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn ioss_is_sent_only_where_it_may(query in any_facts()) {
        let decision = decide(&query, &rates());
        let sent = decision.attached.iter().any(|id| id.kind == IdKind::Ioss);
        if sent {
            prop_assert!(decision.destination.in_eu_vat_area());
            prop_assert!(!decision.origin.in_eu_vat_area() || query.under_customs);
            let SaleCurrency::InUse(currency) = query.currency else { unreachable!() };
            let line = &query.goods[0];
            let value = line.unit_value * Decimal::from(line.quantity);
            let (euros, _) = rates().convert(value, currency, Currency::EUR, query.dates.sale).unwrap();
            prop_assert!(euros < Decimal::new(150_005, 3), "{euros}");
            prop_assert!(query.buyer.kind != BuyerKind::Business && !query.goods[0].excise);
            prop_assert!(query.content != ContentType::Return && query.seller != Seller::PrivatePerson);
        }
        // Every identifier is either sent or has its reason.
        prop_assert_eq!(decision.attached.len() + decision.not_attached.len(), query.ids.len());
        prop_assert!(decision.severity != Severity::Block || decision.regional_ids().get(parcelgate_kit::model::IdKind::Ioss).is_none());
    }

    #[test]
    fn the_same_facts_give_the_same_decision(query in any_facts()) {
        prop_assert_eq!(decide(&query, &rates()), decide(&query, &rates()));
    }
}

#[test]
fn every_line_of_duty_says_why_and_the_terms_are_in_the_decision() {
    let decision = decide(&berlin(50), &rates());
    assert!(!decision.duty.is_empty() && decision.duty.iter().all(|line| line.words.contains("EUR 3")));
    let terms = decision.terms.unwrap();
    assert!(terms.fit && terms.payer == DuePayer::Seller);
    let mut query = berlin(50);
    query.incoterm = Incoterm::Dap;
    assert!(!decide(&query, &rates()).terms.unwrap().fit);
    let inland = query_from_berlin();
    assert!(decide(&inland, &rates()).terms.is_none());
}

fn query_from_berlin() -> Query {
    Query { origin: Place::parse("DE", "10115").unwrap(), ..berlin(50) }
}

#[test]
fn terms_of_sea_freight_do_not_fit_a_parcel() {
    for (terms, business, fits) in [
        (SaleTerms::Sea, true, false),
        (SaleTerms::Business, true, true),
        (SaleTerms::Business, false, false),
        (SaleTerms::Parcel, false, true),
    ] {
        let mut query = query(Place::parse("GB", "SW1A 1AA").unwrap(), Decimal::from(50));
        query.sale_terms = terms;
        query.buyer.kind = if business { BuyerKind::Business } else { BuyerKind::Consumer };
        let decision = decide(&query, &rates());
        assert_eq!(decision.terms.unwrap().fit, fits, "{terms:?} {business}");
    }
}

#[test]
fn a_heavy_parcel_of_several_pieces_is_declared_into_northern_ireland() {
    for (kilograms, pieces, scheme) in
        [(31, 2, "NI_UKC"), (32, 2, "NI_FULL"), (32, 1, "NI_UKC"), (101, 1, "NI_FULL")]
    {
        let mut query = query(Place::parse("GB", "BT1 5GS").unwrap(), Decimal::from(50));
        query.origin = Place::parse("GB", "M1 1AE").unwrap();
        query.goods[0].quantity = pieces;
        query.gross_weight = Some(Weight::new(Decimal::from(kilograms), WeightUnit::Kg).unwrap());
        assert_eq!(decide(&query, &rates()).scheme.as_str(), scheme, "{kilograms} kg, {pieces} pieces");
    }
}
