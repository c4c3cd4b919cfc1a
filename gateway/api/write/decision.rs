//! Regional decisions.

use parcelgate_kit::model::{CountryCode, IdRole};

use super::{duty, element, remedy, value};
use crate::api::identifier::of_kind;
use crate::api::proto::{google_type, v1};
use crate::regional::{Border, Code, Confidence, Decision, ExchangeUse, RuleUse, Severity, Territory};

/// A decision, its identifiers masked.
pub(in crate::api) fn decision(decision: &Decision) -> v1::RegionalDecision {
    v1::RegionalDecision {
        origin: Some(territory(decision.origin, String::new())),
        destination: Some(territory(decision.destination, country(decision.destination_country))),
        customs_border: decision.customs_required,
        border: border(decision.border).to_owned(),
        scheme: decision.scheme.as_str().to_owned(),
        scheme_name: decision.scheme.words().to_owned(),
        attached: decision
            .attached
            .iter()
            .map(|id| v1::AttachedIdentifier {
                r#type: of_kind(id.kind).into(),
                type_text: id.kind.to_string(),
                masked_value: id.value.masked(),
                holder: holder(id.holder).into(),
                issuing_country: id.issuer.map(country).unwrap_or_default(),
            })
            .collect(),
        not_attached: decision
            .not_attached
            .iter()
            .map(|id| v1::WithheldIdentifier {
                r#type: of_kind(id.kind).into(),
                type_text: id.kind.to_string(),
                masked_value: id.masked.clone(),
                holder: holder(id.role).into(),
                reason: id.reason.as_str().to_owned(),
                message: id.words.clone(),
            })
            .collect(),
        required_data: decision.required.iter().map(ToString::to_string).collect(),
        missing_data: decision.missing.iter().map(ToString::to_string).collect(),
        data: element::all(decision),
        severity: severity(decision.severity).into(),
        findings: findings(&decision.codes),
        explanation: decision.explanation.clone(),
        rules: decision.rules.iter().map(rule).collect(),
        export_note: decision.export_note.clone().unwrap_or_default(),
        duty: decision.duty.iter().map(duty::line).collect(),
        terms: decision.terms.as_ref().map(duty::terms),
        exchange_rates: decision.exchange.iter().map(exchange).collect(),
    }
}

/// The codes with what they mean, the worst first.
fn findings(codes: &[Code]) -> Vec<v1::RegionalFinding> {
    let mut codes: Vec<_> = codes.iter().collect();
    codes.sort_by_key(|code| std::cmp::Reverse(code.severity()));
    codes
        .into_iter()
        .map(|code| v1::RegionalFinding {
            code: code.to_string(),
            severity: severity(code.severity()).into(),
            message: code.words().to_owned(),
            remedy: remedy::of(code),
        })
        .collect()
}

fn country(country: CountryCode) -> String {
    country.as_str().to_owned()
}

fn territory(territory: Territory, country: String) -> v1::Territory {
    v1::Territory { code: territory.to_string(), name: territory.name().to_owned(), country }
}

fn border(border: Border) -> &'static str {
    match border {
        Border::Domestic => "DOMESTIC",
        Border::IntraEu => "INTRA_EU",
        Border::IntraUnionFiscal => "INTRA_UNION_FISCAL",
        Border::Customs => "CUSTOMS",
    }
}

fn holder(role: IdRole) -> v1::IdentifierHolder {
    match role {
        IdRole::Seller => v1::IdentifierHolder::Seller,
        IdRole::Marketplace => v1::IdentifierHolder::Marketplace,
        IdRole::Shipper => v1::IdentifierHolder::Shipper,
        IdRole::Consignee => v1::IdentifierHolder::Consignee,
    }
}

fn severity(severity: Severity) -> v1::Severity {
    match severity {
        Severity::Ok => v1::Severity::Ok,
        Severity::Warn => v1::Severity::Warn,
        Severity::Block => v1::Severity::Block,
    }
}

fn rule(rule: &RuleUse) -> v1::AppliedRule {
    let confidence = match rule.confidence {
        Confidence::High => v1::RuleConfidence::High,
        Confidence::Medium => v1::RuleConfidence::Medium,
        Confidence::Low => v1::RuleConfidence::Low,
    };
    v1::AppliedRule {
        id: rule.id.clone(),
        version: rule.effective_from.to_string(),
        source: rule.source.clone(),
        confidence: confidence.into(),
        message: rule.words.clone(),
        effective_until: rule.effective_until.map(value::date),
        verified_on: Some(value::date(rule.verified_on)),
    }
}

fn exchange(used: &ExchangeUse) -> v1::ExchangeRate {
    v1::ExchangeRate {
        from_currency: used.from.as_str().to_owned(),
        to_currency: used.to.as_str().to_owned(),
        rate: Some(google_type::Decimal { value: used.units_per.to_string() }),
        date: Some(value::date(used.date)),
        source: used.source.clone(),
        provisional: used.provisional,
    }
}
