//! Watchers: told what is known when it changes, from any place, and never in anybody's way.

use std::sync::Arc;
use std::time::Duration;

use parcelgate_kit::model::{TrackStatus, TrackingNumber};

use super::fake::{Bench, tenant};
use crate::events::Cursor;
use crate::tracking::{Told, Tracker, WatchTarget, Watcher, Watchers};

const HEARTBEAT: Duration = Duration::from_secs(3600);

fn number(text: &str) -> TrackingNumber {
    TrackingNumber::parse(text).unwrap()
}

fn these(numbers: &[&str]) -> WatchTarget {
    WatchTarget::Numbers(numbers.iter().map(|text| ("acme".to_owned(), number(text))).collect())
}

/// The carrier says so, and somebody asks.
async fn moves(bench: &Bench, tracker: &Arc<Tracker>, text: &str, status: TrackStatus) {
    bench.tells(text, status);
    bench.advance(3600);
    let budget = Duration::from_secs(1);
    tracker.look(&tenant(), None, ("acme", None), &number(text), budget).await.unwrap();
}

/// What is told until the end is reached.
async fn told(watcher: &mut Watcher) -> (Vec<(String, TrackStatus)>, Cursor) {
    let mut all = Vec::new();
    loop {
        match next(watcher).await {
            Told::Parcel(parcel, _) => {
                all.push((parcel.number.as_str().to_owned(), parcel.knowledge.status.unwrap()));
            }
            Told::Idle(cursor) => return (all, cursor),
        }
    }
}

async fn next(watcher: &mut Watcher) -> Told {
    tokio::time::timeout(Duration::from_secs(20), watcher.next()).await.unwrap().unwrap()
}

async fn parcel(watcher: &mut Watcher) -> (String, TrackStatus, Cursor) {
    match next(watcher).await {
        Told::Parcel(parcel, cursor) => {
            (parcel.number.as_str().to_owned(), parcel.knowledge.status.unwrap(), cursor)
        }
        Told::Idle(_) => panic!("it moved"),
    }
}

#[tokio::test]
async fn what_is_known_comes_first_then_what_changes() {
    let bench = Bench::new().await;
    let tracker = bench.tracker();
    let watchers = Watchers::new(Arc::clone(&tracker));
    moves(&bench, &tracker, "1000", TrackStatus::Accepted).await;
    let mut watcher = watchers.watch(&tenant(), these(&["1000", "2000"]), None, HEARTBEAT).await.unwrap();
    let (first, _) = told(&mut watcher).await;
    assert_eq!(first, [("1000".to_owned(), TrackStatus::Accepted)]);
    moves(&bench, &tracker, "3000", TrackStatus::Accepted).await;
    moves(&bench, &tracker, "2000", TrackStatus::OutForDelivery).await;
    let (text, status, _) = parcel(&mut watcher).await;
    assert_eq!((text.as_str(), status), ("2000", TrackStatus::OutForDelivery));
}

#[tokio::test]
async fn from_a_cursor_what_changed_since_is_told_once() {
    let bench = Bench::new().await;
    let tracker = bench.tracker();
    let watchers = Watchers::new(Arc::clone(&tracker));
    let mut watcher = watchers.watch(&tenant(), WatchTarget::All, None, HEARTBEAT).await.unwrap();
    let (nothing, _) = told(&mut watcher).await;
    assert_eq!(nothing, []);
    moves(&bench, &tracker, "1000", TrackStatus::Accepted).await;
    let (.., cursor) = parcel(&mut watcher).await;
    drop(watcher);
    moves(&bench, &tracker, "2000", TrackStatus::Accepted).await;
    moves(&bench, &tracker, "1000", TrackStatus::InTransit).await;
    moves(&bench, &tracker, "1000", TrackStatus::OutForDelivery).await;
    for target in [WatchTarget::All, these(&["1000", "2000"])] {
        let mut watcher = watchers.watch(&tenant(), target, Some(cursor), HEARTBEAT).await.unwrap();
        let (since, end) = told(&mut watcher).await;
        let wanted = [("2000", TrackStatus::Accepted), ("1000", TrackStatus::OutForDelivery)];
        assert_eq!(since, wanted.map(|(text, status)| (text.to_owned(), status)));
        let mut from_the_end =
            watchers.watch(&tenant(), WatchTarget::All, Some(end), HEARTBEAT).await.unwrap();
        assert_eq!(told(&mut from_the_end).await.0, []);
    }
}

#[tokio::test]
async fn one_that_takes_nothing_is_told_the_last_state_and_holds_up_nobody() {
    let bench = Bench::new().await;
    let tracker = bench.tracker();
    let watchers = Watchers::new(Arc::clone(&tracker));
    let mut slow = watchers.watch(&tenant(), these(&["1000"]), None, HEARTBEAT).await.unwrap();
    let mut fast = watchers.watch(&tenant(), these(&["1000"]), None, HEARTBEAT).await.unwrap();
    told(&mut slow).await;
    told(&mut fast).await;
    for status in [TrackStatus::Accepted, TrackStatus::InTransit, TrackStatus::OutForDelivery] {
        moves(&bench, &tracker, "1000", status).await;
        assert_eq!(parcel(&mut fast).await.1, status);
    }
    assert_eq!(parcel(&mut slow).await.1, TrackStatus::OutForDelivery);
    let more = tokio::time::timeout(Duration::from_millis(50), slow.next()).await;
    assert!(more.is_err(), "three changes are told as one: {more:?}");
}

#[tokio::test]
async fn a_tenant_is_told_of_its_own_parcels_alone() {
    let bench = Bench::new().await;
    bench.link("other", "own", "w").await;
    let tracker = bench.tracker();
    let watchers = Watchers::new(Arc::clone(&tracker));
    let other = crate::tenancy::TenantId::parse("other").unwrap();
    let mut watcher = watchers.watch(&other, WatchTarget::All, None, HEARTBEAT).await.unwrap();
    told(&mut watcher).await;
    moves(&bench, &tracker, "1000", TrackStatus::Accepted).await;
    let more = tokio::time::timeout(Duration::from_millis(50), watcher.next()).await;
    assert!(more.is_err(), "{more:?}");
}

#[tokio::test]
async fn whoever_leaves_is_forgotten() {
    let bench = Bench::new().await;
    let watchers = Watchers::new(bench.tracker());
    let whose = tenant();
    let watching = || watchers.watch(&whose, these(&["1000"]), None, HEARTBEAT);
    let (first, second) = (watching().await.unwrap(), watching().await.unwrap());
    assert!(bench.metric("parcelgate_tracking_watchers 2"));
    drop((first, second));
    assert!(bench.metric("parcelgate_tracking_watchers 0"));
}
