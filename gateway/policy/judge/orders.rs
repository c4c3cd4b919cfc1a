//! Late shipment, cancellation and order defects: verdicts on whole orders.
//!
//! Start anywhere; each function is one metric.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Failure, Standing, Verdict, is_measured, standing};
use crate::policy::code::Code;
use crate::policy::fact::{Claim, ClaimKind, ClaimState, Party};
use crate::policy::order::Order;
use crate::policy::rules::{DefectRule, Metric, Rule, Sets, find};

/// An order counts from its confirmation on, on the day by which it had to be shipped. One of several packages is late
/// when its first confirmation is.
pub(super) fn late_shipment(order: &Order) -> Option<Verdict> {
    let ship_by = order.placed.as_ref()?.ship_by?;
    let live = order
        .packages
        .values()
        .filter(|shipped| !shipped.package.as_ref().is_some_and(|package| package.voided));
    let confirmed = live.filter_map(|shipped| shipped.confirmations.first()).map(|told| told.at).min()?;
    let late = confirmed > ship_by;
    let failures = late.then(|| Failure { code: Code::ConfirmedLate, rule: "LSR-01".to_owned() });
    whole(order, Metric::LateShipment, ship_by, standing(failures.into_iter().collect()))
}

/// Every order counts, on the day on which it was placed.
pub(super) fn cancellation(order: &Order) -> Option<Verdict> {
    let ordered_at = order.placed.as_ref()?.ordered_at?;
    let day = order.market.day(ordered_at);
    let excuse = rules_of(order, Metric::Cancellation, day)
        .find(|(_, rule)| matches!(rule, DefectRule::BuyerCancelled))
        .map(|(rule, _)| rule.id.to_owned());
    let standing = match (order.cancelled.map(|cancelled| cancelled.by), excuse) {
        (None, _) => standing(Vec::new()),
        (Some(Party::Buyer), Some(rule)) => Standing::Right { excused: vec![rule], until: None },
        (Some(Party::Marketplace), _) => wrong(Code::CancelledForSilence, "CXL-01"),
        (Some(_), _) => wrong(Code::CancelledBySeller, "CXL-01"),
    };
    whole(order, Metric::Cancellation, ordered_at, standing)
}

/// Every order counts once, on the day on which it was placed, however many defects it has.
pub(super) fn defects(order: &Order) -> Option<Verdict> {
    let ordered_at = order.placed.as_ref()?.ordered_at?;
    let day = order.market.day(ordered_at);
    let rules: Vec<_> = rules_of(order, Metric::OrderDefect, day).collect();
    let (mut failures, mut excused) = (Vec::new(), Vec::new());
    for (rule, what) in &rules {
        let found = match what {
            DefectRule::Stars(most) => stars(order, *most, &rules, &mut excused).then_some(Code::BadReview),
            DefectRule::Claim => claims(order, &rules, &mut excused).then_some(Code::GuaranteeClaim),
            DefectRule::Chargeback => {
                let stands = |claim: &Claim| claim.what == ClaimKind::Chargeback && stands(claim);
                order.claims.iter().any(stands).then_some(Code::Chargeback)
            }
            _ => None,
        };
        failures.extend(found.map(|code| Failure { code, rule: rule.id.to_owned() }));
    }
    excused.sort_unstable();
    excused.dedup();
    let standing = if failures.is_empty() {
        Standing::Right { excused, until: None }
    } else {
        Standing::Wrong(failures)
    };
    whole(order, Metric::OrderDefect, ordered_at, standing)
}

type Ruled = (&'static Rule, DefectRule);

fn rules_of(order: &Order, metric: Metric, day: Date) -> impl Iterator<Item = Ruled> {
    find(metric, order.market, day).filter_map(|rule| match rule.sets {
        Sets::Defect(what) => Some((rule, what)),
        _ => None,
    })
}

fn stars(order: &Order, most: u8, rules: &[Ruled], excused: &mut Vec<String>) -> bool {
    let struck = rules.iter().find(|(_, what)| *what == DefectRule::StruckReview);
    let mut found = false;
    for review in order.reviews.iter().filter(|review| review.stars <= most) {
        match struck {
            Some((rule, _)) if review.struck => excused.push(rule.id.to_owned()),
            _ => found = true,
        }
    }
    found
}

fn claims(order: &Order, rules: &[Ruled], excused: &mut Vec<String>) -> bool {
    let mut found = false;
    for claim in order.claims.iter().filter(|claim| claim.what != ClaimKind::Chargeback && stands(claim)) {
        let excuse = rules.iter().find(|(_, what)| match what {
            DefectRule::BorneByMarketplace => claim.borne_by == Some(Party::Marketplace),
            DefectRule::CameBack => claim.came_back,
            DefectRule::LostByCarrier => claim.what == ClaimKind::NotReceived && claim.lost_by_carrier,
            _ => false,
        });
        match excuse {
            Some((rule, _)) => excused.push(rule.id.to_owned()),
            None => found = true,
        }
    }
    found
}

/// Whether a claim counts until it is excused: all but those that were denied or taken back.
fn stands(claim: &Claim) -> bool {
    matches!(claim.state, ClaimState::Open | ClaimState::Granted)
}

fn wrong(code: Code, rule: &str) -> Standing {
    Standing::Wrong(vec![Failure { code, rule: rule.to_owned() }])
}

fn whole(order: &Order, metric: Metric, on: Timestamp, standing: Standing) -> Option<Verdict> {
    is_measured(metric, order).then(|| Verdict {
        metric,
        package: String::new(),
        category: String::new(),
        day: order.market.day(on),
        weight: 1,
        standing,
        warnings: Vec::new(),
    })
}
