//! Cases: a refused purchase may stay watched, and leases and work go by clocks of their own.

use super::Place;
use super::samples::{TENANT, at, change, due, finished, lease, purchase_in};
use crate::store::PurchaseState::{InDoubt, Purchased, Refused, Sending};
use crate::store::{Change, Claimed, Due, Finished, Hold, StoreError};

async fn watched(store: &std::sync::Arc<dyn crate::store::Store>, id: &str, until: i64) -> Hold {
    let hold = purchase_in(store, id, InDoubt).await;
    let end = Finished { watch_at: Some(at(until)), ..finished(Refused) };
    store.finish_purchase(&hold, end).await.unwrap();
    hold
}

pub(crate) async fn a_watched_refusal_comes_back_when_due(place: &impl Place) {
    let store = place.open();
    let old = watched(&store, "p1", 500).await;
    let row = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    assert_eq!((row.state, row.next_action_at, row.lease), (Refused, Some(at(500)), None));
    assert_eq!(store.claim_due(lease("b", 900), due(499), 9).await.unwrap(), vec![]);
    let taken = store.claim_due(lease("b", 900), due(500), 9).await.unwrap();
    assert_eq!(taken.len(), 1);
    assert!(taken[0].fence > old.fence && taken[0].state == Refused);
    let hold = taken[0].hold().unwrap();
    // Still nothing: looked at again later.
    let later = Change { next_action_at: Some(at(800)), ..change(Refused, Refused) };
    store.set_state(&hold, later).await.unwrap();
    store.release_lease(&hold, Some(at(800))).await.unwrap();
    assert_eq!(store.claim_due(lease("b", 900), due(799), 9).await.unwrap(), vec![]);
    assert_eq!(store.claim_due(lease("b", 900), due(800), 9).await.unwrap().len(), 1);
}

pub(crate) async fn a_watch_ends(place: &impl Place) {
    let store = place.open();
    watched(&store, "p1", 500).await;
    let taken = store.claim_due(lease("b", 900), due(500), 9).await.unwrap();
    let hold = taken[0].hold().unwrap();
    let error = store.set_state(&hold, change(Refused, Purchased)).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    store.finish_purchase(&hold, finished(Refused)).await.unwrap();
    assert_eq!(store.claim_due(lease("b", 9_000), due(5_000), 9).await.unwrap(), vec![]);
    let row = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    assert_eq!((row.state, row.lease, row.next_action_at), (Refused, None, None));
}

pub(crate) async fn only_a_refused_one_is_watched(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", Sending).await;
    let end = Finished { watch_at: Some(at(500)), ..finished(Purchased) };
    let error = store.finish_purchase(&hold, end).await.unwrap_err();
    assert!(matches!(&error, StoreError::Conflict { what } if what.contains("watched")), "{error}");
    assert_eq!(store.purchase(TENANT, "p1").await.unwrap().unwrap().state, Sending);
}

pub(crate) async fn a_watched_refusal_is_terminal_to_callers(place: &impl Place) {
    let store = place.open();
    let old = watched(&store, "p1", 500).await;
    let claimed = store.claim_purchase(TENANT, "p1", lease("b", 900), at(600)).await.unwrap();
    assert!(matches!(claimed, Some(Claimed::Terminal(row)) if row.id == "p1"));
    assert!(matches!(store.renew_lease(&old, at(900)).await, Err(StoreError::Fenced { .. })));
}

pub(crate) async fn leases_and_work_go_by_their_own_clocks(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", InDoubt).await;
    let later = Change { next_action_at: Some(at(5_000)), ..change(InDoubt, InDoubt) };
    store.set_state(&hold, later).await.unwrap();
    let claim = async |lease_at, work_at| {
        let due = Due { lease_at: at(lease_at), work_at: at(work_at), except: vec![] };
        store.claim_due(lease("b", 100), due, 9).await.unwrap().len()
    };
    // The lease runs until 60 by the one clock, the work is due at 5000 by the other.
    assert_eq!(claim(59, 9_000).await, 0);
    assert_eq!(claim(9_000, 4_999).await, 0);
    assert_eq!(claim(60, 5_000).await, 1);
}
