//! Cases: an alarm comes with what it is about, once, and stays until its cause is gone or a person closes it.

use super::Place;
use super::samples::{
    TENANT, alarm, at, begin, change, document, finished, purchase, purchase_in, raise, settle,
};
use crate::store::PurchaseState::{InDoubt, Intent, Purchased, Sending};
use crate::store::{Alarms, Change, Finished, NewAlarm, StoreError};

pub(crate) async fn a_change_raises_its_alarms(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", Sending).await;
    let both = Alarms { raise: vec![alarm("A"), alarm("B")], settle: vec![] };
    store.set_state(&hold, Change { alarms: both, ..change(Sending, InDoubt) }).await.unwrap();
    let rows = store.alarms(0, 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.code.as_str()).collect::<Vec<_>>(), ["A", "B"]);
    let row = &rows[0];
    assert_eq!((row.tenant.as_str(), row.purchase.as_str(), row.carrier.as_str()), (TENANT, "p1", "acme"));
    assert_eq!((row.words.as_str(), row.raised_at), ("words of A", at(1)));
    assert!(rows[0].id < rows[1].id);
}

pub(crate) async fn an_open_alarm_is_raised_once(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", InDoubt).await;
    for n in 0..3 {
        let again = NewAlarm { words: format!("time {n}"), ..alarm("A") };
        let alarms = Alarms { raise: vec![again], settle: vec![] };
        store.set_state(&hold, Change { alarms, ..change(InDoubt, InDoubt) }).await.unwrap();
    }
    let rows = store.alarms(0, 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.words.as_str()).collect::<Vec<_>>(), ["time 0"]);
}

pub(crate) async fn a_settled_alarm_is_gone_and_may_come_back(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", InDoubt).await;
    let other = purchase_in(&store, "p2", InDoubt).await;
    let say = async |hold, alarms| {
        store.set_state(hold, Change { alarms, ..change(InDoubt, InDoubt) }).await.unwrap();
    };
    say(&hold, raise("A")).await;
    say(&other, raise("A")).await;
    say(&hold, settle("A")).await;
    let rows = store.alarms(0, 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.purchase.as_str()).collect::<Vec<_>>(), ["p2"]);
    say(&hold, raise("A")).await;
    let again = store.alarms(rows[0].id, 10).await.unwrap();
    assert_eq!(again.iter().map(|row| row.purchase.as_str()).collect::<Vec<_>>(), ["p1"]);
}

pub(crate) async fn a_person_closes_an_alarm_once(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", Sending).await;
    store.set_state(&hold, Change { alarms: raise("A"), ..change(Sending, InDoubt) }).await.unwrap();
    let id = store.alarms(0, 10).await.unwrap()[0].id;
    assert!(!store.close_alarm(id + 1, "ann", at(5)).await.unwrap());
    assert!(store.close_alarm(id, "ann", at(5)).await.unwrap());
    assert!(!store.close_alarm(id, "bob", at(6)).await.unwrap());
    assert_eq!(store.alarms(0, 10).await.unwrap(), vec![]);
}

pub(crate) async fn alarms_are_read_page_by_page(place: &impl Place) {
    let store = place.open();
    for id in ["p1", "p2", "p3"] {
        let hold = purchase_in(&store, id, Sending).await;
        store.finish_purchase(&hold, Finished { alarms: raise("A"), ..finished(Purchased) }).await.unwrap();
    }
    let mut read = Vec::new();
    let mut after = 0;
    while let [row] = store.alarms(after, 1).await.unwrap().as_slice() {
        read.push(row.purchase.clone());
        after = row.id;
    }
    assert_eq!(read, ["p1", "p2", "p3"]);
    assert_eq!(store.alarms(u64::MAX, 1).await.unwrap(), vec![]);
}

pub(crate) async fn a_failed_change_raises_nothing(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    let illegal = Change { alarms: raise("A"), ..change(Intent, InDoubt) };
    assert!(matches!(store.set_state(&hold, illegal).await, Err(StoreError::Conflict { .. })));
    let hold = purchase_in(&store, "p2", Sending).await;
    let twice = Finished {
        documents: vec![document("d", b"one"), document("d", b"two")],
        alarms: raise("A"),
        ..finished(Purchased)
    };
    assert!(matches!(store.finish_purchase(&hold, twice).await, Err(StoreError::Conflict { .. })));
    assert_eq!(store.alarms(0, 10).await.unwrap(), vec![]);
}

pub(crate) async fn a_look_at_a_document_is_kept_with_its_alarm(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "p1", Sending).await;
    let documents = vec![document("bad", b"x"), document("good", b"%PDF")];
    store.finish_purchase(&hold, Finished { documents, ..finished(Purchased) }).await.unwrap();
    let unchecked = store.unchecked_documents(10).await.unwrap();
    assert_eq!(unchecked.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["bad", "good"]);
    assert_eq!(store.unchecked_documents(1).await.unwrap().len(), 1);
    assert!(store.document_checked(TENANT, "bad", "NOT_PDF", raise("BAD"), at(9)).await.unwrap());
    assert!(store.document_checked(TENANT, "good", "", Alarms::default(), at(9)).await.unwrap());
    assert!(!store.document_checked("tenant-2", "bad", "", raise("OTHER"), at(9)).await.unwrap());
    assert_eq!(store.unchecked_documents(10).await.unwrap(), vec![]);
    let flaws: Vec<_> =
        store.documents(TENANT, "p1").await.unwrap().into_iter().map(|row| row.flaws.unwrap()).collect();
    assert_eq!(flaws, ["NOT_PDF", ""]);
    let rows = store.alarms(0, 10).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].purchase.as_str(), rows[0].code.as_str(), rows[0].raised_at), ("p1", "BAD", at(9)));
}
