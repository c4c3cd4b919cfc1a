//! Duty, terms of delivery and what is due at a border.

use parcelgate_kit::model::{Incoterm, Money};

use super::{decision, value};
use crate::api::proto::v1;
use crate::regional::{Decision, DuePayer, DutyLine, Terms};
use crate::shipping::{Due, DueKind, DutyPreview};

/// What is known before the import.
pub(in crate::api) fn preview(of: &Decision, incoterm: Incoterm) -> v1::PreviewDutyResponse {
    let known = DutyPreview::of(of, incoterm);
    v1::PreviewDutyResponse {
        lines: known.lines.iter().map(line).collect(),
        dues: known.dues.iter().map(due).collect(),
        terms: of.terms.as_ref().map(terms),
        unknown: known.unknown.iter().map(ToString::to_string).collect(),
        decision: Some(decision(of)),
    }
}

pub(super) fn line(line: &DutyLine) -> v1::DutyLine {
    v1::DutyLine {
        hs_code: line.hs6.clone(),
        description: line.description.clone(),
        origin_country: line.origin.map(|country| country.as_str().to_owned()).unwrap_or_default(),
        amount: Money::new(line.amount, line.currency).ok().map(value::money),
        message: line.words.clone(),
    }
}

pub(super) fn terms(terms: &Terms) -> v1::TermsCheck {
    let incoterm = match terms.incoterm {
        Incoterm::Dap => v1::Incoterm::Dap,
        Incoterm::Ddp => v1::Incoterm::Ddp,
    };
    v1::TermsCheck {
        incoterm: incoterm.into(),
        payer: payer(terms.payer).into(),
        fit: terms.fit,
        message: terms.words.clone(),
    }
}

fn due(due: &Due) -> v1::Due {
    let kind = match due.kind {
        DueKind::Duty => v1::DueKind::Duty,
        DueKind::Tax => v1::DueKind::Tax,
        DueKind::Fee => v1::DueKind::Fee,
    };
    v1::Due {
        kind: kind.into(),
        code: due.code.to_string(),
        message: due.code.words().to_owned(),
        amount: due.amount.map(value::money),
        payer: payer(due.payer).into(),
    }
}

fn payer(payer: DuePayer) -> v1::Payer {
    match payer {
        DuePayer::Recipient => v1::Payer::Recipient,
        DuePayer::Seller => v1::Payer::Seller,
        DuePayer::PaidWithSale => v1::Payer::PaidWithSale,
        DuePayer::Nobody => v1::Payer::Nobody,
    }
}
