//! Figures of several slices: their least, their median, their most.
//!
//! Ratios are made slice by slice, never of sums: what the machine did meanwhile then weighs on both sides. Start with
//! [`Spread`].

use std::fmt;

use serde::Serialize;

/// Least, median and most of several figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    /// The least.
    pub(crate) min: f64,
    /// The middle one; between the two middle ones when the count is even.
    pub(crate) median: f64,
    /// The most.
    pub(crate) max: f64,
}

impl Spread {
    /// Of these figures, those that are no number left out. None when none is left.
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = figures.into_iter().filter(|figure| figure.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let upper = *sorted.get(sorted.len() / 2)?;
        let lower = *sorted.get((sorted.len() - 1) / 2)?;
        Some(Self { min: *sorted.first()?, median: f64::midpoint(lower, upper), max: *sorted.last()? })
    }

    /// Of the ratios of pairs, those over nothing left out.
    pub(crate) fn of_ratios(pairs: impl IntoIterator<Item = (f64, f64)>) -> Option<Self> {
        Self::of(pairs.into_iter().filter(|(_, below)| *below > 0.0).map(|(above, below)| above / below))
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} / {:.2} / {:.2}", self.min, self.median, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_between_the_middle_ones() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]), Some(Spread { min: 1.0, median: 2.0, max: 3.0 }));
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 3.0]), Some(Spread { min: 1.0, median: 2.5, max: 4.0 }));
        assert_eq!(Spread::of([7.0]), Some(Spread { min: 7.0, median: 7.0, max: 7.0 }));
        assert_eq!(Spread::of([]), None);
        assert_eq!(Spread::of([f64::NAN, f64::INFINITY]), None);
    }

    #[test]
    fn ratios_are_made_pair_by_pair() {
        // The sums would say 0.6, the slices say 2 and 0.5.
        let ratios = Spread::of_ratios([(2.0, 1.0), (4.0, 8.0), (1.0, 0.0)]).unwrap();
        assert_eq!((ratios.min, ratios.median, ratios.max), (0.5, 1.25, 2.0));
        assert_eq!(ratios.to_string(), "0.50 / 1.25 / 2.00");
    }
}
