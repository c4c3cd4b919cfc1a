//! How good estimates were, once it is known what happened.
//!
//! Start with [`Calibration::of`].

/// Estimates of about the same probability, and what came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// Estimates in it.
    pub count: u64,
    /// Their mean probability.
    pub predicted: f64,
    /// The share that came in time.
    pub observed: f64,
}

/// The score of estimates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// Mean squared distance between probability and outcome (Brier's score):
    /// 0 is perfect, 0.25 what a coin deserves.
    pub brier: f64,
    /// The same for one who always says the overall share.
    pub base: f64,
    /// Mean distance between what was said and what came, over the bins.
    pub error: f64,
    /// Ten bins by probability, from 0 to 1.
    pub bins: Vec<Bin>,
    /// How many estimates there were.
    pub count: u64,
}

const BINS: usize = 10;

impl Calibration {
    /// Of pairs of a probability and whether it came in time.
    pub fn of(pairs: impl IntoIterator<Item = (f64, bool)>) -> Self {
        let mut sums = [(0_u32, 0.0_f64, 0.0_f64); BINS];
        let (mut squares, mut hits, mut count) = (0.0, 0.0, 0_u32);
        for (probability, in_time) in pairs {
            let outcome = if in_time { 1.0 } else { 0.0 };
            squares += (probability - outcome) * (probability - outcome);
            hits += outcome;
            count += 1;
            let place =
                (0..BINS).rev().find(|bin| probability * 10.0 >= f64::from(u32::try_from(*bin).unwrap_or(0)));
            if let Some(sum) = sums.get_mut(place.unwrap_or(0)) {
                *sum = (sum.0 + 1, sum.1 + probability, sum.2 + outcome);
            }
        }
        if count == 0 {
            return Self::default();
        }
        let all = f64::from(count);
        let share = hits / all;
        let bins: Vec<Bin> = sums
            .iter()
            .map(|(count, predicted, observed)| {
                let of = f64::from(*count).max(1.0);
                Bin { count: u64::from(*count), predicted: predicted / of, observed: observed / of }
            })
            .collect();
        let error =
            sums.iter().map(|(_, predicted, observed)| (predicted - observed).abs()).sum::<f64>() / all;
        Self { brier: squares / all, base: share * (1.0 - share), error, bins, count: u64::from(count) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn perfect_and_useless_estimates_score_as_they_should() {
        let perfect = Calibration::of([(1.0, true), (0.0, false), (1.0, true)]);
        assert!(perfect.brier.abs() < 1e-12 && perfect.error.abs() < 1e-12);
        let coin = Calibration::of([(0.5, true), (0.5, false)]);
        assert!((coin.brier - 0.25).abs() < 1e-12 && (coin.base - 0.25).abs() < 1e-12);
        assert_eq!(Calibration::of([]).count, 0);
        assert_eq!(coin.bins.iter().map(|bin| bin.count).sum::<u64>(), 2);
    }
}
