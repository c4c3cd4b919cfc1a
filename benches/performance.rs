//! What a metric costs a seller by how many packages are in the window: from sums, which grow with days and reasons
//! and not with packages. The rows are written as the store has them after so many facts.
//!
//! `PACKAGES=1000,10000` names other sizes.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr, reason = "a benchmark")]

use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp};
use parcelgate::performance::{Performance, ToldFact};
use parcelgate::policy::{
    Confirmed, Fact, Marketplace, Metric, NumberChecks, Package, Placed, Scan, ScanKind, Scans,
};
use parcelgate::store::sqlite::{SqliteOptions, SqliteStore};
use parcelgate::tenancy::TenantId;
use parcelgate_kit::model::CountryCode;
use tokio::runtime::Runtime;

/// Recordings under way at once: they share commits.
const AT_ONCE: usize = 256;

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn before(days: i64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * days)
}

/// Package `n`: one in forty without a scan, in twenty categories, over thirty days.
fn facts(n: u64) -> Vec<ToldFact> {
    let us = CountryCode::parse("US").unwrap();
    let promised = before(10 + i64::try_from(n % 30).unwrap());
    let handed_over = promised - SignedDuration::from_hours(100);
    let mut facts = vec![
        Fact::Placed(Placed {
            promised: Some(promised),
            ship_by: Some(handed_over),
            category: format!("category {}", n % 20),
            ..Placed::default()
        }),
        Fact::Package(Package {
            package: "p".to_owned(),
            origin: us,
            destination: us,
            value: None,
            units: 0,
            category: String::new(),
            bought_through_service: true,
            late_protected: true,
            listed_freight: false,
            voided: false,
        }),
        Fact::Confirmed(Confirmed {
            package: "p".to_owned(),
            at: handed_over - SignedDuration::from_hours(5),
            carrier: "carrier".to_owned(),
            service: "service".to_owned(),
            tracking_number: format!("AB{n:012}"),
            checks: NumberChecks::default(),
        }),
    ];
    if !n.is_multiple_of(40) {
        let scans = [(handed_over, ScanKind::Network), (promised, ScanKind::Delivered)];
        let scans = scans.map(|(at, kind)| Scan { at, kind }).to_vec();
        facts.push(Fact::Scans(Scans { package: "p".to_owned(), scans }));
    }
    let told = |(at, fact): (usize, Fact)| ToldFact {
        id: format!("f{at}"),
        version: 1,
        occurred_at: handed_over,
        fact,
    };
    facts.into_iter().enumerate().map(told).collect()
}

async fn fill(performance: &Performance, from: u64, to: u64) {
    let market = Marketplace::find("amazon.com").unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for n in from..to {
        if tasks.len() >= AT_ONCE {
            tasks.join_next().await.unwrap().unwrap();
        }
        let performance = performance.clone();
        tasks.spawn(async move {
            let order = format!("o{n}");
            performance.tell(&TenantId::demo(), market, &order, &facts(n), now()).await.unwrap();
        });
    }
    tasks.join_all().await;
}

fn metric(criterion: &mut Criterion) {
    let sizes = std::env::var("PACKAGES").unwrap_or_else(|_| "1000,10000,100000,1000000".to_owned());
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&SqliteOptions::new(folder.path().join("bench.sqlite"))).unwrap();
    let performance = Performance::new(Arc::new(store));
    let (market, tenant) = (Marketplace::find("amazon.com").unwrap(), TenantId::demo());
    let mut group = criterion.benchmark_group("performance");
    let (mut there, mut more) = (0, 0);
    for size in sizes.split(',').map(|size| size.parse::<u64>().unwrap()) {
        let begun = std::time::Instant::now();
        runtime.block_on(fill(&performance, there, size));
        let took = begun.elapsed().as_secs_f64();
        let told = format!("{} packages were told in {took:.1} s\n", size - there);
        std::io::stderr().write_all(told.as_bytes()).unwrap();
        there = size;
        group.bench_function(BenchmarkId::new("metric", size), |bencher| {
            bencher.iter(|| {
                let asked = performance.metric(&tenant, market, Metric::ValidTracking, None, now());
                black_box(runtime.block_on(asked).unwrap())
            });
        });
        group.bench_function(BenchmarkId::new("first page of defects", size), |bencher| {
            bencher.iter(|| {
                let metric = Metric::ValidTracking;
                let asked = performance.defects(&tenant, market, metric, None, None, 50, now());
                black_box(runtime.block_on(asked).unwrap())
            });
        });
        group.bench_function(BenchmarkId::new("tell one more order", size), |bencher| {
            // Each is a new one: an order that is known already is not written again.
            bencher.iter(|| {
                more += 1;
                let order = format!("more {more}");
                runtime.block_on(performance.tell(&tenant, market, &order, &facts(more), now())).unwrap();
            });
        });
    }
    group.finish();
}

criterion_group!(benches, metric);
criterion_main!(benches);
