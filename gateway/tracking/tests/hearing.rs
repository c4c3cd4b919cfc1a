//! The same news in any order, any number of times.

use jiff::{SignedDuration, Timestamp};
use parcelgate_kit::model::{CountryCode, EventSource, LocalTime, Place, TrackEvent, TrackStatus};
use parcelgate_kit::operation::TrackReport;
use proptest::prelude::*;

use crate::tracking::{Heard, Knowledge};

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap() + SignedDuration::from_mins(minutes)
}

fn event(status: Option<TrackStatus>, code: &str, minutes: i64, scan: bool) -> TrackEvent {
    TrackEvent {
        status,
        carrier_code: code.to_owned(),
        carrier_words: String::new(),
        occurred: LocalTime::Instant(at(minutes)),
        place: Place::default(),
        is_physical_scan: scan,
        id: None,
    }
}

fn heard(knowledge: &mut Knowledge, events: Vec<TrackEvent>, minutes: i64, source: EventSource) {
    knowledge.merge(TrackReport::of(events), at(minutes), source);
}

/// One thing that a carrier tells: what, when, how.
#[derive(Clone, Debug)]
struct News {
    report: TrackReport,
    at: i64,
    source: EventSource,
}

fn statuses() -> impl Strategy<Value = Option<TrackStatus>> {
    use TrackStatus as S;
    prop::sample::select(vec![
        None,
        Some(S::PreTransit),
        Some(S::Accepted),
        Some(S::InTransit),
        Some(S::OutForDelivery),
        Some(S::Delivered),
        Some(S::Returning),
        Some(S::Returned),
        Some(S::Unknown),
    ])
}

fn events() -> impl Strategy<Value = TrackEvent> {
    let country = prop::sample::select(vec![None, Some("DE"), Some("US")]);
    let id = prop::sample::select(vec![None, None, Some("a"), Some("b")]);
    // Few codes and times, so that events meet.
    (statuses(), 0..3_u8, 0..4_i64, any::<bool>(), country, id, any::<bool>()).prop_map(
        |(status, code, hour, scan, country, id, local)| {
            let mut event = event(status, &format!("c{code}"), hour * 60, scan);
            event.place.country = country.map(|country| CountryCode::parse(country).unwrap());
            event.id = id.map(str::to_owned);
            if local {
                let clock = at(hour * 60).to_zoned_datetime(jiff::tz::TimeZone::UTC).datetime();
                event.occurred = LocalTime::Local(clock);
            }
            event
        },
    )
}

fn all_news() -> impl Strategy<Value = Vec<News>> {
    let source = prop::sample::select(vec![EventSource::Poll, EventSource::Push, EventSource::Manual]);
    let one = (prop::collection::vec(events(), 0..4), statuses(), source);
    prop::collection::vec(one, 1..7).prop_map(|all| {
        let news = all.into_iter().enumerate().map(|(index, (events, status, source))| {
            let mut report = TrackReport::of(events);
            report.status = status;
            News { report, at: 500 + i64::try_from(index).unwrap(), source }
        });
        news.collect()
    })
}

fn know(news: &[News]) -> Knowledge {
    let mut knowledge = Knowledge::default();
    for News { report, at: minutes, source } in news {
        knowledge.merge(report.clone(), at(*minutes), *source);
    }
    knowledge
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn news_shuffled_and_told_twice_make_the_same_knowledge(
        (news, shuffled) in all_news().prop_flat_map(|news| {
            let twice: Vec<_> = news.iter().chain(&news).cloned().collect();
            (Just(news), Just(twice).prop_shuffle())
        })
    ) {
        prop_assert_eq!(know(&news), know(&shuffled));
    }

    #[test]
    fn what_is_kept_reads_back(news in all_news()) {
        let known = know(&news);
        let kept = serde_json::to_vec(&known).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Knowledge>(&kept).unwrap(), known);
    }
}

#[test]
fn a_corrected_event_replaces_the_first_telling_and_keeps_when_it_was_heard() {
    let mut known = Knowledge::default();
    let mut told = event(Some(TrackStatus::Delivered), "DL", 10, true);
    told.id = Some("7".into());
    heard(&mut known, vec![told.clone()], 20, EventSource::Push);
    told.occurred = LocalTime::Instant(at(12));
    told.status = Some(TrackStatus::Attempted);
    heard(&mut known, vec![told.clone()], 30, EventSource::Poll);
    let [Heard { event, at: first, source, .. }] = known.events.as_slice() else { panic!("{known:?}") };
    assert_eq!((event, *first, *source), (&told, at(20), EventSource::Push));
    assert_eq!(known.status, Some(TrackStatus::Attempted));
}

#[test]
fn the_end_is_left_for_a_way_back_alone() {
    use TrackStatus as S;
    let after = |statuses: &[S]| {
        let mut known = Knowledge::default();
        for (index, status) in (0_i64..).zip(statuses) {
            heard(&mut known, vec![event(Some(*status), "x", index, true)], 99 - index, EventSource::Poll);
        }
        known.status.unwrap()
    };
    assert_eq!(after(&[S::Delivered, S::InTransit]), S::Delivered);
    assert_eq!(after(&[S::Delivered, S::Exception, S::Unknown]), S::Delivered);
    assert_eq!(after(&[S::Delivered, S::Returning, S::Returned]), S::Returned);
    assert_eq!(after(&[S::Returned, S::OutForDelivery]), S::Returned);
    assert_eq!(after(&[S::Lost, S::Delivered]), S::Delivered);
    assert_eq!(
        after(&[S::InTransit, S::Unknown]),
        S::InTransit,
        "an unknown code says nothing of how far it is"
    );
    assert_eq!(after(&[S::Unknown]), S::Unknown, "and is never guessed");
}

#[test]
fn neither_label_nor_manifest_nor_prediction_nor_a_persons_word_is_a_scan() {
    use TrackStatus as S;
    let first = |event: TrackEvent, source| {
        let mut known = Knowledge::default();
        heard(&mut known, vec![event], 100, source);
        known.first_physical_scan().is_some()
    };
    assert!(first(event(Some(S::Accepted), "x", 50, true), EventSource::Poll));
    assert!(!first(event(Some(S::PreTransit), "x", 50, true), EventSource::Poll), "a label");
    assert!(!first(event(Some(S::InTransit), "x", 50, false), EventSource::Poll), "a manifest");
    assert!(!first(event(Some(S::Delivered), "x", 100 + 60 * 24, true), EventSource::Poll), "a prediction");
    assert!(!first(event(Some(S::Delivered), "x", 50, true), EventSource::Manual), "a person's word");
}

#[test]
fn what_older_programs_kept_is_understood() {
    let old = r#"{"status":"DELIVERED","events":[[{"status":"DELIVERED","carrier_code":"DL","carrier_words":"",
        "occurred":{"instant":"2026-09-01T07:00:00Z"},"is_physical_scan":true},"2026-09-01T08:00:00Z"]],
        "expected":null,"unknown_number":false,"as_of":"2026-09-01T08:00:00Z"}"#;
    let known: Knowledge = serde_json::from_str(old).unwrap();
    assert_eq!((known.events.len(), known.events[0].source), (1, EventSource::Poll));
    assert!(known.first_physical_scan().is_some() && known.delivered().is_some());
}
