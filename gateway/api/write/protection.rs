//! Decisions on claims and ratings, and replays under other rules.

use super::value::instant;
use crate::api::proto::v1;
use crate::casebook::{Decided, Flip, Outcome, Totals};
use crate::proof::Trigger;
use crate::protection::claim::{Answer, ClaimDecision, Payer};
use crate::protection::review::{self, ReviewDecision};
use crate::protection::{Holds, TraceLine};

/// A decision as it is kept.
pub(in crate::api) fn decision_of(decided: &Decided) -> v1::Decision {
    let statement = &decided.statement;
    v1::Decision {
        id: statement.id.clone(),
        marketplace: statement.marketplace.clone(),
        order_id: statement.order.clone(),
        subject_id: statement.subject.clone(),
        sequence: statement.sequence,
        supersedes: statement.supersedes.clone().unwrap_or_default(),
        trigger: match statement.trigger {
            Trigger::Asked => "ASKED",
            Trigger::Fact => "FACT",
            Trigger::Rules => "RULES",
        }
        .to_owned(),
        decided_at: Some(instant(statement.evaluated_at)),
        document: decided.document.clone(),
        evidence_count: u32::try_from(statement.evidence.len()).unwrap_or(u32::MAX),
        ..outcome(&decided.outcome)
    }
}

/// Something that other rules decide otherwise.
pub(in crate::api) fn flip(flip: &Flip) -> v1::SimulateRulesResponse {
    use v1::simulate_rules_response::Part;
    let told = v1::DecisionFlip {
        order_id: flip.order.clone(),
        subject_id: flip.subject.clone(),
        before: Some(outcome(&flip.before)),
        after: Some(outcome(&flip.after)),
    };
    v1::SimulateRulesResponse { part: Some(Part::Flip(Box::new(told))) }
}

/// How far a replay is.
pub(in crate::api) fn progress(totals: Totals, done: bool) -> v1::SimulateRulesResponse {
    use v1::simulate_rules_response::Part;
    let Totals { orders, decided, flipped } = totals;
    let told = v1::SimulationProgress { orders, decided, flipped, done };
    v1::SimulateRulesResponse { part: Some(Part::Progress(told)) }
}

fn outcome(outcome: &Outcome) -> v1::Decision {
    use v1::decision::Outcome as Written;
    let (rule_set, at, trace, written) = match outcome {
        Outcome::Claim(decision) => {
            (&decision.rule_set, decision.decided_at, &decision.trace, Written::Claim(claim(decision)))
        }
        Outcome::Review(decision) => {
            (&decision.rule_set, decision.decided_at, &decision.trace, Written::Review(review(decision)))
        }
    };
    v1::Decision {
        rule_set_version: rule_set.clone(),
        decided_at: Some(instant(at)),
        trace: trace.iter().map(line).collect(),
        outcome: Some(written),
        ..Default::default()
    }
}

fn line(line: &TraceLine) -> v1::RuleTrace {
    v1::RuleTrace {
        rule_id: line.rule.clone(),
        holds: holds(line.holds),
        fact: line.fact.clone(),
        value: line.value.clone(),
        source: line.source.clone(),
        known_at: line.at.map(instant),
    }
}

fn holds(holds: Holds) -> String {
    match holds {
        Holds::Yes => "YES",
        Holds::No => "NO",
        Holds::Unknown => "UNKNOWN",
    }
    .to_owned()
}

fn claim(decision: &ClaimDecision) -> v1::ClaimOutcome {
    let outcome = &decision.outcome;
    let (certain, value, rule_ids) = parts(&outcome.buyer_refunded_by);
    let payer = match value {
        None => v1::RefundPayer::Unspecified,
        Some(Payer::Marketplace) => v1::RefundPayer::Marketplace,
        Some(Payer::Seller) => v1::RefundPayer::Seller,
        Some(Payer::Nobody) => v1::RefundPayer::Nobody,
    };
    v1::ClaimOutcome {
        protected: decision.is_protected,
        buyer_refunded_by: Some(v1::PayerAnswer { certain, value: payer.into(), rule_ids }),
        seller_debited: Some(yes_no(&outcome.seller_debited)),
        counts_as_defect: Some(yes_no(&outcome.counts_as_defect)),
        reasons: decision
            .reasons
            .iter()
            .map(|one| v1::ClaimReason {
                reason: one.reason.as_str().to_owned(),
                rule_ids: one.rules.clone(),
            })
            .collect(),
        missing_facts: decision.missing.clone(),
        limits: decision
            .clock
            .iter()
            .map(|limit| v1::ClaimLimit {
                rule_id: limit.rule.clone(),
                what: limit.what.clone(),
                at: Some(instant(limit.at)),
                kept: holds(limit.kept),
            })
            .collect(),
    }
}

fn yes_no(answer: &Answer<bool>) -> v1::YesNoAnswer {
    let (certain, value, rule_ids) = parts(answer);
    v1::YesNoAnswer { certain, value, rule_ids }
}

fn parts<T: Copy>(answer: &Answer<T>) -> (bool, Option<T>, Vec<String>) {
    match answer {
        Answer::Certain { value } => (true, Some(*value), Vec::new()),
        Answer::Uncertain { likely, rules } => (false, *likely, rules.clone()),
    }
}

fn review(decision: &ReviewDecision) -> v1::ReviewOutcome {
    use v1::ReviewVerdict as Verdict;
    let named =
        |all: Vec<serde_json::Result<serde_json::Value>>| all.into_iter().flatten().map(said).collect();
    let (verdict, reasons): (Verdict, Vec<String>) = match &decision.outcome {
        review::Outcome::Strike { .. } => (Verdict::Strike, Vec::new()),
        review::Outcome::Keep { reasons } => {
            (Verdict::Keep, named(reasons.iter().map(serde_json::to_value).collect()))
        }
        review::Outcome::Remove { reasons } => {
            (Verdict::Remove, named(reasons.iter().map(serde_json::to_value).collect()))
        }
        review::Outcome::NeedsHuman { questions } => {
            (Verdict::NeedsHuman, named(questions.iter().map(serde_json::to_value).collect()))
        }
    };
    let statement = match &decision.outcome {
        review::Outcome::Strike { statement } => Some(statement),
        _ => None,
    };
    let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let clause = |clause: &review::ClauseFinding| v1::ReviewClause {
        start: place(clause.span.start),
        end: place(clause.span.end),
        verdict: serde_json::to_value(clause.verdict).map(said).unwrap_or_default(),
    };
    v1::ReviewOutcome {
        verdict: verdict.into(),
        reasons,
        statement_id: statement.map(|one| one.id.as_str().to_owned()).unwrap_or_default(),
        statement: statement.map(|one| one.text.clone()).unwrap_or_default(),
        statement_language: statement.map(|one| one.language.tag().to_owned()).unwrap_or_default(),
        comment_is: decision.label.as_str().to_owned(),
        clauses: decision.reading.clauses.iter().map(clause).collect(),
        comment_sha256: decision.comment_sha256.clone(),
    }
}

/// A reason or a question by its stored name, with what it is about behind a colon.
fn said(value: serde_json::Value) -> String {
    match &value {
        serde_json::Value::String(name) => name.clone(),
        serde_json::Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(serde_json::Value::as_str);
            match (text("question"), text("about")) {
                (Some(question), Some(about)) => format!("{question}: {about}"),
                (Some(question), None) => question.to_owned(),
                _ => value.to_string(),
            }
        }
        _ => value.to_string(),
    }
}
