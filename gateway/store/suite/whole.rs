//! Cases: the store as a whole.

use super::Place;
use super::samples::{
    TENANT, begin, change, document, event, finished, intent, purchase, purchase_in, tracking,
};
use crate::store::PurchaseState::{Intent, Purchased, Sending};
use crate::store::{Finished, NewPurchase, PurchaseRow, StoreError};

pub(crate) async fn reopening_keeps_everything(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", Sending).await;
    store.journal_intent(&hold, intent("purchase", 1)).await.unwrap();
    let end =
        Finished { documents: vec![document("d1", b"label")], event: event("bought"), ..finished(Purchased) };
    store.finish_purchase(&hold, end).await.unwrap();
    store.merge_tracking(tracking("1Z"), 0, event("moved")).await.unwrap();
    let begun = begin(&store, purchase("p2")).await;
    let unleased = |rows: Vec<PurchaseRow>| -> Vec<_> {
        // A store that one process has to itself ends the leases of those that had it before.
        rows.into_iter().map(|row| PurchaseRow { lease: None, ..row }).collect()
    };
    let before = unleased(store.purchases(TENANT, None, None, 10).await.unwrap());
    let journal = store.journal("p1", "purchase").await.unwrap();
    let events = store.events(TENANT, 0, 10).await.unwrap();
    drop(store);
    let store = place.open();
    assert_eq!(unleased(store.purchases(TENANT, None, None, 10).await.unwrap()), before);
    assert_eq!(store.journal("p1", "purchase").await.unwrap(), journal);
    assert_eq!(store.events(TENANT, 0, 10).await.unwrap(), events);
    assert_eq!(store.document(TENANT, "d1").await.unwrap().unwrap().1, b"label");
    assert_eq!(store.tracked(TENANT, "acme", "1Z").await.unwrap().unwrap().version, 1);
    store.set_state(&begun, change(Intent, Sending)).await.unwrap();
}

pub(crate) async fn a_closed_store_says_so(place: &impl Place) {
    let store = place.open();
    store.ping().await.unwrap();
    store.close().await.unwrap();
    assert_eq!(store.begin_purchase(purchase("p1")).await, Err(StoreError::Closed));
    assert_eq!(store.purchase(TENANT, "p1").await, Err(StoreError::Closed));
    assert_eq!(store.ping().await, Err(StoreError::Closed));
    store.close().await.unwrap();
    // The place is free although the old store is still there.
    place.open().ping().await.unwrap();
}

pub(crate) async fn closing_stores_what_waits(place: &impl Place) {
    let store = place.open();
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..100 {
        let store = store.clone();
        calls.spawn(async move { store.begin_purchase(purchase(&format!("p{n}"))).await });
    }
    store.close().await.unwrap();
    let outcomes = calls.join_all().await;
    let stored = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert!(outcomes.iter().all(|outcome| outcome.is_ok() || *outcome == Err(StoreError::Closed)));
    drop(store);
    let rows = place.open().purchases(TENANT, None, None, 500).await.unwrap();
    assert_eq!(rows.len(), stored);
}

pub(crate) async fn writers_share_commits(place: &impl Place) {
    let store = place.open();
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..64 {
        let store = store.clone();
        calls.spawn(async move {
            for m in 0..8 {
                begin(&store, purchase(&format!("p{n}-{m}"))).await;
            }
        });
    }
    calls.join_all().await;
    let stats = store.stats().await.unwrap();
    assert_eq!(stats.writes, 512);
    assert!(stats.commits < stats.writes, "{} commits of {} writes", stats.commits, stats.writes);
}

pub(crate) async fn a_failing_write_spares_its_group(place: &impl Place) {
    let store = place.open();
    begin(&store, purchase("taken")).await;
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..100 {
        let store = store.clone();
        calls.spawn(async move {
            let key = format!("k{n}");
            let id = if n % 2 == 0 { format!("p{n}") } else { "taken".into() };
            store.begin_purchase(NewPurchase { idempotency_key: key, ..purchase(&id) }).await
        });
    }
    let refused = calls.join_all().await.into_iter().filter(|outcome| outcome.is_err()).count();
    assert_eq!(refused, 50);
    assert_eq!(store.purchases(TENANT, None, None, 500).await.unwrap().len(), 51);
}

pub(crate) async fn stats_count(place: &impl Place) {
    let store = place.open();
    purchase_in(&store, "p1", Sending).await;
    begin(&store, purchase("p2")).await;
    begin(&store, purchase("p3")).await;
    let stats = store.stats().await.unwrap();
    assert_eq!(stats.states, vec![(Intent, 2), (Sending, 1)]);
    assert!(stats.rows.contains(&("purchases".to_owned(), 3)));
    assert!(stats.database_bytes > 0);
    assert_eq!((stats.queued, stats.writes), (0, 4));
}

pub(crate) async fn debug_shows_no_body(place: &impl Place) {
    let store = place.open();
    begin(&store, NewPurchase { body: b"Jane Doe".to_vec(), ..purchase("p1") }).await;
    let row = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    let shown = format!("{row:?}");
    assert!(shown.contains("p1") && !shown.contains("74, 97") && !shown.contains("Jane"), "{shown}");
}

pub(crate) async fn the_clock_goes_on(place: &impl Place) {
    let store = place.open();
    let before = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24);
    let (first, second) = (store.now().await.unwrap(), store.now().await.unwrap());
    assert!(before < first && first <= second && second < before + jiff::SignedDuration::from_hours(48));
}
