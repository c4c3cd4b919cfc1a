//! The sheet of packages: each gets the verdict that a person worked out, and so do the totals, through the store.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the sheet is the test's own, and a bad row must fail it"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use parcelgate::performance::{Performance, ToldFact};
use parcelgate::policy::{
    Confirmed, Fact, Marketplace, Metric, NumberChecks, NumberFormat, Order, Package, Placed, Scan, ScanKind,
    Scans, Standing, Status, Verdict, judge, spans,
};
use parcelgate::store::sqlite::{SqliteOptions, SqliteStore};
use parcelgate::tenancy::TenantId;
use parcelgate_kit::model::{CountryCode, Currency, Money};
use serde::Deserialize;

const SHEET: &str = include_str!("packages.csv");

#[derive(Deserialize)]
struct Row {
    id: String,
    market: String,
    category: String,
    value: String,
    origin: String,
    destination: String,
    promised: String,
    confirmed: String,
    edited: String,
    number: String,
    flags: String,
    scans: String,
    expected: String,
}

fn rows() -> Vec<Row> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(SHEET.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().unwrap()
}

fn as_of() -> Timestamp {
    "2025-02-05T12:00:00Z".parse().unwrap()
}

impl Row {
    fn market(&self) -> &'static Marketplace {
        Marketplace::find(&self.market).unwrap()
    }

    /// An instant, or noon of a day there.
    fn at(&self, text: &str) -> Timestamp {
        if text.contains('T') {
            return text.parse().unwrap();
        }
        let noon = text.parse::<Date>().unwrap().at(12, 0, 0, 0);
        TimeZone::get(self.market().zone).unwrap().to_timestamp(noon).unwrap()
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.split("service:").next().unwrap().split(' ').any(|one| one == flag)
    }

    fn confirmed(&self, at: &str) -> Fact {
        let checks = NumberChecks {
            format: if self.has("mismatch") { NumberFormat::Mismatch } else { NumberFormat::Fits },
            listed_as_other: self.has("other"),
            of_one_carrier: Some(!self.has("two-carriers")),
            integrated: self.has("stranger").then_some(false),
            proof_only: self.has("proof-only"),
            used_before: self.has("used"),
            listed_untracked: self.has("untracked"),
            letter: self.has("letter"),
        };
        Fact::Confirmed(Confirmed {
            package: "p".to_owned(),
            at: self.at(at),
            carrier: "carrier".to_owned(),
            service: self.flags.split_once("service:").map_or("Standard", |(_, name)| name).to_owned(),
            tracking_number: self.number.clone(),
            checks,
        })
    }

    fn scan(&self, text: &str) -> Scan {
        let (kind, at) = text.split_once('@').unwrap();
        let kind = match kind {
            "N" => ScanKind::Network,
            "A" => ScanKind::Attempt,
            "D" => ScanKind::Delivered,
            other => panic!("no scan `{other}`"),
        };
        Scan { at: self.at(at), kind }
    }

    fn facts(&self) -> Vec<Fact> {
        let (amount, currency) = self.value.split_once(' ').unwrap();
        let value = Money::parse(amount, Currency::parse(currency).unwrap()).unwrap();
        let scans = self.scans.split_whitespace().map(|text| self.scan(text)).collect();
        let mut facts = vec![
            Fact::Placed(Placed {
                promised: Some(self.at(&self.promised)),
                category: self.category.clone(),
                value: Some(value),
                digital: self.has("digital"),
                ..Placed::default()
            }),
            Fact::Package(Package {
                package: "p".to_owned(),
                origin: CountryCode::parse(&self.origin).unwrap(),
                destination: CountryCode::parse(&self.destination).unwrap(),
                value: None,
                units: 0,
                category: String::new(),
                bought_through_service: self.has("bought"),
                late_protected: false,
                listed_freight: self.has("freight"),
                voided: self.has("voided"),
            }),
            self.confirmed(&self.confirmed),
            Fact::Scans(Scans { package: "p".to_owned(), scans }),
        ];
        if !self.edited.is_empty() {
            facts.push(self.confirmed(&self.edited));
        }
        facts
    }

    fn verdict(&self) -> Option<Verdict> {
        let verdicts = judge(&Order::of(self.market(), &self.facts()));
        verdicts.into_iter().find(|verdict| verdict.metric == Metric::ValidTracking)
    }
}

fn said(row: &Row) -> String {
    let Some(verdict) = row.verdict() else { return "NONE".to_owned() };
    let today = row.market().day(as_of());
    let span = spans(Metric::ValidTracking, row.market(), today).remove(0);
    if !(span.first..=span.last).contains(&verdict.day) {
        return "OUTSIDE".to_owned();
    }
    if let Standing::Exempt(rules) = &verdict.standing {
        return format!("EXEMPT {}", rules.join("+"));
    }
    let failures = verdict.failures(today);
    if failures.is_empty() {
        return "VALID".to_owned();
    }
    failures.iter().map(|failure| failure.code.as_str()).collect::<Vec<_>>().join("+")
}

#[test]
fn every_package_is_judged_as_it_was_worked_out() {
    let rows = rows();
    assert!(rows.len() >= 60, "the sheet has {} packages", rows.len());
    let wrong: Vec<_> = rows
        .iter()
        .filter_map(|row| {
            let said = said(row);
            (said != row.expected).then(|| format!("{}: {said}, worked out was {}", row.id, row.expected))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Marketplace, category (all when empty), right, counted, not counted, status.
const TOTALS: [(&str, &str, u64, u64, u64, Status); 9] = [
    ("amazon.com", "", 11, 30, 6, Status::Bad),
    ("amazon.com", "books", 3, 3, 0, Status::Good),
    ("amazon.de", "", 4, 9, 3, Status::Bad),
    ("amazon.co.uk", "", 2, 3, 2, Status::Bad),
    ("amazon.co.jp", "", 2, 4, 1, Status::Bad),
    ("amazon.in", "", 1, 3, 0, Status::Bad),
    ("amazon.fr", "", 19, 20, 0, Status::Warn),
    ("amazon.ca", "", 1, 1, 1, Status::Good),
    ("amazon.it", "", 0, 1, 1, Status::Bad),
];

async fn filled(folder: &tempfile::TempDir) -> Performance {
    let store = SqliteStore::open(&SqliteOptions::new(folder.path().join("sheet.sqlite"))).unwrap();
    let performance = Performance::new(Arc::new(store));
    for row in rows() {
        let told: Vec<_> = row
            .facts()
            .into_iter()
            .enumerate()
            .map(|(at, fact)| ToldFact { id: format!("f{at}"), version: 1, occurred_at: as_of(), fact })
            .collect();
        performance.tell(&TenantId::demo(), row.market(), &row.id, &told, as_of()).await.unwrap();
    }
    performance
}

#[tokio::test]
async fn the_totals_are_those_of_the_paper() {
    let folder = tempfile::tempdir().unwrap();
    let (performance, tenant) = (filled(&folder).await, TenantId::demo());
    for (market, category, right, counted, exempt, status) in TOTALS {
        let market = Marketplace::find(market).unwrap();
        for past in [None, Some(as_of())] {
            // A second later the same instant is past, and everything is counted anew.
            let now = as_of() + jiff::SignedDuration::from_secs(i64::from(past.is_some()));
            let report = performance.metric(&tenant, market, Metric::ValidTracking, past, now).await.unwrap();
            let figures = &report.figures[0];
            let tally = if category.is_empty() { figures.whole } else { figures.categories[category] };
            let told = (tally.numerator, tally.denominator, tally.exempt, tally.status);
            assert_eq!(told, (right, counted, exempt, status), "{} {category}", market.key);
        }
    }
}

#[tokio::test]
async fn rules_and_reasons_are_those_of_the_paper() {
    let folder = tempfile::tempdir().unwrap();
    let (performance, tenant) = (filled(&folder).await, TenantId::demo());
    let us = Marketplace::find("amazon.com").unwrap();
    let report = performance.metric(&tenant, us, Metric::ValidTracking, None, as_of()).await.unwrap();
    let exempt = BTreeMap::from([("VTR-X1", 1), ("VTR-X2", 1), ("VTR-X3", 1), ("VTR-S8", 3)]);
    let told: BTreeMap<_, _> =
        report.figures[0].exempt.iter().map(|(rule, count)| (rule.as_str(), *count)).collect();
    assert_eq!(told, exempt);
    assert_eq!(report.figures[0].wrong["NO_SCAN"], 3, "10, 19 and 20");
    assert_eq!(report.figures[0].wrong["DELIVERED_TOO_LATE"], 2, "12, and 13 by time alone");
    let defects = performance.defects(&tenant, us, Metric::ValidTracking, None, None, 200, as_of());
    let (defects, next) = defects.await.unwrap();
    assert_eq!((defects.len(), next), (19, None));
    let both = defects.iter().find(|defect| defect.order == "US-40").unwrap();
    assert_eq!(both.failures.len(), 2);
}
