//! What is known of duty, tax and fees before the import, and who pays them.
//!
//! It reads a decision and adds no rule of its own. There is no database of
//! tariffs: what depends on one is named as not known, never guessed. Start
//! with [`DutyPreview::of`].

use parcelgate_kit::model::{Incoterm, Money};

use crate::regional::{Code, Decision, DuePayer, DutyLine, Severity};

/// What kind of money it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueKind {
    /// Duty.
    Duty,
    /// VAT, GST or sales tax.
    Tax,
    /// A fee of customs or of a country.
    Fee,
}

/// One thing that is due, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// What it is.
    pub kind: DueKind,
    /// The code of the decision that says so.
    pub code: Code,
    /// How much, where it is known before the import.
    pub amount: Option<Money>,
    /// Who pays it.
    pub payer: DuePayer,
}

/// What is known before the import, and what is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyPreview {
    /// Duty by line of the declaration.
    pub lines: Vec<DutyLine>,
    /// Everything that falls due, or does not.
    pub dues: Vec<Due>,
    /// What cannot be told, a sentence each.
    pub unknown: Vec<&'static str>,
}

impl DutyPreview {
    /// What `decision` lets one know under `incoterm`.
    pub fn of(decision: &Decision, incoterm: Incoterm) -> Self {
        let dues: Vec<_> = decision.codes.iter().filter_map(|code| due(code, decision, incoterm)).collect();
        let mut unknown = Vec::new();
        if decision.severity == Severity::Block {
            unknown.push("what lies behind the finding that forbids the shipment was not looked at");
        }
        for due in &dues {
            let open = match (due.kind, due.payer, due.amount) {
                (_, DuePayer::Nobody | DuePayer::PaidWithSale, _) | (_, _, Some(_)) => continue,
                (DueKind::Duty, ..) => "the rate of duty: there is no database of tariffs here",
                (DueKind::Tax, ..) => "the amount of import tax: its rate depends on the goods",
                (DueKind::Fee, ..) => "whether the fee is asked, and how much it is",
            };
            unknown.push(open);
        }
        if decision.customs_required {
            unknown.push("what the carrier asks for clearing the goods or for paying in advance");
        }
        unknown.dedup();
        Self { lines: decision.duty.clone(), dues, unknown }
    }
}

/// What a code says of money.
fn due(code: &Code, decision: &Decision, incoterm: Incoterm) -> Option<Due> {
    let by_terms = DuePayer::by(incoterm);
    let (kind, payer) = match code.name() {
        "I_EUR3" | "I_TARIFF" => (DueKind::Duty, by_terms),
        "I_EUR150_RELIEF" => (DueKind::Duty, DuePayer::Nobody),
        "I_VAT_PREPAID" => (DueKind::Tax, DuePayer::PaidWithSale),
        "I_VAT_AT_IMPORT" => (DueKind::Tax, by_terms),
        "I_FEE_UNION" | "I_FEE_NATIONAL" => (DueKind::Fee, by_terms),
        _ => return None,
    };
    let flat = code.name() == "I_EUR3";
    let lines = decision.duty.iter().filter_map(|line| Money::new(line.amount, line.currency).ok());
    let amount = if flat { Money::sum(lines).ok().flatten() } else { None };
    Some(Due { kind, code: code.clone(), amount, payer })
}
