//! The facts that a decision is made from.
//!
//! Plain typed data with no behaviour beyond being built from a shipment. Raw
//! text appears only where a rule has to judge it (identifiers, GTIN); its
//! `Debug` is masked. Start with [`Query::of`].

use jiff::civil::Date;
use parcelgate_kit::model::{
    ContentType, CountryCode, Currency, HsCode, IdKind, IdRole, Identifier, Incoterm, Item, ProductCode,
    Shipment, Weight,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::place::Place;

/// Everything that [`super::decide`] reads, apart from exchange rates.
#[derive(Clone, Debug)]
pub struct Query {
    /// Where the goods are dispatched.
    pub origin: Place,
    /// Where they go.
    pub destination: Place,
    /// The days that rules look at.
    pub dates: Dates,
    /// Why the goods move.
    pub content: ContentType,
    /// The contents are explained in words, as [`ContentType::Other`] needs.
    pub content_explained: bool,
    /// The shipment that comes back is named, as [`ContentType::Return`] needs.
    pub return_referenced: bool,
    /// The goods.
    pub goods: Vec<GoodsLine>,
    /// Currency of all amounts here.
    pub currency: SaleCurrency,
    /// What the buyer paid for transport, apart from the goods.
    pub shipping_charged: Decimal,
    /// Number of parcels of the consignment.
    pub parcels: usize,
    /// Gross weight of all parcels.
    pub gross_weight: Option<Weight>,
    /// Who receives.
    pub buyer: Buyer,
    /// Who sold.
    pub seller: Seller,
    /// Identifiers that the caller has, of all parties.
    pub ids: Vec<IdOnFile>,
    /// Other shipments of the same day to the same consignee.
    pub linked: Vec<Linked>,
    /// The goods are under customs supervision, not in free circulation.
    pub under_customs: bool,
    /// What the carrier can do; the default can do what express carriers do.
    pub carrier: CarrierFacts,
    /// Who pays duty and tax.
    pub incoterm: Incoterm,
    /// What kind of terms the sale was made under.
    pub sale_terms: SaleTerms,
    /// Whether another lawful scheme may be chosen.
    pub policy: TaxPolicy,
}

/// The days that rules look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// The payment was accepted.
    pub sale: Date,
    /// The label is bought, and the parcel handed over.
    pub label: Date,
    /// The import declaration is expected to be accepted.
    pub import: Date,
}

/// One line of goods.
#[derive(Clone, Debug)]
pub struct GoodsLine {
    /// What it is, in plain words.
    pub description: String,
    /// How many, at least one.
    pub quantity: u32,
    /// Price of one without tax and transport, in [`Query::currency`].
    pub unit_value: Decimal,
    /// Harmonised System code.
    pub hs_code: Option<HsCode>,
    /// Country it was made in.
    pub origin: Option<CountryCode>,
    /// Net weight of one is known.
    pub weighed: bool,
    /// The merchant's product id is known.
    pub merchant_id: bool,
    /// The manufacturer's product id is known.
    pub manufacturer_id: bool,
    /// Standard product number as the caller wrote it.
    pub standard_id: StandardId,
    /// Under excise.
    pub excise: bool,
    /// Needs a licence.
    pub restricted: bool,
    /// Food or drink.
    pub food: bool,
    /// Preferential origin is claimed and can be proved.
    pub preferential: bool,
    /// Its code in the catalogue of Mexico's tax authority is known.
    pub sat_product: bool,
    /// Index of the parcel it is in.
    pub parcel: Option<u16>,
}

/// What the caller says about a standard product number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StandardId {
    /// Nothing.
    #[default]
    Unstated,
    /// This number, unchecked.
    Gtin(String),
    /// That none exists.
    NoneExists,
    /// This number, and that none exists: it contradicts itself.
    Both(String),
}

/// Currency of the sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SaleCurrency {
    /// A currency in use.
    InUse(Currency),
    /// No currency that can be converted: retired, or several in one sale.
    Unusable(String),
}

/// Who receives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Buyer {
    /// A consumer or a business.
    pub kind: BuyerKind,
    /// A telephone number or e-mail address is known.
    pub contact: bool,
    /// A telephone number is known.
    pub phone: bool,
}

/// Whether the buyer is a consumer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BuyerKind {
    /// Buys for private use.
    Consumer,
    /// Buys for a business.
    Business,
    /// Not said.
    #[default]
    Unknown,
}

/// Who sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seller {
    /// A shop of its own.
    OwnStore,
    /// A marketplace that the law makes the supplier of low value consignments.
    DeemedMarketplace {
        /// Name, which an identifier's holder must bear where both are known.
        name: String,
        /// Certified under Brazil's Remessa Conforme.
        remessa_conforme: bool,
    },
    /// Nobody in business.
    PrivatePerson,
    /// Orders of sellers whose VAT different parties collect, in one parcel.
    Mixed,
}

/// One identifier that the caller has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdOnFile {
    /// What it is.
    pub kind: IdKind,
    /// Its value as it was given.
    pub value: Identifier,
    /// Whose it is.
    pub role: IdRole,
    /// Name of the holder, for marketplaces.
    pub holder: Option<String>,
    /// Country that issued it, where the number does not say.
    pub issuer: Option<CountryCode>,
    /// First day it is valid.
    pub valid_from: Option<Date>,
    /// Last day it is valid.
    pub valid_to: Option<Date>,
    /// It ended because its holder broke the rules persistently: no tail.
    pub excluded: bool,
    /// The caller demands this number for this shipment.
    pub demanded: bool,
}

/// Another shipment of the same day to the same consignee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    /// It is of the same order, so the values belong together.
    pub same_order: bool,
    /// Value of its goods, in [`Query::currency`].
    pub goods_value: Decimal,
}

/// What the carrier can do at a border.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierFacts {
    /// It is a post, not an express carrier.
    pub post: bool,
    /// It collects EU import VAT from recipients (special arrangements).
    pub special_arrangements: bool,
    /// It carries excise goods.
    pub excise: bool,
    /// It refuses parcels without product identifiers and commerce type.
    pub enforces_product_ids: bool,
    /// Identifiers that its wire has no place for.
    pub cannot_carry: Vec<IdKind>,
}

impl Default for CarrierFacts {
    fn default() -> Self {
        Self {
            post: false,
            special_arrangements: true,
            excise: false,
            enforces_product_ids: false,
            cannot_carry: Vec::new(),
        }
    }
}

/// Whether another lawful scheme may be chosen when an identifier does not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaxPolicy {
    /// Yes, with a warning.
    #[default]
    Auto,
    /// No: an identifier that is not sent blocks.
    Strict,
}

/// What kind of terms a sale was made under.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SaleTerms {
    /// DAP or DDP, as parcels travel.
    #[default]
    Parcel,
    /// Terms between businesses: DPU, CPT, CIP, FCA, EXW.
    Business,
    /// Terms of sea freight: FOB, CFR, CIF, FAS.
    Sea,
}

/// What an order knows beyond its shipment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderFacts {
    /// The payment was accepted; absent means on the day of the label.
    pub sale_date: Option<Date>,
    /// Expected day of the import declaration.
    pub import_date: Date,
    /// Who sold.
    pub seller: Seller,
    /// A consumer or a business.
    pub buyer: BuyerKind,
    /// Identifiers on file.
    pub ids: Vec<IdOnFile>,
    /// Other shipments of the same day to the same consignee.
    pub linked: Vec<Linked>,
    /// See [`Query::content_explained`].
    pub content_explained: bool,
    /// See [`Query::return_referenced`].
    pub return_referenced: bool,
    /// What the carrier can do.
    pub carrier: CarrierFacts,
    /// See [`TaxPolicy`].
    pub policy: TaxPolicy,
    /// See [`SaleTerms`].
    #[serde(default)]
    pub sale_terms: SaleTerms,
}

impl OrderFacts {
    /// An order of a shop of its own to a buyer of unknown kind, imported on
    /// `import_date`, with nothing on file.
    pub fn new(import_date: Date) -> Self {
        Self {
            sale_date: None,
            import_date,
            seller: Seller::OwnStore,
            buyer: BuyerKind::Unknown,
            ids: Vec::new(),
            linked: Vec::new(),
            content_explained: false,
            return_referenced: false,
            carrier: CarrierFacts::default(),
            policy: TaxPolicy::Auto,
            sale_terms: SaleTerms::Parcel,
        }
    }
}

impl Query {
    /// The facts of a shipment and its order. A shipment without a customs
    /// block is taken as merchandise under DAP; a delivery address marked as
    /// a business does not make the buyer one, a business may live at home.
    pub fn of(shipment: &Shipment, order: &OrderFacts) -> Self {
        let label = shipment.ship_at.date();
        let customs = shipment.customs.as_ref();
        let currency = sale_currency(shipment);
        let to = &shipment.ship_to;
        Self {
            origin: Place::of(&shipment.ship_from),
            destination: Place::of(to),
            dates: Dates {
                sale: order.sale_date.unwrap_or(label),
                label,
                import: order.import_date.max(label),
            },
            content: customs.map_or(ContentType::Merchandise, |block| block.content),
            content_explained: order.content_explained,
            return_referenced: order.return_referenced,
            goods: shipment.items.iter().map(GoodsLine::of).collect(),
            shipping_charged: customs
                .and_then(|block| block.shipping_charged)
                .map_or(Decimal::ZERO, |charged| charged.amount()),
            currency,
            parcels: shipment.parcels.len(),
            gross_weight: shipment.total_weight(),
            buyer: Buyer {
                kind: order.buyer,
                contact: to.phone.is_some() || to.email.is_some(),
                phone: to.phone.is_some(),
            },
            seller: order.seller.clone(),
            ids: order.ids.clone(),
            linked: order.linked.clone(),
            under_customs: false,
            carrier: order.carrier.clone(),
            incoterm: customs.map_or(Incoterm::Dap, |block| block.incoterm),
            sale_terms: order.sale_terms,
            policy: order.policy,
        }
    }
}

fn sale_currency(shipment: &Shipment) -> SaleCurrency {
    let charged = shipment.customs.as_ref().and_then(|block| block.shipping_charged);
    let mut all =
        shipment.items.iter().map(|item| item.unit_value).chain(charged).map(|money| money.currency());
    let first = all.next().unwrap_or(Currency::EUR);
    if all.all(|other| other == first) {
        SaleCurrency::InUse(first)
    } else {
        SaleCurrency::Unusable("several currencies in one sale".to_owned())
    }
}

impl GoodsLine {
    /// The line of an item.
    pub fn of(item: &Item) -> Self {
        Self {
            description: item.description.as_str().to_owned(),
            quantity: item.quantity,
            unit_value: item.unit_value.amount(),
            hs_code: item.hs_code.clone(),
            origin: item.origin,
            weighed: item.net_weight.is_some(),
            merchant_id: item.sku.is_some(),
            manufacturer_id: item.manufacturer_id.is_some(),
            standard_id: match &item.product_code {
                ProductCode::Unstated => StandardId::Unstated,
                ProductCode::Gtin(gtin) => StandardId::Gtin(gtin.as_str().to_owned()),
                ProductCode::NoneExists => StandardId::NoneExists,
            },
            excise: item.flags.excise,
            restricted: item.flags.restricted,
            food: item.flags.food,
            preferential: item.flags.preferential_origin,
            sat_product: item.sat_product.is_some(),
            parcel: item.parcel,
        }
    }

    /// Value of the whole line; `None` when it does not fit.
    pub(super) fn line_value(&self) -> Option<Decimal> {
        self.unit_value.checked_mul(Decimal::from(self.quantity))
    }
}
