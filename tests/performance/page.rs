//! `docs/metrics.md`: its tables are written from the rules' data.
//!
//! `BLESS=1 cargo test --test performance` writes them anew.

#![allow(clippy::unwrap_used, reason = "writing into a string cannot fail, and the page is there")]

use std::fmt::Write;

use parcelgate::policy::rules::{Confidence, Rule, all};
use parcelgate::policy::{Code, Marketplace, Metric};

use crate::written_page;

#[test]
fn the_page_says_what_the_rules_say() {
    written_page::check("docs/metrics.md", &tables(), "performance");
}

fn tables() -> String {
    let mut page = String::new();
    page.push_str("\n### Marketplaces\n\n| Name | Own id | Country | Currency | Days are those of |\n");
    page.push_str("|---|---|---|---|---|\n");
    for market in Marketplace::all() {
        let Marketplace { key, id, country, currency, zone } = market;
        writeln!(page, "| `{key}` | {id} | {country} | {currency} | {zone} |").unwrap();
    }
    page.push_str("\n### Rules and their dates\n");
    for metric in Metric::ALL {
        let name = metric.name().replace('_', " ").to_lowercase();
        write!(page, "\n**{name}**\n\n| Rule | Says | Where | From | Until | Source | Read on | Sure |\n")
            .unwrap();
        page.push_str("|---|---|---|---|---|---|---|---|\n");
        for rule in all().filter(|rule| rule.metric == metric) {
            row(&mut page, rule);
        }
    }
    page.push_str("\n### Reasons\n\n| Reason | Means | What can be done |\n|---|---|---|\n");
    for code in Code::ALL {
        writeln!(page, "| `{}` | {} | {} |", code.as_str(), code.words(), code.remedy()).unwrap();
    }
    page
}

fn row(page: &mut String, rule: &Rule) {
    let markets = if rule.markets.is_empty() { "everywhere".to_owned() } else { rule.markets.join(", ") };
    let from = rule.from.map_or_else(|| "always".to_owned(), |day| day.to_string());
    let until = rule.until.map_or_else(|| "open".to_owned(), |day| day.to_string());
    let sure = match rule.confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    };
    let Rule { id, words, source, seen_on, .. } = rule;
    writeln!(page, "| `{id}` | {words} | {markets} | {from} | {until} | {source} | {seen_on} | {sure} |")
        .unwrap();
}
