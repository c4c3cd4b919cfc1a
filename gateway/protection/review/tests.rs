//! What holds for every comment and every set of facts, and the lexicons as data.
//!
//! Worked comments and scenarios are in `tests/protection`.

use jiff::Timestamp;
use proptest::prelude::*;

use super::super::deadline::{Deadline, last_instant};
use super::super::told::Origins;
use super::facts::{Fulfilment, ReviewFacts, ReviewPackage};
use super::lexicon::Lexicon;
use super::outcome::{KeepReason, Outcome, Question, Ruling, RulingOn};
use super::rules::{ReviewRules, Sets};
use super::{KnownBy, Label, Language, classify, evaluate_review};
use super::{ShipBy, Told};
use crate::policy::Marketplace;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn told<T>(value: T) -> Option<Told<T>> {
    Some(Told::new(value, "test", at("2026-05-01T00:00:00Z")))
}

/// Facts with which a comment about the delivery alone is struck.
fn facts() -> ReviewFacts {
    ReviewFacts {
        market: "amazon.com".to_owned(),
        asked_at: at("2026-06-01T12:00:00Z"),
        reviewed_at: told(at("2026-05-20T12:00:00Z")),
        stars: told(1),
        language: None,
        fulfilment: Fulfilment::Seller,
        ship_by: told(ShipBy::At(at("2026-05-05T06:59:59Z"))),
        packages: vec![ReviewPackage {
            package: "1".to_owned(),
            bought_through_service: told(true),
            voided: told(false),
            tracking_number: told("1234".to_owned()),
            first_scan: told(at("2026-05-04T20:00:00Z")),
            confirmed: told(at("2026-05-04T12:00:00Z")),
            as_fast_as_assigned: None,
        }],
        automated_settings: told(false),
        removal: Vec::new(),
        carriers: Vec::new(),
    }
}

fn outcome(facts: &ReviewFacts, comment: &str, human: &[Ruling]) -> Outcome {
    evaluate_review(facts, &ReviewRules::published(), comment, human).outcome
}

fn is_strike(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Strike { .. })
}

fn ruling(on: RulingOn, at: Timestamp) -> Ruling {
    Ruling { on, by: "reviewer".to_owned(), at, why: "read it".to_owned() }
}

#[test]
fn every_line_of_every_lexicon_is_read() {
    for language in Language::ALL {
        let lexicon = Lexicon::of(language);
        assert!(lexicon.problems.is_empty(), "{:?}", lexicon.problems);
        assert!(lexicon.entries.len() > 100);
        for entry in &lexicon.entries {
            let phrase = entry.id.strip_prefix(language.tag()).unwrap_or(&entry.id);
            assert!(
                phrase.trim_start_matches("es-MX").chars().all(|c| c.is_ascii() && !c.is_ascii_uppercase()),
                "{phrase}"
            );
        }
    }
}

#[test]
fn goods_and_negations_never_pass_for_a_late_delivery() {
    let traps = [
        "Not late at all.",
        "It wasn't late",
        "never had a late package from them",
        "arrived late and broken",
        "Late, but great quality",
        "late delivery, ugly thing",
        "Didn't arrive in one piece",
        "never received the second item",
        "didn't receive what I ordered",
        "still waiting for my refund",
        "I was worried it would be late",
        "not only late",
        "Shipped fast, arrived late",
        "Zu spät und hässlich",
        "War nicht zu spät",
        "Nicht vollständig angekommen",
        "Sans retard",
        "pas de retard",
        "En retard et moche",
        "senza ritardo",
        "in ritardo e brutto",
        "no llegó tarde",
        "llegó tarde y feo",
        "sin retraso",
    ];
    for comment in traps {
        for language in Language::ALL {
            let reading = classify(comment, language, KnownBy::Told, &[]);
            assert_ne!(reading.label, Label::DeliveryOnly, "{comment} {language:?} {:?}", reading.clauses);
        }
    }
}

#[test]
fn a_carriers_name_is_no_unknown_word() {
    let comment = "Frobnicate lost my package";
    let read = |carriers: &[String]| classify(comment, Language::English, KnownBy::Told, carriers).label;
    assert_eq!(read(&[]), Label::Unsure);
    assert_eq!(read(&["Frobnicate Express".to_owned()]), Label::DeliveryOnly);
}

#[test]
fn accents_and_apostrophes_do_not_matter_however_they_are_written() {
    let read = |comment: &str, language| classify(comment, language, KnownBy::Told, &[]).label;
    for comment in ["Viel zu spät", "Viel zu spa\u{308}t", "VIEL ZU SPÄT", "viel zu spaet"] {
        assert_eq!(read(comment, Language::German), Label::DeliveryOnly, "{comment}");
    }
    for comment in ["Didn't arrive", "Didn’t arrive", "didnt arrive"] {
        assert_eq!(read(comment, Language::English), Label::DeliveryOnly, "{comment}");
    }
}

#[test]
fn the_language_goes_by_the_words_and_then_by_the_marketplace() {
    let of = |comment: &str, market: &str| Language::of(comment, Marketplace::find(market).unwrap());
    assert_eq!(of("late", "amazon.ca"), Some((Language::English, KnownBy::Marketplace)));
    assert_eq!(of("je n'ai pas reçu le colis", "amazon.ca"), Some((Language::French, KnownBy::Guessed)));
    let spanish = "el paquete no me ha llegado";
    assert_eq!(of(spanish, "amazon.com.mx"), Some((Language::MexicanSpanish, KnownBy::Guessed)));
    assert_eq!(of(spanish, "amazon.es"), Some((Language::Spanish, KnownBy::Guessed)));
    assert_eq!(of(spanish, "amazon.de"), Some((Language::Spanish, KnownBy::Guessed)));
    assert_eq!(of("遅い", "amazon.co.jp"), None);
    assert_eq!(Language::find("de-AT"), Some(Language::German));
    assert_eq!(Language::find("es_MX"), Some(Language::MexicanSpanish));
    assert_eq!(Language::find("ja"), None);
}

#[test]
fn a_human_settles_what_is_uncertain_and_overturns_no_fact() {
    let asked_at = facts().asked_at;
    let label = ruling(RulingOn::Comment(Label::DeliveryOnly), asked_at);
    assert_eq!(outcome(&facts(), "hmm", &[]), Outcome::NeedsHuman { questions: vec![Question::Comment] });
    assert!(is_strike(&outcome(&facts(), "hmm", std::slice::from_ref(&label))));
    let later = ruling(RulingOn::Comment(Label::Mixed), asked_at);
    let reasons = vec![KeepReason::CommentMixed];
    assert_eq!(outcome(&facts(), "late", &[label.clone(), later]), Outcome::Keep { reasons });

    let mut late = facts();
    late.packages[0].first_scan = told(at("2026-05-05T07:00:01Z"));
    let in_time = ruling(RulingOn::ShippedOnTime(true), asked_at);
    let reasons = vec![KeepReason::ShippedLate];
    assert_eq!(outcome(&late, "late", std::slice::from_ref(&in_time)), Outcome::Keep { reasons });
    let mut unscanned = facts();
    unscanned.packages[0].first_scan = None;
    let questions = vec![Question::ShippedOnTime("1".to_owned())];
    assert_eq!(outcome(&unscanned, "late", &[]), Outcome::NeedsHuman { questions });
    assert!(is_strike(&outcome(&unscanned, "late", &[in_time])));
    let unknown_yet = ruling(label.on, at("2026-06-01T12:00:01Z"));
    assert!(matches!(outcome(&facts(), "hmm", &[unknown_yet]), Outcome::NeedsHuman { .. }));
}

#[test]
fn what_became_known_later_is_not_known() {
    let mut early = facts();
    early.packages[0].first_scan =
        Some(Told::new(at("2026-05-04T20:00:00Z"), "tracking", at("2026-06-02T00:00:00Z")));
    assert!(matches!(outcome(&early, "late", &[]), Outcome::NeedsHuman { .. }));
    early.asked_at = at("2026-06-02T00:00:00Z");
    assert!(is_strike(&outcome(&early, "late", &[])));
}

#[test]
fn the_days_of_summer_time_end_where_the_marketplace_is() {
    let last = |day: &str, market: &str| {
        let on = ShipBy::On(day.parse().unwrap());
        let at = last_instant(on, Marketplace::find(market).unwrap(), Deadline::EndOfDay).unwrap();
        at.round(jiff::Unit::Second).unwrap().to_string()
    };
    assert_eq!(last("2026-03-07", "amazon.com"), "2026-03-08T08:00:00Z");
    assert_eq!(last("2026-03-08", "amazon.com"), "2026-03-09T07:00:00Z");
    assert_eq!(last("2026-10-25", "amazon.de"), "2026-10-25T23:00:00Z");
    assert_eq!(last("2026-03-29", "amazon.co.uk"), "2026-03-29T23:00:00Z");
    let midnight = ShipBy::At(at("2026-03-09T07:00:00Z"));
    let us = Marketplace::find("amazon.com").unwrap();
    assert_eq!(last_instant(midnight, us, Deadline::EndOfDay), Some(at("2026-03-09T07:00:00Z")));
}

#[test]
fn other_rows_give_other_decisions_and_another_version() {
    let rows = ReviewRules::published().rows().to_vec().into_iter().map(|mut rule| {
        if rule.id == "RVW-05" {
            rule.sets = Sets::WithinDays(10);
        }
        rule
    });
    let changed = ReviewRules::of(rows.collect());
    assert_ne!(changed.version(), ReviewRules::published().version());
    let decision = evaluate_review(&facts(), &changed, "late", &[]);
    assert_eq!(decision.outcome, Outcome::Keep { reasons: vec![KeepReason::TooOld] });
    let text = serde_json::to_string(&changed).unwrap();
    assert_eq!(serde_json::from_str::<ReviewRules>(&text).unwrap(), changed);
    let text = serde_json::to_string(&decision).unwrap();
    assert_eq!(serde_json::from_str::<super::ReviewDecision>(&text).unwrap(), decision);
}

#[test]
fn the_trace_names_rule_fact_source_and_time_and_not_the_comment() {
    let decision = evaluate_review(&facts(), &ReviewRules::published(), "Arrived late", &[]);
    assert!(is_strike(&decision.outcome));
    for rule in ["RVW-01", "RVW-02", "RVW-03A", "RVW-03B", "RVW-03D", "RVW-04", "RVW-05"] {
        let line = decision.trace.iter().find(|line| line.rule == rule).unwrap();
        assert!(!line.source.is_empty() && line.at.is_some() && !line.fact.is_empty(), "{line:?}");
    }
    assert!(!serde_json::to_string(&decision).unwrap().contains("Arrived late"));
}

#[test]
fn what_an_order_knows_is_enough_for_a_strike() {
    use crate::policy::{Fact, Order};
    let facts: Vec<Fact> = serde_json::from_str(
        r#"[
        {"kind": "PLACED", "ship_by": "2026-05-05T06:59:59Z"},
        {"kind": "PACKAGE", "package": "1", "origin": "US", "destination": "US", "bought_through_service": true},
        {"kind": "CONFIRMED", "package": "1", "at": "2026-05-04T12:00:00Z", "tracking_number": "1234"},
        {"kind": "SCANS", "package": "1", "scans": [
            {"at": "2026-05-08T20:00:00Z", "kind": "DELIVERED"}, {"at": "2026-05-04T20:00:00Z", "kind": "NETWORK"}
        ]},
        {"kind": "REVIEW", "at": "2026-05-20T12:00:00Z", "stars": 1}
        ]"#,
    )
    .unwrap();
    let market = Marketplace::find("amazon.com").unwrap();
    let known = at("2026-05-21T00:00:00Z");
    let of = |facts: &[Fact]| {
        let order = Order::of(market, facts);
        let mut origins = Origins::default();
        for kind in ["PLACED", "REVIEW"] {
            origins.note(kind, "", "store", known);
        }
        for kind in ["PACKAGE", "CONFIRMED", "SCANS"] {
            origins.note(kind, "1", "store", known);
        }
        outcome(&ReviewFacts::of(&order, at("2026-06-01T12:00:00Z"), &origins), "late", &[])
    };
    assert!(is_strike(&of(&facts)));
    let unscanned: Vec<Fact> = facts.iter().filter(|fact| !matches!(fact, Fact::Scans(_))).cloned().collect();
    assert!(matches!(of(&unscanned), Outcome::NeedsHuman { .. }));
}

const GOODS: [&str; 6] = [
    "The quality is poor.",
    "La qualité est mauvaise.",
    "Die Qualität ist schlecht.",
    "La qualità è pessima.",
    "La calidad es mala.",
    "Está bien chafa, es pirata.",
];

const SCRAPS: &[&str] = &[
    "late",
    "never arrived",
    "not",
    ", ",
    ". ",
    " but ",
    " and ",
    "zu spät",
    "en retard",
    "mai arrivato",
    "nunca llegó",
    "📦",
    "é",
    "e\u{301}",
    "’",
    "\u{308}",
    "3.5",
    "-",
    "broken",
    "great",
    "İ",
    "ß",
    "ﬁ",
    "\u{200d}",
    "the ",
    " ",
    "遅い",
];

fn scraps() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(SCRAPS).prop_map(str::to_owned), 0..14)
        .prop_map(|parts| parts.join(" "))
}

fn comments() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), scraps()]
}

proptest! {
    #[test]
    fn spans_lie_within_the_comment_and_on_bounds_of_characters(comment in comments()) {
        for language in Language::ALL {
            let reading = classify(&comment, language, KnownBy::Told, &[]);
            for clause in &reading.clauses {
                prop_assert!(comment.get(clause.span.start..clause.span.end).is_some_and(|text| !text.is_empty()));
                let spans = clause.hits.iter().map(|hit| hit.span).chain(clause.unknown.iter().copied());
                for span in spans {
                    prop_assert!(comment.get(span.start..span.end).is_some_and(|text| !text.is_empty()));
                    prop_assert!(clause.span.start <= span.start && span.end <= clause.span.end);
                }
            }
            prop_assert_eq!(&reading, &classify(&comment, language, KnownBy::Told, &[]));
        }
    }

    #[test]
    fn more_about_the_goods_never_makes_a_strike(comment in comments(), before in any::<bool>()) {
        for (language, goods) in Language::ALL.into_iter().zip(GOODS) {
            let joined = if before { format!("{goods} {comment}") } else { format!("{comment}. {goods}") };
            let mut facts = facts();
            facts.language = Some(language);
            prop_assert!(!is_strike(&outcome(&facts, &joined, &[])), "{}", joined);
        }
    }

    #[test]
    fn a_late_scan_is_never_struck(seconds in 1_i64..10_000_000, comment in comments()) {
        let mut facts = facts();
        let late = at("2026-05-05T07:00:00Z").as_second() + seconds;
        facts.packages[0].first_scan = told(Timestamp::from_second(late).unwrap());
        facts.asked_at = at("2026-08-01T00:00:00Z");
        prop_assert!(!is_strike(&outcome(&facts, &comment, &[])));
    }
}
