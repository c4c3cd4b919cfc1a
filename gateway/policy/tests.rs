//! Tallies and forecasts at their edges, and that facts may come in any order.
//!
//! Packages are judged against the worked sheet in `tests/performance`.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::rules::Metric::{self, Cancellation, LateShipment, OnTimeDelivery, OrderDefect, ValidTracking};
use super::{Counts, Marketplace, Status, forecast, spans, tally};

fn market(key: &str) -> &'static Marketplace {
    Marketplace::find(key).unwrap()
}

fn status(metric: Metric, key: &str, right: u64, counted: u64) -> Status {
    tally(metric, market(key), date(2026, 11, 20), Counts { counted, right, exempt: 0 }).status
}

#[test]
fn a_status_turns_exactly_at_its_target() {
    let cases = [
        (ValidTracking, "amazon.de", 949, 1000, Status::Bad),
        (ValidTracking, "amazon.de", 95, 100, Status::Warn),
        (ValidTracking, "amazon.de", 959, 1000, Status::Warn),
        (ValidTracking, "amazon.de", 96, 100, Status::Good),
        (ValidTracking, "amazon.de", 0, 0, Status::None),
        (ValidTracking, "walmart.com", 99, 100, Status::Warn),
        (ValidTracking, "walmart.com", 100, 100, Status::Good),
        // 4 % wrong is not less than 4 %.
        (LateShipment, "amazon.com", 96, 100, Status::Bad),
        (LateShipment, "amazon.com", 961, 1000, Status::Warn),
        (LateShipment, "amazon.com", 98, 100, Status::Good),
        (Cancellation, "amazon.com", 975, 1000, Status::Bad),
        (Cancellation, "walmart.com", 98, 100, Status::Warn),
        (OrderDefect, "amazon.com", 99, 100, Status::Bad),
        (OrderDefect, "amazon.com", 995, 1000, Status::Good),
        // Below 20 units nothing is enforced there.
        (OnTimeDelivery, "amazon.co.uk", 10, 19, Status::None),
        (OnTimeDelivery, "amazon.co.uk", 10, 20, Status::Bad),
        (OnTimeDelivery, "amazon.com", 1, 2, Status::Bad),
        (OnTimeDelivery, "amazon.in", 1, 2, Status::None),
    ];
    for (metric, key, right, counted, expected) in cases {
        assert_eq!(status(metric, key, right, counted), expected, "{metric:?} {key} {right}/{counted}");
    }
}

#[test]
fn a_target_holds_from_its_day_on() {
    let counts = Counts { counted: 100, right: 50, exempt: 0 };
    let on = |day: Date| tally(OnTimeDelivery, market("amazon.fr"), day, counts).status;
    assert_eq!((on(date(2026, 7, 14)), on(date(2026, 7, 15))), (Status::None, Status::Bad));
}

#[test]
fn windows_are_those_of_the_published_sample() {
    let span = |metric, today| {
        spans(metric, market("amazon.com"), today)
            .iter()
            .map(|span| (span.first, span.last))
            .collect::<Vec<_>>()
    };
    let today = date(2020, 11, 19);
    assert_eq!(span(ValidTracking, today), [(date(2020, 10, 11), date(2020, 11, 9))]);
    assert_eq!(span(LateShipment, today), [(date(2020, 10, 21), today), (date(2020, 11, 10), today)]);
    assert_eq!(span(OnTimeDelivery, today), [(date(2020, 10, 29), date(2020, 11, 11))]);
    assert_eq!(span(Cancellation, today), [(date(2020, 11, 13), today)]);
    assert_eq!(span(OrderDefect, today), [(date(2020, 9, 6), date(2020, 11, 4))]);
}

fn days(from: Date, each: &[(u64, u64)]) -> BTreeMap<Date, Counts> {
    let day = |at: usize| from.checked_add(i32::try_from(at).unwrap().days()).unwrap();
    let counts = |(counted, wrong): (u64, u64)| Counts { counted, right: counted - wrong, exempt: 0 };
    each.iter().enumerate().map(|(at, one)| (day(at), counts(*one))).collect()
}

#[test]
fn recovery_takes_what_the_formula_says() {
    let today = date(2026, 11, 20);
    let first = spans(ValidTracking, market("amazon.de"), today)[0].first;
    for (counted, wrong) in [(100, 6), (100, 5), (1000, 73), (1, 1), (20, 1), (333, 333)] {
        let by_day = days(first, &[(counted, wrong)]);
        let told = forecast(ValidTracking, market("amazon.de"), today, &by_day).unwrap();
        // ceil((0.95 D - N) / 0.05), in whole numbers.
        let short = (95 * counted).saturating_sub(100 * (counted - wrong));
        assert_eq!(told.to_recover, Some(short.div_ceil(5)), "{wrong} of {counted}");
    }
    // 1 of 25 late is 4 %: one more good order makes it less.
    let by_day = days(today, &[(25, 1)]);
    let told = forecast(LateShipment, market("amazon.com"), today, &by_day).unwrap();
    assert_eq!((told.to_recover, told.breach_on), (Some(1), Some(today)));
}

#[test]
fn a_breach_is_foretold_when_the_good_days_leave_the_window() {
    let today = date(2026, 11, 20);
    let first = spans(ValidTracking, market("amazon.de"), today)[0].first;
    // 20 days of 10 right ones, then 10 days of 10 with one wrong: 290 of 300 are right now.
    let mut each = vec![(10, 0); 20];
    each.extend(vec![(10, 1); 10]);
    let told = forecast(ValidTracking, market("amazon.de"), today, &days(first, &each)).unwrap();
    assert_eq!((told.to_recover, told.pace.counted, told.pace.wrong), (Some(0), 300, 10));
    // Good days leave, and the pace brings a wrong one every third day: 15 are just allowed, and the sixth more comes
    // on the 17th day.
    assert_eq!(told.breach_on, Some(date(2026, 12, 7)));
    let even = [(10, 1), (10, 0), (10, 0)].repeat(10);
    let told = forecast(ValidTracking, market("amazon.de"), today, &days(first, &even)).unwrap();
    assert_eq!(told.breach_on, None, "at a steady 10 in 300 it stays above 95 %");
    // What is known to come is worse: ten days of two wrong ones each; 15 in 300 are just allowed, 16 are not. Each day
    // brings two, so the third day has 16.
    each.extend(vec![(10, 2); 10]);
    let told = forecast(ValidTracking, market("amazon.de"), today, &days(first, &each)).unwrap();
    assert_eq!(told.breach_on, Some(date(2026, 11, 23)));
}

mod any_order {
    use crate::policy::{Cancellation, Scan, ScanKind, Scans};
    use crate::policy::{Confirmed, Fact, Marketplace, NumberChecks, Order, Party, Placed, judge};

    #[test]
    fn the_order_in_which_facts_come_does_not_matter() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
        let confirmed = |hour: u32, number: &str| {
            Fact::Confirmed(Confirmed {
                package: "p".into(),
                at: at(&format!("2026-10-01T{hour:02}:00:00Z")),
                carrier: "C".into(),
                service: "S".into(),
                tracking_number: number.into(),
                checks: NumberChecks::default(),
            })
        };
        let cancelled = |hour: u32, by| {
            Fact::Cancelled(Cancellation { at: at(&format!("2026-10-01T{hour:02}:00:00Z")), by })
        };
        let mut facts = vec![
            Fact::Placed(Placed {
                ordered_at: Some(at("2026-09-30T10:00:00Z")),
                promised: Some(at("2026-10-05T10:00:00Z")),
                ..Placed::default()
            }),
            confirmed(8, ""),
            confirmed(12, "AB12"),
            cancelled(9, Party::Seller),
            cancelled(8, Party::Buyer),
            Fact::Scans(Scans {
                package: "p".into(),
                scans: vec![Scan { at: at("2026-10-02T10:00:00Z"), kind: ScanKind::Network }],
            }),
        ];
        let market = Marketplace::find("amazon.de").unwrap();
        let expected = judge(&Order::of(market, &facts));
        for _ in 0..facts.len() {
            facts.rotate_left(1);
            assert_eq!(judge(&Order::of(market, &facts)), expected);
        }
    }
}

mod whole_orders {
    use jiff::Timestamp;
    use parcelgate_kit::model::CountryCode;

    use crate::policy::{
        Cancellation, Claim, ClaimKind, ClaimState, Confirmed, Fact, Marketplace, Metric, NumberChecks,
        Order, Package, Party, Placed, Review, Scan, ScanKind, Scans, Standing, judge,
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Ordered, to be shipped by the 5th noon and delivered by the 10th, all in UTC of October 2026.
    fn placed() -> Placed {
        Placed {
            ordered_at: Some(at("2026-10-02T12:00:00Z")),
            ship_by: Some(at("2026-10-05T12:00:00Z")),
            promised: Some(at("2026-10-13T12:00:00Z")),
            promised_by_seller: Some(at("2026-10-10T12:00:00Z")),
            units: 3,
            ..Placed::default()
        }
    }

    fn shipped(confirmed: &str, scans: &[(&str, ScanKind)]) -> Vec<Fact> {
        let us = CountryCode::parse("US").unwrap();
        let scans = scans.iter().map(|(when, kind)| Scan { at: at(when), kind: *kind }).collect();
        vec![
            Fact::Package(Package {
                package: "p".into(),
                origin: us,
                destination: us,
                value: None,
                units: 0,
                category: String::new(),
                bought_through_service: true,
                late_protected: true,
                listed_freight: false,
                voided: false,
            }),
            Fact::Confirmed(Confirmed {
                package: "p".into(),
                at: at(confirmed),
                carrier: "C".into(),
                service: "S".into(),
                tracking_number: "AB12".into(),
                checks: NumberChecks::default(),
            }),
            Fact::Scans(Scans { package: "p".into(), scans }),
        ]
    }

    /// Weight, and `right`, the rules that excuse it, or the reasons against it.
    fn said(market: &str, metric: Metric, placed: Placed, more: Vec<Fact>) -> Option<(u32, String)> {
        let mut facts = vec![Fact::Placed(placed)];
        facts.extend(more);
        let market = Marketplace::find(market).unwrap();
        let verdict = judge(&Order::of(market, &facts)).into_iter().find(|one| one.metric == metric)?;
        let text = match &verdict.standing {
            Standing::Exempt(rules) => rules.join("+"),
            Standing::Right { excused, .. } if excused.is_empty() => "right".to_owned(),
            Standing::Right { excused, .. } => excused.join("+"),
            Standing::Wrong(failures) => {
                failures.iter().map(|failure| failure.code.as_str()).collect::<Vec<_>>().join("+")
            }
        };
        Some((verdict.weight, text))
    }

    #[test]
    fn late_is_what_is_confirmed_after_the_ship_by_time() {
        let of = |confirmed: &str| {
            said("amazon.com", Metric::LateShipment, placed(), shipped(confirmed, &[])).unwrap().1
        };
        assert_eq!(of("2026-10-05T12:00:00Z"), "right");
        assert_eq!(of("2026-10-05T12:00:01Z"), "CONFIRMED_LATE");
        assert_eq!(said("amazon.com", Metric::LateShipment, placed(), vec![]), None, "not confirmed");
    }

    #[test]
    fn a_unit_is_on_time_by_its_first_attempt_and_protected_by_its_programme() {
        let network = ("2026-10-05T11:00:00Z", ScanKind::Network);
        let of = |market: &str, placed: Placed, first: &str, handed_over: (&'static str, ScanKind)| {
            let scans =
                [handed_over, (first, ScanKind::Attempt), ("2026-10-20T12:00:00Z", ScanKind::Delivered)];
            let scans = scans.map(|(when, kind)| (when, kind));
            said(market, Metric::OnTimeDelivery, placed, shipped("2026-10-04T12:00:00Z", &scans))
        };
        let is = |text: &str| Some((3, text.to_owned()));
        // The day ends at midnight in Los Angeles, which is 07:00 in UTC.
        assert_eq!(of("amazon.com", placed(), "2026-10-11T06:59:59Z", network), is("right"));
        assert_eq!(of("amazon.com", placed(), "2026-10-11T07:00:00Z", network), is("DELIVERED_LATE"));
        let automated = Placed { automated_transit: true, automated_handling: true, ..placed() };
        let late = "2026-10-12T12:00:00Z";
        assert_eq!(of("amazon.com", automated.clone(), late, network), is("OTP-01"));
        let too_late = ("2026-10-05T12:00:01Z", ScanKind::Network);
        assert_eq!(of("amazon.com", automated.clone(), late, too_late), is("DELIVERED_LATE"));
        let economy = Placed { free_economy: true, ..automated.clone() };
        assert_eq!(of("amazon.com", economy, late, network), is("DELIVERED_LATE"));
        let premium = Placed { premium: true, automated_handling: false, ..automated };
        assert_eq!(of("amazon.com", premium, late, network), is("OTP-02"));
        let handled = |days| Placed { automated_transit: true, handling_days: Some(days), ..placed() };
        assert_eq!(of("amazon.co.uk", handled(1), late, network), is("OTP-04"));
        assert_eq!(of("amazon.co.uk", handled(2), late, network), is("DELIVERED_LATE"));
        let later = Placed { rescheduled_to: Some(at(late)), ..placed() };
        assert_eq!(of("amazon.de", later, late, network), is("right"));
        let unscanned = shipped("2026-10-04T12:00:00Z", &[network]);
        assert_eq!(said("amazon.com", Metric::OnTimeDelivery, placed(), unscanned), None);
    }

    #[test]
    fn a_buyers_own_cancellation_is_not_the_sellers() {
        let of = |by| {
            let cancelled = Fact::Cancelled(Cancellation { at: at("2026-10-03T12:00:00Z"), by });
            said("amazon.com", Metric::Cancellation, placed(), vec![cancelled]).unwrap().1
        };
        assert_eq!(of(Party::Buyer), "CXL-03");
        assert_eq!(of(Party::Seller), "CANCELLED_BY_SELLER");
        assert_eq!(of(Party::Marketplace), "CANCELLED_BY_MARKETPLACE");
    }

    #[test]
    fn an_order_is_defective_once_and_by_what_stands() {
        let review = |stars, struck| Fact::Review(Review { at: at("2026-10-20T12:00:00Z"), stars, struck });
        let claim = |what, state| Claim {
            at: at("2026-10-20T12:00:00Z"),
            what,
            state,
            borne_by: None,
            came_back: false,
            lost_by_carrier: false,
        };
        let of = |facts| said("amazon.com", Metric::OrderDefect, placed(), facts).unwrap();
        let is = |text: &str| (1, text.to_owned());
        let granted = claim(ClaimKind::NotReceived, ClaimState::Granted);
        assert_eq!(of(vec![review(3, false)]), is("right"));
        assert_eq!(of(vec![review(2, false)]), is("NEGATIVE_FEEDBACK"));
        assert_eq!(of(vec![review(1, true)]), is("ODR-04"));
        let denied = claim(ClaimKind::NotReceived, ClaimState::Denied);
        assert_eq!(of(vec![Fact::Claim(denied)]), is("right"));
        let both = vec![review(1, false), Fact::Claim(granted)];
        assert_eq!(of(both), is("NEGATIVE_FEEDBACK+CLAIM_AGAINST_SELLER"));
        let borne = Claim { borne_by: Some(Party::Marketplace), ..granted };
        assert_eq!(of(vec![Fact::Claim(borne)]), is("ODR-05"));
        assert_eq!(of(vec![Fact::Claim(Claim { came_back: true, ..granted })]), is("ODR-06"));
        assert_eq!(of(vec![Fact::Claim(Claim { lost_by_carrier: true, ..granted })]), is("ODR-07"));
        let chargeback = claim(ClaimKind::Chargeback, ClaimState::Open);
        assert_eq!(of(vec![Fact::Claim(chargeback)]), is("CHARGEBACK"));
    }
}
