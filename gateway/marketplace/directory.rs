//! The marketplaces that are configured, and what is to be told them of a purchase.
//!
//! It plans and looks up; it sends nothing and stores nothing. Start at [`Marketplaces::plan`].

use std::fmt;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Content, MarketplaceSink, Moment, OrderReference, Policies, Policy};
use crate::tenancy::TenantId;

/// A configured marketplace.
#[derive(Clone)]
pub struct Marketplace {
    /// Its id in the configuration.
    pub id: String,
    /// Whose orders it takes.
    pub tenant: TenantId,
    /// How orders name it.
    pub names: Vec<String>,
    /// Under which name its rules stand in the dated data.
    pub policy: String,
    /// Its connector.
    pub sink: Arc<dyn MarketplaceSink>,
}

impl fmt::Debug for Marketplace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Marketplace")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

/// Every configured marketplace, with the rules of when they are told.
#[derive(Clone, Debug, Default)]
pub struct Marketplaces {
    all: Vec<Marketplace>,
    policies: Policies,
}

/// A bought shipment, as far as a marketplace is told of it.
#[derive(Clone, Debug)]
pub struct Sold<'a> {
    /// Whose it is.
    pub tenant: &'a str,
    /// Its order.
    pub order: &'a OrderReference,
    /// Its id.
    pub shipment: &'a str,
    /// The carrier's id.
    pub carrier: &'a str,
    /// The carrier's name.
    pub carrier_name: &'a str,
    /// The service's code.
    pub service: &'a str,
    /// The service's name.
    pub service_name: &'a str,
    /// The tracking numbers, one a parcel.
    pub numbers: Vec<&'a str>,
    /// When it is to be handed over.
    pub ships_at: Timestamp,
    /// When it was bought.
    pub bought_at: Timestamp,
}

/// What is to be told of one parcel, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Id of the configured marketplace.
    pub marketplace: String,
    /// What is told.
    pub content: Content,
    /// When; none: at the first scan.
    pub at: Option<Timestamp>,
    /// When operators are told unless it is confirmed by then.
    pub alarm_at: Option<Timestamp>,
}

impl Marketplaces {
    /// These marketplaces, under these rules.
    pub fn new(all: Vec<Marketplace>, policies: Policies) -> Self {
        Self { all, policies }
    }

    /// Adds some.
    pub fn extend(&mut self, more: impl IntoIterator<Item = Marketplace>) {
        self.all.extend(more);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Marketplace> {
        self.all.iter()
    }

    /// The one of this id that takes the tenant's orders.
    pub fn get(&self, tenant: &str, id: &str) -> Option<&Marketplace> {
        self.all.iter().find(|one| one.id == id && one.tenant.as_str() == tenant)
    }

    /// The one that the tenant's orders mean by this name.
    pub fn named(&self, tenant: &str, name: &str) -> Option<&Marketplace> {
        let means = |one: &&Marketplace| {
            one.tenant.as_str() == tenant && one.names.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        self.all.iter().find(means)
    }

    /// The rules of a marketplace at a time.
    pub fn policy(&self, marketplace: &Marketplace, at: Timestamp) -> Option<&Policy> {
        self.policies.in_force(&marketplace.policy, TimeZone::UTC.to_datetime(at).date())
    }

    /// What is to be told of a purchase, parcel by parcel: nothing when its marketplace is not configured here.
    pub fn plan(&self, sold: &Sold<'_>) -> Vec<Parcel> {
        let Some(to) = self.named(sold.tenant, &sold.order.marketplace) else { return Vec::new() };
        let Some(policy) = self.policy(to, sold.bought_at) else { return Vec::new() };
        let (at, alarm_at) = match policy.moment {
            // It cannot have been handed over before it was bought.
            Moment::AtPurchase => (Some(sold.bought_at), policy.alarm_at(sold.bought_at)),
            Moment::AtFirstScan => (None, None),
        };
        let parcels = u32::try_from(sold.numbers.len()).unwrap_or(u32::MAX);
        let one = |(index, number): (u32, &&str)| Parcel {
            marketplace: to.id.clone(),
            content: content(sold, index, parcels, number),
            at,
            alarm_at,
        };
        (0..).zip(&sold.numbers).map(one).collect()
    }
}

fn content(sold: &Sold<'_>, index: u32, parcels: u32, number: &str) -> Content {
    let inside = |parcel: Option<u16>| match parcel {
        Some(parcel) => u32::from(parcel) == index,
        None => parcels == 1,
    };
    Content {
        marketplace: sold.order.marketplace.clone(),
        country: sold.order.country,
        order: sold.order.order.clone(),
        seller: sold.order.seller.clone(),
        shipment: sold.shipment.to_owned(),
        parcel: index.saturating_add(1),
        parcels,
        carrier: sold.carrier.to_owned(),
        carrier_name: sold.carrier_name.to_owned(),
        service: sold.service.to_owned(),
        service_name: sold.service_name.to_owned(),
        number: number.to_owned(),
        ships_at: whole_second(sold.ships_at.min(sold.bought_at)),
        lines: sold.order.lines.iter().filter(|line| inside(line.parcel)).cloned().collect(),
    }
}

/// Marketplaces count in seconds.
fn whole_second(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_nanos(at.subsec_nanosecond().into())).unwrap_or(at)
}
