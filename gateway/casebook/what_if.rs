//! What would have been decided by other rules: a tenant's history on a marketplace, replayed page by page.
//!
//! It holds one page of orders at a time, stores nothing and signs nothing. Start at [`Replay`].

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::deciding::{Outcome, input_of};
use super::input::{Input, Known};
use super::{Casebook, CasebookError, place};
use crate::policy::Marketplace;
use crate::proof::Kind;
use crate::protection::RuleSets;
use crate::store::{DecisionRow, MeasuredOrder, MeasuredPlace};
use crate::tenancy::TenantId;

/// Orders of one page.
const AT_ONCE: u32 = 200;

/// Something that would be decided otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flip {
    /// The order.
    pub order: String,
    /// What is decided on.
    pub kind: Kind,
    /// The claim's or the rating's id.
    pub subject: String,
    /// By the rules of today.
    pub before: Outcome,
    /// By the other rules.
    pub after: Outcome,
}

/// How far a replay is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Orders that were looked at.
    pub orders: u64,
    /// Claims and ratings that were decided on twice.
    pub decided: u64,
    /// Those that came out otherwise.
    pub flipped: u64,
}

/// A replay under way.
pub struct Replay {
    casebook: Casebook,
    market: &'static Marketplace,
    place: MeasuredPlace,
    rules: RuleSets,
    now: Timestamp,
    after: String,
    totals: Totals,
}

impl Casebook {
    /// Replays every claim, and every rating that was decided on, of a tenant's orders on a marketplace under the
    /// published rules as `rules_file` changes them. What is known now is known in both.
    ///
    /// # Errors
    /// [`CasebookError::Rules`].
    pub fn replay(
        &self,
        tenant: &TenantId,
        market: &'static Marketplace,
        rules_file: &str,
        now: Timestamp,
    ) -> Result<Replay, CasebookError> {
        Ok(Replay {
            casebook: self.clone(),
            market,
            place: place(tenant, market),
            rules: RuleSets::changed_by(rules_file)?,
            now,
            after: String::new(),
            totals: Totals::default(),
        })
    }
}

impl Replay {
    /// The flips of the next page and how far it is; nothing at the end.
    ///
    /// # Errors
    /// When the store fails or has something that cannot be read.
    pub async fn next(&mut self) -> Result<Option<(Vec<Flip>, Totals)>, CasebookError> {
        let store = &self.casebook.store;
        let page = store.facts_of_all(&self.place, &self.after, AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(None) };
        self.after.clone_from(&last.order);
        let mut flips = Vec::new();
        for order in &page {
            let known = Known::of(self.market, order, self.now)?;
            for (subject, input) in self.inputs(order, &known).await? {
                flips.extend(self.flip(order, subject, &input));
            }
            self.totals.orders = self.totals.orders.saturating_add(1);
        }
        Ok(Some((flips, self.totals)))
    }

    async fn inputs(
        &self,
        order: &MeasuredOrder,
        known: &Known,
    ) -> Result<Vec<(String, Input)>, CasebookError> {
        let claims = known.claims.iter();
        let claim =
            |(id, claim): (&String, _)| (id.clone(), Input::Claim { facts: known.claim(claim, self.now) });
        let mut inputs: Vec<_> = claims.map(claim).collect();
        if !known.reviews.is_empty() {
            let mut read: BTreeMap<String, DecisionRow> = BTreeMap::new();
            for row in self.casebook.store.decisions_of(&self.place, &order.order).await? {
                if row.kind == Kind::Review.as_str() {
                    read.insert(row.subject.clone(), row);
                }
            }
            for (subject, row) in read {
                let input = input_of(&row)?.anew(known, &subject, self.now);
                inputs.extend(input.map(|input| (subject, input)));
            }
        }
        Ok(inputs)
    }

    fn flip(&mut self, order: &MeasuredOrder, subject: String, input: &Input) -> Option<Flip> {
        let (before, after) = (input.decide(&self.casebook.rules), input.decide(&self.rules));
        self.totals.decided = self.totals.decided.saturating_add(1);
        if is_same(&before, &after) {
            return None;
        }
        self.totals.flipped = self.totals.flipped.saturating_add(1);
        Some(Flip { order: order.order.clone(), kind: input.kind(), subject, before, after })
    }
}

/// Whether two decisions say the same, by whatever rules and however they were found.
fn is_same(before: &Outcome, after: &Outcome) -> bool {
    match (before, after) {
        (Outcome::Claim(before), Outcome::Claim(after)) => {
            before.outcome == after.outcome
                && before.reasons == after.reasons
                && before.missing == after.missing
        }
        (Outcome::Review(before), Outcome::Review(after)) => {
            before.outcome == after.outcome && before.label == after.label
        }
        _ => false,
    }
}
