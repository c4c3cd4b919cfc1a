//! Cases: a purchase begins once a key.

use super::Place;
use super::samples::{TENANT, begin, purchase};
use crate::store::{Begun, NewPurchase, PurchaseRow, PurchaseState, StoreError};

pub(crate) async fn a_new_purchase_reads_back(place: &impl Place) {
    let store = place.open();
    let new = purchase("p1");
    let hold = begin(&store, new.clone()).await;
    let row = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    assert_eq!(row.hold(), Some(hold));
    assert_eq!(row.state, PurchaseState::Intent);
    assert_eq!((row.fingerprint, &row.body, row.answer.as_ref()), (new.fingerprint, &new.body, None));
    assert_eq!((&row.carrier, &row.account, &row.service), (&new.carrier, &new.account, &new.service));
    assert_eq!(
        (&row.reference, row.created_at, row.updated_at),
        (&new.reference, new.created_at, new.created_at)
    );
    assert_eq!((row.lease.as_ref(), row.next_action_at), (Some(&new.lease), None));
    assert_eq!(row, PurchaseRow::begun(&new));
    assert_eq!(store.purchase_by_key(TENANT, "key-p1").await.unwrap(), Some(row));
}

pub(crate) async fn the_same_key_finds_the_first(place: &impl Place) {
    let store = place.open();
    begin(&store, purchase("p1")).await;
    let first = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    let again = NewPurchase { idempotency_key: "key-p1".into(), fingerprint: [1; 32], ..purchase("p2") };
    assert_eq!(store.begin_purchase(again).await.unwrap(), Begun::Existing(Box::new(first)));
    assert_eq!(store.purchase(TENANT, "p2").await.unwrap(), None);
}

pub(crate) async fn a_key_belongs_to_its_tenant(place: &impl Place) {
    let store = place.open();
    begin(&store, purchase("p1")).await;
    let other = NewPurchase { tenant: "tenant-2".into(), idempotency_key: "key-p1".into(), ..purchase("p2") };
    begin(&store, other).await;
}

pub(crate) async fn many_calls_with_one_key_start_one(place: &impl Place) {
    let store = place.open();
    let mut calls = tokio::task::JoinSet::new();
    for call in 0..200 {
        let store = store.clone();
        let new = NewPurchase { idempotency_key: "one".into(), ..purchase(&format!("p{call}")) };
        calls.spawn(async move { (new.id.clone(), store.begin_purchase(new).await.unwrap()) });
    }
    let mut started = Vec::new();
    let mut found = Vec::new();
    for (id, begun) in calls.join_all().await {
        match begun {
            Begun::Started(hold) => {
                assert_eq!(hold.purchase, id);
                started.push(id);
            }
            Begun::Existing(row) => found.push(row.id),
        }
    }
    assert_eq!((started.len(), found.len()), (1, 199));
    assert!(found.iter().all(|id| *id == started[0]));
    assert_eq!(store.purchases(TENANT, None, None, 500).await.unwrap().len(), 1);
}

pub(crate) async fn many_keys_all_start(place: &impl Place) {
    let store = place.open();
    let mut calls = tokio::task::JoinSet::new();
    for call in 0..200 {
        let store = store.clone();
        calls.spawn(async move { begin(&store, purchase(&format!("p{call}"))).await });
    }
    calls.join_all().await;
    assert_eq!(store.purchases(TENANT, None, None, 500).await.unwrap().len(), 200);
}

pub(crate) async fn a_taken_id_is_a_conflict(place: &impl Place) {
    let store = place.open();
    begin(&store, purchase("p1")).await;
    for tenant in [TENANT, "tenant-2"] {
        let taken = NewPurchase { tenant: tenant.into(), idempotency_key: "other".into(), ..purchase("p1") };
        let error = store.begin_purchase(taken).await.unwrap_err();
        assert!(matches!(&error, StoreError::Conflict { what } if what.contains("`p1`")), "{error}");
    }
}

pub(crate) async fn a_repeat_with_its_own_id_finds_the_first(place: &impl Place) {
    let store = place.open();
    begin(&store, purchase("p1")).await;
    let begun = store.begin_purchase(purchase("p1")).await.unwrap();
    assert!(matches!(begun, Begun::Existing(row) if row.id == "p1"));
}
