//! Cases: a confirmation comes with its purchase, is worked on by one, follows a void, and keeps its evidence.

use std::sync::Arc;

use super::Place;
use super::samples::{TENANT, alarm, at, begin, claim, due, event, finished, lease, purchase, purchase_in};
use crate::store::ConfirmationState::{Confirmed, Pending, Refused, Sent, Superseded, Withdrawn};
use crate::store::PurchaseState::{self, Purchased, VoidRequested, Voided};
use crate::store::{
    Alarms, ConfirmationChange, ConfirmationRow, ConfirmationState, ConfirmationsOf, Finished,
    NewConfirmation, NewEvidence, Store, StoreError,
};

fn new(id: &str, parcel: u32) -> NewConfirmation {
    NewConfirmation {
        id: id.to_owned(),
        marketplace: "market".to_owned(),
        order: "order-1".to_owned(),
        parcel,
        number: format!("1Z-{id}"),
        content: format!("content of {id}").into_bytes(),
        content_sha256: [3; 32],
        next_attempt_at: Some(at(10)),
        alarm_at: Some(at(1000)),
    }
}

/// A bought purchase with these confirmations.
async fn bought(store: &Arc<dyn Store>, id: &str, confirmations: Vec<NewConfirmation>) {
    let hold = purchase_in(store, id, PurchaseState::Sending).await;
    store.finish_purchase(&hold, Finished { confirmations, ..finished(Purchased) }).await.unwrap();
}

async fn voided(store: &Arc<dyn Store>, id: &str) {
    let hold = claim(store, id, "v", 100, 200).await;
    store.set_state(&hold, super::samples::change(Purchased, VoidRequested)).await.unwrap();
    store.finish_purchase(&hold, Finished { at: at(50), ..finished(Voided) }).await.unwrap();
}

async fn get(store: &Arc<dyn Store>, id: &str) -> ConfirmationRow {
    store.confirmation(TENANT, id).await.unwrap().unwrap()
}

/// The one that is due, taken by `a` until 200.
async fn take(store: &Arc<dyn Store>, now: i64) -> ConfirmationRow {
    let mut rows = store.claim_confirmations(lease("a", 200), due(now), 10).await.unwrap();
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

fn to(row: &ConfirmationRow, state: ConfirmationState) -> ConfirmationChange {
    ConfirmationChange {
        state,
        sent_at: Some(at(20)),
        next_attempt_at: None,
        alarm_at: None,
        ..ConfirmationChange::none(row, at(20))
    }
}

pub(crate) async fn it_comes_with_its_purchase(place: &impl Place) {
    let store = place.open();
    let waits = NewConfirmation { next_attempt_at: None, alarm_at: None, ..new("c2", 2) };
    bought(&store, "p1", vec![new("c1", 1), waits]).await;
    let rows = store.confirmations(TENANT, ConfirmationsOf::Shipment("p1".into()), 9).await.unwrap();
    assert_eq!(rows.iter().map(|row| (row.package, row.parcel)).collect::<Vec<_>>(), [(1, 1), (2, 2)]);
    let row = get(&store, "c1").await;
    assert_eq!((&rows[0], row.state, row.attempts, &row.replaces), (&row, Pending, 0, &None));
    assert_eq!((row.shipment.as_str(), row.carrier.as_str(), row.number.as_str()), ("p1", "acme", "1Z-c1"));
    assert_eq!((row.content.as_slice(), row.content_sha256), (&b"content of c1"[..], [3; 32]));
    assert_eq!((row.next_attempt_at, row.alarm_at, row.created_at), (Some(at(10)), Some(at(1000)), at(2)));
    let of_order = store.confirmations(TENANT, ConfirmationsOf::Order("order-1".into()), 9).await.unwrap();
    assert_eq!(of_order, rows);
    assert_eq!(store.confirmation("tenant-2", "c1").await.unwrap(), None);
    let others = store.confirmations("tenant-2", ConfirmationsOf::Order("order-1".into()), 9).await.unwrap();
    assert_eq!(others, vec![]);
}

pub(crate) async fn a_failed_end_writes_none(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![new("c1", 1)]).await;
    let hold = begin(&store, purchase("p2")).await;
    let early = Finished { confirmations: vec![new("c2", 1)], ..finished(Purchased) };
    store.finish_purchase(&hold, early).await.unwrap_err();
    assert_eq!(store.confirmation(TENANT, "c2").await.unwrap(), None);
}

pub(crate) async fn it_is_taken_once_while_its_lease_runs(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![new("c1", 1)]).await;
    assert_eq!(store.claim_confirmations(lease("a", 200), due(9), 10).await.unwrap(), vec![]);
    let row = take(&store, 10).await;
    assert_eq!((row.attempts, row.fence), (1, 1));
    assert_eq!(store.claim_confirmations(lease("b", 300), due(199), 10).await.unwrap(), vec![]);
    let over = store.claim_confirmations(lease("b", 300), due(200), 10).await.unwrap();
    assert_eq!((over.len(), over[0].fence, over[0].attempts), (1, 2, 2));
    let late = store.settle_confirmation(row.clone(), to(&row, Sent)).await.unwrap_err();
    assert!(matches!(late, StoreError::Conflict { .. }), "{late}");
    assert_eq!(get(&store, "c1").await.state, Pending);
    store.settle_confirmation(over[0].clone(), to(&over[0], Sent)).await.unwrap();
    let row = get(&store, "c1").await;
    assert_eq!((row.state, row.lease, row.next_attempt_at, row.sent_at), (Sent, None, None, Some(at(20))));
}

pub(crate) async fn a_settlement_writes_all_it_brings(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![new("c1", 1)]).await;
    let row = take(&store, 10).await;
    let evidence = NewEvidence {
        kind: "CONFIRM",
        sent_at: at(19),
        request: b"asked".to_vec(),
        request_sha256: [5; 32],
        outcome: "TAKEN",
        response: b"said".to_vec(),
    };
    let change = ConfirmationChange {
        evidence: Some(evidence.clone()),
        event: event("confirmation.sent"),
        alarms: Alarms { raise: vec![alarm("A")], settle: vec![] },
        fault: Some(("CODE".into(), "words".into())),
        looks: 2,
        resent: 3,
        next_attempt_at: Some(at(30)),
        ..to(&row, Sent)
    };
    store.settle_confirmation(row, change).await.unwrap();
    let row = take(&store, 30).await;
    assert_eq!((row.looks, row.resent, row.attempts), (2, 3, 1), "looking is no attempt");
    assert_eq!(row.fault, Some(("CODE".into(), "words".into())));
    let again = ConfirmationChange {
        evidence: Some(NewEvidence { outcome: "KEPT", ..evidence }),
        ..to(&row, Confirmed)
    };
    store.settle_confirmation(row, again).await.unwrap();
    let kept = store.confirmation_evidence(TENANT, "c1").await.unwrap();
    assert_eq!(
        kept.iter().map(|one| (one.number, one.outcome.as_str())).collect::<Vec<_>>(),
        [(1, "TAKEN"), (2, "KEPT")]
    );
    let first = &kept[0];
    assert_eq!((first.kind.as_str(), first.sent_at, first.answered_at), ("CONFIRM", at(19), at(20)));
    assert_eq!(
        (first.request.as_slice(), first.request_sha256, first.response.as_slice()),
        (&b"asked"[..], [5; 32], &b"said"[..])
    );
    assert_eq!(store.confirmation_evidence("tenant-2", "c1").await.unwrap(), vec![]);
    assert_eq!(store.alarms(0, 9).await.unwrap()[0].purchase, "p1");
    let told = store.events(TENANT, 0, 9).await.unwrap();
    assert_eq!(
        told.last().map(|event| (event.kind.as_str(), event.shipment.as_deref())),
        Some(("confirmation.sent", Some("p1")))
    );
}

pub(crate) async fn a_void_ends_what_was_never_sent(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![new("c1", 1)]).await;
    voided(&store, "p1").await;
    let row = get(&store, "c1").await;
    assert_eq!(
        (row.state, row.voided_at, row.next_attempt_at, row.alarm_at),
        (Withdrawn, Some(at(50)), None, None)
    );
    assert_eq!(store.claim_confirmations(lease("a", 200), due(9999), 9).await.unwrap(), vec![]);
}

pub(crate) async fn a_void_makes_what_was_sent_due(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![new("c1", 1)]).await;
    let row = take(&store, 10).await;
    voided(&store, "p1").await;
    assert_eq!(get(&store, "c1").await.state, Pending, "it is in somebody's hands");
    store.settle_confirmation(row.clone(), to(&row, Confirmed)).await.unwrap();
    let row = get(&store, "c1").await;
    assert_eq!(
        (row.state, row.next_attempt_at),
        (Confirmed, Some(at(20))),
        "the void was not known when it was sent"
    );
    let row = take(&store, 50).await;
    assert_eq!((row.voided_at, row.attempts), (Some(at(50)), 1));
    store.settle_confirmation(row.clone(), to(&row, Withdrawn)).await.unwrap();
    assert_eq!(get(&store, "c1").await.next_attempt_at, None);
}

pub(crate) async fn a_replacement_takes_the_place_of_the_voided(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![new("c1", 1), new("c2", 2)]).await;
    for row in store.claim_confirmations(lease("a", 200), due(10), 9).await.unwrap() {
        store.settle_confirmation(row.clone(), to(&row, Confirmed)).await.unwrap();
    }
    bought(&store, "p2", vec![new("c3", 1)]).await;
    assert_eq!(get(&store, "c3").await.package, 3, "nothing was voided");
    voided(&store, "p1").await;
    bought(&store, "p3", vec![new("c4", 1), new("c5", 2), new("c6", 3)]).await;
    let placed = async |id| {
        let row = get(&store, id).await;
        (row.package, row.replaces)
    };
    assert_eq!(placed("c4").await, (1, Some("c1".into())));
    assert_eq!(placed("c5").await, (2, Some("c2".into())));
    assert_eq!(placed("c6").await, (4, None));
    let found = store.replacement_of(TENANT, "c1").await.unwrap();
    assert_eq!(found.map(|row| row.id).as_deref(), Some("c4"));
    let other = NewConfirmation { order: "order-2".into(), ..new("c7", 1) };
    bought(&store, "p4", vec![other]).await;
    assert_eq!(placed("c7").await, (1, None));
    let due_now = store.claim_confirmations(lease("a", 200), due(60), 9).await.unwrap();
    let row = due_now.iter().find(|row| row.id == "c4").unwrap();
    let change = ConfirmationChange { supersedes: Some("c1".into()), ..to(row, Confirmed) };
    store.settle_confirmation(row.clone(), change).await.unwrap();
    assert_eq!(get(&store, "c1").await.state, Superseded);
}

pub(crate) async fn a_scan_wakes_what_waits_for_it(place: &impl Place) {
    let store = place.open();
    let waits = |id, parcel| NewConfirmation { next_attempt_at: None, alarm_at: None, ..new(id, parcel) };
    bought(&store, "p1", vec![waits("c1", 1), new("c2", 2)]).await;
    let scan =
        async |number, seen, now| store.handed_over(TENANT, "acme", number, at(seen), at(now)).await.unwrap();
    scan("1Z-c1", 40, 45).await;
    scan("1Z-c1", 41, 46).await;
    scan("1Z-c2", 40, 45).await;
    scan("1Z-unknown", 40, 45).await;
    let (first, second) = (get(&store, "c1").await, get(&store, "c2").await);
    assert_eq!((first.scanned_at, first.next_attempt_at), (Some(at(40)), Some(at(45))));
    assert_eq!((second.scanned_at, second.next_attempt_at), (Some(at(40)), Some(at(10))));
}

pub(crate) async fn an_alarm_makes_it_due(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![NewConfirmation { next_attempt_at: None, ..new("c1", 1) }]).await;
    assert_eq!(store.claim_confirmations(lease("a", 200), due(999), 9).await.unwrap(), vec![]);
    let row = store.claim_confirmations(lease("a", 2000), due(1000), 9).await.unwrap().remove(0);
    assert_eq!((row.attempts, row.state), (0, Pending), "nothing is sent for an alarm");
}

pub(crate) async fn a_person_has_it_sent_again(place: &impl Place) {
    let store = place.open();
    bought(&store, "p1", vec![new("c1", 1)]).await;
    let row = take(&store, 10).await;
    assert_eq!(
        store.retry_confirmation(TENANT, "c1", at(15)).await.unwrap(),
        None,
        "it is in somebody's hands"
    );
    store.settle_confirmation(row.clone(), to(&row, Refused)).await.unwrap();
    assert_eq!(store.retry_confirmation("tenant-2", "c1", at(30)).await.unwrap(), None);
    let row = store.retry_confirmation(TENANT, "c1", at(30)).await.unwrap().unwrap();
    assert_eq!((row.state, row.by_hand, row.next_attempt_at), (Pending, true, Some(at(30))));
    let row = take(&store, 30).await;
    store.settle_confirmation(row.clone(), to(&row, Confirmed)).await.unwrap();
    assert!(!get(&store, "c1").await.by_hand);
    assert_eq!(store.retry_confirmation(TENANT, "c1", at(40)).await.unwrap(), None);
}

pub(crate) async fn parcels_of_one_order_are_numbered_apart(place: &impl Place) {
    let store = place.open();
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..20 {
        let (store, id) = (store.clone(), format!("p{n}"));
        calls.spawn(async move { bought(&store, &id, vec![new(&format!("c{n}"), 1)]).await });
    }
    calls.join_all().await;
    let rows = store.confirmations(TENANT, ConfirmationsOf::Order("order-1".into()), 99).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.package).collect::<Vec<_>>(), (1..=20).collect::<Vec<_>>());
}
