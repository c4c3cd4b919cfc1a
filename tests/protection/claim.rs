//! A row of `claims.csv`: the shorthand of its columns.
//!
//! - `?` is a fact that nobody told, `-` says that there is none.
//! - `packages`: several stand with `+` between. Words: `svc` or `own`, where the label was bought; `risk`, or
//!   `chance:0.95`, how sure it was of coming in time when it was bought; `scan:` and a time, or `noscan`; `told:` and when
//!   the scan became known; `end:` and how its way ended; `signed` or `unsigned`; `other-number`; `void`; with `?` behind
//!   `svc`, `class`, `number` or `void` it is not known.
//! - `contacts`: messages of the buyer, `when/when answered`, with `+` between.
//! - Expected answers: `SELLER`, `yes`; `?SELLER` is uncertain and likely that, `?` uncertain without more. Reasons are
//!   `REASON[rules]`; missing facts are named by their last word.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a row that cannot be read fails the test")]

use std::collections::BTreeSet;

use jiff::Timestamp;
use parcelgate::promise::{Estimate, Method, OnTime};
use parcelgate::protection::claim::{Answer, ClaimDecision, ClaimFacts, ClaimPackage, Contact, Payer};
use parcelgate::protection::{ShipBy, Told};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A scenario.
#[derive(Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) title: String,
    market: String,
    cause: String,
    state: String,
    opened: String,
    promised: String,
    ship_by: String,
    asked: String,
    packages: String,
    contacts: String,
    refund: String,
    programme: String,
    expected_payer: String,
    expected_debited: String,
    expected_defect: String,
    expected_reasons: String,
    expected_missing: String,
}

fn told<T>(value: T) -> Told<T> {
    Told::new(value, "scenario", Timestamp::UNIX_EPOCH)
}

/// A value by the name that it is stored under.
fn named<T: DeserializeOwned>(name: &str) -> T {
    serde_json::from_value(name.into()).unwrap()
}

fn unless_unknown<T>(text: &str, read: impl Fn(&str) -> T) -> Option<Told<T>> {
    (text != "?" && text != "-").then(|| told(read(text)))
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Whether a label of this chance is sold as protected.
fn is_sure(chance: f64) -> bool {
    let estimate = Estimate { probability: chance, sample: 0, method: Method::Stated };
    OnTime::of(Some(&estimate), false) == OnTime::OnTime
}

fn package(index: usize, words: &str) -> ClaimPackage {
    let mut package = ClaimPackage {
        package: format!("p{index}"),
        voided: Some(told(false)),
        sold_as_protected: Some(told(true)),
        number_as_bought: Some(told(true)),
        ..ClaimPackage::default()
    };
    for word in words.split(' ') {
        match word.split_once(':').unwrap_or((word, "")) {
            ("svc", _) => package.bought_through_service = Some(told(true)),
            ("own", _) => package.bought_through_service = Some(told(false)),
            ("svc?", _) => package.bought_through_service = None,
            ("risk", _) => package.sold_as_protected = Some(told(false)),
            ("chance", chance) => {
                package.sold_as_protected = Some(told(is_sure(chance.parse().unwrap())));
            }
            ("class?", _) => package.sold_as_protected = None,
            ("number?", _) => package.number_as_bought = None,
            ("other-number", _) => package.number_as_bought = Some(told(false)),
            ("void", _) => package.voided = Some(told(true)),
            ("void?", _) => package.voided = None,
            ("scan", at) => package.first_scan = Some(told(time(at))),
            ("told", at) => package.first_scan.as_mut().unwrap().at = time(at),
            ("noscan", _) => package.first_scan = None,
            ("end", state) => package.end = Some(told(named(state))),
            ("signed", _) => package.signed = Some(told(true)),
            ("unsigned", _) => package.signed = Some(told(false)),
            (other, _) => panic!("`{other}` is no word of a package"),
        }
    }
    package
}

fn contact(text: &str) -> Contact {
    let (at, answered) = text.split_once('/').unwrap();
    Contact { at: time(at), answered_at: (answered != "-").then(|| time(answered)) }
}

impl Row {
    /// What is known.
    pub(crate) fn facts(&self) -> ClaimFacts {
        let packages = self.packages.split('+').filter(|words| *words != "-").enumerate();
        ClaimFacts {
            market: self.market.clone(),
            asked_at: time(&self.asked),
            cause: named(&self.cause),
            opened_at: time(&self.opened),
            state: unless_unknown(&self.state, named),
            promised: unless_unknown(&self.promised, time),
            ship_by: unless_unknown(&self.ship_by, |text| match text.parse() {
                Ok(day) if text.len() == 10 => ShipBy::On(day),
                _ => ShipBy::At(time(text)),
            }),
            packages: packages.map(|(index, words)| package(index + 1, words)).collect(),
            contacts: match self.contacts.as_str() {
                "?" => None,
                "none" => Some(told(Vec::new())),
                some => Some(told(some.split('+').map(contact).collect())),
            },
            refunded_by: unless_unknown(&self.refund, named),
            own_process: Some(told(self.programme == "own")),
        }
    }

    /// What differs between the row and a decision.
    pub(crate) fn misses(&self, decision: &ClaimDecision) -> Vec<String> {
        let payer = |payer: Payer| match payer {
            Payer::Marketplace => "MARKETPLACE",
            Payer::Seller => "SELLER",
            Payer::Nobody => "NOBODY",
        };
        let yes = |is: bool| if is { "yes" } else { "no" };
        let outcome = &decision.outcome;
        let reasons =
            decision.reasons.iter().map(|one| format!("{}[{}]", one.reason.as_str(), one.rules.join("+")));
        let missing = decision.missing.iter().map(|fact| {
            let fact = if fact.starts_with("answer") { "answer" } else { fact.as_str() };
            fact.rsplit(' ').next().unwrap_or_default().to_owned()
        });
        let found = [
            ("payer", &self.expected_payer, said(&outcome.buyer_refunded_by, payer)),
            ("debited", &self.expected_debited, said(&outcome.seller_debited, yes)),
            ("defect", &self.expected_defect, said(&outcome.counts_as_defect, yes)),
            ("reasons", &self.expected_reasons, listed(reasons)),
            ("missing", &self.expected_missing, listed(missing)),
        ];
        let differs = found.into_iter().filter(|(_, expected, found)| {
            expected.split(' ').collect::<BTreeSet<_>>() != found.split(' ').collect::<BTreeSet<_>>()
        });
        differs.map(|(what, expected, found)| format!("{what} {found}, expected {expected}")).collect()
    }
}

fn said<T: Copy>(answer: &Answer<T>, name: impl Fn(T) -> &'static str) -> String {
    match answer {
        Answer::Certain { value } => name(*value).to_owned(),
        Answer::Uncertain { likely: Some(value), .. } => format!("?{}", name(*value)),
        Answer::Uncertain { likely: None, .. } => "?".to_owned(),
    }
}

fn listed(all: impl Iterator<Item = String>) -> String {
    let all: Vec<_> = all.collect();
    if all.is_empty() { "-".to_owned() } else { all.join(" ") }
}
