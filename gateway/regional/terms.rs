//! The terms of delivery held against the scheme.

use parcelgate_kit::model::Incoterm;
use serde::{Deserialize, Serialize};

use super::code::Code;

/// The terms of delivery held against a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The terms.
    pub incoterm: Incoterm,
    /// Who pays what falls due at the border.
    pub payer: DuePayer,
    /// Whether they fit the scheme.
    pub fit: bool,
    /// What they mean here, in words, and the way out where they do not fit.
    pub words: String,
}

impl Terms {
    /// What `incoterm` means where a decision gives `codes`.
    pub(super) fn of(codes: &[Code], incoterm: Incoterm) -> Self {
        let says = |name: &str| codes.iter().any(|code| code.name() == name);
        let (refused, unfit) = (says("E_DDP_REQUIRED"), says("W_TERMS"));
        let words = match incoterm {
            _ if refused => "only prepaid duty is accepted here: set the incoterm to DDP",
            Incoterm::Dap if unfit => {
                "the recipient may be asked for what the scheme does not cover: with DDP nothing is left to pay"
            }
            Incoterm::Ddp if unfit => "prepaid duty does not fit this scheme: see the findings",
            Incoterm::Dap if says("W_RECIPIENT_PAYS") => "the recipient pays what falls due before delivery",
            Incoterm::Dap => "nothing is known that the recipient would have to pay",
            Incoterm::Ddp => "the seller's side pays what falls due, the recipient pays nothing",
        };
        Self { incoterm, payer: DuePayer::by(incoterm), fit: !refused && !unfit, words: words.to_owned() }
    }
}

/// Who pays something that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DuePayer {
    /// The one who receives the parcel.
    Recipient,
    /// The seller's side, through the account that the carrier bills.
    Seller,
    /// Nobody any more: the buyer paid it with the sale.
    PaidWithSale,
    /// Nobody: it is relieved.
    Nobody,
}

impl DuePayer {
    /// Who pays under `incoterm`.
    pub fn by(incoterm: Incoterm) -> Self {
        match incoterm {
            Incoterm::Dap => Self::Recipient,
            Incoterm::Ddp => Self::Seller,
        }
    }
}
