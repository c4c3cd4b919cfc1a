//! The main job over the wire: rate, buy, track, void, documents.

use std::time::Duration;

use jiff::SignedDuration;
use parcelgate::api::proto::v1;
use parcelgate_kit::sim::{FaultRule, SimFault};
use tokio_stream::StreamExt;
use tonic::{Code, Request};
use tonic_types::StatusExt;

use crate::orders::order;
use crate::served::Served;

/// The best offer.
fn best(rated: &v1::RateResponse) -> &v1::Offer {
    rated.offers.first().unwrap_or_else(|| panic!("no offer: {:?} {:?}", rated.ineligible, rated.carriers))
}

fn best_of(rated: &v1::RateResponse) -> v1::purchase_request::Selection {
    let offer = best(rated);
    v1::purchase_request::Selection::Offer(v1::OfferSelection {
        quote_id: rated.quote.as_ref().unwrap().id.clone(),
        offer_id: offer.id.clone(),
    })
}

fn purchase(key: &str, selection: v1::purchase_request::Selection) -> v1::PurchaseRequest {
    v1::PurchaseRequest {
        idempotency_key: key.to_owned(),
        selection: Some(selection),
        ..v1::PurchaseRequest::default()
    }
}

fn reason(status: &tonic::Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

async fn buy_us_domestic(served: &Served, key: &str) -> v1::Shipment {
    let rated = served.shipping().rate(order("us-domestic")).await.unwrap().into_inner();
    let wanted = purchase(key, best_of(&rated));
    served.shipping().purchase(wanted).await.unwrap().into_inner().shipment.unwrap()
}

#[tokio::test]
async fn a_parcel_is_rated_bought_and_tracked_to_its_door() {
    let served = Served::start().await;
    let rated = served.shipping().rate(order("us-domestic")).await.unwrap().into_inner();
    assert!(rated.offers.len() >= 3, "{} offers", rated.offers.len());
    let prices: Vec<_> =
        rated.offers.iter().map(|offer| offer.total.as_ref().map(|t| (t.units, t.nanos)).unwrap()).collect();
    assert!(prices.is_sorted(), "offers are ranked by price: {prices:?}");
    let others: Vec<_> = rated.ineligible.iter().map(|ineligible| ineligible.carrier.as_str()).collect();
    assert!(
        !rated.carriers.is_empty() && rated.ineligible.iter().all(|i| !i.reasons.is_empty()),
        "{others:?}"
    );

    let wanted = purchase("k-1", best_of(&rated));
    let bought = served.shipping().purchase(wanted.clone()).await.unwrap().into_inner();
    let shipment = bought.shipment.clone().unwrap();
    assert_eq!(shipment.state(), v1::ShipmentState::Purchased);
    let again = served.shipping().purchase(wanted).await.unwrap().into_inner();
    assert_eq!(bought, again, "the same key gives the same answer");
    assert_eq!(served.labels_made(), 1);

    let document = shipment.documents.first().unwrap().id.clone();
    let request = v1::GetDocumentRequest { document_id: document, ..Default::default() };
    let label = served.shipping().get_document(request).await.unwrap().into_inner();
    assert!(label.content.starts_with(b"%PDF-"), "the label is a PDF");
    let (told, kept) = (label.document.unwrap(), shipment.documents.first().unwrap());
    assert_eq!(told.size_bytes, u64::try_from(label.content.len()).unwrap());
    assert_eq!((&told.sha256, told.size_bytes), (&kept.sha256, kept.size_bytes));

    served.clock.advance(SignedDuration::from_hours(24 * 12));
    let target = Some(v1::track_request::Target::ShipmentId(shipment.id.clone()));
    let tracked = served.shipping().track(v1::TrackRequest { target }).await.unwrap().into_inner();
    let tracking = tracked.tracking.clone().unwrap();
    assert_eq!((tracked.outcome(), tracking.status()), (v1::TrackOutcome::Found, v1::TrackStatus::Delivered));
    assert!(tracking.first_physical_scan.is_some() && tracking.delivered_at.is_some());

    let refused = served.shipping().void(v1::VoidRequest { shipment_id: shipment.id }).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "CARRIER_REFUSED"));
}

#[tokio::test]
async fn the_stream_holds_what_the_unary_answer_holds() {
    let served = Served::start().await;
    let request = v1::StreamRatesRequest { rate_request: Some(order("gb-to-fr")) };
    let mut stream = served.shipping().stream_rates(request).await.unwrap().into_inner();
    let (mut offers, mut reports, mut ranked) = (Vec::new(), 0, None);
    while let Some(piece) = stream.next().await {
        match piece.unwrap().piece.unwrap() {
            v1::stream_rates_response::Piece::Offer(offer) => offers.push(offer.id),
            v1::stream_rates_response::Piece::CarrierReport(_) => reports += 1,
            v1::stream_rates_response::Piece::Summary(summary) => ranked = Some(summary.ranked_offer_ids),
            v1::stream_rates_response::Piece::Ineligible(_) => {}
        }
    }
    let mut ranked = ranked.expect("a summary ends the stream");
    ranked.sort();
    offers.sort();
    assert_eq!(offers, ranked);
    let unary = served.shipping().rate(order("gb-to-fr")).await.unwrap().into_inner();
    assert_eq!((unary.offers.len(), unary.carriers.len()), (offers.len(), reports));
}

#[tokio::test]
async fn the_ioss_number_reaches_the_carrier_below_the_threshold_only() {
    let served = Served::start().await;
    for (name, attached) in
        [("cn-to-de-50-eur", true), ("cn-to-de-180-eur", false), ("cn-to-canary-islands", false)]
    {
        let rated = served.shipping().rate(order(name)).await.unwrap().into_inner();
        let decision = rated.quote.as_ref().unwrap().regional_decision.clone().unwrap();
        let ioss = |kind: i32| kind == i32::from(v1::IdentifierType::Ioss);
        assert_eq!(decision.attached.iter().any(|id| ioss(id.r#type)), attached, "{name}: {decision:?}");
        if !attached {
            let told = decision.not_attached.iter().find(|id| ioss(id.r#type));
            assert!(told.is_some_and(|id| !id.message.is_empty()), "{name}: the reason is told");
        }
        let wanted = purchase(name, best_of(&rated));
        let shipment = served.shipping().purchase(wanted).await.unwrap().into_inner().shipment.unwrap();
        assert_eq!(shipment.state(), v1::ShipmentState::Purchased, "{name}");
    }
}

#[tokio::test]
async fn a_carrier_that_hangs_costs_only_its_own_offers() {
    let served = Served::start().await;
    let carrier =
        best(&served.shipping().rate(order("gb-to-fr")).await.unwrap().into_inner()).carrier.clone();
    served.sandbox.world(&carrier).unwrap().inject(FaultRule::always("", SimFault::HangBefore));
    let mut request = Request::new(order("gb-to-fr"));
    request.set_timeout(Duration::from_secs(2));
    let rated = served.shipping().rate(request).await.unwrap().into_inner();
    let report = rated.carriers.iter().find(|report| report.carrier == carrier).unwrap();
    assert_eq!(report.status(), v1::CarrierReportStatus::TimedOut, "{:?}", rated.ineligible);
    assert!(rated.offers.iter().all(|offer| offer.carrier != carrier));
}

#[tokio::test]
async fn an_expired_offer_a_low_cap_and_a_reused_key_buy_nothing() {
    let served = Served::start().await;
    let rated = served.shipping().rate(order("us-domestic")).await.unwrap().into_inner();
    let selection = best_of(&rated);

    let cheap = v1::PurchaseRequest {
        max_total: Some(parcelgate::api::proto::google_type::Money {
            currency_code: "USD".into(),
            units: 1,
            nanos: 0,
        }),
        ..purchase("cheap", selection.clone())
    };
    let refused = served.shipping().purchase(cheap).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "PRICE_CHANGED"));
    assert_eq!(served.labels_made(), 0);

    served.shipping().purchase(purchase("once", selection.clone())).await.unwrap();
    let other = v1::PurchaseRequest {
        label: Some(v1::LabelSpec { format: v1::DocumentFormat::Zpl.into(), size: 0, dpi: 0 }),
        ..purchase("once", selection.clone())
    };
    let refused = served.shipping().purchase(other).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::FailedPrecondition, "IDEMPOTENCY_KEY_REUSED")
    );
    assert!(refused.message().contains("label"), "{}", refused.message());

    served.clock.advance(SignedDuration::from_hours(24));
    let refused = served.shipping().purchase(purchase("late", selection.clone())).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::FailedPrecondition, "OFFER_EXPIRED"));
    let again = served.shipping().purchase(purchase("once", selection)).await.unwrap().into_inner();
    assert_eq!(
        again.shipment.unwrap().state(),
        v1::ShipmentState::Purchased,
        "a stored answer does not expire"
    );
    assert_eq!(served.labels_made(), 1);
}

#[tokio::test]
async fn many_callers_with_one_key_buy_one_label() {
    let served = Served::start().await;
    let rated = served.shipping().rate(order("us-domestic")).await.unwrap().into_inner();
    let selection = best_of(&rated);
    let calls = (0..100).map(|_| {
        let (mut client, wanted) = (served.shipping(), purchase("crowd", selection.clone()));
        async move { client.purchase(wanted).await }
    });
    let answers = futures::future::join_all(calls).await;
    for answer in answers {
        match answer {
            Ok(bought) => {
                assert_eq!(bought.into_inner().shipment.unwrap().state(), v1::ShipmentState::Purchased)
            }
            Err(status) => {
                assert_eq!((status.code(), reason(&status).as_str()), (Code::Aborted, "PURCHASE_RUNNING"));
                assert!(status.get_error_details().retry_info().is_some());
            }
        }
    }
    assert_eq!(served.labels_made(), 1);
}

#[tokio::test]
async fn a_void_cancels_the_label_and_is_answered_again() {
    let served = Served::start().await;
    let shipment = buy_us_domestic(&served, "to-void").await;
    for _ in 0..2 {
        let request = v1::VoidRequest { shipment_id: shipment.id.clone() };
        let voided = served.shipping().void(request).await.unwrap().into_inner().shipment.unwrap();
        assert_eq!(voided.state(), v1::ShipmentState::Voided);
    }
    assert_eq!(served.sandbox.world(&shipment.carrier).unwrap().live_shipments(), 0);
}

#[tokio::test]
async fn a_purchase_whose_answer_was_lost_is_found_again() {
    let served = Served::start().await;
    let rated = served.shipping().rate(order("us-domestic")).await.unwrap().into_inner();
    let carrier = best(&rated).carrier.clone();
    served.sandbox.world(&carrier).unwrap().inject(FaultRule::once("/ship", SimFault::ResetAfter));
    let wanted = purchase("lost", best_of(&rated));
    let doubtful = served.shipping().purchase(wanted.clone()).await.unwrap().into_inner().shipment.unwrap();
    assert_eq!(doubtful.state(), v1::ShipmentState::InDoubt);
    served.clock.advance(SignedDuration::from_hours(1));
    served.gateway.recover_once().await.unwrap();
    let found = served.shipping().purchase(wanted).await.unwrap().into_inner().shipment.unwrap();
    assert_eq!(found.state(), v1::ShipmentState::Purchased);
    assert!(!found.documents.is_empty(), "its label was fetched");
    assert_eq!(served.labels_made(), 1);
}

#[tokio::test]
async fn the_best_offer_is_picked_and_a_named_service_is_bought_in_one_call() {
    let served = Served::start().await;
    let pick = v1::purchase_request::Selection::Pick(v1::PickSelection {
        rate_request: Some(order("us-domestic")),
        criterion: v1::PickCriterion::Cheapest.into(),
    });
    let picked =
        served.shipping().purchase(purchase("pick", pick)).await.unwrap().into_inner().shipment.unwrap();
    assert_eq!(picked.state(), v1::ShipmentState::Purchased);
    let rated = served.shipping().rate(order("us-domestic")).await.unwrap().into_inner();
    let last = rated.offers.last().unwrap();
    let service = last.service.clone().unwrap().code;
    let direct = v1::purchase_request::Selection::Direct(v1::DirectSelection {
        rate_request: Some(order("us-domestic")),
        carrier: last.carrier.clone(),
        service: service.clone(),
        account: String::new(),
    });
    let named =
        served.shipping().purchase(purchase("direct", direct)).await.unwrap().into_inner().shipment.unwrap();
    assert_eq!(named.service.unwrap().code, service);
}

#[tokio::test]
async fn shipments_are_listed_page_by_page() {
    let served = Served::start().await;
    for number in 0..5 {
        buy_us_domestic(&served, &format!("list-{number}")).await;
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListShipmentsRequest { page_size: 2, page_token: token, ..Default::default() };
        let page = served.shipping().list_shipments(request).await.unwrap().into_inner();
        seen.extend(page.shipments.into_iter().map(|shipment| shipment.id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn a_stock_client_finds_services_by_reflection_and_health() {
    use tonic_health::pb::health_client::HealthClient;
    use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus};
    let served = Served::start().await;
    let mut health = HealthClient::new(served.channel.clone());
    let request = HealthCheckRequest { service: "parcelgate.v1.ShippingService".into() };
    let status = health.check(request).await.unwrap().into_inner().status();
    assert_eq!(status, ServingStatus::Serving);
}
