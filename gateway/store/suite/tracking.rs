//! Cases: what is known of a number only grows.

use super::Place;
use super::samples::{TENANT, at, event, tracking};
use crate::store::{StoreError, TrackedRow, Tracking};

pub(crate) async fn a_number_reads_back(place: &impl Place) {
    let store = place.open();
    assert_eq!(store.tracked(TENANT, "acme", "1Z").await.unwrap(), None);
    let first = Tracking { delivered_at: Some(at(9)), shipment: Some("p1".into()), ..tracking("1Z") };
    assert_eq!(store.merge_tracking(first.clone(), 0, event("moved")).await.unwrap(), 1);
    let row = store.tracked(TENANT, "acme", "1Z").await.unwrap().unwrap();
    assert_eq!(row, TrackedRow { tracking: first, version: 1 });
    let second = Tracking { status: "DELIVERED".into(), next_poll_at: None, ..tracking("1Z") };
    assert_eq!(store.merge_tracking(second, 1, None).await.unwrap(), 2);
    let row = store.tracked(TENANT, "acme", "1Z").await.unwrap().unwrap();
    assert_eq!(
        (row.version, row.tracking.status.as_str(), row.tracking.next_poll_at),
        (2, "DELIVERED", None)
    );
}

pub(crate) async fn a_stale_merge_is_a_conflict(place: &impl Place) {
    let store = place.open();
    store.merge_tracking(tracking("1Z"), 0, None).await.unwrap();
    for stale in [0, 2, u64::MAX] {
        let error = store.merge_tracking(tracking("1Z"), stale, event("moved")).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    }
    let absent = store.merge_tracking(tracking("1Y"), 1, None).await.unwrap_err();
    assert!(matches!(absent, StoreError::Conflict { .. }), "{absent}");
    assert_eq!(store.events(TENANT, 0, 10).await.unwrap(), vec![]);
}

pub(crate) async fn concurrent_merges_lose_nothing(place: &impl Place) {
    let store = place.open();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..10_u8 {
        let store = store.clone();
        writers.spawn(async move {
            loop {
                let (mut body, version) = match store.tracked(TENANT, "acme", "1Z").await.unwrap() {
                    Some(row) => (row.tracking.body, row.version),
                    None => (vec![], 0),
                };
                body.push(writer);
                match store.merge_tracking(Tracking { body, ..tracking("1Z") }, version, None).await {
                    Ok(_) => break,
                    Err(StoreError::Conflict { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
        });
    }
    writers.join_all().await;
    let mut row = store.tracked(TENANT, "acme", "1Z").await.unwrap().unwrap();
    row.tracking.body.sort_unstable();
    assert_eq!((row.version, row.tracking.body), (10, (0..10).collect()));
}

pub(crate) async fn polls_are_taken_once(place: &impl Place) {
    let store = place.open();
    for (number, due) in [("third", Some(30)), ("first", Some(10)), ("second", Some(20)), ("never", None)] {
        let row = Tracking { next_poll_at: due.map(at), ..tracking(number) };
        store.merge_tracking(row, 0, None).await.unwrap();
    }
    let numbers = |rows: Vec<TrackedRow>| rows.into_iter().map(|row| row.tracking.number).collect::<Vec<_>>();
    assert_eq!(numbers(store.claim_polls(at(9), at(99), 10).await.unwrap()), Vec::<String>::new());
    assert_eq!(numbers(store.claim_polls(at(30), at(99), 2).await.unwrap()), ["first", "second"]);
    assert_eq!(numbers(store.claim_polls(at(30), at(99), 2).await.unwrap()), ["third"]);
    assert_eq!(numbers(store.claim_polls(at(98), at(99), 2).await.unwrap()), Vec::<String>::new());
    let row = store.tracked(TENANT, "acme", "first").await.unwrap().unwrap();
    assert_eq!((row.version, row.tracking.next_poll_at), (1, Some(at(99))));
}

pub(crate) async fn the_shipment_stays_unless_given(place: &impl Place) {
    let store = place.open();
    let with = |shipment: Option<&str>| Tracking { shipment: shipment.map(str::to_owned), ..tracking("1Z") };
    store.merge_tracking(with(Some("p1")), 0, event("a")).await.unwrap();
    store.merge_tracking(with(None), 1, event("b")).await.unwrap();
    store.merge_tracking(with(Some("p2")), 2, event("c")).await.unwrap();
    let events = store.events(TENANT, 0, 10).await.unwrap();
    let shipments: Vec<_> = events.iter().map(|event| event.shipment.as_deref().unwrap()).collect();
    assert_eq!(shipments, ["p1", "p1", "p2"]);
    assert!(events.iter().all(|event| event.at == at(5)));
}
