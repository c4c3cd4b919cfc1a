//! A purchase goes on when its caller does not, and none begins that could not be written down.

use std::time::Duration;

use parcelgate::api::proto::v1;
use parcelgate_kit::sim::{FaultRule, SimFault};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

use crate::orders::order;
use crate::served::Served;

fn reason(status: &Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

/// A purchase of the best offer under this key, not sent yet.
async fn wanted(served: &Served, key: &str) -> Result<v1::PurchaseRequest, Status> {
    let rated = served.shipping().rate(order("us-domestic")).await?.into_inner();
    let offer = v1::OfferSelection {
        quote_id: rated.quote.as_ref().unwrap().id.clone(),
        offer_id: rated.offers.first().unwrap().id.clone(),
    };
    Ok(v1::PurchaseRequest {
        idempotency_key: key.to_owned(),
        selection: Some(v1::purchase_request::Selection::Offer(offer)),
        ..v1::PurchaseRequest::default()
    })
}

/// Asks with the same key until the purchase has ended.
async fn ended(served: &Served, wanted: &v1::PurchaseRequest) -> v1::Shipment {
    loop {
        match served.shipping().purchase(wanted.clone()).await {
            Ok(answer) => return answer.into_inner().shipment.unwrap(),
            Err(status) => assert_eq!(status.code(), Code::Aborted, "{status}"),
        }
        tokio::task::yield_now().await;
    }
}

fn delay_purchases(served: &Served, milliseconds: u64) {
    for carrier in served.sandbox.carriers().collect::<Vec<_>>() {
        let rule = FaultRule::once("PG0", SimFault::Delay(milliseconds));
        served.sandbox.world(carrier).unwrap().inject(rule);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadline_in_the_middle_of_a_purchase_leaves_it_going() {
    let served = Served::start().await;
    let wanted = wanted(&served, "late").await.unwrap();
    delay_purchases(&served, 1_500);
    let mut hasty = Request::new(wanted.clone());
    hasty.set_timeout(Duration::from_millis(300));
    let passed = served.shipping().purchase(hasty).await.unwrap_err();
    assert!(matches!(passed.code(), Code::DeadlineExceeded | Code::Cancelled), "{passed}");
    let bought = ended(&served, &wanted).await;
    assert_eq!((bought.state(), served.labels_made()), (v1::ShipmentState::Purchased, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_hangs_up_leaves_its_purchase_going() {
    let served = Served::start().await;
    let wanted = wanted(&served, "gone").await.unwrap();
    delay_purchases(&served, 1_000);
    let (mut client, request) = (served.shipping(), wanted.clone());
    let call = tokio::spawn(async move { client.purchase(request).await });
    while served.gateway.store().purchase_by_key("demo", "gone").await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let bought = ended(&served, &wanted).await;
    assert_eq!((bought.state(), served.labels_made()), (v1::ShipmentState::Purchased, 1));
}

#[tokio::test]
async fn a_full_store_buys_nothing_and_says_so() {
    let served = Served::limited(1 << 20).await;
    let (mut bought, mut refusal) = (Vec::new(), None);
    for number in 0..400 {
        let answered = match wanted(&served, &format!("key-{number}")).await {
            Ok(wanted) => served.shipping().purchase(wanted).await.map(drop),
            // The quote could not be kept either.
            Err(status) => Err(status),
        };
        match answered {
            Ok(()) => bought.push(number),
            // The one that is under way when the store fills up is left to recovery; the next is refused.
            Err(status) if reason(&status) == "PURCHASE_RUNNING" => {}
            Err(status) => {
                refusal = Some(status);
                break;
            }
        }
    }
    let refusal = refusal.expect("a store of a mebibyte is full some time");
    assert_eq!((refusal.code(), reason(&refusal).as_str()), (Code::Unavailable, "STORE_UNAVAILABLE"));
    assert!(refusal.message().contains("full"), "{}", refusal.message());
    assert!(!bought.is_empty());
    // Reads go on, and what was told as bought is there.
    let request = v1::ListShipmentsRequest { page_size: 200, ..Default::default() };
    let listed = served.shipping().list_shipments(request).await.unwrap().into_inner().shipments;
    let told = listed.iter().filter(|shipment| shipment.state() == v1::ShipmentState::Purchased).count();
    assert!(told >= bought.len().min(200));
    assert!(served.labels_made() <= listed.len(), "no label without a purchase that was written down");
}
