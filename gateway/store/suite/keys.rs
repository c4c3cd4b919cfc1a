//! Cases: an idempotency key is freed once its answer is old and nobody has work to do.

use super::Place;
use super::samples::{TENANT, at, begin, finished, lease, purchase, purchase_in};
use crate::store::PurchaseState::{InDoubt, Purchased, Refused, Sending};
use crate::store::{Begun, Finished, NewPurchase};

fn answered(state: crate::store::PurchaseState, seconds: i64) -> Finished {
    Finished { answer: Some(b"answer".to_vec()), at: at(seconds), ..finished(state) }
}

pub(crate) async fn an_expired_key_is_free_again(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", Sending).await;
    store.finish_purchase(&hold, answered(Purchased, 10)).await.unwrap();
    let row = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    assert_eq!((row.answered_at, row.idempotency_key.as_deref()), (Some(at(10)), Some("key-p1")));
    assert_eq!(store.expire_keys(at(10), 9).await.unwrap(), 0);
    assert_eq!(store.expire_keys(at(11), 9).await.unwrap(), 1);
    let row = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    assert_eq!((row.answered_at, row.idempotency_key, row.answer), (None, None, None));
    assert_eq!(row.state, Purchased);
    assert_eq!(store.purchase_by_key(TENANT, "key-p1").await.unwrap(), None);
    let again = NewPurchase { idempotency_key: "key-p1".into(), ..purchase("p2") };
    assert!(
        matches!(store.begin_purchase(again).await.unwrap(), Begun::Started(hold) if hold.purchase == "p2")
    );
}

pub(crate) async fn keys_in_use_are_kept(place: &impl Place) {
    let store = place.open();
    begin(&store, purchase("running")).await;
    purchase_in(&store, "doubt", InDoubt).await;
    let hold = purchase_in(&store, "unanswered", Sending).await;
    store.finish_purchase(&hold, finished(Purchased)).await.unwrap();
    let hold = purchase_in(&store, "watched", Sending).await;
    let watched = Finished { watch_at: Some(at(500)), ..answered(Refused, 10) };
    store.finish_purchase(&hold, watched).await.unwrap();
    let hold = purchase_in(&store, "held", Sending).await;
    store.finish_purchase(&hold, answered(Purchased, 10)).await.unwrap();
    store.claim_purchase(TENANT, "held", lease("b", 99), at(20)).await.unwrap();
    assert_eq!(store.expire_keys(at(1_000), 9).await.unwrap(), 0);
    for id in ["running", "doubt", "unanswered", "watched", "held"] {
        let found = store.purchase_by_key(TENANT, &format!("key-{id}")).await.unwrap();
        assert_eq!(found.map(|row| row.id).as_deref(), Some(id));
    }
}

pub(crate) async fn keys_expire_oldest_first_and_limited(place: &impl Place) {
    let store = place.open();
    for (id, seconds) in [("c", 30), ("a", 10), ("b", 20)] {
        let hold = purchase_in(&store, id, Sending).await;
        store.finish_purchase(&hold, answered(Purchased, seconds)).await.unwrap();
    }
    assert_eq!(store.expire_keys(at(100), 2).await.unwrap(), 2);
    assert!(store.purchase_by_key(TENANT, "key-c").await.unwrap().is_some());
    assert!(store.purchase_by_key(TENANT, "key-b").await.unwrap().is_none());
    assert_eq!(store.expire_keys(at(100), 2).await.unwrap(), 1);
    assert_eq!(store.expire_keys(at(100), 2).await.unwrap(), 0);
}

pub(crate) async fn freed_purchases_stand_side_by_side(place: &impl Place) {
    let store = place.open();
    // Two purchases without a key do not stand in each other's way.
    for id in ["p1", "p2", "p3"] {
        let hold = purchase_in(&store, id, Sending).await;
        store.finish_purchase(&hold, answered(Refused, 10)).await.unwrap();
    }
    assert_eq!(store.expire_keys(at(100), 9).await.unwrap(), 3);
    assert_eq!(store.purchases(TENANT, None, None, 9).await.unwrap().len(), 3);
}
