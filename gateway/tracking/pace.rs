//! When a parcel is asked for next, by what stage of its way it is on.
//!
//! It knows no carrier and reads no clock. Start with [`Pace::next`].

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::model::TrackStatus;

use super::Knowledge;

/// Where on its way a parcel is, as far as asking goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A label that nobody has scanned.
    Label,
    /// With the carrier.
    Moving,
    /// On the van.
    Out,
    /// At its end: delivered, back, lost or cancelled.
    Ended,
}

impl Stage {
    /// The stage of what is known.
    pub fn of(knowledge: &Knowledge) -> Self {
        use TrackStatus as S;
        match knowledge.status {
            Some(S::Delivered | S::Returned | S::Lost | S::Cancelled) => Self::Ended,
            Some(S::OutForDelivery | S::Attempted) => Self::Out,
            _ if knowledge.first_physical_scan().is_some() => Self::Moving,
            _ => Self::Label,
        }
    }
}

/// How often carriers are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Between two questions about a label that nobody has scanned.
    pub label: Duration,
    /// About a parcel on its way; four times that after a week without news.
    pub moving: Duration,
    /// About a parcel on the van.
    pub out: Duration,
    /// How long a label that nobody scans is followed.
    pub give_up_label: Duration,
    /// How long a parcel without news is followed.
    pub give_up_moving: Duration,
    /// The first and the longest pause after a carrier failed.
    pub backoff: (Duration, Duration),
}

impl Default for Pace {
    fn default() -> Self {
        let (minutes, hours) = (|n: u64| Duration::from_secs(60 * n), |n: u64| Duration::from_secs(3600 * n));
        Self {
            label: hours(4),
            moving: hours(3),
            out: minutes(30),
            give_up_label: hours(24 * 30),
            give_up_moving: hours(24 * 45),
            backoff: (minutes(2), hours(6)),
        }
    }
}

/// How long without news is long.
const QUIET: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Pace {
    /// When to ask next; none when it is over, or nobody will ever scan it.
    pub fn next(&self, knowledge: &Knowledge, now: Timestamp, jitter: &Jitter) -> Option<Timestamp> {
        let silent_since = knowledge.last_event_at().or(knowledge.followed_since).unwrap_or(now);
        let silent = now.duration_since(silent_since.min(now));
        let pause = match Stage::of(knowledge) {
            Stage::Ended => return None,
            Stage::Label => {
                let since = knowledge.followed_since.unwrap_or(now);
                if now.duration_since(since) >= signed(self.give_up_label) {
                    return None;
                }
                self.label
            }
            Stage::Moving | Stage::Out if silent >= signed(self.give_up_moving) => return None,
            Stage::Moving if silent >= QUIET => self.moving.saturating_mul(4),
            Stage::Moving => self.moving,
            Stage::Out => self.out,
        };
        Some(later(now, jitter.around(pause)))
    }

    /// When to ask again after the carrier failed so many times in a row, or named a pause itself.
    pub fn after_failure(
        &self,
        failures: u32,
        told: Option<Duration>,
        now: Timestamp,
        jitter: &Jitter,
    ) -> Timestamp {
        let (first, longest) = self.backoff;
        let doubled =
            first.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1).min(16)).unwrap_or(1));
        let pause = doubled.min(longest).max(told.unwrap_or_default().min(longest));
        later(now, jitter.around(pause))
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// A time so much later.
pub(super) fn later(now: Timestamp, by: Duration) -> Timestamp {
    now.checked_add(signed(by)).unwrap_or(Timestamp::MAX)
}

/// Spreads what would happen at once. The same seed spreads the same.
#[derive(Debug)]
pub struct Jitter(AtomicU64);

impl Jitter {
    /// A spread that begins with `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// A pause between nine and eleven tenths of `pause`.
    pub fn around(&self, pause: Duration) -> Duration {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mut drawn = fastrand::Rng::with_seed(state);
        pause.saturating_mul(drawn.u32(900..=1100)).checked_div(1000).unwrap_or(pause)
    }
}

#[cfg(test)]
mod tests {
    use parcelgate_kit::model::{EventSource, LocalTime, TrackEvent};
    use parcelgate_kit::operation::TrackReport;

    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hours * 3600).unwrap()
    }

    fn known(status: TrackStatus, scanned: bool, hours: i64) -> Knowledge {
        let event = TrackEvent {
            status: Some(status),
            carrier_code: "x".into(),
            carrier_words: String::new(),
            occurred: LocalTime::Instant(at(hours)),
            place: Default::default(),
            is_physical_scan: scanned,
            id: None,
        };
        let mut knowledge = Knowledge::default();
        knowledge.merge(TrackReport::of(vec![event]), at(hours), EventSource::Poll);
        knowledge
    }

    fn pause(knowledge: &Knowledge, hours: i64) -> Option<i64> {
        let next = Pace::default().next(knowledge, at(hours), &Jitter::seeded(1))?;
        Some(next.duration_since(at(hours)).as_mins())
    }

    #[test]
    fn the_nearer_the_end_the_more_often() {
        use TrackStatus as S;
        let within = |pause: Option<i64>, minutes: i64| {
            pause.is_some_and(|pause| (minutes * 9 / 10..=minutes * 11 / 10).contains(&pause))
        };
        assert!(within(pause(&Knowledge::default(), 0), 240));
        assert!(within(pause(&known(S::PreTransit, false, 0), 1), 240));
        assert!(within(pause(&known(S::InTransit, true, 0), 1), 180));
        assert!(within(pause(&known(S::InTransit, true, 0), 24 * 8), 720));
        assert!(within(pause(&known(S::OutForDelivery, true, 0), 1), 30));
        for ended in [S::Delivered, S::Returned, S::Lost, S::Cancelled] {
            assert_eq!(pause(&known(ended, true, 0), 1), None, "{ended:?}");
        }
    }

    #[test]
    fn what_nobody_scans_is_given_up() {
        use TrackStatus as S;
        assert!(pause(&known(S::PreTransit, false, 0), 24 * 30 - 1).is_some());
        assert_eq!(pause(&known(S::PreTransit, false, 0), 24 * 30), None);
        assert_eq!(pause(&known(S::InTransit, true, 0), 24 * 45), None);
    }

    #[test]
    fn failures_double_the_pause_up_to_an_end_and_the_carriers_word_counts() {
        let (pace, jitter) = (Pace::default(), Jitter::seeded(3));
        let pause = |failures, told| {
            pace.after_failure(failures, told, at(0), &jitter).duration_since(at(0)).as_secs()
        };
        assert!((108..=132).contains(&pause(1, None)));
        assert!((432..=528).contains(&pause(3, None)));
        assert!((19_440..=23_760).contains(&pause(40, None)));
        assert!((3240..=3960).contains(&pause(1, Some(Duration::from_secs(3600)))));
    }

    #[test]
    fn the_same_seed_spreads_the_same() {
        let draw = |seed| {
            let jitter = Jitter::seeded(seed);
            (0..9).map(|_| jitter.around(Duration::from_secs(1000))).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!(draw(7).windows(2).any(|pair| pair[0] != pair[1]));
    }
}
