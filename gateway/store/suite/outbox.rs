//! Cases: events tell of what was stored, in order, and of nothing else.

use super::Place;
use super::samples::{TENANT, at, begin, change, event, finished, purchase, tracking};
use crate::store::PurchaseState::{InDoubt, Intent, Purchased, Sending};
use crate::store::{Change, Finished, NewPurchase, StoreError, Tracking};

pub(crate) async fn events_come_in_order_from_a_cursor(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    store.set_state(&hold, Change { event: event("sending"), ..change(Intent, Sending) }).await.unwrap();
    store.merge_tracking(tracking("1Z"), 0, event("moved")).await.unwrap();
    store.finish_purchase(&hold, Finished { event: event("bought"), ..finished(Purchased) }).await.unwrap();
    let all = store.events(TENANT, 0, 10).await.unwrap();
    assert_eq!(
        all.iter().map(|event| event.kind.as_str()).collect::<Vec<_>>(),
        ["sending", "moved", "bought"]
    );
    assert!(all.is_sorted_by(|a, b| a.sequence < b.sequence));
    assert_eq!((all[0].shipment.as_deref(), all[1].shipment.as_deref()), (Some("p1"), None));
    assert_eq!((all[2].body.as_slice(), all[2].at), (&b"body of bought"[..], at(2)));
    let mut read = Vec::new();
    while let [next] = store
        .events(TENANT, read.last().map_or(0, |e: &crate::store::EventRow| e.sequence), 1)
        .await
        .unwrap()
        .as_slice()
    {
        read.push(next.clone());
    }
    assert_eq!(read, all);
    assert_eq!(store.events(TENANT, u64::MAX, 10).await.unwrap(), vec![]);
}

pub(crate) async fn events_belong_to_their_tenant(place: &impl Place) {
    let store = place.open();
    let theirs = begin(&store, NewPurchase { tenant: "tenant-2".into(), ..purchase("p1") }).await;
    store.set_state(&theirs, Change { event: event("theirs"), ..change(Intent, Sending) }).await.unwrap();
    store
        .merge_tracking(Tracking { tenant: "tenant-2".into(), ..tracking("1Z") }, 0, event("x"))
        .await
        .unwrap();
    assert_eq!(store.events(TENANT, 0, 10).await.unwrap(), vec![]);
    assert_eq!(store.events("tenant-2", 0, 10).await.unwrap().len(), 2);
}

pub(crate) async fn a_failed_change_tells_nothing(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    let illegal = Change { event: event("never"), ..change(Intent, InDoubt) };
    assert!(matches!(store.set_state(&hold, illegal).await, Err(StoreError::Conflict { .. })));
    assert_eq!(store.events(TENANT, 0, 10).await.unwrap(), vec![]);
}
