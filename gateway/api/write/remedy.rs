//! What a caller can do about a finding, in the words of the contract.
//!
//! The rules say what is wrong; which field of a request mends it is said here.
//! Start with [`of`].

use super::element;
use crate::regional::{Code, DataElement};

/// Findings and the way out of them.
#[rustfmt::skip]
const REMEDIES: &[(&str, &str)] = &[
    ("E_ID_EXPIRED", "give a number in identifiers[] that is valid on the day of the sale"),
    ("E_ID_PARTY", "give the number of the party that sold the goods, or leave this one out"),
    ("E_FX", "have exchange rates configured, or give the amounts in the currency of the threshold"),
    ("E_DDP_REQUIRED", "set incoterm to DDP, or choose a service that is no mail"),
    ("E_EEI", "file the export and give its ITN number in identifiers[]"),
    ("E_NOT_CARRIED", "choose a service that takes such goods, or send them as freight"),
    ("W_IOSS_MISSING", "give the IOSS number of the party that sold the goods in identifiers[]"),
    ("W_IOSS_GRACE", "give the number of the new registration before the two months are over"),
    ("W_IOSS_CHECKDIGIT", "compare the number with the notice of registration"),
    ("W_TERRITORY_REMAP", "give the country code of the territory itself"),
    ("W_TERRITORY_GUESS", "give the postcode"),
    ("W_SPLIT", "send what belongs to one order as one shipment"),
    ("W_DESC_VAGUE", "say in items[].description what the goods are and what they are made of"),
    ("W_PID_MISSING", "give items[].sku, items[].manufacturer_id, and items[].gtin or items[].no_gtin_exists"),
    ("W_GIFT_SUSPECT", "set content_type to MERCHANDISE, unless a private person sends it unpaid"),
    ("W_TERMS", "see the terms"),
    ("W_RECIPIENT_PAYS", "tell the buyer, or set incoterm to DDP"),
    ("E_CONTENT", "set content_type to MERCHANDISE, or leave out the value and the HS code of papers"),
    ("W_UNVERIFIED", "have somebody who knows the lane look at it"),
];

/// What to do about `code`; empty when there is nothing to do.
pub(super) fn of(code: &Code) -> String {
    if code.detail().starts_with("CARRIER_CANNOT_CARRY:") {
        return "choose a service that carries the number".to_owned();
    }
    match code.name() {
        "E_FIELD" => added(code.detail()),
        "E_ID_FORMAT" | "E_ID_CHECK" => {
            format!("correct the {} number, or leave it out", code.detail())
        }
        name => {
            let told = REMEDIES.iter().find(|(known, _)| *known == name);
            told.map_or("", |(_, words)| words).to_owned()
        }
    }
}

/// How a data element is added.
fn added(key: &str) -> String {
    let Some(known) = DataElement::from_key(key) else { return String::new() };
    match element::field(key) {
        "" => format!("needed is {}", known.words()),
        field => format!("give {} in {field}", known.words()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_remedy_is_for_a_code_of_the_rules() {
        for (name, _) in REMEDIES {
            assert!(Code::from_text(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_missing_element_is_told_with_its_field() {
        let told = |text| of(&Code::from_text(text).unwrap());
        assert!(told("E_FIELD:HS6").ends_with("in items[].hs_code"), "{}", told("E_FIELD:HS6"));
        assert!(told("E_FIELD:CARRIER_CANNOT_CARRY:IOSS").contains("carries"));
        assert_eq!(told("I_TARIFF"), "");
    }
}
