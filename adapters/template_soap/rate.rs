//! Prices.
//!
//! One call for all services; what is refused is told beside what is offered. Must never fail as a whole
//! because one service does not go. Start with [`rates`].
// file only with rate

use parcelgate_kit::account::Account;
use parcelgate_kit::codec::soap;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{CarrierOffer, DeliveryWindow, PriceSource, Refusal, WindowSource};
use parcelgate_kit::operation::{RateQuery, Rates};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{Reply, Wire};

use crate::wire::{NAMESPACE, Offer, RateReply, write_shipment};
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
        let contract = account.require("contract")?;
        let from = party::address("ship_from", &shipment.ship_from)?;
        let consignee = party::address("ship_to", &shipment.ship_to)?;
        let envelope = soap::envelope("rateShipment", NAMESPACE, |to| {
            to.text("contract", contract);
            for service in &query.services {
                to.text("service", service);
            }
            write_shipment(&from, &consignee, shipment, to);
        })?;
        Ok(settings::call(account, "rateShipment", envelope)?.into())
    }

    fn parse(&self, _: &Account, _: &RateQuery, reply: &Reply) -> Result<Rates, Fault> {
        let told: RateReply = fault::read(reply, "rateShipmentResponse")?;
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
