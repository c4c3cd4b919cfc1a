//! Two gateways on one database: work is shared and never doubled, events are told in one order.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use parcelgate_test_postgres::Database;
use tokio::task::JoinSet;

use super::{fresh, open};
use crate::store::PurchaseState::{Intent, Sending};
use crate::store::postgres::PostgresOptions;
use crate::store::postgres::connect::Way;
use crate::store::suite::crowd::follow;
use crate::store::suite::samples::{TENANT, at, begin, change, due, event, lease, purchase, tracking};
use crate::store::{Begun, Change, NewPurchase, Store, StoreError, Tracking};

async fn pair(database: &Database) -> [Arc<dyn Store>; 2] {
    [Arc::new(open(database).await.unwrap()), Arc::new(open(database).await.unwrap())]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_are_never_shared() {
    let database = fresh();
    let stores = pair(&database).await;
    for n in 0..60 {
        begin(&stores[0], purchase(&format!("p{n}"))).await;
    }
    let mut workers = JoinSet::new();
    for worker in 0..12 {
        let store = Arc::clone(&stores[worker % 2]);
        workers.spawn(async move {
            store.claim_due(lease(&format!("w{worker}"), 999), due(60), 7).await.unwrap()
        });
    }
    let taken: Vec<_> = workers.join_all().await.into_iter().flatten().map(|row| row.id).collect();
    assert_eq!((taken.len(), taken.iter().collect::<HashSet<_>>().len()), (60, 60));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_starts_one_purchase() {
    let database = fresh();
    let stores = pair(&database).await;
    let mut calls = JoinSet::new();
    for call in 0..200 {
        let store = Arc::clone(&stores[call % 2]);
        let new = NewPurchase { idempotency_key: "one".into(), ..purchase(&format!("p{call}")) };
        calls.spawn(async move { store.begin_purchase(new).await.unwrap() });
    }
    let started =
        calls.join_all().await.into_iter().filter(|begun| matches!(begun, Begun::Started(_))).count();
    assert_eq!(started, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_event_appears_behind_a_cursor() {
    let database = fresh();
    let stores = pair(&database).await;
    let reader: Arc<dyn Store> = Arc::new(open(&database).await.unwrap());
    follow(&stores, &reader).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_gateway_hears_of_the_others_events() {
    let database = fresh();
    let [one, other] = pair(&database).await;
    let mut told = other.told();
    told.mark_unchanged();
    let hold = begin(&one, purchase("p1")).await;
    one.set_state(&hold, Change { event: event("sending"), ..change(Intent, Sending) }).await.unwrap();
    tokio::time::timeout(Duration::from_secs(20), told.changed()).await.unwrap().unwrap();
    assert_eq!(other.events(TENANT, 0, 9).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn merges_of_two_gateways_lose_nothing() {
    let database = fresh();
    let stores = pair(&database).await;
    let mut writers = JoinSet::new();
    for writer in 0..12_u8 {
        let store = Arc::clone(&stores[usize::from(writer) % 2]);
        writers.spawn(async move {
            loop {
                let (mut body, version) = match store.tracked(TENANT, "acme", "1Z").await.unwrap() {
                    Some(row) => (row.tracking.body, row.version),
                    None => (vec![], 0),
                };
                body.push(writer);
                match store.merge_tracking(Tracking { body, ..tracking("1Z") }, version, event("x")).await {
                    Ok(_) => break,
                    Err(StoreError::Conflict { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
        });
    }
    writers.join_all().await;
    let mut row = stores[0].tracked(TENANT, "acme", "1Z").await.unwrap().unwrap();
    row.tracking.body.sort_unstable();
    assert_eq!((row.version, row.tracking.body), (12, (0..12).collect()));
    assert_eq!(stores[1].events(TENANT, 0, 99).await.unwrap().len(), 12);
}

/// Another session and the writer wait for each other: the server undoes one, and neither caller sees anything of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_knot_is_undone_and_tried_again() {
    let database = fresh();
    let store: Arc<dyn Store> = Arc::new(open(&database).await.unwrap());
    let holds = [begin(&store, purchase("a")).await, begin(&store, purchase("b")).await];
    let way = Way::new(&PostgresOptions::new(database.url())).unwrap();
    let other = way.session(&tokio::sync::watch::Sender::default()).await.unwrap();
    let touch = |id: &str| format!("UPDATE purchases SET updated_at = updated_at WHERE id = '{id}'");
    other.client.batch_execute(&format!("BEGIN; {}", touch("b"))).await.unwrap();
    let mut renewals = JoinSet::new();
    for hold in holds {
        let store = Arc::clone(&store);
        renewals.spawn(async move { store.renew_lease(&hold, at(99)).await });
    }
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND wait_event_type = 'Lock'";
    while database.run(waits).unwrap() == "0" {}
    // It holds `a` and waits for `b`, unless `b` alone was in its first group: then there is no knot, and no failure.
    let tied = other.client.batch_execute(&format!("{}; COMMIT", touch("a"))).await;
    if tied.is_err() {
        other.client.batch_execute("ROLLBACK").await.unwrap();
    }
    assert!(renewals.join_all().await.into_iter().all(|outcome| outcome.is_ok()));
    for id in ["a", "b"] {
        let row = store.purchase(TENANT, id).await.unwrap().unwrap();
        assert_eq!(row.lease.unwrap().until, at(99));
    }
}
