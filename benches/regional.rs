//! What a regional decision costs, beside reading its own result back: the pure
//! function alone, with the rules and a year of exchange rates in memory.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::ToSpan;
use jiff::civil::date;
use parcelgate::regional::{
    Buyer, BuyerKind, CarrierFacts, Dates, GoodsLine, IdOnFile, Place, Query, RateTable, SaleCurrency,
    SaleTerms, Seller, StandardId, TaxPolicy, decide,
};
use parcelgate_kit::model::{
    ContentType, CountryCode, Currency, HsCode, IdKind, IdRole, Identifier, Incoterm,
};
use rust_decimal::Decimal;

/// A year of days with thirty currencies.
fn rates() -> RateTable {
    let mut table = RateTable::ecb();
    let currencies = ["USD", "GBP", "CHF", "NOK", "JPY", "CNY", "AUD", "CAD"];
    for day in 0..365 {
        let rates: BTreeMap<_, _> = currencies
            .iter()
            .map(|code| (Currency::parse(code).unwrap(), Decimal::new(11_000 + day, 4)))
            .collect();
        table.publish(date(2026, 1, 1).checked_add(day.days()).unwrap(), rates);
    }
    table
}

fn line(description: &str, code: &str) -> GoodsLine {
    GoodsLine {
        description: description.to_owned(),
        quantity: 2,
        unit_value: Decimal::new(1950, 2),
        hs_code: Some(HsCode::parse(code).unwrap()),
        origin: CountryCode::parse("CN").ok(),
        weighed: true,
        merchant_id: true,
        manufacturer_id: true,
        standard_id: StandardId::NoneExists,
        excise: false,
        restricted: false,
        food: false,
        preferential: false,
        sat_product: false,
        parcel: None,
    }
}

fn query(to: (&str, &str), currency: Currency, lines: usize) -> Query {
    let number = IdOnFile {
        kind: IdKind::Ioss,
        value: Identifier::parse("IM2761234567").unwrap(),
        role: IdRole::Seller,
        holder: None,
        issuer: None,
        valid_from: None,
        valid_to: None,
        excluded: false,
        demanded: false,
    };
    Query {
        origin: Place::parse("CN", "518000").unwrap(),
        destination: Place::parse(to.0, to.1).unwrap(),
        dates: Dates { sale: date(2026, 9, 14), label: date(2026, 9, 14), import: date(2026, 9, 18) },
        content: ContentType::Merchandise,
        content_explained: false,
        return_referenced: false,
        goods: (0..lines).map(|at| line(&format!("cotton shirt number {at}"), "610910")).collect(),
        currency: SaleCurrency::InUse(currency),
        shipping_charged: Decimal::ZERO,
        parcels: 1,
        gross_weight: None,
        buyer: Buyer { kind: BuyerKind::Consumer, contact: true, phone: true },
        seller: Seller::OwnStore,
        ids: vec![number],
        linked: Vec::new(),
        under_customs: false,
        carrier: CarrierFacts::default(),
        incoterm: Incoterm::Ddp,
        sale_terms: SaleTerms::default(),
        policy: TaxPolicy::Auto,
    }
}

fn regional(bench: &mut Criterion) {
    let rates = rates();
    let mut group = bench.benchmark_group("regional");
    for (name, query) in [
        (
            "domestic",
            Query {
                origin: Place::parse("DE", "50667").unwrap(),
                ..query(("DE", "10115"), Currency::EUR, 1)
            },
        ),
        ("ioss_in_dollars", query(("DE", "10115"), Currency::USD, 1)),
        ("ioss_fifty_lines", query(("DE", "10115"), Currency::USD, 50)),
        ("norway", query(("NO", "0150"), Currency::USD, 3)),
    ] {
        group.bench_function(name, |bencher| bencher.iter(|| decide(black_box(&query), black_box(&rates))));
    }
    group.finish();
}

criterion_group!(benches, regional);
criterion_main!(benches);
