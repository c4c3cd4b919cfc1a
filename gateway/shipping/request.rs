//! What a caller wants shipped, parsed.

use jiff::civil::Date;
use jiff::{Timestamp, ZonedDateTime};
use parcelgate_kit::model::{
    ContentType, CountryCode, CustomsDeclaration, Incoterm, Item, Money, Parcel, Party, RegionalIds,
    Requirements, Shipment, Text,
};

use super::promising;
use crate::marketplace::{OrderLine, OrderReference, OrderWindows, SellerSettings};
use crate::promise::{Ranking, SellerDays};
use crate::regional::{BuyerKind, IdOnFile, SaleTerms, TaxPolicy};

/// A request for offers, right by construction.
#[derive(Clone, Debug)]
pub struct RateRequest {
    /// SHA-256 of the request as it came.
    pub fingerprint: [u8; 32],
    /// The order that the parcels belong to.
    pub order: OrderFacts,
    /// Where they start.
    pub ship_from: Party,
    /// Where they go.
    pub ship_to: Party,
    /// The boxes, at least one.
    pub parcels: Vec<Parcel>,
    /// The goods.
    pub items: Vec<Item>,
    /// When the carrier gets them; now when absent.
    pub ship_at: Option<ZonedDateTime>,
    /// Why the goods move.
    pub content: ContentType,
    /// Who pays duty and tax; delivered at place when absent.
    pub incoterm: Option<Incoterm>,
    /// What kind of terms the sale was made under.
    pub sale_terms: SaleTerms,
    /// What the buyer paid for transport.
    pub shipping_charged: Option<Money>,
    /// Number of the commercial invoice; the order's id when absent.
    pub invoice_number: Option<Text>,
    /// Date of the commercial invoice; the day of the sale when absent.
    pub invoice_date: Option<Date>,
    /// Tax and customs numbers that may be attached.
    pub ids_on_file: Vec<IdOnFile>,
    /// Proof of delivery and the like.
    pub requirements: Requirements,
    /// Carriers, services, price and tracking that are wanted or not.
    pub preferences: Preferences,
    /// What happens with offers that come too late.
    pub late_offers: LateOffers,
    /// Accounts to use; all of the tenant when empty.
    pub accounts: Vec<String>,
    /// How doubts of tax law are settled.
    pub tax_policy: TaxPolicy,
}

/// What is known of the order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFacts {
    /// The marketplace's id, such as `amazon.de`.
    pub marketplace: Option<String>,
    /// The marketplace that it was placed on, whoever is the supplier; absent for an own shop.
    pub placed_on: Option<String>,
    /// What of the order is in the parcels.
    pub lines: Vec<OrderLine>,
    /// The country that it sells in.
    pub marketplace_country: Option<CountryCode>,
    /// The order's id there.
    pub order_id: Option<String>,
    /// The seller's id there.
    pub seller_id: Option<String>,
    /// The day of the sale; today when absent.
    pub ordered_on: Option<Date>,
    /// When the parcels must be handed over.
    pub ship_by: Option<Timestamp>,
    /// When they must arrive.
    pub deliver_by: Option<Timestamp>,
    /// When it was placed.
    pub ordered_at: Option<Timestamp>,
    /// How the seller works.
    pub schedule: Option<SellerDays>,
    /// Whether the marketplace sets the handling times.
    pub automated_handling: bool,
    /// Whether the marketplace sets the transit times.
    pub automated_transit: bool,
    /// All of its windows, as its marketplace has them.
    pub windows: OrderWindows,
    /// Whether the law makes the marketplace the supplier.
    pub deemed_supplier: bool,
    /// Whether a private person sends, and nothing was sold by a trader.
    pub private_sender: bool,
    /// Whether that marketplace is certified under Brazil's Remessa Conforme.
    pub remessa_conforme: bool,
    /// Who buys.
    pub buyer: BuyerKind,
    /// Other shipments of the day to the same recipient, in the items' currency.
    pub others: Vec<OtherShipment>,
}

/// Another shipment of the day to the same recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherShipment {
    /// Whether it is of the same order.
    pub same_order: bool,
    /// Price of its goods.
    pub goods_value: Money,
}

/// Carriers, services, price and tracking that are wanted or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Carriers or `carrier/service` pairs to use; empty for all.
    pub allowed: Vec<String>,
    /// Carriers or `carrier/service` pairs not to use.
    pub blocked: Vec<String>,
    /// Whether a service without tracking will not do.
    pub must_be_tracked: bool,
    /// Whether an offer without every protection will not do.
    pub must_be_protected: bool,
    /// In which order offers stand.
    pub ranking: Ranking,
    /// The most it may cost.
    pub price_cap: Option<Money>,
}

/// What happens with offers that come too late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LateOffers {
    /// They are told as ineligible.
    Hide,
    /// They are shown with a notice.
    #[default]
    Mark,
    /// They are shown like any other.
    Show,
}

impl OrderFacts {
    /// The order as its marketplace knows it; nothing for an own shop, or without the order's id.
    pub fn reference(&self) -> Option<OrderReference> {
        let (marketplace, order) = self.placed_on.clone().zip(self.order_id.clone())?;
        Some(OrderReference {
            marketplace,
            country: self.marketplace_country,
            order,
            seller: self.seller_id.clone(),
            lines: self.lines.clone(),
            windows: self.windows,
            settings: SellerSettings {
                automated_transit: self.automated_transit,
                automated_handling: self.automated_handling,
                handling_days: self.schedule.map(|schedule| schedule.handling),
            },
        })
    }
}

impl RateRequest {
    /// Who pays duty and tax: delivered at place where nothing is said.
    pub fn terms(&self) -> Incoterm {
        self.incoterm.unwrap_or(Incoterm::Dap)
    }

    /// When the carrier gets the parcels, in the zone of the origin: what the
    /// request says, else what the seller's schedule gives, else now.
    pub fn ships_at(&self, now: Timestamp) -> ZonedDateTime {
        promising::ships_at(self, now)
    }

    /// The shipment as carriers see it: with a customs block exactly when a
    /// customs border is crossed, and with the identifiers that were chosen.
    pub fn shipment(&self, now: Timestamp, customs_border: bool, ids: RegionalIds) -> Shipment {
        let ship_at = self.ships_at(now);
        let customs = customs_border.then(|| CustomsDeclaration {
            content: self.content,
            incoterm: self.terms(),
            invoice_number: self
                .invoice_number
                .clone()
                .or_else(|| self.order.order_id.as_deref().and_then(|id| Text::parse(id, 35).ok())),
            invoice_date: self.invoice_date.or(self.order.ordered_on).unwrap_or_else(|| ship_at.date()),
            shipping_charged: self.shipping_charged,
        });
        Shipment {
            ship_from: self.ship_from.clone(),
            ship_to: self.ship_to.clone(),
            parcels: self.parcels.clone(),
            items: self.items.clone(),
            ship_at,
            customs,
            regional_ids: ids,
            requirements: self.requirements.clone(),
        }
    }
}
