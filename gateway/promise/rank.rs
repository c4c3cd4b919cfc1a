//! A total order over offers: the same offers are always shown in the same
//! order, whichever carrier answered first.

use jiff::civil::DateTime;
use parcelgate_kit::model::Money;
use rust_decimal::Decimal;

/// What ranking looks at.
pub trait Rankable {
    /// The price.
    fn total(&self) -> Money;
    /// The latest arrival, where it is known.
    fn latest(&self) -> Option<DateTime>;
    /// Whether it stands behind those that come in time.
    fn is_behind(&self) -> bool;
    /// Ties are broken by this: carrier, account, service.
    fn name(&self) -> (&str, &str, &str);
}

/// By what offers are put in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Ranking {
    /// The cheapest first.
    #[default]
    Price,
    /// The earliest first.
    Speed,
    /// Price and arrival together: so many parts of a hundred are the price.
    Weighted(u8),
}

/// Puts offers in order: what comes too late behind the others, then by
/// currency (prices in different currencies cannot be compared), then by what
/// was asked for, then price, arrival with unknown ones last, and name.
pub fn rank<T: Rankable>(offers: &mut [T], by: Ranking) {
    let scale = Scale::of(offers);
    offers.sort_by(|a, b| a.name().cmp(&b.name()));
    // A stable sort: those that are equal in all else stay in the order of their names.
    offers.sort_by_cached_key(|offer| {
        let (total, arrival) = (offer.total(), arrival(offer));
        let asked = match by {
            Ranking::Price => None,
            Ranking::Speed => Some(Asked::Arrival(arrival)),
            Ranking::Weighted(price) => Some(Asked::Score(scale.score(offer, price))),
        };
        (offer.is_behind(), total.currency().as_str(), asked, total.amount(), arrival)
    });
}

/// What was asked for, as a number to put in order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Arrival((bool, Option<DateTime>)),
    Score(Decimal),
}

/// Unknown ones last.
fn arrival<T: Rankable>(offer: &T) -> (bool, Option<DateTime>) {
    (offer.latest().is_none(), offer.latest())
}

/// The dearest and the latest of the offers, which the others are held against.
struct Scale {
    dearest: Decimal,
    first: Option<DateTime>,
    span: Decimal,
}

impl Scale {
    fn of<T: Rankable>(offers: &[T]) -> Self {
        let dearest = offers.iter().map(|offer| offer.total().amount()).max().unwrap_or_default();
        let arrivals = || offers.iter().filter_map(Rankable::latest);
        let (first, last) = (arrivals().min(), arrivals().max());
        let span = first.zip(last).map_or(0, |(first, last)| seconds(first, last));
        Self { dearest, first, span: Decimal::from(span) }
    }

    /// From 0, cheapest and first, to 100, dearest and last; what arrives at an
    /// unknown time counts as last.
    fn score<T: Rankable>(&self, offer: &T, price_weight: u8) -> Decimal {
        let weight = Decimal::from(price_weight.min(100));
        let part = |value: Decimal, most: Decimal| {
            if most.is_zero() { Decimal::ZERO } else { (value / most).min(Decimal::ONE) }
        };
        let price = part(offer.total().amount(), self.dearest);
        let wait = match self.first.zip(offer.latest()) {
            Some((first, latest)) => part(Decimal::from(seconds(first, latest)), self.span),
            None => Decimal::ONE,
        };
        weight * price + (Decimal::ONE_HUNDRED - weight) * wait
    }
}

fn seconds(from: DateTime, to: DateTime) -> i64 {
    to.duration_since(from).as_secs()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use parcelgate_kit::model::Currency;
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct One(i64, Option<i8>, bool, String);

    impl Rankable for One {
        fn total(&self) -> Money {
            Money::new(Decimal::new(self.0, 2), Currency::EUR).unwrap()
        }

        fn latest(&self) -> Option<DateTime> {
            self.1.map(|day| date(2026, 9, day).at(12, 0, 0, 0))
        }

        fn is_behind(&self) -> bool {
            self.2
        }

        fn name(&self) -> (&str, &str, &str) {
            (&self.3, "", "")
        }
    }

    fn one(cents: i64, day: i8, name: &str) -> One {
        One(cents, Some(day), false, name.to_owned())
    }

    #[test]
    fn the_three_orders_differ_as_they_should() {
        let order = |by| {
            let mut offers = [one(2_000, 1, "air"), one(500, 9, "slow"), one(700, 3, "road")];
            rank(&mut offers, by);
            offers.map(|offer| offer.3)
        };
        assert_eq!(order(Ranking::Price), ["slow", "road", "air"]);
        assert_eq!(order(Ranking::Speed), ["air", "road", "slow"]);
        assert_eq!(order(Ranking::Weighted(50)), ["road", "air", "slow"]);
        assert_eq!(order(Ranking::Weighted(100)), order(Ranking::Price));
        assert_eq!(order(Ranking::Weighted(0)), order(Ranking::Speed));
    }

    #[test]
    fn what_comes_too_late_stands_behind() {
        let mut offers = [One(1, Some(9), true, "late".to_owned()), one(900, 3, "fine")];
        rank(&mut offers, Ranking::Price);
        assert_eq!(offers[0].3, "fine");
    }

    proptest! {
        #[test]
        fn any_order_in_gives_the_same_order_out(
            offers in prop::collection::vec(
                (0_i64..50, prop::option::of(1_i8..8), any::<bool>(), "[a-c]{1,2}"), 0..9),
            weight in 0_u8..=100,
            turn in 0_usize..9,
        ) {
            let offers: Vec<One> = offers.into_iter().map(|(a, b, c, d)| One(a, b, c, d)).collect();
            for by in [Ranking::Price, Ranking::Speed, Ranking::Weighted(weight)] {
                let (mut left, mut right) = (offers.clone(), offers.clone());
                right.reverse();
                right.rotate_left(if offers.is_empty() { 0 } else { turn % offers.len() });
                rank(&mut left, by);
                rank(&mut right, by);
                prop_assert_eq!(left, right);
            }
        }
    }
}
