//! The regional decision of a request, and of each service that may carry it.
//!
//! What a border asks for depends on who brings the goods there, so there is
//! one decision for the request as a whole and one for every service whose
//! facts differ. A quote keeps what they were made from: buying decides again,
//! by the same function. No rule of any border stands here. Start with
//! [`Decisions`].

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use parcelgate_kit::descriptor::Service;
use parcelgate_kit::model::{CustomsDeclaration, RegionalIds, Shipment};
use serde::{Deserialize, Serialize};

use super::gateway::Gateway;
use super::quote::{Offer, Quote};
use super::request::{OtherShipment, RateRequest};
use crate::promise::{Reason, ReasonCode};
use crate::regional::{
    CarrierFacts, Code, DataElement, Decision, Linked, OrderFacts, Query, Seller, Severity, decide,
};

/// What decisions about a shipment are made from, beside the shipment itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CustomsFacts {
    /// The declaration, also where none is sent in the end.
    pub declaration: CustomsDeclaration,
    /// What is known of the order.
    pub order: OrderFacts,
}

impl CustomsFacts {
    /// The facts of a request; `declared` is its shipment with a declaration.
    pub(super) fn of(request: &RateRequest, declared: &Shipment) -> Option<Self> {
        let order = &request.order;
        let mut facts = OrderFacts::new(declared.ship_at.date());
        facts.sale_date = order.ordered_on;
        facts.buyer = order.buyer;
        let linked = |other: &OtherShipment| Linked {
            same_order: other.same_order,
            goods_value: other.goods_value.amount(),
        };
        facts.linked = order.others.iter().map(linked).collect();
        facts.ids.clone_from(&request.ids_on_file);
        facts.policy = request.tax_policy;
        facts.sale_terms = request.sale_terms;
        // The contract has the descriptions explain what is none of its kinds of
        // contents, and the invoice's number name the sale that comes back.
        facts.content_explained = !request.items.is_empty();
        facts.return_referenced = request.invoice_number.is_some();
        if order.private_sender {
            facts.seller = Seller::PrivatePerson;
        }
        if order.deemed_supplier {
            facts.seller = Seller::DeemedMarketplace {
                name: order.marketplace.clone().unwrap_or_default(),
                remessa_conforme: order.remessa_conforme,
            };
        }
        Some(Self { declaration: declared.customs.clone()?, order: facts })
    }

    fn query(&self, shipment: &Shipment) -> Query {
        let declared = Shipment { customs: Some(self.declaration.clone()), ..shipment.clone() };
        Query::of(&declared, &self.order)
    }
}

/// The decisions of one request: the one of the request as a whole, and those
/// of services, each kind of service decided about once.
pub(super) struct Decisions {
    gateway: Arc<Gateway>,
    query: Query,
    base: Decision,
    made: Vec<Made>,
}

/// What was decided for services of one kind; nothing when it is what holds for
/// the request.
struct Made {
    carrier: CarrierFacts,
    import: Date,
    own: Option<Box<Decision>>,
}

impl Decisions {
    /// What holds for the request as a whole.
    pub(super) fn base(&self) -> &Decision {
        &self.base
    }

    /// What holds for a service; nothing when it is what holds for the request.
    pub(super) fn own(&mut self, service: &Service) -> Option<Box<Decision>> {
        let (carrier, import) = (facts_of(service, &self.query), imported_on(service, &self.query));
        let known = self.made.iter().find(|made| made.carrier == carrier && made.import == import);
        if let Some(known) = known {
            return known.own.clone();
        }
        let decided = self.gateway.decide_for(&self.query, service);
        let own = (decided != self.base).then(|| Box::new(decided));
        self.made.push(Made { carrier, import, own: own.clone() });
        own
    }

    /// Why a service cannot take the shipment over its border: what forbids it
    /// with this service and not as such. What forbids it with any is no reason
    /// against one: the quote's decision tells it, and nothing can be bought.
    pub(super) fn reasons(&self, own: Option<&Decision>) -> Vec<Reason> {
        let Some(own) = own else { return Vec::new() };
        let only_here = |code: &&Code| code.severity() == Severity::Block && !self.base.codes.contains(code);
        own.codes.iter().filter(only_here).map(reason).collect()
    }
}

/// What the rules must know of a service. Kinds of numbers that are not on file
/// are left out, so that services differ only where it matters.
fn facts_of(service: &Service, query: &Query) -> CarrierFacts {
    let can = service.clearance;
    let mut cannot_carry: Vec<_> =
        query.ids.iter().map(|id| id.kind).filter(|kind| !service.carries.contains(kind)).collect();
    cannot_carry.sort();
    cannot_carry.dedup();
    CarrierFacts {
        post: can.post,
        special_arrangements: can.special_arrangements,
        excise: can.excise,
        enforces_product_ids: can.enforces_product_ids,
        cannot_carry,
    }
}

/// The day that the goods are expected at the border: the latest that the
/// service's transit days say, the day of the label where it has none.
fn imported_on(service: &Service, query: &Query) -> Date {
    let days = service.transit_days.map_or(0, |(_, latest)| i32::from(latest));
    query.dates.label.checked_add(days.days()).unwrap_or(query.dates.label).max(query.dates.import)
}

/// A code that refuses a service, as a reason.
fn reason(code: &Code) -> Reason {
    if let Some(kind) = code.detail().strip_prefix("CARRIER_CANNOT_CARRY:") {
        let words = format!("the {kind} number has to go along, and this service's data has no place for it");
        return Reason::new(ReasonCode::CannotCarryId, "service.carries", words)
            .seen(code.to_string(), "")
            .remedy(format!("choose a service that carries {kind} numbers"));
    }
    let element = DataElement::from_key(code.detail());
    let remedy = match (code.name(), element) {
        ("E_DDP_REQUIRED", _) => "set the incoterm to DDP, or choose a service that is no mail".to_owned(),
        ("E_NOT_CARRIED", _) => "choose a service that takes such goods".to_owned(),
        (_, Some(element)) => format!("add {}", element.words()),
        _ => String::new(),
    };
    let words = format!("customs or tax rules forbid it with this service: {}", code.words());
    Reason::new(ReasonCode::RegionalBlock, "service.clearance", words)
        .seen(code.to_string(), "")
        .remedy(remedy)
}

impl Gateway {
    /// What the goods of a request need at their border, whoever carries them.
    pub fn decide(&self, request: &RateRequest, now: Timestamp) -> Decision {
        let declared = request.shipment(now, true, RegionalIds::default());
        let order = CustomsFacts::of(request, &declared).map(|facts| facts.order);
        let order = order.unwrap_or_else(|| OrderFacts::new(declared.ship_at.date()));
        self.decide_on(&Query::of(&declared, &order))
    }

    /// The decisions of a request about `shipment`.
    pub(super) fn decisions(self: &Arc<Self>, facts: &CustomsFacts, shipment: &Shipment) -> Decisions {
        let query = facts.query(shipment);
        let base = self.decide_on(&query);
        Decisions { gateway: Arc::clone(self), query, base, made: Vec::new() }
    }

    /// Decides once more about an offer that is to be bought, on the facts of
    /// its quote.
    pub(super) fn decide_again(&self, quote: &Quote, offer: &Offer) -> Decision {
        let (from, to) = (quote.shipment.ship_from.country, quote.shipment.ship_to.country);
        let service = self
            .carriers
            .get(&offer.carrier)
            .and_then(|host| host.descriptor().service(&offer.offer.service, from, to));
        match (&quote.facts, service) {
            (Some(facts), Some(service)) => self.decide_for(&facts.query(&quote.shipment), service),
            _ => offer.decision.as_deref().unwrap_or(&quote.decision).clone(),
        }
    }

    fn decide_for(&self, query: &Query, service: &Service) -> Decision {
        let mut query = query.clone();
        query.carrier = facts_of(service, &query);
        query.dates.import = imported_on(service, &query);
        self.decide_on(&query)
    }

    /// One function for a rating, a purchase and a question without either.
    fn decide_on(&self, query: &Query) -> Decision {
        decide(query, &self.exchange_rates.current().at(self.now()))
    }
}
