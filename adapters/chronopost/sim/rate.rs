//! Prices of all products for one parcel.

use roxmltree::Node;

use parcelgate_kit::codec::xml::Writer;

use super::envelope::{in_order, text};
use super::{Answer, OTHER, Refusal, credentials, knows, tariff};

const SEQUENCE: &[&str] = &[
    "accountNumber",
    "password",
    "depCountryCode",
    "depZipCode",
    "arrCountryCode",
    "arrZipCode",
    "arrCity",
    "type",
    "weight",
    "height",
    "length",
    "width",
    "shippingDate",
];

/// Answers `calculateProducts`.
pub(super) fn products(operation: Node<'_, '_>) -> Answer {
    in_order(operation, SEQUENCE)?;
    let (number, password) = credentials(operation);
    if !knows(&number, &password) {
        return Err(Refusal::code(3, "invalid account or password"));
    }
    if text(operation, "arrCity").is_empty() {
        return Err(Refusal::code(OTHER, "arrCity is mandatory"));
    }
    if !matches!(text(operation, "type").as_str(), "M" | "D") {
        return Err(Refusal::code(OTHER, "type must be M or D"));
    }
    let grams = tariff::grams(&text(operation, "weight")).filter(|grams| *grams > 0);
    let grams = grams.ok_or_else(|| Refusal::code(OTHER, "invalid weight"))?;
    let (from, to) = (text(operation, "depCountryCode"), text(operation, "arrCountryCode"));
    let mut result = Writer::fragment();
    result.text("errorCode", "0");
    for product in tariff::products(&from, &to).iter().filter(|_| grams <= 30_000) {
        let (net, tax) = product.cents(grams, tariff::is_taxed(&to));
        result
            .open("productList", &[])
            .text("amount", &float(net))
            .text("amountTTC", &float(net + tax))
            .text("amountTVA", &float(tax))
            .text("productCode", product.code)
            .close("productList");
    }
    Ok(result)
}

/// Cents as a float is printed: `6.0`, `7.25`.
fn float(cents: u64) -> String {
    let text = format!("{}.{:02}", cents / 100, cents % 100);
    text.strip_suffix('0').map(str::to_owned).unwrap_or(text)
}
