//! The decision on a rating: every rule is held against its fact, and all that speaks against a strike is named.
//!
//! Whatever speaks against a strike keeps the rating, whatever is not known asks for a human, and only what is left is
//! struck. Start at [`evaluate_review`]; the shipping rules are in `shipping.rs`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::told::{Holds, Told, TraceLine};
use super::classify::{Label, Reading, classify};
use super::facts::{Fulfilment, RemovalReason, ReviewFacts};
use super::language::{KnownBy, Language};
use super::lexicon::lexicon_version;
use super::outcome::{KeepReason, Outcome, Question, ReviewDecision, Ruling, RulingOn};
use super::rules::{ReviewRule, ReviewRules, Sets};
use super::shipping;
use super::statement::{Statement, StatementId};
use crate::policy::Marketplace;

/// A comment as it was read: what a decision needs of it when the comment itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadComment {
    /// How it was understood.
    pub reading: Reading,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// The lexicons that it was read with; see [`lexicon_version`].
    pub lexicon: String,
}

/// Reads a comment on what these facts are of.
pub fn read_comment(facts: &ReviewFacts, comment: &str) -> ReadComment {
    ReadComment {
        reading: facts
            .marketplace()
            .map_or_else(Reading::not_understood, |market| read(facts, market, comment)),
        sha256: hex::encode(Sha256::digest(comment.as_bytes())),
        lexicon: lexicon_version().to_owned(),
    }
}

/// Decides on a rating by what is known at `facts.asked_at`. The same facts, rules, lexicons, comment and rulings
/// give the same decision for ever.
pub fn evaluate_review(
    facts: &ReviewFacts,
    rules: &ReviewRules,
    comment: &str,
    human: &[Ruling],
) -> ReviewDecision {
    evaluate_read(facts, rules, &read_comment(facts, comment), human)
}

/// As [`evaluate_review`], of a comment that was read before.
pub fn evaluate_read(
    facts: &ReviewFacts,
    rules: &ReviewRules,
    comment: &ReadComment,
    human: &[Ruling],
) -> ReviewDecision {
    let mut weighing = Weighing::new(facts);
    let (label, outcome) = match facts.marketplace() {
        Some(market) => decide(&mut weighing, market, rules, &comment.reading, human),
        None => {
            let reasons = vec![KeepReason::NotOffered];
            weighing.line("RVW-01", Holds::No, "market", facts.market.clone());
            (Label::Unsure, Outcome::Keep { reasons })
        }
    };
    ReviewDecision {
        outcome,
        label,
        reading: comment.reading.clone(),
        comment_sha256: comment.sha256.clone(),
        trace: weighing.trace,
        rule_set: rules.version().to_owned(),
        lexicon: comment.lexicon.clone(),
        decided_at: facts.asked_at,
    }
}

/// What speaks against a strike, what is not known, and the trace, while the rules are gone through.
pub(super) struct Weighing<'a> {
    pub(super) facts: &'a ReviewFacts,
    pub(super) against: Vec<KeepReason>,
    pub(super) questions: Vec<Question>,
    trace: Vec<TraceLine>,
}

impl<'a> Weighing<'a> {
    fn new(facts: &'a ReviewFacts) -> Weighing<'a> {
        Weighing { facts, against: Vec::new(), questions: Vec::new(), trace: Vec::new() }
    }

    /// The fact, when it was known at the instant of the decision.
    pub(super) fn known<'f, T>(&self, fact: &'f Option<Told<T>>) -> Option<&'f Told<T>> {
        fact.as_ref().filter(|told| told.at <= self.facts.asked_at)
    }

    /// Adds a line on something that is part of the question itself.
    fn line(&mut self, rule: &str, holds: Holds, fact: &str, value: String) {
        let at = Some(self.facts.asked_at);
        self.trace.push(TraceLine {
            rule: rule.to_owned(),
            holds,
            fact: fact.to_owned(),
            value,
            source: "request".to_owned(),
            at,
        });
    }

    /// Adds a line on a fact; one that nobody told is `unknown`.
    pub(super) fn told<T: std::fmt::Debug>(
        &mut self,
        rule: &str,
        holds: Holds,
        fact: &str,
        told: Option<&Told<T>>,
    ) {
        self.trace.push(TraceLine {
            rule: rule.to_owned(),
            holds,
            fact: fact.to_owned(),
            value: told.map_or_else(|| "unknown".to_owned(), |told| format!("{:?}", told.value)),
            source: told.map(|told| told.source.clone()).unwrap_or_default(),
            at: told.map(|told| told.at),
        });
    }

    /// A fact that a rule asks for and nobody told.
    pub(super) fn missing(&mut self, fact: String) {
        self.questions.push(Question::MissingFact(fact));
    }

    /// What was ruled last on something, by what was known at the instant of the decision.
    fn ruled<'r, T>(
        &mut self,
        human: &'r [Ruling],
        rule: &str,
        of: impl Fn(RulingOn) -> Option<T>,
    ) -> Option<(T, &'r Ruling)> {
        let known = human.iter().filter(|ruling| ruling.at <= self.facts.asked_at);
        let (found, ruling) = known
            .filter_map(|ruling| of(ruling.on).map(|found| (found, ruling)))
            .max_by_key(|(_, r)| r.at)?;
        self.trace.push(TraceLine {
            rule: rule.to_owned(),
            holds: Holds::Yes,
            fact: "ruling".to_owned(),
            value: format!("{:?}", ruling.on),
            source: format!("human {}", ruling.by),
            at: Some(ruling.at),
        });
        Some((found, ruling))
    }
}

fn decide(
    weighing: &mut Weighing<'_>,
    market: &'static Marketplace,
    rules: &ReviewRules,
    reading: &Reading,
    human: &[Ruling],
) -> (Label, Outcome) {
    let facts = weighing.facts;
    let reviewed_at = weighing.known(&facts.reviewed_at).map(|told| told.value);
    let day = market.day(reviewed_at.unwrap_or(facts.asked_at));
    let rows: Vec<&ReviewRule> = rules.find(market, day).collect();
    let ruled = weighing.ruled(human, "RVW-02", |on| match on {
        RulingOn::Comment(label) => Some(label),
        _ => None,
    });
    let label = ruled.as_ref().map_or(reading.label, |(label, _)| *label);
    let removal = removal(weighing, &rows, reading, ruled.is_some().then_some(label));
    if !removal.is_empty() {
        return (label, Outcome::Remove { reasons: removal });
    }
    offered(weighing, &rows);
    within_days(weighing, &rows, market, reviewed_at);
    about_delivery(weighing, &rows, label);
    let sent_by_marketplace = sent_by_marketplace(weighing, &rows);
    if sent_by_marketplace.is_none() {
        let on_time = weighing.ruled(human, "RVW-03C", |on| match on {
            RulingOn::ShippedOnTime(on_time) => Some(on_time),
            _ => None,
        });
        let covered = weighing.ruled(human, "RVW-08", |on| match on {
            RulingOn::NonArrivalUnderLateRule(covered) => Some(covered),
            _ => None,
        });
        let settled = shipping::Settled {
            on_time: on_time.map(|(on_time, _)| on_time),
            covers_non_arrival: covered.map(|(covered, _)| covered),
            speaks_of_lateness: reading.speaks_of_lateness(),
        };
        shipping::weigh(weighing, &rows, market, &settled);
    }
    let statement = note(sent_by_marketplace.is_some(), market, reading);
    let outcome = conclude(weighing, &rows, statement);
    (label, outcome)
}

fn read(facts: &ReviewFacts, market: &Marketplace, comment: &str) -> Reading {
    let told = facts.language.map(|language| (language, KnownBy::Told));
    match told.or_else(|| Language::of(comment, market)) {
        Some((language, known_by)) => classify(comment, language, known_by, &facts.carriers),
        None => Reading::not_understood(),
    }
}

/// Reasons to take the rating away that were told, and the one that the comment itself shows.
fn removal(
    weighing: &mut Weighing<'_>,
    rows: &[&ReviewRule],
    reading: &Reading,
    ruled: Option<Label>,
) -> Vec<RemovalReason> {
    let mut reasons = Vec::new();
    for rule in rows {
        let Sets::Removes(reason) = rule.sets else { continue };
        let asked_at = weighing.facts.asked_at;
        let told = weighing.facts.removal.iter().find(|told| told.value == reason && told.at <= asked_at);
        if told.is_some() {
            weighing.told(&rule.id, Holds::Yes, "removal", told);
            reasons.push(reason);
        } else if reason == RemovalReason::ProductReview {
            let reviews = ruled.is_none_or(|label| label == Label::Product) && reading.is_product_review();
            if reviews {
                weighing.line(&rule.id, Holds::Yes, "comment", reading.label.as_str().to_owned());
                reasons.push(reason);
            }
        }
    }
    reasons
}

fn offered(weighing: &mut Weighing<'_>, rows: &[&ReviewRule]) {
    let market = weighing.facts.market.clone();
    let barred = rows.iter().find(|rule| rule.sets == Sets::NotOffered);
    let offers = rows.iter().find(|rule| rule.sets == Sets::Offered);
    match (barred, offers) {
        (None, Some(rule)) => weighing.line(&rule.id, Holds::Yes, "market", market),
        (barred, _) => {
            let rule = barred.map_or("RVW-01", |rule| rule.id.as_str());
            weighing.line(rule, Holds::No, "market", market);
            weighing.against.push(KeepReason::NotOffered);
        }
    }
}

fn within_days(
    weighing: &mut Weighing<'_>,
    rows: &[&ReviewRule],
    market: &Marketplace,
    reviewed_at: Option<Timestamp>,
) {
    let facts = weighing.facts;
    for rule in rows {
        let Sets::WithinDays(days) = rule.sets else { continue };
        let told = weighing.known(&facts.reviewed_at);
        let Some(reviewed_at) = reviewed_at else {
            weighing.told(&rule.id, Holds::Unknown, "reviewed_at", told);
            weighing.missing("reviewed_at".to_owned());
            continue;
        };
        let holds = if is_within(market.day(reviewed_at), market.day(facts.asked_at), days) {
            Holds::Yes
        } else {
            weighing.against.push(KeepReason::TooOld);
            Holds::No
        };
        weighing.told(&rule.id, holds, "reviewed_at", told);
    }
}

fn is_within(reviewed: Date, asked: Date, days: u16) -> bool {
    (asked - reviewed).get_days() <= i32::from(days)
}

fn about_delivery(weighing: &mut Weighing<'_>, rows: &[&ReviewRule], label: Label) {
    for rule in rows.iter().filter(|rule| rule.sets == Sets::WholeComment) {
        let against = match label {
            Label::DeliveryOnly => None,
            Label::Mixed => Some(KeepReason::CommentMixed),
            Label::Product => Some(KeepReason::CommentAboutGoods),
            Label::Other => Some(KeepReason::CommentAboutOther),
            Label::Unsure => {
                weighing.questions.push(Question::Comment);
                weighing.line(&rule.id, Holds::Unknown, "comment", label.as_str().to_owned());
                continue;
            }
        };
        let holds = if against.is_none() { Holds::Yes } else { Holds::No };
        weighing.line(&rule.id, holds, "comment", label.as_str().to_owned());
        weighing.against.extend(against);
    }
}

/// The rule by which the marketplace answers for the delivery, when it does.
fn sent_by_marketplace<'r>(weighing: &mut Weighing<'_>, rows: &[&'r ReviewRule]) -> Option<&'r ReviewRule> {
    if weighing.facts.fulfilment != Fulfilment::Marketplace {
        return None;
    }
    let rule = rows.iter().find(|rule| rule.sets == Sets::MarketplaceFulfils)?;
    weighing.line(&rule.id, Holds::Yes, "fulfilment", "MARKETPLACE".to_owned());
    Some(rule)
}

/// The note, in the comment's language where the marketplace is written in it, else in the marketplace's own.
fn note(by_marketplace: bool, market: &Marketplace, reading: &Reading) -> Statement {
    let spoken = Language::spoken_on(market);
    let language = reading.language.filter(|language| spoken.contains(language));
    let language = language.or(spoken.first().copied()).unwrap_or(Language::English);
    let id = if by_marketplace { StatementId::ByMarketplace } else { StatementId::NotBySeller };
    id.in_language(language)
}

fn conclude(weighing: &mut Weighing<'_>, rows: &[&ReviewRule], statement: Statement) -> Outcome {
    let mut reasons = std::mem::take(&mut weighing.against);
    reasons.sort_unstable();
    reasons.dedup();
    if !reasons.is_empty() {
        return Outcome::Keep { reasons };
    }
    let mut questions = std::mem::take(&mut weighing.questions);
    questions.sort_unstable();
    questions.dedup();
    if !questions.is_empty() {
        return Outcome::NeedsHuman { questions };
    }
    match rows.iter().find(|rule| rule.sets == Sets::StruckThrough) {
        Some(rule) => {
            weighing.line(&rule.id, Holds::Yes, "statement", statement.id.as_str().to_owned());
            Outcome::Strike { statement }
        }
        None => Outcome::Keep { reasons: vec![KeepReason::NotOffered] },
    }
}
