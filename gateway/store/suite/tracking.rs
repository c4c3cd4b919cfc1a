//! Cases: what is known of a number only grows.

use std::sync::Arc;

use super::Place;
use super::samples::{TENANT, at, event, finished, purchase_in, tracking};
use crate::store::{Finished, Following, PurchaseState, PutOff, Store, StoreError, TrackedRow, Tracking};

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

/// Buys a label with this number, which is then followed so.
async fn buy(store: &Arc<dyn Store>, id: &str, number: &str, following: Following) {
    let hold = purchase_in(store, id, PurchaseState::Sending).await;
    let parcels = vec![("acme".to_owned(), number.to_owned())];
    let end = Finished { tracking: parcels, following, ..finished(PurchaseState::Purchased) };
    store.finish_purchase(&hold, end).await.unwrap();
}

async fn row(store: &Arc<dyn Store>, number: &str) -> TrackedRow {
    store.tracked(TENANT, "acme", number).await.unwrap().unwrap()
}

pub(crate) async fn a_bought_number_is_followed_at_once(place: &impl Place) {
    let store = place.open();
    assert_eq!(store.next_poll().await.unwrap(), None);
    buy(&store, "p1", "1Z", Following::From(at(50))).await;
    buy(&store, "p2", "2Z", Following::Unchanged).await;
    let known = row(&store, "1Z").await.tracking;
    let account = store.purchase(TENANT, "p1").await.unwrap().unwrap().account;
    assert_eq!((known.shipment.as_deref(), known.account), (Some("p1"), Some(account)));
    assert_eq!((known.status.as_str(), known.body, known.as_of), ("UNKNOWN", vec![], at(2)));
    assert_eq!(store.next_poll().await.unwrap(), Some(at(50)));
    assert_eq!(store.tracked(TENANT, "acme", "2Z").await.unwrap(), None);
    let due = store.claim_polls(at(50), at(99), 10).await.unwrap();
    assert_eq!(due.iter().map(|row| row.tracking.number.as_str()).collect::<Vec<_>>(), ["1Z"]);
}

pub(crate) async fn a_number_used_again_begins_anew(place: &impl Place) {
    let store = place.open();
    let heard = Tracking { delivered_at: Some(at(4)), ..tracking("1Z") };
    store.merge_tracking(heard, 0, None).await.unwrap();
    // Asked for before it was bought here: what is known stays.
    buy(&store, "p1", "1Z", Following::From(at(50))).await;
    let known = row(&store, "1Z").await;
    assert_eq!((known.version, known.tracking.body.as_slice()), (2, b"events".as_slice()));
    assert_eq!((known.tracking.shipment.as_deref(), known.tracking.delivered_at), (Some("p1"), Some(at(4))));
    buy(&store, "p2", "1Z", Following::From(at(60))).await;
    let known = row(&store, "1Z").await;
    assert_eq!((known.version, known.tracking.body.len()), (3, 0));
    assert_eq!((known.tracking.shipment.as_deref(), known.tracking.delivered_at), (Some("p2"), None));
    assert_eq!(known.tracking.next_poll_at, Some(at(60)));
}

pub(crate) async fn a_stopped_number_leaves_the_schedule(place: &impl Place) {
    let store = place.open();
    buy(&store, "p1", "1Z", Following::From(at(50))).await;
    let hold = purchase_in(&store, "p2", PurchaseState::VoidRequested).await;
    let parcels = vec![("acme".to_owned(), "1Z".to_owned())];
    let end =
        Finished { tracking: parcels, following: Following::Stopped, ..finished(PurchaseState::Voided) };
    store.finish_purchase(&hold, end).await.unwrap();
    assert_eq!(row(&store, "1Z").await.tracking.next_poll_at, Some(at(50)), "it is another purchase's");
    let own = Tracking { shipment: Some("p2".into()), ..tracking("1Z") };
    let version = row(&store, "1Z").await.version;
    store.merge_tracking(own, version, None).await.unwrap();
    let hold = purchase_in(&store, "p3", PurchaseState::VoidRequested).await;
    let parcels = vec![("acme".to_owned(), "1Z".to_owned())];
    let end =
        Finished { tracking: parcels, following: Following::Stopped, ..finished(PurchaseState::Voided) };
    let moved = Tracking { shipment: Some("p3".into()), ..tracking("1Z") };
    store.merge_tracking(moved, version + 1, None).await.unwrap();
    store.finish_purchase(&hold, end).await.unwrap();
    let known = row(&store, "1Z").await.tracking;
    assert_eq!((known.next_poll_at, known.body.as_slice()), (None, b"events".as_slice()));
}

fn put_off(number: &str, claimed: i64, next: Option<i64>, failures: u32) -> PutOff {
    PutOff {
        tenant: TENANT.to_owned(),
        carrier: "acme".to_owned(),
        number: number.to_owned(),
        claimed_until: at(claimed),
        next_poll_at: next.map(at),
        failures,
    }
}

pub(crate) async fn a_poll_given_back_is_due_again(place: &impl Place) {
    let store = place.open();
    for number in ["1Z", "2Z", "3Z"] {
        let due = Tracking { next_poll_at: Some(at(10)), ..tracking(number) };
        store.merge_tracking(due, 0, None).await.unwrap();
    }
    store.claim_polls(at(10), at(99), 10).await.unwrap();
    let back = vec![put_off("1Z", 99, Some(40), 3), put_off("2Z", 99, None, 0)];
    store.put_off_polls(back).await.unwrap();
    let (first, second) = (row(&store, "1Z").await, row(&store, "2Z").await);
    assert_eq!((first.version, first.tracking.failures, first.tracking.next_poll_at), (1, 3, Some(at(40))));
    assert_eq!(second.tracking.next_poll_at, None);
    // The third was left by a gateway that died: it comes back when its claim is over.
    let due = store.claim_polls(at(99), at(200), 10).await.unwrap();
    assert_eq!(due.iter().map(|row| row.tracking.number.as_str()).collect::<Vec<_>>(), ["1Z", "3Z"]);
}

pub(crate) async fn a_claim_that_was_lost_writes_nothing(place: &impl Place) {
    let store = place.open();
    let due = Tracking { next_poll_at: Some(at(10)), ..tracking("1Z") };
    store.merge_tracking(due, 0, None).await.unwrap();
    store.claim_polls(at(10), at(20), 10).await.unwrap();
    store.claim_polls(at(20), at(30), 10).await.unwrap();
    store.put_off_polls(vec![put_off("1Z", 20, Some(11), 9)]).await.unwrap();
    let known = row(&store, "1Z").await.tracking;
    assert_eq!((known.next_poll_at, known.failures), (Some(at(30)), 0));
}
