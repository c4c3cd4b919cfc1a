//! A decision in lines.

use super::super::render::{bare, instant_of, table};
use crate::api::proto::v1;

/// A decision: what it says first, then why.
pub(super) fn lines(decision: &v1::Decision) -> Vec<String> {
    use v1::decision::Outcome;
    let mut lines = vec![format!(
        "{} on `{}` of order {} at {}",
        decision.id, decision.subject_id, decision.order_id, decision.marketplace
    )];
    match &decision.outcome {
        Some(Outcome::Claim(claim)) => lines.extend(of_claim(claim)),
        Some(Outcome::Review(review)) => lines.extend(of_review(review)),
        None => {}
    }
    let mut rules = table(&["Rule", "Holds", "Fact", "Value", "Told by", "Known at"]);
    for line in &decision.trace {
        let known = line.known_at.map(|at| instant_of(Some(&at))).unwrap_or_default();
        let (rule, fact) = (&line.rule_id, &line.fact);
        rules.add_row([rule, &line.holds, fact, &line.value, &line.source, &known]);
    }
    lines.push(format!("\nRules\n{rules}"));
    let mut last = format!(
        "\nnumber {} of its order, decided {} ({}), rules {}, {} pieces of evidence",
        decision.sequence,
        instant_of(decision.decided_at.as_ref()),
        decision.trigger,
        decision.rule_set_version,
        decision.evidence_count,
    );
    if !decision.supersedes.is_empty() {
        last.push_str(&format!("; it supersedes {}", decision.supersedes));
    }
    lines.push(last);
    lines
}

/// What follows from a claim, in one line: for lists.
pub(super) fn brief(decision: Option<&v1::Decision>) -> String {
    use v1::decision::Outcome;
    match decision.and_then(|decision| decision.outcome.as_ref()) {
        Some(Outcome::Claim(claim)) => {
            format!("refund {}, defect {}", payer(claim), yes_no(claim.counts_as_defect.as_ref()))
        }
        Some(Outcome::Review(review)) => bare(review.verdict().as_str_name(), "REVIEW_VERDICT_").to_owned(),
        None => String::new(),
    }
}

fn of_claim(claim: &v1::ClaimOutcome) -> Vec<String> {
    let protected = match claim.protected {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    };
    let mut answers = table(&["Protected", "Refund by", "Seller debited", "Counts as defect"]);
    answers.add_row([
        protected.to_owned(),
        payer(claim),
        yes_no(claim.seller_debited.as_ref()),
        yes_no(claim.counts_as_defect.as_ref()),
    ]);
    let mut lines = vec![answers.to_string()];
    lines.extend(
        claim.reasons.iter().map(|one| format!("because {} ({})", one.reason, one.rule_ids.join(", "))),
    );
    lines.extend(claim.missing_facts.iter().map(|fact| format!("nobody told: {fact}")));
    for limit in &claim.limits {
        let kept = match limit.kept.as_str() {
            "NO" => ": not kept",
            _ => "",
        };
        lines.push(format!("{} {} ({}){kept}", instant_of(limit.at.as_ref()), limit.what, limit.rule_id));
    }
    lines
}

fn of_review(review: &v1::ReviewOutcome) -> Vec<String> {
    let mut lines = vec![format!(
        "{}: the comment is {}",
        bare(review.verdict().as_str_name(), "REVIEW_VERDICT_"),
        review.comment_is
    )];
    lines.extend(review.reasons.iter().map(|reason| format!("because {reason}")));
    if !review.statement.is_empty() {
        lines.push(format!("note {}: {}", review.statement_id, review.statement));
    }
    let clause = |one: &v1::ReviewClause| format!("bytes {} to {}: {}", one.start, one.end, one.verdict);
    lines.extend(review.clauses.iter().map(clause));
    lines
}

fn payer(claim: &v1::ClaimOutcome) -> String {
    let Some(answer) = &claim.buyer_refunded_by else { return "uncertain".to_owned() };
    let who = bare(answer.value().as_str_name(), "REFUND_PAYER_").to_lowercase();
    match (answer.certain, answer.value()) {
        (true, _) => who,
        (false, v1::RefundPayer::Unspecified) => "uncertain".to_owned(),
        (false, _) => format!("uncertain, likely {who} ({})", answer.rule_ids.join(", ")),
    }
}

fn yes_no(answer: Option<&v1::YesNoAnswer>) -> String {
    let Some(answer) = answer else { return "uncertain".to_owned() };
    let word = |value: bool| if value { "yes" } else { "no" };
    match (answer.certain, answer.value) {
        (true, value) => word(value.unwrap_or_default()).to_owned(),
        (false, None) => format!("uncertain ({})", answer.rule_ids.join(", ")),
        (false, Some(value)) => format!("uncertain, likely {} ({})", word(value), answer.rule_ids.join(", ")),
    }
}
