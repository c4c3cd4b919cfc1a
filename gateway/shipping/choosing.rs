//! What a purchase is of: an offer of a quote, a named service, or the best.
//!
//! It spends nothing: everything that can be known before is checked here, the
//! border's rules among it. Start with [`Selection`].

use std::sync::Arc;
use std::time::Duration;

use parcelgate_kit::model::Shipment;

use super::error::{Cause, ShippingError};
use super::gateway::Gateway;
use super::purchase::PurchaseRequest;
use super::quote::{Offer, Quote};
use super::request::RateRequest;
use super::shares::Share;
use crate::marketplace::OrderReference;
use crate::promise::OnTime;
use crate::regional::{Decision, Severity};
use crate::tenancy::TenantId;

/// What is to be bought.
#[derive(Clone, Debug)]
pub enum Selection {
    /// An offer of a quote.
    Offer {
        /// The quote's id.
        quote: String,
        /// The offer's id.
        offer: String,
    },
    /// A named service, rated and bought in one call.
    Direct {
        /// What is shipped.
        request: Box<RateRequest>,
        /// The carrier.
        carrier: String,
        /// The service's code.
        service: String,
    },
    /// The best offer, rated and bought in one call.
    Pick {
        /// What is shipped.
        request: Box<RateRequest>,
        /// What is best.
        criterion: Criterion,
    },
}

/// What the best offer is. All three look only at offers that meet the promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// The lowest price.
    Cheapest,
    /// The earliest latest arrival; unknown arrivals last, ties by price.
    Fastest,
    /// The cheapest of those that are not slower than the median of the known
    /// arrivals.
    BestValue,
}

/// What was chosen and may be bought.
pub(super) struct Chosen {
    pub(super) shipment: Shipment,
    pub(super) offer: Offer,
    pub(super) decision: Decision,
    pub(super) order_reference: Option<OrderReference>,
}

/// What stands in the way, all of it, and what would mend it.
fn forbidden(decision: &Decision) -> ShippingError {
    let blocks = decision.codes.iter().filter(|code| code.severity() == Severity::Block);
    let told: Vec<_> = blocks.map(|code| format!("{code} ({})", code.words())).collect();
    let mut words = format!("customs or tax rules forbid the shipment: {}", told.join(", "));
    let missing: Vec<_> = decision.missing.iter().map(|element| element.words()).collect();
    if !missing.is_empty() {
        words.push_str(&format!("; add {}", missing.join(", ")));
    }
    let codes: Vec<_> = decision.codes.iter().map(ToString::to_string).collect();
    ShippingError::Precondition {
        cause: Cause::RegionalBlock,
        words,
        details: vec![("codes", codes.join(","))],
    }
}

impl Gateway {
    /// Room for the purchase, and what is to be bought.
    pub(super) async fn prepare(
        self: &Arc<Self>,
        tenant: &TenantId,
        request: &PurchaseRequest,
        budget: Duration,
    ) -> Result<(Share, Chosen), ShippingError> {
        let share = self.share_of(tenant)?;
        let (quote, mut offer) = self.select(tenant, request, budget).await?;
        let decision = self.decide_again(&quote, &offer);
        self.check(&quote, &offer, &decision, request)?;
        // The shipment keeps the decision that it is bought with.
        offer.decision = None;
        let shipment = Shipment { regional_ids: decision.regional_ids(), ..quote.shipment };
        let order_reference = quote.order;
        Ok((share, Chosen { shipment, offer, decision, order_reference }))
    }

    async fn select(
        self: &Arc<Self>,
        tenant: &TenantId,
        request: &PurchaseRequest,
        budget: Duration,
    ) -> Result<(Quote, Offer), ShippingError> {
        match &request.selection {
            Selection::Offer { quote, offer } => {
                let quote = self.quote(tenant, quote).await?;
                let found = quote.offers.iter().find(|candidate| candidate.id == *offer).cloned();
                let offer =
                    found.ok_or_else(|| ShippingError::NotFound { what: "offer", id: offer.clone() })?;
                Ok((quote, offer))
            }
            Selection::Direct { request: rate, carrier, service } => {
                let mut rate = rate.clone();
                rate.preferences.allowed = vec![format!("{carrier}/{service}")];
                let quote = self.rate(tenant, *rate, budget).await?;
                let offer = quote.offers.first().cloned().ok_or_else(|| no_offer(&quote))?;
                Ok((quote, offer))
            }
            Selection::Pick { request: rate, criterion } => {
                let quote = self.rate(tenant, (**rate).clone(), budget).await?;
                let offer = pick(&quote.offers, *criterion).cloned().ok_or_else(|| no_offer(&quote))?;
                Ok((quote, offer))
            }
        }
    }

    /// Everything that can be known before money is spent.
    fn check(
        &self,
        quote: &Quote,
        offer: &Offer,
        decision: &Decision,
        request: &PurchaseRequest,
    ) -> Result<(), ShippingError> {
        if self.now() >= quote.expires_at {
            let words = format!("the quote expired at {}: rate again", quote.expires_at);
            return Err(ShippingError::precondition(Cause::OfferExpired, words));
        }
        if decision.severity == Severity::Block {
            return Err(forbidden(decision));
        }
        let total = offer.offer.total;
        if let Some(max) = request.max_total {
            let over = max.currency() != total.currency() || total.amount() > max.amount();
            if over {
                return Err(ShippingError::Precondition {
                    cause: Cause::PriceChanged,
                    words: format!("the offer costs {total}, the request allows {max}; nothing was bought"),
                    details: vec![("total", total.to_string()), ("max_total", max.to_string())],
                });
            }
        }
        let host = self.carriers.get(&offer.carrier);
        let host =
            host.ok_or_else(|| ShippingError::NotFound { what: "carrier", id: offer.carrier.clone() })?;
        if !host.descriptor().labels.contains(&request.label.format) {
            let offered: Vec<_> =
                host.descriptor().labels.iter().map(|format| format.extension().to_uppercase()).collect();
            let words = format!(
                "{} makes no {} labels; it makes {}",
                host.descriptor().name,
                request.label.format.extension().to_uppercase(),
                offered.join(", ")
            );
            return Err(ShippingError::precondition(Cause::LabelFormatNotOffered, words));
        }
        Ok(())
    }
}

fn no_offer(quote: &Quote) -> ShippingError {
    let mut words = "no eligible offer; rate to see every reason".to_owned();
    if let Some(first) = quote.ineligible.iter().find_map(|i| i.reasons.first().map(|reason| (i, reason))) {
        words = format!("no eligible offer: {} {}: {}", first.0.carrier, first.0.service, first.1.message);
    }
    ShippingError::Precondition {
        cause: Cause::NoEligibleOffer,
        words,
        details: vec![("quote_id", quote.id.clone())],
    }
}

/// The best of the offers that come in time.
fn pick(offers: &[Offer], criterion: Criterion) -> Option<&Offer> {
    let meets = |offer: &&Offer| !offer.late && offer.prospect.on_time != Some(OnTime::Late);
    let in_time = || offers.iter().filter(meets);
    let price = |offer: &&Offer| {
        let total = offer.offer.total;
        (total.currency().as_str().to_owned(), total.amount())
    };
    let arrival = |offer: &&Offer| offer.offer.delivery.map(|window| window.latest);
    match criterion {
        // The quote may stand in another order than by price.
        Criterion::Cheapest => in_time().min_by_key(price),
        Criterion::Fastest => {
            in_time().min_by_key(|offer| (arrival(offer).is_none(), arrival(offer), price(offer)))
        }
        Criterion::BestValue => {
            let mut arrivals: Vec<_> = in_time().filter_map(|offer| arrival(&offer)).collect();
            arrivals.sort();
            let median = arrivals.get(arrivals.len().saturating_sub(1) / 2).copied();
            let fast_enough = |offer: &&Offer| median.is_none_or(|m| arrival(offer).is_some_and(|a| a <= m));
            in_time().filter(fast_enough).min_by_key(price)
        }
    }
}
