//! How likely a parcel is in time.
//!
//! What a service did on a lane is the evidence; where there is little of it,
//! it is shrunk to what the service did on wider lanes, and that to what the
//! carrier states. The answer always says how much evidence there was and how
//! it was used. Pure. Start with [`Evidence::on_time`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Fewer parcels make no span.
const FEWEST: u64 = 10;

/// Days in transit, counted: how many parcels took how many days of work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transits(BTreeMap<u16, u64>);

impl Transits {
    /// Adds parcels that took so many days.
    pub fn add(&mut self, days: u16, parcels: u64) {
        let count = self.0.entry(days).or_default();
        *count = count.saturating_add(parcels);
    }

    /// How many parcels there are.
    pub fn parcels(&self) -> u64 {
        self.0.values().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Days within which one in ten and nine in ten came; nothing while there are fewer than ten parcels.
    pub fn span(&self) -> Option<(u16, u16)> {
        let all = self.parcels();
        if all < FEWEST {
            return None;
        }
        let reached = |tenths: u64| {
            let mut seen = 0_u64;
            self.0.iter().find_map(|(days, count)| {
                seen = seen.saturating_add(*count);
                (seen.saturating_mul(10) >= all.saturating_mul(tenths)).then_some(*days)
            })
        };
        reached(1).zip(reached(9))
    }

    /// The share that took at most so many days; nothing of nothing.
    fn within(&self, days: u16) -> Option<f64> {
        let all = self.parcels();
        let in_time = self.0.range(..=days).fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
        (all > 0).then(|| ratio(in_time, all))
    }
}

/// What is known about the time that a service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// On this lane: from and to the same parts of their countries.
    pub lane: &'a Transits,
    /// On the wider lane: from country to country.
    pub wide: &'a Transits,
    /// What the carrier states: days at least and at most.
    pub stated: Option<(u16, u16)>,
}

/// How a probability was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Method {
    /// Mostly from parcels of the lane.
    Lane,
    /// Mostly from parcels between the two countries.
    Wide,
    /// Mostly from what the carrier states.
    Stated,
}

impl Method {
    /// Its name in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lane => "LANE_HISTORY",
            Self::Wide => "WIDER_HISTORY",
            Self::Stated => "STATED_TRANSIT",
        }
    }
}

/// How likely it is in time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// From 0 to 1.
    pub probability: f64,
    /// Parcels that the answer rests on, lane and wider lane.
    pub sample: u64,
    /// How it was found.
    pub method: Method,
}

/// Parcels on wider lanes that weigh as much as one's own.
const LANE_WEIGHT: f64 = 20.0;
/// Parcels that the carrier's statement weighs as much as.
const STATED_WEIGHT: f64 = 10.0;
/// How often a parcel comes by the latest day that its carrier states, where
/// nothing else is known, and how the rest thins out by the day.
const KEPT: f64 = 0.90;
const TAIL: f64 = 0.5;

impl Default for Evidence<'_> {
    fn default() -> Self {
        static NONE: Transits = Transits(BTreeMap::new());
        Self { lane: &NONE, wide: &NONE, stated: None }
    }
}

impl Evidence<'_> {
    /// How likely a parcel takes at most `days` days of work; nothing when there
    /// is no evidence at all.
    pub fn on_time(&self, days: u16) -> Option<Estimate> {
        let stated = self.stated.map(|(earliest, latest)| stated_within(earliest, latest, days));
        let (near, wide) = (self.lane.parcels(), self.wide.parcels());
        let wider = shrunk(self.wide.within(days), wide, stated, STATED_WEIGHT);
        let probability = shrunk(self.lane.within(days), near, wider, LANE_WEIGHT)?;
        let method = if weight(near) >= LANE_WEIGHT || (near > 0 && wide == 0 && stated.is_none()) {
            Method::Lane
        } else if weight(wide) >= STATED_WEIGHT || stated.is_none() {
            Method::Wide
        } else {
            Method::Stated
        };
        Some(Estimate { probability: probability.clamp(0.0, 1.0), sample: near.max(wide), method })
    }
}

/// A share of `parcels` parcels, pulled to what is known from elsewhere as if
/// that were `pull` parcels more.
fn shrunk(share: Option<f64>, parcels: u64, elsewhere: Option<f64>, pull: f64) -> Option<f64> {
    match (share, elsewhere) {
        (Some(share), Some(elsewhere)) => {
            let own = weight(parcels);
            Some((share * own + elsewhere * pull) / (own + pull))
        }
        (share, elsewhere) => share.or(elsewhere),
    }
}

/// What a carrier's statement is worth without history: by the latest day nine
/// of ten arrive, evenly from the earliest on, and half of the rest each day after.
fn stated_within(earliest: u16, latest: u16, days: u16) -> f64 {
    if days < earliest {
        return 0.0;
    }
    if days >= latest {
        let after = i32::from(days - latest).min(64);
        return 1.0 - (1.0 - KEPT) * TAIL.powi(after);
    }
    let span = f64::from(latest - earliest) + 1.0;
    KEPT * (f64::from(days - earliest) + 1.0) / span
}

#[allow(clippy::cast_precision_loss, clippy::as_conversions, reason = "a share needs no more than 53 bits")]
fn weight(parcels: u64) -> f64 {
    parcels as f64
}

fn ratio(part: u64, whole: u64) -> f64 {
    weight(part) / weight(whole)
}

/// Whether an offer comes in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OnTime {
    /// It is as good as sure.
    OnTime,
    /// It is more likely than not, and not sure.
    AtRisk,
    /// It is not to be expected.
    Late,
    /// Nobody knows.
    Unknown,
}

/// From which probability on an offer counts as in time.
pub const SURE: f64 = 0.95;
/// Below which probability it counts as late.
pub const UNLIKELY: f64 = 0.5;

impl OnTime {
    /// By the probability, and by whether the carrier's own date is too late.
    pub fn of(estimate: Option<&Estimate>, stated_too_late: bool) -> Self {
        match estimate.map(|estimate| estimate.probability) {
            _ if stated_too_late => Self::Late,
            None => Self::Unknown,
            Some(probability) if probability < UNLIKELY => Self::Late,
            Some(probability) if probability < SURE => Self::AtRisk,
            Some(_) => Self::OnTime,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn transits(counts: &[(u16, u64)]) -> Transits {
        let mut all = Transits::default();
        counts.iter().for_each(|(days, parcels)| all.add(*days, *parcels));
        all
    }

    #[test]
    fn much_history_speaks_for_itself_and_little_is_pulled_to_the_wider() {
        let wide = transits(&[(2, 500), (3, 500)]);
        let of =
            |lane: Transits| Evidence { lane: &lane, wide: &wide, stated: Some((2, 3)) }.on_time(2).unwrap();
        let much = of(transits(&[(2, 9_900), (3, 100)]));
        assert!((much.probability - 0.99).abs() < 0.01 && much.method == Method::Lane, "{much:?}");
        let little = of(transits(&[(2, 5)]));
        assert!(little.probability < 0.65 && little.method == Method::Wide, "{little:?}");
        let none = Evidence { stated: Some((2, 3)), ..Evidence::default() }.on_time(3).unwrap();
        assert_eq!((none.sample, none.method), (0, Method::Stated));
        assert!((none.probability - 0.9).abs() < 1e-9);
        assert_eq!(Evidence::default().on_time(3), None);
    }

    #[test]
    fn a_status_follows_the_probability_and_the_carriers_own_date() {
        let of = |probability: f64| Estimate { probability, sample: 1, method: Method::Lane };
        assert_eq!(OnTime::of(Some(&of(0.95)), false), OnTime::OnTime);
        assert_eq!(OnTime::of(Some(&of(0.949_999)), false), OnTime::AtRisk);
        assert_eq!(OnTime::of(Some(&of(0.5)), false), OnTime::AtRisk);
        assert_eq!(OnTime::of(Some(&of(0.499)), false), OnTime::Late);
        assert_eq!(OnTime::of(Some(&of(1.0)), true), OnTime::Late);
        assert_eq!(OnTime::of(None, false), OnTime::Unknown);
    }

    proptest! {
        #[test]
        fn more_days_never_make_it_less_likely(
            lane in prop::collection::vec((0_u16..12, 0_u64..50), 0..6),
            wide in prop::collection::vec((0_u16..12, 0_u64..500), 0..6),
            stated in prop::option::of((0_u16..6, 0_u16..6)),
        ) {
            let stated = stated.map(|(earliest, more)| (earliest, earliest + more));
            let (lane, wide) = (transits(&lane), transits(&wide));
            let evidence = Evidence { lane: &lane, wide: &wide, stated };
            let mut before = 0.0;
            for days in 0..15 {
                let Some(estimate) = evidence.on_time(days) else { break };
                prop_assert!((0.0..=1.0).contains(&estimate.probability));
                prop_assert!(estimate.probability >= before - 1e-12);
                before = estimate.probability;
            }
        }
    }
}
