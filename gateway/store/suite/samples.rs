//! Rows for the cases, all different where it matters. It asserts nothing. Start anywhere.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::store::{
    Alarms, Begun, Change, Due, Finished, Following, Hold, Lease, NewAlarm, NewDocument, NewEvent, NewIntent,
    NewPurchase, NewReply, PurchaseState, Store, Tracking,
};

pub(in crate::store) const TENANT: &str = "tenant-1";

/// So many seconds after a fixed instant.
pub(in crate::store) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_secs(seconds)
}

pub(in crate::store) fn lease(owner: &str, until: i64) -> Lease {
    Lease { owner: owner.to_owned(), until: at(until) }
}

/// Both clocks at so many seconds.
pub(in crate::store) fn due(seconds: i64) -> Due {
    Due { lease_at: at(seconds), work_at: at(seconds), except: vec![] }
}

/// A purchase of `TENANT` that began at 0, held by `a` until 60.
pub(in crate::store) fn purchase(id: &str) -> NewPurchase {
    NewPurchase {
        tenant: TENANT.to_owned(),
        id: id.to_owned(),
        idempotency_key: format!("key-{id}"),
        fingerprint: [7; 32],
        carrier: "acme".to_owned(),
        account: "account-1".to_owned(),
        service: "11".to_owned(),
        reference: format!("ref-{id}"),
        body: format!("body of {id}").into_bytes(),
        created_at: at(0),
        lease: lease("a", 60),
    }
}

pub(in crate::store) async fn begin(store: &Arc<dyn Store>, new: NewPurchase) -> Hold {
    match store.begin_purchase(new).await.unwrap() {
        Begun::Started(hold) => hold,
        Begun::Existing(row) => panic!("{row:?} is there already"),
    }
}

pub(in crate::store) fn change(from: PurchaseState, to: PurchaseState) -> Change {
    Change {
        from: vec![from],
        to,
        body: None,
        next_action_at: None,
        event: None,
        alarms: Alarms::default(),
        at: at(1),
    }
}

pub(in crate::store) fn finished(state: PurchaseState) -> Finished {
    Finished {
        state,
        body: None,
        answer: None,
        tracking: vec![],
        following: Following::Unchanged,
        documents: vec![],
        confirmations: vec![],
        watch_at: None,
        event: None,
        alarms: Alarms::default(),
        at: at(2),
    }
}

/// A new purchase, moved to the state along legal ways, and its hold where it has one.
pub(in crate::store) async fn purchase_in(store: &Arc<dyn Store>, id: &str, state: PurchaseState) -> Hold {
    use PurchaseState::{InDoubt, Intent, Purchased, Refused, Sending, VoidRequested, Voided};
    let mut hold = begin(store, purchase(id)).await;
    if state == Intent {
        return hold;
    }
    store.set_state(&hold, change(Intent, Sending)).await.unwrap();
    match state {
        Intent | Sending => {}
        InDoubt => store.set_state(&hold, change(Sending, InDoubt)).await.unwrap(),
        Refused => store.finish_purchase(&hold, finished(Refused)).await.unwrap(),
        Purchased | VoidRequested | Voided => {
            store.finish_purchase(&hold, finished(Purchased)).await.unwrap();
            hold = claim(store, id, "a", 3, 60).await;
            if state != Purchased {
                store.set_state(&hold, change(Purchased, VoidRequested)).await.unwrap();
            }
            if state == Voided {
                store.finish_purchase(&hold, finished(Voided)).await.unwrap();
            }
        }
    }
    hold
}

pub(in crate::store) async fn claim(
    store: &Arc<dyn Store>,
    id: &str,
    owner: &str,
    now: i64,
    until: i64,
) -> Hold {
    match store.claim_purchase(TENANT, id, lease(owner, until), at(now)).await.unwrap() {
        Some(crate::store::Claimed::Taken(hold, row)) => {
            assert_eq!(row.hold().as_ref(), Some(&hold));
            hold
        }
        other => panic!("not taken: {other:?}"),
    }
}

pub(in crate::store) fn alarm(code: &'static str) -> NewAlarm {
    NewAlarm { code, words: format!("words of {code}") }
}

pub(in crate::store) fn raise(code: &'static str) -> Alarms {
    Alarms { raise: vec![alarm(code)], settle: vec![] }
}

pub(in crate::store) fn settle(code: &'static str) -> Alarms {
    Alarms { raise: vec![], settle: vec![code] }
}

pub(in crate::store) fn document(id: &str, bytes: &[u8]) -> NewDocument {
    NewDocument {
        id: id.to_owned(),
        kind: "LABEL".to_owned(),
        format: "PDF".to_owned(),
        parcel: Some(1),
        bytes: bytes.to_vec(),
    }
}

pub(in crate::store) fn intent(operation: &str, step: u32) -> NewIntent {
    NewIntent {
        operation: operation.to_owned(),
        step,
        name: format!("step-{step}"),
        request: format!("request {operation} {step}").into_bytes(),
        request_sha256: [9; 32],
        at: at(i64::from(step)),
    }
}

pub(in crate::store) fn reply(operation: &str, step: u32) -> NewReply {
    NewReply {
        operation: operation.to_owned(),
        step,
        reply: format!("reply {operation} {step}").into_bytes(),
        replaces: false,
        at: at(i64::from(step) + 1),
    }
}

pub(in crate::store) fn event(kind: &str) -> Option<NewEvent> {
    Some(NewEvent { kind: kind.to_owned(), body: format!("body of {kind}").into_bytes() })
}

pub(in crate::store) fn tracking(number: &str) -> Tracking {
    Tracking {
        tenant: TENANT.to_owned(),
        carrier: "acme".to_owned(),
        number: number.to_owned(),
        shipment: None,
        account: None,
        status: "IN_TRANSIT".to_owned(),
        body: b"events".to_vec(),
        as_of: at(5),
        next_poll_at: Some(at(100)),
        failures: 0,
        delivered_at: None,
    }
}
