//! Dates, chances and protections of offers.
//!
//! It brings together what the request, the service and the carrier's answer
//! say, and lets the pure rules of `promise` decide. Start with [`Promising`].

use jiff::civil::{Date, DateTime, Time};
use jiff::{Timestamp, ZonedDateTime};
use parcelgate_kit::descriptor::{Feature, Service};
use parcelgate_kit::model::{CarrierOffer, Shipment, WindowSource};
use serde::{Deserialize, Serialize};

use super::history::{History, OfService};
use super::request::RateRequest;
use crate::calendar::{Region, Weekend};
use crate::carriers::CarrierHost;
use crate::policy::Marketplace;
use crate::promise::{
    CarrierDays, Estimate, Evidence, Journey, Mend, OnTime, Reason, ReasonCode, SellerDays, Wishes, zone_of,
};
use crate::protection::{Arrival, BenefitFacts, Benefits, Offered};

/// What is told of an offer beside its price.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prospect {
    /// The day on which the carrier takes the parcels.
    pub handed_over: Option<Date>,
    /// Whether it comes in time; none where nothing was promised.
    pub on_time: Option<OnTime>,
    /// How likely that is.
    pub estimate: Option<Estimate>,
    /// How the dates were made.
    pub steps: Vec<String>,
    /// The protections that it carries, and those that it does not.
    pub benefits: Benefits,
}

/// What promises of one request are made from.
#[derive(Clone, Debug)]
pub(super) struct Promising {
    from: DateTime,
    seller: Option<SellerDays>,
    origin: Region,
    destination: Region,
    now: DateTime,
    deliver_by: Option<DateTime>,
    saturday: bool,
    facts: BenefitFacts,
    history: History,
}

impl Promising {
    /// Of a request, at this moment.
    pub(super) fn of(
        request: &RateRequest,
        shipment: &Shipment,
        wishes: &Wishes,
        history: History,
        now: Timestamp,
    ) -> Self {
        let order = &request.order;
        let zone = zone_of(&request.ship_from);
        let (from, seller) = ready(request, now);
        let here = zone.to_datetime(now);
        let country = order.marketplace_country.as_ref().map(|country| country.as_str());
        let marketplace = order.placed_on.as_ref().and_then(|name| Marketplace::find_in(name, country));
        Self {
            from,
            seller,
            origin: Region::of(&request.ship_from),
            destination: Region::of(&request.ship_to),
            now: here,
            deliver_by: wishes.deliver_by,
            saturday: shipment.requirements.saturday_delivery,
            facts: BenefitFacts {
                offered: marketplace.map(|market| Offered::on(market, market.day(now))),
                arrival: Arrival::Unknown,
                tracked: false,
                ships_late: order.ship_by.is_some_and(|by| shipment.ship_at.timestamp() > by),
                automated_transit: order.automated_transit,
                automated_handling: order.automated_handling,
                handling_days: order.schedule.map(|schedule| schedule.handling),
            },
            history,
        }
    }

    fn journey<'a>(
        &'a self,
        carrier: &'a CarrierDays,
        transit: Option<(u16, u16)>,
        source: WindowSource,
    ) -> Journey<'a> {
        Journey {
            from: self.from,
            seller: self.seller,
            carrier,
            transit: transit.unwrap_or((1, 1)),
            source,
            origin: &self.origin,
            destination: &self.destination,
        }
    }

    /// Completes an offer: a date by the table where the carrier told none, and
    /// what follows from it.
    pub(super) fn complete(
        &self,
        offer: &mut CarrierOffer,
        host: &CarrierHost,
        service: Option<&Service>,
    ) -> Prospect {
        let descriptor = host.descriptor();
        let carrier = carrier_days(Some(host), service, self.saturday);
        let did = self.history.service(descriptor.id, &offer.service);
        let (transit, source) = transit(service, did);
        let journey = self.journey(&carrier, transit, source);
        let (handed_over, steps) = if offer.delivery.is_some() {
            // The date is the carrier's: there are no steps to tell.
            (journey.hand_over(), Vec::new())
        } else {
            let mut promise = journey.promise();
            match transit {
                Some(_) => offer.delivery = Some(promise.window),
                None => drop(promise.steps.pop()),
            }
            (promise.handed_over, promise.steps)
        };
        let stated = service.and_then(|service| service.transit_days);
        let known = did.map_or_else(Evidence::default, OfService::evidence);
        let (on_time, estimate) = self.chance(&journey, handed_over, offer, Evidence { stated, ..known });
        let tracked = descriptor.capabilities.track && service.is_none_or(|service| service.tracked);
        let facts =
            BenefitFacts { tracked, arrival: arrival(on_time, offer.delivery.is_some()), ..self.facts };
        Prospect { handed_over: Some(handed_over), on_time, estimate, steps, benefits: Benefits::of(&facts) }
    }

    fn chance(
        &self,
        journey: &Journey<'_>,
        handed_over: Date,
        offer: &CarrierOffer,
        known: Evidence<'_>,
    ) -> (Option<OnTime>, Option<Estimate>) {
        let Some(deliver_by) = self.deliver_by else { return (None, None) };
        let in_window = offer.delivery.map(|window| {
            let days = |day: Date| journey.days_to(handed_over, day);
            (days(window.earliest.date()), days(window.latest.date()))
        });
        let evidence = Evidence { stated: in_window.or(known.stated), ..known };
        let too_late = offer.delivery.is_some_and(|window| window.latest > deliver_by);
        let estimate = match journey.room(handed_over, deliver_by) {
            Some(room) => evidence.on_time(room),
            None => evidence.on_time(0),
        };
        // A date that the carrier guarantees is as good as its word.
        let sure = offer.delivery.is_some_and(|window| window.guaranteed && window.latest <= deliver_by);
        let on_time = if sure { OnTime::OnTime } else { OnTime::of(estimate.as_ref(), too_late) };
        (Some(on_time), estimate)
    }

    /// Reasons that only the prospect of an offer shows.
    pub(super) fn reasons(&self, prospect: &Prospect, wishes: &Wishes) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if prospect.on_time == Some(OnTime::Late)
            && let Some(estimate) = prospect.estimate
        {
            reasons.push(
                Reason::new(ReasonCode::LateRisk, "order.deliver_by", "it is not likely to arrive in time")
                    .seen(format!("{:.0} %", estimate.probability * 100.0), "50 %")
                    .remedy("ship earlier, or choose a faster service"),
            );
        }
        let missing = &prospect.benefits.withheld;
        if wishes.must_be_protected && (!missing.is_empty() || prospect.benefits.carried.is_empty()) {
            let names: Vec<_> =
                missing.iter().map(|one| format!("{} ({})", one.benefit.as_str(), one.reason)).collect();
            let remedy = missing.iter().find(|one| !one.remedy.is_empty()).map(|one| one.remedy.clone());
            reasons.push(
                Reason::new(
                    ReasonCode::Unprotected,
                    "promise.benefits",
                    "it does not carry every protection",
                )
                .seen(names.join(", "), "")
                .remedy(remedy.unwrap_or_default()),
            );
        }
        reasons
    }

    /// The smallest change with which an offer that is only too late is not.
    pub(super) fn in_time(
        &self,
        offer: &CarrierOffer,
        prospect: &Prospect,
        host: &CarrierHost,
        service: Option<&Service>,
    ) -> Option<Mend> {
        let (deliver_by, handed_over) = (self.deliver_by?, prospect.handed_over?);
        let arrival = offer.delivery?.latest.date();
        let carrier = carrier_days(Some(host), service, self.saturday);
        let on_saturdays = service.is_some_and(|s| s.features.contains(&Feature::SaturdayDelivery));
        let (transit, source) = transit(service, self.history.service(host.descriptor().id, &offer.service));
        let journey = self.journey(&carrier, transit, source);
        journey.mend(handed_over, arrival, carrier.first_from(self.now), deliver_by, on_saturdays)
    }
}

/// Days in transit and who says so: the service's table, else what the tenant's own parcels took.
fn transit(service: Option<&Service>, did: Option<&OfService>) -> (Option<(u16, u16)>, WindowSource) {
    match service.and_then(|service| service.transit_days) {
        Some(stated) => (Some(stated), WindowSource::Table),
        None => (did.and_then(OfService::span), WindowSource::History),
    }
}

/// How a carrier works with a service: its days, and what was agreed with it; on Saturdays it
/// delivers where that was asked for.
pub(super) fn carrier_days(
    host: Option<&CarrierHost>,
    service: Option<&Service>,
    saturday: bool,
) -> CarrierDays {
    let has = |feature| service.is_some_and(|service| service.features.contains(&feature));
    let weekend = |saturday| Weekend { saturday, sunday: false };
    CarrierDays {
        cut_off: host.and_then(CarrierHost::cut_off),
        pick_up: weekend(has(Feature::SaturdayPickUp)),
        delivery: weekend(saturday && has(Feature::SaturdayDelivery)),
        rests: host.map_or(Vec::new(), |host| host.non_delivery_days().to_vec()),
    }
}

/// Days of work that a parcel was under way, counted as a promise of the service counts them.
pub(super) fn transit_days(
    shipment: &Shipment,
    carrier: &CarrierDays,
    handed_over: Date,
    delivered_on: Date,
) -> u16 {
    let (origin, destination) = (Region::of(&shipment.ship_from), Region::of(&shipment.ship_to));
    let journey = Journey {
        from: handed_over.to_datetime(Time::midnight()),
        seller: None,
        carrier,
        transit: (0, 0),
        source: WindowSource::History,
        origin: &origin,
        destination: &destination,
    };
    journey.days_to(handed_over, delivered_on)
}

/// What protections are told of an arrival. Where nothing was promised, a date is all that they ask for.
fn arrival(on_time: Option<OnTime>, dated: bool) -> Arrival {
    match on_time {
        Some(OnTime::OnTime) => Arrival::InTime,
        Some(OnTime::AtRisk) => Arrival::AtRisk,
        Some(OnTime::Late) => Arrival::Late,
        None if dated => Arrival::InTime,
        Some(OnTime::Unknown) | None => Arrival::Unknown,
    }
}

/// The moment from which the hand-over is counted, and how the seller works:
/// what the request says, else the order by the seller's schedule, else now.
fn ready(request: &RateRequest, now: Timestamp) -> (DateTime, Option<SellerDays>) {
    let zone = zone_of(&request.ship_from);
    match (&request.ship_at, request.order.schedule) {
        (Some(at), _) => (at.datetime(), None),
        (None, Some(schedule)) => {
            let ordered = request.order.ordered_at.unwrap_or(now);
            (zone.to_datetime(ordered), Some(schedule))
        }
        (None, None) => (zone.to_datetime(now), None),
    }
}

/// When the carrier gets the parcels, as carriers are told: what the request
/// says, else when the seller has them ready, never before now.
pub(super) fn ships_at(request: &RateRequest, now: Timestamp) -> ZonedDateTime {
    let zone = zone_of(&request.ship_from);
    let now = ZonedDateTime::new(now, zone.clone());
    let (from, seller) = ready(request, now.timestamp());
    if seller.is_none() {
        return request.ship_at.clone().unwrap_or(now);
    }
    let region = Region::of(&request.ship_from);
    let journey = Journey {
        from,
        seller,
        carrier: &CarrierDays::default(),
        transit: (0, 0),
        source: WindowSource::Table,
        origin: &region,
        destination: &region,
    };
    let ready = zone.to_ambiguous_zoned_datetime(journey.ready_at()).compatible().ok();
    ready.filter(|ready| *ready > now).unwrap_or(now)
}
