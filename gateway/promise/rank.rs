//! A total order over offers: the same offers are always shown in the same
//! order, whichever carrier answered first.

use std::cmp::Ordering;

use jiff::civil::DateTime;
use parcelgate_kit::model::Money;

/// What ranking looks at.
pub trait Rankable {
    /// The price.
    fn total(&self) -> Money;
    /// The latest arrival, where it is known.
    fn latest(&self) -> Option<DateTime>;
    /// Ties are broken by this: carrier, account, service.
    fn name(&self) -> (&str, &str, &str);
}

/// Puts offers in order: by currency (prices in different currencies cannot be
/// compared), then price, then arrival with unknown ones last, then name.
pub fn rank<T: Rankable>(offers: &mut [T]) {
    offers.sort_by(|a, b| {
        let (left, right) = (a.total(), b.total());
        left.currency()
            .as_str()
            .cmp(right.currency().as_str())
            .then(left.amount().cmp(&right.amount()))
            .then(arrival(a.latest(), b.latest()))
            .then_with(|| a.name().cmp(&b.name()))
    });
}

fn arrival(left: Option<DateTime>, right: Option<DateTime>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}
