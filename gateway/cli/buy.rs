//! `buy`.

use anyhow::{Context, Result, bail};

use super::arguments::{Buy, Connection, Format, Pick, Size};
use super::{connect, message, render, show};
use crate::api::proto::{google_type, v1};

pub(super) async fn run(connection: &Connection, json: bool, arguments: Buy) -> Result<()> {
    let request = request(arguments)?;
    if !json {
        show::note(format!("idempotency key {}: the same key never buys twice", request.idempotency_key));
    }
    let progress = show::progress("the label is being bought");
    let bought = connect::shipping(connection)?.purchase(request).await;
    progress.finish_and_clear();
    let bought = bought?.into_inner();
    if json {
        return message::print("PurchaseResponse", &bought, false);
    }
    let shipment = bought.shipment.unwrap_or_default();
    render::shipment(&shipment).iter().for_each(show::line);
    if shipment.state() == v1::ShipmentState::InDoubt {
        bail!("it is not known yet whether the carrier made the label: ask again with the same key");
    }
    Ok(())
}

fn request(arguments: Buy) -> Result<v1::PurchaseRequest> {
    use v1::purchase_request::Selection;
    let mut request = v1::PurchaseRequest::default();
    request.selection = match (&arguments.file, &arguments.pick, &arguments.service) {
        (None, ..) => Some(Selection::Offer(v1::OfferSelection {
            quote_id: arguments.quote.clone().unwrap_or_default(),
            offer_id: arguments.offer.clone().unwrap_or_default(),
        })),
        (Some(file), Some(pick), _) => {
            let criterion = match pick {
                Pick::Cheapest => v1::PickCriterion::Cheapest,
                Pick::Fastest => v1::PickCriterion::Fastest,
                Pick::BestValue => v1::PickCriterion::BestValue,
            };
            let rate_request = Some(message::parse("RateRequest", file, &message::text(file)?)?);
            Some(Selection::Pick(v1::PickSelection { rate_request, criterion: criterion.into() }))
        }
        (Some(file), None, Some(service)) => {
            let (carrier, code) = service
                .split_once('/')
                .context("--service takes a carrier and a code, such as carrier/02")?;
            let rate_request = Some(message::parse("RateRequest", file, &message::text(file)?)?);
            Some(Selection::Direct(v1::DirectSelection {
                rate_request,
                carrier: carrier.to_owned(),
                service: code.to_owned(),
                account: String::new(),
            }))
        }
        (Some(file), None, None) => {
            request = message::parse("PurchaseRequest", file, &message::text(file)?)?;
            request.selection.take()
        }
    };
    if let Some(key) = arguments.key {
        request.idempotency_key = key;
    }
    if request.idempotency_key.is_empty() {
        request.idempotency_key = uuid::Uuid::now_v7().to_string();
    }
    if let Some(max) = &arguments.max_total {
        request.max_total = Some(amount(max)?);
    }
    request.label.get_or_insert_with(|| label(arguments.label, arguments.size));
    Ok(request)
}

/// A label of this format and size.
pub(super) fn label(format: Format, size: Size) -> v1::LabelSpec {
    let format = match format {
        Format::Pdf => v1::DocumentFormat::Pdf,
        Format::Png => v1::DocumentFormat::Png,
        Format::Gif => v1::DocumentFormat::Gif,
        Format::Zpl => v1::DocumentFormat::Zpl,
    };
    let size = match size {
        Size::Inch4x6 => v1::LabelSize::Inch4x6,
        Size::A6 => v1::LabelSize::A6,
        Size::A4 => v1::LabelSize::A4,
    };
    v1::LabelSpec { format: format.into(), size: size.into(), dpi: 0 }
}

/// `12.50 EUR`.
fn amount(text: &str) -> Result<google_type::Money> {
    use parcelgate_kit::model::{Currency, Money};
    use rust_decimal::prelude::ToPrimitive;
    let (number, code) =
        text.trim().split_once(' ').context("--max-total takes an amount such as `12.50 EUR`")?;
    let currency = Currency::parse(code).with_context(|| format!("--max-total `{text}`"))?;
    let money = Money::parse(number, currency).with_context(|| format!("--max-total `{text}`"))?;
    let units = money.amount().trunc();
    let nanos = (money.amount() - units) * rust_decimal::Decimal::from(1_000_000_000);
    Ok(google_type::Money {
        currency_code: currency.as_str().to_owned(),
        units: units.to_i64().unwrap_or_default(),
        nanos: nanos.to_i32().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_exactly() {
        let money = amount("12.50 EUR").unwrap();
        assert_eq!((money.units, money.nanos, money.currency_code.as_str()), (12, 500_000_000, "EUR"));
        for bad in ["12.50", "x EUR", "1 EUX", "1,5 EUR"] {
            assert!(amount(bad).is_err(), "{bad}");
        }
    }
}
