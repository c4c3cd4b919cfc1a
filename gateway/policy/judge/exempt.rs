//! Valid tracking: which rules take a package out of the count.
//!
//! Start at [`rules`].

use jiff::civil::Date;
use parcelgate_kit::model::Money;

use crate::policy::fact::{Confirmed, Package, Placed};
use crate::policy::order::Order;
use crate::policy::rules::{Exemption, Metric, Sets, find};

/// A package and what it is judged by.
pub(super) struct Subject<'a> {
    pub(super) order: &'a Order,
    pub(super) placed: &'a Placed,
    pub(super) package: &'a Package,
    pub(super) last: &'a Confirmed,
    pub(super) day: Date,
}

impl Subject<'_> {
    /// What the buyer paid for it.
    pub(super) fn value(&self) -> Option<Money> {
        self.package.value.or(self.placed.value)
    }

    /// Its product category.
    pub(super) fn category(&self) -> &str {
        if self.package.category.is_empty() { &self.placed.category } else { &self.package.category }
    }

    fn is_domestic(&self) -> bool {
        self.package.origin == self.package.destination
            && self.package.origin.as_str() == self.order.market.country
    }

    fn fits(&self, exemption: Exemption) -> bool {
        let value = self.value();
        let has_service = |names: &[&str]| names.contains(&self.last.service.as_str());
        match exemption {
            Exemption::NotShipped => self.placed.digital || self.placed.collected_in_store,
            Exemption::ListedFreight => self.package.listed_freight,
            Exemption::Services(worth, names) => {
                self.is_domestic() && worth.admits(value) && has_service(names)
            }
            Exemption::BoughtServices(names) => self.package.bought_through_service && has_service(names),
            Exemption::ListedUntracked(worth) => self.last.checks.listed_untracked && worth.admits(value),
            Exemption::Domestic(worth) => self.is_domestic() && worth.admits(value),
            Exemption::LetterBetween(worth, lanes) => {
                let (from, to) = (self.package.origin.as_str(), self.package.destination.as_str());
                let crosses = from != to && lanes.contains(&from) && lanes.contains(&to);
                crosses && self.last.checks.letter && worth.admits(value)
            }
            Exemption::Worth(worth) => worth.admits(value),
        }
    }
}

/// The ids of all rules by which the package is not counted.
pub(super) fn rules(subject: &Subject<'_>) -> Vec<String> {
    let exempting = find(Metric::ValidTracking, subject.order.market, subject.day);
    let fitting = exempting.filter(|rule| match rule.sets {
        Sets::Exempt(exemption) => subject.fits(exemption),
        _ => false,
    });
    fitting.map(|rule| rule.id.to_owned()).collect()
}
