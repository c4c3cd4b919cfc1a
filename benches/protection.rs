//! What protection costs: one decision, and a what-if over all of a seller's history.
//!
//! It asserts no time. `cargo bench --bench protection` measures one decision; `-- replay 50000 20` fills a SQLite file with so
//! many orders of so many claims each, and replays them under other rules as `protect simulate` does.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a benchmark"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use criterion::Criterion;
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use parcelgate::casebook::Casebook;
use parcelgate::policy::{
    Claim, ClaimKind, ClaimState, Confirmed, Fact, Marketplace, Message, NumberChecks, Order, Package, Party,
    Placed, Scan, ScanKind, Scans,
};
use parcelgate::protection::claim::{ClaimFacts, ClaimRules, Sets, evaluate_claim};
use parcelgate::protection::{Deadline, Origins};
use parcelgate::store::sqlite::{SqliteOptions, SqliteStore};
use parcelgate::store::{FactRow, FactStore, MeasuredPlace, OrderUpdate, Store};
use parcelgate::tenancy::TenantId;
use parcelgate_kit::model::CountryCode;

/// Orders that are told at once: they share commits.
const AT_ONCE: usize = 256;
const MARKET: &str = "amazon.com";
/// The seller is asked to hand over a day earlier.
const RULES: &str = "[[claim]]\nid = \"CLP-04\"\nwords = \"a day earlier\"\nsource = \"a proposal\"\n\
    seen_on = \"2026-11-01\"\nconfidence = \"H\"\n\
    sets = { SHIPPED_ON_TIME = { ends = \"END_OF_DAY\", more_days = -1 } }\n";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|one| !one.starts_with("--")).collect();
    match arguments.first().map(String::as_str) {
        Some("replay") => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
            let number = |place: usize| arguments[place].parse().unwrap();
            runtime.block_on(replay(number(1), number(2)));
        }
        _ => decisions(),
    }
}

fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

/// The facts of order `n`: one in ten was scanned on the last day, one in fifty after it.
fn facts(n: u64, claims: u64) -> Vec<Fact> {
    let ship_by = now() - SignedDuration::from_hours(24 * (60 + i64::try_from(n % 300).unwrap()));
    let hours = |hours: i64| ship_by + SignedDuration::from_hours(hours);
    let scanned = match n % 50 {
        0 => hours(60),
        n if n % 10 == 1 => hours(-2),
        _ => hours(-50),
    };
    let us = CountryCode::parse("US").unwrap();
    let message = |from, at| Fact::Message(Message { at, from, about_delivery: true });
    let mut facts = vec![
        Fact::Placed(Placed { ship_by: Some(ship_by), promised: Some(hours(120)), ..Placed::default() }),
        Fact::Package(Package {
            package: "p".to_owned(),
            origin: us,
            destination: us,
            value: None,
            units: 1,
            category: String::new(),
            bought_through_service: true,
            late_protected: true,
            listed_freight: false,
            voided: false,
        }),
        Fact::Confirmed(Confirmed {
            package: "p".to_owned(),
            at: scanned,
            carrier: "acme".to_owned(),
            service: String::new(),
            tracking_number: format!("AC{n}"),
            checks: NumberChecks::default(),
        }),
        Fact::Scans(Scans {
            package: "p".to_owned(),
            scans: vec![Scan { at: scanned, kind: ScanKind::Network }],
        }),
        message(Party::Buyer, hours(150)),
        message(Party::Seller, hours(160)),
    ];
    facts.extend((0..claims).map(|_| {
        Fact::Claim(Claim {
            at: hours(240),
            what: ClaimKind::NotReceived,
            state: ClaimState::Granted,
            borne_by: None,
            came_back: false,
            lost_by_carrier: false,
        })
    }));
    facts
}

fn decisions() {
    let mut bench = Criterion::default().configure_from_args();
    let market = Marketplace::find(MARKET).unwrap();
    let told = facts(1, 1);
    let order = Order::of(market, &told);
    let facts = ClaimFacts::of(&order, &order.claims[0], now(), &Origins::default());
    let rules = ClaimRules::published();
    let shorter = rules.rows().iter().cloned().map(|mut rule| {
        if rule.id == "CLP-04" {
            rule.sets = Sets::ShippedOnTime { ends: Deadline::EndOfDay, more_days: -1 };
        }
        rule
    });
    let shorter = ClaimRules::of(shorter.collect());
    let written: Vec<Vec<u8>> = told.iter().map(|fact| serde_json::to_vec(fact).unwrap()).collect();
    let mut group = bench.benchmark_group("claim");
    group.bench_function("its facts read from JSON (baseline)", |bencher| {
        bencher.iter(|| {
            let read = |bytes: &Vec<u8>| serde_json::from_slice::<Fact>(bytes).unwrap();
            black_box(written.iter().map(read).collect::<Vec<_>>())
        });
    });
    group.bench_function("decided", |bencher| bencher.iter(|| black_box(evaluate_claim(&facts, &rules))));
    group.bench_function("decided twice, by two rule sets", |bencher| {
        bencher.iter(|| {
            let (before, after) = (evaluate_claim(&facts, &rules), evaluate_claim(&facts, &shorter));
            black_box(before.outcome == after.outcome)
        });
    });
    group.finish();
    bench.final_summary();
}

/// KiB of memory that the process holds.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

async fn replay(count: u64, claims: u64) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&SqliteOptions::new(folder.path().join("bench.sqlite"))).unwrap());
    let begun = Instant::now();
    let told = futures::stream::iter(0..count).for_each_concurrent(AT_ONCE, |n| {
        let store = Arc::clone(&store);
        async move { store.record_facts(update(n, claims)).await.unwrap() }
    });
    told.await;
    let filled = begun.elapsed();
    let casebook = Casebook::new(Arc::<SqliteStore>::clone(&store), None);
    let market = Marketplace::find(MARKET).unwrap();
    let mut replay = casebook.replay(&TenantId::demo(), market, RULES, now()).unwrap();
    let (before, begun) = (resident(), Instant::now());
    let (mut most, mut flipped, mut decided, mut told) = (before, 0, 0, 0);
    while let Some((flips, totals)) = replay.next().await.unwrap() {
        most = most.max(resident());
        flipped += flips.len();
        decided = totals.decided;
        if totals.orders >= told + 10_000 {
            told = totals.orders;
            eprintln!(
                "{} of {count} orders, {} flips, {:.0?}",
                totals.orders,
                totals.flipped,
                begun.elapsed()
            );
        }
    }
    let took = begun.elapsed();
    println!("| orders | claims | filled | replayed | a claim | flips | resident before | most |");
    println!("|---|---|---|---|---|---|---|---|");
    println!(
        "| {count} | {decided} | {filled:.0?} | {took:.1?} | {:.0?} | {flipped} | {} MiB | {} MiB |",
        took / u32::try_from(decided.max(1)).unwrap(),
        before / 1024,
        most / 1024
    );
    store.close().await.unwrap();
}

fn update(n: u64, claims: u64) -> OrderUpdate {
    let row = |(index, fact): (usize, Fact)| FactRow {
        id: format!("f{index}"),
        version: 1,
        kind: fact.kind().to_owned(),
        occurred_at: now(),
        recorded_at: now(),
        body: serde_json::to_vec(&fact).unwrap(),
    };
    OrderUpdate {
        place: MeasuredPlace { tenant: TenantId::demo().as_str().to_owned(), marketplace: MARKET.to_owned() },
        order: format!("{n:09}"),
        expected: 0,
        rule_set: "bench".to_owned(),
        facts: facts(n, claims).into_iter().enumerate().map(row).collect(),
        counted: Vec::new(),
    }
}
