//! Falls: connections that break, and a server that is killed while many write. What was answered is there, once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use parcelgate_test_postgres::{Database, Server};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{few, fresh, open, wait};
use crate::store::PurchaseState::{InDoubt, Intent, Sending};
use crate::store::postgres::PostgresStore;
use crate::store::suite::samples::{TENANT, begin, change, event, purchase, purchase_in};
use crate::store::{Begun, Change, NewPurchase, Store, StoreError};

/// How long a refused caller waits before it asks again.
const PACE: Duration = Duration::from_millis(10);

/// One task's purchases: those that were answered, and those of which it is unknown.
#[derive(Default)]
struct Written {
    answered: Vec<String>,
    unknown: Vec<String>,
}

/// Begins purchases, and tells of each by an event, until it is told to stop.
async fn write_on(
    store: Arc<dyn Store>,
    task: usize,
    stop: Arc<AtomicBool>,
    count: watch::Sender<u32>,
) -> Written {
    let mut written = Written::default();
    for n in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let id = format!("p{task}-{n}");
        let begun = loop {
            match store.begin_purchase(purchase(&id)).await {
                // Nothing of it is stored: it starts as if it came for the first time.
                Err(StoreError::Busy { .. }) => tokio::time::sleep(PACE).await,
                other => break other,
            }
        };
        match begun {
            Ok(Begun::Started(hold)) => {
                written.answered.push(id);
                let told = Change { event: event("sending"), ..change(Intent, Sending) };
                match store.set_state(&hold, told).await {
                    Ok(()) | Err(StoreError::Io { .. } | StoreError::Busy { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            Ok(Begun::Existing(row)) => panic!("{row:?} was stored though it was refused"),
            Err(StoreError::Io { .. }) => written.unknown.push(id),
            Err(other) => panic!("{other}"),
        }
        count.send_modify(|count| *count += 1);
    }
    written
}

struct Load {
    tasks: JoinSet<Written>,
    stop: Arc<AtomicBool>,
    count: watch::Receiver<u32>,
}

impl Load {
    fn start(store: &Arc<dyn Store>) -> Load {
        let stop = Arc::<AtomicBool>::default();
        let (sender, count) = watch::channel(0);
        let mut tasks = JoinSet::new();
        for task in 0..32 {
            tasks.spawn(write_on(Arc::clone(store), task, Arc::clone(&stop), sender.clone()));
        }
        Load { tasks, stop, count }
    }

    /// Waits until so many more purchases have gone through, one way or another.
    async fn more(&mut self, purchases: u32) {
        let until = *self.count.borrow() + purchases;
        let waiting = self.count.wait_for(|count| *count >= until);
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("nothing is written").unwrap();
    }

    /// Stops, and checks every purchase against what its caller was told.
    async fn check(self, store: &Arc<dyn Store>) {
        self.stop.store(true, Ordering::Relaxed);
        let mut sending = 0;
        for written in self.tasks.join_all().await {
            for id in &written.answered {
                let row = store.purchase(TENANT, id).await.unwrap();
                sending += usize::from(row.expect("an answered purchase is lost").state == Sending);
            }
            for id in &written.unknown {
                // The caller reads, and a repeat finds the first or starts it: there is one either way.
                let there = store.purchase_by_key(TENANT, &format!("key-{id}")).await.unwrap();
                let repeat = NewPurchase { id: format!("{id}-again"), ..purchase(id) };
                let repeat = NewPurchase { idempotency_key: format!("key-{id}"), ..repeat };
                match store.begin_purchase(repeat).await.unwrap() {
                    Begun::Started(_) => assert_eq!(there, None, "{id} is there twice"),
                    Begun::Existing(row) => assert_eq!(there.map(|there| there.id), Some(row.id)),
                }
            }
        }
        let mut told = Vec::new();
        loop {
            let after = told.last().map_or(0, |event: &crate::store::EventRow| event.sequence);
            let next = store.events(TENANT, after, 500).await.unwrap();
            if next.is_empty() {
                break;
            }
            told.extend(next);
        }
        assert_eq!(told.len(), sending, "one event for each purchase that was moved on");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_keeps_every_answered_write() {
    let server = tokio::task::block_in_place(|| Server::start().unwrap());
    let database = Database::empty(&server.url()).unwrap();
    let store: Arc<dyn Store> = Arc::new(open(&database).await.unwrap());
    let mut load = Load::start(&store);
    for _ in 0..3 {
        load.more(400).await;
        tokio::task::block_in_place(|| {
            server.kill().unwrap();
            server.boot().unwrap();
        });
    }
    load.more(400).await;
    load.check(&store).await;
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_connection_is_made_anew() {
    let database = fresh();
    let store: Arc<dyn Store> = Arc::new(open(&database).await.unwrap());
    let mut load = Load::start(&store);
    for _ in 0..5 {
        load.more(200).await;
        let all = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        tokio::task::block_in_place(|| database.run(all).unwrap());
    }
    load.more(200).await;
    load.check(&store).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_while_the_server_is_away_are_refused_and_nothing_of_them_is_stored() {
    let server = tokio::task::block_in_place(|| Server::start().unwrap());
    let database = Database::empty(&server.url()).unwrap();
    let store: Arc<dyn Store> = Arc::new(PostgresStore::open(&few(database.url())).await.unwrap());
    let hold = purchase_in(&store, "p1", Sending).await;
    wait(async { server.shut_down() }).unwrap();
    let error = store.set_state(&hold, change(Sending, InDoubt)).await.unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    let error = store.purchase(TENANT, "p1").await.unwrap_err();
    assert!(matches!(error, StoreError::Busy { .. }), "{error}");
    wait(async { server.boot() }).unwrap();
    // It comes back by itself, and the hold is as good as before.
    assert_eq!(store.purchase(TENANT, "p1").await.unwrap().unwrap().state, Sending);
    let mut outcome = store.set_state(&hold, change(Sending, InDoubt)).await;
    while let Err(StoreError::Busy { .. }) = outcome {
        tokio::time::sleep(PACE).await;
        outcome = store.set_state(&hold, change(Sending, InDoubt)).await;
    }
    outcome.unwrap();
    begin(&store, purchase("p2")).await;
    store.close().await.unwrap();
}
