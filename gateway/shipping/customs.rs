//! The regional decision of a request.

use jiff::Timestamp;
use parcelgate_kit::model::RegionalIds;

use super::gateway::Gateway;
use super::request::RateRequest;
use crate::regional::{BuyerKind, Decision, OrderFacts, Query, Seller, decide};

impl Gateway {
    /// What the goods need at their border: the same function for a rating, a
    /// purchase and a question without either.
    pub fn decide(&self, request: &RateRequest, now: Timestamp) -> Decision {
        let shipment = request.shipment(now, true, RegionalIds::default());
        let order = &request.order;
        let mut facts = OrderFacts::new(shipment.ship_at.date());
        facts.sale_date = order.ordered_on;
        facts.buyer = if order.business_buyer { BuyerKind::Business } else { BuyerKind::Consumer };
        facts.ids.clone_from(&request.ids_on_file);
        facts.policy = request.tax_policy;
        if order.private_sender {
            facts.seller = Seller::PrivatePerson;
        }
        if order.deemed_supplier {
            facts.seller = Seller::DeemedMarketplace {
                name: order.marketplace.clone().unwrap_or_default(),
                remessa_conforme: false,
            };
        }
        decide(&Query::of(&shipment, &facts), &self.exchange_rates.current())
    }
}
