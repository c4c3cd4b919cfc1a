//! The customs block, and the registration under which a vendor took the tax.
//!
//! It never puts a number into a line of text. Other tax numbers are in
//! `tax_ids.rs`. Start with [`forms`] and [`vendor`].

use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{
    AttachedId, ContentType, CustomsDeclaration, IdKind, IdRole, Incoterm, Item, Party, ProductCode, Shipment,
};

use crate::fit;
use crate::lane::Lane;
use crate::wire::Coded;
use crate::wire::ship::{
    Contacts, FormAmount, InternationalForms, PhoneNumber, Product, ProductIdentifier, ProductUnit,
    ShipParty, VendorInfo,
};

/// Lines of goods on one form.
const MOST_PRODUCTS: usize = 50;
/// Longest product identifier, in characters.
const PRODUCT_ID: usize = 100;

/// The commercial invoice; `None` for papers and where no customs border is
/// crossed.
///
/// # Errors
/// Goods that the form cannot say.
pub(crate) fn forms(shipment: &Shipment) -> Result<Option<InternationalForms>, Fault> {
    let Some(customs) = &shipment.customs else { return Ok(None) };
    if customs.content == ContentType::Documents {
        return Ok(None);
    }
    let value = shipment.goods_value().map_err(|error| Fault::unfit("items", error.to_string()))?;
    let value = value.ok_or_else(|| Fault::unfit("items", "is empty: customs ask what is shipped"))?;
    if shipment.items.len() > MOST_PRODUCTS {
        let problem = format!("has {} lines, UPS takes {MOST_PRODUCTS}", shipment.items.len());
        return Err(Fault::unfit("items", problem));
    }
    let into_eu = Lane::of(shipment).is_into_eu();
    let products = shipment.items.iter().enumerate();
    Ok(Some(InternationalForms {
        form_type: vec!["01"],
        contacts: Contacts { sold_to: sold_to(&shipment.ship_to)? },
        product: products.map(|(index, item)| product(index, item, into_eu)).collect::<Result<_, Fault>>()?,
        invoice_number: match &customs.invoice_number {
            Some(number) => Some(fit::line("customs.invoice_number", number.as_str(), 35)?),
            None => None,
        },
        invoice_date: customs.invoice_date.strftime("%Y%m%d").to_string(),
        terms_of_shipment: terms(customs),
        reason_for_export: reason(customs.content),
        freight_charges: freight(customs, value.currency())?,
        currency_code: value.currency().as_str(),
    }))
}

/// What is printed. Who really pays duty is told by the payment's line `02`.
fn terms(customs: &CustomsDeclaration) -> &'static str {
    match customs.incoterm {
        Incoterm::Dap => "DAP",
        Incoterm::Ddp => "DDP",
    }
}

fn reason(content: ContentType) -> &'static str {
    match content {
        ContentType::Merchandise => "SALE",
        ContentType::Gift => "GIFT",
        ContentType::Sample => "SAMPLE",
        ContentType::Return => "RETURN",
        ContentType::Documents | ContentType::Other => "OTHER",
    }
}

fn freight(
    customs: &CustomsDeclaration,
    currency: parcelgate_kit::model::Currency,
) -> Result<Option<FormAmount>, Fault> {
    match customs.shipping_charged {
        Some(paid) if paid.currency() != currency => {
            Err(Fault::unfit("customs.shipping_charged", format!("must be in {currency}, as the goods are")))
        }
        Some(paid) => Ok(Some(FormAmount { monetary_value: paid.to_minor().plain() })),
        None => Ok(None),
    }
}

fn sold_to(buyer: &Party) -> Result<ShipParty, Fault> {
    Ok(ShipParty {
        name: fit::name("ship_to", buyer)?,
        attention_name: fit::attention("ship_to", buyer)?,
        phone: fit::phone("ship_to", buyer, true)?.map(|number| PhoneNumber { number }),
        shipper_number: None,
        e_mail_address: None,
        address: fit::address("ship_to", buyer)?,
        vendor_info: None,
    })
}

fn product(index: usize, item: &Item, into_eu: bool) -> Result<Product, Fault> {
    let field = |name: &str| format!("items[{index}].{name}");
    let description = fit::lines(item.description.as_str(), 35, 3).ok_or_else(|| {
        Fault::unfit(field("description"), "does not fit into three lines of 35 characters")
    })?;
    if item.quantity > 9_999_999 {
        return Err(Fault::unfit(field("quantity"), "is more than the 9999999 that UPS takes"));
    }
    if item.unit_value.amount().scale() > 6 {
        return Err(Fault::unfit(field("unit_value"), "has more than the 6 decimals that UPS takes"));
    }
    let no_standard_code = item.product_code == ProductCode::NoneExists;
    Ok(Product {
        description,
        unit: ProductUnit {
            number: item.quantity.to_string(),
            unit_of_measurement: Coded::new("PCS"),
            value: item.unit_value.plain(),
        },
        commodity_code: item.hs_code.as_ref().map(|code| code.as_str().to_owned()),
        part_number: match &item.sku {
            Some(sku) => Some(fit::line(&field("sku"), sku.as_str(), 35)?),
            None => None,
        },
        origin_country_code: item.origin.map(|country| country.as_str()),
        product_identifier: if into_eu { product_ids(index, item)? } else { Vec::new() },
        // The statement is the seller's: it is made only where the seller made it.
        commodity_field_special_condition_code: (into_eu && no_standard_code).then_some("01"),
    })
}

/// What the EU asks for of every product from 2026-11-01.
fn product_ids(index: usize, item: &Item) -> Result<Vec<ProductIdentifier>, Fault> {
    let mut ids = Vec::new();
    let mut add = |field: &str, id: &str, type_code| {
        let id = fit::line(&format!("items[{index}].{field}"), id, PRODUCT_ID)?;
        ids.push(ProductIdentifier { id, type_code });
        Ok::<(), Fault>(())
    };
    if let Some(sku) = &item.sku {
        add("sku", sku.as_str(), "0100")?;
    }
    if let Some(number) = &item.manufacturer_id {
        add("manufacturer_id", number.as_str(), "0200")?;
    }
    if let ProductCode::Gtin(gtin) = &item.product_code {
        add("gtin", gtin.as_str(), "0300")?;
    }
    Ok(ids)
}

/// `01` a business, `02` a consumer.
pub(crate) fn party_type(party: &Party) -> &'static str {
    let is_business = party.company.is_some() || party.residential == Some(false);
    if is_business { "01" } else { "02" }
}

/// The code of a registration under which import tax was taken at the sale.
/// The code that there was for the United Kingdom is withdrawn: its VAT numbers
/// go with the other tax numbers.
fn vendor_code(kind: IdKind) -> Option<&'static str> {
    Some(match kind {
        IdKind::Ioss => "0356",
        IdKind::Voec => "0357",
        IdKind::SgGst => "1051",
        IdKind::Arn => "1052",
        IdKind::NzGst => "1053",
        IdKind::MyLvg => "1054",
        _ => return None,
    })
}

/// Whether the number goes to the ship-from party, where there is one place.
pub(crate) fn is_vendor_id(id: &AttachedId) -> bool {
    vendor_code(id.kind).is_some() && id.holder != IdRole::Consignee
}

/// The vendor's registration, which stands on the ship-from party; none where no
/// customs border is crossed.
///
/// # Errors
/// Two of them: there is one place.
pub(crate) fn vendor(shipment: &Shipment) -> Result<Option<VendorInfo>, Fault> {
    if shipment.customs.is_none() {
        return Ok(None);
    }
    let mut vendors = shipment.regional_ids.0.iter().filter(|id| is_vendor_id(id));
    let Some(id) = vendors.next() else { return Ok(None) };
    if let Some(second) = vendors.next() {
        let problem = format!("holds both {} and {}: UPS takes one of them", id.kind, second.kind);
        return Err(Fault::unfit("regional_ids", problem));
    }
    Ok(vendor_code(id.kind).map(|vendor_collect_id_type_code| VendorInfo {
        vendor_collect_id_type_code,
        vendor_collect_id_number: id.value.expose().to_owned(),
        consignee_type: party_type(&shipment.ship_to),
    }))
}
