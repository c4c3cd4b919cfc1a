//! What is known of tracking numbers, and of the carriers of a marketplace.

use super::value;
use crate::api::proto::v1;
use crate::numbers::{
    ApprovedCarrier, Candidate, Catalog, Confidence, Courier, Finding, Severity, Validation, Verdict,
};

/// A carrier whose a number may be.
pub(in crate::api) fn candidate(candidate: &Candidate<'_>) -> v1::TrackingNumberCandidate {
    v1::TrackingNumberCandidate {
        carrier: candidate.courier.id.clone(),
        carrier_name: candidate.courier.name.clone(),
        format: candidate.format.clone(),
        check_digit: verdict(candidate.verdict).into(),
        confidence: match_confidence(candidate.confidence).into(),
        why: candidate.why.clone(),
        served: candidate.courier.adapter.is_some(),
        service: candidate.service.as_ref().map(|service| v1::TrackingNumberService {
            code: service.code.clone(),
            name: service.name.clone(),
        }),
        parts: candidate
            .parts
            .iter()
            .map(|part| v1::TrackingNumberPart { name: part.name.clone(), value: part.value.clone() })
            .collect(),
    }
}

/// What was found out about a number.
pub(in crate::api) fn validation(validation: &Validation<'_>) -> v1::ValidateTrackingNumberResponse {
    let read_as = validation.read_as.as_ref();
    let words: Vec<_> = validation.findings.iter().map(|finding| finding.words.as_str()).collect();
    v1::ValidateTrackingNumberResponse {
        valid: validation.is_valid(),
        normalized: validation.number.as_ref().map(ToString::to_string).unwrap_or_default(),
        format: read_as.map(|read| read.format.clone()).unwrap_or_default(),
        check_digit: read_as.map_or(v1::CheckDigitVerdict::Unspecified, |read| verdict(read.verdict)).into(),
        message: words.join("; "),
        findings: validation.findings.iter().map(finding).collect(),
        read_as: read_as.map(candidate),
    }
}

/// A carrier that a marketplace follows.
pub(in crate::api) fn approved(row: &ApprovedCarrier, catalog: &Catalog) -> v1::ApprovedCarrier {
    let courier = catalog.courier(&row.id);
    v1::ApprovedCarrier {
        carrier: row.id.clone(),
        name: row.name.clone(),
        codes: row.codes.clone(),
        served: courier.is_some_and(|courier| courier.adapter.is_some()),
        real_time_status: courier.is_some_and(Courier::has_real_time_status),
        listed_from: row.from.map(value::date),
        listed_until: row.until.map(value::date),
        note: row.note.clone(),
        source: row.source.clone(),
        verified_on: Some(value::date(row.verified_on)),
        confidence: rule_confidence(row.confidence).into(),
    }
}

fn finding(finding: &Finding) -> v1::TrackingNumberFinding {
    let severity = match finding.severity {
        Severity::Warning => v1::TrackingNumberSeverity::Warning,
        Severity::Error => v1::TrackingNumberSeverity::Error,
    };
    v1::TrackingNumberFinding {
        code: finding.code.as_str().to_owned(),
        severity: severity.into(),
        message: finding.words.clone(),
        way_out: finding.way_out.clone(),
    }
}

fn verdict(verdict: Verdict) -> v1::CheckDigitVerdict {
    match verdict {
        Verdict::Right => v1::CheckDigitVerdict::Right,
        Verdict::None => v1::CheckDigitVerdict::None,
        Verdict::Wrong => v1::CheckDigitVerdict::Wrong,
    }
}

fn match_confidence(confidence: Confidence) -> v1::MatchConfidence {
    match confidence {
        Confidence::High => v1::MatchConfidence::High,
        Confidence::Medium => v1::MatchConfidence::Medium,
        Confidence::Low => v1::MatchConfidence::Low,
    }
}

fn rule_confidence(confidence: Confidence) -> v1::RuleConfidence {
    match confidence {
        Confidence::High => v1::RuleConfidence::High,
        Confidence::Medium => v1::RuleConfidence::Medium,
        Confidence::Low => v1::RuleConfidence::Low,
    }
}
