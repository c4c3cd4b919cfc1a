//! Whatever is told, in whatever order: the sums are those of counting everything anew, now and at every past instant.

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::model::CountryCode;
use proptest::prelude::*;
use std::sync::Arc;

use super::{Outcome, Performance, ToldFact, sums_of};
use crate::policy::{
    Cancellation, Claim, ClaimKind, ClaimState, Confirmed, Fact, Marketplace, Metric, NumberChecks, Package,
    Party, Placed, Review, Scan, ScanKind, Scans, Status,
};
use crate::store::sqlite::{SqliteOptions, SqliteStore};
use crate::store::{Asked, FactStore, MeasuredPlace};
use crate::tenancy::TenantId;

fn start() -> Timestamp {
    "2026-10-01T12:00:00Z".parse().unwrap()
}

fn hours(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

fn market() -> &'static Marketplace {
    Marketplace::find("amazon.com").unwrap()
}

fn opened() -> (tempfile::TempDir, Arc<SqliteStore>, Performance) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(&SqliteOptions::new(folder.path().join("t.sqlite"))).unwrap());
    let performance = Performance::new(store.clone());
    (folder, store, performance)
}

fn told(id: &str, version: u64, fact: Fact) -> ToldFact {
    ToldFact { id: id.into(), version, occurred_at: start(), fact }
}

fn placed(promised: i64, category: &str) -> Fact {
    Fact::Placed(Placed {
        ordered_at: Some(hours(-48)),
        ship_by: Some(hours(0)),
        promised: Some(hours(promised)),
        promised_by_seller: Some(hours(promised)),
        category: category.into(),
        units: 2,
        ..Placed::default()
    })
}

fn package(voided: bool) -> Fact {
    let us = CountryCode::parse("US").unwrap();
    Fact::Package(Package {
        package: "p".into(),
        origin: us,
        destination: us,
        value: None,
        units: 0,
        category: String::new(),
        bought_through_service: true,
        late_protected: false,
        listed_freight: false,
        voided,
    })
}

fn confirmed(hour: i64, number: &str) -> Fact {
    Fact::Confirmed(Confirmed {
        package: "p".into(),
        at: hours(hour),
        carrier: "C".into(),
        service: "S".into(),
        tracking_number: number.into(),
        checks: NumberChecks::default(),
    })
}

fn scans(all: &[(i64, ScanKind)]) -> Fact {
    let scans = all.iter().map(|(hour, kind)| Scan { at: hours(*hour), kind: *kind }).collect();
    Fact::Scans(Scans { package: "p".into(), scans })
}

fn any_fact() -> impl Strategy<Value = (&'static str, Fact)> {
    let kinds = prop_oneof![Just(ScanKind::Network), Just(ScanKind::Attempt), Just(ScanKind::Delivered)];
    let number = prop_oneof![Just(""), Just("AB12"), Just("a-b")];
    prop_oneof![
        (24_i64..400, prop_oneof![Just("toys"), Just("books")])
            .prop_map(|(at, category)| ("placed", placed(at, category))),
        any::<bool>().prop_map(|voided| ("package", package(voided))),
        (-30_i64..30, number.clone()).prop_map(|(at, number)| ("confirmed", confirmed(at, number))),
        (-30_i64..60, number).prop_map(|(at, number)| ("edited", confirmed(at, number))),
        prop::collection::vec((-20_i64..900, kinds), 0..4).prop_map(|all| ("scans", scans(&all))),
        (1_u8..=5, any::<bool>())
            .prop_map(|(stars, struck)| { ("review", Fact::Review(Review { at: hours(9), stars, struck })) }),
        any::<bool>().prop_map(|denied| {
            let state = if denied { ClaimState::Denied } else { ClaimState::Granted };
            let claim = Claim {
                at: hours(9),
                what: ClaimKind::NotReceived,
                state,
                borne_by: None,
                came_back: false,
                lost_by_carrier: false,
            };
            ("claim", Fact::Claim(claim))
        }),
        prop_oneof![Just(Party::Buyer), Just(Party::Seller)]
            .prop_map(|by| ("cancelled", Fact::Cancelled(Cancellation { at: hours(1), by }))),
    ]
}

/// Orders, versions and facts in the order in which they are told: late, corrected and repeated.
fn any_history() -> impl Strategy<Value = Vec<(u8, u64, (&'static str, Fact))>> {
    prop::collection::vec((0_u8..4, 1_u64..4, any_fact()), 1..24)
}

fn everything(metric: Metric) -> Asked {
    Asked {
        place: MeasuredPlace { tenant: "demo".into(), marketplace: market().key.into() },
        metric: metric.name().into(),
        first: jiff::civil::date(2020, 1, 1),
        last: jiff::civil::date(2030, 1, 1),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn sums_are_those_of_counting_anew(history in any_history()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (_folder, store, performance) = opened();
            let tenant = TenantId::demo();
            let mut then = Vec::new();
            for (step, (order, version, (id, fact))) in (0_i64..).zip(history) {
                let now = hours(1000 + step);
                let facts = [told(id, version, fact)];
                performance.tell(&tenant, market(), &format!("o{order}"), &facts, now).await.unwrap();
                for metric in Metric::ALL {
                    then.push((metric, now, store.sums(&everything(metric)).await.unwrap()));
                }
            }
            for (metric, at, sums) in then {
                let anew =
                    performance.known_at(&tenant, market(), metric, &everything(metric), at).await.unwrap();
                assert_eq!(sums_of(&anew), sums, "{metric:?} as of {at}");
            }
        });
    }

    #[test]
    fn the_order_of_telling_does_not_matter(history in any_history(), seed in any::<u64>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            // One content for each version, as it is with facts that are what they say.
            let mut once: std::collections::BTreeMap<_, _> = Default::default();
            for (order, version, (id, fact)) in history {
                once.entry((order, id, version)).or_insert(fact);
            }
            let mut facts: Vec<_> = once.into_iter().collect();
            let mut all = Vec::new();
            for _ in 0..2 {
                let (_folder, store, performance) = opened();
                for ((order, id, version), fact) in &facts {
                    let one = [told(id, *version, fact.clone())];
                    performance.tell(&TenantId::demo(), market(), &format!("o{order}"), &one, start()).await.unwrap();
                }
                let mut sums = Vec::new();
                for metric in Metric::ALL {
                    sums.push(store.sums(&everything(metric)).await.unwrap());
                }
                all.push(sums);
                fastrand::Rng::with_seed(seed).shuffle(&mut facts);
            }
            assert_eq!(all[0], all[1]);
        });
    }
}

/// The day after so many hours on which a package promised then counts.
const REPORT: i64 = 24 * 25;

#[tokio::test]
async fn facts_are_told_once_and_corrected_by_larger_versions() {
    let (_folder, _store, performance) = opened();
    let tenant = TenantId::demo();
    let tell = async |facts: &[ToldFact], now| {
        performance.tell(&tenant, market(), "o1", facts, hours(now)).await.unwrap()
    };
    let first = [
        told("placed", 1, placed(48, "toys")),
        told("package", 1, package(false)),
        told("confirmed", 1, confirmed(-1, "AB12")),
    ];
    assert_eq!(tell(&first, 0).await, [Outcome::Recorded; 3]);
    assert_eq!(tell(&first, 1).await, [Outcome::Known; 3]);
    let other = [told("confirmed", 1, confirmed(-1, "CD34"))];
    assert_eq!(tell(&other, 1).await, [Outcome::Conflicting]);
    assert_eq!(tell(&[told("scans", 2, scans(&[(1, ScanKind::Network)]))], 2).await, [Outcome::Recorded]);
    assert_eq!(tell(&[told("scans", 1, scans(&[]))], 3).await, [Outcome::Outdated]);

    let of = async |as_of: Option<i64>| {
        let report = performance
            .metric(&tenant, market(), Metric::ValidTracking, as_of.map(hours), hours(REPORT))
            .await
            .unwrap();
        let whole = report.figures[0].whole;
        (whole.numerator, whole.denominator, report.status)
    };
    assert_eq!(of(None).await, (0, 1, Status::Bad), "not delivered in 17 days");
    let defects = async || {
        performance
            .defects(&tenant, market(), Metric::ValidTracking, None, None, 9, hours(REPORT))
            .await
            .unwrap()
            .0
    };
    assert_eq!(defects().await[0].failures[0].code.as_str(), "DELIVERED_TOO_LATE");
    tell(&[told("scans", 3, scans(&[(1, ScanKind::Network), (40, ScanKind::Delivered)]))], REPORT - 1).await;
    assert_eq!(of(None).await, (1, 1, Status::Good));
    assert!(defects().await.is_empty());
    // What was known before that was told stays as it was.
    assert_eq!(of(Some(REPORT - 2)).await, (0, 1, Status::Bad));
}

#[tokio::test]
async fn risks_are_what_should_have_been_handed_over() {
    let (_folder, _store, performance) = opened();
    let tenant = TenantId::demo();
    for order in ["o1", "o2"] {
        let facts = [
            told("placed", 1, placed(96, "toys")),
            told("package", 1, package(false)),
            told("confirmed", 1, confirmed(-20, "AB12")),
        ];
        performance.tell(&tenant, market(), order, &facts, hours(-20)).await.unwrap();
    }
    let ahead = async |now| {
        performance.ahead(&tenant, market(), Metric::ValidTracking, hours(now)).await.unwrap().at_risk
    };
    assert_eq!((ahead(-1).await, ahead(1).await), (0, 2));
    let scanned = [told("scans", 1, scans(&[(0, ScanKind::Network)]))];
    performance.tell(&tenant, market(), "o1", &scanned, hours(2)).await.unwrap();
    assert_eq!(ahead(3).await, 1);
}

#[tokio::test]
async fn orders_of_another_rule_set_are_judged_anew() {
    let (_folder, store, performance) = opened();
    performance
        .tell(&TenantId::demo(), market(), "o1", &[told("placed", 1, placed(48, "toys"))], start())
        .await
        .unwrap();
    let before = store.sums(&everything(Metric::Cancellation)).await.unwrap();
    assert_eq!(before.len(), 1);
    assert_eq!(performance.judge_anew().await.unwrap(), 0);
    let place = everything(Metric::Cancellation).place;
    let stale = crate::store::OrderUpdate {
        place: place.clone(),
        order: "o1".into(),
        expected: 1,
        rule_set: "older".into(),
        facts: vec![],
        counted: vec![],
    };
    store.record_facts(stale).await.unwrap();
    assert_eq!(store.sums(&everything(Metric::Cancellation)).await.unwrap(), []);
    assert_eq!(performance.judge_anew().await.unwrap(), 1);
    assert_eq!(store.sums(&everything(Metric::Cancellation)).await.unwrap(), before);
    assert_eq!(performance.judge_anew().await.unwrap(), 0);
}
