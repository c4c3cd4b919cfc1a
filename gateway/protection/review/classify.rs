//! What a comment is about, clause by clause, with the words that show it.
//!
//! Deterministic. A clause that is not understood makes a comment about a delivery [`Label::Unsure`]: to strike a rating
//! that is also about something else is the costly mistake. Start at [`classify`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::language::{KnownBy, Language};
use super::lexicon::Lexicon;
pub use super::lexicon::Topic;
pub use super::text::Span;
use super::text::{self, Clause, Joint};

/// What a comment is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Label {
    /// That the order came late or not at all, and nothing else of substance.
    DeliveryOnly,
    /// That, and something else.
    Mixed,
    /// The goods.
    Product,
    /// Something else.
    Other,
    /// Not understood as a whole: a human has to read it.
    Unsure,
}

impl Label {
    /// As callers see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Label::DeliveryOnly => "DELIVERY_ONLY",
            Label::Mixed => "MIXED",
            Label::Product => "PRODUCT",
            Label::Other => "OTHER",
            Label::Unsure => "UNSURE",
        }
    }
}

/// What a clause is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClauseVerdict {
    /// Lateness or non-arrival alone.
    Delivery,
    /// Lateness or non-arrival, and the goods or the seller.
    Mixed,
    /// What the goods are like.
    Goods,
    /// That the goods are damaged, wrong, false or not complete.
    Condition,
    /// How the seller behaved.
    Service,
    /// That the order came in time.
    OnTime,
    /// Praise that does not say of what.
    Praise,
    /// Nothing that matters.
    Neutral,
    /// Not understood.
    Unclear,
}

/// A phrase of the lexicon that stands in a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// The entry of the lexicon: language, topic and the phrase.
    pub entry: String,
    /// What it is about.
    pub topic: Topic,
    /// Where it stands, in bytes of the comment.
    pub span: Span,
}

/// What was found in a clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseFinding {
    /// Where it stands, in bytes of the comment.
    pub span: Span,
    /// What it is about.
    pub verdict: ClauseVerdict,
    /// The phrases that show it.
    pub hits: Vec<Hit>,
    /// Words that were not understood, or that turn a meaning around.
    pub unknown: Vec<Span>,
}

/// A comment as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What it is about.
    pub label: Label,
    /// The language that it was read in; none when it could not be found, and nothing was understood.
    pub language: Option<Language>,
    /// How the language is known.
    pub known_by: Option<KnownBy>,
    /// Its clauses.
    pub clauses: Vec<ClauseFinding>,
}

impl Reading {
    /// A comment whose language is not understood.
    pub(super) fn not_understood() -> Reading {
        Reading { label: Label::Unsure, language: None, known_by: None, clauses: Vec::new() }
    }

    /// Whether it speaks of lateness, not only of an order that did not come.
    pub(super) fn speaks_of_lateness(&self) -> bool {
        self.clauses.iter().flat_map(|clause| &clause.hits).any(|hit| hit.topic == Topic::Late)
    }

    /// Whether every clause is about what the goods are like.
    pub(super) fn is_product_review(&self) -> bool {
        self.label == Label::Product
            && self.clauses.iter().all(|clause| {
                matches!(
                    clause.verdict,
                    ClauseVerdict::Goods | ClauseVerdict::Praise | ClauseVerdict::Neutral
                )
            })
    }
}

/// Reads a comment. `carriers` are names of carriers, which are not taken for unknown words.
pub fn classify(comment: &str, language: Language, known_by: KnownBy, carriers: &[String]) -> Reading {
    let lexicon = Lexicon::of(language);
    let cut = text::clauses(comment, language, |word| lexicon.joint(word));
    let carriers: BTreeSet<String> = carriers
        .iter()
        .flat_map(|name| text::clauses(name, language, |_| None))
        .flat_map(|clause| clause.tokens)
        .map(|token| token.word)
        .collect();
    let mut clauses: Vec<ClauseFinding> =
        cut.iter().map(|clause| judge(clause, lexicon, &carriers)).collect();
    mock_praise(&cut, &mut clauses);
    Reading { label: combine(&clauses), language: Some(language), known_by: Some(known_by), clauses }
}

fn judge(clause: &Clause, lexicon: &Lexicon, carriers: &BTreeSet<String>) -> ClauseFinding {
    let found = hits(clause, lexicon);
    let covered: BTreeSet<usize> = found.iter().flat_map(|(_, words)| words.iter().copied()).collect();
    let has = |wanted: fn(Topic) -> bool| found.iter().any(|(hit, _)| wanted(hit.topic));
    let delivery = has(Topic::is_delivery);
    let mut unknown = Vec::new();
    let (mut named, mut negated, mut context) = (false, false, false);
    for (index, token) in clause.tokens.iter().enumerate().filter(|(index, _)| !covered.contains(index)) {
        if lexicon.is_negation(token) {
            negated = true;
            unknown.push(token.span);
        } else if lexicon.is_context(token) || carriers.contains(&token.word) {
            context = true;
        } else if !lexicon.is_filler(token) {
            // One word that is not known is the name of what was ordered, where it stands as that does.
            if delivery && !named && names_order(clause, index, &covered, lexicon) {
                named = true;
            } else {
                unknown.push(token.span);
            }
        }
    }
    let understood = unknown.is_empty();
    let foreign = has(Topic::is_foreign);
    let verdict = if delivery && foreign {
        ClauseVerdict::Mixed
    } else if foreign {
        foreign_verdict(&found)
    } else if delivery {
        let clear = understood && !has(|topic| matches!(topic, Topic::OnTime | Topic::Praise));
        if clear { ClauseVerdict::Delivery } else { ClauseVerdict::Unclear }
    } else if has(|topic| topic == Topic::OnTime) {
        if negated { ClauseVerdict::Unclear } else { ClauseVerdict::OnTime }
    } else if !understood {
        ClauseVerdict::Unclear
    } else if has(|topic| topic == Topic::Praise) {
        ClauseVerdict::Praise
    } else if context || !found.is_empty() {
        ClauseVerdict::Neutral
    } else {
        // Small words alone can mean anything: "it is that one".
        only_numbers(clause)
    };
    ClauseFinding {
        span: clause.span(),
        verdict,
        hits: found.into_iter().map(|(hit, _)| hit).collect(),
        unknown,
    }
}

/// Whether a word stands as the name of what was ordered does: behind "the", and either last or just before the phrase
/// that says what became of it. "The hang of it" is no such thing.
fn names_order(clause: &Clause, index: usize, covered: &BTreeSet<usize>, lexicon: &Lexicon) -> bool {
    let before = index.checked_sub(1).and_then(|before| clause.tokens.get(before));
    let behind = clause.tokens.iter().enumerate().skip(index + 1);
    let fillers =
        behind.clone().take_while(|(at, token)| !covered.contains(at) && lexicon.is_filler(token)).count();
    let is_last = behind.clone().next().is_none();
    let is_before = fillers <= 2 && covered.contains(&(index + 1 + fillers));
    before.is_some_and(|before| lexicon.is_determiner(before)) && (is_last || is_before)
}

fn only_numbers(clause: &Clause) -> ClauseVerdict {
    if clause.tokens.iter().all(|token| token.word == text::NUMBER) {
        ClauseVerdict::Neutral
    } else {
        ClauseVerdict::Unclear
    }
}

fn foreign_verdict(found: &[(Hit, Vec<usize>)]) -> ClauseVerdict {
    let has = |topic: Topic| found.iter().any(|(hit, _)| hit.topic == topic);
    if has(Topic::Service) {
        ClauseVerdict::Service
    } else if has(Topic::Condition) {
        ClauseVerdict::Condition
    } else {
        ClauseVerdict::Goods
    }
}

/// The phrases that stand in a clause. One whose words all belong to a longer one gives way: "not late" is not "late".
fn hits(clause: &Clause, lexicon: &Lexicon) -> Vec<(Hit, Vec<usize>)> {
    let mut all = Vec::new();
    for entry in &lexicon.entries {
        for start in 0..clause.tokens.len() {
            // A phrase that begins with a word that may be absent would else be found twice.
            let Some(words) = entry.pattern.at(&clause.tokens, start) else { continue };
            all.push((entry, words));
        }
    }
    let longer = |left: &[usize], right: &[usize]| {
        left.len() > right.len() && right.iter().all(|index| left.contains(index))
    };
    let mut found: Vec<(Hit, Vec<usize>)> = Vec::new();
    for (entry, words) in &all {
        let spans = words.iter().filter_map(|index| clause.tokens.get(*index)).map(|token| token.span);
        let Some(span) = spans.reduce(Span::around) else { continue };
        let hit = Hit { entry: entry.id.clone(), topic: entry.topic, span };
        let gives_way = all.iter().any(|(_, other)| longer(other, words));
        if !gives_way && !found.iter().any(|(known, _)| *known == hit) {
            found.push((hit, words.clone()));
        }
    }
    found.sort_by(|(left, _), (right, _)| (left.span, &left.entry).cmp(&(right.span, &right.entry)));
    found
}

/// "Great, another late delivery" praises nothing. A word or two of praise before a comma and a complaint about the
/// delivery is none, unless the comment contrasts something with something.
fn mock_praise(cut: &[Clause], clauses: &mut [ClauseFinding]) {
    if cut.iter().any(|clause| clause.joint == Joint::Contrast) {
        return;
    }
    let mocking: Vec<usize> = (0..clauses.len())
        .filter(|&index| {
            let is_short = cut.get(index).is_some_and(|clause| clause.tokens.len() <= 2);
            let is_praise = clauses.get(index).is_some_and(|clause| clause.verdict == ClauseVerdict::Praise);
            let mut after = clauses.iter().skip(index + 1).map(|clause| clause.verdict);
            let complaint = after.find(|verdict| *verdict != ClauseVerdict::Neutral);
            let joined = cut.get(index + 1).is_some_and(|clause| clause.joint == Joint::Comma);
            is_short && is_praise && joined && complaint == Some(ClauseVerdict::Delivery)
        })
        .collect();
    for index in mocking {
        if let Some(clause) = clauses.get_mut(index) {
            clause.verdict = ClauseVerdict::Neutral;
        }
    }
}

fn combine(clauses: &[ClauseFinding]) -> Label {
    let has = |wanted: &[ClauseVerdict]| clauses.iter().any(|clause| wanted.contains(&clause.verdict));
    let delivery = has(&[ClauseVerdict::Delivery]);
    let goods = has(&[ClauseVerdict::Goods, ClauseVerdict::Condition]);
    let service = has(&[ClauseVerdict::Service]);
    let unclear = has(&[ClauseVerdict::Unclear]);
    let hidden = clauses.iter().any(hides_delivery);
    if has(&[ClauseVerdict::Mixed]) || ((delivery || hidden) && (goods || service)) {
        Label::Mixed
    } else if delivery {
        if unclear || has(&[ClauseVerdict::OnTime, ClauseVerdict::Praise]) {
            Label::Unsure
        } else {
            Label::DeliveryOnly
        }
    } else if hidden {
        Label::Unsure
    } else if goods && !service {
        Label::Product
    } else if goods || service || (has(&[ClauseVerdict::OnTime]) && !unclear) {
        Label::Other
    } else {
        Label::Unsure
    }
}

/// Whether a clause that is not understood has a phrase about the delivery in it.
fn hides_delivery(clause: &ClauseFinding) -> bool {
    clause.verdict == ClauseVerdict::Unclear && clause.hits.iter().any(|hit| hit.topic.is_delivery())
}
