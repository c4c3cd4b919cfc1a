//! Asking by itself: in batches, within budgets, and nothing that was taken is lost.

use std::time::Duration;

use jiff::SignedDuration;
use parcelgate_kit::model::{TrackStatus, TrackingNumber};

use super::fake::{BATCH, Bench, start, tenant};
use crate::tracking::{Scheduler, SchedulerSettings};

fn scheduler(bench: &Bench, settings: SchedulerSettings) -> Scheduler {
    Scheduler::new(bench.tracker(), settings)
}

#[tokio::test]
async fn what_is_due_is_asked_in_batches_of_one_account_and_told() {
    let bench = Bench::new().await;
    bench.link("other", "own", "w").await;
    for n in 0..4 {
        bench.follow("tenant", &format!("100{n}"), Some("main")).await;
    }
    bench.follow("other", "2000", None).await;
    bench.tells("1001", TrackStatus::InTransit);
    bench.tells("1002", TrackStatus::Delivered);
    let took = scheduler(&bench, SchedulerSettings::default()).turn().await.unwrap();
    assert_eq!(took, 5);
    let mut sizes: Vec<_> = bench.asked().iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 1, BATCH], "a batch holds numbers of one account alone");
    let told = bench.statuses("tenant").await;
    assert_eq!(told.len(), 2);
    assert!(told.contains(&("1002".into(), "DELIVERED".into())), "{told:?}");
    assert_eq!(bench.row("tenant", "1002").await.next_poll_at, None, "its way is over");
    let next = bench.row("tenant", "1001").await.next_poll_at.unwrap();
    assert!((9_000..=12_000).contains(&next.duration_since(start()).as_secs()), "{next}");
    assert_eq!(bench.row("tenant", "1000").await.shipment.as_deref(), Some("sh_1000"));
    assert_eq!(bench.row("other", "2000").await.account.as_deref(), Some("own"));
    assert!(bench.metric("parcelgate_tracking_polls_total{carrier=\"acme\",outcome=\"found\"} 2"));
}

#[tokio::test]
async fn what_a_gateway_that_died_had_taken_is_asked_by_another() {
    let bench = Bench::new().await;
    bench.follow("tenant", "1000", Some("main")).await;
    bench.tells("1000", TrackStatus::InTransit);
    let lease = SchedulerSettings { lease: Duration::from_secs(60), ..SchedulerSettings::default() };
    // The first takes it and dies before it asks.
    let until = start() + SignedDuration::from_secs(60);
    assert_eq!(bench.store.claim_polls(start(), until, 10).await.unwrap().len(), 1);
    let another = scheduler(&bench, lease);
    assert_eq!(another.turn().await.unwrap(), 0, "it is left to its taker for a while");
    bench.advance(60);
    assert_eq!(another.turn().await.unwrap(), 1);
    assert_eq!(bench.asked(), [["1000"]]);
    assert_eq!(bench.row("tenant", "1000").await.status, "IN_TRANSIT");
}

#[tokio::test]
async fn a_carrier_that_fails_is_asked_later_and_later() {
    let bench = Bench::new().await;
    bench.follow("tenant", "1000", Some("main")).await;
    *bench.script.fails.lock().unwrap() = true;
    let asking = scheduler(&bench, SchedulerSettings::default());
    let mut pauses = Vec::new();
    for failures in 1..=4 {
        let now = bench.row("tenant", "1000").await.next_poll_at.unwrap();
        bench.advance(
            now.duration_since(crate::carriers::Clock::now(bench.clock.as_ref())).as_secs().max(0) + 1,
        );
        asking.turn().await.unwrap();
        let row = bench.row("tenant", "1000").await;
        assert_eq!((row.failures, row.status.as_str()), (failures, "UNKNOWN"));
        pauses.push(
            row.next_poll_at
                .unwrap()
                .duration_since(crate::carriers::Clock::now(bench.clock.as_ref()))
                .as_secs(),
        );
    }
    assert!(pauses.windows(2).all(|pair| pair[1] > pair[0] * 3 / 2), "{pauses:?}");
    *bench.script.fails.lock().unwrap() = false;
    bench.tells("1000", TrackStatus::InTransit);
    bench.advance(pauses[3] + 1);
    asking.turn().await.unwrap();
    assert_eq!(bench.row("tenant", "1000").await.failures, 0);
}

#[tokio::test]
async fn an_account_over_its_budget_waits_and_holds_up_no_other() {
    let bench = Bench::new().await;
    bench.link("other", "own", "w").await;
    for n in 0..30 {
        bench.follow("tenant", &format!("1{n:03}"), Some("main")).await;
    }
    bench.follow("other", "2000", Some("own")).await;
    let few =
        SchedulerSettings { per_account_per_minute: 6, per_carrier: 100, ..SchedulerSettings::default() };
    let asking = scheduler(&bench, few);
    assert_eq!(asking.turn().await.unwrap(), 31);
    let asked = bench.asked();
    assert_eq!(asked.iter().filter(|batch| batch.contains(&"2000".to_owned())).count(), 1);
    assert_eq!(asked.len(), 1 + 2, "the due one and a burst of a quarter of a minute");
    assert!(bench.metric("parcelgate_tracking_polls_total{carrier=\"acme\",outcome=\"put_off\"} 24"));
    // Ten seconds apart, each batch gets its turn, and nothing is left out.
    for _ in 0..10 {
        bench.advance(10);
        asking.turn().await.unwrap();
    }
    let later: usize = bench.asked().iter().map(Vec::len).sum();
    assert_eq!(later, 24);
}

#[tokio::test]
async fn a_number_without_an_account_is_kept_for_later() {
    let bench = Bench::new().await;
    bench.follow("nobody", "1000", None).await;
    scheduler(&bench, SchedulerSettings::default()).turn().await.unwrap();
    assert_eq!(bench.asked(), Vec::<Vec<String>>::new());
    let row = bench.row("nobody", "1000").await;
    assert!(row.next_poll_at.unwrap() > start() + SignedDuration::from_hours(5));
}

#[tokio::test]
async fn a_call_answers_from_the_store_while_that_is_fresh() {
    let bench = Bench::new().await;
    let tracker = bench.tracker();
    let number = TrackingNumber::parse("1000").unwrap();
    bench.tells("1000", TrackStatus::InTransit);
    let budget = Duration::from_secs(1);
    let whose = tenant();
    let look = || tracker.look(&whose, None, ("acme", None), &number, budget);
    let first = look().await.unwrap();
    assert_eq!((first.knowledge.as_of, bench.asked().len()), (Some(start()), 1));
    bench.advance(9 * 60);
    assert_eq!((look().await.unwrap().version, bench.asked().len()), (1, 0));
    bench.advance(2 * 60);
    *bench.script.fails.lock().unwrap() = true;
    let stale = look().await.unwrap();
    assert_eq!((stale.knowledge.as_of, bench.asked().len()), (Some(start()), 1));
    assert!(stale.failure.is_some() && stale.knowledge.status == Some(TrackStatus::InTransit));
    // What was asked for once is followed from then on.
    assert!(bench.row("tenant", "1000").await.next_poll_at.is_some());
}
