//! The golden database of each released schema opens, migrates, and reads back row by row.
//!
//! `golden/0001.sqlite` was written by the program of that schema and is never written again.

use std::sync::Arc;

use super::{SqliteOptions, SqliteStore};
use crate::store::PurchaseState::{InDoubt, Intent, Purchased, Refused, Sending, VoidRequested, Voided};
use crate::store::suite::samples::{TENANT, at, change, due, finished, lease, purchase, tracking};
use crate::store::{Change, Lease, PurchaseState, Store, TrackedRow, Tracking};

/// A copy of the golden database, opened.
fn opened() -> (tempfile::TempDir, Arc<dyn Store>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("golden.sqlite");
    std::fs::write(&path, include_bytes!("golden/0001.sqlite")).unwrap();
    let store = SqliteStore::open(&SqliteOptions::new(path)).unwrap();
    (folder, Arc::new(store))
}

/// Body, answer, fence and next action of the golden purchase in this state.
fn expected(state: PurchaseState) -> (Vec<u8>, Option<Vec<u8>>, u64, Option<i64>) {
    let name = state.name();
    let sent = format!("sent {name}").into_bytes();
    let answer = Some(format!("answer {name}").into_bytes());
    match state {
        Intent => (format!("body of {name}").into_bytes(), None, 1, None),
        Sending => (sent, None, 1, Some(90)),
        InDoubt => (sent, None, 1, Some(120)),
        Purchased => (sent, answer, 1, None),
        Refused => (sent, Some(b"no".to_vec()), 1, None),
        VoidRequested | Voided => (sent, answer, 2, None),
    }
}

#[tokio::test]
async fn purchases_of_the_first_schema_read_back() {
    let (_folder, store) = opened();
    for state in PurchaseState::ALL {
        let id = state.name();
        let (new, row) = (purchase(id), store.purchase(TENANT, id).await.unwrap().unwrap());
        let (body, answer, fence, next) = expected(state);
        assert_eq!((row.state, row.fingerprint, &row.body), (state, new.fingerprint, &body), "{id}");
        assert_eq!((row.answer.as_ref(), row.fence), (answer.as_ref(), fence), "{id}");
        assert_eq!((row.next_action_at, row.created_at), (next.map(at), new.created_at), "{id}");
        assert_eq!(row.answered_at, answer.map(|_| row.updated_at), "{id}");
        assert_eq!((&row.carrier, &row.account, &row.service), (&new.carrier, &new.account, &new.service));
        assert_eq!((&row.reference, row.idempotency_key), (&new.reference, Some(new.idempotency_key)));
        let owner = match state {
            Intent | Sending => Some("a"),
            VoidRequested => Some("b"),
            _ => None,
        };
        assert_eq!(row.lease.as_ref().map(|lease: &Lease| lease.owner.as_str()), owner, "{id}");
    }
    assert_eq!(store.purchases(TENANT, None, None, 99).await.unwrap().len(), PurchaseState::ALL.len());
    assert_eq!(store.in_doubt(None, 9).await.unwrap().len(), 1);
    let found = store.purchase_by_tracking(TENANT, "acme", "1Z-VOIDED").await.unwrap();
    assert_eq!(found.map(|row| row.state), Some(Voided));
}

#[tokio::test]
async fn what_belongs_to_them_reads_back() {
    let (_folder, store) = opened();
    assert_eq!(store.account(TENANT, "account-1").await.unwrap().unwrap().sealed_secrets, [0, 255, 1]);
    assert_eq!(store.quote(TENANT, "quote-1").await.unwrap().unwrap().body, b"offers");
    for state in PurchaseState::ALL {
        let id = state.name();
        let journal = store.journal(id, "purchase").await.unwrap();
        let answered: Vec<bool> = journal.iter().map(|row| row.reply.is_some()).collect();
        let sold = matches!(state, Purchased | VoidRequested | Voided);
        let steps = if state == Intent { vec![] } else { vec![true, sold] };
        assert_eq!(answered, steps, "{id}");
        assert!(journal.iter().all(|row| row.request == format!("request purchase {}", row.step).as_bytes()));
        let voids = store.journal(id, "void").await.unwrap().len();
        assert_eq!(voids, usize::from(matches!(state, VoidRequested | Voided)), "{id}");
        let documents = store.documents(TENANT, id).await.unwrap();
        assert_eq!(documents.len(), if sold { 2 } else { 0 }, "{id}");
        assert!(documents.iter().all(|row| row.flaws.is_none() && row.shipment == id));
        if sold {
            let (row, bytes) = store.document(TENANT, &format!("label-{id}")).await.unwrap().unwrap();
            assert_eq!((bytes.as_slice(), row.parcel), (&b"%PDF-1.4 label"[..], Some(1)));
            let (row, bytes) = store.document(TENANT, &format!("form-{id}")).await.unwrap().unwrap();
            assert_eq!((bytes, row.parcel), (format!("form {id}").into_bytes(), None));
        }
    }
    let kinds: Vec<_> =
        store.events(TENANT, 0, 99).await.unwrap().into_iter().map(|event| event.kind).collect();
    let count = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
    let counts = ["sending", "doubt", "refused", "purchased", "voiding", "voided", "moved", "delivered"];
    assert_eq!(counts.map(count), [6, 1, 1, 3, 2, 1, 1, 1]);
    let row = store.tracked(TENANT, "acme", "1Z-PURCHASED").await.unwrap().unwrap();
    let known = Tracking {
        shipment: Some("PURCHASED".into()),
        status: "DELIVERED".into(),
        next_poll_at: None,
        delivered_at: Some(at(300)),
        ..tracking("1Z-PURCHASED")
    };
    assert_eq!(row, TrackedRow { tracking: known, version: 2 });
}

#[tokio::test]
async fn work_goes_on_where_it_was_left() {
    let (_folder, store) = opened();
    let taken = store.claim_due(lease("new", 9_000), due(200), 99).await.unwrap();
    let ids: std::collections::BTreeSet<_> = taken.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["INTENT", "IN_DOUBT", "SENDING", "VOID_REQUESTED"].into());
    let hold = taken.iter().find(|row| row.state == VoidRequested).unwrap().hold().unwrap();
    store.finish_purchase(&hold, finished(Voided)).await.unwrap();
    let hold = taken.iter().find(|row| row.state == InDoubt).unwrap().hold().unwrap();
    store.set_state(&hold, Change { at: at(300), ..change(InDoubt, InDoubt) }).await.unwrap();
    let last = store.events(TENANT, 0, 99).await.unwrap().last().unwrap().sequence;
    let told = Change { event: crate::store::suite::samples::event("doubt"), ..change(InDoubt, InDoubt) };
    store.set_state(&hold, told).await.unwrap();
    assert_eq!(store.events(TENANT, last, 9).await.unwrap().len(), 1, "numbers go on where they were");
}
