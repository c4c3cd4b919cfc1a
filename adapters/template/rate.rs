//! Prices.
//!
//! One call for all services; what is refused is told beside what is offered. Must never fail as a whole
//! because one service does not go. Start with [`rates`].
// file only with rate

use parcelgate_kit::account::Account;
use parcelgate_kit::codec::json;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{CarrierOffer, DeliveryWindow, PriceSource, Refusal, WindowSource};
use parcelgate_kit::operation::{RateQuery, Rates};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use crate::wire::{Offer, RateReply, RateRequest, parcels};
use crate::{fault, party, price, settings};

/// Prices the services of `query`. A plan of one exchange; a carrier with a service call and a price call
/// sends one after the other here.
pub(crate) async fn rates(cx: &mut Cx<'_>, query: &RateQuery) -> Result<Rates, Fault> {
    cx.send(&Price, query).await
}

struct Price;

impl Exchange for Price {
    type In = RateQuery;
    type Out = Rates;
    const NAME: &'static str = "rate";
    // Changes nothing at the carrier, so the gateway repeats it freely.
    const EFFECT: Effect = Effect::Reads;

    fn build(&self, account: &Account, query: &RateQuery) -> Result<Wire, Fault> {
        let shipment = &query.shipment;
        let request = RateRequest {
            contract: account.require("contract")?,
            services: &query.services,
            ship_from: party::address("ship_from", &shipment.ship_from)?,
            ship_to: party::address("ship_to", &shipment.ship_to)?,
            parcels: parcels(shipment),
            signature: crate::wire::signature(shipment),
            // The day at the place of hand-over, not in UTC: `ship_at` knows its zone.
            hand_over_on: shipment.ship_at.date(),
        };
        Ok(settings::sign(HttpCall::post_json("/v1/rates", &request)?, account)?.into())
    }

    fn parse(&self, _: &Account, _: &RateQuery, reply: &Reply) -> Result<Rates, Fault> {
        if !reply.is_success() {
            return Err(fault::of(reply));
        }
        let told: RateReply = json::read(&reply.body)?;
        let mut rates = Rates::of(told.rates.iter().map(offer).collect::<Result<_, _>>()?);
        rates.refusals = told
            .refused
            .into_iter()
            .map(|refused| Refusal {
                service: Some(refused.service),
                code: refused.code,
                observed: None,
                limit: None,
                words: refused.message,
            })
            .collect();
        Ok(rates)
    }
}

fn offer(told: &Offer) -> Result<CarrierOffer, Fault> {
    let (charges, _) = price::read(&told.price)?;
    // `Negotiated` where the price is the account's own, `List` where it is everybody's.
    let mut offer = CarrierOffer::of_charges(&told.service, charges, PriceSource::Negotiated)?;
    // A window in the local time of the consignee. No promise from the carrier is no window: the gateway
    // works one out from `transit_days`, and says so.
    offer.delivery = told.deliver_by.map(|day| DeliveryWindow {
        earliest: day.at(0, 0, 0, 0),
        latest: day.at(23, 59, 59, 0),
        source: WindowSource::Carrier,
        guaranteed: false,
        business_days: told.transit_days,
    });
    Ok(offer)
}
