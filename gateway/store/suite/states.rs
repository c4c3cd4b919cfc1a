//! Cases: a purchase moves only along legal ways, and takes nothing when a move is refused.

use super::Place;
use super::samples::{
    TENANT, at, begin, change, claim, document, event, finished, intent, purchase, purchase_in,
};
use crate::store::PurchaseState::{InDoubt, Intent, Purchased, Refused, Sending, VoidRequested, Voided};
use crate::store::{Change, Finished, PurchaseState, StoreError};

pub(crate) async fn every_pair_of_states_follows_the_table(place: &impl Place) {
    let store = place.open();
    for from in PurchaseState::ALL.into_iter().filter(|state| !state.is_terminal()) {
        for to in PurchaseState::ALL {
            let id = format!("{from}-{to}");
            let hold = purchase_in(&store, &id, from).await;
            let outcome = store.set_state(&hold, change(from, to)).await;
            let now = store.purchase(TENANT, &id).await.unwrap().unwrap().state;
            if from.may_become(to) {
                assert_eq!((outcome, now), (Ok(()), to), "{id}");
            } else {
                assert!(matches!(outcome, Err(StoreError::Conflict { .. })), "{id}: {outcome:?}");
                assert_eq!(now, from, "{id}");
            }
        }
    }
}

pub(crate) async fn an_unexpected_state_is_a_conflict(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", Sending).await;
    let error = store.set_state(&hold, change(InDoubt, Purchased)).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
}

pub(crate) async fn a_change_writes_all_it_brings(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    let full = Change {
        body: Some(b"second".to_vec()),
        next_action_at: Some(at(90)),
        event: event("sending"),
        ..change(Intent, Sending)
    };
    store.set_state(&hold, full).await.unwrap();
    let row = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    assert_eq!((row.state, row.body.as_slice(), row.next_action_at), (Sending, &b"second"[..], Some(at(90))));
    assert_eq!((row.updated_at, row.hold()), (at(1), Some(hold.clone())));
    store.set_state(&hold, change(Sending, InDoubt)).await.unwrap();
    let row = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    assert_eq!((row.body.as_slice(), row.next_action_at), (&b"second"[..], None));
    assert_eq!(store.events(TENANT, 0, 10).await.unwrap().len(), 1);
}

pub(crate) async fn finishing_needs_a_state_of_rest(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", Sending).await;
    for state in [Intent, Sending, InDoubt, VoidRequested, Voided] {
        let error = store.finish_purchase(&hold, finished(state)).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { .. }), "{state}: {error}");
    }
    store.finish_purchase(&hold, finished(Purchased)).await.unwrap();
    let row = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    assert_eq!((row.state, row.lease, row.next_action_at, row.updated_at), (Purchased, None, None, at(2)));
}

pub(crate) async fn a_terminal_purchase_takes_nothing(place: &impl Place) {
    let store = place.open();
    for end in [Refused, Voided] {
        let id = end.name();
        let hold = purchase_in(&store, id, end).await;
        let before = store.purchase(TENANT, id).await.unwrap();
        let fenced = Err(StoreError::Fenced { purchase: id.to_owned(), fence: hold.fence });
        assert_eq!(store.set_state(&hold, change(end, Purchased)).await, fenced);
        assert_eq!(store.finish_purchase(&hold, finished(Purchased)).await, fenced);
        assert_eq!(store.renew_lease(&hold, at(900)).await, fenced);
        assert_eq!(store.release_lease(&hold, Some(at(9))).await, fenced);
        assert_eq!(store.journal_intent(&hold, intent("void", 1)).await, fenced);
        assert_eq!(store.purchase(TENANT, id).await.unwrap(), before);
    }
}

pub(crate) async fn the_answer_is_set_once(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", Sending).await;
    let answer = |text: &[u8], state| Finished { answer: Some(text.to_vec()), ..finished(state) };
    store.finish_purchase(&hold, answer(b"first", Purchased)).await.unwrap();
    let hold = claim(&store, "p1", "a", 70, 90).await;
    store.set_state(&hold, change(Purchased, VoidRequested)).await.unwrap();
    let error = store.finish_purchase(&hold, answer(b"second", Voided)).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    store.finish_purchase(&hold, finished(Voided)).await.unwrap();
    let row = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    assert_eq!((row.state, row.answer.as_deref()), (Voided, Some(&b"first"[..])));
}

pub(crate) async fn a_refused_void_goes_back_to_purchased(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", VoidRequested).await;
    store.finish_purchase(&hold, finished(Purchased)).await.unwrap();
    let hold = claim(&store, "p1", "b", 70, 90).await;
    store.set_state(&hold, change(Purchased, VoidRequested)).await.unwrap();
}

pub(crate) async fn a_failed_finish_leaves_nothing(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", Sending).await;
    let before = store.purchase(TENANT, "p1").await.unwrap();
    let twice = Finished {
        documents: vec![document("d1", b"one"), document("d1", b"two")],
        tracking: vec![("acme".into(), "1Z".into())],
        event: event("purchased"),
        ..finished(Purchased)
    };
    let error = store.finish_purchase(&hold, twice).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    assert_eq!(store.purchase(TENANT, "p1").await.unwrap(), before);
    assert_eq!(store.document(TENANT, "d1").await.unwrap(), None);
    assert_eq!(store.purchase_by_tracking(TENANT, "acme", "1Z").await.unwrap(), None);
    assert_eq!(store.events(TENANT, 0, 10).await.unwrap(), vec![]);
}
