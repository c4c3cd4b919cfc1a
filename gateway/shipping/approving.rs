//! Which carriers marketplaces approve or follow, by the lists that are known of them.
//!
//! It only looks lists up. Start with [`approved`].

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use parcelgate_kit::model::{CountryCode, Shipment};

use super::request::RateRequest;
use crate::numbers;
use crate::policy::Marketplace;
use crate::promise::Approved;

/// The lists of approved carriers; a table that cannot be read is none, and a
/// test reads it.
static LISTS: LazyLock<Option<numbers::Approved>> = LazyLock::new(|| numbers::Approved::new().ok());

/// The carriers that the order's marketplace approves, where it takes no others
/// on that day.
pub(super) fn approved(request: &RateRequest, on: Date) -> Option<Approved> {
    let lists = LISTS.as_ref()?;
    request.order.marketplace.as_ref()?;
    let query = numbers::ApprovedQuery {
        marketplace: request.order.marketplace_country?,
        destination: Some(request.ship_to.country),
        origin: Some(request.ship_from.country),
        date: on,
    };
    let rule = lists.requirement(&query)?;
    let listed = lists.list(&query);
    // No list that is known is no reason to refuse everybody.
    (!listed.is_empty()).then(|| Approved {
        list: rule.source.clone(),
        carriers: listed.into_iter().map(|carrier| carrier.id).collect(),
    })
}

/// Whether the marketplace follows the carrier's parcels on such a lane; nothing where no list of it is known.
pub(super) fn followed(
    carrier: &str,
    market: &Marketplace,
    shipment: &Shipment,
    bought_at: Timestamp,
) -> Option<bool> {
    let query = numbers::ApprovedQuery {
        marketplace: CountryCode::parse(market.country).ok()?,
        destination: Some(shipment.ship_to.country),
        origin: Some(shipment.ship_from.country),
        date: market.day(bought_at),
    };
    let listed = LISTS.as_ref()?.list(&query);
    (!listed.is_empty()).then(|| listed.iter().any(|one| one.id == carrier))
}
