//! The contract's types of identifiers and the kinds that the rules know: one
//! table for both ways.

use parcelgate_kit::model::{CountryCode, IdKind};

use super::proto::v1::IdentifierType as Type;

#[rustfmt::skip]
const TABLE: &[(Type, IdKind)] = &[
    (Type::Ioss, IdKind::Ioss), (Type::Voec, IdKind::Voec), (Type::GbVat, IdKind::GbVat),
    (Type::Vat, IdKind::Vat), (Type::Eori, IdKind::Eori), (Type::SgGst, IdKind::SgGst),
    (Type::Arn, IdKind::Arn), (Type::NzGst, IdKind::NzGst), (Type::MyLvg, IdKind::MyLvg),
    (Type::Ukims, IdKind::Ukims), (Type::CheVat, IdKind::CheVat), (Type::Abn, IdKind::Abn),
    (Type::JpCorporate, IdKind::JpCorporate), (Type::Pccc, IdKind::Pccc),
    (Type::KrBusiness, IdKind::KrBusiness), (Type::CnId, IdKind::CnId), (Type::Gstin, IdKind::Gstin),
    (Type::Pan, IdKind::Pan), (Type::Iec, IdKind::Iec), (Type::AdCode, IdKind::AdCode),
    (Type::EwayBill, IdKind::EwayBill), (Type::Ein, IdKind::Ein), (Type::Mid, IdKind::Mid),
    (Type::Itn, IdKind::Itn), (Type::Bn15, IdKind::Bn15), (Type::Rfc, IdKind::Rfc),
    (Type::Curp, IdKind::Curp), (Type::BrTax, IdKind::BrTax),
    (Type::BrCertificate, IdKind::BrCertificate), (Type::TrId, IdKind::TrId),
    (Type::SaShortAddress, IdKind::SaAddress),
];

/// The kind of a type. `PERSONAL_TAX_ID` takes the one of `country`.
pub(super) fn kind(raw: Type, country: Option<CountryCode>) -> Option<IdKind> {
    if raw == Type::PersonalTaxId {
        return match country?.as_str() {
            "KR" => Some(IdKind::Pccc),
            "CN" => Some(IdKind::CnId),
            "BR" => Some(IdKind::BrTax),
            "MX" => Some(IdKind::Rfc),
            "TR" => Some(IdKind::TrId),
            _ => None,
        };
    }
    TABLE.iter().find(|(known, _)| *known == raw).map(|(_, kind)| *kind)
}

/// The type of a kind; unspecified for one that the contract does not have.
pub(super) fn of_kind(kind: IdKind) -> Type {
    TABLE.iter().find(|(_, known)| *known == kind).map(|(raw, _)| *raw).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_type() {
        for known in IdKind::ALL {
            let raw = of_kind(*known);
            assert_ne!(raw, Type::Unspecified, "{known}");
            assert_eq!(kind(raw, None), Some(*known));
        }
        assert_eq!(TABLE.len(), IdKind::ALL.len());
    }

    #[test]
    fn a_personal_number_takes_its_countrys_kind() {
        let of = |country: &str| kind(Type::PersonalTaxId, CountryCode::parse(country).ok());
        assert_eq!((of("BR"), of("DE")), (Some(IdKind::BrTax), None));
        assert_eq!(kind(Type::Unspecified, None), None);
    }
}
