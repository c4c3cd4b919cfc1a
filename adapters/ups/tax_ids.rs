//! Tax and identity numbers of sender and consignee.
//!
//! A number goes exactly to the one place that UPS has for its kind, and a kind
//! without a place is refused; none is ever put into a line of text. Vendors'
//! registrations are in `customs.rs`. Start with [`information`].

use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{AttachedId, CountryCode, IdKind, IdRole, Shipment};

use crate::customs;
use crate::wire::ship::{AgentTaxIds, GlobalTaxInformation, TaxId};

/// Numbers of one party.
const MOST: usize = 8;

/// UPS's types of numbers.
const IMPORTER: &str = "0002";
const PERSONAL_TAX: &str = "0005";
const BUSINESS: &str = "1002";
const PERSONAL: &str = "1005";

/// All numbers but the vendor's, by the party that holds them; none where no
/// customs border is crossed.
///
/// # Errors
/// A kind that UPS has no place for, or more numbers than it takes.
pub(crate) fn information(shipment: &Shipment) -> Result<Option<GlobalTaxInformation>, Fault> {
    if shipment.customs.is_none() {
        return Ok(None);
    }
    let (mut sender, mut consignee) = (Vec::new(), Vec::new());
    for id in shipment.regional_ids.0.iter().filter(|id| !customs::is_vendor_id(id)) {
        let list = if id.holder == IdRole::Consignee { &mut consignee } else { &mut sender };
        list.push(tax_id(shipment, id)?);
    }
    if sender.len().max(consignee.len()) > MOST {
        let problem = format!("holds more than the {MOST} numbers of one party that UPS takes");
        return Err(Fault::unfit("regional_ids", problem));
    }
    let agent = |agent_role, tax_identification_number: Vec<TaxId>| {
        (!tax_identification_number.is_empty())
            .then_some(AgentTaxIds { agent_role, tax_identification_number })
    };
    let agents: Vec<_> = agent("20", sender).into_iter().chain(agent("30", consignee)).collect();
    Ok((!agents.is_empty()).then_some(GlobalTaxInformation { agent_tax_identification_number: agents }))
}

/// The type of a number. Of a consignee UPS takes business, personal tax and
/// personal numbers only; that one is an EORI number is then told by the purpose.
fn type_code(id: &AttachedId) -> Option<&'static str> {
    let length = id.value.expose().chars().filter(char::is_ascii_alphanumeric).count();
    let by_length = |of_person: usize| if length == of_person { PERSONAL_TAX } else { BUSINESS };
    Some(match id.kind {
        IdKind::Eori if id.holder != IdRole::Consignee => IMPORTER,
        IdKind::Eori
        | IdKind::Vat
        | IdKind::GbVat
        | IdKind::CheVat
        | IdKind::Abn
        | IdKind::JpCorporate
        | IdKind::KrBusiness
        | IdKind::Gstin
        | IdKind::Ein
        | IdKind::Bn15
        // Registrations that a consignee has at home are its tax numbers.
        | IdKind::NzGst
        | IdKind::SgGst => BUSINESS,
        // CPF and CNPJ, TCKN and VKN, the RFC of a person and of a company.
        IdKind::BrTax | IdKind::TrId => by_length(11),
        IdKind::Rfc => by_length(13),
        // The fourth letter of a PAN says whose it is.
        IdKind::Pan if id.value.expose().chars().nth(3) == Some('P') => PERSONAL_TAX,
        IdKind::Pan => BUSINESS,
        IdKind::Pccc | IdKind::CnId | IdKind::Curp => PERSONAL,
        _ => return None,
    })
}

fn tax_id(shipment: &Shipment, id: &AttachedId) -> Result<TaxId, Fault> {
    let type_code = type_code(id).ok_or_else(|| {
        let problem = format!("holds {}, for which UPS has no place: choose another carrier", id.kind);
        Fault::unfit("regional_ids", problem)
    })?;
    let of_consignee = id.holder == IdRole::Consignee;
    let issuer = issuer(id);
    let (from, to) = (shipment.ship_from.country, shipment.ship_to.country);
    // A seller can be registered where the goods go; else its own side asks.
    let requesting = if of_consignee || issuer == Some(to) { to } else { from };
    Ok(TaxId {
        number: id.value.expose().to_owned(),
        customer_role: if of_consignee { "18" } else { "37" },
        encryption: "0",
        issuing_country: issuer.map(|country| country.as_str()),
        purpose: if id.kind == IdKind::Eori { "02" } else { "01" },
        requesting_country: requesting.as_str(),
        type_code,
    })
}

/// The country that issued a number: said, in the kind, or its first letters.
fn issuer(id: &AttachedId) -> Option<CountryCode> {
    let of_kind = match id.kind {
        IdKind::GbVat => "GB",
        IdKind::CheVat => "CH",
        IdKind::Abn => "AU",
        IdKind::NzGst => "NZ",
        IdKind::SgGst => "SG",
        IdKind::JpCorporate => "JP",
        IdKind::KrBusiness | IdKind::Pccc => "KR",
        IdKind::CnId => "CN",
        IdKind::Gstin | IdKind::Pan => "IN",
        IdKind::Ein => "US",
        IdKind::Bn15 => "CA",
        IdKind::Rfc | IdKind::Curp => "MX",
        IdKind::BrTax => "BR",
        IdKind::TrId => "TR",
        IdKind::Vat | IdKind::Eori => id.value.expose().get(..2).unwrap_or_default(),
        _ => "",
    };
    id.issuer.or_else(|| CountryCode::parse(of_kind).ok())
}

#[cfg(test)]
mod tests {
    use parcelgate_kit::model::Identifier;

    use super::*;

    fn coded(kind: IdKind, value: &str, holder: IdRole) -> Option<&'static str> {
        type_code(&AttachedId { kind, value: Identifier::parse(value).unwrap(), holder, issuer: None })
    }

    #[test]
    fn a_number_is_typed_by_what_it_is() {
        use IdRole::{Consignee, Seller};
        for (kind, value, holder, code) in [
            (IdKind::Eori, "DE123456789012345", Seller, "0002"),
            (IdKind::Eori, "FR12345678901234", Consignee, "1002"),
            (IdKind::GbVat, "GB365462636", Seller, "1002"),
            (IdKind::BrTax, "12345678909", Consignee, "0005"),
            (IdKind::BrTax, "12ABC34501DE35", Consignee, "1002"),
            (IdKind::Rfc, "GODE561231GR8", Consignee, "0005"),
            (IdKind::Rfc, "ABC010203AB9", Consignee, "1002"),
            (IdKind::TrId, "12345678950", Consignee, "0005"),
            (IdKind::TrId, "1234567890", Consignee, "1002"),
            (IdKind::Pan, "ABCPE1234F", Consignee, "0005"),
            (IdKind::Pan, "ABCCE1234F", Consignee, "1002"),
            (IdKind::Pccc, "P123456789012", Consignee, "1005"),
        ] {
            assert_eq!(coded(kind, value, holder), Some(code), "{kind}");
        }
        for kind in [IdKind::Ukims, IdKind::Mid, IdKind::Itn, IdKind::EwayBill, IdKind::SaAddress] {
            assert_eq!(coded(kind, "ABC123456", Seller), None, "{kind}");
        }
    }

    #[test]
    fn what_a_service_carries_has_a_place() {
        let carried = crate::services::ALL.iter().flat_map(|service| service.carries);
        for kind in carried {
            let placed = [IdRole::Seller, IdRole::Consignee].iter().any(|holder| {
                let id = AttachedId {
                    kind: *kind,
                    value: Identifier::parse("ABC123456").unwrap(),
                    holder: *holder,
                    issuer: None,
                };
                customs::is_vendor_id(&id) || type_code(&id).is_some()
            });
            assert!(placed, "{kind}");
        }
    }
}
