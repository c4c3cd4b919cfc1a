//! Cases: facts stay, what orders count is summed up, and news is never lost.

use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::Place;
use super::samples::{TENANT, at, begin, due, finished, lease, purchase, purchase_in, tracking};
use crate::store::{
    Asked, ConfirmationChange, Counted, CountedCursor, FactRow, Finished, MeasuredPlace, NewConfirmation,
    OrderUpdate, PurchaseState, StoreError, Sum, Tracking,
};

fn place_of(tenant: &str) -> MeasuredPlace {
    MeasuredPlace { tenant: tenant.into(), marketplace: "m1".into() }
}

fn fact(id: &str, version: u64) -> FactRow {
    FactRow {
        id: id.into(),
        version,
        kind: "PLACED".into(),
        occurred_at: at(1),
        recorded_at: at(2),
        body: format!("{id} {version}").into_bytes(),
    }
}

fn counted(package: &str, right: bool) -> Counted {
    Counted {
        metric: "VT".into(),
        package: package.into(),
        category: "toys".into(),
        day: date(2026, 10, 1),
        tag: if right { String::new() } else { "NO_SCAN".into() },
        right_until: Date::MAX,
        weight: 1,
        exempt: false,
        right,
        at_risk_from: at(0),
        body: b"verdict".to_vec(),
    }
}

fn update(order: &str, expected: u64, facts: Vec<FactRow>, counted: Vec<Counted>) -> OrderUpdate {
    OrderUpdate {
        place: place_of(TENANT),
        order: order.into(),
        expected,
        rule_set: "r1".into(),
        facts,
        counted,
    }
}

fn asked() -> Asked {
    Asked { place: place_of(TENANT), metric: "VT".into(), first: date(2026, 10, 1), last: date(2026, 10, 31) }
}

fn sum(tag: &str, counted: u64, right: u64, exempt: u64) -> Sum {
    Sum {
        category: "toys".into(),
        day: date(2026, 10, 1),
        tag: tag.into(),
        right_until: Date::MAX,
        counted,
        right,
        exempt,
    }
}

pub(crate) async fn facts_read_back_in_every_version(place: &impl Place) {
    let store = place.open();
    let nothing = store.facts_of(&place_of(TENANT), "o1").await.unwrap();
    assert_eq!((nothing.version, nothing.facts.len()), (0, 0));
    store.record_facts(update("o1", 0, vec![fact("b", 2), fact("a", 1)], vec![])).await.unwrap();
    store.record_facts(update("o1", 1, vec![fact("b", 1)], vec![])).await.unwrap();
    store.record_facts(update("o2", 0, vec![], vec![])).await.unwrap();
    let order = store.facts_of(&place_of(TENANT), "o1").await.unwrap();
    assert_eq!((order.version, order.facts), (2, vec![fact("a", 1), fact("b", 1), fact("b", 2)]));
    let all = store.facts_of_all(&place_of(TENANT), "", 10).await.unwrap();
    let shown: Vec<_> = all.iter().map(|order| (order.order.as_str(), order.facts.len())).collect();
    assert_eq!(shown, [("o1", 3), ("o2", 0)]);
    assert_eq!(store.facts_of_all(&place_of(TENANT), "o1", 1).await.unwrap().len(), 1);
}

pub(crate) async fn a_stale_recording_is_a_conflict_and_stores_nothing(place: &impl Place) {
    let store = place.open();
    store.record_facts(update("o1", 0, vec![fact("a", 1)], vec![counted("p", true)])).await.unwrap();
    for stale in [0, 2, u64::MAX] {
        let late = update("o1", stale, vec![fact("a", 2)], vec![counted("q", false)]);
        let error = store.record_facts(late).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    }
    let order = store.facts_of(&place_of(TENANT), "o1").await.unwrap();
    assert_eq!((order.version, order.facts.len()), (1, 1));
    assert_eq!(store.sums(&asked()).await.unwrap(), [sum("", 1, 1, 0)]);
}

pub(crate) async fn a_fact_is_recorded_once(place: &impl Place) {
    let store = place.open();
    store.record_facts(update("o1", 0, vec![fact("a", 1)], vec![counted("p", true)])).await.unwrap();
    let again = update("o1", 1, vec![fact("b", 1), fact("a", 1)], vec![]);
    let error = store.record_facts(again).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    let order = store.facts_of(&place_of(TENANT), "o1").await.unwrap();
    assert_eq!((order.version, order.facts), (1, vec![fact("a", 1)]));
    assert_eq!(store.sums(&asked()).await.unwrap(), [sum("", 1, 1, 0)]);
}

pub(crate) async fn sums_follow_what_orders_count(place: &impl Place) {
    let store = place.open();
    let exempt = Counted { exempt: true, right: false, tag: "X1".into(), ..counted("x", true) };
    let first = vec![counted("p", false), counted("q", true), exempt.clone()];
    store.record_facts(update("o1", 0, vec![], first)).await.unwrap();
    let heavy = Counted { weight: 5, ..counted("p", true) };
    store.record_facts(update("o2", 0, vec![], vec![heavy])).await.unwrap();
    let sums = store.sums(&asked()).await.unwrap();
    assert_eq!(sums, [sum("", 6, 6, 0), sum("NO_SCAN", 1, 0, 0), sum("X1", 0, 0, 1)]);
    store.record_facts(update("o1", 1, vec![], vec![counted("p", true)])).await.unwrap();
    assert_eq!(store.sums(&asked()).await.unwrap(), [sum("", 6, 6, 0)]);
    store.record_facts(update("o2", 1, vec![], vec![])).await.unwrap();
    let moved = Counted { day: date(2026, 11, 1), ..counted("p", true) };
    store.record_facts(update("o1", 2, vec![], vec![moved])).await.unwrap();
    assert_eq!(store.sums(&asked()).await.unwrap(), []);
}

pub(crate) async fn wrong_ones_are_paged_by_day(place: &impl Place) {
    let store = place.open();
    let on = |day: i8, package: &str| Counted { day: date(2026, 10, day), ..counted(package, false) };
    store
        .record_facts(update("o2", 0, vec![], vec![on(1, "a"), on(2, "b"), counted("r", true)]))
        .await
        .unwrap();
    let other = Counted { category: "books".into(), ..on(1, "c") };
    store.record_facts(update("o1", 0, vec![], vec![on(3, "d"), other])).await.unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.wrong_ones(&asked(), date(2026, 11, 1), None, after.as_ref(), 1).await.unwrap();
        let Some((order, one)) = page.into_iter().next() else { break };
        seen.push(one.package.clone());
        after = Some(CountedCursor { day: one.day, order, package: one.package });
    }
    assert_eq!(seen, ["c", "a", "b", "d"]);
    let books = store.wrong_ones(&asked(), date(2026, 11, 1), Some("books"), None, 9).await.unwrap();
    assert_eq!(books.len(), 1);
    assert_eq!(books[0].1.body, b"verdict");
}

pub(crate) async fn time_alone_makes_wrong(place: &impl Place) {
    let store = place.open();
    let until = date(2026, 10, 18);
    let open = Counted { right_until: until, tag: "LATE".into(), ..counted("p", true) };
    store.record_facts(update("o1", 0, vec![], vec![open])).await.unwrap();
    let wrong = async |today| store.wrong_ones(&asked(), today, None, None, 9).await.unwrap().len();
    assert_eq!((wrong(until).await, wrong(date(2026, 10, 19)).await), (0, 1));
    let sums = store.sums(&asked()).await.unwrap();
    assert_eq!(sums, [Sum { right_until: until, ..sum("LATE", 1, 1, 0) }]);
}

pub(crate) async fn risks_are_counted_once_their_time_is_over(place: &impl Place) {
    let store = place.open();
    let due = |package: &str, seconds| Counted { at_risk_from: at(seconds), ..counted(package, false) };
    let all = vec![due("a", 10), due("b", 20), due("c", 30), counted("r", true)];
    store.record_facts(update("o1", 0, vec![], all)).await.unwrap();
    assert_eq!(store.at_risk(&asked(), at(9)).await.unwrap(), []);
    assert_eq!(store.at_risk(&asked(), at(20)).await.unwrap(), [(date(2026, 10, 1), 2)]);
}

pub(crate) async fn other_rule_sets_are_found(place: &impl Place) {
    let store = place.open();
    for (order, rule_set) in [("o1", "r1"), ("o2", "r2"), ("o3", "r3")] {
        let update = OrderUpdate { rule_set: rule_set.into(), ..update(order, 0, vec![], vec![]) };
        store.record_facts(update).await.unwrap();
    }
    let mut found = store.judged_otherwise("r2", 9).await.unwrap();
    found.sort();
    assert_eq!(found, [(place_of(TENANT), "o1".to_owned()), (place_of(TENANT), "o3".to_owned())]);
    let again = OrderUpdate { rule_set: "r2".into(), ..update("o1", 1, vec![], vec![]) };
    store.record_facts(again).await.unwrap();
    assert_eq!(store.judged_otherwise("r2", 9).await.unwrap().len(), 1);
}

pub(crate) async fn places_are_apart(place: &impl Place) {
    let store = place.open();
    store.record_facts(update("o1", 0, vec![fact("a", 1)], vec![counted("p", true)])).await.unwrap();
    let others = [place_of("tenant-2"), MeasuredPlace { tenant: TENANT.into(), marketplace: "m2".into() }];
    for other in others {
        assert_eq!(store.facts_of(&other, "o1").await.unwrap().version, 0);
        assert_eq!(store.facts_of_all(&other, "", 9).await.unwrap(), []);
        assert_eq!(store.sums(&Asked { place: other, ..asked() }).await.unwrap(), []);
    }
}

pub(crate) async fn many_recordings_keep_the_sums_true(place: &impl Place) {
    let store = place.open();
    let mut recorders = tokio::task::JoinSet::new();
    for n in 0..24_u32 {
        let store = store.clone();
        recorders.spawn(async move {
            let order = format!("o{}", n % 8);
            loop {
                let version = store.facts_of(&place_of(TENANT), &order).await.unwrap().version;
                let counted = vec![counted(&order, true), counted("shared", version % 2 == 0)];
                let new = vec![fact("f", version + 1)];
                match store.record_facts(update(&order, version, new, counted)).await {
                    Ok(()) => break,
                    Err(StoreError::Conflict { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
        });
    }
    recorders.join_all().await;
    // Each of the eight orders was recorded at versions 0, 1 and 2, so its last word is "right".
    assert_eq!(store.sums(&asked()).await.unwrap(), [sum("", 16, 16, 0)]);
}

pub(crate) async fn news_comes_with_what_it_is_about(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    assert_eq!(store.news(9).await.unwrap(), []);
    store
        .set_state(&hold, super::samples::change(PurchaseState::Intent, PurchaseState::Sending))
        .await
        .unwrap();
    store.finish_purchase(&hold, finished(PurchaseState::Purchased)).await.unwrap();
    purchase_in(&store, "p2", PurchaseState::Refused).await;
    let of = |shipment: Option<&str>| Tracking { shipment: shipment.map(str::to_owned), ..tracking("1Z") };
    store.merge_tracking(of(None), 0, None).await.unwrap();
    store.merge_tracking(of(Some("p3")), 1, None).await.unwrap();
    store.claim_polls(Timestamp::MAX, at(99), 9).await.unwrap();
    store.note_news(TENANT, "p4").await.unwrap();
    let news = store.news(9).await.unwrap();
    let shipments: Vec<_> = news.iter().map(|news| news.shipment.as_str()).collect();
    assert_eq!(shipments, ["p1", "p3", "p4"]);
    assert!(news.iter().all(|news| news.tenant == TENANT));
    store.forget_news(vec![news[0].id, news[2].id]).await.unwrap();
    let left: Vec<_> = store.news(9).await.unwrap().into_iter().map(|news| news.shipment).collect();
    assert_eq!(left, ["p3"]);
}

pub(crate) async fn a_taken_confirmation_is_news(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", PurchaseState::Sending).await;
    let confirmation = NewConfirmation {
        id: "c1".into(),
        marketplace: "market".into(),
        order: "o1".into(),
        parcel: 1,
        number: "1Z".into(),
        content: vec![1],
        content_sha256: [1; 32],
        next_attempt_at: Some(at(10)),
        alarm_at: None,
    };
    let bought = Finished { confirmations: vec![confirmation], ..finished(PurchaseState::Purchased) };
    store.finish_purchase(&hold, bought).await.unwrap();
    for sent_at in [None, Some(at(20)), Some(at(30))] {
        let taken = store.claim_confirmations(lease("a", 99), due(50), 9).await.unwrap().remove(0);
        let next_attempt_at = Some(at(40));
        let change =
            ConfirmationChange { sent_at, next_attempt_at, ..ConfirmationChange::none(&taken, at(21)) };
        store.settle_confirmation(taken, change).await.unwrap();
    }
    let shipments: Vec<_> = store.news(9).await.unwrap().into_iter().map(|news| news.shipment).collect();
    assert_eq!(shipments, ["p1", "p1"], "once for the purchase, once for the first time it was taken");
}
