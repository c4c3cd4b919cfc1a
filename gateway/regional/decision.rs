//! What was decided, and by which rules.
//!
//! Plain data that is stored with the shipment and shown to people. Its
//! `Debug` never shows an identifier. Start with [`Decision`].

use jiff::civil::Date;
use parcelgate_kit::model::{AttachedId, CountryCode, Currency, IdKind, IdRole, Identifier, RegionalIds};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::code::{Code, Severity};
use super::element::DataElement;
use super::identifiers::DropReason;
use super::rules::Confidence;
use super::scheme::Scheme;
use super::terms::Terms;
use super::territory::Territory;

/// What one consignment needs at its border.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Where the goods are dispatched.
    pub origin: Territory,
    /// Where they go.
    pub destination: Territory,
    /// Country code of the destination that belongs on customs data.
    pub destination_country: CountryCode,
    /// What kind of border lies between.
    pub border: Border,
    /// Whether a customs block must be sent.
    pub customs_required: bool,
    /// Under which scheme the goods cross.
    pub scheme: Scheme,
    /// Identifiers to send.
    pub attached: Vec<Attached>,
    /// Identifiers on file that are not sent, each with its reason.
    pub not_attached: Vec<NotAttached>,
    /// Note for the export declaration (`NOEEI 30.37(a)`), where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export_note: Option<String>,
    /// Data elements that the border asks for; of a refused shipment, those
    /// that stand in its way.
    pub required: Vec<DataElement>,
    /// Those of them that the caller did not give.
    pub missing: Vec<DataElement>,
    /// What it means for buying.
    pub severity: Severity,
    /// All codes.
    pub codes: Vec<Code>,
    /// The decision in plain words, a sentence a line.
    pub explanation: Vec<String>,
    /// The rules that made it.
    pub rules: Vec<RuleUse>,
    /// The exchange rates that were used.
    pub exchange: Vec<ExchangeUse>,
    /// Duty that is known before the import.
    pub duty: Vec<DutyLine>,
    /// The terms of delivery held against the scheme; none where no customs
    /// declaration is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
}

impl Decision {
    /// The identifiers in the form that adapters take.
    pub fn regional_ids(&self) -> RegionalIds {
        let carried = self.attached.iter().map(|id| AttachedId {
            kind: id.kind,
            value: id.value.clone(),
            holder: id.holder,
            issuer: id.issuer,
        });
        RegionalIds(carried.collect())
    }
}

/// What kind of border lies between origin and destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Border {
    /// None.
    Domestic,
    /// Between member states of the EU, Northern Ireland included.
    IntraEu,
    /// A tax border inside one customs territory.
    IntraUnionFiscal,
    /// A customs border.
    Customs,
}

/// An identifier to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// What it is.
    pub kind: IdKind,
    /// Its value in transmitted form; `Debug` masks it.
    pub value: Identifier,
    /// Whose it is.
    pub holder: IdRole,
    /// Country that issued it, where the number does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<CountryCode>,
}

/// An identifier on file that is not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotAttached {
    /// What it is.
    pub kind: IdKind,
    /// Whose it is.
    pub role: IdRole,
    /// Its last two characters, the others hidden.
    pub masked: String,
    /// Why not.
    pub reason: DropReason,
    /// Why not, in plain words.
    pub words: String,
}

/// A rule that made the decision, in the version that held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleUse {
    /// The rule's topic (`eu.ioss`).
    pub id: String,
    /// First day of the version.
    pub effective_from: Date,
    /// First day on which the version no longer holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_until: Option<Date>,
    /// What it says.
    pub words: String,
    /// Where it is written.
    pub source: String,
    /// When the source was last read.
    pub verified_on: Date,
    /// How sure it is.
    pub confidence: Confidence,
}

/// An exchange rate that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeUse {
    /// Currency of the sale.
    pub from: Currency,
    /// Currency of the threshold.
    pub to: Currency,
    /// Units of `from` for one of `to`.
    pub units_per: Decimal,
    /// Day of the rate.
    pub date: Date,
    /// Who published it.
    pub source: String,
    /// It is of a day before the sale, as that of the sale is not out yet.
    #[serde(default)]
    pub provisional: bool,
}

/// Duty on one line of the declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyLine {
    /// Classification, six digits.
    pub hs6: String,
    /// What the goods are.
    pub description: String,
    /// Country they were made in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<CountryCode>,
    /// The amount.
    pub amount: Decimal,
    /// Its currency.
    pub currency: Currency,
    /// Why it is due, in plain words.
    #[serde(default)]
    pub words: String,
}
