//! The way of a label, over the bench: straight to the simulator, without a gateway.
//!
//! Must never sleep: the simulator's clock is moved. Start with [`bench`].
// file only with purchase

use futures::executor::block_on;
use jiff::Timestamp;
use parcelgate_kit::conformance::{Bench, Case};
use parcelgate_kit::label::read_back::read_barcodes;
use parcelgate_kit::model::LabelFormat;
use parcelgate_kit::operation::PurchaseOrder;
use parcelgate_kit::plan::Cx;
use parcelgate_kit::sim::{FaultRule, SimFault};

use crate::entry;

fn bench() -> Bench {
    Bench::new(entry(), "2026-09-01T07:00:00Z".parse::<Timestamp>().unwrap())
}

fn order(case: &str) -> PurchaseOrder {
    let cases = Case::all(entry().folder).unwrap();
    cases.iter().find(|found| found.name() == format!("purchase/{case}")).unwrap().input().unwrap()
}

/// Runs one plan over the bench.
macro_rules! run {
    ($bench:expr, $operation:ident, $input:expr) => {{
        let account = $bench.sample().account();
        block_on(entry().carrier.$operation(&mut Cx::new(&account, &mut $bench), $input))
    }};
}

#[test]
fn every_label_reads_back() {
    for format in [LabelFormat::Pdf, LabelFormat::Png, LabelFormat::Zpl] {
        let (mut bench, mut order) = (bench(), order("two_parcels"));
        order.label.format = format;
        let bought = run!(bench, purchase, &order).unwrap();
        assert_eq!((bought.tracking.len(), bought.documents.len()), (2, 2));
        for (number, label) in bought.tracking.iter().zip(&bought.documents) {
            let read = read_barcodes(&label.bytes, label.format).unwrap();
            assert!(read.iter().any(|text| text.contains(number.as_str())), "{format:?}: {read:?}");
        }
    }
}

#[test]
fn a_lost_answer_is_fetched_with_the_same_key() {
    let (mut bench, order) = (bench(), order("domestic"));
    bench.world.inject(FaultRule::once(order.reference.as_str(), SimFault::ResetAfter));
    assert!(run!(bench, purchase, &order).is_err());
    let bought = run!(bench, purchase, &order).unwrap();
    assert_eq!(bench.world.live_shipments(), 1);
    assert!(bench.world.shipments.contains_key(&bought.carrier_shipment_id));
}

// begin track
#[test]
fn a_parcel_is_followed_to_its_end() {
    use parcelgate_kit::model::TrackStatus;
    use parcelgate_kit::operation::{TrackOutcome, TrackQuery};

    let (mut bench, order) = (bench(), order("customs_ioss"));
    let bought = run!(bench, purchase, &order).unwrap();
    let query = TrackQuery::new(bought.tracking);
    for (days, expected) in [(0, TrackStatus::PreTransit), (9, TrackStatus::Delivered)] {
        bench.world.now += jiff::SignedDuration::from_hours(24 * days);
        match run!(bench, track, &query).unwrap().remove(0).outcome {
            TrackOutcome::Found(report) => {
                assert_eq!(report.events.last().and_then(|event| event.status), Some(expected));
                assert!(report.unknown_codes.is_empty());
            }
            other => panic!("{other:?}"),
        }
    }
}
// end track

// begin void
#[test]
fn a_label_is_cancelled_until_it_is_handed_over() {
    use parcelgate_kit::fault::FaultKind;
    use parcelgate_kit::operation::VoidOrder;

    let (mut bench, order) = (bench(), order("domestic"));
    let bought = run!(bench, purchase, &order).unwrap();
    let void = VoidOrder::new(bought.carrier_shipment_id, bought.tracking);
    assert!(run!(bench, void, &void).is_ok());
    assert!(run!(bench, void, &void).is_ok(), "once more");
    assert_eq!(bench.world.live_shipments(), 0);

    let (mut bench, order) = (self::bench(), self::order("domestic"));
    let bought = run!(bench, purchase, &order).unwrap();
    bench.world.now += jiff::SignedDuration::from_hours(24);
    let void = VoidOrder::new(bought.carrier_shipment_id, bought.tracking);
    let refusal = run!(bench, void, &void).unwrap_err();
    assert_eq!((refusal.kind, refusal.carrier_code.as_deref()), (FaultKind::Refused, Some("HANDED_OVER")));
}
// end void
