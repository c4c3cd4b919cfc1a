//! From the case to the decision: what is sent, what is not, and the words.
//!
//! Nothing is decided here any more; it is put in order and said plainly.

use parcelgate_kit::model::{IdRole, Identifier, Incoterm};

use super::case::Case;
use super::code::{Code, Severity};
use super::decision::{Attached, Border, Decision, NotAttached};
use super::element::DataElement;
use super::identifiers::DropReason;
use super::terms::Terms;

impl Case<'_> {
    /// The finished decision.
    pub(super) fn close(mut self) -> Decision {
        let blocked = self.codes.iter().any(|code| code.severity() == Severity::Block);
        if self.dues && self.query.incoterm == Incoterm::Dap && !blocked {
            self.code("W_RECIPIENT_PAYS");
        }
        let not_attached = self.not_attached();
        let attached = self.attached();
        let severity = self.codes.iter().map(Code::severity).max().unwrap_or(Severity::Ok);
        let explanation = self.explain(&attached, &not_attached);
        let customs_required = matches!(self.border, Border::Customs | Border::IntraUnionFiscal)
            && !self.has_code("I_NO_CUSTOMS");
        let terms = customs_required.then(|| Terms::of(&self.codes, self.query.incoterm));
        Decision {
            origin: self.origin.territory,
            destination: self.dest.territory,
            destination_country: self.dest.country,
            border: self.border,
            customs_required,
            scheme: self.scheme,
            attached,
            not_attached,
            export_note: self.export_note,
            required: self.required,
            missing: self.missing,
            severity,
            codes: self.codes,
            explanation,
            rules: self.rules,
            exchange: self.exchange,
            duty: self.duty,
            terms,
        }
    }

    fn attached(&self) -> Vec<Attached> {
        let of = |(index, value): (&usize, &Identifier)| {
            let id = self.query.ids.get(*index)?;
            Some(Attached { kind: id.kind, value: value.clone(), holder: id.role, issuer: id.issuer })
        };
        self.sent.iter().filter_map(of).collect()
    }

    fn not_attached(&self) -> Vec<NotAttached> {
        let rest = self.query.ids.iter().enumerate().filter(|(index, _)| !self.sent.contains_key(index));
        rest.map(|(index, id)| {
            let reason = self.dropped.get(&index).copied().unwrap_or(DropReason::NotNeeded);
            NotAttached {
                kind: id.kind,
                role: id.role,
                masked: id.value.masked(),
                reason,
                words: reason.words().to_owned(),
            }
        })
        .collect()
    }

    fn explain(&self, attached: &[Attached], not_attached: &[NotAttached]) -> Vec<String> {
        let (from, to) = (self.origin.territory.name(), self.dest.territory.name());
        let mut lines = vec![format!("From {from} to {to}: {}.", self.scheme.words())];
        lines.extend(self.notes.iter().cloned());
        for used in &self.exchange {
            let rate = used.units_per.round_dp(6).normalize();
            lines.push(format!(
                "{rate} {} are taken for 1 {}, by {} of {}{}.",
                used.from,
                used.to,
                used.source,
                used.date,
                if used.provisional { ", as that of the day of sale is not out yet" } else { "" }
            ));
        }
        lines.extend(attached.iter().map(|id| {
            format!("The {} number {} of the {} is sent.", id.kind, id.value.masked(), role_words(id.holder))
        }));
        lines.extend(not_attached.iter().map(|id| {
            let role = role_words(id.role);
            format!("The {} number {} of the {role} is not sent, because {}.", id.kind, id.masked, id.words)
        }));
        for code in self.codes.iter().filter(|code| !code.name().ends_with("_DROPPED")) {
            let element = DataElement::from_key(code.detail()).map(|element| element.words());
            let detail = element.unwrap_or(code.detail());
            let open = if detail.is_empty() { String::new() } else { format!(" ({detail})") };
            lines.push(format!("{}: {}{open}.", code.name(), code.words()));
        }
        lines
    }
}

pub(super) fn role_words(role: IdRole) -> &'static str {
    match role {
        IdRole::Seller => "seller",
        IdRole::Marketplace => "marketplace",
        IdRole::Shipper => "shipper",
        IdRole::Consignee => "recipient",
    }
}
