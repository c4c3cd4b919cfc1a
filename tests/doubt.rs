//! Never lost, never doubled: what becomes of a purchase whose answer was lost,
//! came late, or cost too much. The simulators' ledger is the ground truth.

use std::collections::HashSet;

use jiff::SignedDuration;
use parcelgate::api::proto::v1;
use parcelgate_kit::exchange::Guard;
use parcelgate_kit::sim::{FaultRule, Journey, SimFault};
use tonic::Code;
use tonic_types::StatusExt;

use crate::orders::order;
use crate::served::Served;

const ORDERS: [&str; 4] = ["us-domestic", "de-domestic", "fr-domestic", "gb-to-fr"];
/// Part of every reference that the gateway gives a purchase.
const OURS: &str = "PG0";

/// An offer of `carrier`, on the first sample order that it takes.
async fn offer_of(served: &Served, carrier: &str) -> (v1::Offer, v1::OfferSelection) {
    for name in ORDERS {
        let mut order = order(name);
        order.requirements.get_or_insert_default().allowed_carriers = vec![carrier.to_owned()];
        let rated = served.shipping().rate(order).await.unwrap().into_inner();
        if let Some(offer) = rated.offers.first() {
            let quote_id = rated.quote.as_ref().unwrap().id.clone();
            return (offer.clone(), v1::OfferSelection { quote_id, offer_id: offer.id.clone() });
        }
    }
    panic!("no sample order suits `{carrier}`");
}

fn wanted(key: &str, offer: v1::OfferSelection) -> v1::PurchaseRequest {
    v1::PurchaseRequest {
        idempotency_key: key.to_owned(),
        selection: Some(v1::purchase_request::Selection::Offer(offer)),
        ..v1::PurchaseRequest::default()
    }
}

async fn buy(served: &Served, wanted: &v1::PurchaseRequest) -> Result<v1::Shipment, tonic::Status> {
    let answer = served.shipping().purchase(wanted.clone()).await?;
    Ok(answer.into_inner().shipment.unwrap())
}

async fn shipment(served: &Served, id: &str) -> v1::Shipment {
    let request = v1::GetShipmentRequest { shipment_id: id.to_owned() };
    served.shipping().get_shipment(request).await.unwrap().into_inner().shipment.unwrap()
}

async fn alarms(served: &Served) -> Vec<v1::Alarm> {
    served.operators().list_alarms(v1::ListAlarmsRequest::default()).await.unwrap().into_inner().alarms
}

fn reason(status: &tonic::Status) -> String {
    status.get_error_details().error_info().map(|info| info.reason.clone()).unwrap_or_default()
}

/// Carriers whose guard is such a one.
fn guarded(served: &Served, by: fn(Guard) -> bool) -> Vec<&'static str> {
    let found: Vec<_> = served
        .gateway
        .carriers()
        .iter()
        .map(|host| host.descriptor())
        .filter(|descriptor| descriptor.capabilities.purchase && by(descriptor.purchase_guard))
        .map(|descriptor| descriptor.id)
        .collect();
    assert!(!found.is_empty(), "no carrier has such a guard");
    found
}

fn by_reference(guard: Guard) -> bool {
    matches!(guard, Guard::FindByReference { .. })
}

fn unguarded(guard: Guard) -> bool {
    guard == Guard::None
}

/// Lets time pass and takes up what is due, so often.
async fn wait_each(served: &Served, minutes: i64, times: u32) {
    for _ in 0..times {
        served.clock.advance(SignedDuration::from_mins(minutes));
        served.gateway.recover_once().await.unwrap();
    }
}

/// As [`wait_each`], two hours each time: longer than any settling time.
async fn wait(served: &Served, times: u32) {
    wait_each(served, 120, times).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_calls_with_one_key_buy_one_label() {
    let served = Served::start().await;
    let (_, offer) =
        offer_of(&served, served.gateway.carriers().iter().next().unwrap().descriptor().id).await;
    let request = wanted("one", offer);
    let calls = (0..1_000).map(|_| buy(&served, &request));
    let mut bought = HashSet::new();
    for answer in futures::future::join_all(calls).await {
        match answer {
            Ok(shipment) => {
                bought.insert(shipment.id);
            }
            Err(status) => {
                assert_eq!((status.code(), reason(&status).as_str()), (Code::Aborted, "PURCHASE_RUNNING"));
                assert!(status.get_error_details().retry_info().is_some());
            }
        }
    }
    assert_eq!((bought.len(), served.labels_made()), (1, 1));
    let after = buy(&served, &request).await.unwrap();
    assert!(bought.contains(&after.id));
}

#[tokio::test]
async fn the_answer_stays_the_same_until_its_key_expires() {
    let served = Served::start().await;
    let (_, offer) =
        offer_of(&served, served.gateway.carriers().iter().next().unwrap().descriptor().id).await;
    let request = wanted("again", offer);
    let first = buy(&served, &request).await.unwrap();
    served.clock.advance(SignedDuration::from_hours(24 * 29));
    served.gateway.let_go().await.unwrap();
    assert_eq!(buy(&served, &request).await.unwrap(), first, "the offer is long past, the answer is not");
    served.clock.advance(SignedDuration::from_hours(24 * 2));
    served.gateway.let_go().await.unwrap();
    let refused = buy(&served, &request).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound, "the key is free again, and its quote is gone");
    assert_eq!(shipment(&served, &first.id).await, first, "the shipment is not");
    assert_eq!(served.labels_made(), 1);
}

#[tokio::test]
async fn what_is_not_found_is_refused_and_stays_watched() {
    let served = Served::start().await;
    for carrier in guarded(&served, by_reference) {
        let (_, offer) = offer_of(&served, carrier).await;
        served.sandbox.world(carrier).unwrap().inject(FaultRule::once(OURS, SimFault::ErrorBefore(500)));
        let request = wanted(carrier, offer);
        let doubtful = buy(&served, &request).await.unwrap();
        assert_eq!(doubtful.state(), v1::ShipmentState::InDoubt, "{carrier}");
        assert!(doubtful.in_doubt_since.is_some());
        wait(&served, 3).await;
        let refused = buy(&served, &request).await.unwrap_err();
        assert_eq!(reason(&refused), "NOT_FOUND_AT_CARRIER", "{carrier}");
        let told = refused.get_error_details().error_info().unwrap().metadata.clone();
        assert!(!told.contains_key("carrier_code"), "the gateway's word is not the carrier's: {told:?}");
        let again = buy(&served, &request).await.unwrap_err();
        assert_eq!(again.details(), refused.details(), "the stored answer");
        wait(&served, 400).await;
        assert_eq!(shipment(&served, &doubtful.id).await.state(), v1::ShipmentState::Refused);
        assert_eq!(served.labels_made(), 0);
        let looked = served.sandbox.world(carrier).unwrap().calls("");
        wait(&served, 20).await;
        assert_eq!(served.sandbox.world(carrier).unwrap().calls(""), looked, "the watch ends");
    }
    assert_eq!(alarms(&served).await, vec![]);
}

#[tokio::test]
async fn a_look_that_fails_counts_for_nothing() {
    let served = Served::start().await;
    for carrier in guarded(&served, by_reference) {
        let (_, offer) = offer_of(&served, carrier).await;
        served.sandbox.world(carrier).unwrap().inject(FaultRule::once(OURS, SimFault::ErrorAfter(500)));
        let request = wanted(carrier, offer);
        let doubtful = buy(&served, &request).await.unwrap();
        assert_eq!(doubtful.state(), v1::ShipmentState::InDoubt, "{carrier}");
        // The carrier talks nonsense for longer than the looks that make a refusal.
        served.sandbox.world(carrier).unwrap().inject(FaultRule::always("", SimFault::Malformed));
        wait(&served, 5).await;
        assert_eq!(shipment(&served, &doubtful.id).await.state(), v1::ShipmentState::InDoubt, "{carrier}");
        served.sandbox.world(carrier).unwrap().clear_faults();
        served.sandbox.world(carrier).unwrap().found_after = SignedDuration::from_hours(24 * 365);
        wait(&served, 1).await;
        assert_eq!(shipment(&served, &doubtful.id).await.state(), v1::ShipmentState::InDoubt, "one absence");
        served.sandbox.world(carrier).unwrap().found_after = SignedDuration::ZERO;
        wait_each(&served, 60 * 24, 3).await;
        assert_eq!(buy(&served, &request).await.unwrap().state(), v1::ShipmentState::Purchased, "{carrier}");
    }
    assert_eq!(alarms(&served).await, vec![], "an alarm of a doubt that is over is closed");
}

#[tokio::test]
async fn a_label_that_turns_up_late_is_cancelled_and_alarmed() {
    let served = Served::start().await;
    for carrier in guarded(&served, by_reference) {
        let (_, offer) = offer_of(&served, carrier).await;
        let found_after = SignedDuration::from_mins(150);
        served.sandbox.world(carrier).unwrap().found_after = found_after;
        // Nobody has the label, so nobody hands a parcel over with it.
        served.sandbox.world(carrier).unwrap().journey = Journey::NeverHandedOver;
        served.sandbox.world(carrier).unwrap().inject(FaultRule::once(OURS, SimFault::ErrorAfter(500)));
        let request = wanted(carrier, offer);
        let doubtful = buy(&served, &request).await.unwrap();
        wait_each(&served, 42, 3).await;
        assert_eq!(reason(&buy(&served, &request).await.unwrap_err()), "NOT_FOUND_AT_CARRIER", "{carrier}");
        assert_eq!(served.sandbox.world(carrier).unwrap().live_shipments(), 1, "it was made all the same");
        wait_each(&served, 30, 8).await;
        let told = alarms(&served).await;
        assert_eq!(served.sandbox.world(carrier).unwrap().live_shipments(), 0, "{carrier}: {told:?}");
        let late: Vec<_> = told.iter().filter(|alarm| alarm.shipment_id == doubtful.id).collect();
        assert_eq!(late.len(), 1, "{told:?}");
        assert_eq!((late[0].code.as_str(), late[0].carrier.as_str()), ("LATE_LABEL", carrier));
        assert_eq!(reason(&buy(&served, &request).await.unwrap_err()), "NOT_FOUND_AT_CARRIER");
    }
}

#[tokio::test]
async fn an_operator_settles_what_nobody_else_can() {
    let served = Served::start().await;
    for carrier in guarded(&served, unguarded) {
        for (key, fault, made) in
            [("made", SimFault::ErrorAfter(502), true), ("none", SimFault::ErrorBefore(502), false)]
        {
            let (_, offer) = offer_of(&served, carrier).await;
            served.sandbox.world(carrier).unwrap().inject(FaultRule::once(OURS, fault));
            let request = wanted(&format!("{carrier} {key}"), offer);
            let doubtful = buy(&served, &request).await.unwrap();
            wait(&served, 5).await;
            assert_eq!(buy(&served, &request).await.unwrap().state(), v1::ShipmentState::InDoubt);

            let listed = served.operators().list_in_doubt(v1::ListInDoubtRequest::default()).await.unwrap();
            let listed = listed.into_inner().purchases;
            let [found] = listed.as_slice() else { panic!("{listed:?}") };
            assert_eq!(found.shipment.as_ref().unwrap().id, doubtful.id);
            assert!(found.next_look_at.is_none() && found.age.as_ref().unwrap().seconds >= 9 * 3600);
            assert_eq!((found.exchanges, found.exchanges_answered), (1, 0));
            let [alarm] = &alarms(&served).await[..] else { panic!("one alarm") };
            assert_eq!((alarm.code.as_str(), alarm.shipment_id.as_str()), ("IN_DOUBT", doubtful.id.as_str()));

            let made_there: Vec<_> = {
                let world = served.sandbox.world(carrier).unwrap();
                world.by_reference(&doubtful.reference).flat_map(|made| made.tracking.clone()).collect()
            };
            assert_eq!(!made_there.is_empty(), made);
            let outcome = if made {
                v1::resolve_purchase_request::Outcome::Bought(v1::LabelFound {
                    tracking_numbers: made_there.clone(),
                    ..v1::LabelFound::default()
                })
            } else {
                v1::resolve_purchase_request::Outcome::NotBought(v1::NoLabel {})
            };
            let word = v1::ResolvePurchaseRequest {
                tenant: "demo".into(),
                shipment_id: doubtful.id.clone(),
                outcome: Some(outcome),
                evidence: "the carrier's portal, looked at twice".into(),
            };
            let settled = served.operators().resolve_purchase(word.clone()).await.unwrap().into_inner();
            let settled = settled.shipment.unwrap();
            let resolution = settled.resolution.clone().unwrap();
            assert_eq!((resolution.by.as_str(), resolution.evidence), ("demo", word.evidence.clone()));
            if made {
                assert_eq!(settled.state(), v1::ShipmentState::Purchased);
                assert_eq!(settled.parcels[0].tracking_number, made_there[0]);
                assert_eq!(buy(&served, &request).await.unwrap(), settled, "the key's answer from now on");
            } else {
                assert_eq!(reason(&buy(&served, &request).await.unwrap_err()), "NOT_FOUND_AT_CARRIER");
            }
            assert_eq!(alarms(&served).await, vec![], "its alarm is over");
            let twice = served.operators().resolve_purchase(word).await.unwrap_err();
            assert_eq!((twice.code(), reason(&twice).as_str()), (Code::FailedPrecondition, "WRONG_STATE"));
        }
    }
}

#[tokio::test]
async fn a_void_in_doubt_is_settled_first() {
    let served = Served::start().await;
    for carrier in guarded(&served, by_reference) {
        let (_, offer) = offer_of(&served, carrier).await;
        served.sandbox.world(carrier).unwrap().inject(FaultRule::once(OURS, SimFault::ErrorAfter(500)));
        let doubtful = buy(&served, &wanted(carrier, offer)).await.unwrap();
        assert_eq!(doubtful.state(), v1::ShipmentState::InDoubt);
        served.clock.advance(SignedDuration::from_mins(20));
        let request = v1::VoidRequest { shipment_id: doubtful.id.clone() };
        let voided = served.shipping().void(request).await.unwrap().into_inner().shipment.unwrap();
        assert_eq!(voided.state(), v1::ShipmentState::Voided, "{carrier}");
        assert!(voided.bought_at.is_some(), "it was found before it was voided");
        assert_eq!(served.sandbox.world(carrier).unwrap().live_shipments(), 0);
    }
}

#[tokio::test]
async fn a_label_that_costs_more_than_allowed_is_given_back() {
    let served = Served::start().await;
    let carriers: Vec<_> = served.gateway.carriers().iter().map(|host| host.descriptor().id).collect();
    let mut told = 0;
    for carrier in carriers {
        let (offer, selection) = offer_of(&served, carrier).await;
        served.sandbox.world(carrier).unwrap().price_percent = 150;
        let request =
            v1::PurchaseRequest { max_total: offer.total.clone(), ..wanted(carrier, selection.clone()) };
        let answer = buy(&served, &request).await;
        let live = served.sandbox.world(carrier).unwrap().live_shipments();
        match answer {
            // It charges what it quoted, or does not tell.
            Ok(bought) => assert_eq!((bought.total, live), (offer.total, 1), "{carrier}"),
            Err(refused) => {
                assert_eq!(
                    (refused.code(), reason(&refused)),
                    (Code::FailedPrecondition, "PRICE_CHANGED".into())
                );
                assert_eq!(live, 0, "{carrier}");
                told += 1;
                let again = buy(&served, &request).await.unwrap_err();
                assert_eq!(again.details(), refused.details(), "the stored answer");

                // The carrier does not take it back: bought, with the notice and an alarm.
                let key = format!("{carrier} keeps it");
                served
                    .sandbox
                    .world(carrier)
                    .unwrap()
                    .inject(FaultRule::always("/void", SimFault::ErrorBefore(500)));
                let request = v1::PurchaseRequest { idempotency_key: key, ..request };
                let bought = buy(&served, &request).await.unwrap();
                assert_eq!(bought.state(), v1::ShipmentState::Purchased);
                assert!(bought.notices.iter().any(|notice| notice.code == "PRICE_ABOVE_MAX"), "{bought:?}");
                let codes: Vec<_> = alarms(&served).await.into_iter().map(|alarm| alarm.code).collect();
                assert_eq!(codes, ["PRICE_ABOVE_MAX"]);
            }
        }
    }
    assert!(told > 0, "no carrier tells its charge with the label");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_carrier_that_hangs_holds_up_its_own_purchases_alone() {
    let served = Served::start().await;
    let carriers = guarded(&served, by_reference);
    let [slow, quick, ..] = carriers.as_slice() else { return };
    for carrier in [*slow, *quick] {
        let (_, offer) = offer_of(&served, carrier).await;
        served.sandbox.world(carrier).unwrap().inject(FaultRule::once(OURS, SimFault::ErrorAfter(500)));
        assert_eq!(buy(&served, &wanted(carrier, offer)).await.unwrap().state(), v1::ShipmentState::InDoubt);
    }
    served.sandbox.world(slow).unwrap().inject(FaultRule::always("", SimFault::HangBefore));
    served.clock.advance(SignedDuration::from_hours(2));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let every = std::time::Duration::from_millis(20);
    let recovering = tokio::spawn(std::sync::Arc::clone(&served.gateway).keep_recovering(every, stopped));
    let state = |name: &'static str| {
        let request = v1::ListShipmentsRequest::default();
        let mut client = served.shipping();
        async move {
            let listed = client.list_shipments(request).await.unwrap().into_inner().shipments;
            listed.into_iter().find(|shipment| shipment.carrier == name).unwrap().state()
        }
    };
    while state(quick).await == v1::ShipmentState::InDoubt {
        tokio::task::yield_now().await;
    }
    assert_eq!(state(quick).await, v1::ShipmentState::Purchased);
    assert_eq!(state(slow).await, v1::ShipmentState::InDoubt, "nobody waited for the one that hangs");
    stop.send_replace(true);
    recovering.await.unwrap();
}

#[tokio::test]
async fn a_void_whose_answer_was_lost_ends_as_voided() {
    let served = Served::start().await;
    let carriers: Vec<_> = served.gateway.carriers().iter().map(|host| host.descriptor()).collect();
    for descriptor in carriers.into_iter().filter(|descriptor| descriptor.capabilities.void) {
        let (_, offer) = offer_of(&served, descriptor.id).await;
        let bought = buy(&served, &wanted(descriptor.id, offer)).await.unwrap();
        // However often it is asked, and whatever else it is asked before that.
        let lost = FaultRule { when: String::new(), fault: SimFault::ErrorAfter(500), times: 3 };
        served.sandbox.world(descriptor.id).unwrap().inject(lost);
        let request = v1::VoidRequest { shipment_id: bought.id.clone() };
        let asked = served.shipping().void(request).await.unwrap().into_inner().shipment.unwrap();
        assert_eq!(asked.state(), v1::ShipmentState::VoidRequested, "{}", descriptor.id);
        assert_eq!(served.sandbox.world(descriptor.id).unwrap().live_shipments(), 0);
        wait(&served, 10).await;
        let voided = shipment(&served, &bought.id).await;
        assert_eq!(voided.state(), v1::ShipmentState::Voided, "{}: {:?}", descriptor.id, voided.refusal);
    }
    assert_eq!(alarms(&served).await, vec![]);
}
