//! The decision on a claim: every rule is held against its facts, and the three answers follow from what does not hold.
//!
//! Start at [`evaluate_claim`]; the conditions are in `weigh.rs`.

use super::super::told::{Holds, Told};
use super::clock::clock;
use super::facts::{ClaimFacts, ClaimPackage, EndState};
use super::outcome::{Answer, ClaimDecision, ClaimReason, Outcomes, Payer, Reasoned};
use super::rules::{ClaimRule, ClaimRules, Sets};
use super::weigh::{Weighing, name};
use crate::policy::ClaimState;
use crate::policy::rules::Confidence;

/// Decides on a claim by what is known at `facts.asked_at`. The same facts and rules give the same decision for ever.
pub fn evaluate_claim(facts: &ClaimFacts, rules: &ClaimRules) -> ClaimDecision {
    let undecided = |reason: ClaimReason| ClaimDecision {
        outcome: Outcomes {
            buyer_refunded_by: unsure(None, Vec::new()),
            seller_debited: unsure(None, Vec::new()),
            counts_as_defect: unsure(None, Vec::new()),
        },
        is_protected: None,
        reasons: vec![Reasoned { reason, rules: Vec::new() }],
        missing: Vec::new(),
        clock: Vec::new(),
        trace: Vec::new(),
        rule_set: rules.version().to_owned(),
        decided_at: facts.asked_at,
    };
    let Some(market) = facts.marketplace() else { return undecided(ClaimReason::NotOffered) };
    let rows: Vec<&ClaimRule> = rules.find(market, market.day(facts.opened_at)).collect();
    let Some(offered) = rows.iter().copied().find(|rule| rule.sets == Sets::Offered) else {
        return undecided(ClaimReason::NotOffered);
    };
    let mut weighing =
        Weighing { facts, market, rows, against: Vec::new(), missing: Vec::new(), trace: Vec::new() };
    let told = Told::new(market.key, "request", facts.asked_at);
    weighing.line(offered, Holds::Yes, "market", Some(&told));
    weighing.conditions();
    let verdict = Verdict::of(&mut weighing, offered);
    let live = counted(&weighing);
    let clock = clock(&weighing, &weighing.ends(&live));
    let mut missing: Vec<String> = weighing.missing.into_iter().map(|(_, fact)| fact).collect();
    missing.sort();
    missing.dedup();
    ClaimDecision {
        outcome: verdict.outcome,
        is_protected: verdict.is_protected,
        reasons: verdict.reasons,
        missing,
        clock,
        trace: weighing.trace,
        rule_set: rules.version().to_owned(),
        decided_at: facts.asked_at,
    }
}

/// The packages that were not found to be cancelled.
fn counted<'a>(weighing: &Weighing<'a>) -> Vec<&'a ClaimPackage> {
    let is_voided = |package: &&ClaimPackage| weighing.known(&package.voided).is_some_and(|told| told.value);
    weighing.facts.packages.iter().filter(|package| !is_voided(package)).collect()
}

fn unsure<T>(likely: Option<T>, rules: Vec<String>) -> Answer<T> {
    Answer::Uncertain { likely, rules }
}

fn sure<T>(value: T) -> Answer<T> {
    Answer::Certain { value }
}

/// Turns a certain answer into a likely one.
fn weaken<T: Copy>(answer: &Answer<T>, rules: &[String]) -> Answer<T> {
    match answer {
        Answer::Certain { value } => unsure(Some(*value), rules.to_vec()),
        Answer::Uncertain { likely, rules: known } => {
            let mut all = known.clone();
            all.extend(rules.iter().filter(|rule| !known.contains(rule)).cloned());
            unsure(*likely, all)
        }
    }
}

fn all_of(payer: Payer, debited: bool, defect: bool) -> Outcomes {
    Outcomes { buyer_refunded_by: sure(payer), seller_debited: sure(debited), counts_as_defect: sure(defect) }
}

impl Outcomes {
    fn weaken(&self, rules: &[String]) -> Outcomes {
        Outcomes {
            buyer_refunded_by: weaken(&self.buyer_refunded_by, rules),
            seller_debited: weaken(&self.seller_debited, rules),
            counts_as_defect: weaken(&self.counts_as_defect, rules),
        }
    }
}

struct Verdict {
    outcome: Outcomes,
    is_protected: Option<bool>,
    reasons: Vec<Reasoned>,
}

impl Verdict {
    fn of(weighing: &mut Weighing<'_>, offered: &ClaimRule) -> Verdict {
        let strong = weighing.against.iter().any(|one| !one.is_weak);
        let weak: Vec<String> =
            weighing.against.iter().filter(|one| one.is_weak).map(|one| one.rule.clone()).collect();
        let open: Vec<String> = sorted(weighing.missing.iter().map(|(rule, _)| rule.clone()).collect());
        let is_protected = match (strong, weak.is_empty() && open.is_empty()) {
            (true, _) => Some(false),
            (false, true) => Some(true),
            (false, false) => None,
        };
        let mut outcome = match is_protected {
            Some(true) => all_of(Payer::Marketplace, false, false),
            Some(false) => all_of(Payer::Seller, true, true),
            None if weak.is_empty() => all_of(Payer::Marketplace, false, false).weaken(&open),
            None => all_of(Payer::Seller, true, true).weaken(&sorted([weak, open].concat())),
        };
        let mut verdict = Verdict { outcome: outcome.clone(), is_protected, reasons: reasons(weighing) };
        let failed: Vec<ClaimReason> = weighing.against.iter().map(|one| one.reason).collect();
        if offered.confidence == Confidence::Low && is_protected != Some(false) {
            outcome = outcome.weaken(std::slice::from_ref(&offered.id));
            verdict.reasons.push(reasoned(ClaimReason::OfferedByImplication, [&offered.id]));
        }
        if failed.contains(&ClaimReason::SellerRefunded) {
            let rules = vec!["CLP-05".to_owned(), "ODR-05".to_owned()];
            let alone = weighing.against.iter().all(|one| one.reason == ClaimReason::SellerRefunded);
            if alone {
                outcome.counts_as_defect = unsure(None, rules);
            }
        }
        verdict.outcome = outcome;
        if is_protected == Some(true)
            && let Some(rule) = row(weighing, |sets| sets == Sets::BorneIsNoDefect)
        {
            let told = Told::new(Payer::Marketplace, "rules", weighing.facts.asked_at);
            weighing.line(rule, Holds::Yes, "buyer_refunded_by", Some(&told));
        }
        if !failed.contains(&ClaimReason::NotADeliveryClaim) {
            verdict.by_signature(weighing);
            verdict.by_end(weighing);
        }
        verdict.by_process(weighing);
        verdict.by_state(weighing);
        verdict.reasons.sort();
        verdict
    }

    /// Without a label of the service, a signature may have the claim denied, and no defect is counted.
    fn by_signature(&mut self, weighing: &mut Weighing<'_>) {
        let Some(rule) = row(weighing, |sets| sets == Sets::SignatureProves) else { return };
        let own_label = self.has(ClaimReason::NotBoughtThroughService);
        let barred = self.has(ClaimReason::NoScan) || self.has(ClaimReason::SellerRefunded);
        if !own_label || barred {
            return;
        }
        let live = counted(weighing);
        let delivered = weighing.ends(&live).iter().filter(|end| **end == EndState::Delivered).count();
        let mut all = delivered == live.len();
        for package in live {
            let told = weighing.known(&package.signed);
            let is_signed = told.map(|told| told.value);
            all &= is_signed == Some(true);
            let holds = match is_signed {
                Some(true) => Holds::Yes,
                Some(false) => Holds::No,
                None => Holds::Unknown,
            };
            weighing.line(rule, holds, &name(package, "signed"), told);
        }
        if all {
            let rules = vec!["CLP-02".to_owned(), rule.id.clone()];
            self.outcome.buyer_refunded_by = unsure(Some(Payer::Nobody), rules.clone());
            self.outcome.seller_debited = unsure(Some(false), rules);
            self.outcome.counts_as_defect = sure(false);
            self.reasons.push(reasoned(ClaimReason::SignedFor, [&rule.id]));
        }
    }

    /// What came back is the seller's and no defect; what was lost with tracking may be no defect.
    fn by_end(&mut self, weighing: &mut Weighing<'_>) {
        let live = counted(weighing);
        let ends = weighing.ends(&live);
        let came_back =
            |end: &EndState| matches!(end, EndState::Returned | EndState::Undeliverable | EndState::Refused);
        if let Some(rule) = row(weighing, |sets| sets == Sets::CameBackIsNoDefect)
            && ends.iter().any(came_back)
        {
            trace_ends(weighing, rule, &live);
            self.outcome = all_of(Payer::Seller, true, false);
            self.reasons.push(reasoned(ClaimReason::CameBack, [&rule.id]));
            return;
        }
        let refunded = self.has(ClaimReason::SellerRefunded);
        if let Some(rule) = row(weighing, |sets| sets == Sets::LostMayBeNoDefect)
            && self.is_protected != Some(true)
            && !refunded
            && ends.contains(&EndState::Lost)
            && weighing.is_scanned(&live)
        {
            trace_ends(weighing, rule, &live);
            let mut rules: Vec<String> = weighing.against.iter().map(|one| one.rule.clone()).collect();
            rules.push(rule.id.clone());
            self.outcome.counts_as_defect = unsure(None, sorted(rules));
            self.reasons.push(reasoned(ClaimReason::LostWithTracking, [&rule.id]));
        }
    }

    fn by_process(&mut self, weighing: &mut Weighing<'_>) {
        let Some(rule) = row(weighing, |sets| sets == Sets::OwnProcess) else { return };
        let told = weighing.known(&weighing.facts.own_process);
        if told.is_some_and(|told| told.value) {
            weighing.line(rule, Holds::Yes, "own_process", told);
            self.outcome = self.outcome.weaken(std::slice::from_ref(&rule.id));
            self.reasons.push(reasoned(ClaimReason::OwnProcess, [&rule.id]));
        }
    }

    /// A claim that was denied or taken back has no consequence.
    fn by_state(&mut self, weighing: &mut Weighing<'_>) {
        let Some(rule) = row(weighing, |sets| sets == Sets::IsDefect) else { return };
        let told = weighing.known(&weighing.facts.state);
        let is_over =
            told.is_some_and(|told| matches!(told.value, ClaimState::Denied | ClaimState::Withdrawn));
        weighing.line(rule, if is_over { Holds::No } else { Holds::Yes }, "state", told);
        if is_over {
            self.outcome = all_of(Payer::Nobody, false, false);
            self.reasons.push(reasoned(ClaimReason::NotGranted, [&rule.id]));
        }
    }

    fn has(&self, reason: ClaimReason) -> bool {
        self.reasons.iter().any(|one| one.reason == reason)
    }
}

fn trace_ends(weighing: &mut Weighing<'_>, rule: &ClaimRule, live: &[&ClaimPackage]) {
    for package in live {
        let told = weighing.known(&package.end);
        let holds = if told.is_some() { Holds::Yes } else { Holds::Unknown };
        weighing.line(rule, holds, &name(package, "end"), told);
    }
}

fn row<'a>(weighing: &Weighing<'a>, wanted: fn(Sets) -> bool) -> Option<&'a ClaimRule> {
    weighing.rows.iter().copied().find(|rule| wanted(rule.sets))
}

fn reasoned<const N: usize>(reason: ClaimReason, rules: [&String; N]) -> Reasoned {
    Reasoned { reason, rules: rules.into_iter().cloned().collect() }
}

/// What does not hold, each reason once with its rules.
fn reasons(weighing: &Weighing<'_>) -> Vec<Reasoned> {
    let mut found: Vec<Reasoned> = Vec::new();
    for one in &weighing.against {
        match found.iter_mut().find(|known| known.reason == one.reason) {
            Some(known) if known.rules.contains(&one.rule) => {}
            Some(known) => known.rules.push(one.rule.clone()),
            None => found.push(reasoned(one.reason, [&one.rule])),
        }
    }
    found
}

fn sorted(mut rules: Vec<String>) -> Vec<String> {
    rules.sort();
    rules.dedup();
    rules
}
