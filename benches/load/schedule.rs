//! When requests are meant to be sent, and who says that it is time.
//!
//! The times are laid down before the first request: a slow answer moves none of them. Start with [`Schedule`].

use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Evenly spaced sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Schedule {
    per_second: f64,
    count: u64,
}

impl Schedule {
    /// As many sends as fit into `seconds`, at most `most`, at least one. None when the rate is no rate.
    pub(crate) fn new(per_second: f64, seconds: f64, most: u64) -> Option<Self> {
        let sound = per_second.is_finite() && per_second > 0.0 && seconds.is_finite() && seconds > 0.0;
        let wanted = Duration::try_from_secs_f64(per_second * seconds).ok()?.as_secs();
        sound.then_some(Self { per_second, count: wanted.clamp(1, most.max(1)) })
    }

    /// How many sends there are.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// When the send is due, counted from the start; the first is due at once.
    pub(crate) fn offset(&self, index: u64) -> Duration {
        let whole = u32::try_from(index).map_or(f64::from(u32::MAX), f64::from);
        Duration::try_from_secs_f64(whole / self.per_second).unwrap_or(Duration::MAX)
    }
}

/// Tells the index of each send as it falls due. It ends when nobody listens any more.
///
/// A thread of its own keeps the time: an async runtime's timer rounds to a millisecond, which would send in bursts.
pub(crate) fn keep_time(schedule: Schedule, start: Instant) -> UnboundedReceiver<u64> {
    let (sender, due) = unbounded_channel();
    thread::spawn(move || {
        for index in 0..schedule.count() {
            let at = start + schedule.offset(index);
            while let Some(left) = at.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                thread::park_timeout(left);
            }
            if sender.send(index).is_err() {
                return;
            }
        }
    });
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sends_are_evenly_spaced_from_the_start() {
        let schedule = Schedule::new(500.0, 2.0, u64::MAX).unwrap();
        assert_eq!(schedule.count(), 1000);
        let offsets: Vec<_> = [0, 1, 2, 999].map(|index| schedule.offset(index).as_micros()).into();
        assert_eq!(offsets, [0, 2_000, 4_000, 1_998_000]);
    }

    #[test]
    fn time_and_count_both_bound_it() {
        assert_eq!(Schedule::new(1000.0, 3.0, 10).unwrap().count(), 10);
        assert_eq!(Schedule::new(0.5, 1.0, 10).unwrap().count(), 1);
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Schedule::new(bad, 1.0, 10), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn every_send_is_told_once_and_in_order() {
        let mut due = keep_time(Schedule::new(100_000.0, 0.001, 50).unwrap(), Instant::now());
        let mut told = Vec::new();
        while let Some(index) = due.recv().await {
            told.push(index);
        }
        assert_eq!(told, (0..50).collect::<Vec<_>>());
    }
}
