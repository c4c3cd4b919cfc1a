//! Cases: decisions stay in their order, and one that facts came after is found again.

use super::Place;
use super::samples::{TENANT, at};
use crate::store::{DecisionRow, FactRow, KeyRow, MeasuredPlace, NewEvent, OrderUpdate, Store, StoreError};

fn place_of(tenant: &str) -> MeasuredPlace {
    MeasuredPlace { tenant: tenant.into(), marketplace: "m1".into() }
}

fn decision(order: &str, sequence: u32) -> DecisionRow {
    DecisionRow {
        place: place_of(TENANT),
        order: order.into(),
        sequence,
        id: format!("d-{order}-{sequence}"),
        kind: "CLAIM".into(),
        subject: "c1".into(),
        decided_at: at(i64::from(sequence)),
        document: format!("signed {sequence}"),
        input: vec![0, 255, 1],
    }
}

fn key(kid: &str, second: i64) -> KeyRow {
    KeyRow { kid: kid.into(), public: vec![7; 32], first_used_at: at(second) }
}

fn event() -> NewEvent {
    NewEvent { kind: "protection.decided".into(), body: b"{}".to_vec() }
}

async fn tell(store: &dyn Store, order: &str, expected: u64) {
    let fact = FactRow {
        id: format!("f{expected}"),
        version: 1,
        kind: "PLACED".into(),
        occurred_at: at(1),
        recorded_at: at(2),
        body: b"fact".to_vec(),
    };
    let update = OrderUpdate {
        place: place_of(TENANT),
        order: order.into(),
        expected,
        rule_set: "r1".into(),
        facts: vec![fact],
        counted: Vec::new(),
    };
    store.record_facts(update).await.unwrap();
}

pub(in crate::store) async fn decisions_read_back_in_their_order(place: &impl Place) {
    let store = place.open();
    for sequence in 1..=3 {
        store.append_decision(decision("o1", sequence), 0, key("k1", 1), event()).await.unwrap();
    }
    store.append_decision(decision("o2", 1), 0, key("k2", 2), event()).await.unwrap();
    let of_order = store.decisions_of(&place_of(TENANT), "o1").await.unwrap();
    assert_eq!(of_order, (1..=3).map(|sequence| decision("o1", sequence)).collect::<Vec<_>>());
    assert_eq!(store.decision(TENANT, "d-o2-1").await.unwrap(), Some(decision("o2", 1)));
    assert_eq!(store.decision("other", "d-o2-1").await.unwrap(), None);
    assert!(store.decisions_of(&place_of("other"), "o1").await.unwrap().is_empty());
    assert_eq!(store.signing_keys().await.unwrap(), [key("k1", 1), key("k2", 2)]);
    assert_eq!(store.events(TENANT, 0, 10).await.unwrap().len(), 4, "each tells of itself");
}

pub(in crate::store) async fn a_taken_place_is_a_conflict(place: &impl Place) {
    let store = place.open();
    store.append_decision(decision("o1", 1), 0, key("k1", 1), event()).await.unwrap();
    for sequence in [1, 3] {
        let other = DecisionRow { id: "other".into(), ..decision("o1", sequence) };
        let error = store.append_decision(other, 0, key("k2", 2), event()).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "{sequence}: {error}");
    }
    assert_eq!(store.decisions_of(&place_of(TENANT), "o1").await.unwrap(), [decision("o1", 1)]);
    assert_eq!(store.signing_keys().await.unwrap(), [key("k1", 1)]);
    assert_eq!(store.events(TENANT, 0, 10).await.unwrap().len(), 1);
}

pub(in crate::store) async fn one_of_many_takes_a_place(place: &impl Place) {
    let store = place.open();
    let tries = (0..8).map(|number| {
        let row = DecisionRow { id: format!("d{number}"), ..decision("o1", 1) };
        store.append_decision(row, 0, key("k1", 1), event())
    });
    let answers = futures::future::join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(
        answers.iter().flat_map(|one| one.as_ref().err()).all(|e| matches!(e, StoreError::Conflict { .. }))
    );
}

pub(in crate::store) async fn facts_after_a_decision_have_it_reconsidered(place: &impl Place) {
    let store = place.open();
    tell(&*store, "o1", 0).await;
    tell(&*store, "o1", 1).await;
    assert!(store.to_reconsider(10).await.unwrap().is_empty(), "nothing was decided");
    let stale = store.append_decision(decision("o1", 1), 1, key("k1", 1), event()).await.unwrap_err();
    assert!(matches!(stale, StoreError::Conflict { .. }), "{stale}");
    store.append_decision(decision("o1", 1), 2, key("k1", 1), event()).await.unwrap();
    tell(&*store, "o2", 0).await;
    tell(&*store, "o1", 2).await;
    let due = store.to_reconsider(10).await.unwrap();
    let orders: Vec<_> = due.iter().map(|one| (one.place.clone(), one.order.as_str())).collect();
    assert_eq!(orders, [(place_of(TENANT), "o1")]);
    store.forget_reconsidered(due.iter().map(|one| one.id).collect()).await.unwrap();
    assert!(store.to_reconsider(10).await.unwrap().is_empty());
}

pub(in crate::store) async fn no_fact_slips_past_a_decision(place: &impl Place) {
    let store = place.open();
    tell(&*store, "o1", 0).await;
    for version in 1..=20 {
        let sequence =
            u32::try_from(store.decisions_of(&place_of(TENANT), "o1").await.unwrap().len()).unwrap() + 1;
        let told = tell(&*store, "o1", version);
        let decided = store.append_decision(decision("o1", sequence), version, key("k1", 1), event());
        let ((), decided) = futures::future::join(told, decided).await;
        let due = store.to_reconsider(10).await.unwrap();
        // Either it was decided first and is to be decided anew, or it was not decided on what is no longer so.
        assert!(decided.is_err() || !due.is_empty(), "version {version}");
        store.forget_reconsidered(due.iter().map(|one| one.id).collect()).await.unwrap();
    }
}
