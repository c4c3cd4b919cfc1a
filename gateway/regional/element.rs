//! The data elements that a border may ask for.
//!
//! A key names a kind of data and never holds the data itself.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One data element, such as `HS6`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataElement(&'static str);

/// Keys and what they ask for.
#[rustfmt::skip]
const TABLE: &[(&str, &str)] = &[
    ("DESC", "a plain description of each line"),
    ("HS6", "the Harmonised System code of each line, six digits at least"),
    ("HS10", "the commodity code of each line, ten digits"),
    ("HTS10", "the US tariff code of each line, ten digits"),
    ("COO", "the country each line was made in"),
    ("LINE_QTY", "the quantity of each line"),
    ("LINE_NET_WEIGHT", "the net weight of each line"),
    ("LINE_VALUE", "the value of each line"),
    ("GROSS_WEIGHT", "the gross weight"),
    ("SENDER_FULL", "the sender's name and full address"),
    ("RECIPIENT_FULL", "the recipient's name and full address"),
    ("RECIPIENT_CONTACT", "the recipient's telephone number or e-mail address"),
    ("INVOICE", "a commercial invoice with number and date"),
    ("IOSS_ELECTRONIC", "the IOSS number in the electronic data"),
    ("VOEC_ELECTRONIC", "the VOEC number in the electronic data"),
    ("PID_M", "the merchant's product identifier of each line"),
    ("PID_NS", "the manufacturer's product identifier of each line"),
    ("PID_S_OR_Y081", "a GTIN of each line, or the statement that none exists"),
    ("COMMERCE_TYPE", "whether the sale is to a consumer or a business"),
    ("BUYER_TYPE", "whether the recipient is a consumer or a business"),
    ("EORI_IMPORTER", "the importer's EORI number"),
    ("EORI_SELLER", "the seller's EORI number"),
    ("VAT_RECIPIENT", "the recipient's VAT number"),
    ("GST_PAID_FLAG", "the statement for each line that GST was paid"),
    ("T2_STATUS", "proof that the goods are Union goods (T2 or T2L)"),
    ("ORIGIN_STATEMENT", "a statement of preferential origin"),
    ("RETURN_REFERENCE", "the number of the shipment that comes back"),
    ("CONTENT_EXPLANATION", "an explanation of the contents"),
    ("EXCISE_DATA", "excise data of each line"),
    ("CONTENT_TYPE", "the kind of contents that fits the goods"),
    ("ORDER_REFERENCE", "the order's number on each of its parcels"),
    ("LICENCE_DATA", "the licence or certificate of each restricted line"),
    ("FULL_DECLARATION", "a full import declaration"),
    ("IOR_NUMBER", "the number of the importer of record"),
    ("MID", "the manufacturer's identification"),
    ("CSB_V_DATA", "the data of a commercial shipping bill (CSB-V)"),
    ("EWAY_BILL", "an e-way bill"),
    ("SA_SHORT_ADDRESS", "the recipient's national short address"),
    ("IOSS", "an IOSS number of the party that is liable for the VAT"),
    ("VOEC", "a VOEC number"),
    ("GB_VAT", "a VAT number of the United Kingdom"),
    ("CHE_VAT", "a Swiss VAT number"),
    ("ABN", "an Australian business number"),
    ("ARN", "an ATO reference number"),
    ("NZGST", "a GST number of New Zealand"),
    ("SGOVR", "a GST registration number of Singapore"),
    ("GSTIN", "an Indian GST number"),
    ("PCCC", "the recipient's personal customs clearance code"),
    ("BN15", "the importer's business number with its import account"),
    ("BR_TAX_ID", "the recipient's CPF or CNPJ"),
    ("RFC", "the recipient's RFC"),
    ("TR_ID", "the recipient's TCKN or VKN"),
    ("CN_ID", "the recipient's citizen identity number"),
    ("UKIMS", "a UK Internal Market Scheme number"),
    ("ITN", "the number of the export filing"),
    ("FX_RATE", "an exchange rate for the currency of the sale"),
    ("CURRENCY", "amounts in one currency that is in use"),
    ("DEST_POSTCODE", "the recipient's postcode"),
    ("EXCISE_SERVICE", "a service that carries excise goods"),
    ("FORMAL_ENTRY", "a formal entry, which parcel services do not make"),
    ("DDP", "a service with prepaid duty"),
    ("LVG_NUMBER", "the seller's registration number for low value goods"),
    ("INVOICE_NUMBER", "the number of the invoice"),
    ("SAT_PRODUCT", "the code of each line in the catalogue of Mexico's tax authority, eight digits"),
];

impl DataElement {
    /// An element of the table; another key is a mistake in this room.
    pub(super) const fn key(key: &'static str) -> Self {
        Self(key)
    }

    /// Finds an element by its key.
    pub fn from_key(key: &str) -> Option<Self> {
        TABLE.iter().find(|(known, _)| *known == key).map(|(known, _)| Self(known))
    }

    /// The key (`HS6`).
    pub fn as_str(&self) -> &'static str {
        self.0
    }

    /// What it asks for, in plain words.
    pub fn words(&self) -> &'static str {
        TABLE.iter().find(|(known, _)| *known == self.0).map_or("", |(_, words)| words)
    }
}

/// What every customs form asks of goods.
pub(super) const STANDARD: [DataElement; 9] = [
    DataElement("DESC"),
    DataElement("HS6"),
    DataElement("COO"),
    DataElement("LINE_QTY"),
    DataElement("LINE_NET_WEIGHT"),
    DataElement("LINE_VALUE"),
    DataElement("SENDER_FULL"),
    DataElement("RECIPIENT_FULL"),
    DataElement("RECIPIENT_CONTACT"),
];

impl fmt::Display for DataElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for DataElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for DataElement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for DataElement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(deserializer)?;
        Self::from_key(&raw).ok_or_else(|| serde::de::Error::custom(format!("`{raw}` is no data element")))
    }
}
