//! A regional decision in full, as a broker would explain it: what it comes to,
//! why, what to do, and what it rests on.
//!
//! It prints what the contract's answer says and decides nothing. Identifiers
//! come masked. Start with [`heading`].

use comfy_table::Table;

use super::{money, table, words};
use crate::api::proto::{google_type, v1};

/// From where to where, under which scheme, and the verdict.
pub(in crate::cli) fn heading(decision: &v1::RegionalDecision) -> Vec<String> {
    let verdict = match decision.severity() {
        v1::Severity::Block => "BLOCK: no label can be bought until this is mended",
        v1::Severity::Warn => "WARN: the label can be bought; read what to do first",
        v1::Severity::Ok | v1::Severity::Unspecified => "OK: the label can be bought",
    };
    let scheme = match decision.scheme_name.as_str() {
        "" => "no scheme could be fixed".to_owned(),
        name => format!("{name} ({})", decision.scheme),
    };
    let lane = format!("{} to {}", place(decision.origin.as_ref()), place(decision.destination.as_ref()));
    vec![
        lane.chars().take(1).flat_map(char::to_uppercase).chain(lane.chars().skip(1)).collect(),
        format!("  border   {}", bare_border(&decision.border)),
        format!("  scheme   {scheme}"),
        format!("  verdict  {verdict}"),
    ]
}

fn place(territory: Option<&v1::Territory>) -> String {
    let Some(one) = territory else { return "-".to_owned() };
    let is_told = one.country.is_empty() || one.country == one.code;
    let posts_as = if is_told { String::new() } else { format!(", {}", one.country) };
    format!("{} ({}{posts_as})", one.name, one.code)
}

fn bare_border(border: &str) -> &str {
    match border {
        "DOMESTIC" => "none, within one country",
        "INTRA_EU" => "none of customs, between member states of the EU",
        "INTRA_UNION_FISCAL" => "a border of taxes inside one customs territory",
        "CUSTOMS" => "a customs border",
        other => other,
    }
}

/// The steps of the decision, without what is told elsewhere.
pub(in crate::cli) fn reasons(decision: &v1::RegionalDecision) -> Vec<String> {
    let coded = |line: &str| line.split_once(": ").is_some_and(|(code, _)| is_code(code));
    let of_number = |line: &str| line.starts_with("The ") && line.contains(" number ");
    // The first line names the lane and the scheme, which the heading has.
    let rest = decision.explanation.iter().skip(1);
    rest.filter(|line| !coded(line) && !of_number(line) && !line.contains(" are taken for 1 "))
        .cloned()
        .collect()
}

fn is_code(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.contains('_') && text.chars().all(plain)
}

/// Findings, the worst first, with the way out.
pub(in crate::cli) fn to_do(decision: &v1::RegionalDecision) -> Vec<String> {
    let mut lines = Vec::new();
    for one in &decision.findings {
        let weight = match one.severity() {
            v1::Severity::Block => "BLOCK",
            v1::Severity::Warn => "warn ",
            v1::Severity::Ok | v1::Severity::Unspecified => "note ",
        };
        lines.push(format!("{weight}  {}  {}", one.code, one.message));
        if !one.remedy.is_empty() {
            lines.push(format!("       -> {}", one.remedy));
        }
    }
    lines
}

/// The numbers on file: which go along, which stay behind and why.
pub(in crate::cli) fn numbers(decision: &v1::RegionalDecision) -> Option<Table> {
    if decision.attached.is_empty() && decision.not_attached.is_empty() {
        return None;
    }
    let holder = |holder: v1::IdentifierHolder| words(holder.as_str_name(), "IDENTIFIER_HOLDER_");
    let mut table = table(&["Number", "Value", "Of", "Sent", "Why not"]);
    for id in &decision.attached {
        let of = holder(id.holder());
        table.add_row([&id.type_text, &id.masked_value, &of, "yes", ""]);
    }
    for id in &decision.not_attached {
        let why = format!("{} ({})", id.message, id.reason);
        table.add_row([id.type_text.clone(), id.masked_value.clone(), holder(id.holder()), "no".into(), why]);
    }
    Some(table)
}

/// What is missing with its place in a request, then what is there.
pub(in crate::cli) fn data(decision: &v1::RegionalDecision) -> Vec<String> {
    let mut lines = Vec::new();
    for one in decision.data.iter().filter(|one| one.missing) {
        let place = if one.field.is_empty() { String::new() } else { format!(" -> {}", one.field) };
        lines.push(format!("missing: {} ({}){place}", one.name, one.key));
    }
    let given: Vec<_> = decision.data.iter().filter(|one| !one.missing).map(|one| one.key.as_str()).collect();
    if !given.is_empty() {
        lines.extend(wrapped("needed: ", &given));
    }
    if !decision.export_note.is_empty() {
        lines.push(format!("note for the export declaration: {}", decision.export_note));
    }
    lines
}

/// Words behind a heading, in lines that fit a terminal.
fn wrapped(heading: &str, words: &[&str]) -> Vec<String> {
    const WIDTH: usize = 90;
    let mut lines = vec![heading.to_owned()];
    for (index, word) in words.iter().enumerate() {
        let comma = if index + 1 < words.len() { ", " } else { "" };
        let full = lines.last().is_some_and(|line| line.chars().count() + word.len() > WIDTH);
        if full {
            lines.push(" ".repeat(heading.len()));
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(word);
            line.push_str(comma);
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Duty line by line, then tax and fees, each with who pays it.
pub(in crate::cli) fn dues(told: &v1::PreviewDutyResponse) -> Option<Table> {
    if told.dues.is_empty() {
        return None;
    }
    let mut table = table(&["What", "How much", "Paid by", "Says"]);
    for line in &told.lines {
        let made = if line.origin_country.is_empty() { "" } else { ", made in " };
        let goods = format!("  line {}: {}{made}{}", line.hs_code, line.description, line.origin_country);
        table.add_row([goods, money(line.amount.as_ref()), String::new(), String::new()]);
    }
    for due in &told.dues {
        let amount = match (due.amount.as_ref(), due.payer()) {
            (Some(amount), _) => money(Some(amount)),
            (None, v1::Payer::PaidWithSale | v1::Payer::Nobody) => "nothing more".to_owned(),
            (None, _) => "not known".to_owned(),
        };
        let kind = words(due.kind().as_str_name(), "DUE_KIND_");
        let payer = words(due.payer().as_str_name(), "PAYER_");
        table.add_row([kind, amount, payer, format!("{} ({})", due.message, due.code)]);
    }
    Some(table)
}

/// The terms held against the scheme, and what nobody can tell before.
pub(in crate::cli) fn open(told: &v1::PreviewDutyResponse) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(terms) = &told.terms {
        let incoterm = terms.incoterm().as_str_name().trim_start_matches("INCOTERM_");
        let verdict = if terms.fit { "fits" } else { "does not fit" };
        lines.push(format!("{incoterm} {verdict}: {}", terms.message));
    }
    lines.extend(told.unknown.iter().map(|words| format!("not known: {words}")));
    lines
}

/// The rates that thresholds were compared by.
pub(in crate::cli) fn exchange_rates(decision: &v1::RegionalDecision) -> Vec<String> {
    let day = |date: Option<&google_type::Date>| {
        date.map_or_else(String::new, |d| format!(" of {:04}-{:02}-{:02}", d.year, d.month, d.day))
    };
    let line = |rate: &v1::ExchangeRate| {
        let units = rate.rate.as_ref().map_or("?", |rate| rate.value.as_str());
        let units = units
            .parse::<rust_decimal::Decimal>()
            .map_or_else(|_| units.to_owned(), |units| units.round_dp(6).normalize().to_string());
        let (from, to) = (&rate.from_currency, &rate.to_currency);
        format!("1 {to} = {units} {from}, {}{}", rate.source, day(rate.date.as_ref()))
    };
    decision.exchange_rates.iter().map(line).collect()
}

/// The rules that made the decision, with their source and age.
pub(in crate::cli) fn rules(decision: &v1::RegionalDecision) -> Option<Table> {
    if decision.rules.is_empty() {
        return None;
    }
    let mut table = table(&["Rule", "Since", "Says", "Source", "Sure"]);
    for rule in &decision.rules {
        let until = rule.effective_until.as_ref();
        let until =
            until.map_or_else(String::new, |d| format!(" to {:04}-{:02}-{:02}", d.year, d.month, d.day));
        let confidence = words(rule.confidence().as_str_name(), "RULE_CONFIDENCE_");
        table.add_row([
            rule.id.clone(),
            format!("{}{until}", rule.version),
            rule.message.clone(),
            rule.source.clone(),
            confidence,
        ]);
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_comes_with_its_place() {
        let one = |key: &str, missing, field: &str| v1::DataElement {
            key: key.into(),
            name: format!("the {key}"),
            missing,
            field: field.into(),
        };
        let decision = v1::RegionalDecision {
            data: vec![one("HS6", true, "items[].hs_code"), one("DESC", false, "")],
            ..Default::default()
        };
        assert_eq!(data(&decision), ["missing: the HS6 (HS6) -> items[].hs_code", "needed: DESC"]);
    }

    #[test]
    fn what_is_told_elsewhere_is_no_reason() {
        let explanation = [
            "From China to the EU: import.",
            "IOSS covers the VAT alone.",
            "The IOSS number ***67 of the seller is sent.",
            "W_TERMS: the terms do not fit.",
            "1.15 USD are taken for 1 EUR, by a bank of 2026-09-01.",
        ];
        let decision = v1::RegionalDecision {
            explanation: explanation.map(str::to_owned).to_vec(),
            ..Default::default()
        };
        assert_eq!(reasons(&decision), ["IOSS covers the VAT alone."]);
    }

    #[test]
    fn long_lists_are_broken() {
        let keys = ["RECIPIENT_CONTACT"; 9];
        let lines = wrapped("needed: ", &keys);
        assert!(lines.len() == 2 && lines.iter().all(|line| line.len() < 110), "{lines:?}");
    }
}
