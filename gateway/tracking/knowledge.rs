//! What is known of a parcel, and how news changes it.
//!
//! The same news in any order, any number of times, make the same knowledge: nothing here may depend on which came
//! first to us, only on when each was heard. Start with [`Knowledge::merge`].

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::model::{DeliveryWindow, EventSource, TrackEvent, TrackStatus};
use parcelgate_kit::operation::TrackReport;
use serde::{Deserialize, Serialize};

use super::zone::order_of;

/// How much later than it was heard an event may have happened and still have happened: clocks differ, and one
/// without a zone by up to 14 hours.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(15);

/// An event and how it was heard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Heard {
    /// What happened, as it was told last.
    pub event: TrackEvent,
    /// When it was first heard.
    pub at: Timestamp,
    /// When it was told as it stands here.
    pub told_at: Timestamp,
    /// How it was first heard.
    pub source: EventSource,
}

/// An event as it may be stored: older programs kept a pair, and had only asked.
#[derive(Deserialize)]
#[serde(untagged)]
enum Stored {
    Whole { event: TrackEvent, at: Timestamp, told_at: Timestamp, source: EventSource },
    Pair(TrackEvent, Timestamp),
}

impl From<Stored> for Heard {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Whole { event, at, told_at, source } => Self { event, at, told_at, source },
            Stored::Pair(event, at) => Self { event, at, told_at: at, source: EventSource::Poll },
        }
    }
}

impl Heard {
    /// Whether the carrier had the parcel in its hands, for certain: a label, a manifest, a prediction or what a person
    /// entered never says so, whatever its code does.
    pub fn is_scan(&self) -> bool {
        let only_data = matches!(self.event.status, Some(TrackStatus::PreTransit | TrackStatus::Cancelled));
        let known_by = self.at.saturating_add(CLOCKS_DIFFER).unwrap_or(Timestamp::MAX);
        self.event.is_physical_scan
            && !only_data
            && self.source != EventSource::Manual
            && order_of(&self.event) <= known_by
    }

    /// One event is another when they have the same id, else when all that was said is.
    fn is(&self, other: &Self) -> bool {
        match (&self.event.id, &other.event.id) {
            (Some(left), Some(right)) => left == right,
            (None, None) => {
                let (left, right) = (&self.event, &other.event);
                left.carrier_code == right.carrier_code
                    && left.occurred == right.occurred
                    && left.place == right.place
            }
            _ => false,
        }
    }

    /// Takes over another telling of the same event: the first hearing and the last words count.
    fn retold(&mut self, other: Self) {
        let key = |heard: &Self| (heard.told_at, words_of(&heard.event));
        if key(&other) > key(self) {
            self.event = other.event;
            self.told_at = other.told_at;
        }
        if (other.at, rank_of_source(other.source)) < (self.at, rank_of_source(self.source)) {
            self.at = other.at;
            self.source = other.source;
        }
    }
}

/// Everything that was told of an event, to compare by when two were told at once.
fn words_of(event: &TrackEvent) -> String {
    serde_json::to_string(event).unwrap_or_default()
}

fn rank_of_source(source: EventSource) -> u8 {
    match source {
        EventSource::Push => 0,
        EventSource::Poll => 1,
        EventSource::File => 2,
        EventSource::Manual => 3,
    }
}

/// How far on its way a status puts a parcel: which of two events of one minute comes last.
fn progress(status: Option<TrackStatus>) -> u8 {
    use TrackStatus as S;
    match status {
        None => 0,
        Some(S::Unknown) => 1,
        Some(S::PreTransit) => 2,
        Some(S::Accepted) => 3,
        Some(S::InTransit) => 4,
        Some(S::Customs) => 5,
        Some(S::Exception | S::Damaged) => 6,
        Some(S::OutForDelivery) => 7,
        Some(S::Attempted) => 8,
        Some(S::AvailableForPickup) => 9,
        Some(S::Refused) => 10,
        Some(S::Returning) => 11,
        Some(S::Cancelled | S::Lost) => 12,
        Some(S::Delivered) => 13,
        Some(S::Returned) => 14,
    }
}

/// What is known of a parcel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Knowledge {
    /// Its state: the last that an event names.
    pub status: Option<TrackStatus>,
    /// Events, oldest first.
    pub events: Vec<Heard>,
    /// When it is to arrive.
    pub expected: Option<DeliveryWindow>,
    /// When the carrier said so.
    pub expected_told_at: Option<Timestamp>,
    /// The state that the carrier named apart from the events, and when.
    pub named: Option<(Timestamp, TrackStatus)>,
    /// Whether the carrier says that there is no such number.
    pub unknown_number: bool,
    /// When the carrier was last heard; never yet when absent.
    pub as_of: Option<Timestamp>,
    /// Since when it is followed.
    pub followed_since: Option<Timestamp>,
}

impl Knowledge {
    /// The first time that the carrier had the parcel in its hands.
    pub fn first_physical_scan(&self) -> Option<&TrackEvent> {
        self.events.iter().find(|heard| heard.is_scan()).map(|heard| &heard.event)
    }

    /// When delivery was first tried, or it was delivered or put out for pick-up.
    pub fn first_attempt(&self) -> Option<&TrackEvent> {
        let tried = |status| {
            matches!(
                status,
                TrackStatus::Attempted | TrackStatus::AvailableForPickup | TrackStatus::Delivered
            )
        };
        let is_one = |heard: &&Heard| heard.is_scan() && heard.event.status.is_some_and(tried);
        self.events.iter().find(is_one).map(|heard| &heard.event)
    }

    /// When it was delivered.
    pub fn delivered(&self) -> Option<&TrackEvent> {
        let delivered = |event: &&TrackEvent| event.status == Some(TrackStatus::Delivered);
        self.events.iter().map(|heard| &heard.event).rev().find(delivered)
    }

    /// When the last thing happened.
    pub fn last_event_at(&self) -> Option<Timestamp> {
        self.events.last().map(|heard| order_of(&heard.event))
    }

    /// Takes over what a carrier told at `told_at`, by whatever way. Events that are known keep the time at which they
    /// were first heard; those that the carrier corrected are replaced.
    pub fn merge(&mut self, report: TrackReport, told_at: Timestamp, source: EventSource) {
        for event in report.events {
            let heard = Heard { event, at: told_at, told_at, source };
            match self.events.iter_mut().find(|known| known.is(&heard)) {
                Some(known) => known.retold(heard),
                None => self.events.push(heard),
            }
        }
        self.events.sort_by_cached_key(|heard| {
            let event = &heard.event;
            (order_of(event), progress(event.status), event.id.clone(), words_of(event))
        });
        if let Some(status) = report.status {
            let told = (told_at, status);
            self.named = Some(self.named.map_or(told, |known| known.max(told)));
        }
        if let Some(window) = report.expected
            && self.expected_told_at.is_none_or(|known| known <= told_at)
        {
            self.expected = Some(window);
            self.expected_told_at = Some(told_at);
        }
        let by_events = self.events.iter().filter_map(|heard| heard.event.status).fold(None, follow);
        self.status = by_events.or(self.named.map(|(_, status)| status));
        self.unknown_number = false;
        self.heard(told_at);
    }

    /// Whether subscribers would see no difference: only the times of hearing moved.
    pub(super) fn tells_the_same(&self, other: &Self) -> bool {
        let told = |heard: &Heard| (heard.at, heard.source);
        self.status == other.status
            && self.events.len() == other.events.len()
            && self
                .events
                .iter()
                .zip(&other.events)
                .all(|(left, right)| left.event == right.event && told(left) == told(right))
    }

    /// The carrier has nothing to tell yet.
    pub fn nothing_yet(&mut self, told_at: Timestamp) {
        self.unknown_number = false;
        self.heard(told_at);
    }

    /// The carrier says that there is no such number; of one that it told of before, that is nothing.
    pub fn no_such_number(&mut self, told_at: Timestamp) {
        self.unknown_number = self.events.is_empty() && self.named.is_none();
        self.heard(told_at);
    }

    fn heard(&mut self, at: Timestamp) {
        self.as_of = Some(self.as_of.map_or(at, |known| known.max(at)));
        self.followed_since = Some(self.followed_since.map_or(at, |known| known.min(at)));
    }
}

/// The state after an event: what has ended stays so unless the parcel turns up again on another way: delivered after
/// all, refused, or coming back.
fn follow(before: Option<TrackStatus>, next: TrackStatus) -> Option<TrackStatus> {
    use TrackStatus as S;
    let Some(before) = before else { return Some(next) };
    let stays = match before {
        S::Delivered | S::Cancelled => {
            !matches!(next, S::Returning | S::Returned | S::Delivered | S::Refused)
        }
        S::Returned => !matches!(next, S::Delivered),
        S::Lost => !matches!(next, S::Returning | S::Returned | S::Delivered),
        // A code that no table has says nothing of how far it is.
        _ => next == S::Unknown && before != S::Unknown,
    };
    Some(if stays { before } else { next })
}
