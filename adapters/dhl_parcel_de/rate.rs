//! Prices: the contract's rate card, nothing is sent.
//!
//! Must never offer what the account cannot buy: a service without a billing number is refused here. Start
//! with [`rates`].

use parcelgate_kit::account::Account;
use parcelgate_kit::fault::Fault;
use parcelgate_kit::model::{CarrierOffer, PriceSource, Refusal};
use parcelgate_kit::operation::{RateQuery, Rates};

use crate::{customs, settings};

/// Prices the services of `query` for the day of hand-over.
pub(crate) fn rates(account: &Account, query: &RateQuery) -> Result<Rates, Fault> {
    let cards = settings::rate_cards(account)?;
    let day = query.shipment.ship_at.date();
    let mut rates = Rates::default();
    for service in &query.services {
        if account.get(&settings::billing_setting(service)).is_none() {
            rates.refusals.push(no_contract(service));
            continue;
        }
        if customs::is_declared(service)
            && let Err(fault) = customs::check_references(&query.shipment)
        {
            rates.refusals.push(unfit(service, fault.message));
            continue;
        }
        match cards.price(service, &query.shipment, day) {
            Ok(charges) => {
                rates.offers.push(CarrierOffer::of_charges(service, charges, PriceSource::RateCard)?);
            }
            Err(refusal) => rates.refusals.push(refusal),
        }
    }
    Ok(rates)
}

/// What no label could be bought for is not offered.
fn unfit(service: &str, words: String) -> Refusal {
    Refusal {
        service: Some(service.to_owned()),
        code: "UNFIT".to_owned(),
        observed: None,
        limit: None,
        words,
    }
}

fn no_contract(service: &str) -> Refusal {
    Refusal {
        service: Some(service.to_owned()),
        code: "NO_BILLING_NUMBER".to_owned(),
        observed: None,
        limit: None,
        words: format!("the account has no setting `{}`", settings::billing_setting(service)),
    }
}
