//! What is known of an order, and what a decision is made from.
//!
//! A decision's input is kept with it, so that it can be made again word for word. Start at [`Known`] and [`Input`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{CasebookError, Outcome};
use crate::performance::{OWN, newest};
use crate::policy::{Claim, Fact, Marketplace, Order, Review};
use crate::proof::{Evidence, Kind, sha256_hex};
use crate::protection::claim::{ClaimFacts, evaluate_claim};
use crate::protection::review::{ReadComment, ReviewFacts, Ruling, evaluate_read};
use crate::protection::{Origins, RuleSets};
use crate::store::{FactRow, MeasuredOrder};

/// What is known of an order at an instant.
pub(super) struct Known {
    pub(super) order: Order,
    pub(super) origins: Origins,
    pub(super) claims: BTreeMap<String, Claim>,
    pub(super) reviews: BTreeMap<String, Review>,
    pub(super) evidence: Vec<Evidence>,
    /// The version of the order's facts.
    pub(super) version: u64,
}

impl Known {
    /// Of these facts those that were recorded by `now`, of each the largest version.
    pub(super) fn of(
        market: &'static Marketplace,
        told: &MeasuredOrder,
        now: Timestamp,
    ) -> Result<Known, CasebookError> {
        let newest = newest(told.facts.iter().filter(|row| row.recorded_at <= now))?;
        let mut known = Known {
            order: Order::of(market, newest.iter().map(|(_, fact)| fact)),
            origins: Origins::default(),
            claims: BTreeMap::new(),
            reviews: BTreeMap::new(),
            version: told.version,
            evidence: newest.iter().map(|(row, _)| evidence(row)).collect(),
        };
        known.evidence.sort_by(|a, b| a.id.cmp(&b.id));
        for (row, fact) in newest {
            let source = if row.id.starts_with(OWN) { "gateway" } else { "marketplace" };
            known.origins.note(fact.kind(), package_of(&fact), source, row.recorded_at);
            match fact {
                Fact::Claim(claim) => drop(known.claims.insert(row.id.clone(), claim)),
                Fact::Review(review) => drop(known.reviews.insert(row.id.clone(), review)),
                _ => {}
            }
        }
        Ok(known)
    }

    /// The facts of a claim.
    pub(super) fn claim(&self, claim: &Claim, now: Timestamp) -> ClaimFacts {
        ClaimFacts::of(&self.order, claim, now, &self.origins)
    }

    /// The facts of a rating.
    pub(super) fn review(&self, now: Timestamp) -> ReviewFacts {
        ReviewFacts::of(&self.order, now, &self.origins)
    }
}

fn evidence(row: &FactRow) -> Evidence {
    Evidence {
        id: row.id.clone(),
        version: row.version.to_string(),
        kind: row.kind.clone(),
        sha256: sha256_hex(&row.body),
        occurred_at: row.occurred_at,
        recorded_at: row.recorded_at,
    }
}

fn package_of(fact: &Fact) -> &str {
    match fact {
        Fact::Package(package) => &package.package,
        Fact::Confirmed(confirmed) => &confirmed.package,
        Fact::Scans(scans) => &scans.package,
        _ => "",
    }
}

/// What a decision is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Input {
    /// A claim.
    Claim {
        /// The facts.
        facts: ClaimFacts,
    },
    /// A rating.
    Review {
        /// The facts.
        facts: ReviewFacts,
        /// The comment, as it was read.
        comment: ReadComment,
        /// What humans ruled.
        rulings: Vec<Ruling>,
    },
}

impl Input {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Input::Claim { .. } => Kind::Claim,
            Input::Review { .. } => Kind::Review,
        }
    }

    /// The same question of what is known now.
    pub(super) fn anew(&self, known: &Known, subject: &str, now: Timestamp) -> Option<Input> {
        match self {
            Input::Claim { .. } => {
                let claim = known.claims.get(subject)?;
                Some(Input::Claim { facts: known.claim(claim, now) })
            }
            Input::Review { facts: old, comment, rulings } => {
                let facts = ReviewFacts {
                    language: old.language,
                    fulfilment: old.fulfilment,
                    removal: old.removal.clone(),
                    carriers: old.carriers.clone(),
                    ..known.review(now)
                };
                Some(Input::Review { facts, comment: comment.clone(), rulings: rulings.clone() })
            }
        }
    }

    pub(super) fn decide(&self, rules: &RuleSets) -> Outcome {
        match self {
            Input::Claim { facts } => Outcome::Claim(evaluate_claim(facts, &rules.claims)),
            Input::Review { facts, comment, rulings } => {
                Outcome::Review(evaluate_read(facts, &rules.reviews, comment, rulings))
            }
        }
    }
}

/// Reads what this program wrote.
pub(super) fn read<T: serde::de::DeserializeOwned>(
    what: &'static str,
    bytes: &[u8],
) -> Result<T, CasebookError> {
    serde_json::from_slice(bytes).map_err(|error| CasebookError::Unreadable { what, why: error.to_string() })
}
