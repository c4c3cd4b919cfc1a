//! Facts in: kept, judged and counted in one transaction, however often and in whatever order they are told.
//!
//! Start at [`Performance::tell`].

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::counting::counted;
use super::{Performance, PerformanceError, place};
use crate::policy::{Fact, Marketplace, Order, judge, rule_set_version};
use crate::store::{FactRow, MeasuredPlace, OrderUpdate, StoreError};
use crate::tenancy::TenantId;

/// What the ids of the gateway's own facts begin with, and no caller's do. What marketplaces tell of an order stands above
/// what its purchase knew.
pub const OWN: char = '-';

/// How often a recording is tried while others change the same order.
const TRIES: u32 = 16;
/// Orders that are judged anew in one go.
const AT_ONCE: u32 = 200;

/// A fact as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldFact {
    /// Its id, unique within the order.
    pub id: String,
    /// Its version: a larger one corrects a smaller one, whichever comes first.
    pub version: u64,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The fact.
    pub fact: Fact,
}

/// What became of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new, and counts.
    Recorded,
    /// It was told before, word for word.
    Known,
    /// It is kept, and a larger version that was told before counts in its place.
    Outdated,
    /// The same version was told before with another content: nothing was done.
    Conflicting,
}

impl Performance {
    /// Takes facts of one order, judges the order anew and counts it. One outcome for each fact, in their order.
    ///
    /// # Errors
    /// [`PerformanceError`]: then nothing was recorded, unless the store left open whether it was; telling the same
    /// facts again is always safe.
    pub async fn tell(
        &self,
        tenant: &TenantId,
        market: &'static Marketplace,
        order: &str,
        told: &[ToldFact],
        now: Timestamp,
    ) -> Result<Vec<Outcome>, PerformanceError> {
        let place = place(tenant, market);
        for _ in 0..TRIES {
            let known = self.store.facts_of(&place, order).await?;
            let mut facts = known.facts;
            let (mut outcomes, mut fresh) = (Vec::with_capacity(told.len()), Vec::new());
            for one in told {
                let (outcome, row) = compare(&facts, one, now)?;
                outcomes.push(outcome);
                facts.extend(row.clone());
                fresh.extend(row);
            }
            if fresh.is_empty() {
                return Ok(outcomes);
            }
            match self.record(&place, market, order, known.version, &facts, fresh).await {
                Ok(()) => return Ok(outcomes),
                Err(PerformanceError::Store(StoreError::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Err(PerformanceError::Contended { order: order.to_owned() })
    }

    /// As [`Performance::tell`], for facts of several orders. What one order was told stays when a later one fails.
    ///
    /// # Errors
    /// As [`Performance::tell`].
    pub async fn tell_all(
        &self,
        tenant: &TenantId,
        market: &'static Marketplace,
        told: &[(String, ToldFact)],
        now: Timestamp,
    ) -> Result<Vec<Outcome>, PerformanceError> {
        let mut by_order: BTreeMap<&str, Vec<(usize, ToldFact)>> = BTreeMap::new();
        for (index, (order, fact)) in told.iter().enumerate() {
            by_order.entry(order).or_default().push((index, fact.clone()));
        }
        let mut outcomes = Vec::with_capacity(told.len());
        for (order, told) in by_order {
            let (places, facts): (Vec<_>, Vec<_>) = told.into_iter().unzip();
            let told = self.tell(tenant, market, order, &facts, now).await?;
            outcomes.extend(places.into_iter().zip(told));
        }
        outcomes.sort_unstable_by_key(|(place, _)| *place);
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    async fn record(
        &self,
        place: &MeasuredPlace,
        market: &'static Marketplace,
        order: &str,
        expected: u64,
        facts: &[FactRow],
        fresh: Vec<FactRow>,
    ) -> Result<(), PerformanceError> {
        let whole = assemble(market, facts)?;
        let counted = counted(&whole, &judge(&whole))?;
        let update = OrderUpdate {
            place: place.clone(),
            order: order.to_owned(),
            expected,
            rule_set: rule_set_version().to_owned(),
            facts: fresh,
            counted,
        };
        Ok(self.store.record_facts(update).await?)
    }

    /// Judges orders anew that were judged by another rule set, up to 200 of them, and says how many. Call it until
    /// that is zero: from then on every figure is by the present rules.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn judge_anew(&self) -> Result<usize, PerformanceError> {
        let stale = self.store.judged_otherwise(rule_set_version(), AT_ONCE).await?;
        let mut done = 0_usize;
        for (place, order) in stale {
            let Some(market) = Marketplace::find(&place.marketplace) else { continue };
            let known = self.store.facts_of(&place, &order).await?;
            match self.record(&place, market, &order, known.version, &known.facts, Vec::new()).await {
                // Whoever changed it has judged it by rules at least as new.
                Ok(()) | Err(PerformanceError::Store(StoreError::Conflict { .. })) => {
                    done = done.saturating_add(1);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}

fn compare(
    known: &[FactRow],
    told: &ToldFact,
    now: Timestamp,
) -> Result<(Outcome, Option<FactRow>), PerformanceError> {
    let body = serde_json::to_vec(&told.fact)
        .map_err(|error| PerformanceError::Unreadable { what: "fact", why: error.to_string() })?;
    let versions = known.iter().filter(|row| row.id == told.id);
    let occurred_at =
        Timestamp::from_microsecond(told.occurred_at.as_microsecond()).unwrap_or(told.occurred_at);
    if let Some(same) = versions.clone().find(|row| row.version == told.version) {
        let is_same = same.body == body && same.occurred_at == occurred_at;
        return Ok((if is_same { Outcome::Known } else { Outcome::Conflicting }, None));
    }
    let is_outdated = versions.map(|row| row.version).any(|version| version > told.version);
    let row = FactRow {
        id: told.id.clone(),
        version: told.version,
        kind: told.fact.kind().to_owned(),
        occurred_at,
        recorded_at: now,
        body,
    };
    Ok((if is_outdated { Outcome::Outdated } else { Outcome::Recorded }, Some(row)))
}

/// The order as its facts make it: of each fact the largest version.
///
/// # Errors
/// [`PerformanceError::Unreadable`].
pub(super) fn assemble<'a>(
    market: &'static Marketplace,
    facts: impl IntoIterator<Item = &'a FactRow>,
) -> Result<Order, PerformanceError> {
    let newest = newest(facts)?;
    Ok(Order::of(market, newest.iter().map(|(_, fact)| fact)))
}

/// Of each fact the largest version, in the order in which [`Order::of`] takes them: what marketplaces tell stands above
/// what purchases knew.
///
/// # Errors
/// [`PerformanceError::Unreadable`].
pub fn newest<'a>(
    facts: impl IntoIterator<Item = &'a FactRow>,
) -> Result<Vec<(&'a FactRow, Fact)>, PerformanceError> {
    let mut newest = BTreeMap::new();
    for row in facts {
        let known = newest.entry(row.id.as_str()).or_insert(row);
        if row.version > known.version {
            *known = row;
        }
    }
    let mut newest: Vec<&FactRow> = newest.into_values().collect();
    newest.sort_by_key(|row| (!row.id.starts_with(OWN), row.occurred_at));
    let read = |row: &FactRow| {
        serde_json::from_slice::<Fact>(&row.body)
            .map_err(|error| PerformanceError::Unreadable { what: "fact", why: error.to_string() })
    };
    newest.into_iter().map(|row| Ok((row, read(row)?))).collect()
}
