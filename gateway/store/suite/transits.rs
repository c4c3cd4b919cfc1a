//! Cases: how long parcels took is counted once a parcel, also when it is corrected.

use jiff::civil::{Date, date};

use super::Place;
use super::samples::TENANT;
use crate::store::{LaneEnd, TransitCount, TransitRow, TransitsAsked};

fn end(country: &str, part: &str) -> LaneEnd {
    LaneEnd { country: country.into(), part: part.into() }
}

fn transit(shipment: &str, days: u16) -> TransitRow {
    TransitRow {
        tenant: TENANT.into(),
        shipment: shipment.into(),
        parcel: 1,
        carrier: "acme".into(),
        service: "STD".into(),
        origin: end("DE", "BE"),
        destination: end("FR", "75"),
        days,
        delivered_on: date(2026, 9, 30),
    }
}

fn asked(since: Date) -> TransitsAsked {
    TransitsAsked { tenant: TENANT.into(), origin: "DE".into(), destination: "FR".into(), since }
}

fn counted(days: u16, parcels: u64) -> TransitCount {
    TransitCount {
        carrier: "acme".into(),
        service: "STD".into(),
        origin_part: "BE".into(),
        destination_part: "75".into(),
        days,
        parcels,
    }
}

pub(in crate::store) async fn parcels_are_counted_by_their_days(place: &impl Place) {
    let store = place.open();
    let day = date(2026, 9, 1);
    for (shipment, days) in [("s1", 2), ("s2", 2), ("s3", 4)] {
        store.put_transit(transit(shipment, days)).await.unwrap();
    }
    store.put_transit(TransitRow { parcel: 2, ..transit("s1", 2) }).await.unwrap();
    assert_eq!(store.transits(&asked(day)).await.unwrap(), [counted(2, 3), counted(4, 1)]);
    store.put_transit(transit("s3", 4)).await.unwrap();
    assert_eq!(store.transits(&asked(day)).await.unwrap(), [counted(2, 3), counted(4, 1)], "told twice");
    store.put_transit(transit("s3", 3)).await.unwrap();
    assert_eq!(store.transits(&asked(day)).await.unwrap(), [counted(2, 3), counted(3, 1)], "corrected");
}

pub(in crate::store) async fn other_lanes_tenants_and_months_are_apart(place: &impl Place) {
    let store = place.open();
    store.put_transit(transit("s1", 2)).await.unwrap();
    store.put_transit(TransitRow { tenant: "other".into(), ..transit("s2", 2) }).await.unwrap();
    store.put_transit(TransitRow { destination: end("IT", ""), ..transit("s3", 2) }).await.unwrap();
    store.put_transit(TransitRow { origin: end("DE", "BY"), ..transit("s4", 2) }).await.unwrap();
    let found = store.transits(&asked(date(2026, 9, 30))).await.unwrap();
    assert_eq!(found, [counted(2, 1), TransitCount { origin_part: "BY".into(), ..counted(2, 1) }]);
    assert!(store.transits(&asked(date(2026, 10, 1))).await.unwrap().is_empty());
}

pub(in crate::store) async fn many_tellings_of_one_parcel_count_once(place: &impl Place) {
    let store = place.open();
    let told = (0..8).map(|_| store.put_transit(transit("s1", 2)));
    for answer in futures::future::join_all(told).await {
        answer.unwrap();
    }
    assert_eq!(store.transits(&asked(date(2026, 9, 1))).await.unwrap(), [counted(2, 1)]);
}
