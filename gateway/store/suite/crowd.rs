//! Cases: many at once on the same rows. Nothing is taken, written or told twice, and nothing is lost.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::Place;
use super::samples::{
    TENANT, at, begin, change, document, due, event, finished, intent, lease, purchase, purchase_in, tracking,
};
use crate::store::PurchaseState::{InDoubt, Intent, Purchased, Sending};
use crate::store::{Change, Claimed, Finished, NewPurchase, Store, StoreError, Tracking};

pub(crate) async fn one_of_many_claims_a_purchase(place: &impl Place) {
    let store = place.open();
    let first = begin(&store, purchase("p1")).await;
    let mut claims = JoinSet::new();
    for n in 0..64 {
        let store = Arc::clone(&store);
        claims.spawn(async move {
            store.claim_purchase(TENANT, "p1", lease(&format!("w{n}"), 200), at(60)).await.unwrap().unwrap()
        });
    }
    let (mut taken, mut held) = (Vec::new(), HashSet::new());
    for claimed in claims.join_all().await {
        match claimed {
            Claimed::Taken(hold, _) => taken.push(hold),
            Claimed::Held(row) => {
                held.insert(row.lease.unwrap().owner);
            }
            Claimed::Terminal(row) => panic!("{row:?}"),
        }
    }
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].fence, first.fence + 1);
    assert_eq!(held, HashSet::from([taken[0].owner.clone()]));
}

pub(crate) async fn one_of_many_writes_an_intent(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    let mut writes = JoinSet::new();
    for _ in 0..64 {
        let (store, hold) = (Arc::clone(&store), hold.clone());
        writes.spawn(async move { store.journal_intent(&hold, intent("purchase", 1)).await });
    }
    let outcomes = writes.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(
        outcomes.iter().all(|outcome| matches!(outcome, Ok(()) | Err(StoreError::Conflict { .. }))),
        "{outcomes:?}"
    );
    assert_eq!(store.journal("p1", "purchase").await.unwrap().len(), 1);
}

pub(crate) async fn one_of_many_moves_a_purchase(place: &impl Place) {
    let store = place.open();
    let hold = begin(&store, purchase("p1")).await;
    let mut moves = JoinSet::new();
    for _ in 0..64 {
        let (store, hold) = (Arc::clone(&store), hold.clone());
        moves.spawn(async move {
            store.set_state(&hold, Change { event: event("sending"), ..change(Intent, Sending) }).await
        });
    }
    assert_eq!(moves.join_all().await.into_iter().filter(Result::is_ok).count(), 1);
    assert_eq!(store.events(TENANT, 0, 99).await.unwrap().len(), 1);
}

/// A worker that lost its lease goes on writing while the next one works: what it writes after the takeover is refused.
pub(crate) async fn a_taken_over_worker_writes_nothing_more(place: &impl Place) {
    let store = place.open();
    let old = purchase_in(&store, "p1", Sending).await;
    let writer = tokio::spawn({
        let (store, old) = (Arc::clone(&store), old.clone());
        async move {
            let mut written = 0;
            for step in 0.. {
                match store.journal_intent(&old, intent("purchase", step)).await {
                    Ok(()) => written += 1,
                    Err(StoreError::Fenced { .. }) => break,
                    Err(other) => panic!("{other}"),
                }
            }
            written
        }
    });
    while store.journal("p1", "purchase").await.unwrap().len() < 3 {
        tokio::task::yield_now().await;
    }
    let taken = store.claim_due(lease("b", 200), due(60), 9).await.unwrap();
    let after = match taken.first() {
        Some(_) => store.journal("p1", "purchase").await.unwrap().len(),
        // A store that passes rows in use takes it at the next look.
        None => loop {
            if !store.claim_due(lease("b", 200), due(60), 9).await.unwrap().is_empty() {
                break store.journal("p1", "purchase").await.unwrap().len();
            }
        },
    };
    assert_eq!(writer.await.unwrap(), after);
    assert_eq!(store.journal("p1", "purchase").await.unwrap().len(), after);
}

pub(crate) async fn polls_are_shared_out(place: &impl Place) {
    let store = place.open();
    for n in 0..40 {
        let row = Tracking { next_poll_at: Some(at(n)), ..tracking(&format!("n{n}")) };
        store.merge_tracking(row, 0, None).await.unwrap();
    }
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let store = Arc::clone(&store);
        workers.spawn(async move { store.claim_polls(at(50), at(900), 7).await.unwrap() });
    }
    let taken: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
    let numbers: HashSet<_> = taken.iter().map(|row| row.tracking.number.clone()).collect();
    assert_eq!((taken.len(), numbers.len()), (40, 40));
}

pub(crate) async fn purges_share_the_work(place: &impl Place) {
    let store = place.open();
    for n in 0..60 {
        store.put_quote(super::records::quote(&format!("q{n}"), 10)).await.unwrap();
    }
    let mut workers = JoinSet::new();
    for _ in 0..6 {
        let store = Arc::clone(&store);
        workers.spawn(async move { store.purge_quotes(at(50), 25).await.unwrap() });
    }
    let first: u64 = workers.join_all().await.into_iter().sum();
    let rest = store.purge_quotes(at(50), 500).await.unwrap();
    assert_eq!(first + rest, 60);
}

/// A reader that follows its cursor while many commit sees every event, once, in the order of its number.
pub(crate) async fn no_event_appears_behind_a_cursor(place: &impl Place) {
    let store = place.open();
    follow(&[Arc::clone(&store)], &store).await;
}

/// Writes events through all of the stores at once and reads them by cursor through another.
pub(crate) async fn follow(writers: &[Arc<dyn Store>], reader: &Arc<dyn Store>) {
    const TASKS: usize = 16;
    const EACH: usize = 12;
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let store = Arc::clone(&writers[task % writers.len()]);
        tasks.spawn(async move {
            let hold = purchase_in(&store, &format!("p{task}"), InDoubt).await;
            for n in 0..EACH {
                let event = event(&format!("{n}"));
                store.set_state(&hold, Change { event, ..change(InDoubt, InDoubt) }).await.unwrap();
            }
        });
    }
    let mut seen = Vec::new();
    while seen.len() < TASKS * EACH {
        let after = seen.last().map_or(0, |event: &crate::store::EventRow| event.sequence);
        seen.extend(reader.events(TENANT, after, 7).await.unwrap());
        if tasks.is_empty() && reader.events(TENANT, after, 7).await.unwrap().is_empty() {
            break;
        }
        while tasks.try_join_next().transpose().unwrap().is_some() {}
    }
    assert_eq!(seen.len(), TASKS * EACH, "an event appeared behind the cursor");
    assert!(seen.is_sorted_by(|a, b| a.sequence < b.sequence));
    for task in 0..TASKS {
        let id = format!("p{task}");
        let own: Vec<_> = seen.iter().filter(|event| event.shipment.as_ref() == Some(&id)).collect();
        let kinds: Vec<_> = own.iter().map(|event| event.kind.parse::<usize>().unwrap()).collect();
        assert_eq!(kinds, (0..EACH).collect::<Vec<_>>(), "{id} is told out of order");
    }
}

pub(crate) async fn a_commit_wakes_who_waits_for_events(place: &impl Place) {
    let store = place.open();
    let mut told = store.told();
    told.mark_unchanged();
    let hold = begin(&store, purchase("p1")).await;
    store.set_state(&hold, Change { event: event("sending"), ..change(Intent, Sending) }).await.unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(20), told.changed()).await.unwrap().unwrap();
}

/// Ends that fail after they have written something take back that alone.
pub(crate) async fn a_failed_end_spares_the_others(place: &impl Place) {
    let store = place.open();
    let hold = purchase_in(&store, "first", Sending).await;
    let labelled =
        |id: &str| Finished { documents: vec![document(id, id.as_bytes())], ..finished(Purchased) };
    store.finish_purchase(&hold, labelled("taken")).await.unwrap();
    let mut holds = Vec::new();
    for n in 0..24 {
        holds.push(purchase_in(&store, &format!("p{n}"), Sending).await);
    }
    let mut ends = JoinSet::new();
    for (n, hold) in holds.into_iter().enumerate() {
        let store = Arc::clone(&store);
        let id = if n % 3 == 0 { "taken".to_owned() } else { format!("d{n}") };
        let end = Finished { event: event("end"), ..labelled(&id) };
        ends.spawn(async move { (hold.purchase.clone(), store.finish_purchase(&hold, end).await) });
    }
    let outcomes = ends.join_all().await;
    let failed: HashSet<_> =
        outcomes.iter().filter(|(_, outcome)| outcome.is_err()).map(|(id, _)| id.clone()).collect();
    assert_eq!(failed, (0..24).step_by(3).map(|n| format!("p{n}")).collect());
    for (id, _) in &outcomes {
        let state = store.purchase(TENANT, id).await.unwrap().unwrap().state;
        assert_eq!(state, if failed.contains(id) { Sending } else { Purchased }, "{id}");
    }
    assert_eq!(store.events(TENANT, 0, 99).await.unwrap().len(), 16);
}

/// A store that is let go in the middle keeps what it has answered.
pub(crate) async fn what_was_answered_survives_a_fall(place: &impl Place) {
    let store = place.open();
    let (say, mut answered) = tokio::sync::mpsc::unbounded_channel();
    let mut calls = JoinSet::new();
    for task in 0..16 {
        let (store, say) = (Arc::clone(&store), say.clone());
        calls.spawn(async move {
            for n in 0.. {
                let id = format!("p{task}-{n}");
                let new = NewPurchase { idempotency_key: id.clone(), ..purchase(&id) };
                if store.begin_purchase(new).await.is_ok() {
                    let _ = say.send(id);
                }
            }
        });
    }
    let mut kept = Vec::new();
    while kept.len() < 100 {
        kept.push(answered.recv().await.unwrap());
    }
    // The calls are cut off where they stand.
    calls.shutdown().await;
    drop(store);
    answered.close();
    while let Some(id) = answered.recv().await {
        kept.push(id);
    }
    let store = place.open();
    for id in kept {
        let row = store.purchase(TENANT, &id).await.unwrap().unwrap();
        assert_eq!(row.idempotency_key.as_deref(), Some(id.as_str()));
    }
}
