//! What was agreed with a carrier about pick-ups and days of rest is in the dates of its offers.

use jiff::Timestamp;
use jiff::civil::{Date, time};
use parcelgate::api::proto::v1;

use crate::orders::order;
use crate::served::Served;

/// Offers for a sample order that is ready at this moment.
async fn offers(served: &Served, sample: &str, ready: &str) -> Vec<v1::Offer> {
    let mut wanted = order(sample);
    let at: Timestamp = ready.parse().unwrap();
    let time = prost_types::Timestamp { seconds: at.as_second(), nanos: 0 };
    wanted.ship_at = Some(v1::ShipAt { time: Some(time), ..v1::ShipAt::default() });
    let offers = served.shipping().rate(wanted).await.unwrap().into_inner().offers;
    assert!(!offers.is_empty());
    offers
}

fn taken_on(offers: &[v1::Offer]) -> Vec<i32> {
    let mut days: Vec<_> = offers.iter().map(|offer| offer.handed_over.as_ref().unwrap().day).collect();
    days.dedup();
    days
}

#[tokio::test]
async fn what_is_ready_after_the_agreed_pick_up_goes_on_the_next_day() {
    let served = Served::agreed(&|settings| settings.cut_off = Some(time(17, 0, 0, 0))).await;
    // Tuesday in Seattle, seven hours behind.
    assert_eq!(taken_on(&offers(&served, "us-domestic", "2026-09-02T00:00:00Z").await), [1]);
    assert_eq!(taken_on(&offers(&served, "us-domestic", "2026-09-02T00:00:01Z").await), [2]);
    // Without an agreement nobody knows of a last pick-up.
    let served = Served::start().await;
    assert_eq!(taken_on(&offers(&served, "us-domestic", "2026-09-02T00:00:01Z").await), [1]);
}

#[tokio::test]
async fn a_window_by_table_leaves_out_the_days_on_which_the_carrier_rests() {
    const READY: &str = "2026-09-01T08:00:00Z";
    let last_days = |offers: Vec<v1::Offer>| -> Vec<(String, Date)> {
        let by_table = offers.into_iter().filter_map(|offer| {
            let window = offer.delivery_window?;
            let latest: jiff::civil::DateTime = window.latest?.wall_clock.parse().unwrap();
            let table = window.source == i32::from(v1::WindowSource::Table);
            table.then(|| (offer.service.unwrap().code, latest.date()))
        });
        by_table.collect()
    };
    let usual = last_days(offers(&Served::start().await, "de-domestic", READY).await);
    let (service, last) = usual.first().expect("no window by table").clone();
    let resting = Served::agreed(&|settings| settings.non_delivery_days = vec![last]).await;
    let later = last_days(offers(&resting, "de-domestic", READY).await);
    let now = later.iter().find(|(code, _)| *code == service).unwrap().1;
    assert!(now > last, "{service}: {last}, then {now}");
}
