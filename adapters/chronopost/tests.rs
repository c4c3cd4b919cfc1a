//! Conformance of this adapter, and its way from price to void.

use futures::executor::block_on;
use jiff::{SignedDuration, Timestamp};

use parcelgate_kit::carrier::{Carrier as _, Entry};
use parcelgate_kit::conformance::golden::{self, Mode};
use parcelgate_kit::conformance::{Bench, Case, Operation, numbers, statics, verdict};
use parcelgate_kit::fault::FaultKind;
use parcelgate_kit::label::read_back::read_barcodes;
use parcelgate_kit::model::{LabelFormat, TrackStatus};
use parcelgate_kit::operation::{
    FindQuery, PurchaseOrder, Purchased, RateQuery, TrackOutcome, TrackQuery, TrackReport, VoidOrder,
};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::sim::{FaultRule, Journey, SimFault};

use crate::entry;

#[test]
fn the_folder_is_whole() {
    verdict(&statics::check(&entry())).unwrap_or_else(|findings| panic!("{findings}"));
}

#[test]
fn golden_cases_hold() {
    let entry = entry();
    let mode = Mode::of_variable(option_env!("BLESS"));
    let cases = Case::all(entry.folder).unwrap_or_else(|bad| panic!("{bad:?}"));
    let mut findings = Vec::new();
    for case in &cases {
        findings.extend(block_on(golden::check(&entry, case, mode)));
        findings.extend(statics::no_secrets(&entry, case));
        findings.extend(block_on(numbers::of_case(&entry, case)));
    }
    verdict(&findings).unwrap_or_else(|findings| panic!("{findings}"));
}

#[test]
fn damaged_replies_cause_no_panic() {
    let entry = entry();
    for case in Case::all(entry.folder).unwrap() {
        assert_eq!(block_on(golden::survives_damage(&entry, &case, 60)), []);
    }
}

fn bench() -> Bench {
    Bench::new(entry(), "2026-09-01T14:00:00Z".parse::<Timestamp>().unwrap())
}

fn order(case: &str) -> PurchaseOrder {
    let cases = Case::all(entry().folder).unwrap();
    let name = format!("{}/{case}", Operation::Purchase.folder());
    cases.iter().find(|found| found.name() == name).unwrap().input().unwrap()
}

/// Runs one plan over the bench.
macro_rules! run {
    ($bench:expr, $operation:ident, $input:expr) => {{
        let account = $bench.sample().account();
        let input = $input;
        let Entry { carrier, .. } = entry();
        block_on(carrier.$operation(&mut Cx::new(&account, &mut $bench), input))
    }};
}

fn advance(bench: &mut Bench, hours: i64) {
    bench.world.now += SignedDuration::from_hours(hours);
}

fn report(bench: &mut Bench, bought: &Purchased) -> TrackReport {
    let query = TrackQuery::new(bought.tracking.iter().take(1).cloned().collect());
    match run!(*bench, track, &query).unwrap().remove(0).outcome {
        TrackOutcome::Found(report) => report,
        other => panic!("{other:?}"),
    }
}

fn last(report: &TrackReport) -> Option<TrackStatus> {
    report.events.iter().rev().find_map(|event| event.status)
}

#[test]
fn two_parcels_go_from_price_to_delivery() {
    let mut bench = bench();
    let order = order("two_parcels_zpl");
    let query = RateQuery::new(order.shipment.clone(), vec![order.service.clone()]);
    let offers = run!(bench, rate, &query).unwrap().offers;
    assert_eq!(offers.len(), 1);

    let bought = run!(bench, purchase, &order).unwrap();
    assert_eq!((bought.tracking.len(), bought.documents.len()), (2, 2));
    for (label, number) in bought.documents.iter().zip(&bought.tracking) {
        assert_eq!(label.format, LabelFormat::Zpl);
        let read = read_barcodes(&label.bytes, label.format).unwrap();
        assert!(read.iter().any(|text| text.contains(number.as_str())), "{read:?}");
    }

    let query = FindQuery::new(order, bench.world.now);
    assert_eq!(run!(bench, find, &query).unwrap(), None);
    advance(&mut bench, 1);
    let found = run!(bench, find, &query).unwrap().unwrap();
    assert_eq!(found.tracking, bought.tracking);
    assert_eq!(found.notices[0].code, "LABEL_NOT_RECOVERED");

    assert_eq!(last(&report(&mut bench, &bought)), Some(TrackStatus::PreTransit));
    advance(&mut bench, 4);
    assert_eq!(last(&report(&mut bench, &bought)), Some(TrackStatus::Accepted));
    advance(&mut bench, 30);
    let delivered = report(&mut bench, &bought);
    assert_eq!(last(&delivered), Some(TrackStatus::Delivered));
    assert!(delivered.unknown_codes.is_empty());
    let void = VoidOrder::new(bought.carrier_shipment_id, bought.tracking);
    let fault = run!(bench, void, &void).unwrap_err();
    assert_eq!((fault.kind, fault.carrier_code.as_deref()), (FaultKind::Refused, Some("3")));
}

#[test]
fn a_parcel_is_cancelled_before_it_is_handed_over() {
    let mut bench = bench();
    let bought = run!(bench, purchase, &order("two_parcels_zpl")).unwrap();
    let void = VoidOrder::new(bought.carrier_shipment_id, bought.tracking);
    run!(bench, void, &void).unwrap();
    assert_eq!(bench.world.live_shipments(), 0);
    assert_eq!(run!(bench, void, &void).unwrap_err().kind, FaultKind::NotFound);
}

#[test]
fn a_parcel_that_comes_back_is_not_delivered() {
    let mut bench = bench();
    bench.world.journey = Journey::Returned;
    let bought = run!(bench, purchase, &order("domestic")).unwrap();
    advance(&mut bench, 24 * 10);
    let back = report(&mut bench, &bought);
    assert_eq!(last(&back), Some(TrackStatus::Returned));
    assert!(!back.events.iter().any(|event| event.status == Some(TrackStatus::Delivered)));
}

#[test]
fn a_lost_answer_is_found_again() {
    let mut bench = bench();
    let order = order("gb_ddp_eori");
    bench.world.inject(FaultRule::once(order.reference.as_str(), SimFault::ResetAfter));
    assert!(run!(bench, purchase, &order).is_err());
    advance(&mut bench, 1);
    let found = run!(bench, find, &FindQuery::new(order, bench.world.now)).unwrap().unwrap();
    assert!(bench.world.shipments.contains_key(&found.carrier_shipment_id));
    assert_eq!(bench.world.live_shipments(), 1);
}

#[test]
fn equal_parcels_are_asked_for_once() {
    let mut bench = bench();
    let mut shipment = order("domestic").shipment;
    let first = shipment.parcels[0].clone();
    let one = RateQuery::new(shipment.clone(), vec!["01".into()]);
    let single = run!(bench, rate, &one).unwrap().offers.remove(0).total;
    shipment.parcels.push(first);
    let calls = bench.world.calls("Quickcost");
    let two = run!(bench, rate, &RateQuery::new(shipment, vec!["01".into()])).unwrap().offers.remove(0);
    assert_eq!(bench.world.calls("Quickcost") - calls, 1);
    assert_eq!(two.total, single.times(2).unwrap());
}

#[test]
fn a_wrong_password_is_the_accounts_fault() {
    let mut bench = bench();
    let account = parcelgate_kit::account::Account::new(
        [("account_number".to_owned(), "11111111".to_owned())],
        ["password".to_owned()],
    );
    let order = order("domestic");
    let query = RateQuery::new(order.shipment.clone(), vec!["01".into()]);
    let fault = block_on(crate::Chronopost.rate(&mut Cx::new(&account, &mut bench), &query)).unwrap_err();
    assert_eq!((fault.kind, fault.carrier_code.as_deref()), (FaultKind::Account, Some("3")));
    let fault = block_on(crate::Chronopost.purchase(&mut Cx::new(&account, &mut bench), &order)).unwrap_err();
    assert_eq!(fault.carrier_code.as_deref(), Some("33"));
    assert_eq!(bench.world.live_shipments(), 0);
}
