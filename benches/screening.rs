//! What screening and ranking cost: two hundred offers screened, dated, estimated and put in order, beside writing the same
//! offers as a quote keeps them and reading them back. Calendars and tables are laid out before.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::{DateTime, date};
use parcelgate::calendar::Region;
use parcelgate::promise::{
    CarrierDays, Evidence, Journey, OnTime, Rankable, Ranking, Transits, Wishes, rank, screen_offer,
    screen_service,
};
use parcelgate_kit::descriptor::{Descriptor, Service};
use parcelgate_kit::model::{CarrierOffer, Currency, Money, PriceSource, Shipment, WindowSource};
use rust_decimal::Decimal;

const OFFERS: usize = 200;

/// An offer as it is put in order.
struct Offered {
    offer: CarrierOffer,
    is_late: bool,
}

impl Rankable for Offered {
    fn total(&self) -> Money {
        self.offer.total
    }

    fn latest(&self) -> Option<DateTime> {
        self.offer.delivery.map(|window| window.latest)
    }

    fn is_behind(&self) -> bool {
        self.is_late
    }

    fn name(&self) -> (&str, &str, &str) {
        ("carrier", "account", &self.offer.service)
    }
}

fn services(entries: &[parcelgate_kit::carrier::Entry]) -> Vec<(&Descriptor, &Service)> {
    let all = entries.iter().map(|entry| entry.carrier.descriptor());
    let all: Vec<_> = all.flat_map(|of| of.services.iter().map(move |service| (of, service))).collect();
    all.iter().copied().cycle().take(OFFERS).collect()
}

fn offer(number: usize, service: &Service) -> CarrierOffer {
    let cents = i64::try_from(500 + number * 7919 % 4000).unwrap();
    CarrierOffer {
        service: service.code.to_owned(),
        total: Money::new(Decimal::new(cents, 2), Currency::parse("EUR").unwrap()).unwrap(),
        breakdown: Vec::new(),
        price_source: PriceSource::List,
        list_total: None,
        delivery: None,
        carrier_ref: String::new(),
        notices: Vec::new(),
    }
}

fn screening(bench: &mut Criterion) {
    let entries = parcelgate_adapters::all();
    let services = services(&entries);
    let shipment: Shipment = serde_json::from_str(include_str!("../tests/screening/sample.json")).unwrap();
    let day = date(2026, 9, 14);
    let wishes = Wishes { deliver_by: Some(day.at(23, 59, 59, 0)), today: Some(day), ..Wishes::default() };
    let (origin, destination) = (Region::of(&shipment.ship_from), Region::of(&shipment.ship_to));
    let mut lane = Transits::default();
    [(1, 40), (2, 30), (3, 10), (5, 2)].into_iter().for_each(|(days, parcels)| lane.add(days, parcels));
    let carrier = CarrierDays::default();
    let offers: Vec<_> = services.iter().enumerate().map(|(n, (_, service))| offer(n, service)).collect();
    let mut group = bench.benchmark_group("two hundred offers");
    group.bench_function("screened, dated, estimated and ranked", |bencher| {
        bencher.iter(|| {
            let mut ranked: Vec<Offered> = Vec::with_capacity(OFFERS);
            for ((descriptor, service), offer) in services.iter().zip(&offers) {
                black_box(screen_service(descriptor, service, &shipment, &wishes));
                let journey = Journey {
                    from: day.at(9, 0, 0, 0),
                    seller: None,
                    carrier: &carrier,
                    transit: service.transit_days.unwrap_or((1, 3)),
                    source: WindowSource::Table,
                    origin: &origin,
                    destination: &destination,
                };
                let promise = journey.promise();
                let deliver_by = date(2026, 9, 18).at(23, 59, 59, 0);
                let room = journey.room(promise.handed_over, deliver_by).unwrap_or(0);
                let evidence = Evidence { lane: &lane, wide: &lane, stated: Some(journey.transit) };
                let on_time = OnTime::of(evidence.on_time(room).as_ref(), promise.window.latest > deliver_by);
                let offer = CarrierOffer { delivery: Some(promise.window), ..offer.clone() };
                black_box(screen_offer(&offer, &wishes));
                ranked.push(Offered { offer, is_late: on_time == OnTime::Late });
            }
            rank(&mut ranked, Ranking::Weighted(60));
            black_box(ranked.len())
        });
    });
    group.bench_function("written and read back (baseline)", |bencher| {
        bencher.iter(|| {
            let text = serde_json::to_vec(&offers).unwrap();
            let back: Vec<CarrierOffer> = serde_json::from_slice(&text).unwrap();
            black_box(back.len())
        });
    });
    group.finish();
}

criterion_group!(benches, screening);
criterion_main!(benches);
