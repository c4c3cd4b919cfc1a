//! Cases: purchases are listed page by page.

use std::sync::Arc;

use super::Place;
use super::samples::{TENANT, at, begin, change, finished, purchase, purchase_in};
use crate::store::PurchaseState::{InDoubt, Intent, Purchased, Sending};
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
    let all = async |tenant, number, limit| {
        let rows = store.purchases_by_tracking(tenant, "acme", number, limit).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(all(TENANT, "1Z1", 9).await, ["new", "old"]);
    assert_eq!(all(TENANT, "1Z1", 1).await, ["new"]);
    assert_eq!(all("tenant-2", "1Z1", 9).await, [""; 0]);
}

pub(crate) async fn doubts_of_all_tenants_are_listed_oldest_first(place: &impl Place) {
    let store = place.open();
    for (id, tenant, created) in
        [("b", TENANT, 2), ("a", "tenant-2", 1), ("c", "tenant-3", 3), ("d", TENANT, 3)]
    {
        let new = NewPurchase { tenant: tenant.into(), created_at: at(created), ..purchase(id) };
        let hold = begin(&store, new).await;
        store.set_state(&hold, change(Intent, Sending)).await.unwrap();
        store.set_state(&hold, change(Sending, InDoubt)).await.unwrap();
    }
    purchase_in(&store, "sold", Purchased).await;
    let mut read = Vec::new();
    let mut cursor = None;
    loop {
        let rows = store.in_doubt(cursor.take(), 3).await.unwrap();
        let Some(last) = rows.last() else { break };
        cursor = Some(PageCursor { created_at: last.created_at, id: last.id.clone() });
        read.extend(rows.into_iter().map(|row| row.id));
    }
    assert_eq!(read, ["a", "b", "c", "d"]);
}

pub(crate) async fn texts_are_compared_byte_by_byte(place: &impl Place) {
    let store = place.open();
    for id in ["b", "B", "a", "_", "A", "\u{e4}"] {
        add(&store, id, 1).await;
    }
    let rows = store.purchases(TENANT, None, None, 9).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(),
        ["\u{e4}", "b", "a", "_", "B", "A"]
    );
}
