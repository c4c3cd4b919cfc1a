//! Deciding: from what is known now to a signed document behind the others of its order.
//!
//! Asking again while nothing has changed gives the decision that there is. Start at [`Casebook::decide_claim`].

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::input::{Input, Known, read};
use super::{Casebook, CasebookError, place};
use crate::policy::Marketplace;
use crate::proof::{FORMAT, Kind, SigningKey, Statement, Trigger, canonical, sha256_hex};
use crate::protection::Told;
use crate::protection::claim::ClaimDecision;
use crate::protection::review::{
    Fulfilment, Language, RemovalReason, ReviewDecision, ReviewFacts, Ruling, read_comment,
};
use crate::store::{DecisionRow, KeyRow, MeasuredPlace, NewEvent, StoreError};
use crate::tenancy::TenantId;

/// How often an addition is tried while others add to the same chain.
const TRIES: u32 = 16;
/// What subscribers are told of a decision.
const DECIDED: &str = "protection.decided";

/// A rating that is asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedReview {
    /// The id of the fact that tells of it; may be absent where the order has one.
    pub review: Option<String>,
    /// The comment. It is read and not kept.
    pub comment: String,
    /// The comment's language; found by its words when absent.
    pub language: Option<Language>,
    /// Who sent the order.
    pub fulfilment: Fulfilment,
    /// Reasons for which the marketplace would take the rating away.
    pub removal: Vec<RemovalReason>,
    /// Names of carriers that the comment may have.
    pub carriers: Vec<String>,
    /// What humans ruled.
    pub rulings: Vec<Ruling>,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Of a claim.
    Claim(ClaimDecision),
    /// Of a rating.
    Review(ReviewDecision),
}

/// A decision as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What was signed.
    pub statement: Statement,
    /// The signed document.
    pub document: String,
    /// What was decided.
    pub outcome: Outcome,
}

impl Outcome {
    pub(super) fn to_value(&self) -> Result<Value, CasebookError> {
        let value = match self {
            Outcome::Claim(decision) => serde_json::to_value(decision),
            Outcome::Review(decision) => serde_json::to_value(decision),
        };
        value.map_err(|error| CasebookError::Unreadable { what: "decision", why: error.to_string() })
    }

    pub(super) fn rule_set(&self) -> &str {
        match self {
            Outcome::Claim(decision) => &decision.rule_set,
            Outcome::Review(decision) => &decision.rule_set,
        }
    }
}

/// What of an outcome makes it another one: not when it was decided, nor how it was found.
pub(super) fn essence(mut outcome: Value) -> Value {
    if let Some(members) = outcome.as_object_mut() {
        for member in ["decided_at", "trace", "clock", "reading", "lexicon"] {
            members.remove(member);
        }
    }
    outcome
}

impl Casebook {
    /// Decides on a claim by what is known now. Without its id the order's one claim is meant.
    ///
    /// # Errors
    /// [`CasebookError`].
    pub async fn decide_claim(
        &self,
        tenant: &TenantId,
        market: &'static Marketplace,
        order: &str,
        claim: Option<&str>,
        now: Timestamp,
    ) -> Result<Decided, CasebookError> {
        let ask = |known: &Known| {
            let (subject, claim) = one_of(&known.claims, claim, order, "claim")?;
            Ok((subject.to_owned(), Input::Claim { facts: known.claim(claim, now) }))
        };
        self.add(tenant, market, order, &ask, Trigger::Asked, now).await
    }

    /// Decides on a rating by what is known now.
    ///
    /// # Errors
    /// [`CasebookError`].
    pub async fn decide_review(
        &self,
        tenant: &TenantId,
        market: &'static Marketplace,
        order: &str,
        asked: &AskedReview,
        now: Timestamp,
    ) -> Result<Decided, CasebookError> {
        let ask = |known: &Known| {
            let (subject, _) = one_of(&known.reviews, asked.review.as_deref(), order, "rating")?;
            let removal = asked.removal.iter().map(|reason| Told::new(*reason, "request", now)).collect();
            let facts = ReviewFacts {
                language: asked.language,
                fulfilment: asked.fulfilment,
                removal,
                carriers: asked.carriers.clone(),
                ..known.review(now)
            };
            let comment = read_comment(&facts, &asked.comment);
            let input = Input::Review { facts, comment, rulings: asked.rulings.clone() };
            Ok((subject.to_owned(), input))
        };
        self.add(tenant, market, order, &ask, Trigger::Asked, now).await
    }

    /// Adds a decision to its order's chain, unless the one that stands says the same by the same rules. What is asked is
    /// asked anew of what is known, until neither the chain nor the facts have changed under it.
    pub(super) async fn add(
        &self,
        tenant: &TenantId,
        market: &'static Marketplace,
        order: &str,
        ask: Ask<'_>,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<Decided, CasebookError> {
        let key = self.key.as_ref().ok_or(CasebookError::Unsigned)?;
        // As fine as the store keeps it: a chain's instants never go back, also where a clock does.
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        let place = place(tenant, market);
        for _ in 0..TRIES {
            let told = self.store.facts_of(&place, order).await?;
            if told.facts.is_empty() {
                return Err(CasebookError::UnknownOrder(order.to_owned()));
            }
            let known = Known::of(market, &told, now)?;
            let (subject, input) = ask(&known)?;
            let outcome = input.decide(&self.rules);
            let chain = self.store.decisions_of(&place, order).await?;
            let statement = match next(&chain, &place, order, subject, &input, &outcome, trigger, now)? {
                Next::Stands(decided) => return Ok(*decided),
                Next::New(statement) => Statement { evidence: known.evidence, ..*statement },
            };
            let row = row(key, &place, &statement, &input)?;
            let document = row.document.clone();
            let added = self.store.append_decision(row, known.version, key_row(key, now), event(&statement));
            match added.await {
                Ok(()) => return Ok(Decided { statement, document, outcome }),
                Err(StoreError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(CasebookError::Contended(order.to_owned()))
    }
}

/// What is asked, of what is known: the subject, and what is decided from.
pub(super) type Ask<'a> = &'a (dyn Fn(&Known) -> Result<(String, Input), CasebookError> + Sync);

/// What comes of a question.
enum Next {
    /// The decision that stands says the same.
    Stands(Box<Decided>),
    /// What is to be signed, but for the evidence.
    New(Box<Statement>),
}

#[allow(clippy::too_many_arguments, reason = "what is decided on, of what, by what, why and when")]
fn next(
    chain: &[DecisionRow],
    place: &MeasuredPlace,
    order: &str,
    subject: String,
    input: &Input,
    outcome: &Outcome,
    trigger: Trigger,
    now: Timestamp,
) -> Result<Next, CasebookError> {
    let (kind, value) = (input.kind(), outcome.to_value()?);
    let is_it = |row: &&DecisionRow| row.kind == kind.as_str() && row.subject == subject;
    let standing = chain.iter().rev().find(is_it);
    if let Some(row) = standing {
        let decided = decided(row)?;
        if essence(decided.statement.outcome.clone()) == essence(value.clone()) {
            return Ok(Next::Stands(Box::new(decided)));
        }
    }
    let last = chain.last();
    Ok(Next::New(Box::new(Statement {
        format: FORMAT.to_owned(),
        id: format!("de_{}", Uuid::now_v7().simple()),
        kind,
        tenant: place.tenant.clone(),
        marketplace: place.marketplace.clone(),
        order: order.to_owned(),
        supersedes: standing.map(|row| row.id.clone()),
        subject,
        sequence: last.map_or(0, |row| row.sequence).saturating_add(1),
        previous: last.map(|row| sha256_hex(row.document.as_bytes())),
        trigger,
        rule_set: outcome.rule_set().to_owned(),
        evaluated_at: last.map_or(now, |row| row.decided_at.max(now)),
        facts_sha256: sha256_hex(&canonical(input)?),
        evidence: Vec::new(),
        outcome: value,
    })))
}

/// The one that is meant, or why there is none.
fn one_of<'a, T>(
    all: &'a std::collections::BTreeMap<String, T>,
    named: Option<&'a str>,
    order: &str,
    what: &str,
) -> Result<(&'a str, &'a T), CasebookError> {
    let ids = || all.keys().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
    let mut each = all.iter();
    let problem = match (named, each.next(), each.next()) {
        (Some(id), ..) => match all.get(id) {
            Some(found) => return Ok((id, found)),
            None if all.is_empty() => format!("order `{order}` has no {what}: tell it with ReportOrderFacts"),
            None => format!("order `{order}` has no {what} `{id}`; there are {}", ids()),
        },
        (None, Some((id, found)), None) => return Ok((id, found)),
        (None, None, _) => format!("order `{order}` has no {what}: tell it with ReportOrderFacts"),
        (None, ..) => format!("order `{order}` has several of a {what}: name one of {}", ids()),
    };
    Err(CasebookError::NoSubject(problem))
}

fn row(
    key: &SigningKey,
    place: &MeasuredPlace,
    statement: &Statement,
    input: &Input,
) -> Result<DecisionRow, CasebookError> {
    Ok(DecisionRow {
        place: place.clone(),
        order: statement.order.clone(),
        sequence: statement.sequence,
        id: statement.id.clone(),
        kind: statement.kind.as_str().to_owned(),
        subject: statement.subject.clone(),
        decided_at: statement.evaluated_at,
        document: key.sign(statement)?,
        input: canonical(input)?,
    })
}

fn key_row(key: &SigningKey, now: Timestamp) -> KeyRow {
    let public = key.public();
    KeyRow { kid: public.kid.clone(), public: public.bytes().unwrap_or_default(), first_used_at: now }
}

fn event(statement: &Statement) -> NewEvent {
    let body = json!({
        "decision": statement.id,
        "decision_kind": statement.kind.as_str(),
        "marketplace": statement.marketplace,
        "order": statement.order,
        "subject": statement.subject,
        "supersedes": statement.supersedes,
    });
    NewEvent { kind: DECIDED.to_owned(), body: body.to_string().into_bytes() }
}

/// A decision as a row has it. The store is trusted here; whoever is not trusts the signature.
pub(super) fn decided(row: &DecisionRow) -> Result<Decided, CasebookError> {
    let statement = crate::proof::statement_of(&row.document)?;
    let outcome = match statement.kind {
        Kind::Claim => serde_json::from_value(statement.outcome.clone()).map(Outcome::Claim),
        Kind::Review => serde_json::from_value(statement.outcome.clone()).map(Outcome::Review),
    };
    let outcome =
        outcome.map_err(|error| CasebookError::Unreadable { what: "decision", why: error.to_string() })?;
    Ok(Decided { statement, document: row.document.clone(), outcome })
}

pub(super) fn input_of(row: &DecisionRow) -> Result<Input, CasebookError> {
    read("decision's input", &row.input)
}
