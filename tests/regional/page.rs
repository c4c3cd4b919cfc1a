//! `docs/regional.md`: its tables are written from the rules' data.
//!
//! `BLESS=1 cargo test --test regional` writes them anew.

#![allow(clippy::unwrap_used, reason = "writing into a string cannot fail, and every topic has a point")]

use std::fmt::Write;

use parcelgate::regional::{Confidence, Rule, RuleValue, Trigger, all_codes, all_rules, all_schemes};

use crate::written_page;

#[test]
fn the_page_says_what_the_rules_say() {
    written_page::check("docs/regional.md", &tables(), "regional");
}

fn tables() -> String {
    let mut page = String::new();
    schemes(&mut page);
    rules(&mut page);
    uncertain(&mut page);
    codes(&mut page);
    page
}

fn schemes(page: &mut String) {
    page.push_str("\n### Schemes\n\n| Code | What it is |\n|---|---|\n");
    for scheme in all_schemes() {
        writeln!(page, "| `{scheme}` | {} |", scheme.words()).unwrap();
    }
}

fn rules(page: &mut String) {
    page.push_str("\n### Rules and their dates\n");
    let mut areas: Vec<(&str, Vec<&Rule>)> = Vec::new();
    for rule in all_rules() {
        let (of, _) = rule.topic.split_once('.').unwrap();
        match areas.iter_mut().find(|(area, _)| *area == of) {
            Some((_, rules)) => rules.push(rule),
            None => areas.push((of, vec![rule])),
        }
    }
    for (area, rules) in areas {
        write!(
            page,
            "\n**{}**\n\n| Rule | Says | Sets | From | Until | Compared with | Source | Read on | Sure |\n\
             |---|---|---|---|---|---|---|---|---|\n",
            area.to_uppercase()
        )
        .unwrap();
        rules.into_iter().for_each(|rule| row(page, rule));
    }
}

fn row(page: &mut String, rule: &Rule) {
    let until = rule.until.map_or_else(|| "open".to_owned(), |day| day.to_string());
    let compared = match rule.trigger {
        Trigger::Sale => "the sale",
        Trigger::Import => "the import",
        Trigger::Label => "the label",
    };
    let Rule { topic, words, from, source, verified_on, .. } = rule;
    let (sets, sure) = (value(&rule.value), sure(rule.confidence));
    writeln!(
        page,
        "| `{topic}` | {words} | {sets} | {from} | {until} | {compared} | {source} | {verified_on} | {sure} |"
    )
    .unwrap();
}

fn value(value: &RuleValue) -> String {
    match value {
        RuleValue::Limit(limit, currency, true) => format!("up to {currency} {limit}"),
        RuleValue::Limit(limit, currency, false) => format!("below {currency} {limit}"),
        RuleValue::PerLine(amount, currency) => format!("{currency} {amount} a line"),
        RuleValue::Percent(usual, reduced) => format!("{usual} % and {reduced} %"),
        RuleValue::Months(months) => format!("{months} months"),
        RuleValue::Relief => "no duty".to_owned(),
        RuleValue::Tariff => "tariff duty".to_owned(),
        RuleValue::Countries(all) => all.join(", "),
        RuleValue::Headings(all) => format!("codes {}", all.join(", ")),
        RuleValue::Grams(several, single) => format!("up to {several} g, single pieces {single} g"),
        RuleValue::Holds => String::new(),
    }
}

fn sure(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

fn uncertain(page: &mut String) {
    page.push_str("\n### What is uncertain\n\nA decision that one of these made carries `W_UNVERIFIED`.\n\n");
    for rule in all_rules().filter(|rule| rule.confidence == Confidence::Low) {
        writeln!(page, "- `{}` from {}: {} ({}).", rule.topic, rule.from, rule.words, rule.source).unwrap();
    }
}

fn codes(page: &mut String) {
    page.push_str("\n### Codes\n\n| Code | Weight | What it means |\n|---|---|---|\n");
    for code in all_codes() {
        let weight = format!("{:?}", code.severity()).to_uppercase();
        writeln!(page, "| `{}` | {weight} | {} |", code.name(), code.words()).unwrap();
    }
}
