//! How sellers do, over the wire: from facts that are told, and from what the gateway did by itself.

use jiff::{SignedDuration, Timestamp};
use parcelgate::api::proto::v1;
use tonic::Code;
use tonic_types::StatusExt;
use v1::order_fact::Fact;

use crate::orders::order;
use crate::served::Served;

const MARKET: &str = "amazon.com";

fn at(text: &str) -> Option<prost_types::Timestamp> {
    let at: Timestamp = text.parse().unwrap();
    Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 })
}

fn told(order: &str, id: &str, version: u64, fact: Fact) -> v1::OrderFact {
    v1::OrderFact {
        order_id: order.to_owned(),
        fact_id: id.to_owned(),
        version,
        occurred_at: at("2026-08-05T10:00:00Z"),
        fact: Some(fact),
    }
}

/// A package that was promised for 10 August, confirmed and perhaps scanned.
fn package(order: &str, scanned: bool) -> Vec<v1::OrderFact> {
    let windows = v1::OrderWindows {
        ordered_at: at("2026-08-04T10:00:00Z"),
        ship_by: at("2026-08-06T10:00:00Z"),
        deliver_by_promised: at("2026-08-10T20:00:00Z"),
        category: "toys".into(),
        ..Default::default()
    };
    let package = v1::PackageReady {
        package_id: "p1".into(),
        origin_country: "US".into(),
        destination_country: "US".into(),
        ..Default::default()
    };
    let confirmation = v1::PackageConfirmed {
        package_id: "p1".into(),
        tracking_number: "AB12".into(),
        ..Default::default()
    };
    let scan = |kind: v1::ScanKind, when| v1::PackageScan { at: at(when), kind: kind.into() };
    let scans = vec![
        scan(v1::ScanKind::Network, "2026-08-06T08:00:00Z"),
        scan(v1::ScanKind::Delivered, "2026-08-09T08:00:00Z"),
    ];
    let mut facts = vec![
        told(order, "windows", 1, Fact::Windows(windows)),
        told(order, "package", 1, Fact::Package(package)),
        told(order, "confirmed", 1, Fact::Confirmation(confirmation)),
    ];
    if scanned {
        let scans = v1::PackageScans { package_id: "p1".into(), scans };
        facts.push(told(order, "scans", 1, Fact::Scans(scans)));
    }
    facts
}

async fn tell(served: &Served, facts: Vec<v1::OrderFact>) -> Vec<v1::FactOutcome> {
    let request = v1::ReportOrderFactsRequest { marketplace_id: MARKET.into(), facts };
    let answer = served.marketplaces().report_order_facts(request).await.unwrap().into_inner();
    answer.receipts.iter().map(v1::FactReceipt::outcome).collect()
}

async fn metric(served: &Served, metric: v1::Metric) -> v1::GetMetricResponse {
    let request = v1::GetMetricRequest { marketplace_id: MARKET.into(), metric: metric.into(), as_of: None };
    served.performances().get_metric(request).await.unwrap().into_inner()
}

fn whole(report: &v1::GetMetricResponse) -> (u64, u64) {
    let whole = report.figures[0].whole.as_ref().unwrap();
    (whole.numerator, whole.denominator)
}

#[tokio::test]
async fn told_facts_change_the_metric_at_once_and_the_past_stays() {
    let served = Served::start().await;
    let mut facts: Vec<_> = (0..5).flat_map(|n| package(&format!("o{n}"), n > 1)).collect();
    facts.reverse();
    assert!(tell(&served, facts.clone()).await.iter().all(|outcome| *outcome == v1::FactOutcome::Recorded));
    assert!(tell(&served, facts).await.iter().all(|outcome| *outcome == v1::FactOutcome::Known));
    let report = metric(&served, v1::Metric::ValidTracking).await;
    assert_eq!((whole(&report), report.status()), ((3, 5), v1::MetricStatus::Bad));
    assert_eq!((report.marketplace.as_str(), report.rule_set_version.is_empty()), (MARKET, false));
    let figures = &report.figures[0];
    assert_eq!(figures.categories[0].category, "toys");
    assert_eq!((figures.wrong[0].reason.as_str(), figures.wrong[0].count), ("NO_SCAN", 2));
    let before = prost_types::Timestamp { seconds: served.gateway.now().as_second(), nanos: 0 };
    served.clock.advance(SignedDuration::from_hours(1));
    let mended = package("o0", true).pop().unwrap();
    tell(&served, vec![mended]).await;
    assert_eq!(whole(&metric(&served, v1::Metric::ValidTracking).await), (4, 5));
    let request = v1::GetMetricRequest {
        marketplace_id: "ATVPDKIKX0DER".into(),
        metric: v1::Metric::ValidTracking.into(),
        as_of: Some(before),
    };
    let past = served.performances().get_metric(request).await.unwrap().into_inner();
    assert_eq!(whole(&past), (3, 5));
}

#[tokio::test]
async fn defects_come_page_by_page_with_their_remedies() {
    let served = Served::start().await;
    tell(&served, (0..5).flat_map(|n| package(&format!("o{n}"), false)).collect()).await;
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListDefectsRequest {
            marketplace_id: MARKET.into(),
            metric: v1::Metric::ValidTracking.into(),
            page_size: 2,
            page_token,
            ..Default::default()
        };
        let page = served.performances().list_defects(request).await.unwrap().into_inner();
        seen.extend(page.defects);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let orders: Vec<_> = seen.iter().map(|defect| defect.order_id.as_str()).collect();
    assert_eq!(orders, ["o0", "o1", "o2", "o3", "o4"]);
    let reason = &seen[0].reasons[0];
    assert_eq!((reason.reason.as_str(), reason.rule_id.as_str()), ("NO_SCAN", "VTR-S1"));
    assert!(!reason.remedy.is_empty());
    let request =
        v1::ForecastRequest { marketplace_id: MARKET.into(), metric: v1::Metric::ValidTracking.into() };
    let ahead = served.performances().forecast(request).await.unwrap().into_inner();
    assert_eq!((ahead.needed_to_recover, ahead.at_risk), (Some(95), 0));
    assert!(ahead.breach_on.is_some());
}

#[tokio::test]
async fn bad_facts_are_refused_with_every_field() {
    let served = Served::start().await;
    let bad = v1::OrderFact {
        order_id: String::new(),
        fact_id: "-own".into(),
        fact: Some(Fact::Review(v1::OrderReview { stars: 6, struck: false })),
        ..Default::default()
    };
    let request = v1::ReportOrderFactsRequest { marketplace_id: MARKET.into(), facts: vec![bad] };
    let status = served.marketplaces().report_order_facts(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let details = status.get_error_details();
    let fields: Vec<_> =
        details.bad_request().unwrap().field_violations.iter().map(|one| one.field.as_str()).collect();
    assert_eq!(
        fields,
        ["facts[0].order_id", "facts[0].fact_id", "facts[0].occurred_at", "facts[0].review.stars"]
    );
    let request = v1::GetMetricRequest {
        marketplace_id: "shop.example".into(),
        metric: v1::Metric::ValidTracking.into(),
        as_of: None,
    };
    let status = served.performances().get_metric(request).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("docs/metrics.md"), "{status}");
}

async fn measured(served: &Served) {
    while served.gateway.measure().await.unwrap() > 0 {}
}

#[tokio::test]
async fn what_was_bought_here_counts_without_anyone_telling() {
    let served = Served::start().await;
    let mut wanted = order("us-domestic");
    wanted.order = Some(v1::Order {
        marketplace_id: MARKET.into(),
        marketplace_country: "US".into(),
        order_id: "902-1".into(),
        ordered_at: at("2026-08-31T20:00:00Z"),
        ship_by: at("2026-09-01T20:00:00Z"),
        deliver_by_promised: at("2026-09-12T06:00:00Z"),
        deliver_by_seller: at("2026-09-12T06:00:00Z"),
        ..Default::default()
    });
    let pick =
        v1::PickSelection { rate_request: Some(wanted), criterion: v1::PickCriterion::Cheapest.into() };
    let request = v1::PurchaseRequest {
        idempotency_key: "k-1".into(),
        selection: Some(v1::purchase_request::Selection::Pick(pick)),
        ..Default::default()
    };
    let bought = served.shipping().purchase(request).await.unwrap().into_inner().shipment.unwrap();
    measured(&served).await;
    assert_eq!(whole(&metric(&served, v1::Metric::LateShipment).await), (0, 1));
    assert_eq!(whole(&metric(&served, v1::Metric::Cancellation).await), (0, 1));

    served.clock.advance(SignedDuration::from_hours(24 * 3));
    let request =
        v1::ForecastRequest { marketplace_id: MARKET.into(), metric: v1::Metric::ValidTracking.into() };
    let ahead = served.performances().forecast(request.clone()).await.unwrap().into_inner();
    assert_eq!(ahead.at_risk, 1, "it had to be handed over and nobody has seen a scan");

    served.clock.advance(SignedDuration::from_hours(24 * 20));
    let target = Some(v1::track_request::Target::ShipmentId(bought.id.clone()));
    served.shipping().track(v1::TrackRequest { target }).await.unwrap();
    assert_eq!(whole(&metric(&served, v1::Metric::ValidTracking).await), (0, 1));
    measured(&served).await;
    assert_eq!(whole(&metric(&served, v1::Metric::ValidTracking).await), (1, 1));
    assert_eq!(whole(&metric(&served, v1::Metric::OnTimeDelivery).await), (1, 1));
    let ahead = served.performances().forecast(request).await.unwrap().into_inner();
    assert_eq!(ahead.at_risk, 0);
}

#[tokio::test]
async fn a_voided_label_does_not_count() {
    let served = Served::start().await;
    let mut wanted = order("us-domestic");
    wanted.order = Some(v1::Order {
        marketplace_id: MARKET.into(),
        order_id: "902-2".into(),
        ordered_at: at("2026-08-31T20:00:00Z"),
        ship_by: at("2026-09-01T20:00:00Z"),
        ..Default::default()
    });
    let pick =
        v1::PickSelection { rate_request: Some(wanted), criterion: v1::PickCriterion::Cheapest.into() };
    let request = v1::PurchaseRequest {
        idempotency_key: "k-1".into(),
        selection: Some(v1::purchase_request::Selection::Pick(pick)),
        ..Default::default()
    };
    let bought = served.shipping().purchase(request).await.unwrap().into_inner().shipment.unwrap();
    measured(&served).await;
    assert_eq!(whole(&metric(&served, v1::Metric::LateShipment).await), (0, 1));
    served.shipping().void(v1::VoidRequest { shipment_id: bought.id }).await.unwrap();
    measured(&served).await;
    assert_eq!(whole(&metric(&served, v1::Metric::LateShipment).await), (0, 0));
}

/// Buys the sample order as this order of the marketplace.
async fn bought(served: &Served, key: &str, of: v1::Order) -> v1::Shipment {
    let mut wanted = order("us-domestic");
    wanted.order = Some(of);
    let pick =
        v1::PickSelection { rate_request: Some(wanted), criterion: v1::PickCriterion::Cheapest.into() };
    let request = v1::PurchaseRequest {
        idempotency_key: key.to_owned(),
        selection: Some(v1::purchase_request::Selection::Pick(pick)),
        ..Default::default()
    };
    served.shipping().purchase(request).await.unwrap().into_inner().shipment.unwrap()
}

/// An order that comes too late for its promise, by a seller with or without the marketplace's settings.
fn late_order(id: &str, automated: bool) -> v1::Order {
    v1::Order {
        marketplace_id: MARKET.into(),
        marketplace_country: "US".into(),
        order_id: id.to_owned(),
        ordered_at: at("2026-08-31T20:00:00Z"),
        ship_by: at("2026-09-30T20:00:00Z"),
        deliver_by_promised: at("2026-09-12T06:00:00Z"),
        deliver_by_seller: at("2026-09-12T06:00:00Z"),
        schedule: Some(v1::SellerSchedule {
            automated_handling: automated,
            automated_transit: automated,
            ..Default::default()
        }),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_late_unit_of_a_seller_with_the_marketplaces_settings_is_excused() {
    for (automated, expected) in [(true, (1, 1)), (false, (0, 1))] {
        let served = Served::start().await;
        let bought = bought(&served, "k-1", late_order("902-3", automated)).await;
        // What the marketplace tells stands above what the purchase knew: it had promised an earlier day.
        let earlier = at("2026-09-02T06:00:00Z");
        let windows = v1::OrderWindows {
            deliver_by_promised: earlier,
            deliver_by_seller: earlier,
            ..Default::default()
        };
        served.clock.advance(SignedDuration::from_hours(24 * 15));
        tell(&served, vec![told("902-3", "windows", 1, Fact::Windows(windows))]).await;
        let target = Some(v1::track_request::Target::ShipmentId(bought.id));
        served.shipping().track(v1::TrackRequest { target }).await.unwrap();
        measured(&served).await;
        let report = metric(&served, v1::Metric::OnTimeDelivery).await;
        assert_eq!(whole(&report), expected, "automated: {automated}");
        let excused: Vec<_> = report.figures[0].excused.iter().map(|rule| rule.rule_id.as_str()).collect();
        assert_eq!(excused, if automated { vec!["OTP-01"] } else { Vec::new() });
    }
}
