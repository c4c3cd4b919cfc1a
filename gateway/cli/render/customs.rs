//! A regional decision as a broker would explain it.

use comfy_table::Table;

use super::{bare, table, words};
use crate::api::proto::v1;

/// The decision in plain lines: the border, why, what goes with the parcel,
/// what stays behind, what is to be expected. Identifiers come masked.
pub(in crate::cli) fn decision(decision: &v1::RegionalDecision) -> Vec<String> {
    let territory =
        |one: &Option<v1::Territory>| one.as_ref().map(|one| one.code.clone()).unwrap_or_default();
    let mut lines = vec![format!(
        "{} to {}: {} border, scheme {}, {}",
        territory(&decision.origin),
        territory(&decision.destination),
        decision.border,
        decision.scheme,
        bare(decision.severity().as_str_name(), "SEVERITY_")
    )];
    let (noted, told): (Vec<_>, Vec<_>) =
        decision.explanation.iter().partition(|line| code_of(line).is_some());
    let on_a_line_of_its_own = |line: &&&String| {
        let mut shown = decision.attached.iter().map(|id| (&id.type_text, &id.masked_value));
        let mut kept = decision.not_attached.iter().map(|id| (&id.type_text, &id.masked_value));
        let names =
            |(kind, masked): (&String, &String)| line.contains(&format!("The {kind} number {masked} "));
        shown.any(names) || kept.any(names)
    };
    lines.extend(told.iter().filter(|line| !on_a_line_of_its_own(line)).map(|line| (*line).clone()));
    for id in &decision.attached {
        let holder = words(id.holder().as_str_name(), "IDENTIFIER_HOLDER_");
        lines.push(format!("+ {} {} of the {holder} goes with the parcel", id.type_text, id.masked_value));
    }
    for id in &decision.not_attached {
        lines.push(format!(
            "- {} {} stays behind: {} ({})",
            id.type_text, id.masked_value, id.message, id.reason
        ));
    }
    for finding in decision.findings.iter().filter(|finding| finding.severity() != v1::Severity::Ok) {
        let weight = words(finding.severity().as_str_name(), "SEVERITY_");
        lines.push(format!("! {weight}: {} ({})", finding.message, finding.code));
    }
    let open = |line: &&&String| {
        let code = code_of(line).unwrap_or_default();
        let told = |finding: &v1::RegionalFinding| {
            finding.severity() != v1::Severity::Ok && finding.code.split(':').next() == Some(code)
        };
        !decision.findings.iter().any(told)
    };
    lines.extend(noted.iter().filter(open).map(|line| format!("  {line}")));
    if !decision.missing_data.is_empty() {
        lines.push(format!("! missing: {}", decision.missing_data.join(", ")));
    }
    lines
}

/// The code that a line of the explanation begins with, `I_TARIFF` of
/// `I_TARIFF: ordinary duty`.
fn code_of(line: &str) -> Option<&str> {
    let (code, _) = line.split_once(": ")?;
    let coded =
        code.contains('_') && code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    coded.then_some(code)
}

/// The rules that made the decision.
pub(in crate::cli) fn rules(decision: &v1::RegionalDecision) -> Table {
    let mut table = table(&["Rule", "In force since", "Confidence", "Source"]);
    for rule in &decision.rules {
        let confidence = words(rule.confidence().as_str_name(), "RULE_CONFIDENCE_");
        table.add_row([rule.id.clone(), rule.version.clone(), confidence, rule.source.clone()]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_is_said_once_and_the_reason_stays() {
        let kept = v1::WithheldIdentifier {
            type_text: "IOSS".into(),
            masked_value: "***67".into(),
            message: "the goods are worth more than EUR 150".into(),
            reason: "OVER_150".into(),
            ..Default::default()
        };
        let warned = v1::RegionalFinding {
            code: "W_RECIPIENT_PAYS".into(),
            severity: v1::Severity::Warn.into(),
            message: "the recipient will be asked to pay".into(),
        };
        let explanation = [
            "From China to the EU: import above EUR 150.",
            "The IOSS number ***67 of the marketplace is not sent, because of its worth.",
            "W_RECIPIENT_PAYS: the recipient will be asked to pay.",
            "I_TARIFF: ordinary duty.",
        ];
        let decided = v1::RegionalDecision {
            border: "CUSTOMS".into(),
            scheme: "EU_STD_B2C".into(),
            severity: v1::Severity::Warn.into(),
            not_attached: vec![kept],
            findings: vec![warned],
            explanation: explanation.map(str::to_owned).to_vec(),
            missing_data: vec!["HS6".into()],
            ..Default::default()
        };
        assert_eq!(
            decision(&decided)[1..],
            [
                "From China to the EU: import above EUR 150.",
                "- IOSS ***67 stays behind: the goods are worth more than EUR 150 (OVER_150)",
                "! warn: the recipient will be asked to pay (W_RECIPIENT_PAYS)",
                "  I_TARIFF: ordinary duty.",
                "! missing: HS6",
            ]
        );
    }
}
