//! Prices of all services with their time in transit, in one call.
//!
//! UPS is always asked for everything it sells on the lane; what the caller did
//! not ask for is dropped here. Start with [`rates`].

use jiff::civil::{Date, Time};

use parcelgate_kit::account::Account;
use parcelgate_kit::codec::json;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{
    CarrierOffer, ContentType, DeliveryWindow, Incoterm, Notice, Refusal, Shipment, WindowSource,
};
use parcelgate_kit::operation::{RateQuery, Rates};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{HttpCall, Reply, Wire};

use crate::charges::{PackageItems, Price};
use crate::lane::{Lane, Level};
use crate::settings::{CallId, wants_negotiated};
use crate::wire::rate::{
    DeliveryTime, Pickup, RateEnvelope, RateOptions, RatePackage, RatePackageOptions, RateParty, RateReply,
    RateRequest, RateResponse, RateShipment, RatedShipment, RatingOptions, Request,
};
use crate::wire::{Amount, Coded, Flag, Payment};
use crate::{customs, fit, refusal, tax_ids};

/// Refusals that concern the lane or its services, not the call.
const NO_SERVICE: &[&str] = &["111100", "111210"];

/// Prices the services of `query`.
pub(crate) async fn rates(cx: &mut Cx<'_>, query: &RateQuery) -> Result<Rates, Fault> {
    let call = CallId::next(cx);
    cx.send(&Shop(call), query).await
}

struct Shop(CallId);

impl Exchange for Shop {
    type In = RateQuery;
    type Out = Rates;
    const NAME: &'static str = "rate";
    const EFFECT: Effect = Effect::Reads;

    fn build(&self, account: &Account, query: &RateQuery) -> Result<Wire, Fault> {
        let number = account.require("shipper_number")?;
        let shipment = &query.shipment;
        // What no label could be bought for is not priced.
        customs::vendor(shipment)?;
        tax_ids::information(shipment)?;
        let lane = Lane::of(shipment);
        let (option, invoice_line_total) = with_transit(lane, shipment)?;
        let duties = shipment.customs.as_ref().is_some_and(|customs| customs.incoterm == Incoterm::Ddp);
        let documents = is_documents(shipment);
        let from = RateParty {
            name: fit::name("ship_from", &shipment.ship_from)?,
            shipper_number: None,
            address: fit::address("ship_from", &shipment.ship_from)?,
        };
        let envelope = RateEnvelope {
            rate_request: RateRequest {
                request: Request { request_option: option, sub_version: "2409" },
                pickup_type: Coded::new(account.get("pickup_type").unwrap_or("01")),
                shipment: RateShipment {
                    shipper: RateParty {
                        name: from.name.clone(),
                        shipper_number: Some(number.to_owned()),
                        address: from.address.clone(),
                    },
                    ship_to: RateParty {
                        name: fit::name("ship_to", &shipment.ship_to)?,
                        shipper_number: None,
                        address: fit::delivery_address(&shipment.ship_to)?,
                    },
                    ship_from: from,
                    payment_details: Payment::by_shipper(number, duties),
                    shipment_total_weight: fit::total_weight(lane, shipment),
                    documents_only_indicator: Flag::when(documents),
                    invoice_line_total,
                    package: packages(lane, shipment)?,
                    shipment_service_options: options(lane, shipment),
                    shipment_rating_options: wants_negotiated(account)
                        .then(|| RatingOptions { negotiated_rates_indicator: Flag::when(true) }),
                    tax_information_indicator: Flag::when(true),
                    delivery_time_information: (option != "Shop").then(|| pickup(shipment, documents)),
                },
            },
        };
        let call = HttpCall::post_json("/api/rating/v2409", &envelope)?.segment(option);
        Ok(self.0.sign(call, account)?.into())
    }

    fn parse(&self, account: &Account, query: &RateQuery, reply: &Reply) -> Result<Rates, Fault> {
        if !reply.is_success() {
            let fault = refusal::fault(reply);
            return if NO_SERVICE.contains(&refusal::first_code(&fault)) {
                let mut rates = Rates::default();
                rates.refusals.push(refused(None, &fault));
                Ok(rates)
            } else {
                Err(fault)
            };
        }
        let reply: RateReply = json::read(&reply.body)?;
        let response = reply.rate_response;
        if !response.response.is_success() {
            return Err(refusal::of_head(&response.response));
        }
        read_offers(query, response, wants_negotiated(account))
    }
}

/// Over a border UPS tells the time in transit only when it is told a value;
/// none is made up, so without goods the prices come alone.
fn with_transit(lane: Lane, shipment: &Shipment) -> Result<(&'static str, Option<Amount>), Fault> {
    if !lane.is_abroad() {
        return Ok(("Shoptimeintransit", None));
    }
    let value = shipment.goods_value().map_err(|error| Fault::unfit("items", error.to_string()))?;
    Ok(match value {
        Some(value) => ("Shoptimeintransit", Some(Amount::of(value.to_minor()))),
        None => ("Shop", None),
    })
}

fn is_documents(shipment: &Shipment) -> bool {
    shipment.customs.as_ref().is_some_and(|customs| customs.content == ContentType::Documents)
}

fn pickup(shipment: &Shipment, documents: bool) -> DeliveryTime {
    let pickup = Pickup {
        date: shipment.ship_at.strftime("%Y%m%d").to_string(),
        time: shipment.ship_at.strftime("%H%M").to_string(),
    };
    DeliveryTime { package_bill_type: if documents { "02" } else { "03" }, pickup }
}

fn packages(lane: Lane, shipment: &Shipment) -> Result<Vec<RatePackage>, Fault> {
    let package = |(index, parcel)| {
        Ok(RatePackage {
            packaging_type: fit::packaging(index, parcel)?,
            dimensions: fit::sides(lane, index, parcel)?,
            package_weight: fit::weight(lane, parcel),
            package_service_options: package_options(lane, shipment, parcel),
        })
    };
    shipment.parcels.iter().enumerate().map(package).collect()
}

/// Signature and declared value of one package, the same when it is bought.
pub(crate) fn package_options(
    lane: Lane,
    shipment: &Shipment,
    parcel: &parcelgate_kit::model::Parcel,
) -> Option<RatePackageOptions> {
    let delivery_confirmation = lane.confirmation(shipment.requirements.confirmation, Level::Package);
    let declared_value = parcel.insured_value.map(|value| Amount::of(value.to_minor()));
    (delivery_confirmation.is_some() || declared_value.is_some())
        .then_some(RatePackageOptions { delivery_confirmation, declared_value })
}

fn options(lane: Lane, shipment: &Shipment) -> Option<RateOptions> {
    let saturday_delivery_indicator = Flag::when(shipment.requirements.saturday_delivery);
    let delivery_confirmation = lane.confirmation(shipment.requirements.confirmation, Level::Shipment);
    (saturday_delivery_indicator.is_some() || delivery_confirmation.is_some())
        .then_some(RateOptions { saturday_delivery_indicator, delivery_confirmation })
}

fn read_offers(query: &RateQuery, response: RateResponse, negotiated: bool) -> Result<Rates, Fault> {
    let mut rates = Rates::default();
    rates.notices = response.response.alert.into_iter().map(Notice::from).collect();
    for rated in response.rated_shipment {
        let wanted = query.services.contains(&rated.service.code);
        let is_new = !rates.offers.iter().any(|offer| offer.service == rated.service.code);
        if wanted && is_new {
            rates.offers.extend(offer(rated, negotiated)?);
        }
    }
    for service in &query.services {
        if !rates.offers.iter().any(|offer| offer.service == *service) {
            let words = "UPS named no price of this service for this shipment";
            let fault = Fault::refused("NOT_OFFERED", words);
            rates.refusals.push(refused(Some(service.clone()), &fault));
        }
    }
    Ok(rates)
}

fn refused(service: Option<String>, fault: &Fault) -> Refusal {
    Refusal {
        service,
        code: refusal::first_code(fault).to_owned(),
        observed: None,
        limit: None,
        words: fault.carrier_words.clone().unwrap_or_default(),
    }
}

fn offer(rated: RatedShipment, negotiated: bool) -> Result<Option<CarrierOffer>, Fault> {
    let delivery = delivery(&rated);
    let mut packages = PackageItems::default();
    for package in rated.rated_package {
        packages.published.extend(package.itemized_charges);
        packages.negotiated.extend(package.negotiated_charges.itemized_charges);
    }
    let own = rated.prices.negotiated_rate_charges.as_ref();
    let Some(price) = Price::of(&rated.prices, own, &packages)? else { return Ok(None) };
    let mut offer = CarrierOffer::of_charges(&rated.service.code, price.parts, price.source)?;
    offer.list_total = price.list_total;
    offer.delivery = delivery;
    let remarks = rated.rated_shipment_alert.into_iter().chain(rated.disclaimer);
    offer.notices = remarks.map(Notice::from).collect();
    if negotiated && own.is_none() {
        let words = "the account has no price of its own for this service; this is the published one";
        offer.notices.push(Notice::new("NO_NEGOTIATED_PRICE", words));
    }
    Ok(Some(offer))
}

/// When it arrives, by the clock at the destination.
fn delivery(rated: &RatedShipment) -> Option<DeliveryWindow> {
    let summary = rated.time_in_transit.as_ref().and_then(|transit| transit.service_summary.as_ref());
    let window = |date: Date, time: Time, guaranteed, days: &str| DeliveryWindow {
        earliest: date.to_datetime(Time::midnight()),
        latest: date.to_datetime(time),
        source: WindowSource::Carrier,
        guaranteed,
        business_days: days.trim().parse().ok(),
    };
    if let Some((summary, estimate)) = summary.and_then(|it| Some((it, it.estimated_arrival.as_ref()?))) {
        let arrival = estimate.arrival.as_ref()?;
        let date = day(&arrival.date)?;
        let time = clock(&arrival.time).unwrap_or(END_OF_DAY);
        return Some(window(date, time, summary.guaranteed_indicator, &estimate.business_days_in_transit));
    }
    let guaranteed = rated.guaranteed_delivery.as_ref()?;
    let date = day(&guaranteed.scheduled_delivery_date)?;
    Some(window(date, END_OF_DAY, true, &guaranteed.business_days_in_transit))
}

const END_OF_DAY: Time = Time::constant(23, 59, 59, 0);

/// A day as `YYYYMMDD`.
pub(crate) fn day(text: &str) -> Option<Date> {
    Date::strptime("%Y%m%d", text.trim()).ok()
}

/// A clock as `HHMMSS` or `HHMM`.
fn clock(text: &str) -> Option<Time> {
    let format = if text.trim().len() == 4 { "%H%M" } else { "%H%M%S" };
    Time::strptime(format, text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_clock_has_four_digits_or_six() {
        assert_eq!(clock("1030"), Some(Time::constant(10, 30, 0, 0)));
        assert_eq!(clock("233000"), Some(Time::constant(23, 30, 0, 0)));
        for bad in ["", "7", "250000", "10:30 A.M.", "ééé"] {
            assert_eq!(clock(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_clock_panics(text in "\\PC{0,9}") {
            let _ = (day(&text), clock(&text));
        }
    }
}
