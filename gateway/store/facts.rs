//! What a store keeps of orders' facts and of what they count: its trait and its rows.
//!
//! The store knows no rule: a caller judges an order and hands in what it counts, and the store keeps the sums of all
//! orders true in the same transaction. Facts are never changed or removed, so that what was known at a past instant
//! can be told. Start at [`FactStore`].

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use super::Result;

/// Facts of orders, what each order counts, and the sums of that. Each method is one transaction.
#[async_trait]
pub trait FactStore: Send + Sync + 'static {
    /// Everything that was told of an order; version 0 without facts when nothing was.
    async fn facts_of(&self, place: &MeasuredPlace, order: &str) -> Result<MeasuredOrder>;

    /// The orders of a marketplace with everything that was told of them, by id, from behind the id.
    async fn facts_of_all(
        &self,
        place: &MeasuredPlace,
        after: &str,
        limit: u32,
    ) -> Result<Vec<MeasuredOrder>>;

    /// Adds facts, and puts what the order counts now in the place of what it counted, with all sums.
    /// [`StoreError::Conflict`](super::StoreError::Conflict) when the order is no longer at the expected version, or has
    /// one of the facts: then nothing was stored.
    async fn record_facts(&self, update: OrderUpdate) -> Result<()>;

    /// The sums of a metric over days, both of them counted.
    async fn sums(&self, asked: &Asked) -> Result<Vec<Sum>>;

    /// What counts as wrong on `today`, by day, order and package, from behind the cursor.
    async fn wrong_ones(
        &self,
        asked: &Asked,
        today: Date,
        category: Option<&str>,
        after: Option<&CountedCursor>,
        limit: u32,
    ) -> Result<Vec<(String, Counted)>>;

    /// How many count as wrong on each day, of those whose time to be put right was over at `now`.
    async fn at_risk(&self, asked: &Asked, now: Timestamp) -> Result<Vec<(Date, u64)>>;

    /// Up to `limit` orders of any tenant that were judged by another rule set than this one.
    async fn judged_otherwise(&self, rule_set: &str, limit: u32) -> Result<Vec<(MeasuredPlace, String)>>;

    /// Notes that a shipment of the tenant has news that its order's facts do not have. The store notes it by itself
    /// when a purchase or its void ends, and when tracking of a shipment is merged.
    async fn note_news(&self, tenant: &str, shipment: &str) -> Result<()>;

    /// The oldest news of any tenant.
    async fn news(&self, limit: u32) -> Result<Vec<News>>;

    /// Forgets news that became facts.
    async fn forget_news(&self, ids: Vec<u64>) -> Result<()>;
}

/// Whose orders, and where they were placed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasuredPlace {
    /// The tenant.
    pub tenant: String,
    /// The marketplace.
    pub marketplace: String,
}

/// An order and everything that was told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasuredOrder {
    /// The order's id, unique within its place.
    pub order: String,
    /// Grows with each update, from 1; 0 when nothing was told.
    pub version: u64,
    /// Every version of every fact, by id and version.
    pub facts: Vec<FactRow>,
}

/// One version of one fact.
#[derive(Clone, PartialEq, Eq)]
pub struct FactRow {
    /// Its id, unique within the order.
    pub id: String,
    /// Its version; a larger one takes the place of a smaller.
    pub version: u64,
    /// What kind of fact it is.
    pub kind: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was told here.
    pub recorded_at: Timestamp,
    /// The fact.
    pub body: Vec<u8>,
}

/// What is new of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderUpdate {
    /// Where it was placed.
    pub place: MeasuredPlace,
    /// Its id.
    pub order: String,
    /// The version that it was judged at.
    pub expected: u64,
    /// The rule set that it was judged by.
    pub rule_set: String,
    /// New facts.
    pub facts: Vec<FactRow>,
    /// Everything that it counts now.
    pub counted: Vec<Counted>,
}

/// How something counts in one metric.
#[derive(Clone, PartialEq, Eq)]
pub struct Counted {
    /// The metric.
    pub metric: String,
    /// The package; empty when it is the order. Unique with the metric within the order.
    pub package: String,
    /// The category in which it counts.
    pub category: String,
    /// The day on which it counts.
    pub day: Date,
    /// Why it is not counted, is wrong, will be or is excused; empty when there is nothing to say.
    pub tag: String,
    /// The last day on which it counts as right, if it does; [`Date::MAX`] when it always does.
    pub right_until: Date,
    /// How much it counts.
    pub weight: u32,
    /// Whether it is not counted.
    pub exempt: bool,
    /// Whether it counts as right.
    pub right: bool,
    /// From when on it is at risk while it is wrong.
    pub at_risk_from: Timestamp,
    /// The whole verdict.
    pub body: Vec<u8>,
}

/// Which sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Of which orders.
    pub place: MeasuredPlace,
    /// Of which metric.
    pub metric: String,
    /// From which day on.
    pub first: Date,
    /// Until which day, itself counted.
    pub last: Date,
}

/// A sum over everything that counts alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sum {
    /// The category.
    pub category: String,
    /// The day.
    pub day: Date,
    /// As in [`Counted`].
    pub tag: String,
    /// As in [`Counted`].
    pub right_until: Date,
    /// Weights of what counts.
    pub counted: u64,
    /// Of it, what counts as right until `right_until`.
    pub right: u64,
    /// Weights of what is not counted.
    pub exempt: u64,
}

/// Where a page of what is wrong ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedCursor {
    /// The last one's day.
    pub day: Date,
    /// The last one's order.
    pub order: String,
    /// The last one's package.
    pub package: String,
}

/// A shipment with news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Grows; unique in the whole store.
    pub id: u64,
    /// Whose shipment.
    pub tenant: String,
    /// The shipment.
    pub shipment: String,
}

impl fmt::Debug for FactRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FactRow")
            .field("id", &self.id)
            .field("version", &self.version)
            .field("kind", &self.kind)
            .field("occurred_at", &self.occurred_at)
            .field("recorded_at", &self.recorded_at)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counted")
            .field("metric", &self.metric)
            .field("package", &self.package)
            .field("category", &self.category)
            .field("day", &self.day)
            .field("tag", &self.tag)
            .field("right_until", &self.right_until)
            .field("weight", &self.weight)
            .field("exempt", &self.exempt)
            .field("right", &self.right)
            .finish_non_exhaustive()
    }
}
