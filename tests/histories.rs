//! What the tenant's own parcels took is evidence for the next ones.

use jiff::SignedDuration;
use parcelgate::api::proto::v1;

use crate::orders::order;
use crate::served::Served;

const SERVICE: &str = "us-domestic";

/// The sample order, to arrive within so many days.
async fn rated(served: &Served, days: i64) -> Vec<v1::Offer> {
    let mut wanted = order(SERVICE);
    let by = served.gateway.now() + SignedDuration::from_hours(24 * days);
    wanted.order = Some(v1::Order {
        deliver_by_promised: Some(prost_types::Timestamp { seconds: by.as_second(), nanos: 0 }),
        ..Default::default()
    });
    served.shipping().rate(wanted).await.unwrap().into_inner().offers
}

#[tokio::test]
async fn own_deliveries_are_evidence_once_they_are_over() {
    let served = Served::start().await;
    let pick = v1::PickSelection {
        rate_request: Some(order(SERVICE)),
        criterion: v1::PickCriterion::Cheapest.into(),
    };
    let mut bought = Vec::new();
    for number in 0..12 {
        let request = v1::PurchaseRequest {
            idempotency_key: format!("k-{number}"),
            selection: Some(v1::purchase_request::Selection::Pick(pick.clone())),
            ..Default::default()
        };
        bought.push(served.shipping().purchase(request).await.unwrap().into_inner().shipment.unwrap());
    }
    let service = bought[0].service.as_ref().unwrap().code.clone();
    let of_service = |offers: Vec<v1::Offer>| {
        let mut offers = offers.into_iter();
        let found = offers.find(|offer| offer.service.as_ref().unwrap().code == service).unwrap();
        found.on_time.unwrap()
    };
    let before = of_service(rated(&served, 30).await);
    assert_eq!((before.sample, before.method.as_str()), (0, "STATED_TRANSIT"));

    served.clock.advance(SignedDuration::from_hours(24 * 45));
    for shipment in &bought {
        let target = Some(v1::track_request::Target::ShipmentId(shipment.id.clone()));
        served.shipping().track(v1::TrackRequest { target }).await.unwrap();
    }
    while served.gateway.measure().await.unwrap() > 0 {}
    let after = of_service(rated(&served, 30).await);
    assert_eq!((after.sample, after.method.as_str()), (12, "WIDER_HISTORY"), "{after:?}");
    assert!(after.probability() >= before.probability(), "{after:?}");
}
