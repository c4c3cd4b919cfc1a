//! What a customs form says about a shipment.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Money, Text};

/// Why the goods move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContentType {
    /// Goods that were sold.
    #[default]
    Merchandise,
    /// A gift between persons.
    Gift,
    /// A sample that is not for sale.
    Sample,
    /// Papers only.
    Documents,
    /// Goods on their way back.
    Return,
    /// Anything else; the description must explain it.
    Other,
}

/// Who pays what, in the words of Incoterms 2020.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Incoterm {
    /// Delivered at place: the consignee pays duty and tax.
    Dap,
    /// Delivered duty paid: the seller pays duty and tax.
    Ddp,
}

/// The customs block of a shipment that crosses a customs border. The goods
/// themselves are [`super::Shipment::items`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomsDeclaration {
    /// Why the goods move.
    pub content: ContentType,
    /// Who pays duty and tax.
    pub incoterm: Incoterm,
    /// Number of the commercial invoice, at most 35 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_number: Option<Text>,
    /// Date of the commercial invoice.
    pub invoice_date: Date,
    /// What the buyer paid for transport, where it stands apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipping_charged: Option<Money>,
}
