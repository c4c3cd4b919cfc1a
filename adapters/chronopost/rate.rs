//! Prices of all products, in one call for each kind of parcel.
//!
//! Chronopost prices one parcel at a time: equal parcels are asked for once,
//! and a shipment costs the sum. Start with [`rates`].

use jiff::ToSpan;
use jiff::civil::{DateTime, Time, Weekday};

use parcelgate_kit::account::Account;
use parcelgate_kit::exchange::{Effect, Exchange};
use parcelgate_kit::fault::{Fault, FaultKind};
use parcelgate_kit::model::{
    CarrierOffer, Charge, ChargeKind, ContentType, Currency, DeliveryWindow, LengthUnit, Money, Parcel,
    PriceSource, Refusal, Shipment, WeightUnit, WindowSource,
};
use parcelgate_kit::operation::{RateQuery, Rates};
use parcelgate_kit::plan::Cx;
use parcelgate_kit::wire::{Reply, Wire};

use crate::settings::Credentials;
use crate::wire::{PriceList, Product, RATING};
use crate::{answer, customs, party, services};

/// Prices the services of `query`.
pub(crate) async fn rates(cx: &mut Cx<'_>, query: &RateQuery) -> Result<Rates, Fault> {
    // What no label could be bought for is not priced.
    customs::numbers(&query.shipment)?;
    let mut asked: Vec<(&Parcel, Vec<Price>)> = Vec::new();
    for parcel in &query.shipment.parcels {
        if !asked.iter().any(|(known, _)| is_alike(known, parcel)) {
            asked.push((parcel, cx.send(&CalculateProducts { parcel }, &query.shipment).await?));
        }
    }
    let prices: Vec<&[Price]> = query
        .shipment
        .parcels
        .iter()
        .filter_map(|parcel| asked.iter().find(|(known, _)| is_alike(known, parcel)))
        .map(|(_, prices)| prices.as_slice())
        .collect();
    let mut rates = Rates::default();
    for service in &query.services {
        match offer(service, &query.shipment, &prices)? {
            Ok(offer) => rates.offers.push(offer),
            Err(refusal) => rates.refusals.push(refusal),
        }
    }
    Ok(rates)
}

fn is_alike(one: &Parcel, other: &Parcel) -> bool {
    one.weight == other.weight && one.dimensions == other.dimensions
}

struct CalculateProducts<'a> {
    parcel: &'a Parcel,
}

impl Exchange for CalculateProducts<'_> {
    type In = Shipment;
    type Out = Vec<Price>;
    const NAME: &'static str = "calculate_products";
    const EFFECT: Effect = Effect::Reads;

    fn build(&self, account: &Account, shipment: &Shipment) -> Result<Wire, Fault> {
        let credentials = Credentials::of(account)?;
        let (from, consignee) = (&shipment.ship_from, &shipment.ship_to);
        let city = party::city("ship_to", consignee)?;
        let side = |side: parcelgate_kit::model::Length| side.ceil_in(LengthUnit::Cm, 0).to_string();
        let sides = self.parcel.dimensions.map(|it| (side(it.height), side(it.length), side(it.width)));
        RATING.call("calculateProducts", |to| {
            credentials.write(to);
            to.text("depCountryCode", services::country(from.country))
                .maybe("depZipCode", from.postcode.as_ref().map(|code| code.as_str()))
                .text("arrCountryCode", services::country(consignee.country))
                .maybe("arrZipCode", consignee.postcode.as_ref().map(|code| code.as_str()))
                .text("arrCity", &city)
                .text("type", if is_documents(shipment) { "D" } else { "M" })
                .text("weight", &kilograms(self.parcel));
            if let Some((height, length, width)) = &sides {
                to.text("height", height).text("length", length).text("width", width);
            }
        })
    }

    fn parse(&self, _: &Account, _: &Shipment, reply: &Reply) -> Result<Vec<Price>, Fault> {
        let list: PriceList = answer::read(reply, "calculateProductsResponse").map_err(|fault| {
            let is_locked_out = fault.carrier_code.as_deref() == Some(answer::WRONG_CREDENTIALS);
            if is_locked_out { fault.of_kind(FaultKind::Account) } else { fault }
        })?;
        list.products.iter().filter(|product| !product.code.trim().is_empty()).map(Price::of).collect()
    }
}

/// Whether papers are sent and no goods.
pub(crate) fn is_documents(shipment: &Shipment) -> bool {
    shipment.customs.as_ref().is_some_and(|customs| customs.content == ContentType::Documents)
}

/// The weight in kilograms, to the gram.
pub(crate) fn kilograms(parcel: &Parcel) -> String {
    parcel.weight.ceil_in(WeightUnit::Kg, 3).normalize().to_string()
}

/// Price of one product for one parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Price {
    service: String,
    net: Money,
    tax: Money,
    total: Money,
}

impl Price {
    /// Amounts come as floats in text; a cent is their finest part.
    fn of(product: &Product) -> Result<Self, Fault> {
        let euro = Currency::parse("EUR")?;
        let amount = |text: &str| Money::parse(text, euro).map(Money::to_minor);
        Ok(Self {
            service: services::padded(&product.code),
            net: amount(&product.amount)?,
            tax: amount(&product.tax)?,
            total: amount(&product.with_tax)?,
        })
    }

    /// A product of this contract without a price has the price 0.
    fn is_set(&self) -> bool {
        !self.net.amount().is_zero()
    }
}

/// What `service` costs for all parcels, or why it cannot be had.
fn offer(
    service: &str,
    shipment: &Shipment,
    prices: &[&[Price]],
) -> Result<Result<CarrierOffer, Refusal>, Fault> {
    let mut parts = Vec::new();
    for list in prices {
        match list.iter().find(|price| price.service == service) {
            Some(price) if price.is_set() => parts.push(price),
            Some(_) => return Ok(Err(refused(service, "NO_PRICE", "no price for this account"))),
            None => {
                let words = "not offered for this contract, lane and weight";
                return Ok(Err(refused(service, "NOT_OFFERED", words)));
            }
        }
    }
    let sum = |of: fn(&Price) -> Money| {
        Money::sum(parts.iter().map(|price| of(price)))?.ok_or(Fault::unfit("parcels", "is empty"))
    };
    let (net, tax, total) = (sum(|price| price.net)?, sum(|price| price.tax)?, sum(|price| price.total)?);
    let mut charges = vec![Charge::new(ChargeKind::Base, "carriage", net)];
    if !tax.amount().is_zero() {
        charges.push(Charge::new(ChargeKind::Tax, "VAT", tax));
    }
    let rest = total.checked_sub(net)?.checked_sub(tax)?;
    if !rest.amount().is_zero() {
        charges.push(Charge::new(ChargeKind::Other, "not itemised by the carrier", rest));
    }
    let mut offer = CarrierOffer::of_charges(service, charges, PriceSource::Negotiated)?;
    offer.delivery = delivery(service, shipment);
    Ok(Ok(offer))
}

fn refused(service: &str, code: &str, words: &str) -> Refusal {
    Refusal {
        service: Some(service.to_owned()),
        code: code.to_owned(),
        observed: None,
        limit: None,
        words: words.to_owned(),
    }
}

/// Within France the product's name is the promise: the next business day, by
/// an hour. Public holidays are not looked at, so nothing is guaranteed.
fn delivery(service: &str, shipment: &Shipment) -> Option<DeliveryWindow> {
    let hour = services::delivers_by(service)?;
    let mut day = shipment.ship_at.date();
    loop {
        day = day.checked_add(1.day()).ok()?;
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            break;
        }
    }
    let by = Time::new(hour, 0, 0, 0).ok()?;
    Some(DeliveryWindow {
        earliest: DateTime::from_parts(day, Time::midnight()),
        latest: DateTime::from_parts(day, by),
        source: WindowSource::Table,
        guaranteed: false,
        business_days: Some(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(amount: &str, tax: &str, with_tax: &str) -> Result<Price, Fault> {
        let text = str::to_owned;
        Price::of(&Product {
            amount: text(amount),
            tax: text(tax),
            with_tax: text(with_tax),
            code: text("1"),
        })
    }

    #[test]
    fn floats_in_text_become_cents() {
        let read = price("6.0", "1.2", "7.2").unwrap();
        assert_eq!((read.service.as_str(), read.total.plain().as_str()), ("01", "7.20"));
        assert_eq!(price("12.350001", "2.47", "14.82").unwrap().net.plain(), "12.35");
        for bad in ["", "NaN", "INF", "1,5"] {
            assert_eq!(price(bad, "0", "0").unwrap_err().kind, FaultKind::Unreadable, "{bad}");
        }
    }

    #[test]
    fn nothing_is_free() {
        assert!(!price("0.0", "0.0", "0.0").unwrap().is_set());
    }
}
