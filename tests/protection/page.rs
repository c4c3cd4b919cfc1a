//! `docs/protection.md`: its tables are written from the rules' data.
//!
//! `BLESS=1 cargo test --test protection` writes them anew.

#![allow(clippy::unwrap_used, reason = "writing into a string cannot fail")]

use std::fmt::Write;

use parcelgate::policy::Marketplace;
use parcelgate::policy::rules::Confidence;
use parcelgate::protection::Rule;
use parcelgate::protection::claim::ClaimRules;
use parcelgate::protection::review::ReviewRules;

use crate::written_page;

#[test]
fn the_page_says_what_the_rules_say() {
    written_page::check("docs/protection.md", &tables(), "protection");
}

const HEAD: &str =
    "| Rule | Says | Where | From | Until | Source | Read on | Sure |\n|---|---|---|---|---|---|---|---|\n";

fn tables() -> String {
    let (claims, reviews) = (ClaimRules::published(), ReviewRules::published());
    let mut page = format!("\n### Rules about claims\n\nRule set `{}`.\n\n{HEAD}", claims.version());
    claims.rows().iter().for_each(|rule| line(&mut page, rule));
    write!(page, "\n### Rules about ratings\n\nRule set `{}`.\n\n{HEAD}", reviews.version()).unwrap();
    reviews.rows().iter().for_each(|rule| line(&mut page, rule));
    page.push_str("\n### What is uncertain\n\nWhat one of these decides is answered as uncertain, or asked of a human.\n\n");
    weak(&mut page, claims.rows());
    weak(&mut page, reviews.rows());
    page
}

fn weak<S>(page: &mut String, rules: &[Rule<S>]) {
    for rule in rules.iter().filter(|rule| rule.confidence == Confidence::Low) {
        writeln!(page, "- `{}`: {} ({}).", rule.id, rule.words, rule.source).unwrap();
    }
}

fn line<S>(page: &mut String, rule: &Rule<S>) {
    let Rule { id, words, source, seen_on, .. } = rule;
    let family = Marketplace::all().iter().filter(|market| market.key.starts_with("amazon."));
    let markets = match rule.markets.as_slice() {
        [] => "everywhere".to_owned(),
        all if family.count() == all.len() => "all of amazon".to_owned(),
        some => some.join(", "),
    };
    let from = rule.from.map_or_else(|| "always".to_owned(), |day| day.to_string());
    let until = rule.until.map_or_else(|| "open".to_owned(), |day| day.to_string());
    let sure = match rule.confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    };
    writeln!(page, "| `{id}` | {words} | {markets} | {from} | {until} | {source} | {seen_on} | {sure} |")
        .unwrap();
}
