//! Cases: one worker at a time, and an old one is shut out.

use std::collections::HashSet;

use super::Place;
use super::samples::{
    TENANT, at, begin, change, claim, due, event, finished, intent, lease, purchase, purchase_in, reply,
};
use crate::store::PurchaseState::{InDoubt, Intent, Purchased, Refused, Sending, VoidRequested, Voided};
use crate::store::{Change, Claimed, Due, Hold, NewPurchase, StoreError};

pub(crate) async fn a_running_lease_is_left_alone(place: &impl Place) {
    let store = place.open();
    begin(&store, purchase("p1")).await;
    assert_eq!(store.claim_due(lease("b", 200), due(59), 10).await.unwrap(), vec![]);
}

pub(crate) async fn an_expired_lease_is_taken_with_a_larger_fence(place: &impl Place) {
    let store = place.open();
    for (id, state) in [("i", Intent), ("s", Sending)] {
        let old = purchase_in(&store, id, state).await;
        let taken = store.claim_due(lease("b", 200), due(60), 10).await.unwrap();
        assert_eq!(taken.len(), 1);
        assert_eq!((taken[0].id.as_str(), taken[0].state), (id, state));
        assert!(taken[0].fence > old.fence);
        assert_eq!(taken[0].lease, Some(lease("b", 200)));
        assert_eq!(store.purchase(TENANT, id).await.unwrap().as_ref(), taken.first());
    }
}

pub(crate) async fn the_old_holder_is_fenced_everywhere(place: &impl Place) {
    let store = place.open();
    let old = purchase_in(&store, "p1", Sending).await;
    store.journal_intent(&old, intent("purchase", 1)).await.unwrap();
    let new = claim(&store, "p1", "a", 60, 200).await;
    let fenced = Err(StoreError::Fenced { purchase: "p1".into(), fence: old.fence });
    assert_eq!(store.renew_lease(&old, at(999)).await, fenced);
    assert_eq!(store.release_lease(&old, None).await, fenced);
    let told = Change { event: event("doubt"), ..change(Sending, InDoubt) };
    assert_eq!(store.set_state(&old, told).await, fenced);
    assert_eq!(store.finish_purchase(&old, finished(Purchased)).await, fenced);
    assert_eq!(store.journal_intent(&old, intent("purchase", 2)).await, fenced);
    assert_eq!(store.journal_reply(&old, reply("purchase", 1)).await, fenced);
    assert_eq!(store.events(TENANT, 0, 10).await.unwrap(), vec![]);
    store.journal_reply(&new, reply("purchase", 1)).await.unwrap();
    store.finish_purchase(&new, finished(Purchased)).await.unwrap();
}

pub(crate) async fn a_wrong_owner_is_fenced(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    let wrong = Hold { owner: "b".into(), ..hold.clone() };
    let error = store.set_state(&wrong, change(Intent, Sending)).await.unwrap_err();
    assert_eq!(error, StoreError::Fenced { purchase: "p1".into(), fence: hold.fence });
    let ahead = Hold { fence: u64::MAX, ..hold };
    assert!(matches!(store.renew_lease(&ahead, at(99)).await, Err(StoreError::Fenced { .. })));
}

pub(crate) async fn an_unknown_purchase_is_fenced(place: &impl Place) {
    let store = place.open();
    let hold = Hold { purchase: "none".into(), owner: "a".into(), fence: 1 };
    assert!(matches!(store.renew_lease(&hold, at(99)).await, Err(StoreError::Fenced { .. })));
    assert_eq!(store.claim_purchase(TENANT, "none", lease("a", 9), at(1)).await.unwrap(), None);
}

pub(crate) async fn renewing_puts_the_expiry_off(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    store.renew_lease(&hold, at(120)).await.unwrap();
    assert_eq!(store.claim_due(lease("b", 200), due(119), 10).await.unwrap(), vec![]);
    // Late, but nobody was faster.
    store.renew_lease(&hold, at(300)).await.unwrap();
    assert_eq!(store.claim_due(lease("b", 400), due(299), 10).await.unwrap(), vec![]);
    assert_eq!(store.claim_due(lease("b", 400), due(300), 10).await.unwrap().len(), 1);
}

pub(crate) async fn releasing_follows_the_schedule(place: &impl Place) {
    let store = place.open();
    let now = begin(&store, purchase("now")).await;
    let later = purchase_in(&store, "later", InDoubt).await;
    store.release_lease(&now, None).await.unwrap();
    store.release_lease(&later, Some(at(500))).await.unwrap();
    let taken = store.claim_due(lease("b", 900), due(1), 10).await.unwrap();
    assert_eq!(taken.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["now"]);
    assert_eq!(store.claim_due(lease("b", 900), due(499), 10).await.unwrap(), vec![]);
    let taken = store.claim_due(lease("b", 900), due(500), 10).await.unwrap();
    assert_eq!(taken.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["later"]);
    assert!(matches!(store.renew_lease(&later, at(99)).await, Err(StoreError::Fenced { .. })));
}

pub(crate) async fn in_doubt_off_the_schedule_waits(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", InDoubt).await;
    store.release_lease(&hold, None).await.unwrap();
    assert_eq!(store.claim_due(lease("b", 200), due(1_000_000), 10).await.unwrap(), vec![]);
    // The operator takes it by its id.
    let hold = claim(&store, "p1", "operator", 70, 90).await;
    store.finish_purchase(&hold, finished(Refused)).await.unwrap();
}

pub(crate) async fn an_in_doubt_whose_worker_died_is_due(place: &impl Place) {
    let store = place.open();
    purchase_in(&store, "unscheduled", InDoubt).await;
    let hold = purchase_in(&store, "scheduled", InDoubt).await;
    store
        .set_state(&hold, Change { next_action_at: Some(at(500)), ..change(InDoubt, InDoubt) })
        .await
        .unwrap();
    let taken = store.claim_due(lease("b", 900), due(60), 10).await.unwrap();
    assert_eq!(taken.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["unscheduled"]);
    assert_eq!(store.claim_due(lease("b", 900), due(500), 10).await.unwrap().len(), 1);
}

pub(crate) async fn a_purchase_at_rest_is_never_due(place: &impl Place) {
    let store = place.open();
    for state in [Purchased, Refused, Voided] {
        purchase_in(&store, state.name(), state).await;
    }
    assert_eq!(store.claim_due(lease("b", 200), due(1_000_000), 10).await.unwrap(), vec![]);
}

pub(crate) async fn what_is_in_hand_is_not_taken_again(place: &impl Place) {
    let store = place.open();
    for id in ["mine", "theirs", "left"] {
        begin(&store, purchase(id)).await;
    }
    let except = vec!["mine".to_owned(), "unknown".to_owned()];
    let due = Due { except, ..due(60) };
    let taken = store.claim_due(lease("b", 200), due.clone(), 1).await.unwrap();
    assert_eq!(taken.len(), 1);
    let rest = store.claim_due(lease("b", 200), due, 10).await.unwrap();
    let ids: HashSet<_> = taken.iter().chain(&rest).map(|row| row.id.as_str()).collect();
    assert_eq!(ids, HashSet::from(["theirs", "left"]));
}

pub(crate) async fn due_ones_come_oldest_first(place: &impl Place) {
    let store = place.open();
    for (id, until) in [("third", 30), ("first", 10), ("second", 20)] {
        begin(&store, NewPurchase { lease: lease("a", until), ..purchase(id) }).await;
    }
    let ids = |rows: Vec<crate::store::PurchaseRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(store.claim_due(lease("b", 99), due(50), 2).await.unwrap()), ["first", "second"]);
    assert_eq!(ids(store.claim_due(lease("b", 99), due(50), 2).await.unwrap()), ["third"]);
}

pub(crate) async fn two_workers_never_share(place: &impl Place) {
    let store = place.open();
    for n in 0..40 {
        begin(&store, purchase(&format!("p{n}"))).await;
    }
    let mut workers = tokio::task::JoinSet::new();
    for worker in 0..8 {
        let store = store.clone();
        workers.spawn(async move {
            store.claim_due(lease(&format!("w{worker}"), 999), due(60), 7).await.unwrap()
        });
    }
    let taken: Vec<_> = workers.join_all().await.into_iter().flatten().map(|row| row.id).collect();
    assert_eq!(taken.len(), 40);
    assert_eq!(taken.iter().collect::<HashSet<_>>().len(), 40);
}

pub(crate) async fn claiming_one_purchase(place: &impl Place) {
    let store = place.open();
    let first = begin(&store, purchase("p1")).await;
    let held = store.claim_purchase(TENANT, "p1", lease("a", 99), at(59)).await.unwrap();
    assert!(matches!(held, Some(Claimed::Held(row)) if row.lease == Some(lease("a", 60))));
    let second = claim(&store, "p1", "b", 60, 99).await;
    assert!(second.fence > first.fence);
    store.finish_purchase(&second, finished(Refused)).await.unwrap();
    let over = store.claim_purchase(TENANT, "p1", lease("a", 99), at(99)).await.unwrap();
    assert!(matches!(over, Some(Claimed::Terminal(row)) if row.state == Refused));
}

pub(crate) async fn a_void_in_flight_is_taken_over(place: &impl Place) {
    let store = place.open();
    let old = purchase_in(&store, "p1", VoidRequested).await;
    let taken = store.claim_due(lease("b", 200), due(60), 10).await.unwrap();
    assert_eq!(taken.len(), 1);
    assert!(taken[0].fence > old.fence);
    store.finish_purchase(&taken[0].hold().unwrap(), finished(Voided)).await.unwrap();
}
