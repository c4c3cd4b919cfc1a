//! Conformance of this adapter, and its way from price to void.

use futures::executor::block_on;
use jiff::{SignedDuration, Timestamp};

use parcelgate_kit::carrier::{Carrier as _, Entry};
use parcelgate_kit::conformance::golden::{self, Mode};
use parcelgate_kit::conformance::{Bench, Case, Operation, statics, verdict};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::label::read_back::read_barcodes;
use parcelgate_kit::model::{LabelFormat, TrackStatus};
use parcelgate_kit::operation::{
    FindQuery, PurchaseOrder, Purchased, TrackOutcome, TrackQuery, TrackReport, VoidOrder,
};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::sim::{FaultRule, SimFault};

use crate::{Ups, entry};

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

fn report(bench: &mut Bench, bought: &Purchased) -> TrackReport {
    let query = TrackQuery::new(bought.tracking.iter().take(1).cloned().collect());
    match run!(*bench, track, &query).unwrap().remove(0).outcome {
        TrackOutcome::Found(report) => report,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_parcel_goes_from_price_to_delivery() {
    let mut bench = bench();
    let order = order("us_two_parcels_pdf");
    let query =
        parcelgate_kit::operation::RateQuery::new(order.shipment.clone(), vec![order.service.clone()]);
    let offers = run!(bench, rate, &query).unwrap().offers;
    assert_eq!(offers.len(), 1);

    let bought = run!(bench, purchase, &order).unwrap();
    assert_eq!(bought.total, Some(offers[0].total));
    let formats: Vec<_> =
        bought.documents.iter().map(|document| (document.format, document.parcel)).collect();
    assert_eq!(formats, [(LabelFormat::Pdf, Some(0)), (LabelFormat::Pdf, Some(1))]);
    assert!(bought.notices.is_empty(), "{:?}", bought.notices);

    let found = run!(bench, find, &FindQuery::new(order, bench.world.now)).unwrap().unwrap();
    assert_eq!(
        (found.carrier_shipment_id, found.tracking, found.documents),
        (bought.carrier_shipment_id.clone(), bought.tracking.clone(), bought.documents.clone())
    );

    assert_eq!(report(&mut bench, &bought).status, Some(TrackStatus::PreTransit));
    bench.world.now += SignedDuration::from_hours(24 * 10);
    let report = report(&mut bench, &bought);
    assert_eq!(report.status, Some(TrackStatus::Delivered));
    assert!(report.unknown_codes.is_empty());
    assert!(report.events.is_sorted_by_key(|event| event.occurred.sort_key()));
    assert_eq!(report.events.first().map(|first| first.is_physical_scan), Some(false));

    let void = VoidOrder::new(bought.carrier_shipment_id, bought.tracking);
    let refusal = run!(bench, void, &void).unwrap_err();
    assert_eq!((refusal.kind, refusal.carrier_code.as_deref()), (FaultKind::Refused, Some("190102")));
}

#[test]
fn a_label_is_voided_once_and_stays_voided() {
    let mut bench = bench();
    let order = order("cn_de_ioss");
    let bought = run!(bench, purchase, &order).unwrap();
    let void = VoidOrder::new(bought.carrier_shipment_id.clone(), bought.tracking.clone());
    assert!(run!(bench, void, &void).is_ok());
    assert_eq!(bench.world.live_shipments(), 0);
    assert!(run!(bench, void, &void).is_ok());
    assert_eq!(report(&mut bench, &bought).status, Some(TrackStatus::Cancelled));
    let found = run!(bench, find, &FindQuery::new(order, bench.world.now)).unwrap();
    assert_eq!(found, None);
}

#[test]
fn a_label_reads_back_in_every_format() {
    for format in Ups.descriptor().labels {
        let mut bench = bench();
        let mut order = order("us_two_parcels_pdf");
        order.label.format = *format;
        let bought = run!(bench, purchase, &order).unwrap();
        for (document, number) in bought.documents.iter().zip(&bought.tracking) {
            assert_eq!(document.format, *format);
            let codes = read_barcodes(&document.bytes, *format).unwrap();
            assert!(codes.iter().any(|code| code == number.as_str()), "{format:?}: {codes:?}");
        }
    }
}

#[test]
fn a_lost_answer_is_found_again() {
    let mut bench = bench();
    let order = order("cn_de_ioss");
    bench.world.inject(FaultRule::once("/ship", SimFault::ResetAfter));
    assert!(run!(bench, purchase, &order).is_err());
    let found = run!(bench, find, &FindQuery::new(order, bench.world.now)).unwrap().unwrap();
    assert_eq!(bench.world.live_shipments(), 1);
    assert!(bench.world.shipments.contains_key(&found.carrier_shipment_id));
}

#[test]
fn a_pdf_that_fails_loses_no_label() {
    let mut bench = bench();
    let order = order("us_two_parcels_pdf");
    bench.world.inject(FaultRule::once("/recovery", SimFault::ErrorBefore(500)));
    let bought = run!(bench, purchase, &order).unwrap();
    assert!(bought.documents.iter().all(|document| document.format == LabelFormat::Gif));
    assert_eq!((bought.documents.len(), bought.notices.len()), (2, 1));
}

#[test]
fn both_sources_must_know_nothing_before_nothing_is_said() {
    let mut bench = bench();
    let order = order("cn_de_ioss");
    run!(bench, purchase, &order).unwrap();
    bench.world.inject(FaultRule::once("/recovery", SimFault::ErrorBefore(503)));
    let fault: Fault = run!(bench, find, &FindQuery::new(order, bench.world.now)).unwrap_err();
    assert_ne!(fault.kind, FaultKind::NotFound);
}
