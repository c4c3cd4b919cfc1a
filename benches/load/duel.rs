//! Two sides in turns: each slice measures both flat out, then both in an open loop at one and the same rate.
//!
//! It judges nothing; goals stand with the cases. Start with [`fight`].

use anyhow::Result;
use serde::Serialize;

use crate::arguments::Run;
use crate::engine::{Load, Pace};
use crate::sample::Sample;
use crate::side::Side;
use crate::spread::Spread;

/// Seconds of load before the first slice, which nobody counts.
const WARM_UP: f64 = 1.0;
/// Requests under way at most in an open loop, where the callers are not the point.
pub(crate) const OPEN_ROOM: usize = 512;

/// How two sides are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    slices: u32,
    seconds: f64,
    most: u64,
    share: f64,
    /// Callers when flat out.
    pub(crate) callers: usize,
    /// Requests under way at most in the open loop.
    pub(crate) room: usize,
}

impl Rules {
    /// As the command line says, with so many callers.
    pub(crate) fn of(run: &Run, callers: usize, room: usize) -> Self {
        Self { slices: run.slices, seconds: run.seconds, most: run.most, share: run.share, callers, room }
    }

    fn load(&self, pace: Pace) -> Load {
        let callers = if pace == Pace::Flat { self.callers } else { self.room };
        Load { pace, callers, seconds: self.seconds, most: self.most }
    }
}

/// One side in one slice.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Turn {
    /// Flat out.
    pub(crate) flat: Sample,
    /// In the open loop.
    pub(crate) open: Sample,
}

/// One slice.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Slice {
    /// What is measured.
    pub(crate) subject: Turn,
    /// What it is measured against.
    pub(crate) baseline: Turn,
}

/// All slices of one comparison.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Duel {
    /// In the order of time.
    pub(crate) slices: Vec<Slice>,
}

impl Duel {
    /// Subject over baseline, of one figure of each slice.
    pub(crate) fn ratio(&self, figure: fn(&Turn) -> f64) -> Option<Spread> {
        Spread::of_ratios(self.slices.iter().map(|slice| (figure(&slice.subject), figure(&slice.baseline))))
    }

    /// One figure of the subject.
    pub(crate) fn subject(&self, figure: fn(&Turn) -> f64) -> Option<Spread> {
        Spread::of(self.slices.iter().map(|slice| figure(&slice.subject)))
    }

    /// One figure of the baseline.
    pub(crate) fn baseline(&self, figure: fn(&Turn) -> f64) -> Option<Spread> {
        Spread::of(self.slices.iter().map(|slice| figure(&slice.baseline)))
    }

    /// Requests of both sides that an open loop could not send, and answers that were wrong.
    pub(crate) fn amiss(&self) -> (u64, u64) {
        let turns = self.slices.iter().flat_map(|slice| [&slice.subject, &slice.baseline]);
        turns.fold((0, 0), |(unsent, failed), turn| {
            (unsent + turn.open.unsent, failed + turn.flat.failed + turn.open.failed)
        })
    }
}

/// Measures both sides, in turns.
///
/// # Errors
/// When a side fails.
pub(crate) async fn fight(subject: &mut Side, baseline: &mut Side, rules: Rules) -> Result<Duel> {
    for side in [&mut *subject, &mut *baseline] {
        side.measure(Load { seconds: WARM_UP.min(rules.seconds), ..rules.load(Pace::Flat) }).await?;
    }
    let mut slices = Vec::new();
    for number in 0..rules.slices {
        let mut slice = Slice::default();
        let subject_first = number % 2 == 0;
        let flat = rules.load(Pace::Flat);
        (slice.subject.flat, slice.baseline.flat) = both(subject, baseline, subject_first, flat).await?;
        let slower = slice.subject.flat.per_second.min(slice.baseline.flat.per_second);
        let open = rules.load(Pace::Open(slower * rules.share));
        (slice.subject.open, slice.baseline.open) = both(subject, baseline, subject_first, open).await?;
        slices.push(slice);
    }
    Ok(Duel { slices })
}

async fn both(
    subject: &mut Side,
    baseline: &mut Side,
    subject_first: bool,
    load: Load,
) -> Result<(Sample, Sample)> {
    if subject_first {
        let first = subject.measure(load).await?;
        Ok((first, baseline.measure(load).await?))
    } else {
        let first = baseline.measure(load).await?;
        Ok((subject.measure(load).await?, first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_those_of_the_slices() {
        let turn = |cpu_us| Turn { flat: Sample { cpu_us, ..Sample::default() }, ..Turn::default() };
        let slice = |subject, baseline| Slice { subject: turn(subject), baseline: turn(baseline) };
        let duel = Duel { slices: vec![slice(120.0, 100.0), slice(300.0, 200.0), slice(110.0, 100.0)] };
        let ratio = duel.ratio(|turn| turn.flat.cpu_us).unwrap();
        assert_eq!((ratio.min, ratio.median, ratio.max), (1.1, 1.2, 1.5));
        assert_eq!(duel.subject(|turn| turn.flat.cpu_us).unwrap().median, 120.0);
        assert_eq!(duel.ratio(|turn| turn.open.cpu_us), None, "nothing was measured");
    }
}
