//! The data that a border asks for, and where it goes in a request.
//!
//! The rules know elements by key; which field of the contract takes one is
//! known here alone. Start with [`all`].

use crate::api::proto::v1;
use crate::regional::{DataElement, Decision};

/// Elements and the fields that take them.
#[rustfmt::skip]
const FIELDS: &[(&str, &str)] = &[
    ("DESC", "items[].description"),
    ("HS6", "items[].hs_code"),
    ("HS10", "items[].hs_code"),
    ("HTS10", "items[].hs_code"),
    ("COO", "items[].origin_country"),
    ("LINE_QTY", "items[].quantity"),
    ("LINE_NET_WEIGHT", "items[].net_weight"),
    ("LINE_VALUE", "items[].unit_value"),
    ("SAT_PRODUCT", "items[].sat_product_code"),
    ("CURRENCY", "items[].unit_value.currency_code"),
    ("GROSS_WEIGHT", "parcels[].weight"),
    ("SENDER_FULL", "ship_from"),
    ("RECIPIENT_FULL", "ship_to"),
    ("RECIPIENT_CONTACT", "ship_to.phone or ship_to.email"),
    ("DEST_POSTCODE", "ship_to.postcode"),
    ("CONTENT_EXPLANATION", "items[].description"),
    ("INVOICE", "invoice"),
    ("RETURN_REFERENCE", "invoice.number"),
    ("INVOICE_NUMBER", "invoice.number"),
    ("DDP", "incoterm"),
    ("CONTENT_TYPE", "content_type"),
    ("ORDER_REFERENCE", "order.order_id"),
    ("COMMERCE_TYPE", "order.buyer_kind"),
    ("BUYER_TYPE", "order.buyer_kind"),
    ("PID_M", "items[].sku"),
    ("PID_NS", "items[].manufacturer_id"),
    ("PID_S_OR_Y081", "items[].gtin or items[].no_gtin_exists"),
    ("IOSS", "identifiers[]"),
    ("IOSS_ELECTRONIC", "identifiers[]"),
    ("VOEC", "identifiers[]"),
    ("VOEC_ELECTRONIC", "identifiers[]"),
    ("EORI_IMPORTER", "identifiers[] of CONSIGNEE"),
    ("EORI_SELLER", "identifiers[] of SELLER"),
    ("VAT_RECIPIENT", "identifiers[] of CONSIGNEE"),
    ("GB_VAT", "identifiers[]"),
    ("CHE_VAT", "identifiers[]"),
    ("ABN", "identifiers[]"),
    ("ARN", "identifiers[]"),
    ("NZGST", "identifiers[]"),
    ("SGOVR", "identifiers[]"),
    ("LVG_NUMBER", "identifiers[]"),
    ("GSTIN", "identifiers[]"),
    ("CSB_V_DATA", "identifiers[]"),
    ("EWAY_BILL", "identifiers[]"),
    ("PCCC", "identifiers[] of CONSIGNEE"),
    ("BN15", "identifiers[] of CONSIGNEE"),
    ("BR_TAX_ID", "identifiers[] of CONSIGNEE"),
    ("RFC", "identifiers[] of CONSIGNEE"),
    ("TR_ID", "identifiers[] of CONSIGNEE"),
    ("CN_ID", "identifiers[] of CONSIGNEE"),
    ("SA_SHORT_ADDRESS", "identifiers[] of CONSIGNEE"),
    ("UKIMS", "identifiers[]"),
    ("IOR_NUMBER", "identifiers[]"),
    ("MID", "identifiers[]"),
    ("ITN", "identifiers[]"),
];

/// Everything that a decision asks for, what is missing first.
pub(super) fn all(decision: &Decision) -> Vec<v1::DataElement> {
    let given = decision.required.iter().filter(|element| !decision.missing.contains(element));
    let missing = decision.missing.iter().map(|element| one(element, true));
    missing.chain(given.map(|element| one(element, false))).collect()
}

fn one(element: &DataElement, missing: bool) -> v1::DataElement {
    v1::DataElement {
        key: element.to_string(),
        name: element.words().to_owned(),
        missing,
        field: field(element.as_str()).to_owned(),
    }
}

/// The field that takes an element; empty where none does.
pub(super) fn field(key: &str) -> &'static str {
    FIELDS.iter().find(|(known, _)| *known == key).map_or("", |(_, field)| field)
}

#[cfg(test)]
mod tests {
    use prost_reflect::DescriptorPool;

    use super::*;
    use crate::api::proto::DESCRIPTOR_SET;

    /// Whether a path such as `items[].hs_code` is one of a RateRequest.
    fn exists(pool: &DescriptorPool, path: &str) -> bool {
        let mut message = pool.get_message_by_name("parcelgate.v1.RateRequest");
        for step in path.split('.') {
            let name = step.trim_end_matches("[]");
            let field = message.as_ref().and_then(|message| message.get_field_by_name(name));
            let Some(field) = field else { return false };
            if field.is_list() != step.ends_with("[]") {
                return false;
            }
            message = field.kind().as_message().cloned();
        }
        true
    }

    #[test]
    fn every_field_named_is_one_of_a_request_and_every_key_one_of_the_rules() {
        let pool = DescriptorPool::decode(DESCRIPTOR_SET).unwrap();
        for (key, told) in FIELDS {
            assert!(DataElement::from_key(key).is_some(), "{key}");
            let bare = told.split(" of ").next().unwrap();
            assert!(bare.split(" or ").all(|path| exists(&pool, path)), "{key}: {told}");
        }
    }
}
