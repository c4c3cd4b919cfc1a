//! Conformance of this adapter, and its way from price to void.

use futures::executor::block_on;
use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::carrier::Entry;
use parcelgate_kit::conformance::golden::{self, Mode};
use parcelgate_kit::conformance::{Bench, Case, Operation, statics, verdict};
use parcelgate_kit::fault::{FaultKind, Phase};
use parcelgate_kit::label::read_back::read_barcodes;
use parcelgate_kit::model::{
    DocumentKind, LabelFormat, LabelSize, TrackStatus, TrackingNumber, Weight, WeightUnit,
};
use parcelgate_kit::operation::{PurchaseOrder, RateQuery, TrackOutcome, TrackQuery, VoidOrder};
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
    let findings: Vec<_> =
        cases.iter().flat_map(|case| block_on(golden::check(&entry, case, mode))).collect();
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
    Bench::new(entry(), "2026-09-01T07:00:00Z".parse::<Timestamp>().unwrap())
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
        let Entry { carrier, .. } = entry();
        block_on(carrier.$operation(&mut Cx::new(&account, &mut $bench), $input))
    }};
}

fn status(bench: &mut Bench, number: &TrackingNumber) -> Option<TrackStatus> {
    match run!(*bench, track, &TrackQuery::new(vec![number.clone()])).unwrap().remove(0).outcome {
        TrackOutcome::Found(report) => {
            assert!(report.unknown_codes.is_empty(), "{:?}", report.unknown_codes);
            assert!(report.events.is_sorted_by_key(|event| event.occurred.sort_key()));
            report.events.iter().rev().find_map(|event| event.status)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_parcel_goes_from_price_to_delivery() {
    let (mut bench, order) = (bench(), order("us_customs_eori"));
    let query = RateQuery::new(order.shipment.clone(), vec![order.service.clone()]);
    assert_eq!(run!(bench, rate, &query).unwrap().offers.len(), 1);
    assert_eq!(bench.world.calls(""), 0, "a price asks nobody");

    let bought = run!(bench, purchase, &order).unwrap();
    assert!(bought.notices.is_empty(), "{:?}", bought.notices);
    let kinds: Vec<_> = bought.documents.iter().map(|document| document.kind).collect();
    assert_eq!(kinds, [DocumentKind::Label, DocumentKind::CustomsForm]);

    assert_eq!(status(&mut bench, &bought.tracking[0]), Some(TrackStatus::PreTransit));
    bench.world.now += SignedDuration::from_hours(181);
    assert_eq!(status(&mut bench, &bought.tracking[0]), Some(TrackStatus::Customs));
    bench.world.now += SignedDuration::from_hours(24 * 4);
    assert_eq!(status(&mut bench, &bought.tracking[0]), Some(TrackStatus::Delivered));

    let void = VoidOrder::new(bought.carrier_shipment_id, bought.tracking);
    let refusal = run!(bench, void, &void).unwrap_err();
    assert_eq!((refusal.kind, refusal.carrier_code.as_deref()), (FaultKind::NotFound, Some("204")));
}

#[test]
fn a_parcel_that_comes_back_is_returned() {
    let (mut bench, order) = (bench(), order("domestic"));
    bench.world.journey = Journey::Returned;
    let bought = run!(bench, purchase, &order).unwrap();
    bench.world.now += SignedDuration::from_hours(24 * 10);
    assert_eq!(status(&mut bench, &bought.tracking[0]), Some(TrackStatus::Returned));
}

#[test]
fn labels_of_an_order_are_cancelled_together() {
    let (mut bench, order) = (bench(), order("two_parcels"));
    let bought = run!(bench, purchase, &order).unwrap();
    assert_eq!(bench.world.live_shipments(), 2);
    let void = VoidOrder::new(bought.carrier_shipment_id, bought.tracking);
    assert!(run!(bench, void, &void).is_ok());
    assert_eq!(bench.world.live_shipments(), 0);
    assert_eq!(run!(bench, void, &void).unwrap_err().kind, FaultKind::NotFound);
}

#[test]
fn every_label_reads_back() {
    for format in [LabelFormat::Pdf, LabelFormat::Zpl] {
        for size in [LabelSize::Inch4x6, LabelSize::A6, LabelSize::A4] {
            let (mut bench, mut order) = (bench(), order("two_parcels"));
            (order.label.format, order.label.size) = (format, size);
            let bought = run!(bench, purchase, &order).unwrap();
            assert_eq!((bought.tracking.len(), bought.documents.len()), (2, 2));
            for (number, label) in bought.tracking.iter().zip(&bought.documents) {
                assert_eq!(label.format, format);
                let read = read_barcodes(&label.bytes, label.format).unwrap();
                assert!(
                    read.iter().any(|text| text.contains(number.as_str())),
                    "{format:?} {size:?}: {read:?}"
                );
            }
        }
    }
}

/// The second parcel is too heavy: the carrier makes the first one only.
fn half_good() -> PurchaseOrder {
    let mut order = order("two_parcels");
    order.shipment.parcels[1].weight = Weight::new("40".parse().unwrap(), WeightUnit::Kg).unwrap();
    order
}

#[test]
fn an_order_that_goes_in_part_is_not_bought() {
    let mut bench = bench();
    let fault = run!(bench, purchase, &half_good()).unwrap_err();
    assert_eq!((fault.kind, fault.phase), (FaultKind::Refused, Phase::Answered));
    assert!(fault.carrier_words.unwrap().contains("weight"));
    assert_eq!((bench.world.shipments.len(), bench.world.live_shipments()), (1, 0));
}

#[test]
fn what_cannot_be_cancelled_is_in_doubt_and_named() {
    let mut bench = bench();
    bench.world.inject(FaultRule::always("DELETE", SimFault::ErrorBefore(503)));
    let fault = run!(bench, purchase, &half_good()).unwrap_err();
    assert_eq!(fault.phase, Phase::InDoubt);
    let made = bench.world.shipments.keys().next().unwrap();
    assert!(fault.message.contains(made.as_str()), "{}", fault.message);
}

#[test]
fn a_lost_answer_is_in_doubt() {
    for fault in [SimFault::ResetAfter, SimFault::ErrorAfter(500), SimFault::Malformed, SimFault::Truncated] {
        let (mut bench, order) = (bench(), order("domestic"));
        bench.world.inject(FaultRule::once(order.reference.as_str(), fault.clone()));
        let told = run!(bench, purchase, &order).unwrap_err();
        assert_eq!(told.phase, Phase::InDoubt, "{fault:?}");
    }
}

#[test]
fn one_malformed_number_spoils_no_other() {
    let (mut bench, order) = (bench(), order("domestic"));
    let bought = run!(bench, purchase, &order).unwrap();
    let numbers = vec![TrackingNumber::parse("ABC123").unwrap(), bought.tracking[0].clone()];
    let answers = run!(bench, track, &TrackQuery::new(numbers)).unwrap();
    assert_eq!(answers[0].outcome, TrackOutcome::UnknownNumber);
    assert!(matches!(answers[1].outcome, TrackOutcome::Found(_)));
}
