//! A row of `reviews.csv`: the shorthand of its columns.
//!
//! Several packages stand with `|` between. An empty cell is a fact that nobody told; `-` as a tracking number says that
//! there is none. `extra` holds `name=value` with spaces between. Start at [`Row`].

#![allow(clippy::unwrap_used, clippy::panic, reason = "a row that cannot be read fails the test")]

use jiff::Timestamp;
use parcelgate::protection::review::{
    Fulfilment, KeepReason, Label, Language, Outcome, Question, RemovalReason, ReviewDecision, ReviewFacts,
    ReviewPackage, Ruling, RulingOn, ShipBy, Told,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A scenario.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) title: String,
    market: String,
    ship_by: String,
    first_scan: String,
    confirmed: String,
    bought: String,
    voided: String,
    tracking_number: String,
    reviewed: String,
    asked: String,
    pub(crate) comment: String,
    extra: String,
    outcome: String,
    detail: String,
    rules: String,
}

fn told<T>(value: T) -> Told<T> {
    Told::new(value, "scenario", Timestamp::UNIX_EPOCH)
}

fn time(text: &str) -> Option<Told<Timestamp>> {
    (!text.is_empty()).then(|| told(text.parse().unwrap()))
}

fn yes(text: &str) -> Option<Told<bool>> {
    match text {
        "" => None,
        "yes" => Some(told(true)),
        "no" => Some(told(false)),
        other => panic!("`{other}` is neither `yes` nor `no`"),
    }
}

/// A value by the name that it is stored under.
fn named<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_value(name.into()).unwrap()
}

impl Row {
    /// What is known, and what humans ruled.
    pub(crate) fn facts(&self) -> (ReviewFacts, Vec<Ruling>) {
        let asked_at: Timestamp = self.asked.parse().unwrap();
        let day = |text: &str| match text.parse() {
            Ok(day) if text.len() == 10 => ShipBy::On(day),
            _ => ShipBy::At(text.parse().unwrap()),
        };
        let mut facts = ReviewFacts {
            market: self.market.clone(),
            asked_at,
            reviewed_at: time(&self.reviewed),
            stars: None,
            language: None,
            fulfilment: Fulfilment::Seller,
            ship_by: (!self.ship_by.is_empty()).then(|| told(day(&self.ship_by))),
            packages: self.packages(),
            automated_settings: None,
            removal: Vec::new(),
            carriers: Vec::new(),
        };
        let mut human = Vec::new();
        for (name, value) in self.extra.split_whitespace().map(|extra| extra.split_once('=').unwrap()) {
            match name {
                "stars" => facts.stars = Some(told(value.parse().unwrap())),
                "assigned" => facts.automated_settings = yes(value),
                "fast" => {
                    facts.packages.iter_mut().for_each(|package| package.as_fast_as_assigned = yes(value))
                }
                "sent" => facts.fulfilment = named(&value.to_uppercase()),
                "language" => facts.language = Some(Language::find(value).unwrap()),
                "removal" => facts.removal = value.split(',').map(|reason| told(named(reason))).collect(),
                "ruling" => human.push(Ruling {
                    on: ruled(value),
                    by: "reviewer".to_owned(),
                    at: asked_at,
                    why: "looked".to_owned(),
                }),
                other => panic!("`{other}` is no extra"),
            }
        }
        (facts, human)
    }

    fn packages(&self) -> Vec<ReviewPackage> {
        let cell = |text: &str, index: usize| text.split('|').nth(index).unwrap_or_default().to_owned();
        (0..self.voided.split('|').count())
            .map(|index| ReviewPackage {
                package: (index + 1).to_string(),
                bought_through_service: yes(&cell(&self.bought, index)),
                voided: yes(&cell(&self.voided, index)),
                tracking_number: match cell(&self.tracking_number, index).as_str() {
                    "" => None,
                    "-" => Some(told(String::new())),
                    number => Some(told(number.to_owned())),
                },
                first_scan: time(&cell(&self.first_scan, index)),
                confirmed: time(&cell(&self.confirmed, index)),
                as_fast_as_assigned: None,
            })
            .collect()
    }

    /// What differs between the row and its decision.
    pub(crate) fn misses(&self, decision: &ReviewDecision) -> impl Iterator<Item = String> {
        let (outcome, mut detail) = described(&decision.outcome);
        detail.sort();
        let mut expected: Vec<&str> = self.detail.split('|').collect();
        expected.sort_unstable();
        let mut misses = Vec::new();
        if outcome != self.outcome || detail != expected {
            misses.push(format!("{outcome} {detail:?} by {:?}", decision.reading));
        }
        for rule in self.rules.split('|').filter(|rule| !rule.is_empty()) {
            let (id, holds) = rule.split_once(':').unwrap();
            let holds = named(holds);
            if !decision.trace.iter().any(|line| line.rule == id && line.holds == holds) {
                misses.push(format!("`{rule}` is not in {:?}", decision.trace));
            }
        }
        misses.into_iter()
    }
}

fn ruled(text: &str) -> RulingOn {
    let (on, value) = text.split_once(':').unwrap();
    match on {
        "COMMENT" => RulingOn::Comment(named::<Label>(value)),
        "ON_TIME" => RulingOn::ShippedOnTime(value == "yes"),
        "NON_ARRIVAL" => RulingOn::NonArrivalUnderLateRule(value == "yes"),
        other => panic!("`{other}` cannot be ruled"),
    }
}

fn described(outcome: &Outcome) -> (&'static str, Vec<String>) {
    let name = |value: serde_json::Value| value.as_str().unwrap().to_owned();
    match outcome {
        Outcome::Strike { statement } => {
            ("STRIKE", vec![format!("{}/{}", statement.id.as_str(), statement.language.tag())])
        }
        Outcome::Keep { reasons } => {
            let named = |reason: &KeepReason| name(serde_json::to_value(reason).unwrap());
            ("KEEP", reasons.iter().map(named).collect())
        }
        Outcome::Remove { reasons } => {
            let named = |reason: &RemovalReason| name(serde_json::to_value(reason).unwrap());
            ("REMOVE", reasons.iter().map(named).collect())
        }
        Outcome::NeedsHuman { questions } => {
            let asked = |question: &Question| match question {
                Question::Comment => "COMMENT".to_owned(),
                Question::ShippedOnTime(package) => format!("SHIPPED_ON_TIME:{package}"),
                Question::MissingFact(fact) => format!("MISSING_FACT:{fact}"),
                Question::NonArrivalUnderLateRule => "NON_ARRIVAL_UNDER_LATE_RULE".to_owned(),
            };
            ("NEEDS_HUMAN", questions.iter().map(asked).collect())
        }
    }
}
