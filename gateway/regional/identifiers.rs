//! Why an identifier is not sent, and the name it goes by. What one looks like
//! is told where its type is.

use parcelgate_kit::model::{IdKind, IdRole};
use serde::{Deserialize, Serialize};

/// Why an identifier on file is not sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum DropReason {
    /// The consignment is above EUR 150.
    #[serde(rename = "OVER_150")]
    Over150,
    /// The value is above the limit of the scheme.
    OverLimit,
    /// The buyer is a business.
    B2b,
    /// Excise goods are in the consignment.
    Excise,
    /// The goods are excluded from the scheme.
    ExcludedGoods,
    /// The scheme does not reach this territory.
    Territory,
    /// Returned goods or documents.
    Content,
    /// Not a distance sale.
    NotDistanceSale,
    /// The goods are dispatched inside the EU.
    IntraEu,
    /// The registration has ended.
    Expired,
    /// The registration has not begun.
    NotYetValid,
    /// It belongs to a party that is not liable for this sale.
    OtherParty,
    /// The scheme has no use for it.
    NotNeeded,
    /// The shipment is refused.
    Refused,
}

impl DropReason {
    /// The name in codes (`OVER_150`).
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Over150 => "OVER_150",
            Self::OverLimit => "OVER_LIMIT",
            Self::B2b => "B2B",
            Self::Excise => "EXCISE",
            Self::ExcludedGoods => "EXCLUDED_GOODS",
            Self::Territory => "TERRITORY",
            Self::Content => "CONTENT",
            Self::NotDistanceSale => "NOT_DISTANCE_SALE",
            Self::IntraEu => "INTRA_EU",
            Self::Expired => "EXPIRED",
            Self::NotYetValid => "NOT_YET_VALID",
            Self::OtherParty => "OTHER_PARTY",
            Self::NotNeeded => "NOT_NEEDED",
            Self::Refused => "REFUSED",
        }
    }

    /// Why, in plain words that follow "because".
    pub fn words(self) -> &'static str {
        match self {
            Self::Over150 => "the goods are worth more than EUR 150",
            Self::OverLimit => "the value is above the limit of the scheme",
            Self::B2b => "the buyer is a business",
            Self::Excise => "excise goods are in the consignment",
            Self::ExcludedGoods => "goods are in the consignment that the scheme excludes",
            Self::Territory => "the scheme does not reach the destination",
            Self::Content => "the contents are not goods that were sold to the recipient",
            Self::NotDistanceSale => "nothing was sold at a distance",
            Self::IntraEu => "the goods are dispatched inside the EU",
            Self::Expired => "the registration has ended",
            Self::NotYetValid => "the registration had not begun when the goods were sold",
            Self::OtherParty => "it belongs to a party that is not liable for the tax of this sale",
            Self::NotNeeded => "nothing asks for it on this way",
            Self::Refused => "the shipment is refused as it stands",
        }
    }
}

/// The name that tells a recipient's number from a seller's.
pub fn label(kind: IdKind, role: IdRole) -> &'static str {
    match (kind, role) {
        (IdKind::Vat, IdRole::Consignee) => "VAT_RECIPIENT",
        (IdKind::Eori, IdRole::Consignee) => "EORI_IMPORTER",
        (IdKind::Abn, IdRole::Consignee) => "ABN_RECIPIENT",
        _ => kind.as_str(),
    }
}

/// The data element that asks for an identifier.
pub(super) fn element_of(kind: IdKind, role: IdRole) -> &'static str {
    match (kind, role) {
        (IdKind::Vat | IdKind::GbVat, IdRole::Consignee) => "VAT_RECIPIENT",
        (IdKind::Eori, IdRole::Consignee) => "EORI_IMPORTER",
        (IdKind::Eori, _) => "EORI_SELLER",
        (IdKind::Vat, _) => "VAT_RECIPIENT",
        (IdKind::Ein, _) => "IOR_NUMBER",
        (IdKind::MyLvg, _) => "LVG_NUMBER",
        (IdKind::Iec | IdKind::AdCode, _) => "CSB_V_DATA",
        (kind, _) => id_name(kind),
    }
}

/// The name under which codes speak of an identifier.
pub(super) fn id_name(kind: IdKind) -> &'static str {
    match kind {
        IdKind::BrTax => "BR_TAX_ID",
        IdKind::SaAddress => "SA_SHORT_ADDRESS",
        kind => kind.as_str(),
    }
}
