//! Cases: each exchange is written down once before and once after.

use super::Place;
use super::samples::{TENANT, at, begin, finished, intent, purchase, purchase_in, reply};
use crate::store::{NewIntent, NewReply, PurchaseState, StoreError};

pub(crate) async fn the_first_intent_makes_it_sending(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    store.journal_intent(&hold, intent("purchase", 0)).await.unwrap();
    let row = store.purchase(TENANT, "p1").await.unwrap().unwrap();
    assert_eq!((row.state, row.updated_at), (PurchaseState::Sending, at(0)));
    for state in [PurchaseState::InDoubt, PurchaseState::VoidRequested] {
        let hold = purchase_in(&store, state.name(), state).await;
        store.journal_intent(&hold, intent("void", 0)).await.unwrap();
        assert_eq!(store.purchase(TENANT, state.name()).await.unwrap().unwrap().state, state);
    }
}

pub(crate) async fn steps_read_back_in_order(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    store.journal_intent(&hold, intent("purchase", 10)).await.unwrap();
    store.journal_intent(&hold, intent("purchase", 2)).await.unwrap();
    store.journal_reply(&hold, reply("purchase", 2)).await.unwrap();
    let rows = store.journal("p1", "purchase").await.unwrap();
    assert_eq!(rows.iter().map(|row| row.step).collect::<Vec<_>>(), [2, 10]);
    assert_eq!(rows[0].reply, Some((b"reply purchase 2".to_vec(), at(3))));
    assert_eq!(rows[1].reply, None);
    assert_eq!(
        (rows[0].name.as_str(), rows[0].intent_at, rows[0].request_sha256),
        ("step-2", at(2), [9; 32])
    );
    assert_eq!(rows[0].request, b"request purchase 2");
}

pub(crate) async fn an_intent_is_written_once(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    store.journal_intent(&hold, intent("purchase", 1)).await.unwrap();
    let other = NewIntent { request: b"changed".to_vec(), ..intent("purchase", 1) };
    let error = store.journal_intent(&hold, other).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    assert_eq!(store.journal("p1", "purchase").await.unwrap()[0].request, b"request purchase 1");
}

pub(crate) async fn a_reply_is_written_once(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    store.journal_intent(&hold, intent("purchase", 1)).await.unwrap();
    // An empty reply is a reply.
    store.journal_reply(&hold, NewReply { reply: vec![], ..reply("purchase", 1) }).await.unwrap();
    let error = store.journal_reply(&hold, reply("purchase", 1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    assert_eq!(store.journal("p1", "purchase").await.unwrap()[0].reply, Some((vec![], at(2))));
}

pub(crate) async fn a_reply_needs_its_intent(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    let error = store.journal_reply(&hold, reply("purchase", 1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    assert_eq!(store.journal("p1", "purchase").await.unwrap(), vec![]);
}

pub(crate) async fn operations_are_apart(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    store.journal_intent(&hold, intent("purchase", 1)).await.unwrap();
    store.journal_intent(&hold, intent("void", 1)).await.unwrap();
    let other = begin(&store, purchase("p2")).await;
    store.journal_intent(&other, intent("purchase", 1)).await.unwrap();
    assert_eq!(store.journal("p1", "void").await.unwrap().len(), 1);
    assert_eq!(store.journal("p1", "purchase").await.unwrap().len(), 1);
}

pub(crate) async fn purging_spares_open_purchases(place: &impl Place) {
    let store = place.open();
    let done = purchase_in(&store, "done", PurchaseState::Sending).await;
    let doubt = purchase_in(&store, "doubt", PurchaseState::InDoubt).await;
    for hold in [&done, &doubt] {
        for step in 1..=4 {
            store.journal_intent(hold, intent("purchase", step)).await.unwrap();
        }
    }
    store.finish_purchase(&done, finished(PurchaseState::Purchased)).await.unwrap();
    assert_eq!(store.purge_journal(at(4), 2).await.unwrap(), 2);
    assert_eq!(store.purge_journal(at(4), 500).await.unwrap(), 1);
    assert_eq!(store.purge_journal(at(4), 500).await.unwrap(), 0);
    assert_eq!(store.journal("done", "purchase").await.unwrap().len(), 1);
    assert_eq!(store.journal("doubt", "purchase").await.unwrap().len(), 4);
}

pub(crate) async fn a_repeated_exchange_replaces_its_reply(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    let again = NewReply { reply: b"second".to_vec(), replaces: true, at: at(9), ..reply("purchase", 1) };
    let error = store.journal_reply(&hold, again.clone()).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    store.journal_intent(&hold, intent("purchase", 1)).await.unwrap();
    store.journal_reply(&hold, reply("purchase", 1)).await.unwrap();
    store.journal_reply(&hold, again).await.unwrap();
    assert_eq!(store.journal("p1", "purchase").await.unwrap()[0].reply, Some((b"second".to_vec(), at(9))));
}
