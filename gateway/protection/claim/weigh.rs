//! The conditions of the protection, each held against its facts.
//!
//! Every package that counts has to hold them all; one whose label was cancelled does not count. Start at
//! [`Weighing::conditions`].

use jiff::{SignedDuration, Timestamp, ToSpan};

use super::super::deadline::{Deadline, ShipBy, last_instant};
use super::super::told::{Holds, Told, TraceLine};
use super::facts::{ClaimCause, ClaimFacts, ClaimPackage, EndState};
use super::outcome::ClaimReason;
use super::rules::{ClaimRule, Sets};
use crate::policy::rules::Confidence;
use crate::policy::{Marketplace, Party};

/// What speaks against the protection.
pub(super) struct Against {
    pub(super) reason: ClaimReason,
    pub(super) rule: String,
    /// The rule rests on a weak source.
    pub(super) is_weak: bool,
}

/// What is found while the rules are gone through.
pub(super) struct Weighing<'a> {
    pub(super) facts: &'a ClaimFacts,
    pub(super) market: &'static Marketplace,
    pub(super) rows: Vec<&'a ClaimRule>,
    pub(super) against: Vec<Against>,
    /// Facts that nobody told, with the rule that asks for them.
    pub(super) missing: Vec<(String, String)>,
    pub(super) trace: Vec<TraceLine>,
}

impl<'a> Weighing<'a> {
    /// Holds every condition against every package that counts.
    pub(super) fn conditions(&mut self) {
        let live = self.live();
        for rule in self.rows.clone() {
            match rule.sets {
                Sets::NotReceivedOnly => self.cause(rule),
                Sets::BoughtThroughService => self.each(
                    rule,
                    &live,
                    "bought_through_service",
                    |package| &package.bought_through_service,
                    ClaimReason::NotBoughtThroughService,
                ),
                Sets::SoldAsProtected => self.each(
                    rule,
                    &live,
                    "sold_as_protected",
                    |package| &package.sold_as_protected,
                    ClaimReason::LateRiskLabel,
                ),
                Sets::NumberAsBought => self.each(
                    rule,
                    &live,
                    "number_as_bought",
                    |package| &package.number_as_bought,
                    ClaimReason::NumberDiffers,
                ),
                Sets::ShippedOnTime { ends, more_days } => self.on_time(rule, &live, ends, more_days),
                Sets::NotRefundedBySeller => self.refund(rule),
                Sets::AnswersWithinHours(hours) => self.answers(rule, hours),
                _ => {}
            }
        }
    }

    /// The fact, when it was known at the instant of the decision.
    pub(super) fn known<'f, T>(&self, fact: &'f Option<Told<T>>) -> Option<&'f Told<T>> {
        fact.as_ref().filter(|told| told.at <= self.facts.asked_at)
    }

    /// The packages that count.
    pub(super) fn live(&mut self) -> Vec<&'a ClaimPackage> {
        let Some(rule) = self.rows.iter().copied().find(|rule| rule.sets == Sets::BoughtThroughService)
        else {
            return self.facts.packages.iter().collect();
        };
        let mut live = Vec::new();
        for package in &self.facts.packages {
            let voided = self.known(&package.voided);
            let fact = name(package, "voided");
            let holds = holds(voided.map(|told| !told.value));
            self.line(rule, holds, &fact, voided);
            if holds == Holds::Unknown {
                self.miss(rule, fact);
            }
            if holds != Holds::No {
                live.push(package);
            }
        }
        if self.facts.packages.is_empty() {
            self.miss(rule, "packages".to_owned());
        } else if live.is_empty() {
            self.fail(rule, ClaimReason::LabelVoided);
        }
        live
    }

    fn cause(&mut self, rule: &ClaimRule) {
        let is_delivery = self.facts.cause == ClaimCause::NotReceived;
        let told = Told::new(self.facts.cause, "request", self.facts.asked_at);
        self.line(rule, holds(Some(is_delivery)), "cause", Some(&told));
        if !is_delivery {
            self.fail(rule, ClaimReason::NotADeliveryClaim);
        }
    }

    fn each(
        &mut self,
        rule: &ClaimRule,
        live: &[&'a ClaimPackage],
        fact: &str,
        of: fn(&ClaimPackage) -> &Option<Told<bool>>,
        reason: ClaimReason,
    ) {
        for package in live {
            let told = self.known(of(package));
            let fact = name(package, fact);
            let is_so = holds(told.map(|told| told.value));
            self.line(rule, is_so, &fact, told);
            match is_so {
                Holds::Yes => {}
                Holds::No => self.fail(rule, reason),
                Holds::Unknown => self.miss(rule, fact),
            }
        }
    }

    fn on_time(&mut self, rule: &ClaimRule, live: &[&'a ClaimPackage], ends: Deadline, more_days: i16) {
        let ship_by = self.known(&self.facts.ship_by);
        let until = ship_by
            .and_then(|told| moved(told.value, self.market, more_days))
            .and_then(|by| last_instant(by, self.market, ends));
        let known = if until.is_some() { Holds::Yes } else { Holds::Unknown };
        self.line(rule, known, "ship_by", ship_by);
        let Some(until) = until else { return self.miss(rule, "ship_by".to_owned()) };
        for package in live {
            let asked_at = self.facts.asked_at;
            let scan = self.known(&package.first_scan).filter(|told| told.value <= asked_at);
            let fact = name(package, "first_scan");
            match scan.map(|told| told.value <= until) {
                Some(true) => self.line(rule, Holds::Yes, &fact, scan),
                Some(false) => {
                    self.line(rule, Holds::No, &fact, scan);
                    self.fail(rule, ClaimReason::ShippedLate);
                }
                // The time to hand over is not over.
                None if asked_at <= until => {
                    self.line::<Timestamp>(rule, Holds::Unknown, &fact, None);
                    self.miss(rule, fact);
                }
                None => {
                    self.line::<Timestamp>(rule, Holds::No, &fact, None);
                    self.fail(rule, ClaimReason::NoScan);
                }
            }
        }
    }

    fn refund(&mut self, rule: &ClaimRule) {
        let told = self.known(&self.facts.refunded_by);
        let by_seller = told.is_some_and(|told| told.value == Party::Seller);
        self.line(rule, holds(Some(!by_seller)), "refunded_by", told);
        if by_seller {
            self.fail(rule, ClaimReason::SellerRefunded);
        }
    }

    fn answers(&mut self, rule: &ClaimRule, hours: u16) {
        let contacts = self.known(&self.facts.contacts);
        let Some(told) = contacts else {
            self.line(rule, Holds::Unknown, "contacts", contacts);
            return self.miss(rule, "contacts".to_owned());
        };
        let asked_at = self.facts.asked_at;
        let mut written: Vec<_> = told.value.iter().filter(|contact| contact.at <= asked_at).collect();
        written.sort();
        for contact in &written {
            let due =
                contact.at.checked_add(SignedDuration::from_hours(hours.into())).unwrap_or(Timestamp::MAX);
            let answered = contact.answered_at.filter(|at| *at <= asked_at);
            let fact = format!("answer to the message of {}", contact.at);
            let answer = answered.map(|at| Told::new(at, told.source.clone(), told.at));
            match answered {
                Some(at) if at <= due => self.line(rule, Holds::Yes, &fact, answer.as_ref()),
                None if asked_at <= due => {
                    self.line::<Timestamp>(rule, Holds::Unknown, &fact, None);
                    self.miss(rule, fact);
                }
                _ => {
                    self.line(rule, Holds::No, &fact, answer.as_ref());
                    self.fail(rule, ClaimReason::MessageUnanswered);
                }
            }
        }
        if written.is_empty() {
            let none = Told::new(0_u8, told.source.clone(), told.at);
            self.line(rule, Holds::Yes, "contacts", Some(&none));
        }
    }

    /// The packages' ends that were known.
    pub(super) fn ends(&self, live: &[&ClaimPackage]) -> Vec<EndState> {
        live.iter().filter_map(|package| self.known(&package.end)).map(|told| told.value).collect()
    }

    /// Whether any package was scanned.
    pub(super) fn is_scanned(&self, live: &[&ClaimPackage]) -> bool {
        live.iter().any(|package| {
            self.known(&package.first_scan).is_some_and(|told| told.value <= self.facts.asked_at)
        })
    }

    fn fail(&mut self, rule: &ClaimRule, reason: ClaimReason) {
        let is_weak = rule.confidence == Confidence::Low;
        self.against.push(Against { reason, rule: rule.id.clone(), is_weak });
    }

    fn miss(&mut self, rule: &ClaimRule, fact: String) {
        self.missing.push((rule.id.clone(), fact));
    }

    /// Adds a line on a fact; one that nobody told is `unknown`.
    pub(super) fn line<T: std::fmt::Debug>(
        &mut self,
        rule: &ClaimRule,
        holds: Holds,
        fact: &str,
        told: Option<&Told<T>>,
    ) {
        self.trace.push(TraceLine {
            rule: rule.id.clone(),
            holds,
            fact: fact.to_owned(),
            value: told.map_or_else(|| "unknown".to_owned(), |told| format!("{:?}", told.value)),
            source: told.map(|told| told.source.clone()).unwrap_or_default(),
            at: told.map(|told| told.at),
        });
    }
}

/// The time to hand over, so many days later or earlier at the same hour.
fn moved(ship_by: ShipBy, market: &Marketplace, days: i16) -> Option<ShipBy> {
    match ship_by {
        by if days == 0 => Some(by),
        ShipBy::On(day) => day.checked_add(days.days()).ok().map(ShipBy::On),
        ShipBy::At(at) => {
            let local = at.in_tz(market.zone).ok()?;
            Some(ShipBy::At(local.checked_add(days.days()).ok()?.timestamp()))
        }
    }
}

fn holds(is_so: Option<bool>) -> Holds {
    match is_so {
        Some(true) => Holds::Yes,
        Some(false) => Holds::No,
        None => Holds::Unknown,
    }
}

pub(super) fn name(package: &ClaimPackage, fact: &str) -> String {
    format!("package {}: {fact}", package.package)
}
