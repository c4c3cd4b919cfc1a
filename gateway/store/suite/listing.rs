//! Cases: purchases are listed page by page.

use std::sync::Arc;

use super::Place;
use super::samples::{TENANT, at, begin, finished, purchase, purchase_in};
use crate::store::PurchaseState::{InDoubt, Purchased, Sending};
use crate::store::{Finished, MAX_ROWS, NewPurchase, PageCursor, PurchaseState, Store};

async fn add(store: &Arc<dyn Store>, id: &str, created: i64) {
    begin(store, NewPurchase { created_at: at(created), ..purchase(id) }).await;
}

async fn page(
    store: &Arc<dyn Store>,
    state: Option<PurchaseState>,
    after: &mut Option<PageCursor>,
) -> Vec<String> {
    let rows = store.purchases(TENANT, state, after.take(), 2).await.unwrap();
    *after = rows.last().map(|row| PageCursor { created_at: row.created_at, id: row.id.clone() });
    rows.into_iter().map(|row| row.id).collect()
}

pub(crate) async fn pages_are_newest_first(place: &impl Place) {
    let store = place.open();
    for (id, created) in [("b", 2), ("a", 1), ("d", 4), ("c", 3), ("e", 5)] {
        add(&store, id, created).await;
    }
    let mut cursor = None;
    assert_eq!(page(&store, None, &mut cursor).await, ["e", "d"]);
    assert_eq!(page(&store, None, &mut cursor).await, ["c", "b"]);
    assert_eq!(page(&store, None, &mut cursor).await, ["a"]);
    assert_eq!(page(&store, None, &mut cursor).await, Vec::<String>::new());
}

pub(crate) async fn pages_are_stable_while_rows_arrive(place: &impl Place) {
    let store = place.open();
    for (id, created) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
        add(&store, id, created).await;
    }
    let mut cursor = None;
    assert_eq!(page(&store, None, &mut cursor).await, ["d", "c"]);
    add(&store, "e", 5).await;
    assert_eq!(page(&store, None, &mut cursor).await, ["b", "a"]);
}

pub(crate) async fn equal_times_are_split_by_id(place: &impl Place) {
    let store = place.open();
    for id in ["b", "d", "a", "c"] {
        add(&store, id, 1).await;
    }
    let mut cursor = None;
    assert_eq!(page(&store, None, &mut cursor).await, ["d", "c"]);
    assert_eq!(page(&store, None, &mut cursor).await, ["b", "a"]);
}

pub(crate) async fn a_state_filters(place: &impl Place) {
    let store = place.open();
    for (id, state) in [("a", InDoubt), ("b", Sending), ("c", InDoubt), ("d", InDoubt), ("e", Purchased)] {
        purchase_in(&store, id, state).await;
    }
    let mut cursor = None;
    assert_eq!(page(&store, Some(InDoubt), &mut cursor).await, ["d", "c"]);
    assert_eq!(page(&store, Some(InDoubt), &mut cursor).await, ["a"]);
    assert_eq!(page(&store, Some(Purchased), &mut None).await, ["e"]);
}

pub(crate) async fn a_limit_is_capped(place: &impl Place) {
    let store = place.open();
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..=MAX_ROWS {
        let store = store.clone();
        calls.spawn(async move { add(&store, &format!("p{n}"), 1).await });
    }
    calls.join_all().await;
    let rows = store.purchases(TENANT, None, None, u32::MAX).await.unwrap();
    assert_eq!(rows.len(), usize::try_from(MAX_ROWS).unwrap());
    assert_eq!(store.purchases(TENANT, None, None, 0).await.unwrap(), vec![]);
}

pub(crate) async fn a_tracking_number_finds_the_newest(place: &impl Place) {
    let store = place.open();
    for (id, finished_at) in [("new", 20), ("old", 10)] {
        let hold = purchase_in(&store, id, Sending).await;
        let tracking = vec![("acme".into(), "1Z1".into()), ("acme".into(), format!("1Z-{id}"))];
        let end = Finished { tracking, at: at(finished_at), ..finished(Purchased) };
        store.finish_purchase(&hold, end).await.unwrap();
    }
    let find = async |carrier, number| {
        store.purchase_by_tracking(TENANT, carrier, number).await.unwrap().map(|row| row.id)
    };
    assert_eq!(find("acme", "1Z1").await.as_deref(), Some("new"));
    assert_eq!(find("acme", "1Z-old").await.as_deref(), Some("old"));
    assert_eq!(find("dhl", "1Z1").await, None);
}
