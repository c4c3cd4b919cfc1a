//! A regional decision in few lines, beside offers.

use super::{bare, words};
use crate::api::proto::v1;

/// The decision in plain lines: the border, why, what goes with the parcel,
/// what stays behind, what is to be expected. Identifiers come masked.
pub(in crate::cli) fn decision(decision: &v1::RegionalDecision) -> Vec<String> {
    let territory =
        |one: &Option<v1::Territory>| one.as_ref().map(|one| one.code.clone()).unwrap_or_default();
    let mut lines = vec![format!(
        "{} to {}, border {}, scheme {}: {}",
        territory(&decision.origin),
        territory(&decision.destination),
        decision.border,
        decision.scheme,
        bare(decision.severity().as_str_name(), "SEVERITY_")
    )];
    let told = decision.explanation.iter().filter(|line| code_of(line).is_none());
    lines.extend(told.filter(|line| !names_an_identifier(decision, line)).cloned());
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
    lines.extend(findings(decision));
    if !decision.missing_data.is_empty() {
        lines.push(format!("! missing: {}", decision.missing_data.join(", ")));
    }
    lines
}

/// Whether the line tells of an identifier, which has a line of its own.
fn names_an_identifier(decision: &v1::RegionalDecision, line: &str) -> bool {
    let sent = decision.attached.iter().map(|id| (&id.type_text, &id.masked_value));
    let kept = decision.not_attached.iter().map(|id| (&id.type_text, &id.masked_value));
    sent.chain(kept).any(|(kind, masked)| line.starts_with(&format!("The {kind} number {masked} ")))
}

/// What is to be expected, warnings and obstacles marked. The explanation says
/// a finding in more words than the finding itself, so its line is taken.
fn findings(decision: &v1::RegionalDecision) -> Vec<String> {
    let noted: Vec<_> = decision.explanation.iter().filter_map(|line| Some((code_of(line)?, line))).collect();
    let base = |finding: &v1::RegionalFinding| finding.code.split(':').next().unwrap_or_default().to_owned();
    let heavy = |finding: &&v1::RegionalFinding| {
        matches!(finding.severity(), v1::Severity::Warn | v1::Severity::Block)
    };
    let mut lines: Vec<_> = noted
        .iter()
        .map(|(code, line)| match decision.findings.iter().filter(heavy).find(|one| base(one) == *code) {
            Some(one) => format!("! {}: {line}", words(one.severity().as_str_name(), "SEVERITY_")),
            None => format!("  {line}"),
        })
        .collect();
    let explained = |one: &v1::RegionalFinding| noted.iter().any(|(code, _)| base(one) == *code);
    // That an identifier stays behind is told with the identifier.
    let withheld = |one: &v1::RegionalFinding| {
        let reason = one.code.split_once("_DROPPED:").map(|(_, reason)| reason);
        reason.is_some_and(|reason| decision.not_attached.iter().any(|id| id.reason == reason))
    };
    for one in decision.findings.iter().filter(heavy).filter(|one| !explained(one) && !withheld(one)) {
        let weight = words(one.severity().as_str_name(), "SEVERITY_");
        lines.push(format!("! {weight}: {}: {}", one.code, one.message));
    }
    // Obstacles and warnings first.
    lines.sort_by_key(|line| !line.starts_with('!'));
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
            ..Default::default()
        };
        let dropped = v1::RegionalFinding { code: "W_IOSS_DROPPED:OVER_150".into(), ..warned.clone() };
        let explanation = [
            "From China to the EU: import above EUR 150.",
            "The IOSS number ***67 of the marketplace is not sent, because of its worth.",
            "W_RECIPIENT_PAYS: the recipient will be asked to pay.",
            "I_TARIFF: ordinary duty.",
        ];
        let unexplained = v1::RegionalFinding {
            code: "W_OTHER:X".into(),
            message: "something else".into(),
            ..warned.clone()
        };
        let decided = v1::RegionalDecision {
            border: "CUSTOMS".into(),
            scheme: "EU_STD_B2C".into(),
            severity: v1::Severity::Warn.into(),
            not_attached: vec![kept],
            findings: vec![dropped, warned, unexplained],
            explanation: explanation.map(str::to_owned).to_vec(),
            missing_data: vec!["HS6".into()],
            ..Default::default()
        };
        assert_eq!(
            decision(&decided)[1..],
            [
                "From China to the EU: import above EUR 150.",
                "- IOSS ***67 stays behind: the goods are worth more than EUR 150 (OVER_150)",
                "! warn: W_RECIPIENT_PAYS: the recipient will be asked to pay.",
                "! warn: W_OTHER:X: something else",
                "  I_TARIFF: ordinary duty.",
                "! missing: HS6",
            ]
        );
    }
}
