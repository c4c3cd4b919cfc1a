//! The rules about how the order was sent: label, first scan, tracking.
//!
//! Every package that counts has to hold them all; one whose label was cancelled does not count. Start at [`weigh`].

use jiff::Timestamp;

use super::super::deadline::{Deadline, last_instant};
use super::super::told::Holds;
use super::decide::Weighing;
use super::facts::ReviewPackage;
use super::outcome::{KeepReason, Question};
use super::rules::{ReviewRule, Sets};
use crate::policy::Marketplace;

/// What a human settled, and what the comment says that these rules ask for.
pub(super) struct Settled {
    /// Whether packages without a scan were handed over in time.
    pub(super) on_time: Option<bool>,
    /// Whether the rule about lateness covers an order that did not arrive.
    pub(super) covers_non_arrival: Option<bool>,
    /// The comment speaks of lateness, not only of an order that did not arrive.
    pub(super) speaks_of_lateness: bool,
}

/// Holds the rules against every package that counts.
pub(super) fn weigh(
    weighing: &mut Weighing<'_>,
    rows: &[&ReviewRule],
    market: &Marketplace,
    settled: &Settled,
) {
    let live = live(weighing, rows);
    if live.is_empty() {
        return;
    }
    for rule in rows {
        match rule.sets {
            Sets::BoughtThroughService => bought(weighing, rows, rule, &live, settled),
            Sets::ShippedOnTime(ends) => on_time(weighing, rows, rule, &live, (market, ends), settled),
            Sets::TrackingProvided => tracking(weighing, rule, &live),
            _ => {}
        }
    }
}

/// The packages that count.
fn live<'a>(weighing: &mut Weighing<'a>, rows: &[&ReviewRule]) -> Vec<&'a ReviewPackage> {
    let facts = weighing.facts;
    let bought = rows.iter().find(|rule| rule.sets == Sets::BoughtThroughService);
    let rule = bought.map_or("RVW-03A", |rule| rule.id.as_str());
    let mut live = Vec::new();
    for package in &facts.packages {
        let voided = weighing.known(&package.voided);
        let fact = name(package, "voided");
        let holds = match voided.map(|told| told.value) {
            Some(true) => Holds::No,
            Some(false) => Holds::Yes,
            None => {
                weighing.missing(fact.clone());
                Holds::Unknown
            }
        };
        weighing.told(rule, holds, &fact, voided);
        if holds != Holds::No {
            live.push(package);
        }
    }
    if facts.packages.is_empty() {
        weighing.missing("packages".to_owned());
    } else if live.is_empty() {
        weighing.against.push(KeepReason::LabelVoided);
    }
    live
}

fn bought(
    weighing: &mut Weighing<'_>,
    rows: &[&ReviewRule],
    rule: &ReviewRule,
    live: &[&ReviewPackage],
    settled: &Settled,
) {
    for package in live {
        let told = weighing.known(&package.bought_through_service);
        let fact = name(package, "bought_through_service");
        let is_bought = told.map(|told| told.value);
        let holds = match is_bought {
            Some(true) => Holds::Yes,
            Some(false) => Holds::No,
            None => Holds::Unknown,
        };
        weighing.told(&rule.id, holds, &fact, told);
        if holds == Holds::Yes || assigned(weighing, rows, package, settled) {
            continue;
        }
        match holds {
            Holds::No => weighing.against.push(KeepReason::NotBoughtThroughService),
            _ => weighing.missing(fact),
        }
    }
}

/// Whether the rule about services that the marketplace's settings assigned stands in for the label's origin.
fn assigned(
    weighing: &mut Weighing<'_>,
    rows: &[&ReviewRule],
    package: &ReviewPackage,
    settled: &Settled,
) -> bool {
    let facts = weighing.facts;
    let found = rows.iter().find_map(|rule| match rule.sets {
        Sets::AssignedService(stars) => Some((rule, stars)),
        _ => None,
    });
    let Some((rule, most)) = found else { return false };
    let automated = weighing.known(&facts.automated_settings);
    if !automated.is_some_and(|told| told.value) {
        return false;
    }
    weighing.told(&rule.id, Holds::Yes, "automated_settings", automated);
    let fast = weighing.known(&package.as_fast_as_assigned);
    let stars = weighing.known(&facts.stars);
    let (is_fast, is_negative) =
        (fast.is_some_and(|told| told.value), stars.is_some_and(|told| told.value <= most));
    let holds = |holds: bool| if holds { Holds::Yes } else { Holds::No };
    weighing.told(&rule.id, holds(is_fast), &name(package, "as_fast_as_assigned"), fast);
    weighing.told(&rule.id, holds(is_negative), "stars", stars);
    if !is_fast || !is_negative {
        return false;
    }
    match (settled.speaks_of_lateness, settled.covers_non_arrival) {
        (true, _) | (false, Some(true)) => true,
        (false, Some(false)) => false,
        (false, None) => {
            weighing.questions.push(Question::NonArrivalUnderLateRule);
            true
        }
    }
}

fn on_time(
    weighing: &mut Weighing<'_>,
    rows: &[&ReviewRule],
    rule: &ReviewRule,
    live: &[&ReviewPackage],
    (market, ends): (&Marketplace, Deadline),
    settled: &Settled,
) {
    let facts = weighing.facts;
    let ship_by = weighing.known(&facts.ship_by);
    let until = ship_by.and_then(|told| last_instant(told.value, market, ends));
    let holds = if until.is_some() { Holds::Yes } else { Holds::Unknown };
    weighing.told(&rule.id, holds, "ship_by", ship_by);
    let Some(until) = until else {
        weighing.missing("ship_by".to_owned());
        return;
    };
    let uncertain = rows.iter().find(|rule| rule.sets == Sets::ConfirmationIsUncertain);
    for package in live {
        // What happens after the instant of the decision is not known at it.
        let happened = |at: Timestamp| at <= facts.asked_at;
        let scan = weighing.known(&package.first_scan).filter(|told| happened(told.value));
        if let Some(told) = scan {
            let in_time = told.value <= until;
            let holds = if in_time { Holds::Yes } else { Holds::No };
            weighing.told(&rule.id, holds, &name(package, "first_scan"), Some(told));
            if !in_time {
                weighing.against.push(KeepReason::ShippedLate);
            }
            continue;
        }
        let unscanned = name(package, "first_scan");
        weighing.told::<Timestamp>(&rule.id, Holds::Unknown, &unscanned, None);
        let confirmed =
            weighing.known(&package.confirmed).filter(|told| happened(told.value) && told.value <= until);
        match (uncertain, confirmed, settled.on_time) {
            (Some(_), Some(_), Some(true)) => {}
            (Some(rule), Some(told), None) => {
                weighing.told(&rule.id, Holds::Unknown, &name(package, "confirmed"), Some(told));
                weighing.questions.push(Question::ShippedOnTime(package.package.clone()));
            }
            _ => weighing.against.push(KeepReason::NotHandedOver),
        }
    }
}

fn tracking(weighing: &mut Weighing<'_>, rule: &ReviewRule, live: &[&ReviewPackage]) {
    for package in live {
        let told = weighing.known(&package.tracking_number);
        let fact = name(package, "tracking_number");
        let holds = match told.map(|told| told.value.trim().is_empty()) {
            Some(false) => Holds::Yes,
            Some(true) => Holds::No,
            None => Holds::Unknown,
        };
        weighing.told(&rule.id, holds, &fact, told);
        match holds {
            Holds::Yes => {}
            Holds::No => weighing.against.push(KeepReason::NoTracking),
            Holds::Unknown => weighing.missing(fact),
        }
    }
}

fn name(package: &ReviewPackage, fact: &str) -> String {
    format!("package {}: {fact}", package.package)
}
