//! How long the tenant's own parcels took: told to the store when they are delivered, asked of it when offers are made.
//!
//! What happened is evidence and never a condition: a store that fails or is slow costs the history and not the answer.
//! Start with [`Gateway::remember_transits`] and [`Gateway::history`].

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use parcelgate_kit::model::{LocalTime, Party, Shipment, TrackEvent};

use super::error::ShippingError;
use super::gateway::Gateway;
use super::promising::{carrier_days, transit_days};
use crate::calendar::Region;
use crate::promise::{Evidence, Transits, zone_of};
use crate::store::{LaneEnd, PurchaseRow, PurchaseState, TransitCount, TransitRow, TransitsAsked};
use crate::tenancy::TenantId;

/// How far back parcels count, in months: what a service did last winter says little of the next summer.
const MONTHS: i32 = 6;

/// What services of carriers did between two countries, and of that on one lane.
#[derive(Clone, Debug, Default)]
pub(super) struct History(BTreeMap<String, BTreeMap<String, OfService>>);

/// What one service did.
#[derive(Clone, Debug, Default)]
pub(super) struct OfService {
    /// From and to the same parts of their countries.
    pub(super) lane: Transits,
    /// From country to country.
    pub(super) wide: Transits,
}

impl OfService {
    /// As evidence, without what the carrier states.
    pub(super) fn evidence(&self) -> Evidence<'_> {
        Evidence { lane: &self.lane, wide: &self.wide, stated: None }
    }

    /// Days at least and at most by which most parcels came: of the lane where there are enough, else of the wider one.
    pub(super) fn span(&self) -> Option<(u16, u16)> {
        self.lane.span().or_else(|| self.wide.span())
    }
}

impl History {
    fn of(counts: Vec<TransitCount>, origin: &LaneEnd, destination: &LaneEnd) -> Self {
        let mut all: BTreeMap<String, BTreeMap<String, OfService>> = BTreeMap::new();
        for count in counts {
            let is_lane = count.origin_part == origin.part && count.destination_part == destination.part;
            let service = all.entry(count.carrier).or_default().entry(count.service).or_default();
            service.wide.add(count.days, count.parcels);
            if is_lane {
                service.lane.add(count.days, count.parcels);
            }
        }
        Self(all)
    }

    /// What a service did; nothing where it did nothing.
    pub(super) fn service(&self, carrier: &str, service: &str) -> Option<&OfService> {
        self.0.get(carrier)?.get(service)
    }
}

/// The part of a country that a lane begins or ends in: that of its holidays, else the beginning of the postcode.
fn lane_end(party: &Party) -> LaneEnd {
    let region = Region::of(party);
    let part = match region.part() {
        "" => {
            let postcode = party.postcode.as_ref().map(|code| code.compact()).unwrap_or_default();
            postcode.chars().take(2).collect()
        }
        part => part.to_owned(),
    };
    LaneEnd { country: party.country.as_str().to_owned(), part }
}

/// The day of an event by the clock of a place; a clock without a zone is taken for that of the place.
fn local_day(event: &TrackEvent, place: &Party) -> Date {
    match event.occurred {
        LocalTime::Local(clock) => clock.date(),
        LocalTime::Instant(at) => zone_of(place).to_datetime(at).date(),
    }
}

impl Gateway {
    /// Tells the store how long each parcel of a shipment took, of those that have arrived.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn remember_transits(&self, row: &PurchaseRow) -> Result<(), ShippingError> {
        if row.state != PurchaseState::Purchased {
            return Ok(());
        }
        let body = self.body_of(row)?;
        let (Some(bought), shipment) = (&body.bought, &body.order.shipment) else { return Ok(()) };
        let tenant =
            TenantId::parse(&row.tenant).map_err(|error| ShippingError::Internal(error.to_string()))?;
        for (parcel, number) in (1_u32..).zip(&bought.tracking) {
            let known = self.tracker.known(&tenant, &row.carrier, number).await?;
            let events = &known.knowledge;
            let (Some(taken), Some(arrived)) = (events.first_physical_scan(), events.first_attempt()) else {
                continue;
            };
            let handed_over = local_day(taken, &shipment.ship_from);
            let delivered_on = local_day(arrived, &shipment.ship_to);
            let host = self.carriers.get(&row.carrier).map(AsRef::as_ref);
            let service = host.and_then(|host| {
                let services = host.descriptor().services.iter();
                services.clone().find(|service| service.code == body.offer.offer.service)
            });
            let carrier = carrier_days(host, service, shipment.requirements.saturday_delivery);
            let transit = TransitRow {
                tenant: row.tenant.clone(),
                shipment: row.id.clone(),
                parcel,
                carrier: row.carrier.clone(),
                service: body.offer.offer.service.clone(),
                origin: lane_end(&shipment.ship_from),
                destination: lane_end(&shipment.ship_to),
                days: transit_days(shipment, &carrier, handed_over, delivered_on),
                delivered_on,
            };
            self.store.put_transit(transit).await?;
        }
        Ok(())
    }

    /// What services did for the tenant between a shipment's countries; nothing when the store does not say within
    /// `longest`.
    pub(super) async fn history(
        &self,
        tenant: &TenantId,
        shipment: &Shipment,
        now: Timestamp,
        longest: Duration,
    ) -> History {
        let (origin, destination) = (lane_end(&shipment.ship_from), lane_end(&shipment.ship_to));
        let today = zone_of(&shipment.ship_to).to_datetime(now).date();
        let asked = TransitsAsked {
            tenant: tenant.as_str().to_owned(),
            origin: origin.country.clone(),
            destination: destination.country.clone(),
            since: today.checked_sub(MONTHS.months()).unwrap_or(Date::MIN),
        };
        match tokio::time::timeout(longest, self.store.transits(&asked)).await {
            Ok(Ok(counts)) => History::of(counts, &origin, &destination),
            Ok(Err(error)) => {
                tracing::warn!(%error, "offers are made without the history of deliveries");
                History::default()
            }
            Err(_) => {
                tracing::warn!("offers are made without the history of deliveries: the store took too long");
                History::default()
            }
        }
    }
}
